#ifndef EDITOR_H
#define EDITOR_H

/**
 * @file
 * Line editing with history and completion. editor_libedit.c does it;
 * editor_none.c is its twin without libedit, which has no editor.
 */

#include "terminal.h"

struct editor;

/** NULL if there is none: read plain lines then. */
struct editor *editor_open(const struct terminal_hooks *hooks);
void editor_close(struct editor *e);

/** As terminal_line(). */
enum terminal_got editor_line(struct editor *e, const char **ret);

/** Put a line into the history, unless it is empty. */
void editor_remember(struct editor *e, const char *line);

/** Take the line being typed off the screen; false if there is none. */
bool editor_hide(struct editor *e);
/** Draw prompt and line again, if a line is being typed. */
void editor_draw(struct editor *e);

#endif
