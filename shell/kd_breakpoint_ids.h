#ifndef KD_BREAKPOINT_IDS_H
#define KD_BREAKPOINT_IDS_H

/** @file Which breakpoints a command is about: "0-3,5 [@$t0]", "*". */

#include "kd_shell_state.h"

/** Written ranges; more than these are refused. */
enum { KD_BREAKPOINT_RANGES = 32 };

struct kd_breakpoint_ids {
	struct {
		uint32_t first, last;
	} range[KD_BREAKPOINT_RANGES];
	size_t count;
	/* or, in quotes, a pattern of what its place is called */
	char pattern[KD_PATH_MAX];
};

/**
 * Take the rest of a line; says what is wrong, also if a number that is
 * written is no breakpoint's.
 *
 * @param none_is_all  nothing written means all of them
 */
enum kd_status kd_breakpoint_ids_parse(struct kd_shell *sh, const char *args,
				       bool none_is_all,
				       struct kd_breakpoint_ids *ret);

/** One of them, from *id on, in ascending order; false: none is left. */
bool kd_breakpoint_ids_next(struct kd_shell *sh,
			    const struct kd_breakpoint_ids *ids, uint32_t *id);

/** A number, decimal, or any expression in brackets; moves behind it. */
enum kd_status kd_breakpoint_id_take(struct kd_shell *sh, const char **at,
				     uint32_t *ret);

/** Says that there is none of this number. */
enum kd_status kd_breakpoint_unknown(struct kd_shell *sh, uint32_t id);

#endif
