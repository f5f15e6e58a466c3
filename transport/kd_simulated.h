#ifndef KD_SIMULATED_H
#define KD_SIMULATED_H

/**
 * @file
 * A link in virtual time: what we send reaches a peer in the same process
 * after a latency, as fast as a rate allows, unless a rule loses, repeats,
 * corrupts or reorders it. Waiting costs no real time and is exact to the
 * microsecond, so that a run can be repeated byte for byte.
 */

#include "kd_link.h"

/** The other end: an engine like ours. */
struct kd_simulated_peer {
	void *ctx;
	void (*feed)(void *ctx, uint64_t now_us, const uint8_t *bytes,
		     size_t len);
	/** One datagram, or a stretch of stream; 0 if there is nothing. */
	size_t (*pull)(void *ctx, uint64_t now_us, uint8_t *out, size_t cap);
	uint64_t (*deadline)(void *ctx);
	void (*tick)(void *ctx, uint64_t now_us);
};

/** What happens to one datagram, or one stretch of a stream. */
enum kd_simulated_fate {
	KD_FATE_ARRIVES,
	KD_FATE_LOST,
	KD_FATE_TWICE,
	KD_FATE_CORRUPT, /**< one bit flipped */
	KD_FATE_LATE,	 /**< comes right after the next; never, if none does */
};

struct kd_simulated_config {
	enum kd_link_kind kind;
	uint64_t latency_us; /**< one way */
	/** Bytes per second each way, exact in the long run; 0: unlimited. */
	uint64_t bytes_per_second;
	/**
	 * Deliver a stream in pieces of this many bytes, each as soon as its
	 * last byte has crossed; 0: as sent. Datagrams are never cut.
	 */
	size_t piece;
	/**
	 * Decides each one's fate; NULL: all arrive.
	 *
	 * @param outgoing  from us to the peer
	 * @param index     0, 1, … in each direction
	 */
	enum kd_simulated_fate (*fate)(void *ctx, bool outgoing, uint64_t index,
				       const uint8_t *bytes, size_t len);
	void *fate_ctx;
	struct kd_simulated_peer peer;
	/**
	 * Whom datagrams come from, 192.0.2.2:50000 if the port is 0. One that
	 * is sent elsewhere gets nowhere.
	 */
	struct kd_endpoint peer_address;
	/** Ours, for is_ours; port 0 for none. */
	struct kd_endpoint own_address;
};

/**
 * Make one. Virtual time starts at 0 and passes only in the link's wait, which
 * runs the peer: it ends at the first moment at which we have something to
 * receive, else at until_us exactly. What is due at until_us still arrives.
 * With until_us KD_NEVER and nothing that could ever happen it returns
 * KD_E_TIMEOUT, and no time has passed.
 *
 * The link's send returns KD_E_OS if memory runs out; the other calls do not
 * fail.
 *
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_simulated_create(
	const struct kd_simulated_config *config, struct kd_link **ret);

#endif
