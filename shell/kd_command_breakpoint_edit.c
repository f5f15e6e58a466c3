#include "kd_breakpoint_ids.h"
#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_shell_breakpoints.h"

#include <string.h>

/* bc, bd, be, br, bs, bsc: breakpoints that are there are changed. */

/* What is done to one; @p c is the command's second letter. */
static enum kd_status change(struct kd_shell *sh, char c, uint32_t id)
{
	switch (c) {
	case 'c':
		return kd_session_breakpoint_remove(sh->session, id);
	case 'd':
		return kd_session_breakpoint_enable(sh->session, id, false);
	default:
		return kd_session_breakpoint_enable(sh->session, id, true);
	}
}

enum kd_status kd_run_breakpoint_change(struct kd_shell *sh,
					const struct kd_command *self,
					const char *args)
{
	struct kd_breakpoint_ids ids;
	enum kd_status st;

	kd_shell_breakpoints_sweep(sh);
	st = kd_breakpoint_ids_parse(sh, args, false, &ids);
	kd_record_open_list(sh, "ids");
	for (uint32_t id = 0;
	     st == KD_OK && kd_breakpoint_ids_next(sh, &ids, &id); id++) {
		st = change(sh, self->name[1], id);
		if (st != KD_OK)
			kd_shell_fail(sh, st, "Cannot change breakpoint %u",
				      (unsigned)id);
		kd_record_number(sh, NULL, id);
	}
	kd_record_close(sh);
	kd_shell_breakpoints_sweep(sh);
	return st;
}

static enum kd_status renumber(struct kd_shell *sh, uint32_t from, uint32_t to)
{
	struct kd_shell_breakpoint *row;
	enum kd_status st;

	if (!kd_session_breakpoint(sh->session, from))
		return kd_breakpoint_unknown(sh, from);
	if (kd_session_breakpoint(sh->session, to)) {
		kd_out(sh, "There is a breakpoint %u already.\n", (unsigned)to);
		return KD_E_ARG;
	}
	row = kd_shell_breakpoint_find(sh, from);
	st = kd_session_breakpoint_renumber(sh->session, from, to);
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot renumber breakpoint %u",
				     (unsigned)from);
	if (row)
		row->id = to;
	return KD_OK;
}

enum kd_status kd_run_breakpoint_renumber(struct kd_shell *sh,
					  const struct kd_command *self,
					  const char *args)
{
	enum kd_status st;

	(void)self;
	kd_shell_breakpoints_sweep(sh);
	do {
		uint32_t from, to;

		st = kd_breakpoint_id_take(sh, &args, &from);
		if (st == KD_OK)
			st = kd_breakpoint_id_take(sh, &args, &to);
		if (st == KD_OK)
			st = renumber(sh, from, to);
		args += kd_spaces(args);
	} while (st == KD_OK && *args);
	return st;
}

/* One of the session's that was not set here has no row yet. */
static struct kd_shell_breakpoint *row_of(struct kd_shell *sh, uint32_t id)
{
	const struct kd_shell_breakpoint new = { .id = id };
	struct kd_shell_breakpoint *row = kd_shell_breakpoint_find(sh, id);

	if (row)
		return row;
	if (kd_shell_breakpoint_keep(sh, &new) != KD_OK)
		return NULL;
	return kd_shell_breakpoint_find(sh, id);
}

/* Its commands are these from now on; "": none. */
static enum kd_status set_commands(struct kd_shell *sh, uint32_t id,
				   const char *commands)
{
	struct kd_shell_breakpoint *row = row_of(sh, id);
	char *copy = NULL;

	if (row && *commands)
		copy = kd_handler_copy(sh, commands);
	if (!row || (*commands && !copy))
		return kd_shell_fail(sh, KD_E_NOMEM, "Cannot keep commands");
	kd_handler_free(sh, row->commands);
	row->commands = copy;
	return KD_OK;
}

/* The commands at the end of a line, if there are any. */
static enum kd_status take_commands(struct kd_shell *sh, const char *at,
				    struct kd_buffer *out)
{
	enum kd_status st = KD_OK;

	at += kd_spaces(at);
	if (*at)
		st = kd_handler_take_text(sh, &at, out);
	at += kd_spaces(at);
	return st == KD_OK && *at ? kd_shell_syntax_error(sh, at) : st;
}

static enum kd_status take_id(struct kd_shell *sh, const char **at,
			      uint32_t *ret)
{
	enum kd_status st;

	kd_shell_breakpoints_sweep(sh);
	st = kd_breakpoint_id_take(sh, at, ret);
	if (st == KD_OK && !kd_session_breakpoint(sh->session, *ret))
		st = kd_breakpoint_unknown(sh, *ret);
	return st;
}

enum kd_status kd_run_breakpoint_commands_set(struct kd_shell *sh,
					      const struct kd_command *self,
					      const char *args)
{
	struct kd_buffer commands;
	uint32_t id;
	enum kd_status st = take_id(sh, &args, &id);

	(void)self;
	kd_buffer_init(&commands, &sh->mem);
	if (st == KD_OK)
		st = take_commands(sh, args, &commands);
	if (st == KD_OK)
		st = set_commands(sh, id, kd_buffer_text(&commands));
	kd_buffer_deinit(&commands);
	return st;
}

static void add(struct kd_buffer *b, const char *text)
{
	kd_buffer_add(b, text, strlen(text));
}

/* What the documentation says that it comes to; blocks may hold quotes. */
enum kd_status kd_run_breakpoint_condition_set(struct kd_shell *sh,
					       const struct kd_command *self,
					       const char *args)
{
	struct kd_buffer commands, text;
	uint32_t id;
	uint64_t value;
	enum kd_status st = take_id(sh, &args, &id);
	const char *condition = args + kd_spaces(args), *end;

	(void)self;
	kd_buffer_init(&commands, &sh->mem);
	kd_buffer_init(&text, &sh->mem);
	if (st == KD_OK)
		st = kd_shell_evaluate(sh, &args, &value);
	end = args;
	if (st == KD_OK)
		st = take_commands(sh, args, &commands);
	if (st == KD_OK) {
		add(&text, ".if (");
		kd_buffer_add(&text, condition, (size_t)(end - condition));
		add(&text, ") {");
		add(&text, kd_buffer_text(&commands));
		add(&text, "} .else {gc}");
		st = text.failed ? kd_shell_fail(sh, KD_E_NOMEM,
						 "Cannot keep commands")
				 : set_commands(sh, id, kd_buffer_text(&text));
	}
	kd_buffer_deinit(&text);
	kd_buffer_deinit(&commands);
	return st;
}
