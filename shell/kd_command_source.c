/* lsa, .lines, .srcpath: lines of source. */

#include "kd_commands.h"
#include "kd_lexer.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { LINES_SHOWN = 20, FOUND_MAX = 1024 };

/* The next folder of a path, and where the one after it begins. */
static const char *next_folder(const char **at, size_t *ret_len)
{
	const char *folder = *at;

	*ret_len = strcspn(folder, ";");
	*at = folder + *ret_len + (folder[*ret_len] == ';');
	return folder;
}

/* Behind the next separator of either sort; NULL if there is none. */
static const char *next_tail(const char *path)
{
	const char *mark = strpbrk(path, "\\/");

	return mark ? mark + 1 : NULL;
}

static bool exists(const char *path)
{
	FILE *f = fopen(path, "r");

	if (f)
		fclose(f);
	return f != NULL;
}

/*
 * A PDB tells where a file was compiled: here, it is below one of the folders,
 * with as much of that path as there is.
 */
static bool find_source(const struct kd_shell *sh, const char *file,
			char out[FOUND_MAX])
{
	/* nothing leads out of the folders */
	if (sh->config.no_files || strstr(file, ".."))
		return false;
	for (const char *tail = next_tail(file) ? next_tail(file) : file; tail;
	     tail = next_tail(tail)) {
		const char *at = sh->source.path;

		while (*at) {
			size_t len;
			const char *folder = next_folder(&at, &len);
			int n = snprintf(out, FOUND_MAX, "%.*s/%s", (int)len,
					 folder, tail);

			if (!len || n < 0 || n >= FOUND_MAX)
				continue;
			for (char *c = out + len; *c; c++)
				if (*c == '\\')
					*c = '/';
			if (exists(out))
				return true;
		}
	}
	return false;
}

static void show_line(struct kd_shell *sh, const char *text, size_t len,
		      uint64_t line, uint32_t current)
{
	kd_out(sh, "%c%5" PRIu64 ": ", line == current ? '>' : ' ', line);
	kd_out_text(sh, text, len);
	kd_out(sh, "\n");
	kd_record_open(sh, NULL);
	kd_record_number(sh, "line", line);
	kd_record_text_len(sh, "text", text, len);
	kd_record_close(sh);
}

/* Lines of a file, from one on; @p current is marked. */
static void show_lines(struct kd_shell *sh, const char *text, uint64_t first,
		       uint64_t count, uint32_t current)
{
	uint64_t line = 1;

	kd_record_open_list(sh, "lines");
	for (; *text && (line < first || line - first < count); line++) {
		size_t len = strcspn(text, "\n");
		size_t shown = len;

		if (shown && text[shown - 1] == '\r')
			shown--;
		if (line >= first)
			show_line(sh, text, shown, line, current);
		text += len + (text[len] == '\n');
	}
	kd_record_close(sh);
}

/* "ADDRESS [, FIRST [, COUNT]]", or "." for where it stands */
static enum kd_status parse(struct kd_shell *sh, const char *at,
			    uint64_t *address, uint64_t *first, uint64_t *count)
{
	uint64_t *const values[] = { first, count };
	struct kd_context context;
	enum kd_status st;

	if (*at == '.' && (!at[1] || at[1] == ' ' || at[1] == ',')) {
		st = kd_shell_context(sh, &context);
		*address = kd_context_pc(&context);
		at++;
	} else {
		st = kd_shell_evaluate(sh, &at, address);
	}
	for (size_t i = 0; i < 2 && st == KD_OK; i++) {
		at += kd_spaces(at);
		if (*at != ',')
			break;
		at++;
		st = kd_shell_evaluate(sh, &at, values[i]);
	}
	at += kd_spaces(at);
	return st == KD_OK && *at ? kd_shell_syntax_error(sh, at) : st;
}

enum kd_status kd_run_list_source(struct kd_shell *sh,
				  const struct kd_command *self,
				  const char *args)
{
	struct kd_source_line line;
	uint64_t address, first = 0, count = LINES_SHOWN;
	char path[FOUND_MAX];
	struct kd_buffer text;
	enum kd_status st = parse(sh, args, &address, &first, &count);

	(void)self;
	if (st != KD_OK)
		return st;
	st = kd_shell_source_line(sh, address, &line);
	if (st == KD_E_NOT_FOUND)
		kd_out(sh, "No line of source is known there%s.\n",
		       sh->source.hidden ? ": '.lines -e' turns them on" : "");
	if (st != KD_OK)
		return st;
	if (!find_source(sh, line.file, path)) {
		kd_out(sh,
		       "'%s' is in none of the folders of '.srcpath': add one "
		       "with '.srcpath+'.\n",
		       line.file);
		return KD_E_NOT_FOUND;
	}
	kd_record_text(sh, "file", path);
	kd_buffer_init(&text, &sh->mem);
	st = kd_shell_read_file(sh, path, &text);
	if (st == KD_OK)
		show_lines(sh, kd_buffer_text(&text), first ? first : line.line,
			   count, line.line);
	kd_buffer_deinit(&text);
	return st;
}

enum kd_status kd_run_lines(struct kd_shell *sh, const struct kd_command *self,
			    const char *args)
{
	bool *hidden = &sh->source.hidden;

	(void)self;
	if (!*args || !strcmp(args, "-t"))
		*hidden = !*hidden;
	else if (!strcmp(args, "-e"))
		*hidden = false;
	else if (!strcmp(args, "-d"))
		*hidden = true;
	else
		return kd_shell_syntax_error(sh, args);
	kd_out(sh, "Line number information will %sbe loaded\n",
	       *hidden ? "not " : "");
	kd_record_flag(sh, "lines", !*hidden);
	return KD_OK;
}

enum kd_status kd_run_source_path(struct kd_shell *sh,
				  const struct kd_command *self,
				  const char *args)
{
	char *path = sh->source.path;
	size_t have = strlen(path), more;
	bool adds = *args == '+';

	(void)self;
	args += adds;
	args += kd_spaces(args);
	more = strlen(args);
	if (!adds || !more)
		have = more ? 0 : have;
	if (have + more + 2 > KD_SOURCE_PATH_MAX) {
		kd_out(sh,
		       "A source path of more than %d characters is too "
		       "long.\n",
		       KD_SOURCE_PATH_MAX - 1);
		return KD_E_SPACE;
	}
	if (more)
		snprintf(path + have, KD_SOURCE_PATH_MAX - have, "%s%s",
			 have ? ";" : "", args);
	kd_out(sh, "Source search path is: %s\n", path);
	kd_record_text(sh, "path", path);
	return KD_OK;
}
