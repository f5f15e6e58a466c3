#ifndef EXIT_CODE_H
#define EXIT_CODE_H

/** @file What the program's exit code says; docs/crashcart.1 lists them. */

enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_FAILED = 1, /* a command, or a capture that is not right */
	EXIT_CODE_USAGE = 2,
	EXIT_CODE_NO_TARGET = 3, /* nothing came within the time */
	EXIT_CODE_LOST = 4,	 /* the target or its link went away */
	EXIT_CODE_WRONG_KEY = 5,
	EXIT_CODE_LINE = 6, /* port in use, no rights, no such device */
	/* why nothing came within the time, where the wire tells */
	EXIT_CODE_OTHER_ADDRESS = 7,
	EXIT_CODE_HELD = 8, /* by another debugger */
	EXIT_CODE_NO_DATA = 9,
	EXIT_CODE_TEXT = 10, /* on the line: text, noise, our own bytes */
	EXIT_CODE_NOISE = 11,
	EXIT_CODE_ECHO = 12,
	EXIT_CODE_NOT_KDNET = 13,
	EXIT_CODE_UNANSWERED = 14, /* it is there, but does not stop */
	EXIT_CODE_TIMEOUT = 15,	   /* --timeout: not done by then */
	EXIT_CODE_INTERRUPTED = 130,
};

#endif
