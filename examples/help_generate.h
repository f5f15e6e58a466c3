#ifndef HELP_GENERATE_H
#define HELP_GENERATE_H

/** @file The manual page and the shell's completion, from the tables. */

/**
 * Print a manual page with all commands put in.
 *
 * @param path  the page, in mdoc
 * @return an exit code
 */
int help_man(const char *path);

/** Print a completion script for bash; the value is an exit code. */
int help_completion(void);

#endif
