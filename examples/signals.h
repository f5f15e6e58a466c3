#ifndef SIGNALS_H
#define SIGNALS_H

/** @file Signals as bytes in a pipe, so that poll() wakes up for them. */

enum signals_got {
	SIGNALS_NONE,
	SIGNALS_INTERRUPT, /**< Ctrl-C */
	SIGNALS_LEAVE,	   /**< SIGTERM, SIGHUP: leave in order */
};

/** Install the handlers; -1 and errno if the system refuses. */
int signals_open(void);
void signals_close(void);

/** Readable when signals_take() has something. */
int signals_fd(void);

/** The next signal; SIGNALS_LEAVE wins and stays. */
enum signals_got signals_take(void);

#endif
