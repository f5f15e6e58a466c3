#include "kd_commands.h"
#include "kd_lexer.h"
#include "kd_record.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

/* Where one processor stands; '.' is the current one, '#' the one that
 * stopped. */
static enum kd_status show_processor(struct kd_shell *sh, unsigned processor)
{
	const struct kd_stop *stop = kd_session_stop(sh->session);
	char address[KD_ADDRESS_TEXT_MAX], buf[KD_SYMBOL_TEXT_MAX];
	struct kd_text symbol = kd_text_over(buf, sizeof(buf));
	bool current = processor == stop->processor;
	bool stopped = processor == stop->event_processor;
	struct kd_context context;
	enum kd_status st = kd_session_get_context(
		sh->session, processor, kd_shell_deadline(sh), &context);

	if (st != KD_OK)
		return kd_shell_fail(sh, st,
				     "Cannot read processor %u's registers",
				     processor);
	uint64_t pc = kd_context_pc(&context);

	kd_shell_symbol_text(sh, pc, &symbol);
	kd_out(sh, "%c%c %2u  %s %s\n", current ? '.' : ' ',
	       stopped ? '#' : ' ', processor,
	       kd_format_address(address, pc, kd_shell_pointer_size(sh)), buf);
	kd_record_open(sh, NULL);
	kd_record_number(sh, "processor", processor);
	kd_record_flag(sh, "current", current);
	kd_record_flag(sh, "stopped", stopped);
	kd_record_address(sh, "pc", pc);
	kd_record_close(sh);
	return KD_OK;
}

static enum kd_status switch_to(struct kd_shell *sh, unsigned processor)
{
	enum kd_status st = kd_session_switch_processor(sh->session, processor,
							kd_shell_deadline(sh));

	kd_scope_reset(sh);
	sh->has_next_code = false;
	if (st != KD_OK)
		return kd_shell_fail(sh, st, "Cannot switch to processor %u",
				     processor);
	kd_record_number(sh, "processor", processor);
	return KD_OK;
}

/* Which processors are meant: from first to last. */
struct selection {
	unsigned first, last;
	bool all;
};

/* "", "*", ".", "#", "N"; *at is moved behind it. */
static enum kd_status take_selection(struct kd_shell *sh, const char **at,
				     struct selection *ret)
{
	const struct kd_stop *stop = kd_session_stop(sh->session);
	const char *from = *at;
	unsigned long n = 0;

	*ret = (struct selection){ .last = stop->processor_count - 1,
				   .all = true };
	if (isdigit((unsigned char)*from)) {
		char *end;

		n = strtoul(from, &end, 10);
		from = end;
	} else if (*from == '.' || *from == '#') {
		n = *from++ == '.' ? stop->processor : stop->event_processor;
	} else {
		*at += *from == '*';
		return KD_OK;
	}
	if (n >= stop->processor_count) {
		kd_out(sh, "There is no processor %lu: there are %u.\n", n,
		       (unsigned)stop->processor_count);
		return KD_E_ARG;
	}
	*ret = (struct selection){ .first = (unsigned)n, .last = (unsigned)n };
	*at = from;
	return KD_OK;
}

static enum kd_status show_all(struct kd_shell *sh,
			       const struct selection *which)
{
	enum kd_status st = KD_OK;

	kd_record_open_list(sh, "processors");
	for (unsigned i = which->first; i <= which->last && st == KD_OK; i++) {
		if (i > which->first && kd_session_is_canceled(sh->session))
			st = kd_script_breathe(sh);
		else
			st = show_processor(sh, i);
	}
	kd_record_close(sh);
	return st;
}

/* A command on each processor, and back to the one before. */
static enum kd_status run_on(struct kd_shell *sh, const struct selection *which,
			     const char *command)
{
	unsigned before = kd_session_stop(sh->session)->processor;
	enum kd_status st = KD_OK, back;

	for (unsigned i = which->first; i <= which->last && st == KD_OK; i++) {
		if (i > which->first)
			st = kd_script_breathe(sh);
		if (st == KD_OK)
			st = switch_to(sh, i);
		if (st == KD_OK)
			st = kd_script_run(sh, command, strlen(command), NULL);
		/* it may have let the target run */
		if (!kd_session_is_halted(sh->session))
			return st;
	}
	back = switch_to(sh, before);
	return st == KD_OK ? back : st;
}

enum kd_status kd_run_processors(struct kd_shell *sh,
				 const struct kd_command *self,
				 const char *args)
{
	struct selection which;
	enum kd_status st = take_selection(sh, &args, &which);

	(void)self;
	if (st != KD_OK)
		return st;
	args += kd_spaces(args);
	if (!*args)
		return show_all(sh, &which);
	if (strcmp(args, "s") != 0)
		return run_on(sh, &which, args);
	if (which.all)
		return kd_shell_syntax_error(sh, args);
	return switch_to(sh, which.first);
}
