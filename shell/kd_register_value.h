#ifndef KD_REGISTER_VALUE_H
#define KD_REGISTER_VALUE_H

/** @file What is typed behind a register's '=': a number, a real, elements. */

#include "kd_shell_state.h"
#include "kd_vector_text.h"

/**
 * Take a register's new value into a context: an expression; a real for one
 * of x87's; for vectors as many elements as there are, in the order in which
 * they are shown, the highest first.
 *
 * @param at      behind the '=' and not at the text's end; moved behind it
 * @param format  of the elements; NULL: of each sort's own
 * @return KD_E_UNSUPPORTED if the context does not hold the register
 * @return KD_E_ARG if there are too few elements; or what taking an element
 *         returned. It has been said, and the context is as before
 */
enum kd_status kd_register_take_value(struct kd_shell *sh,
				      const struct kd_register *r,
				      const struct kd_vector_format *format,
				      const char **at, struct kd_context *c);

/** A register whose name is near, or another word for it; NULL: none is. */
const char *kd_register_nearest(enum kd_arch arch, const char *name);

#endif
