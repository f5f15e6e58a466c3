#ifndef TALK_H
#define TALK_H

/**
 * @file
 * A program that is talked to while it runs: through pipes, or as a person
 * at a terminal does. Nothing here sleeps: each step waits for a text.
 */

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

enum { TALK_TEXT_MAX = 1 << 17 };

struct talk {
	pid_t pid;
	int in, out; /* the same for a terminal; -1: closed */
	bool ended;  /* its output has */
	size_t len, seen;
	char text[TALK_TEXT_MAX]; /* all that it said, both outputs */
};

/**
 * Start a program. A terminal has 80 columns.
 *
 * @param argv  NULL-terminated; argv[0] is its path
 * @param env   more "NAME=VALUE", NULL-terminated
 */
bool talk_start(struct talk *t, const char *const *argv, const char *const *env,
		bool terminal);
/** Read until this text comes behind what was awaited last. */
bool talk_await(struct talk *t, const char *text);
void talk_say(struct talk *t, const char *text);
/** Send a signal. */
void talk_signal(struct talk *t, int number);
/** No more input; only for pipes. */
void talk_end_input(struct talk *t);
/**
 * Read to the end; its exit code, 128 + n for signal n. One that does not end
 * is killed.
 */
int talk_end(struct talk *t);

#endif
