#ifndef KD_CALLER_H
#define KD_CALLER_H

/** @file Who called the function that the stopped processor is in. */

#include "kd_status.h"

#include <stdbool.h>
#include <stdint.h>

struct kd_shell;

struct kd_caller {
	uint64_t pc;   /**< where it goes on */
	uint64_t sp;   /**< at that point, or above */
	bool is_guess; /**< nothing vouches for it */
};

/**
 * One step up the stack.
 *
 * @return KD_E_END if nobody called
 * @return or why registers or memory cannot be read
 */
enum kd_status kd_shell_caller(struct kd_shell *sh, struct kd_caller *ret);

#endif
