#ifndef KD_VALUES_H
#define KD_VALUES_H

/**
 * @file
 * What is to be written, searched or filled with, as it is typed: values one
 * after the other, or a string.
 */

#include "kd_shell_state.h"

enum { KD_VALUES_MAX = 8192 };

/** Bytes, as they are to stand in memory. */
struct kd_values {
	uint8_t bytes[KD_VALUES_MAX];
	size_t len;
};

/** How values are typed. */
struct kd_value_form {
	size_t size; /**< bytes of an element */
	bool real;   /**< numbers with a point: 4 or 8 bytes */
};

/**
 * Take values up to the end of the text: numbers, expressions, and characters
 * in single quotes, 'V' or, for wider elements, 'VUTS'. Spaces or commas
 * separate them.
 *
 * @return KD_E_FORMAT, also for a value that does not fit; KD_E_SPACE if
 *         there are too many; or what evaluating returned. It has been said
 */
enum kd_status kd_values_take(struct kd_shell *sh, const char *text,
			      const struct kd_value_form *form,
			      struct kd_values *ret);

/**
 * Take one value: a number with a point, or an expression, which needs
 * parentheses around its spaces.
 *
 * @param at   moved behind it
 * @param ret  its bits; of a negative number those above its size, too
 * @return KD_E_FORMAT, also for a value that does not fit; or what evaluating
 *         returned. It has been said
 */
enum kd_status kd_values_take_word(struct kd_shell *sh, const char **at,
				   const struct kd_value_form *form,
				   uint64_t *ret);

/**
 * Take a string in double quotes, and nothing behind it. Characters are taken
 * as they stand; UTF-8 becomes UTF-16 for @p wide.
 *
 * @return KD_E_FORMAT or KD_E_SPACE, as above
 */
enum kd_status kd_values_take_string(struct kd_shell *sh, const char *text,
				     bool wide, struct kd_values *ret);

/** Put one little-endian number of @p size bytes behind what is there. */
bool kd_values_add(struct kd_values *v, uint64_t number, size_t size);

#endif
