#include "editor.h"
#include "lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* What is longer is no prompt that a line could be typed behind. */
enum { BEGUN_MAX = 80 };

struct terminal {
	struct terminal_hooks hooks;
	bool interactive;
	struct editor *editor; /* NULL: plain lines */
	bool hidden;	       /* a line is being typed, but not drawn */
	bool mid_line;	       /* what was shown last lacks its newline */
	char begun[BEGUN_MAX]; /* that line, if it fits */
	struct lines lines;
};

struct terminal *terminal_open(bool for_people)
{
	struct terminal *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->interactive =
		for_people && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
	t->lines.fd = STDIN_FILENO;
	return t;
}

void terminal_set_hooks(struct terminal *t, const struct terminal_hooks *hooks)
{
	t->hooks = *hooks;
	if (t->interactive && !t->editor)
		t->editor = editor_open(&t->hooks);
}

void terminal_close(struct terminal *t)
{
	if (!t)
		return;
	editor_close(t->editor);
	free(t);
}

bool terminal_is_interactive(const struct terminal *t)
{
	return t->interactive;
}

static void forget_begun(struct terminal *t)
{
	t->mid_line = false;
	t->begun[0] = 0;
}

static bool prompt_stands(const struct terminal *t)
{
	return t->mid_line && *t->begun &&
	       !strcmp(t->begun, t->hooks.prompt(t->hooks.ctx));
}

/* The prompt stands on the screen, and the editor draws it itself. */
static void take_back_begun(struct terminal *t)
{
	fputs("\r\033[K", stdout);
	forget_begun(t);
}

static enum terminal_got plain_line(struct terminal *t, const char **ret)
{
	if (t->interactive && !prompt_stands(t)) {
		fputs(t->hooks.prompt(t->hooks.ctx), stdout);
		fflush(stdout);
	}
	for (;;) {
		switch (lines_next(&t->lines, ret)) {
		case LINES_LINE:
			/* who types ends the line that the prompt is on */
			if (t->interactive)
				forget_begun(t);
			return TERMINAL_LINE;
		case LINES_END:
			return TERMINAL_END;
		case LINES_MORE:
			if (!t->hooks.wait(t->hooks.ctx))
				return TERMINAL_GIVEN_UP;
			lines_read(&t->lines);
			break;
		}
	}
}

enum terminal_got terminal_line(struct terminal *t, const char **ret)
{
	enum terminal_got got;

	if (!prompt_stands(t)) {
		terminal_end_begun(t);
	} else if (t->editor) {
		take_back_begun(t);
	}
	if (!t->editor)
		return plain_line(t, ret);
	got = editor_line(t->editor, ret);
	t->hidden = false;
	return got;
}

static void note_begun(struct terminal *t, const char *text, size_t len)
{
	size_t from = len, had = strlen(t->begun);

	while (from && text[from - 1] != '\n')
		from--;
	if (from)
		forget_begun(t);
	if (from == len)
		return;
	/* a line that did not fit stays without text to its end */
	had = from ? 0 : had;
	if ((t->mid_line && !had) || had + len - from >= BEGUN_MAX) {
		t->begun[0] = 0;
	} else {
		memcpy(t->begun + had, text + from, len - from);
		t->begun[had + len - from] = 0;
	}
	t->mid_line = true;
}

static void hide(struct terminal *t)
{
	if (t->editor && !t->hidden)
		t->hidden = editor_hide(t->editor);
}

void terminal_show(struct terminal *t, const char *text, size_t len)
{
	if (!len)
		return;
	hide(t);
	fwrite(text, 1, len, stdout);
	fflush(stdout);
	note_begun(t, text, len);
}

void terminal_settle(struct terminal *t)
{
	if (!t->hidden)
		return;
	if (prompt_stands(t))
		take_back_begun(t);
	/* a line that is being typed waits for the text's own end of line */
	if (t->mid_line)
		return;
	t->hidden = false;
	editor_draw(t->editor);
}

const char *terminal_begun(const struct terminal *t)
{
	return t->begun;
}

void terminal_refresh(struct terminal *t)
{
	hide(t);
}

void terminal_end_begun(struct terminal *t)
{
	if (t->mid_line)
		terminal_show(t, "\n", 1);
}

void terminal_remember(struct terminal *t, const char *line)
{
	if (t->editor)
		editor_remember(t->editor, line);
}
