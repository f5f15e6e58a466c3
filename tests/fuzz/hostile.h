#ifndef HOSTILE_H
#define HOSTILE_H

/**
 * @file
 * A live session with a target that lies. The input is a list of steps: what
 * is done, how many bytes follow, and these. Well-formed packets are built
 * around them, so that the lies get past the link; how they travel is the
 * wire's.
 */

#include "kd_packet.h"
#include "kd_session.h"

struct hostile_wire;

struct hostile {
	const struct hostile_wire *wire;
	void *wire_ctx;
	struct kd_session *session;
	uint64_t now_us;
	uint32_t next_id; /* of the target's next data packet */
	/* the last data packet of the session */
	uint8_t request[KD_PAYLOAD_MAX];
	size_t request_len;
	uint32_t request_id;
	uint8_t *buf; /* on the heap, so that no byte more is written */
	uint32_t read;
};

struct hostile_wire {
	bool is_stream;
	uint32_t first_id; /* of the target */
	uint32_t (*after)(uint32_t id);
	/** An id to acknowledge: a good one if @p low says so, or another. */
	uint32_t (*ack_id)(const struct hostile *t, unsigned low);
	/** The target's ids start anew; the id of the RESET that says so. */
	uint32_t (*restart)(struct hostile *t, bool other_way);
	/** Before the first step; may be NULL. */
	void (*begin)(struct hostile *t);
	/** Hand a packet to the session. */
	void (*say)(struct hostile *t, const uint8_t *packet, size_t len);
	/** Hand bytes to it that may be no packet. */
	void (*raw)(struct hostile *t, uint8_t how, const uint8_t *bytes,
		    size_t len);
	/** The session sent this; hostile_heard() gets the packets in it. */
	void (*hear)(struct hostile *t, const struct kd_chunk *chunk);
};

/** One input. The session's memory and keys are gone afterwards. */
void hostile_run(const struct hostile_wire *wire, void *wire_ctx,
		 struct kd_session_config *config, const uint8_t *data,
		 size_t len);

void hostile_feed(struct hostile *t, const struct kd_endpoint *from,
		  const uint8_t *bytes, size_t len);
void hostile_heard(struct hostile *t, const struct kd_packet_header *h,
		   const uint8_t *payload);
/** abort() if not. */
void hostile_require(bool holds);

#endif
