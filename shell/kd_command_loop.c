#include "kd_commands.h"
#include "kd_lexer.h"

#include <string.h>

enum kd_status kd_loop_round(struct kd_shell *sh, const struct kd_block *body,
			     const struct kd_locals *locals, bool *goes_on)
{
	enum kd_status st = kd_script_breathe(sh);

	if (st != KD_OK)
		return st;
	sh->script.loops++;
	st = kd_script_run(sh, body->at, body->len, locals);
	sh->script.loops--;
	*goes_on = sh->script.flow == KD_FLOW_ON ||
		   sh->script.flow == KD_FLOW_CONTINUE;
	if (sh->script.flow != KD_FLOW_LEAVE)
		sh->script.flow = KD_FLOW_ON;
	if (sh->next == KD_SHELL_QUIT || kd_handler_has_ended(sh))
		*goes_on = false;
	return st;
}

/* The condition may ask about a target that the body has let run. */
static enum kd_status test(struct kd_shell *sh, const char *text,
			   const char *end, bool *ret)
{
	uint64_t value;
	enum kd_status st = KD_OK;

	if (sh->next == KD_SHELL_RUNS)
		st = kd_shell_wait_for_stop(sh);
	if (st == KD_OK)
		st = kd_shell_evaluate(sh, &text, &value);
	if (st != KD_OK)
		return st;
	text += kd_spaces(text);
	if (text != end)
		return kd_shell_syntax_error(sh, text);
	*ret = value != 0;
	return KD_OK;
}

enum kd_status kd_run_while(struct kd_shell *sh, const struct kd_command *self,
			    const char *args)
{
	const char *open = kd_block_open(args), *at = open;
	struct kd_block body;
	bool goes_on = true;
	enum kd_status st = KD_OK;

	(void)self;
	if (!open || !kd_block_take(&at, &body) || *at)
		return kd_shell_syntax_error(sh, args);
	while (st == KD_OK && goes_on) {
		st = test(sh, args, open, &goes_on);
		if (st == KD_OK && goes_on)
			st = kd_loop_round(sh, &body, NULL, &goes_on);
	}
	return st;
}

/* The three parts of ".for (a; b; c)". */
struct head {
	struct kd_block first, condition, last;
};

/* Up to a ';' outside of quotes and parentheses, and behind it. */
static bool take_part(const char **at, const char *end, struct kd_block *ret)
{
	const char *from = *at;
	size_t depth = 0;

	for (; from < end; from++) {
		from = kd_string_skip(*at, from);
		depth += *from == '(';
		depth -= *from == ')' && depth;
		if (*from == ';' && !depth)
			break;
	}
	if (from > end)
		from = end;
	*ret = (struct kd_block){ *at, (size_t)(from - *at) };
	*at = from + (from < end);
	return from < end;
}

static bool take_head(const char **at, struct head *ret)
{
	const char *open = *at + kd_spaces(*at), *close;

	close = *open == '(' ? kd_block_close(open) : NULL;
	if (!close)
		return false;
	*at = open + 1;
	if (!take_part(at, close, &ret->first) ||
	    !take_part(at, close, &ret->condition))
		return false;
	/* several commands may go on a round's end */
	ret->last = (struct kd_block){ *at, (size_t)(close - *at) };
	*at = close + 1;
	return true;
}

static bool is_blank(const struct kd_block *b)
{
	return kd_spaces(b->at) >= b->len;
}

enum kd_status kd_run_for(struct kd_shell *sh, const struct kd_command *self,
			  const char *args)
{
	const char *at = args;
	struct head head;
	struct kd_block body;
	bool goes_on = true;
	enum kd_status st;

	(void)self;
	if (!take_head(&at, &head) || !kd_block_take(&at, &body) || *at)
		return kd_shell_syntax_error(sh, args);
	st = kd_script_run(sh, head.first.at, head.first.len, NULL);
	while (st == KD_OK && goes_on) {
		if (!is_blank(&head.condition))
			st = test(sh, head.condition.at,
				  head.condition.at + head.condition.len,
				  &goes_on);
		if (st == KD_OK && goes_on)
			st = kd_loop_round(sh, &body, NULL, &goes_on);
		if (st == KD_OK && goes_on)
			st = kd_script_run(sh, head.last.at, head.last.len,
					   NULL);
	}
	return st;
}

enum kd_status kd_run_repeat(struct kd_shell *sh, const struct kd_command *self,
			     const char *args)
{
	(void)self;
	return test(sh, args, args + strlen(args), &sh->script.again);
}

/* .break, .continue, .leave */
enum kd_status kd_run_break(struct kd_shell *sh, const struct kd_command *self,
			    const char *args)
{
	bool leaves = !strcmp(self->name, ".leave");

	(void)args;
	if (leaves ? !sh->script.catches : !sh->script.loops) {
		kd_out(sh, "'%s' outside of a %s.\n", self->name,
		       leaves ? "'.catch'" : "loop");
		return KD_E_STATE;
	}
	if (leaves)
		sh->script.flow = KD_FLOW_LEAVE;
	else
		sh->script.flow = strcmp(self->name, ".break")
					  ? KD_FLOW_CONTINUE
					  : KD_FLOW_BREAK;
	return KD_OK;
}
