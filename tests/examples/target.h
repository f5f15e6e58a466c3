#ifndef TARGET_H
#define TARGET_H

/** @file A lab target in a process of its own, and what is asked of texts. */

#include "run.h"

#include <stdbool.h>

enum { TEXT_LEN = 512, PATH_LEN = 256 };

enum how { NET, UNIX_SOCKET, TCP, PTY, HOWS };

/** For labels of rows. */
const char *how_name(enum how how);

struct target {
	pid_t pid;
	int out;	     /**< what it prints */
	char link[TEXT_LEN]; /**< the -k string that reaches it */
	char folder[PATH_LEN], path[PATH_LEN + 16];
	unsigned port; /**< NET: ours */
};

/**
 * Start one; KDNET's key is 1.2.3.4.
 *
 * @param more  further options, NULL-terminated
 */
bool target_start(struct target *t, enum how how, const char *const *more);
/** End it; asserts that it went in order. */
void target_stop(const char *name, struct target *t);
/** The same, and asserts what the machine did: "runs", "stands still". */
void target_stop_at(const char *name, struct target *t, const char *state);

/** A UDP port that nobody has now. */
unsigned free_port(void);

size_t lines_in(const char *text);
/** How often @p needle stands in @p text. */
size_t count(const char *text, const char *needle);
/** Assert that a text stands in the output so often. */
void has(const char *name, const struct run_result *r, const char *text,
	 size_t times);

#endif
