#ifndef KD_TRACE_H
#define KD_TRACE_H

/**
 * @file
 * The trace hook: exact bytes both ways, as they cross the link. KDNET
 * datagrams are given sealed, so that no key and no clear text gets out.
 */

#include "kd_endpoint.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * Told of each datagram, or each stretch of a stream, as it is sent or
 * received.
 *
 * @param now_us   the link's clock
 * @param outgoing from us to the target
 * @param peer     the other end of a datagram; NULL for a stream
 */
typedef void kd_trace_fn(void *ctx, uint64_t now_us, bool outgoing,
			 const struct kd_endpoint *peer, const uint8_t *bytes,
			 size_t len);

/** Zero-filled traces nothing. */
struct kd_trace {
	kd_trace_fn *write;
	void *ctx;
};

#endif
