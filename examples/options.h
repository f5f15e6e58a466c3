#ifndef OPTIONS_H
#define OPTIONS_H

/** @file The debugger's command line. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct options {
	const char *connect;	 /* -k */
	const char *commands;	 /* -c */
	const char *symbol_path; /* -y */
	const char *log;	 /* -logo, -loga */
	const char *record;	 /* --record */
	uint64_t wait_us;	 /* --wait; 0: for ever */
	uint64_t timeout_us;	 /* --timeout; 0: for ever */
	bool json;
	bool log_append, break_in, stop_at_load, verbose, takeover, time_stamps;
	bool undo;	    /* --undo */
	bool help, version; /* asked for instead of a session */
};

/**
 * Read the command line. A mistake is told on stderr in one sentence.
 *
 * @return false after a mistake
 */
bool options_parse(struct options *o, int argc, char **argv);

/** The i-th option's name; NULL behind the last. */
const char *options_name(size_t i);

/** What the program takes, for people. */
void options_usage(FILE *out);

#endif
