#ifndef TERMINAL_H
#define TERMINAL_H

/**
 * @file
 * Lines from a person or a pipe, and text to them that does not spoil the
 * line being typed.
 */

#include <stdbool.h>
#include <stddef.h>

struct terminal;

struct terminal_hooks {
	/**
	 * Wait until standard input can be read, serving the target meanwhile.
	 * False: give the line up.
	 */
	bool (*wait)(void *ctx);
	/**
	 * The prompt as of now. If it is what terminal_begun() says, it
	 * stands there already, and typing goes on behind it.
	 */
	const char *(*prompt)(void *ctx);
	/** The i-th command's name, for completion; NULL past the last. */
	const char *(*command)(size_t i);
	void *ctx;
};

enum terminal_got {
	TERMINAL_LINE,
	TERMINAL_END,	   /**< end of input */
	TERMINAL_GIVEN_UP, /**< wait() said so */
};

/**
 * @param for_people  false: nobody sits there, whatever it looks like
 * @return NULL without memory
 */
struct terminal *terminal_open(bool for_people);
void terminal_close(struct terminal *t);

/** Needed before the first terminal_line(); opens the line editor. */
void terminal_set_hooks(struct terminal *t, const struct terminal_hooks *hooks);

/** Does a person sit there? */
bool terminal_is_interactive(const struct terminal *t);

/**
 * Read one line, without its newline; it lives until the next call. What was
 * longer than 64 KiB is cut.
 */
enum terminal_got terminal_line(struct terminal *t, const char **ret);

/**
 * Write to standard output, in place of the line being typed if there is one;
 * terminal_settle() draws that again.
 */
void terminal_show(struct terminal *t, const char *text, size_t len);

/** All has been shown for now: draw the line again that is being typed. */
void terminal_settle(struct terminal *t);

/**
 * The line that has been begun: what was shown behind the last newline; "" if
 * there is none, or more than fits on a row.
 */
const char *terminal_begun(const struct terminal *t);

/** The prompt has changed; terminal_settle() draws it. */
void terminal_refresh(struct terminal *t);

/** Somebody types: whatever was begun ends, so that the line can be drawn. */
void terminal_end_begun(struct terminal *t);

/** Put a command into the history. */
void terminal_remember(struct terminal *t, const char *line);

#endif
