#ifndef KD_UNWIND_X64_EPILOG_H
#define KD_UNWIND_X64_EPILOG_H

/** @file The rest of an epilogue, as instructions. For kd_x64_step() only. */

#include "kd_unwind_x64.h"

enum { KD_X64_POPS_MAX = 16 };

/** What is left to do until the function has returned. */
struct kd_x64_epilog {
	/** rsp is first set to base_register's value plus adjust. */
	uint8_t base_register;
	int64_t adjust;
	uint8_t pop_count;
	uint8_t pop[KD_X64_POPS_MAX];
	/** Bytes dropped behind the pops: an error code, for one. */
	uint8_t drop;
	bool is_interrupt; /* it ends in iretq, and not in ret */
};

/**
 * Is @p rva inside of an epilogue? Not to be asked of a prologue.
 *
 * @return KD_OK if so
 * @return KD_E_NOT_FOUND if not, or if the code cannot be read
 */
enum kd_status kd_x64_epilog_at(const struct kd_pe *pe,
				const struct kd_x64_function *f,
				const struct kd_x64_unwind *u, uint32_t rva,
				struct kd_x64_epilog *ret);

#endif
