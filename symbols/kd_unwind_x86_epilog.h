#ifndef KD_UNWIND_X86_EPILOG_H
#define KD_UNWIND_X86_EPILOG_H

/** @file The rest of an epilogue, as instructions. For kd_x86_step() only. */

#include "kd_context.h"
#include "kd_memory.h"

/**
 * If nothing but an epilogue stands between eip and the return, do it: what
 * comes out is what the processor will have. Frame data do not cover this.
 *
 * @param context          the caller's, on success
 * @param ret_return_slot  address of the return address
 * @return KD_E_NOT_FOUND if there is anything else, or code cannot be read
 */
enum kd_status kd_x86_epilog_finish(const struct kd_memory *memory,
				    struct kd_context *context,
				    uint64_t *ret_return_slot);

#endif
