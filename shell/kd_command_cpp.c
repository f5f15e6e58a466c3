#include "kd_commands.h"
#include "kd_cpp.h"
#include "kd_record.h"

#include <string.h>

static enum kd_status look_up(void *ctx, const char *name, size_t len,
			      bool is_register, struct kd_cpp_value *ret)
{
	struct kd_shell *sh = ctx;
	enum kd_arch arch = kd_session_arch(sh->session);
	const struct kd_register *r;
	char text[KD_LINE_MAX];
	const char *at = text;
	enum kd_status st;

	if (len + 2 > sizeof(text))
		return KD_E_NOT_FOUND;
	snprintf(text, sizeof(text), "@%.*s", (int)len, name);
	if (!is_register)
		return kd_shell_name_address(sh, text + 1, &ret->bits) == KD_OK
			       ? KD_E_UNSUPPORTED
			       : KD_E_NOT_FOUND;
	r = kd_register_find(arch, text + 1);
	if (!r && text[1] != '$')
		return KD_E_NOT_FOUND;
	st = kd_shell_evaluate(sh, &at, &ret->bits);
	if (st != KD_OK)
		return st == KD_E_NOT_FOUND || st == KD_E_UNSUPPORTED
			       ? KD_E_STATE
			       : st;
	*ret = kd_cpp_convert(r && kd_register_bits(r) <= 32 ? kd_cpp_uint
							     : kd_cpp_uint64,
			      ret->bits, kd_shell_pointer_size(sh));
	return KD_OK;
}

static enum kd_status read_memory(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	struct kd_shell *sh = ctx;
	enum kd_status st = KD_E_STATE;
	char text[KD_ADDRESS_TEXT_MAX];

	if (kd_session_is_halted(sh->session))
		st = kd_shell_read_all(sh, address, false, buf, len);
	if (st == KD_OK)
		return st;
	return kd_shell_fail(
		sh, st, "Memory access error at %s",
		kd_format_address(text, address, kd_shell_pointer_size(sh)));
}

static enum kd_status masm(void *ctx, const char **at, uint64_t *ret)
{
	return kd_shell_evaluate(ctx, at, ret);
}

enum kd_status kd_run_evaluate_cpp(struct kd_shell *sh,
				   const struct kd_command *self,
				   const char *args)
{
	struct kd_cpp_names names = { look_up, read_memory, masm, sh,
				      kd_shell_pointer_size(sh) };
	struct kd_detail detail = { 0 };
	struct kd_cpp_value value;
	char buf[128];
	struct kd_text out = kd_text_over(buf, sizeof(buf));
	enum kd_status st = kd_cpp_evaluate(args, &names, &detail, &value);

	(void)self;
	if (st != KD_OK) {
		if (detail.text[0])
			kd_out(sh, "%s.\n", detail.text);
		return st;
	}
	sh->last_value = value.bits;
	kd_cpp_format(&out, &value, names.pointer_size);
	kd_out(sh, "%s\n", buf);
	kd_record_text(sh, "type", value.type.name);
	kd_record_number(sh, "pointers", value.type.pointers);
	kd_record_address(sh, "value", value.bits);
	return KD_OK;
}
