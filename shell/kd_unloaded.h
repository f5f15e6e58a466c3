#ifndef KD_UNLOADED_H
#define KD_UNLOADED_H

/** @file The modules that the target's kernel remembers to have unloaded. */

#include "kd_shell_state.h"

/**
 * Show them, newest first: nothing if there are none, or if the kernel's PDB
 * does not tell how they are kept.
 *
 * @param pattern  of their names; NULL: all
 * @return KD_E_CANCELED, KD_E_LOST and so on; memory that cannot be read is no
 *         failure
 */
enum kd_status kd_show_unloaded(struct kd_shell *sh, const char *pattern,
				bool verbose);

#endif
