#ifndef KD_TYPE_LIST_H
#define KD_TYPE_LIST_H

/** @file Names of types and variables that are of a pattern. */

#include "kd_shell_state.h"

struct kd_type_listing {
	bool is_verbose; /**< with sizes */
	bool types_only; /**< no variables */
	bool has_size;	 /**< only those of this one */
	uint64_t size;
};

/**
 * List what a pattern fits: "nt!_EPRO*"; without a module, of nt.
 *
 * @return KD_E_CANCELED, or a failure that has been talked about
 */
enum kd_status kd_type_list(struct kd_shell *sh, const char *pattern,
			    const struct kd_type_listing *listing);

#endif
