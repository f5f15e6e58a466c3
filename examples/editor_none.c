#include "editor.h"

struct editor *editor_open(const struct terminal_hooks *hooks)
{
	(void)hooks;
	return NULL;
}

void editor_close(struct editor *e)
{
	(void)e;
}

enum terminal_got editor_line(struct editor *e, const char **ret)
{
	(void)e;
	(void)ret;
	return TERMINAL_END;
}

void editor_remember(struct editor *e, const char *line)
{
	(void)e;
	(void)line;
}

bool editor_hide(struct editor *e)
{
	(void)e;
	return false;
}

void editor_draw(struct editor *e)
{
	(void)e;
}
