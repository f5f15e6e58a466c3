#ifndef KD_X86_PUSHED_H
#define KD_X86_PUSHED_H

/** @file How much lies on top of a frame. For kd_x86_step() only. */

#include "kd_memory.h"

#include <stdbool.h>

/**
 * The bytes that code has pushed for a call, by reading it from the frame's
 * set-up on: compilers push a call's arguments in one go, and the code behind
 * a call or a jump begins with none.
 *
 * @param begin      the end of the prologue
 * @param is_return  @p eip is behind a call: count what was pushed for that
 * @return KD_E_NOT_FOUND if the code does not tell
 */
enum kd_status kd_x86_count_pushed(const struct kd_memory *memory,
				   uint32_t begin, uint32_t eip, bool is_return,
				   uint32_t *ret);

#endif
