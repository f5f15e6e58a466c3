#ifndef KD_UNWIND_ARM64_PACKED_H
#define KD_UNWIND_ARM64_PACKED_H

/** @file Packed data becomes codes. For kd_arm64_unwind_read() only. */

#include "kd_unwind_arm64.h"

/**
 * Fill in all but begin.
 *
 * @return KD_E_FORMAT if the frame is smaller than what is saved in it
 */
enum kd_status kd_arm64_unpack(uint32_t word, struct kd_arm64_unwind *u);

#endif
