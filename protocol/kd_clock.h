#ifndef KD_CLOCK_H
#define KD_CLOCK_H

/**
 * @file
 * Time. All times in the library are microseconds of the link's clock; only
 * links and programs ask the system, through this one function.
 */

#include "kd_status.h"

#include <stdint.h>

/** A deadline that never comes. */
#define KD_NEVER UINT64_MAX

/** Monotonic microseconds since some fixed moment. */
KD_API uint64_t kd_clock_now_us(void);

/** @p now_us plus @p span_us, or KD_NEVER if that is past the end of time. */
static inline uint64_t kd_clock_after(uint64_t now_us, uint64_t span_us)
{
	return span_us > KD_NEVER - now_us ? KD_NEVER : now_us + span_us;
}

#endif
