#ifndef SIGNALS_H
#define SIGNALS_H

/** @file Signals as bytes in a pipe, so that poll() wakes up for them. */

#include <stdbool.h>
#include <stdint.h>

enum signals_got {
	SIGNALS_NONE,
	SIGNALS_INTERRUPT, /**< Ctrl-C */
	SIGNALS_LEAVE,	   /**< SIGTERM, SIGHUP, no time left: leave in order */
};

/** Install the handlers; -1 and errno if the system refuses. */
int signals_open(void);
void signals_close(void);

/** Readable when signals_take() has something. */
int signals_fd(void);

/** The next signal; SIGNALS_LEAVE wins and stays. */
enum signals_got signals_take(void);

/** Let SIGNALS_LEAVE come after so many microseconds. */
void signals_set_timeout(uint64_t us);
/** Has that time passed? */
bool signals_timed_out(void);

#endif
