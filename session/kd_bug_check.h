#ifndef KD_BUG_CHECK_H
#define KD_BUG_CHECK_H

/**
 * @file
 * A bug check is announced in plain print text (KD-WIRE 6.1), which may come
 * in several prints, cut anywhere.
 */

#include "kd_event.h"

#include <stddef.h>

enum { KD_BUG_CHECK_LINE = 160 };

/** Zero-filled listens from the start of a line. */
struct kd_bug_check_listener {
	char line[KD_BUG_CHECK_LINE];
	size_t len;
	bool code_known;
	struct kd_bug_check found;
};

/** Listen to one print; true, and what was announced, when it is complete. */
bool kd_bug_check_hear(struct kd_bug_check_listener *l, const char *text,
		       size_t len, struct kd_bug_check *ret);

/** The target has stopped: true if a code came without its parameters. */
bool kd_bug_check_end(struct kd_bug_check_listener *l,
		      struct kd_bug_check *ret);

#endif
