#ifndef KD_BUG_CHECKS_H
#define KD_BUG_CHECKS_H

/**
 * @file
 * What bug checks mean: names and parameters as Microsoft documents them ("Bug
 * check code reference"), in our own words.
 */

#include <stdbool.h>
#include <stdint.h>

enum { KD_BUG_CHECK_ARGUMENTS = 4 };

/** A code that is known. */
struct kd_bug_check_meaning {
	uint32_t code;
	const char *name;
	const char *text; /**< a sentence or two */
	/**
	 * What each parameter is; NULL: nothing that helps. Where it ends with
	 * "; see !pool" that command shows more of it.
	 */
	const char *argument[KD_BUG_CHECK_ARGUMENTS];
	/*
	 * Which parameter (from 1; 0: none) is the address of the instruction
	 * that failed, of a trap frame, an exception record, a context record;
	 * and which the exception's code, the IRQL, and how the address in the
	 * first was accessed.
	 */
	uint8_t instruction, trap, record, context, exception, irql, access;
	/** Which says what has happened; 0: the first. */
	uint8_t kind;
	/** The access is as the processor reports page faults. */
	bool page_fault;
};

/**
 * NULL for a code that is not known. Of the codes that dumps keep with
 * 0x10000000 added it is the code's own.
 */
const struct kd_bug_check_meaning *kd_bug_check_meaning(uint32_t code);

/**
 * What a parameter means, which may depend on the value of another.
 *
 * @param number  from 1
 * @return NULL if it is not known, or there is nothing to say of it
 */
const char *kd_bug_check_argument(
	uint32_t code, const uint64_t parameter[KD_BUG_CHECK_ARGUMENTS],
	unsigned number);

/**
 * How the address in the first parameter was accessed: "READ", "WRITE",
 * "EXECUTE"; NULL if the bug check does not say.
 */
const char *kd_bug_check_access(
	const struct kd_bug_check_meaning *m,
	const uint64_t parameter[KD_BUG_CHECK_ARGUMENTS]);

/**
 * The command that shows more of what has that meaning: "!pool"; NULL if there
 * is none.
 */
const char *kd_bug_check_command(const char *meaning);

/** The i-th that is known, by code; NULL behind the last. */
const struct kd_bug_check_meaning *kd_bug_check_at(unsigned i);

#endif
