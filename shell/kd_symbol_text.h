#ifndef KD_SYMBOL_TEXT_H
#define KD_SYMBOL_TEXT_H

/** @file What x and ln say of a symbol besides its name. */

#include "kd_shell_state.h"

enum { KD_SYMBOL_KIND_MAX = 1024 };

/**
 * What follows the name: the parameters of a function, "(unsigned long, struct
 * _EPROCESS *)", and of data its value or, if that is no number, its type;
 * "(<no parameter info>)" and "= <no type information>" where nobody knows.
 *
 * @param s  completed by kd_symbols_complete()
 */
enum kd_status kd_symbol_kind_text(struct kd_shell *sh,
				   const struct kd_symbol *s,
				   char out[KD_SYMBOL_KIND_MAX]);

/** Its type as C spells it; "<NoType>" if it is not known. */
enum kd_status kd_symbol_type_text(struct kd_shell *sh,
				   const struct kd_symbol *s,
				   char out[KD_SYMBOL_KIND_MAX]);

/** Bytes, of data those of its type; 0 if not known. */
enum kd_status kd_symbol_size(struct kd_shell *sh, const struct kd_symbol *s,
			      uint64_t *ret);

#endif
