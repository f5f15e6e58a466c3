#include "kd_script.h"

#include "kd_commands.h"
#include "kd_lexer.h"

#include <ctype.h>
#include <string.h>

/* The longest first. */
static const char *const odd_names[] = {
	"$$>a<", "$$><", "$$<", "$><", "$$", "$<",
	"??",	 "?",	 "*",	"~",   "|",  NULL,
};

/* How long a command's name is: "db" of "db@rsp". */
static size_t name_len(const char *text)
{
	size_t n = 0;

	for (size_t i = 0; odd_names[i]; i++)
		if (!strncmp(text, odd_names[i], strlen(odd_names[i])))
			return strlen(odd_names[i]);
	n += *text == '.' || *text == '!';
	while (isalnum((unsigned char)text[n]) || text[n] == '_')
		n++;
	return n;
}

static const struct kd_command *find_command(const char *text, size_t *len)
{
	char name[KD_COMMAND_NAME_MAX + 1];
	const struct kd_command *c;

	*len = name_len(text);
	if (!*len || *len > KD_COMMAND_NAME_MAX)
		return NULL;
	memcpy(name, text, *len);
	name[*len] = '\0';
	c = kd_command_find(name);
	if (c)
		return c;
	c = kd_command_find_start(name);
	if (c)
		*len = strlen(c->name);
	return c;
}

bool kd_shell_is_for_running(const char *line)
{
	size_t len;
	const struct kd_command *c =
		find_command(line + strspn(line, " \t\r\n;"), &len);

	return c && c->traits & KD_WHILE_RUNNING;
}

static enum kd_status unknown_command(struct kd_shell *sh, const char *text)
{
	size_t len = strcspn(text, " \t\r\n;\"");
	char name[KD_LINE_MAX];
	const struct kd_command *near;

	if (len > sizeof(name) - 1)
		len = sizeof(name) - 1;
	memcpy(name, text, len);
	name[len] = '\0';
	near = kd_command_nearest(name);
	if (near)
		kd_out(sh,
		       "'%s' is not a command. Did you mean '%s'? "
		       "'.help' lists all.\n",
		       name, near->name);
	else
		kd_out(sh, "'%s' is not a command. '.help' lists all.\n", name);
	return KD_E_NOT_FOUND;
}

/* A ';' or a line's end outside of quotes. */
static const char *separator(const char *at)
{
	const char *start = at;

	for (;; at++) {
		at = kd_string_skip(start, at);
		if (!*at || *at == '\n' || *at == ';')
			return at;
	}
}

static const char *command_end(const struct kd_command *c, const char *args)
{
	unsigned traits = c ? c->traits : 0;
	const char *first = args + kd_spaces(args);

	if (traits & KD_TAKES_BLOCKS)
		return kd_blocks_end(args);
	/* what these switches take is short, and other commands may follow */
	if (traits & KD_TAKES_ALIAS && *first == '/' && first[1] != 'c' &&
	    first[1] != 'f')
		return separator(args);
	if (traits & KD_TAKES_LINE)
		return args + strcspn(args, "\n");
	return separator(args);
}

static enum kd_status check_state(struct kd_shell *sh,
				  const struct kd_command *c)
{
	if (!(c->traits & KD_NEEDS_STOP) || kd_session_is_halted(sh->session))
		return KD_OK;
	if (kd_session_is_attached(sh->session))
		kd_out(sh,
		       "'%s' needs a target that stands still, and it is "
		       "running: press Ctrl-C to stop it.\n",
		       c->name);
	else
		kd_out(sh, "'%s' needs a target, and none is attached yet.\n",
		       c->name);
	return KD_E_STATE;
}

static enum kd_status run_checked(struct kd_shell *sh,
				  const struct kd_command *c, const char *args)
{
	enum kd_status st = check_state(sh, c);

	if (st != KD_OK)
		return st;
	if (!c->usage[0] && *args) {
		kd_out(sh, "'%s' takes no arguments: '%s' is too much.\n",
		       c->name, args);
		return KD_E_ARG;
	}
	return c->run(sh, c, args);
}

/* With JSON a command that runs others is told of only if it says something. */
static enum kd_status run_command(struct kd_shell *sh,
				  const struct kd_command *c, const char *args)
{
	struct kd_record record;
	bool recorded = kd_record_begin(sh, &record);
	enum kd_status st = run_checked(sh, c, args);

	if (recorded)
		kd_record_end_command(&record, c->name, args, st,
				      c->traits & KD_TAKES_BLOCKS);
	return st;
}

static enum kd_status run_unknown(struct kd_shell *sh, const char *text)
{
	struct kd_record record;
	bool recorded = kd_record_begin(sh, &record);
	enum kd_status st = unknown_command(sh, text);

	if (recorded)
		kd_record_end_command(&record, text, "", st, false);
	return st;
}

/* "2r", "1k": a processor's number before a command about its registers. */
static size_t processor_len(const char *text, unsigned *ret)
{
	size_t len = 0;
	unsigned n = 0;

	for (; isdigit((unsigned char)text[len]) && len < 4; len++)
		n = n * 10 + (unsigned)(text[len] - '0');
	if (!len || (text[len] != 'r' && text[len] != 'k'))
		return 0;
	*ret = n;
	return len;
}

/* The command at @p text, which is cut off at its end for the time. */
static enum kd_status run_at(struct kd_shell *sh, char *text, char **ret_end)
{
	unsigned processor = 0;
	size_t prefix = processor_len(text, &processor), len;
	const struct kd_command *c = find_command(text + prefix, &len);

	text += prefix;

	const char *found = command_end(c, text + len);
	char *end = text + (found - text), *last = end, kept;
	enum kd_status st = KD_OK;

	*ret_end = end;
	if (c && c->run == kd_run_comment)
		return KD_OK;
	while (last > text && strchr(" \t\r\n", last[-1]))
		last--;
	if (last - text >= KD_LINE_MAX &&
	    !(c && c->traits & (KD_TAKES_BLOCKS | KD_TAKES_LINE))) {
		kd_out(sh,
		       "A command of more than %d characters is too long.\n",
		       KD_LINE_MAX - 1);
		return KD_E_SPACE;
	}
	if (sh->next == KD_SHELL_RUNS && !(c && c->traits & KD_WHILE_RUNNING))
		st = kd_shell_wait_for_stop(sh);
	if (st != KD_OK || sh->next == KD_SHELL_QUIT)
		return st;
	kept = *last;
	*last = '\0';
	sh->has_processor = prefix > 0;
	sh->processor = processor;
	sh->joined = !strchr(" \t\r\n", text[len]);
	if (c)
		st = run_command(sh, c, text + len + kd_spaces(text + len));
	else
		st = run_unknown(sh, text);
	sh->has_processor = false;
	*last = kept;
	return st;
}

static bool goes_on(const struct kd_shell *sh, enum kd_status st)
{
	return st == KD_OK && sh->next != KD_SHELL_QUIT &&
	       sh->script.flow == KD_FLOW_ON && !kd_handler_has_ended(sh);
}

/* @p text is ours and aliases have been replaced in it. */
static enum kd_status run_all(struct kd_shell *sh, char *text)
{
	enum kd_status st = KD_OK;
	char *at = text;

	while (goes_on(sh, st)) {
		at += strspn(at, " \t\r\n;");
		if (!*at)
			break;
		st = run_at(sh, at, &at);
		/* the answer to a question goes behind it */
		if (!sh->asked && !sh->open_line)
			kd_out_fresh_line(sh);
		if (!sh->script.again)
			continue;
		sh->script.again = false;
		at = text;
		if (st == KD_OK)
			st = kd_script_breathe(sh);
	}
	return st;
}

enum kd_status kd_script_run(struct kd_shell *sh, const char *text, size_t len,
			     const struct kd_locals *locals)
{
	struct kd_buffer expanded;
	enum kd_status st = KD_OK;

	if (sh->script.depth == KD_SCRIPT_DEPTH) {
		kd_out(sh, "Commands are nested more than %d deep.\n",
		       KD_SCRIPT_DEPTH);
		return KD_E_SPACE;
	}
	kd_buffer_init(&expanded, &sh->mem);
	kd_aliases_expand(&sh->aliases, locals, text, len, &expanded);
	if (expanded.failed) {
		kd_out(sh, "There is no room for all of these commands.\n");
		st = KD_E_NOMEM;
	}
	sh->script.depth++;
	if (st == KD_OK && expanded.base)
		st = run_all(sh, expanded.base);
	sh->script.depth--;
	kd_buffer_deinit(&expanded);
	return st;
}

enum kd_status kd_script_capture(struct kd_shell *sh,
				 const struct kd_block *text,
				 struct kd_buffer *out)
{
	struct kd_buffer *outer = sh->capture;
	bool in_line = sh->in_line;
	enum kd_status st;

	sh->capture = out;
	sh->in_line = false;
	st = kd_script_run(sh, text->at, text->len, NULL);
	sh->capture = outer;
	sh->in_line = in_line;
	return st;
}

enum kd_status kd_script_breathe(struct kd_shell *sh)
{
	enum kd_status st =
		kd_session_is_canceled(sh->session) ? KD_E_CANCELED : KD_OK;

	if (st == KD_OK && kd_session_is_attached(sh->session))
		st = kd_session_poll(sh->session);
	if (st == KD_E_CANCELED)
		kd_out(sh, "Stopped.\n");
	else if (st != KD_OK)
		kd_shell_fail(sh, st, "Cannot go on");
	return st;
}
