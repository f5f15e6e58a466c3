#include "editor.h"
#include "lines.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

struct terminal {
	struct terminal_hooks hooks;
	bool interactive;
	struct editor *editor; /* NULL: plain lines */
	bool mid_line;	       /* what was shown last lacks its newline */
	struct lines lines;
};

struct terminal *terminal_open(void)
{
	struct terminal *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->interactive = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO);
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

static enum terminal_got plain_line(struct terminal *t, const char **ret)
{
	if (t->interactive) {
		fputs(t->hooks.prompt(t->hooks.ctx), stdout);
		fflush(stdout);
	}
	for (;;) {
		switch (lines_next(&t->lines, ret)) {
		case LINES_LINE:
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
	if (t->mid_line)
		terminal_show(t, "\n", 1);
	return t->editor ? editor_line(t->editor, ret) : plain_line(t, ret);
}

void terminal_show(struct terminal *t, const char *text, size_t len)
{
	if (!len)
		return;
	if (t->editor && !t->mid_line)
		editor_hide(t->editor);
	fwrite(text, 1, len, stdout);
	fflush(stdout);
	t->mid_line = text[len - 1] != '\n';
	/* a line that is being typed waits for the text's own end of line */
	if (t->editor && !t->mid_line)
		editor_draw(t->editor);
}

void terminal_refresh(struct terminal *t)
{
	if (!t->editor)
		return;
	editor_hide(t->editor);
	editor_draw(t->editor);
}
