#ifndef KD_EXPRESSION_H
#define KD_EXPRESSION_H

/**
 * @file
 * Expressions and address ranges in the language of MASM, as WinDbg has it
 * (masm-numbers-and-operators.md of its documentation). Everything is
 * unsigned and has 64 bits.
 */

#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Most operators and parentheses that wait for their operands at a time. */
enum { KD_EXPRESSION_DEPTH = 64 };

/** What names and addresses mean; an expression itself knows only numbers. */
struct kd_names {
	/**
	 * The one way to registers, pseudo-registers, modules and symbols.
	 *
	 * @param name      of @p len characters, without '@'
	 * @param register_ it was written with '@': nothing but a register
	 * @return KD_E_NOT_FOUND if nobody knows it, KD_E_UNSUPPORTED if it is
	 *         known but has no value here; other failures end the
	 *         evaluation, too
	 */
	enum kd_status (*lookup)(void *ctx, const char *name, size_t len,
				 bool register_, uint64_t *ret);
	/**
	 * Read the target's memory for "poi" and its like, all or nothing.
	 * May be NULL: no memory can be read.
	 *
	 * @return KD_E_TARGET if it cannot be read; other failures end the
	 *         evaluation, too
	 */
	enum kd_status (*read)(void *ctx, uint64_t address, bool physical,
			       void *buf, size_t len);
	/**
	 * An expression by the rules of C++, which the text at @p at begins
	 * with, up to and with the parenthesis that ends it. May be NULL: none
	 * is known.
	 *
	 * @return or a failure that has been talked about
	 */
	enum kd_status (*cpp)(void *ctx, const char **at, uint64_t *ret);
	void *ctx;
	/** 4: numbers and registers are sign-extended from 32 bits. */
	unsigned pointer_size;
	/** Of numbers without a prefix: 8, 10 or 16. */
	unsigned radix;
};

/**
 * Evaluate as much of a text as is one expression: it ends where an operator
 * could stand and none does.
 *
 * @param at      moved behind it; untouched on failure
 * @param detail  filled on failure: one sentence without a full stop; or
 *                emptied if lookup or read failed for a reason of its own
 * @return KD_E_FORMAT if there is none or it is malformed
 * @return KD_E_NOT_FOUND for an unknown name
 * @return KD_E_TARGET for memory that cannot be read
 * @return KD_E_UNSUPPORTED for what is known but has no value
 * @return or what else lookup and read returned
 */
KD_MUST_USE enum kd_status kd_expression_parse(const char **at,
					       const struct kd_names *names,
					       struct kd_detail *detail,
					       uint64_t *ret);

/** The address that a value means: sign-extended if pointers have 4 bytes. */
uint64_t kd_address_extend(uint64_t value, unsigned pointer_size);

/**
 * $scmp, $sicmp and $spat: functions of two strings in parentheses. "A\"b" has
 * escapes, @"c:\x" has none.
 *
 * @param name  of @p len characters
 * @param at    behind the name; moved behind the closing parenthesis
 * @return KD_E_NOT_FOUND if @p name is no such function
 * @return KD_E_FORMAT if no two strings follow
 * @return KD_E_SPACE if a string or pattern is too long
 */
KD_MUST_USE enum kd_status kd_string_function(const char *name, size_t len,
					      const char **at, uint64_t *ret);

/**
 * Does a text match a pattern, in any case? '*', '?', "[a-z]"; '#' and '+'
 * behind a character repeat it; '\' takes their meaning.
 *
 * @return KD_E_SPACE if the pattern has more than 255 parts
 */
KD_MUST_USE enum kd_status kd_pattern_match(const char *text,
					    const char *pattern, bool *ret);

struct kd_range {
	uint64_t start;
	uint64_t count; /**< elements, 1 or more; 0: none was given */
	bool by_end;	/**< count comes from an end address */
};

/** Most bytes of a range, unless it is given as "L?": WinDbg's 256 MB. */
#define KD_RANGE_MAX 0x10000000u

/**
 * "ADDRESS", "ADDRESS L COUNT", "ADDRESS L-COUNT" (before the address),
 * "ADDRESS END" (inclusive), or nothing.
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

/** The same, of a text that may go on: moved behind the range and spaces. */
KD_MUST_USE enum kd_status kd_range_take(const char **text,
					 const struct kd_names *names,
					 size_t size, struct kd_detail *detail,
					 struct kd_range *ret);

#endif
