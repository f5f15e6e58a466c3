#ifndef KD_EXPRESSION_H
#define KD_EXPRESSION_H

/**
 * @file
 * Numbers, names and address ranges as people type them: the seam behind
 * which the whole MASM evaluator will stand. Now it knows sums.
 */

#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** What names mean; an expression itself knows only numbers. */
struct kd_names {
	/**
	 * @param name      of @p len characters, without '@'
	 * @param register_ it was written with '@': nothing but a register
	 * @return KD_E_NOT_FOUND if nobody knows it; other failures end the
	 *         evaluation
	 */
	enum kd_status (*lookup)(void *ctx, const char *name, size_t len,
				 bool register_, uint64_t *ret);
	void *ctx;
	/** 4: results are sign-extended from 32 bits, as KD's addresses. */
	unsigned pointer_size;
};

/**
 * A number: hexadecimal unless 0n, 0t or 0y says otherwise, with backticks
 * anywhere behind the first digit.
 *
 * @return KD_E_FORMAT if it is none, KD_E_SPACE if it is 2^64 or more
 */
KD_MUST_USE enum kd_status kd_number_parse(const char *text, size_t len,
					   uint64_t *ret);

/**
 * Evaluate a sum of numbers and names: "rip+5", "@rsp - 0n16", "nt+1000".
 * Hexadecimal digits win over a register of the same spelling.
 *
 * @param at      moved to the first character that is not part of it
 * @param detail  filled on failure: one sentence without a full stop
 * @return KD_E_FORMAT if there is none, KD_E_NOT_FOUND for an unknown name,
 *         or what lookup returned
 */
KD_MUST_USE enum kd_status kd_expression_parse(const char **at,
					       const struct kd_names *names,
					       struct kd_detail *detail,
					       uint64_t *ret);

struct kd_range {
	uint64_t start;
	uint64_t count; /**< elements, 1 or more; 0: none was given */
	bool by_end;	/**< count comes from an end address */
};

/** Most bytes of a range, unless it is given as "L?": WinDbg's 256 MB. */
#define KD_RANGE_MAX 0x10000000u

/**
 * "ADDRESS", "ADDRESS L COUNT", "ADDRESS END" (inclusive), or nothing.
 *
 * @param text     nothing may follow the range
 * @param size     bytes of an element
 * @param ret      untouched start where no address is given
 * @return KD_E_FORMAT, also for an end below the start or too long a range;
 *         else as kd_expression_parse()
 */
KD_MUST_USE enum kd_status kd_range_parse(const char *text,
					  const struct kd_names *names,
					  size_t size, struct kd_detail *detail,
					  struct kd_range *ret);

#endif
