#include "kd_frame_text.h"

#include "kd_cursor.h"
#include "kd_locals.h"
#include "kd_shell_state.h"

#include <inttypes.h>
#include <string.h>

enum { ARGUMENTS_X86 = 3, ARGUMENTS = 4, LINE_MAX_LEN = 4096 };

static bool is_x86(const struct kd_shell *sh)
{
	return kd_shell_pointer_size(sh) == 4;
}

void kd_show_frame_header(struct kd_shell *sh, const struct kd_frame_columns *c)
{
	bool has_arguments = c->arguments || c->verbose;
	const char *rest;

	if (c->clean)
		rest = "Call Site";
	else if (is_x86(sh))
		rest = has_arguments
			       ? "ChildEBP RetAddr  Args to Child             "
			       : "ChildEBP RetAddr  ";
	else if (has_arguments)
		rest = "RetAddr           : Args to Child"
		       "                                        "
		       "                   : Call Site";
	else
		rest = "RetAddr           Call Site";
	kd_out(sh, "%s%s%s%s\n", c->numbers ? " # " : "",
	       c->memory ? "  Memory  " : "",
	       c->clean || is_x86(sh) || (c->arguments && !c->verbose)
		       ? ""
		       : "Child-SP          ",
	       rest);
}

void kd_add_call_site(struct kd_shell *sh, const struct kd_stack_frame *f,
		      struct kd_text *out)
{
	size_t before = out->len;
	uint64_t pc = f->pc, place = kd_frame_place(f);
	struct kd_symbol symbol;
	const struct kd_symbol_module *m = kd_shell_module_at(sh, place);

	/* a call may be the last instruction of its function: it is by the
	 * call that the function is known */
	if (m && place != pc &&
	    kd_symbols_by_address(sh->symbols, place, &symbol) == KD_OK)
		kd_text_add(out, "%s!%s+0x%" PRIx64, m->name, symbol.name,
			    pc - symbol.address);
	else
		kd_shell_symbol_text(sh, pc, out);
	if (out->len != before)
		return;
	if (pc >> 32)
		kd_text_add(out, "0x%08" PRIx32 "`%08" PRIx32,
			    (uint32_t)(pc >> 32), (uint32_t)pc);
	else
		kd_text_add(out, "0x%" PRIx64, pc);
}

/* "(FPO: [1,0,4])", of x86. */
static void add_frame_data(struct kd_text *out, const struct kd_stack_frame *f,
			   const char *trap)
{
	const struct kd_pdb_frame *d = &f->frame_data;
	unsigned params = d->params_len / 4, locals = d->locals_len / 4;

	if (*trap)
		kd_text_add(out, " (FPO: [%u,%u] TrapFrame @ %s)", params,
			    locals, trap);
	else if (d->form == KD_PDB_FRAME_FPO && d->kind == KD_PDB_FPO_FRAME)
		kd_text_add(out, " (FPO: [Non-Fpo])");
	else
		kd_text_add(out, " (FPO: %s[%u,%u,%u])",
			    d->uses_ebp ? "[Uses EBP] " : "", params, locals,
			    d->saved_registers_len / 4);
}

/* What v adds: "(TrapFrame @ fffff880`07fabc20)" */
static void add_verbose(struct kd_shell *sh, struct kd_text *out,
			const struct kd_stack_frame *f)
{
	char trap[KD_ADDRESS_TEXT_MAX] = "";
	const struct kd_trap_layout *layout;

	if (f->machine_frame && kd_shell_trap_layout(sh, &layout) == KD_OK) {
		uint64_t address = f->machine_frame - layout->pc;

		kd_record_address(sh, "trap_frame", address);
		kd_format_address(trap, address, kd_shell_pointer_size(sh));
	}
	if (f->has_frame_data)
		add_frame_data(out, f, trap);
	else if (*trap)
		kd_text_add(out, " (TrapFrame @ %s)", trap);
}

static void add_address(struct kd_shell *sh, struct kd_text *out,
			uint64_t address)
{
	char text[KD_ADDRESS_TEXT_MAX];

	kd_text_add(
		out, "%s ",
		kd_format_address(text, address, kd_shell_pointer_size(sh)));
}

/* The first words of what the caller left. */
static void add_arguments(struct kd_shell *sh, struct kd_text *out,
			  const struct kd_stack_frame *f)
{
	unsigned size = kd_shell_pointer_size(sh);
	unsigned count = is_x86(sh) ? ARGUMENTS_X86 : ARGUMENTS;
	uint8_t bytes[ARGUMENTS * 8];
	bool known =
		f->arguments && kd_shell_read_all(sh, f->arguments, false,
						  bytes, count * size) == KD_OK;

	kd_record_open_list(sh, "arguments");
	for (unsigned i = 0; i < count; i++) {
		struct kd_reader in = kd_reader_over(bytes + i * size, size);
		uint64_t value;

		if (!known) {
			kd_text_add(out, size == 4 ? "???????? "
						   : "????????`???????? ");
			kd_record_null(sh, NULL);
			continue;
		}
		value = size == 4 ? kd_read_le32(&in) : kd_read_le64(&in);
		add_address(sh, out, value);
		kd_record_address(sh, NULL, value);
	}
	kd_record_close(sh);
}

static uint64_t child_of(const struct kd_shell *sh,
			 const struct kd_stack_frame *f)
{
	return is_x86(sh) ? f->base : f->sp;
}

/* What stands before the name. */
static void add_columns(struct kd_shell *sh, const struct kd_frame_columns *c,
			const struct kd_stack_frame *before,
			const struct kd_stack_frame *f, struct kd_text *out)
{
	bool has_arguments = (c->arguments || c->verbose) && !c->clean;
	uint64_t child = child_of(sh, f);

	if (c->numbers)
		kd_text_add(out, "%02" PRIx32 " ", f->number);
	if (c->memory && before)
		kd_text_add(out, "%9" PRIx64 " ", child - child_of(sh, before));
	else if (c->memory)
		kd_text_pad(out, out->len + 10);
	if (c->clean)
		return;
	if (is_x86(sh) || c->verbose || !c->arguments)
		add_address(sh, out, child);
	add_address(sh, out, f->return_address);
	if (!has_arguments)
		return;
	kd_text_add(out, is_x86(sh) ? "" : ": ");
	add_arguments(sh, out, f);
	kd_text_add(out, is_x86(sh) ? "" : ": ");
}

static void record_frame(struct kd_shell *sh, const struct kd_stack_frame *f,
			 const char *site)
{
	kd_record_number(sh, "number", f->number);
	kd_record_address(sh, "pc", f->pc);
	kd_record_address(sh, "sp", f->sp);
	if (f->base)
		kd_record_address(sh, "base", f->base);
	kd_record_address(sh, "return_address", f->return_address);
	kd_record_text(sh, "call_site", site);
	kd_record_flag(sh, "interrupted", f->kind == KD_STACK_MACHINE);
	kd_record_flag(sh, "guess", f->is_guess);
}

static void add_line(struct kd_shell *sh, const struct kd_stack_frame *f,
		     struct kd_text *out)
{
	struct kd_source_line line;

	if (kd_shell_source_line(sh, kd_frame_place(f), &line) != KD_OK)
		return;
	kd_text_add(out, " [%s @ %" PRIu32 "]", line.file, line.line);
	kd_record_text(sh, "file", line.file);
	kd_record_number(sh, "line", line.line);
}

/* "int a = 0n1, char * b = 0x00000000`00000000": what the PDB tells of */
static void add_parameters(struct kd_shell *sh,
			   const struct kd_frame_columns *c,
			   const struct kd_stack_frame *f, struct kd_text *out)
{
	struct kd_local_walk walk;
	struct kd_local local;
	unsigned n = 0;

	if (kd_locals_begin(&walk, sh, f) != KD_OK)
		return;
	kd_text_add(out, "(");
	kd_record_open_list(sh, "parameters");
	while (kd_locals_next(&walk, &local) == KD_OK) {
		if (!local.is_parameter)
			continue;
		kd_text_add(out, "%s%s%s %s = %s",
			    !n++       ? ""
			    : c->below ? ","
				       : ", ",
			    c->below ? "\n\t\t\t" : "", local.type, local.name,
			    local.value);
		kd_record_open(sh, NULL);
		kd_record_text(sh, "name", local.name);
		kd_record_text(sh, "type", local.type);
		kd_record_text(sh, "value", local.value);
		kd_record_close(sh);
	}
	kd_record_close(sh);
	kd_text_add(out, ")");
}

/* Without "+0x12" */
static size_t name_len(const char *site)
{
	const char *plus = strrchr(site, '+');

	return plus && !strncmp(plus, "+0x", 3) ? (size_t)(plus - site)
						: strlen(site);
}

void kd_show_frame(struct kd_shell *sh, const struct kd_frame_columns *c,
		   const struct kd_stack_frame *before,
		   const struct kd_stack_frame *f)
{
	char buf[LINE_MAX_LEN], site_buf[KD_SYMBOL_TEXT_MAX];
	struct kd_text out = kd_text_over(buf, sizeof(buf));
	struct kd_text site = kd_text_over(site_buf, sizeof(site_buf));

	kd_record_open(sh, NULL);
	kd_add_call_site(sh, f, &site);
	record_frame(sh, f, site_buf);
	add_columns(sh, c, before, f, &out);
	kd_text_add(&out, "%.*s", (int)name_len(site_buf), site_buf);
	if (c->parameters || c->below)
		add_parameters(sh, c, f, &out);
	if (!c->clean)
		kd_text_add(&out, "%s", site_buf + name_len(site_buf));
	if (c->verbose && !c->clean)
		add_verbose(sh, &out, f);
	if (!c->no_lines && !c->clean)
		add_line(sh, f, &out);
	kd_out(sh, "%s\n", buf);
	kd_record_close(sh);
}
