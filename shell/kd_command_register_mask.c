#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_record.h"
#include "kd_register_mask.h"

#include <string.h>

static void list_bits(struct kd_shell *sh, unsigned mask)
{
	enum kd_arch arch = kd_session_arch(sh->session);
	const char *name;
	unsigned bit;

	for (size_t i = 0; kd_register_mask_at(arch, i, &bit, &name); i++)
		if (mask & bit)
			kd_out(sh, "%8x - %s\n", bit, name);
}

/* rm, rm ?, rm MASK */
enum kd_status kd_run_register_mask(struct kd_shell *sh,
				    const struct kd_command *self,
				    const char *args)
{
	enum kd_arch arch = kd_session_arch(sh->session);
	unsigned known = kd_register_mask_known(arch);
	unsigned mask = sh->register_mask ? sh->register_mask
					  : kd_register_mask_default(arch);
	uint64_t value;
	enum kd_status st;

	(void)self;
	if (!strcmp(args, "?")) {
		list_bits(sh, known);
		kd_record_number(sh, "known", known);
		return KD_OK;
	}
	if (!*args) {
		kd_out(sh, "Register output mask is %x:\n", mask);
		list_bits(sh, mask);
		kd_record_number(sh, "mask", mask);
		return KD_OK;
	}
	st = kd_shell_evaluate_all(sh, args, &value);
	if (st != KD_OK)
		return st;
	if (value & ~(uint64_t)known)
		kd_out(sh, "Ignored invalid bits %llx\n",
		       (unsigned long long)(value & ~(uint64_t)known));
	sh->register_mask = (unsigned)value & known;
	return KD_OK;
}

enum kd_status kd_shell_show_masked(struct kd_shell *sh,
				    const struct kd_context *c, unsigned mask)
{
	char buf[KD_MASKED_TEXT_MAX];
	struct kd_text out = kd_text_over(buf, sizeof(buf));
	const struct kd_register *registers;
	size_t count;

	if (!kd_format_masked(&out, c, mask))
		return kd_shell_fail(sh, KD_E_UNSUPPORTED,
				     "The registers of this processor");
	kd_out_text(sh, buf, out.len);
	registers = kd_context_registers(c->arch, &count);
	kd_record_open(sh, "registers");
	for (size_t i = 0; i < count; i++) {
		uint8_t bytes[KD_REGISTER_BYTES_MAX];
		const struct kd_register *r = &registers[i];
		uint64_t v;

		if (r->width)
			continue;
		if (kd_register_get(c, r, &v))
			kd_record_address(sh, r->name, v);
		else if (kd_register_get_bytes(c, r, bytes))
			kd_record_bytes(sh, r->name, bytes, r->size);
	}
	kd_record_close(sh);
	return KD_OK;
}

/* rF, rX: their registers, or those that are named; rM MASK */
enum kd_status kd_run_registers_masked(struct kd_shell *sh,
				       const struct kd_command *self,
				       const char *args)
{
	uint64_t mask = self->name[1] == 'F' ? KD_MASK_FLOAT : KD_MASK_XMM;
	struct kd_context context;
	enum kd_status st = KD_OK;

	if (self->name[1] == 'M')
		st = kd_shell_evaluate_all(sh, args, &mask);
	else if (*args)
		return kd_run_registers(sh, self, args);
	if (st != KD_OK)
		return st;
	st = kd_shell_context(sh, &context);
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot read the registers");
	return kd_shell_show_masked(sh, &context, (unsigned)mask);
}
