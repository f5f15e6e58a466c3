#ifndef KD_ALIASES_H
#define KD_ALIASES_H

/**
 * @file
 * Aliases: names that are replaced by text before a command is looked at
 * (using-aliases.md of WinDbg's documentation).
 */

#include "kd_buffer.h"

enum { KD_ALIASES_MAX = 1000, KD_FIXED_ALIASES = 10 };

struct kd_alias {
	const char *name, *value;
};

/** In the order of their names. */
struct kd_aliases {
	const struct kd_allocator *mem;
	struct kd_alias *rows;
	size_t count, cap;
	char *fixed[KD_FIXED_ALIASES]; /**< $u0 to $u9; NULL is empty */
};

/** Names that have a meaning for the length of a block only. */
struct kd_locals {
	const struct kd_alias *rows;
	size_t count;
};

void kd_aliases_init(struct kd_aliases *a, const struct kd_allocator *mem);
void kd_aliases_deinit(struct kd_aliases *a);

/**
 * Define it, or give it another value. Both texts are copied.
 *
 * @return KD_E_NOMEM
 * @return KD_E_SPACE if there are KD_ALIASES_MAX already
 */
KD_MUST_USE enum kd_status kd_aliases_set(struct kd_aliases *a,
					  const char *name, const char *value);
/** $u0 to $u9, by number. @return KD_E_NOMEM */
KD_MUST_USE enum kd_status kd_aliases_set_fixed(struct kd_aliases *a,
						unsigned number,
						const char *value);
/** @return false if there is none of that name */
bool kd_aliases_remove(struct kd_aliases *a, const char *name);
void kd_aliases_clear(struct kd_aliases *a);

/**
 * Append @p text with aliases replaced: ${name} and its forms everywhere, $u0
 * to $u9 everywhere, other names where spaces, ';' or quotes surround them.
 * Text that begins as the commands about aliases do (as, aS, ad, al) keeps
 * its names. What is put in is not looked at again.
 *
 * @param locals  win over aliases of the same name; may be NULL
 */
void kd_aliases_expand(const struct kd_aliases *a,
		       const struct kd_locals *locals, const char *text,
		       size_t len, struct kd_buffer *out);

#endif
