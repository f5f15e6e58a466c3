#include "kd_commands.h"
#include "kd_lexer.h"

#include <string.h>

enum { VARIABLE_NAME_MAX = 64 };

/* .foreach [/pS n] [/ps n] [/s | /f] ( name { commands } | "text" ) { … } */
struct foreach {
	uint64_t skip_first, skip_between;
	char source; /* 's' or 'f'; 0: the output of commands */
	char name[VARIABLE_NAME_MAX];
	struct kd_block input, body;
};

/* "/pS 2": a number alone, as '/' begins the next option. */
static enum kd_status take_count(struct kd_shell *sh, const char **at,
				 uint64_t *ret)
{
	struct kd_token t = kd_token_at(*at + 3, sh->radix);

	if (t.kind != KD_TOKEN_NUMBER)
		return kd_shell_syntax_error(sh, *at);
	*ret = t.value;
	*at = t.end;
	return KD_OK;
}

static enum kd_status take_options(struct kd_shell *sh, const char **at,
				   struct foreach *f)
{
	enum kd_status st = KD_OK;

	for (*at += kd_spaces(*at); st == KD_OK && **at == '/';
	     *at += kd_spaces(*at)) {
		if (kd_word_at(*at, "/pS") || kd_word_at(*at, "/ps")) {
			uint64_t *skip = (*at)[2] == 'S' ? &f->skip_first
							 : &f->skip_between;

			st = take_count(sh, at, skip);
		} else if (kd_word_at(*at, "/s") || kd_word_at(*at, "/f")) {
			f->source = (*at)[1];
			*at += 2;
		} else {
			st = kd_shell_syntax_error(sh, *at);
		}
	}
	return st;
}

static bool take_name(const char **at, char out[VARIABLE_NAME_MAX])
{
	size_t len;

	*at += kd_spaces(*at);
	len = strcspn(*at, " \t\r\n{\"");
	if (!len || len >= VARIABLE_NAME_MAX)
		return false;
	memcpy(out, *at, len);
	out[len] = '\0';
	*at += len;
	return true;
}

static bool take_quoted(const char **at, struct kd_block *ret)
{
	const char *open = *at + kd_spaces(*at), *close;

	close = *open == '"' ? strchr(open + 1, '"') : NULL;
	if (!close)
		return false;
	*ret = (struct kd_block){ open + 1, (size_t)(close - open) - 1 };
	*at = close + 1;
	return true;
}

/* "( name { commands } ) { commands }" */
static bool take_parts(const char **at, struct foreach *f)
{
	const char *close;

	if (**at != '(')
		return false;
	close = kd_block_close(*at);
	++*at;
	if (!close || !take_name(at, f->name))
		return false;
	if (f->source ? !take_quoted(at, &f->input)
		      : !kd_block_take(at, &f->input))
		return false;
	*at += kd_spaces(*at);
	if (*at != close)
		return false;
	++*at;
	return kd_block_take(at, &f->body) && !**at;
}

static enum kd_status read_input(struct kd_shell *sh, const struct foreach *f,
				 struct kd_buffer *out)
{
	char path[KD_PATH_MAX];

	if (!f->source)
		return kd_script_capture(sh, &f->input, out);
	if (f->source == 's') {
		kd_buffer_add(out, f->input.at, f->input.len);
		return KD_OK;
	}
	if (f->input.len >= sizeof(path)) {
		kd_out(sh, "The name of the file is too long.\n");
		return KD_E_ARG;
	}
	memcpy(path, f->input.at, f->input.len);
	path[f->input.len] = '\0';
	return kd_shell_read_file(sh, path, out);
}

static enum kd_status run_token(struct kd_shell *sh, const struct foreach *f,
				const char *token, bool *goes_on)
{
	struct kd_alias variable = { f->name, token };
	struct kd_locals locals = { &variable, 1 };

	return kd_loop_round(sh, &f->body, &locals, goes_on);
}

/* The tokens are cut apart where they stand. */
static enum kd_status run_tokens(struct kd_shell *sh, const struct foreach *f,
				 char *text)
{
	static const char spaces[] = " \t\r\n";
	uint64_t skip = f->skip_first;
	bool goes_on = true;
	enum kd_status st = KD_OK;

	for (char *at = text + strspn(text, spaces);
	     *at && st == KD_OK && goes_on;) {
		char *end = at + strcspn(at, spaces);
		char *next = end + strspn(end, spaces);

		*end = '\0';
		if (skip) {
			skip--;
		} else {
			st = run_token(sh, f, at, &goes_on);
			skip = f->skip_between;
		}
		at = next;
	}
	return st;
}

enum kd_status kd_run_foreach(struct kd_shell *sh,
			      const struct kd_command *self, const char *args)
{
	struct foreach f = { 0 };
	struct kd_buffer tokens;
	enum kd_status st = take_options(sh, &args, &f);

	(void)self;
	if (st != KD_OK)
		return st;
	if (!take_parts(&args, &f))
		return kd_shell_syntax_error(sh, args);
	kd_buffer_init(&tokens, &sh->mem);
	st = read_input(sh, &f, &tokens);
	/* why it failed is part of what is not shown */
	if (st != KD_OK && !f.source)
		kd_out_text(sh, kd_buffer_text(&tokens), tokens.len);
	if (tokens.failed) {
		kd_out(sh, "That is more text than there is room for.\n");
		st = KD_E_SPACE;
	}
	if (st == KD_OK && tokens.base)
		st = run_tokens(sh, &f, tokens.base);
	kd_buffer_deinit(&tokens);
	return st;
}
