#ifndef KD_BREAKPOINT_OPTIONS_H
#define KD_BREAKPOINT_OPTIONS_H

/** @file What stands behind bp, bu, bm and ba. */

#include "kd_shell_breakpoints.h"

/** Zero-filled but for id; the texts are the shell's memory. */
struct kd_breakpoint_options {
	uint32_t id; /**< or KD_BREAKPOINT_ANY_ID */
	bool once;
	bool everywhere;   /**< bm's "/a": data, too */
	bool by_address;   /**< bm's "/d" */
	uint64_t process;  /**< "/p"; 0: any */
	uint64_t thread;   /**< "/t"; 0: any */
	char *condition;   /**< "/w"; or NULL */
	const char *place; /**< the address's text; "" if there is none */
	size_t place_len;
	uint64_t passes; /**< 1 or more */
	char *commands;	 /**< or NULL */
	/* of ba */
	enum kd_breakpoint_kind kind;
	unsigned size;
	/* of all but bm */
	bool resolved;
	uint64_t address;
};

/** Whose arguments they are. */
enum kd_breakpoint_form {
	KD_FORM_PLACE,	 /**< [ADDRESS [PASSES]], as for bp and bu */
	KD_FORM_ACCESS,	 /**< ACCESS SIZE before that: ba */
	KD_FORM_PATTERN, /**< PATTERN [PASSES]: bm */
};

/**
 * Take them; says what is wrong.
 *
 * @param ret  to be freed by kd_breakpoint_options_deinit() in any case
 */
enum kd_status kd_breakpoint_options_take(struct kd_shell *sh, const char *args,
					  enum kd_breakpoint_form form,
					  struct kd_breakpoint_options *ret);
/**
 * Set what they describe, in place of an older one there; says why if that
 * cannot be. Texts that are kept are taken out of @p o.
 *
 * @param ret  its number
 */
enum kd_status kd_breakpoint_set(struct kd_shell *sh,
				 enum kd_breakpoint_sort sort,
				 struct kd_breakpoint_options *o,
				 uint32_t *ret);
void kd_breakpoint_options_deinit(struct kd_shell *sh,
				  struct kd_breakpoint_options *o);

#endif
