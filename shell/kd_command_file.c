#include "kd_commands.h"
#include "kd_lexer.h"

#include <errno.h>
#include <string.h>

enum { ARGUMENTS_MAX = 20, NAME_MAX_LEN = 8 };

enum kd_status kd_shell_read_file(struct kd_shell *sh, const char *path,
				  struct kd_buffer *out)
{
	char piece[512];
	FILE *f;
	size_t n;
	bool failed;

	if (sh->config.no_files) {
		kd_out(sh, "Files may not be used here.\n");
		return KD_E_UNSUPPORTED;
	}
	f = fopen(path, "r");
	if (!f) {
		kd_out(sh, "Cannot open the file '%s': %s.\n", path,
		       strerror(errno));
		return KD_E_OS;
	}
	while (!out->failed && (n = fread(piece, 1, sizeof(piece), f)) > 0)
		kd_buffer_add(out, piece, n);
	failed = ferror(f) != 0;
	fclose(f);
	if (failed || out->failed) {
		kd_out(sh, "The file '%s' %s.\n", path,
		       failed ? "cannot be read" : "is too long");
		return KD_E_OS;
	}
	return KD_OK;
}

/* A name with or without quotes, without the spaces around it. */
static void take_path(const char *args, char path[KD_LINE_MAX])
{
	size_t len = strlen(args);

	if (len > 1 && args[0] == '"' && args[len - 1] == '"') {
		args++;
		len -= 2;
	}
	if (len >= KD_LINE_MAX)
		len = KD_LINE_MAX - 1;
	memcpy(path, args, len);
	path[len] = '\0';
}

static enum kd_status run_line(struct kd_shell *sh, const char *line,
			       size_t len)
{
	char prompt[32];

	kd_out(sh, "%s", kd_shell_prompt(sh, prompt));
	kd_out_text(sh, line, len);
	kd_out_text(sh, "\n", 1);
	return kd_script_run(sh, line, len, NULL);
}

/* $< and $$<: line by line, as if they were typed. */
enum kd_status kd_run_script_lines(struct kd_shell *sh,
				   const struct kd_command *self,
				   const char *args)
{
	char path[KD_LINE_MAX];
	struct kd_buffer text;
	enum kd_status st;

	(void)self;
	take_path(args, path);
	kd_buffer_init(&text, &sh->mem);
	st = kd_shell_read_file(sh, path, &text);
	for (const char *at = kd_buffer_text(&text); st == KD_OK && *at;) {
		size_t len = strcspn(at, "\r\n");

		if (sh->next == KD_SHELL_QUIT || sh->script.flow != KD_FLOW_ON)
			break;
		st = run_line(sh, at, len);
		at += len;
		at += strspn(at, "\r");
		at += *at == '\n';
	}
	kd_buffer_deinit(&text);
	return st;
}

/* $>< and $$><: all of it as one block. */
enum kd_status kd_run_script_block(struct kd_shell *sh,
				   const struct kd_command *self,
				   const char *args)
{
	char path[KD_LINE_MAX];
	struct kd_buffer text;
	enum kd_status st;

	(void)self;
	take_path(args, path);
	kd_buffer_init(&text, &sh->mem);
	st = kd_shell_read_file(sh, path, &text);
	if (st == KD_OK)
		st = kd_script_run(sh, kd_buffer_text(&text), text.len, NULL);
	kd_buffer_deinit(&text);
	return st;
}

/* Cut off the next argument, which quotes may surround; NULL if none. */
static char *take_argument(char **at)
{
	char *from = *at + kd_spaces(*at), *end;

	if (!*from)
		return NULL;
	if (*from == '"')
		end = from + 1 + strcspn(from + 1, "\"");
	else
		end = from + strcspn(from, " \t\r\n");
	from += *from == '"';
	*at = end + (*end != '\0');
	*end = '\0';
	return from;
}

/* $$>a<: ${$arg1} and so on in the file are what follows its name. */
enum kd_status kd_run_script_arguments(struct kd_shell *sh,
				       const struct kd_command *self,
				       const char *args)
{
	char words[KD_LINE_MAX], names[ARGUMENTS_MAX][NAME_MAX_LEN];
	struct kd_alias rows[ARGUMENTS_MAX];
	struct kd_locals locals = { rows, 0 };
	struct kd_buffer text;
	char *at = words, *path, *word;
	enum kd_status st;

	(void)self;
	snprintf(words, sizeof(words), "%s", args);
	path = take_argument(&at);
	while (path && locals.count < ARGUMENTS_MAX &&
	       (word = take_argument(&at)) != NULL) {
		snprintf(names[locals.count], NAME_MAX_LEN, "$arg%u",
			 (unsigned)(locals.count % ARGUMENTS_MAX) + 1);
		rows[locals.count] =
			(struct kd_alias){ names[locals.count], word };
		locals.count++;
	}
	kd_buffer_init(&text, &sh->mem);
	st = kd_shell_read_file(sh, path ? path : "", &text);
	if (st == KD_OK)
		st = kd_script_run(sh, kd_buffer_text(&text), text.len,
				   &locals);
	kd_buffer_deinit(&text);
	return st;
}
