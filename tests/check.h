#ifndef CHECK_H
#define CHECK_H

/**
 * @file
 * What every test program here uses: CUnit, plus the label of the row that
 * failed, skipping with a reason, and a main.
 */

#include <CUnit/CUnit.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct check_test {
	const char *name;
	void (*run)(void);
};

/**
 * Run the tests and print a line for each; the value is main's.
 *
 * 0: all held; 1: one failed, or nothing was asserted for no stated reason; 77
 * (Meson's "skipped"): nothing was asserted because of check_skip().
 */
int check_run(const char *suite, const struct check_test *tests, size_t count);

/** Assert, naming the row of a table and the expression. */
#define CHECK_ROW(row, value)                                                  \
	check_row((value), (row), #value, __FILE__, __LINE__)
/** Assert without a table. */
#define CHECK(value) check_row((value), NULL, #value, __FILE__, __LINE__)
/** Assert equality of two integers, and print both if they differ. */
#define CHECK_EQ(row, got, want)                                               \
	check_eq((unsigned long long)(got), (unsigned long long)(want), (row), \
		 #got, __FILE__, __LINE__)
/** Assert equality of two strings, and print both if they differ. */
#define CHECK_TEXT(row, got, want)                                             \
	check_text((got), (want), (row), __FILE__, __LINE__)

bool check_row(bool value, const char *row, const char *what, const char *file,
	       int line);
bool check_eq(unsigned long long got, unsigned long long want, const char *row,
	      const char *what, const char *file, int line);
bool check_text(const char *got, const char *want, const char *row,
		const char *file, int line);

/** This test cannot run here; say why, then return from it. */
void check_skip(const char *reason);

/**
 * Path of a file below the shared data folder, or NULL after check_skip() if
 * it is absent. Valid until the next call.
 */
const char *check_shared(const char *below);

/** A repeatable stream of pseudo-random numbers (xorshift64*). */
uint64_t check_random(uint64_t *state);

#endif
