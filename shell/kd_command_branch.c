#include "kd_commands.h"
#include "kd_lexer.h"

#include <string.h>

enum kd_status kd_run_comment(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	(void)sh;
	(void)self;
	(void)args;
	return KD_OK;
}

/* A condition and the block behind it. */
static enum kd_status take_branch(struct kd_shell *sh, const char **at,
				  uint64_t *condition, struct kd_block *block)
{
	enum kd_status st = kd_shell_evaluate(sh, at, condition);

	if (st != KD_OK)
		return st;
	if (!kd_block_take(at, block))
		return kd_shell_syntax_error(sh, *at + kd_spaces(*at));
	return KD_OK;
}

static const char *next_word(const char *at)
{
	return at + strspn(at, " \t\r\n;");
}

enum kd_status kd_run_if(struct kd_shell *sh, const struct kd_command *self,
			 const char *args)
{
	struct kd_block block, chosen = { NULL, 0 };
	uint64_t condition;
	enum kd_status st;

	(void)self;
	for (;;) {
		/* what is not reached is not evaluated, only passed over */
		if (chosen.at) {
			args = kd_block_open(args);
			condition = 0;
			st = args && kd_block_take(&args, &block)
				     ? KD_OK
				     : kd_shell_syntax_error(sh, "");
		} else {
			st = take_branch(sh, &args, &condition, &block);
		}
		if (st != KD_OK)
			return st;
		if (condition)
			chosen = block;
		args = next_word(args);
		if (!kd_word_at(args, ".elsif"))
			break;
		args += strlen(".elsif");
	}
	if (kd_word_at(args, ".else")) {
		args += strlen(".else");
		if (!kd_block_take(&args, &block))
			return kd_shell_syntax_error(sh, next_word(args));
		if (!chosen.at)
			chosen = block;
	}
	args = next_word(args);
	if (*args)
		return kd_shell_syntax_error(sh, args);
	return kd_script_run(sh, chosen.at ? chosen.at : "", chosen.len, NULL);
}

enum kd_status kd_run_else(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	(void)args;
	kd_out(sh, "'%s' without an '.if' before it.\n", self->name);
	return KD_E_FORMAT;
}

enum kd_status kd_run_block(struct kd_shell *sh, const struct kd_command *self,
			    const char *args)
{
	struct kd_block block;

	(void)self;
	if (!kd_block_take(&args, &block) || *args)
		return kd_shell_syntax_error(sh, args);
	return kd_script_run(sh, block.at, block.len, NULL);
}

/* What fails in it has been talked about, and the script goes on. */
enum kd_status kd_run_catch(struct kd_shell *sh, const struct kd_command *self,
			    const char *args)
{
	enum kd_status st;

	sh->script.catches++;
	st = kd_run_block(sh, self, args);
	sh->script.catches--;
	if (sh->script.flow == KD_FLOW_LEAVE)
		sh->script.flow = KD_FLOW_ON;
	return st == KD_E_CANCELED || st == KD_E_LOST ? st : KD_OK;
}

/* 'commands' or commands, up to a ';' or, in quotes, behind the second. */
static struct kd_block take_commands(const char **at)
{
	const char *from = next_word(*at);
	struct kd_block block = { from, strcspn(from, ";") };

	if (*from == '\'') {
		block.at = ++from;
		block.len = strcspn(from, "'");
	}
	*at = from + block.len;
	*at += **at == '\'';
	return block;
}

enum kd_status kd_run_either(struct kd_shell *sh, const struct kd_command *self,
			     const char *args)
{
	struct kd_block first, second = { "", 0 };
	uint64_t condition;
	enum kd_status st = kd_shell_evaluate(sh, &args, &condition);

	(void)self;
	if (st != KD_OK)
		return st;
	args += kd_spaces(args);
	first = (struct kd_block){ args, 0 };
	if (*args != ';')
		first = take_commands(&args);
	args += kd_spaces(args);
	if (*args == ';')
		second = take_commands(&args);
	if (!condition)
		first = second;
	return kd_script_run(sh, first.at, first.len, NULL);
}
