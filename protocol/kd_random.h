#ifndef KD_RANDOM_H
#define KD_RANDOM_H

/**
 * @file
 * Randomness, for KDNET's host key. It comes from the system's generator
 * unless a test injects its own, so that a run repeats byte for byte.
 */

#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** A source of random bytes. Zero-filled means the system's generator. */
struct kd_random {
	/** Fill @p out; false if the generator failed. */
	bool (*fill)(void *ctx, uint8_t *out, size_t len);
	void *ctx;
};

/**
 * Fill @p out from @p random, or from the system if @p random or its fill is
 * NULL.
 *
 * @return KD_E_OS if the generator failed; @p out is then not to be used
 */
KD_MUST_USE enum kd_status kd_random_fill(const struct kd_random *random,
					  uint8_t *out, size_t len);

#endif
