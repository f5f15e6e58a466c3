#ifndef KD_CPP_H
#define KD_CPP_H

/**
 * @file
 * Expressions by the rules of C++ ("??", c---numbers-and-operators.md of
 * WinDbg's documentation): integers, casts, sizeof, registers, and pointers
 * to integers; and variables, structures, arrays and pointers of the target's
 * own, whose names come through kd_cpp_names.
 */

#include "kd_cpp_type.h"
#include "kd_status.h"

enum { KD_CPP_DEPTH = 32 };

/** What names and addresses mean; an expression itself knows only numbers. */
struct kd_cpp_names {
	/**
	 * "@rax", "@$t0" (without the '@'), or a symbol: its place, which is
	 * read when it is known that it counts.
	 *
	 * @return KD_E_NOT_FOUND if nobody knows it, KD_E_UNSUPPORTED if it
	 *         has no type; other failures end the evaluation, too
	 */
	enum kd_status (*lookup)(void *ctx, const char *name, size_t len,
				 bool is_register, struct kd_cpp_value *ret);
	/** Read memory, all or nothing; a failure ends the evaluation. */
	enum kd_status (*read)(void *ctx, uint64_t address, void *buf,
			       size_t len);
	/** "@@(…)": the other language, up to its end. */
	enum kd_status (*masm)(void *ctx, const char **at, uint64_t *ret);
	/** A type of the target's own. @return KD_E_NOT_FOUND */
	enum kd_status (*type)(void *ctx, const char *name,
			       struct kd_cpp_type *ret);
	void *ctx;
	unsigned pointer_size;
};

/**
 * Evaluate a whole text.
 *
 * @param detail  filled on failure: one sentence without a full stop; empty
 *                if a name's or memory's failure says it all
 * @return KD_E_FORMAT if it is malformed, or nested more than KD_CPP_DEPTH
 * @return KD_E_UNSUPPORTED for what "??" does not know
 * @return or what lookup, read and masm returned
 */
KD_MUST_USE enum kd_status kd_cpp_evaluate(const char *text,
					   const struct kd_cpp_names *names,
					   struct kd_detail *detail,
					   struct kd_cpp_value *ret);

/** The same of as much as is an expression: moved behind it and spaces. */
KD_MUST_USE enum kd_status kd_cpp_parse(const char **at,
					const struct kd_cpp_names *names,
					struct kd_detail *detail,
					struct kd_cpp_value *ret);

#endif
