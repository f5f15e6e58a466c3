#ifndef KD_HANDLER_H
#define KD_HANDLER_H

/**
 * @file
 * Commands that belong to an event: a breakpoint's, a filter's. When one of
 * them lets the target go, the rest is not run, and the target goes when all
 * that belong to the same stop have had their turn: none of them eats
 * another's.
 */

#include "kd_buffer.h"
#include "kd_session_ops.h"

struct kd_shell;

/** What the commands of one text, or several, have asked for. */
struct kd_handler {
	bool goes; /**< the last one wants the target to go on */
	enum kd_resume how;
};

/**
 * Run an event's commands.
 *
 * @param ret  whether, and how, they let the target go; a failure, which has
 *             been talked about, never does
 */
void kd_handler_run(struct kd_shell *sh, const char *commands,
		    struct kd_handler *ret);

/**
 * A command lets the target go: true if an event's commands are being run,
 * and it is seen to when they have ended.
 */
bool kd_handler_takes(struct kd_shell *sh, enum kd_resume how);

/** An event's commands are being run, and one has let the target go. */
bool kd_handler_has_ended(const struct kd_shell *sh);

/**
 * Take a quoted text, as commands are given: \" is a quote, \\ a backslash,
 * any other backslash is itself.
 *
 * @param at   moved behind it
 * @param out  the text is appended, without its quotes
 * @return KD_E_FORMAT if there is none, which has been talked about
 * @return KD_E_NOMEM if there is no room for it, which too
 */
enum kd_status kd_handler_take_text(struct kd_shell *sh, const char **at,
				    struct kd_buffer *out);

/** A copy of a text, in the shell's memory; NULL if there is none to have. */
char *kd_handler_copy(struct kd_shell *sh, const char *text);
/** Give it back; NULL is accepted. */
void kd_handler_free(struct kd_shell *sh, char *text);

#endif
