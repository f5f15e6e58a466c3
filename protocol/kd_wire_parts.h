#ifndef KD_WIRE_PARTS_H
#define KD_WIRE_PARTS_H

/** @file What the wire consists of: shared by its two files, no one else. */

#include "kd_engine.h"
#include "kd_framer.h"
#include "kd_line_watch.h"
#include "kd_net_host.h"

enum {
	KD_WIRE_EVENTS = 8,
	KD_WIRE_OUT_MAX = KD_WIRE_CHUNKS * KD_NET_DATAGRAM_MAX,
};

struct kd_wire {
	enum kd_link_kind kind;
	unsigned baud;
	struct kd_log log;
	struct kd_trace trace;
	struct kd_engine engine;

	struct kd_framer framer;    /* of a stream */
	struct kd_line_watch watch; /* of a stream */
	struct kd_net_host net;	    /* of datagrams */
	struct kd_reader in;	    /* fed, not yet worked off */
	bool datagram_waits;	    /* in is a datagram */
	struct kd_endpoint from;    /* its sender */
	uint64_t heard_us;	    /* when bytes came last */
	uint64_t begun_us; /* when the candidate packet began to come */

	struct kd_wire_event events[KD_WIRE_EVENTS]; /* the oldest first */
	size_t event_count;
	bool unanswered_told;

	struct kd_wire_output out; /* pulled and not yet sent */
	uint8_t out_bytes[KD_WIRE_OUT_MAX];
};

#endif
