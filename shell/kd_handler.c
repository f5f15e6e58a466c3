#include "kd_handler.h"

#include "kd_lexer.h"
#include "kd_shell_state.h"

#include <string.h>

bool kd_handler_takes(struct kd_shell *sh, enum kd_resume how)
{
	if (!sh->handler)
		return false;
	*sh->handler = (struct kd_handler){ .goes = true, .how = how };
	return true;
}

bool kd_handler_has_ended(const struct kd_shell *sh)
{
	return sh->handler &&
	       (sh->handler->goes || sh->next != KD_SHELL_PROMPT);
}

void kd_handler_run(struct kd_shell *sh, const char *commands,
		    struct kd_handler *ret)
{
	struct kd_script outer_script = sh->script;
	struct kd_handler *outer = sh->handler;
	enum kd_shell_next next = sh->next;
	enum kd_status st;

	*ret = (struct kd_handler){ 0 };
	sh->handler = ret;
	sh->next = KD_SHELL_PROMPT;
	/* the depth is kept: what is nested without end ends there */
	sh->script = (struct kd_script){ .depth = outer_script.depth };
	kd_out_fresh_line(sh);
	st = kd_script_run(sh, commands, strlen(commands), NULL);
	if (!sh->open_line)
		kd_out_fresh_line(sh);
	if (st != KD_OK)
		ret->goes = false;
	if (sh->next != KD_SHELL_QUIT)
		sh->next = next;
	sh->script = outer_script;
	sh->handler = outer;
}

enum kd_status kd_handler_take_text(struct kd_shell *sh, const char **at,
				    struct kd_buffer *out)
{
	const char *from = *at + kd_spaces(*at);
	const char *end = kd_string_skip(from, from);

	if (*from != '"' || *end != '"' || end == from)
		return kd_shell_syntax_error(sh, from);
	for (from++; from < end; from++) {
		from += *from == '\\' && (from[1] == '"' || from[1] == '\\');
		kd_buffer_add(out, from, 1);
	}
	if (out->failed)
		return kd_shell_fail(sh, KD_E_NOMEM, "Cannot keep this text");
	*at = end + 1;
	return KD_OK;
}

char *kd_handler_copy(struct kd_shell *sh, const char *text)
{
	size_t size = strlen(text) + 1;
	char *copy = sh->mem.alloc(sh->mem.ctx, size);

	if (copy)
		memcpy(copy, text, size);
	return copy;
}

void kd_handler_free(struct kd_shell *sh, char *text)
{
	if (text)
		sh->mem.release(sh->mem.ctx, text);
}
