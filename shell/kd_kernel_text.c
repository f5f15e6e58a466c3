#include "kd_kernel_text.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

const char *kd_plain_address(char out[KD_PLAIN_ADDRESS_MAX],
			     const struct kd_shell *sh, uint64_t address)
{
	if (kd_shell_pointer_size(sh) == 4)
		snprintf(out, KD_PLAIN_ADDRESS_MAX, "%08" PRIx32,
			 (uint32_t)address);
	else
		snprintf(out, KD_PLAIN_ADDRESS_MAX, "%016" PRIx64, address);
	return out;
}

enum kd_status kd_kernel_fail(struct kd_shell *sh, enum kd_status st,
			      const char *format, ...)
{
	const struct kd_detail *d = kd_typed_detail(sh->symbols);
	bool is_typed = st == KD_E_NOT_FOUND || st == KD_E_FORMAT;
	char what[256];
	va_list args;

	va_start(args, format);
	vsnprintf(what, sizeof(what), format, args);
	va_end(args);
	if (st == KD_E_CANCELED) {
		kd_out_fresh_line(sh);
		kd_out(sh, "Stopped.\n");
		return st;
	}
	if (!is_typed || !d->text[0])
		return kd_shell_fail(sh, st, "%s", what);
	kd_out_fresh_line(sh);
	kd_out(sh, "%s: %s.\n", what, d->text);
	return st;
}

enum kd_status kd_kernel_breathe(struct kd_shell *sh)
{
	if (kd_session_is_canceled(sh->session))
		return KD_E_CANCELED;
	return kd_session_is_attached(sh->session)
		       ? kd_session_poll(sh->session)
		       : KD_OK;
}

enum kd_status kd_kernel_needed(struct kd_shell *sh)
{
	const struct kd_symbol_module *nt = kd_shell_module_named(sh, "nt");
	struct kd_pdb *pdb;
	enum kd_status st = KD_E_NOT_FOUND;

	if (nt)
		st = kd_symbols_pdb(sh->symbols, nt->base, &pdb);
	if (st == KD_E_NOT_FOUND)
		kd_out(sh, "This needs the types of the kernel's PDB; set "
			   "where to look for it with .sympath or .symfix, "
			   "then .reload.\n");
	else if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot load the kernel's PDB");
	return st;
}

void kd_add_span(struct kd_text *out, uint64_t tenths_of_us)
{
	uint64_t ms = tenths_of_us / 10000, s = ms / 1000;

	if (s >= 86400)
		kd_text_add(out, "%" PRIu64 " Days ", s / 86400);
	kd_text_add(out, "%02u:%02u:%02u.%03u", (unsigned)(s / 3600 % 24),
		    (unsigned)(s / 60 % 60), (unsigned)(s % 60),
		    (unsigned)(ms % 1000));
}

enum kd_status kd_tick_length(struct kd_shell *sh, uint64_t *ret)
{
	static const char *const names[] = { "nt!KeMaximumIncrement",
					     "nt!KeTimeIncrement" };
	enum kd_status st = KD_E_NOT_FOUND;

	for (size_t i = 0; i < 2 && st == KD_E_NOT_FOUND; i++) {
		struct kd_typed t, number;

		st = kd_typed_symbol(sh->symbols, names[i], &t);
		if (st == KD_OK)
			st = kd_typed_at(sh->symbols, "ULONG", t.address,
					 &number);
		if (st == KD_OK)
			st = kd_typed_u64(&number, ret);
	}
	return st;
}

static enum kd_status add_value(struct kd_shell *sh,
				const struct kd_member_row *row, uint64_t value,
				struct kd_text *out)
{
	char address[KD_PLAIN_ADDRESS_MAX];
	uint64_t counts = kd_shell_pointer_size(sh) == 8 ? 15 : 7;
	uint64_t tick;
	enum kd_status st;

	switch (row->kind) {
	case KD_ROW_REFERENCE:
		value &= ~counts;
		/* fall through */
	case KD_ROW_ADDRESS:
		kd_text_add(out, "%s", kd_plain_address(address, sh, value));
		kd_record_address(sh, row->key, value);
		return KD_OK;
	case KD_ROW_DECIMAL:
		kd_text_add(out, "%" PRIu64, value);
		kd_record_number(sh, row->key, value);
		return KD_OK;
	case KD_ROW_MEGABYTES:
		kd_text_add(out, "%" PRIu64 " Mb", value >> 20);
		kd_record_number(sh, row->key, value);
		return KD_OK;
	case KD_ROW_TICKS:
		st = kd_tick_length(sh, &tick);
		if (st == KD_OK)
			kd_add_span(out, (value & UINT32_MAX) * tick);
		if (st == KD_OK)
			kd_record_text(sh, row->key, out->base);
		return st;
	}
	return KD_E_ARG;
}

enum kd_status kd_show_members(struct kd_shell *sh, const struct kd_typed *t,
			       const struct kd_member_row *rows, size_t count,
			       size_t width)
{
	for (size_t i = 0; i < count; i++) {
		char buf[64];
		struct kd_text value = kd_text_over(buf, sizeof(buf));
		uint64_t number;
		enum kd_status st = kd_typed_any_u64(t, rows[i].paths, &number);

		if (st == KD_OK)
			st = add_value(sh, &rows[i], number, &value);
		if (st == KD_E_NOT_FOUND)
			continue;
		if (st != KD_OK)
			return st;
		kd_out(sh, "%-*s%s\n", (int)width, rows[i].label, buf);
	}
	return KD_OK;
}

void kd_name_of(struct kd_shell *sh, uint64_t address, struct kd_name_text *out)
{
	struct kd_text text = kd_text_over(out->text, sizeof(out->text));

	kd_shell_symbol_text(sh, address, &text);
}

enum kd_status kd_shell_page_tables(struct kd_shell *sh,
				    struct kd_page_tables *ret)
{
	/* ARM64's registers, as KD-WIRE 5.7 names them */
	enum { TTBR0_EL1 = 0x00030200, TTBR1_EL1 = 0x00030201 };
	struct kd_page_tables t = { .paging = KD_PAGING_ARM64 };
	struct kd_context c;
	enum kd_status st;

	if (kd_session_arch(sh->session) != KD_ARCH_ARM64) {
		st = kd_session_get_context(sh->session, kd_shell_processor(sh),
					    kd_shell_deadline(sh), &c);
		return st == KD_OK ? kd_page_tables_of(&c, ret) : st;
	}
	st = kd_session_read_msr(sh->session, kd_shell_processor(sh), TTBR0_EL1,
				 kd_shell_deadline(sh), &t.root);
	if (st == KD_OK)
		st = kd_session_read_msr(sh->session, kd_shell_processor(sh),
					 TTBR1_EL1, kd_shell_deadline(sh),
					 &t.kernel_root);
	if (st == KD_OK)
		*ret = t;
	return st;
}

enum kd_status kd_shell_process_tables(struct kd_shell *sh,
				       const struct kd_process *p,
				       struct kd_page_tables *ret)
{
	struct kd_page_tables current;
	enum kd_status st = kd_shell_page_tables(sh, &current);

	return st == KD_OK ? kd_process_tables(sh->symbols, p, &current, ret)
			   : st;
}
