/* uf and ub: whole functions, and code before an address. */

#include "kd_backward.h"
#include "kd_commands.h"
#include "kd_flow.h"
#include "kd_function.h"
#include "kd_lexer.h"

#include <inttypes.h>

enum { INSTRUCTIONS_SHOWN = 8 };

static enum kd_status read_code(void *ctx, uint64_t address, void *buf,
				size_t len, size_t *ret_len)
{
	struct kd_function *f = ctx;

	return kd_shell_read(f->sh, address, buf, len, ret_len);
}

static enum kd_status start_before(void *ctx, uint64_t address, uint64_t *ret)
{
	struct kd_function *f = ctx;

	return kd_function_piece_start(f->sh, address, ret);
}

static enum kd_status unsupported(struct kd_shell *sh)
{
	return kd_shell_fail(sh, KD_E_UNSUPPORTED, "Disassembling %s code",
			     kd_arch_name(kd_session_arch(sh->session)));
}

enum kd_status kd_run_unassemble_back(struct kd_shell *sh,
				      const struct kd_command *self,
				      const char *args)
{
	struct kd_range range = { .start = kd_shell_next_code(sh) };
	struct kd_function f = { .sh = sh };
	const struct kd_backward_source source = {
		.arch = kd_session_arch(sh->session),
		.read = read_code,
		.start_before = start_before,
		.ctx = &f,
	};
	struct kd_instruction shown;
	uint64_t at[KD_BACKWARD_MAX];
	size_t count = 0;
	enum kd_status st = kd_shell_range(sh, args, 1, &range);

	(void)self;
	if (st != KD_OK)
		return st;
	if (!range.count)
		range.count = INSTRUCTIONS_SHOWN;
	if (range.by_end || range.count > KD_BACKWARD_MAX) {
		kd_out(sh,
		       "'ub' takes an address, and L with at most 0x%x "
		       "instructions.\n",
		       (unsigned)KD_BACKWARD_MAX);
		return KD_E_ARG;
	}
	st = kd_backward(&source, range.start, (size_t)range.count, at, &count);
	if (st == KD_E_UNSUPPORTED)
		return unsupported(sh);
	if (st != KD_OK || !count)
		return kd_shell_fail(sh, st == KD_OK ? KD_E_TARGET : st,
				     "Cannot read the code there");
	sh->has_next_code = true;
	sh->next_code = at[0];
	kd_record_open_list(sh, "instructions");
	for (size_t i = 0; i < count && st == KD_OK; i++) {
		if (!i || kd_shell_starts_symbol(sh, at[i]))
			kd_shell_show_symbol(sh, at[i]);
		st = kd_shell_show_instruction(sh, at[i], "", "", &shown);
	}
	kd_record_close(sh);
	return st == KD_E_TARGET ? KD_OK : st;
}

/* What uf has been asked for. */
struct listing {
	bool calls;    /* /c: only the calls */
	bool in_order; /* /o: of addresses */
	bool counts;   /* /i: how many instructions there are */
	uint64_t address;
};

static enum kd_status parse(struct kd_shell *sh, const char *at,
			    struct listing *l)
{
	struct kd_context context;
	enum kd_status st;

	for (at += kd_spaces(at); *at == '/'; at += kd_spaces(at)) {
		switch (at[1]) {
		case 'c':
			l->calls = true;
			break;
		case 'i':
			l->counts = true;
			break;
		case 'm': /* several exits are as good as one here */
		case 'D': /* links, which a terminal has not */
		case 'O':
			break;
		case 'o':
			l->in_order = true;
			break;
		default:
			kd_out(sh, "'uf' does not know '%.2s'.\n", at);
			return KD_E_ARG;
		}
		at += 2;
	}
	if (*at)
		return kd_shell_evaluate_all(sh, at, &l->address);
	st = kd_shell_context(sh, &context);
	if (st == KD_OK)
		l->address = kd_context_pc(&context);
	return st == KD_OK ? st
			   : kd_shell_fail(sh, st, "Cannot read the registers");
}

/* "nt!KeBugCheckEx+0x12 [file.c @ 12]:" */
static void show_label(struct kd_shell *sh, uint64_t address)
{
	char buf[KD_SYMBOL_TEXT_MAX];
	struct kd_text symbol = kd_text_over(buf, sizeof(buf));
	struct kd_source_line line;

	kd_shell_symbol_text(sh, address, &symbol);
	if (kd_shell_source_line(sh, address, &line) == KD_OK)
		kd_out(sh, "%s [%s @ %" PRIu32 "]:\n", buf, line.file,
		       line.line);
	else if (symbol.len)
		kd_out(sh, "%s:\n", buf);
}

static enum kd_status show_blocks(struct kd_shell *sh, const struct kd_flow *f)
{
	struct kd_instruction shown;
	enum kd_status st = KD_OK;

	kd_record_open_list(sh, "instructions");
	for (size_t i = 0; i < f->count && st == KD_OK; i++) {
		const struct kd_flow_instruction *row = &f->rows[i];
		struct kd_source_line line;
		char before[16] = "";

		if (row->begins_block) {
			if (i)
				kd_out(sh, "\n");
			show_label(sh, row->address);
		}
		if (kd_shell_source_line(sh, row->address, &line) == KD_OK)
			snprintf(before, sizeof(before), "%5" PRIu32 " ",
				 line.line);
		st = kd_shell_show_instruction(sh, row->address, before,
					       row->branches ? "  Branch" : "",
					       &shown);
		if (st == KD_E_TARGET)
			st = KD_OK;
		if (st == KD_OK && row->begins_block)
			st = kd_script_breathe(sh);
	}
	kd_record_close(sh);
	return st;
}

/* "nt!KeBugCheckEx+0x12 (fffff800`00212345)" */
static void add_named(struct kd_shell *sh, struct kd_text *out,
		      uint64_t address)
{
	char text[KD_ADDRESS_TEXT_MAX];

	kd_shell_symbol_text(sh, address, out);
	kd_text_add(
		out, "%s(%s)", out->len ? " " : "",
		kd_format_address(text, address, kd_shell_pointer_size(sh)));
}

static void show_call(struct kd_shell *sh,
		      const struct kd_flow_instruction *row)
{
	char from_text[KD_SYMBOL_TEXT_MAX], to_text[KD_CODE_TEXT_MAX] = "";
	struct kd_text from = kd_text_over(from_text, sizeof(from_text));
	struct kd_text to = kd_text_over(to_text, sizeof(to_text));
	uint8_t bytes[KD_INSTRUCTION_MAX];
	struct kd_instruction instruction;
	size_t len;

	add_named(sh, &from, row->address);
	kd_out(sh, "  %s:\n", from_text);
	kd_record_open(sh, NULL);
	kd_record_address(sh, "address", row->address);
	if (row->code.has_target) {
		add_named(sh, &to, row->code.target);
		kd_out(sh, "    call to %s\n", to_text);
		kd_record_address(sh, "target", row->code.target);
	} else if (kd_shell_read(sh, row->address, bytes, sizeof(bytes),
				 &len) == KD_OK &&
		   kd_disasm_one(kd_session_arch(sh->session), row->address,
				 bytes, len, &instruction) == KD_OK) {
		kd_shell_instruction_text(sh, &instruction, to_text);
		kd_out(sh, "    unresolvable call: %s\n", to_text);
	}
	kd_record_close(sh);
}

static enum kd_status show_calls(struct kd_shell *sh, const struct kd_flow *f,
				 uint64_t start)
{
	char buf[KD_SYMBOL_TEXT_MAX];
	struct kd_text name = kd_text_over(buf, sizeof(buf));
	enum kd_status st = KD_OK;

	add_named(sh, &name, start);
	kd_out(sh, "%s\n", buf);
	kd_record_open_list(sh, "calls");
	for (size_t i = 0; i < f->count && st == KD_OK; i++) {
		if (!f->rows[i].is_readable ||
		    f->rows[i].code.kind != KD_CODE_CALL)
			continue;
		show_call(sh, &f->rows[i]);
		st = kd_script_breathe(sh);
	}
	kd_record_close(sh);
	return st;
}

static enum kd_status show_function(struct kd_shell *sh,
				    const struct listing *l,
				    const struct kd_flow *flow, uint64_t start)
{
	enum kd_status st;

	kd_record_address(sh, "function", start);
	if (l->counts) {
		kd_out(sh, "%zu instructions scanned\n\n", flow->count);
		kd_record_number(sh, "count", flow->count);
	}
	st = l->calls ? show_calls(sh, flow, start) : show_blocks(sh, flow);
	if (st == KD_OK && flow->is_cut)
		kd_out(sh,
		       "The function goes on: more than 0n%d instructions "
		       "are not looked at.\n",
		       KD_FLOW_INSTRUCTIONS_MAX);
	return st;
}

static enum kd_status belongs(void *ctx, uint64_t address, bool *ret)
{
	return kd_function_holds(ctx, address, ret);
}

enum kd_status kd_run_unassemble_function(struct kd_shell *sh,
					  const struct kd_command *self,
					  const char *args)
{
	struct listing l = { 0 };
	struct kd_function f;
	const struct kd_flow_source source = {
		.arch = kd_session_arch(sh->session),
		.read = read_code,
		.belongs = belongs,
		.ctx = &f,
	};
	struct kd_flow flow = { 0 };
	enum kd_status st = parse(sh, args, &l);

	(void)self;
	if (st != KD_OK)
		return st;
	st = kd_function_find(&f, sh, l.address);
	if (st == KD_E_NOT_FOUND) {
		kd_out(sh, "No code found, aborting\n");
		return st;
	}
	if (st == KD_OK)
		st = kd_flow_init(&flow, &sh->mem, &source, f.start,
				  l.in_order);
	if (st == KD_OK)
		st = show_function(sh, &l, &flow, f.start);
	kd_flow_deinit(&flow, &sh->mem);
	if (st == KD_E_UNSUPPORTED)
		return unsupported(sh);
	if (st != KD_OK && st != KD_E_CANCELED)
		return kd_shell_fail(sh, st, "Cannot read the function");
	return st;
}
