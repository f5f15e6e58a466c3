#ifndef KD_POLL_MS_H
#define KD_POLL_MS_H

/** @file Time as poll() wants it. Private to transport/. */

#include "kd_clock.h"

#include <limits.h>

/** Whole milliseconds from now until then, rounded up; -1 for KD_NEVER. */
static inline int kd_poll_ms(uint64_t until_us)
{
	uint64_t now_us = kd_clock_now_us();
	uint64_t ms;

	if (until_us == KD_NEVER)
		return -1;
	if (until_us <= now_us)
		return 0;
	ms = (until_us - now_us - 1) / 1000 + 1;
	return ms > INT_MAX ? INT_MAX : (int)ms;
}

#endif
