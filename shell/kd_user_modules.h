#ifndef KD_USER_MODULES_H
#define KD_USER_MODULES_H

/** @file The images of the process whose memory commands see. */

#include "kd_shell_state.h"

/**
 * Know the images that the loader of the process lists, instead of those of
 * another one; their symbols are loaded when they are asked for. Says how many
 * there are, a dot for each, or why they cannot be had. A process without user
 * mode has none.
 *
 * @return KD_E_NOT_FOUND if the kernel's PDB has no types
 */
enum kd_status kd_shell_load_user_modules(struct kd_shell *sh);

/** Forget them: commands mean another process from now on. */
void kd_shell_forget_user_modules(struct kd_shell *sh);

#endif
