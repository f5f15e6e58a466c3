#ifndef KD_FUNCTION_H
#define KD_FUNCTION_H

/**
 * @file
 * What code belongs to a function: by the function table of its image, with
 * pieces that lie apart; where there is none, by the symbols.
 */

#include "kd_pe.h"

struct kd_shell;

/** A function. */
struct kd_function {
	struct kd_shell *sh;
	uint64_t start;
	const struct kd_pe *image; /* NULL: not known */
	bool in_table;
	/* the stretch that was looked up last, and whether it is its own */
	uint64_t piece, piece_end;
	bool piece_is_own;
};

/**
 * The function that holds an address.
 *
 * @return KD_E_NOT_FOUND if no code is there
 */
enum kd_status kd_function_find(struct kd_function *f, struct kd_shell *sh,
				uint64_t address);

/** Does the code at an address belong to it? */
enum kd_status kd_function_holds(struct kd_function *f, uint64_t address,
				 bool *ret);

/**
 * Where the stretch of a function begins that an address is in; or the symbol
 * that is nearest before it.
 *
 * @return KD_E_NOT_FOUND if neither is known
 */
enum kd_status kd_function_piece_start(struct kd_shell *sh, uint64_t address,
				       uint64_t *ret);

#endif
