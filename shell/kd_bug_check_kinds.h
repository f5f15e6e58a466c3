#ifndef KD_BUG_CHECK_KINDS_H
#define KD_BUG_CHECK_KINDS_H

/**
 * @file
 * Bug checks of which one parameter says what has happened, and so what the
 * others are. As Microsoft documents them, in our own words.
 */

#include "kd_bug_checks.h"

#include <stddef.h>

struct kd_bug_check_kind {
	uint32_t code;
	uint32_t kind; /**< value of the parameter that says it */
	/**
	 * The kind in words at the place of that parameter; NULL: what is said
	 * of the code alone holds.
	 */
	const char *argument[KD_BUG_CHECK_ARGUMENTS];
};

/** Ordered by code, then kind. */
struct kd_bug_check_kinds {
	const struct kd_bug_check_kind *row;
	size_t count;
};

/** All but the following. */
struct kd_bug_check_kinds kd_bug_check_kinds(void);
/** The rules of Driver Verifier. */
struct kd_bug_check_kinds kd_bug_check_verifier_kinds(void);

#endif
