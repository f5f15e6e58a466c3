#include "kd_breakpoint_ids.h"
#include "kd_commands.h"
#include "kd_shell_breakpoints.h"

#include <inttypes.h>
#include <string.h>

/* bl and .bpcmds: the breakpoints that there are. */

static const char *const sorts[] = {
	[KD_SORT_BP] = "bp",
	[KD_SORT_BU] = "bu",
	[KD_SORT_BA] = "ba",
};

static char access_letter(enum kd_breakpoint_kind kind)
{
	switch (kind) {
	case KD_BREAKPOINT_SOFTWARE:
		break;
	case KD_BREAKPOINT_EXECUTE:
		return 'e';
	case KD_BREAKPOINT_WRITE:
		return 'w';
	case KD_BREAKPOINT_READ_WRITE:
		return 'r';
	case KD_BREAKPOINT_IO:
		return 'i';
	}
	return ' ';
}

static uint64_t passes_of(const struct kd_breakpoint *b,
			  const struct kd_shell_breakpoint *row)
{
	if (row && row->by_shell)
		return row->passes;
	return b->spec.passes ? b->spec.passes : 1;
}

/* How many arrivals are missing, the one that stops counted. */
static uint64_t left_of(const struct kd_breakpoint *b,
			const struct kd_shell_breakpoint *row)
{
	uint64_t passes = passes_of(b, row);

	if (row && row->by_shell)
		return row->left;
	return b->hits < passes ? passes - b->hits : 1;
}

static void record(struct kd_shell *sh, const struct kd_breakpoint *b,
		   const struct kd_shell_breakpoint *row)
{
	char access[2] = { access_letter(b->spec.kind), '\0' };

	kd_record_number(sh, "id", b->id);
	kd_record_text(sh, "kind", sorts[row ? row->sort : KD_SORT_BP]);
	kd_record_flag(sh, "enabled", b->enabled);
	kd_record_flag(sh, "resolved", b->resolved);
	if (b->resolved)
		kd_record_address(sh, "address", b->address);
	if (b->spec.kind != KD_BREAKPOINT_SOFTWARE) {
		kd_record_text(sh, "access", access);
		kd_record_number(sh, "size", b->spec.size);
	}
	kd_record_number(sh, "hits", b->hits);
	kd_record_number(sh, "passes", passes_of(b, row));
	kd_record_number(sh, "passes_left", left_of(b, row));
	if (b->spec.thread)
		kd_record_address(sh, "thread", b->spec.thread);
	if (row && row->process)
		kd_record_address(sh, "process", row->process);
	if (row && row->expression)
		kd_record_text(sh, "expression", row->expression);
	if (row && row->condition)
		kd_record_text(sh, "condition", row->condition);
	if (row && row->commands)
		kd_record_text(sh, "commands", row->commands);
}

static void show_place(struct kd_shell *sh, const struct kd_breakpoint *b,
		       const struct kd_shell_breakpoint *row)
{
	char text[KD_LINE_MAX];
	struct kd_text symbol = kd_text_over(text, sizeof(text));

	if (!b->resolved) {
		kd_out(sh, "(%s)",
		       row && row->expression ? row->expression
					      : b->spec.module);
		return;
	}
	if (b->spec.kind == KD_BREAKPOINT_IO)
		return;
	kd_shell_symbol_text(sh, b->address, &symbol);
	kd_out(sh, "%s", text);
	if (symbol.len)
		kd_record_text(sh, "symbol", text);
}

static void show_more(struct kd_shell *sh, const struct kd_breakpoint *b,
		      const struct kd_shell_breakpoint *row)
{
	char address[KD_ADDRESS_TEXT_MAX];
	unsigned size = kd_shell_pointer_size(sh);

	if (row && row->process)
		kd_out(sh, "     Match process data %s\n",
		       kd_format_address(address, row->process, size));
	if (b->spec.thread)
		kd_out(sh, "     Match thread data %s\n",
		       kd_format_address(address, b->spec.thread, size));
	if (row && row->condition)
		kd_out(sh, "     Condition: %s\n", row->condition);
	if (b->error != KD_OK)
		kd_out(sh, "     It could not be set: %s\n",
		       kd_status_text(b->error));
}

static void show(struct kd_shell *sh, const struct kd_breakpoint *b)
{
	const struct kd_shell_breakpoint *row =
		kd_shell_breakpoint_find(sh, b->id);
	unsigned size = kd_shell_pointer_size(sh);
	char address[KD_ADDRESS_TEXT_MAX] = "";

	if (b->resolved)
		kd_format_address(address, b->address, size);
	kd_record_open(sh, NULL);
	record(sh, b, row);
	kd_out(sh, "%2u %c%c%*s", (unsigned)b->id, b->enabled ? 'e' : 'd',
	       b->resolved ? ' ' : 'u', size == 4 ? 8 : 17, address);
	if (b->spec.kind == KD_BREAKPOINT_SOFTWARE)
		kd_out(sh, "     ");
	else
		kd_out(sh, " %c %u ", access_letter(b->spec.kind),
		       b->spec.size);
	kd_out(sh, "%04" PRIx64 " (%04" PRIx64 ") ", left_of(b, row),
	       passes_of(b, row));
	show_place(sh, b, row);
	if (row && row->commands) {
		kd_out(sh, " \"");
		kd_out_text(sh, row->commands, strlen(row->commands));
		kd_out(sh, "\"");
	}
	kd_out(sh, "\n");
	show_more(sh, b, row);
	kd_record_close(sh);
}

enum kd_status kd_run_breakpoint_list(struct kd_shell *sh,
				      const struct kd_command *self,
				      const char *args)
{
	struct kd_breakpoint_ids ids;
	enum kd_status st;

	(void)self;
	kd_shell_breakpoints_sweep(sh);
	/* there are no source lines that it would show instead of addresses */
	if (!strncmp(args, "/L", 2))
		args += 2;
	st = kd_breakpoint_ids_parse(sh, args, true, &ids);
	kd_record_open_list(sh, "breakpoints");
	for (uint32_t id = 0;
	     st == KD_OK && kd_breakpoint_ids_next(sh, &ids, &id); id++)
		show(sh, kd_session_breakpoint(sh->session, id));
	kd_record_close(sh);
	return st;
}

static void show_command(struct kd_shell *sh, const struct kd_breakpoint *b)
{
	const struct kd_shell_breakpoint *row =
		kd_shell_breakpoint_find(sh, b->id);
	enum kd_breakpoint_sort sort = row ? row->sort : KD_SORT_BP;
	char address[KD_ADDRESS_TEXT_MAX];
	uint64_t passes = passes_of(b, row);

	kd_out(sh, "%s%u ", sorts[sort], (unsigned)b->id);
	if (sort == KD_SORT_BA)
		kd_out(sh, "%c%u ", access_letter(b->spec.kind), b->spec.size);
	if (b->spec.once || (row && row->once))
		kd_out(sh, "/1 ");
	if (row && row->process)
		kd_out(sh, "/p 0x%" PRIx64 " ", row->process);
	if (b->spec.thread)
		kd_out(sh, "/t 0x%" PRIx64 " ", b->spec.thread);
	if (row && row->condition)
		kd_out(sh, "/w \"%s\" ", row->condition);
	if (row && row->expression)
		kd_out(sh, "%s", row->expression);
	else
		kd_out(sh, "0x%s ",
		       kd_format_address(address, b->address,
					 kd_shell_pointer_size(sh)));
	if (passes > 1)
		kd_out(sh,
		       row && row->expression ? " 0x%" PRIx64 " "
					      : "0x%" PRIx64 " ",
		       passes);
	if (row && row->commands) {
		kd_out(sh, row->expression && passes <= 1 ? " \"" : "\"");
		kd_out_text(sh, row->commands, strlen(row->commands));
		kd_out(sh, "\"");
	}
	kd_out(sh, ";\n");
}

enum kd_status kd_run_breakpoint_commands(struct kd_shell *sh,
					  const struct kd_command *self,
					  const char *args)
{
	size_t count;

	(void)self;
	(void)args;
	kd_shell_breakpoints_sweep(sh);
	count = kd_session_breakpoint_count(sh->session);
	kd_record_open_list(sh, "breakpoints");
	for (size_t i = 0; i < count; i++) {
		const struct kd_breakpoint *b =
			kd_session_breakpoint_at(sh->session, i);

		kd_record_open(sh, NULL);
		record(sh, b, kd_shell_breakpoint_find(sh, b->id));
		show_command(sh, b);
		kd_record_close(sh);
	}
	kd_record_close(sh);
	return KD_OK;
}
