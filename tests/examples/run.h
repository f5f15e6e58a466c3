#ifndef RUN_H
#define RUN_H

/** @file Programs run as a user runs them. */

#include <stddef.h>
#include <sys/types.h>

enum { RUN_OUTPUT_MAX = 1 << 20, RUN_ARGS_MAX = 24 };

struct run_result {
	int code;  /**< exit code; 128 + n for signal n */
	char *out; /**< standard output, terminated */
	char *err; /**< standard error, terminated */
};

/**
 * Run a program to its end. The result is to be freed by run_free().
 *
 * @param argv   NULL-terminated; argv[0] is its path
 * @param env    one more "NAME=VALUE", or NULL
 * @param input  what it reads from standard input; NULL: nothing
 */
void run_program(const char *const *argv, const char *env, const char *input,
		 struct run_result *ret);
void run_free(struct run_result *r);

/**
 * Start a program that stays, and wait for the first line it prints.
 *
 * @param ret_line  that line, without its newline; "" if it printed none
 * @param ret_out   where the next can be read, for run_stop()
 * @return its process, for run_stop(); -1 if it did not start
 */
pid_t run_start(const char *const *argv, char *ret_line, size_t cap,
		int *ret_out);
/**
 * End it by SIGTERM.
 *
 * @param ret_line  the next line that it printed, as above
 * @return its exit code, as in struct run_result
 */
int run_stop(pid_t pid, int out, char *ret_line, size_t cap);

/** Paths of the built programs, from the environment that Meson sets. */
const char *run_crashcart(void);
const char *run_labtarget(void);

#endif
