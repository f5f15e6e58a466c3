/* .fnent: what the function table, or x86's PDB, tells of a function. */

#include "kd_commands.h"
#include "kd_unwind_arm64.h"
#include "kd_unwind_x64.h"

#include <inttypes.h>
#include <string.h>

/* What is looked at. */
struct entry {
	struct kd_shell *sh;
	const struct kd_pe *image;
	uint64_t address;
	uint32_t rva;
};

static void show_value(struct kd_shell *sh, const char *name, const char *key,
		       uint32_t value)
{
	char text[KD_ADDRESS_TEXT_MAX];

	kd_out(sh, "%-17s = %s\n", name,
	       kd_format_address(text, value, kd_shell_pointer_size(sh)));
	kd_record_address(sh, key, value);
}

/* "UWOP_SAVE_NONVOL FrameOffset: 60 reg: rbx." */
static void add_operation(struct kd_text *out, const struct kd_x64_unwind *u,
			  const struct kd_x64_code *c)
{
	const char *name = kd_x64_op_name(u->version, c->op);

	kd_text_add(out, "%s", name ? name : "?");
	switch (c->op) {
	case KD_X64_PUSH_NONVOL:
		kd_text_add(out, " reg: %s", kd_x64_register_name(c->info));
		break;
	case KD_X64_SAVE_NONVOL:
	case KD_X64_SAVE_NONVOL_FAR:
		kd_text_add(out, " FrameOffset: %" PRIx32 " reg: %s", c->value,
			    kd_x64_register_name(c->info));
		break;
	case KD_X64_SAVE_XMM128:
	case KD_X64_SAVE_XMM128_FAR:
		kd_text_add(out, " FrameOffset: %" PRIx32 " reg: xmm%u",
			    c->value, c->info);
		break;
	case KD_X64_ALLOC_LARGE:
		kd_text_add(out, " FrameOffset: %" PRIx32, c->value);
		break;
	default:
		break;
	}
	kd_text_add(out, ".");
}

/* How many slots of two bytes an operation takes. */
static unsigned slots_of(const struct kd_x64_unwind *u,
			 const struct kd_x64_code *c)
{
	switch (c->op) {
	case KD_X64_ALLOC_LARGE:
		return c->info ? 3 : 2;
	case KD_X64_SAVE_NONVOL:
	case KD_X64_SAVE_XMM128:
		return 2;
	case KD_X64_SAVE_NONVOL_FAR:
	case KD_X64_SAVE_XMM128_FAR:
	case KD_X64_SPARE:
		return 3;
	case KD_X64_EPILOG:
		return u->version == 1 ? 2 : 1;
	default:
		return 1;
	}
}

static void show_codes(struct kd_shell *sh, const struct kd_x64_unwind *u)
{
	unsigned slot = 0;

	kd_record_open_list(sh, "codes");
	for (unsigned i = 0; i < u->code_count; i++) {
		const struct kd_x64_code *c = &u->code[i];
		char buf[128];
		struct kd_text text = kd_text_over(buf, sizeof(buf));

		add_operation(&text, u, c);
		kd_out(sh, "  %02x: offs %x, unwind op %x, op info %x\t%s\n",
		       slot, c->offset, c->op, c->info, buf);
		kd_record_open(sh, NULL);
		kd_record_number(sh, "offset", c->offset);
		kd_record_number(sh, "op", c->op);
		kd_record_number(sh, "info", c->info);
		if (c->has_value)
			kd_record_number(sh, "value", c->value);
		kd_record_text(sh, "text", buf);
		kd_record_close(sh);
		slot += slots_of(u, c);
	}
	kd_record_close(sh);
}

/* Bytes that it takes in the image. */
static unsigned size_of(const struct kd_x64_unwind *u)
{
	enum { HEAD = 4, SLOT = 2, CHAINED = 12, HANDLER = 4 };
	unsigned even = HEAD + SLOT * ((u->slots + 1U) & ~1U);

	if (u->flags & KD_X64_CHAININFO)
		return even + CHAINED;
	if (u->flags & (KD_X64_EHANDLER | KD_X64_UHANDLER))
		return even + HANDLER;
	return HEAD + (unsigned)SLOT * u->slots;
}

static void show_unwind(const struct entry *e, const struct kd_x64_function *f,
			const struct kd_x64_unwind *u)
{
	struct kd_shell *sh = e->sh;
	char text[KD_ADDRESS_TEXT_MAX];

	show_value(sh, "BeginAddress", "begin", f->begin);
	show_value(sh, "EndAddress", "end", f->end);
	show_value(sh, "UnwindInfoAddress", "unwind", f->unwind);
	kd_out(sh, "\nUnwind info at %s, %x bytes\n",
	       kd_format_address(text, e->image->base + f->unwind,
				 kd_shell_pointer_size(sh)),
	       size_of(u));
	kd_out(sh, "  version %x, flags %x, prolog %x, codes %x\n", u->version,
	       u->flags, u->prolog, u->slots);
	kd_record_number(sh, "version", u->version);
	kd_record_number(sh, "flags", u->flags);
	kd_record_number(sh, "prolog", u->prolog);
	if (u->frame_register) {
		kd_out(sh, "  frame reg %x (%s), frame offs %x\n",
		       u->frame_register,
		       kd_x64_register_name(u->frame_register),
		       u->frame_offset * 16U);
		kd_record_text(sh, "frame_register",
			       kd_x64_register_name(u->frame_register));
		kd_record_number(sh, "frame_offset", u->frame_offset * 16U);
	}
	if (u->flags & (KD_X64_EHANDLER | KD_X64_UHANDLER)) {
		char name_text[KD_SYMBOL_TEXT_MAX];
		struct kd_text name =
			kd_text_over(name_text, sizeof(name_text));

		kd_shell_symbol_text(sh, e->image->base + u->handler, &name);
		kd_out(sh, "  handler routine: %s (%s), data %x\n", name_text,
		       kd_format_address(text, e->image->base + u->handler,
					 kd_shell_pointer_size(sh)),
		       (unsigned)u->handler_data);
		kd_record_address(sh, "handler", e->image->base + u->handler);
	}
	show_codes(sh, u);
}

static enum kd_status show_x64(const struct entry *e,
			       const struct kd_x64_function *entry)
{
	struct kd_x64_function f = *entry;
	struct kd_x64_unwind u;
	enum kd_status st = KD_OK;

	kd_record_open_list(e->sh, "entries");
	for (int i = 0; i < KD_X64_CHAIN_MAX; i++) {
		st = kd_x64_unwind_read(e->image, &f, &u);
		if (st != KD_OK)
			break;
		kd_out(e->sh, i ? "\nChained info:\n" : "\n");
		kd_record_open(e->sh, NULL);
		show_unwind(e, &f, &u);
		kd_record_close(e->sh);
		if (!(u.flags & KD_X64_CHAININFO))
			break;
		f = u.chained;
	}
	kd_record_close(e->sh);
	return st;
}

static enum kd_status show_arm64(const struct entry *e,
				 const struct kd_arm64_function *f,
				 const struct kd_arm64_unwind *u)
{
	struct kd_shell *sh = e->sh;

	kd_out(sh, "\n");
	show_value(sh, "BeginAddress", "begin", f->begin);
	show_value(sh, "EndAddress", "end", f->begin + u->length);
	if (u->form == KD_ARM64_FULL)
		show_value(sh, "UnwindInfoAddress", "unwind", f->unwind);
	else
		kd_out(sh,
		       "\nPacked: RegF %x, RegI %x, H %x, CR %x, frame size "
		       "%" PRIx32 "\n",
		       u->reg_f, u->reg_i, u->homes, u->chain, u->frame_size);
	return KD_OK;
}

/* "Debugger function entry", and the symbols around the address. */
static void show_head(const struct entry *e, uint64_t entry)
{
	const struct kd_command *ln = kd_command_find("ln");
	char text[KD_ADDRESS_TEXT_MAX], number[32];
	enum kd_status st;

	kd_out(e->sh, "Debugger function entry %s for:\n",
	       kd_format_address(text, entry, kd_shell_pointer_size(e->sh)));
	snprintf(number, sizeof(number), "0x%" PRIx64, e->address);
	st = ln->run(e->sh, ln, number);
	(void)st; /* it has said what is wrong */
}

/* Where the table has it; entries are of 12 bytes, ARM64's of 8. */
static uint64_t place_of(const struct entry *e, uint32_t begin)
{
	bool arm64 = e->image->machine == KD_ARCH_ARM64;
	uint32_t size = arm64 ? 8 : 12, low = 0;
	uint32_t high = arm64 ? kd_arm64_function_count(e->image)
			      : kd_x64_function_count(e->image);

	while (low < high) {
		uint32_t middle = low + (high - low) / 2, at = 0;
		struct kd_arm64_function a;
		struct kd_x64_function x;

		if (arm64 &&
		    kd_arm64_function_at(e->image, middle, &a) == KD_OK)
			at = a.begin;
		else if (kd_x64_function_at(e->image, middle, &x) == KD_OK)
			at = x.begin;
		if (at < begin)
			low = middle + 1;
		else
			high = middle;
	}
	return e->image->base + e->image->directory[KD_PE_EXCEPTION].rva +
	       (uint64_t)low * size;
}

static enum kd_status show_table_entry(const struct entry *e)
{
	struct kd_arm64_function a;
	struct kd_arm64_unwind u;
	struct kd_x64_function x;
	enum kd_status st;

	if (e->image->machine == KD_ARCH_ARM64) {
		st = kd_arm64_function_find(e->image, e->rva, &a, &u);
		if (st != KD_OK)
			return st;
		show_head(e, place_of(e, a.begin));
		return show_arm64(e, &a, &u);
	}
	st = kd_x64_function_find(e->image, e->rva, &x);
	if (st != KD_OK)
		return st;
	show_head(e, place_of(e, x.begin));
	return show_x64(e, &x);
}

/* x86 has it in the PDB. */
static enum kd_status show_frame_data(const struct entry *e)
{
	struct kd_shell *sh = e->sh;
	struct kd_pdb_frame f;
	struct kd_pdb *pdb;
	enum kd_status st = kd_symbols_pdb(sh->symbols, e->image->base, &pdb);

	if (st == KD_OK)
		st = kd_pdb_find_frame(pdb, e->rva, &f);
	if (st != KD_OK)
		return st;
	show_head(e, e->image->base + f.rva);
	if (f.form == KD_PDB_FRAME_FPO && f.kind == KD_PDB_FPO_FRAME)
		kd_out(sh, "\nNon-FPO\n");
	else
		kd_out(sh, "\nParams:    %x\nLocals:    %x\nRegisters: %x\n",
		       (unsigned)f.params_len / 4, (unsigned)f.locals_len / 4,
		       (unsigned)f.saved_registers_len / 4);
	kd_record_number(sh, "parameters", f.params_len);
	kd_record_number(sh, "locals", f.locals_len);
	kd_record_number(sh, "registers", f.saved_registers_len);
	return KD_OK;
}

enum kd_status kd_run_function_entry(struct kd_shell *sh,
				     const struct kd_command *self,
				     const char *args)
{
	struct entry e = { .sh = sh };
	char text[KD_ADDRESS_TEXT_MAX];
	enum kd_status st = kd_shell_evaluate_all(sh, args, &e.address);

	(void)self;
	if (st != KD_OK)
		return st;
	(void)kd_shell_module_at(sh, e.address);
	st = kd_symbols_image_at(sh->symbols, e.address, &e.image);
	if (st == KD_OK && !e.image)
		st = KD_E_NOT_FOUND;
	if (st == KD_OK) {
		e.rva = (uint32_t)(e.address - e.image->base);
		st = e.image->machine == KD_ARCH_X86 ? show_frame_data(&e)
						     : show_table_entry(&e);
	}
	if (st == KD_E_NOT_FOUND) {
		kd_out(sh, "No function entry for %s\n",
		       kd_format_address(text, e.address,
					 kd_shell_pointer_size(sh)));
		return KD_OK;
	}
	if (st != KD_OK && st != KD_E_CANCELED)
		return kd_shell_fail(sh, st, "Cannot read the function's data");
	return st;
}
