#ifndef KD_WIRE_H
#define KD_WIRE_H

/**
 * @file
 * The whole link layer of one session, without I/O: bytes or datagrams on
 * one side, whole verified KD packets on the other. It joins the framer or
 * KDNET's host side with the link engine (ids, acknowledgement, repetition,
 * reset, break-in; KD-WIRE 1 and 2.8, rules 0.3).
 */

#include "kd_alloc.h"
#include "kd_link.h"
#include "kd_log.h"
#include "kd_net.h"
#include "kd_notice.h"
#include "kd_packet.h"
#include "kd_random.h"
#include "kd_trace.h"

#include <stdbool.h>

struct kd_wire_config {
	/** For KDNET's cryptography; NULL for the C library's. */
	const struct kd_allocator *mem;
	enum kd_link_kind kind; /**< STREAM: serial dialect, DATAGRAM: KDNET */
	struct kd_log log;
	struct kd_trace trace;
	/** Bits per second, for the time limits; 0 for 115200 and more. */
	unsigned baud;
	/** RESETs to send while synchronising; 0 for no limit. */
	unsigned max_resets;
	/* the rest is KDNET's, see kd_net_host.h */
	struct kd_net_key key;
	struct kd_random random;
	bool takeover;
	struct kd_endpoint target;
	bool (*is_ours)(void *ctx, const struct kd_endpoint *e);
	void *is_ours_ctx;
};

enum kd_wire_event_kind {
	KD_WIRE_NOTHING,
	/** A fresh data packet; it is acknowledged already. */
	KD_WIRE_PACKET,
	/** Our data packet has arrived (acknowledged, also implicitly). */
	KD_WIRE_DELIVERED,
	/**
	 * Our data packet was never acknowledged; it is dropped. We listen on.
	 */
	KD_WIRE_UNDELIVERED,
	/**
	 * Both sides start anew on a stream (RESET, SYNC): whatever was queued
	 * or outstanding is lost, and a request is to be issued again after
	 * the next state change. Not reported on KDNET, where it stays pending
	 * (rule 3).
	 */
	KD_WIRE_RESTARTED,
	/** A key proved itself; see keyed. ROLLOVER: another boot. */
	KD_WIRE_KEYED,
	/** Why nothing happens. */
	KD_WIRE_NOTICE,
};

struct kd_wire_event {
	enum kd_wire_event_kind kind;
	uint16_t type;		/**< PACKET: enum kd_packet_type */
	const uint8_t *payload; /**< PACKET: valid until the next call */
	size_t len;
	unsigned keyed; /**< KEYED: enum kd_net_keyed */
	struct kd_notice_report notice;
};

/** How a data packet is to be treated. Combine with |. */
enum kd_wire_flags {
	/**
	 * Continue: retransmit twice at most, then take it as delivered. A
	 * state change meanwhile leaves it outstanding: compare the stop.
	 */
	KD_WIRE_RESUMES = 1 << 0,
	/** An answer that the target waits for; goes before requests. */
	KD_WIRE_ANSWER = 1 << 1,
};

struct kd_wire_counters {
	uint64_t bytes_in, bytes_out, packets_in, packets_out, duplicates,
		retransmitted, resends_in, resends_out, resets_in, resets_out,
		rejected, noise_bytes, break_ins_out;
};

enum { KD_WIRE_CHUNKS = 4 };

/** What to send next. */
struct kd_wire_output {
	struct kd_chunk chunk[KD_WIRE_CHUNKS]; /**< a stream has just one */
	size_t count;
	struct kd_endpoint to; /**< of all the datagrams */
};

struct kd_wire;

/** Size of a struct kd_wire, which the owner allocates. */
size_t kd_wire_size(void);
/**
 * Start without a target. Pair it with kd_wire_deinit(), which needs not be
 * called if this fails.
 *
 * @return KD_E_NOMEM, KD_E_UNSUPPORTED from KDNET's cryptography
 */
KD_MUST_USE enum kd_status kd_wire_init(struct kd_wire *w,
					const struct kd_wire_config *config);
/** Wipes keys, and gives back what init took. */
void kd_wire_deinit(struct kd_wire *w);

/**
 * These bytes arrived.
 *
 * @param from   the sender of a datagram; NULL for a stream
 * @param bytes  borrowed until kd_wire_next() has returned false; what is not
 *               worked off when the next bytes are fed is lost
 */
void kd_wire_feed(struct kd_wire *w, uint64_t now_us,
		  const struct kd_endpoint *from, const uint8_t *bytes,
		  size_t len);

/**
 * What happened, one at a time; false when there is nothing (more). Call
 * until false after each feed and tick: what was fed is worked off here, so
 * bytes are never lost, however many packets they hold.
 */
bool kd_wire_next(struct kd_wire *w, uint64_t now_us,
		  struct kd_wire_event *ret);

/**
 * Queue one data packet.
 *
 * @param flags  kd_wire_flags
 * @return KD_E_STATE if three are queued already, or KDNET has no key yet
 * @return KD_E_SPACE if it is longer than the link carries
 */
KD_MUST_USE enum kd_status kd_wire_send(struct kd_wire *w, uint64_t now_us,
					enum kd_packet_type type,
					const uint8_t *payload, size_t len,
					unsigned flags);

/** Is a data packet queued or not yet acknowledged? */
bool kd_wire_is_busy(const struct kd_wire *w);

/** Forget every data packet that is queued or not yet acknowledged. */
void kd_wire_drop_outstanding(struct kd_wire *w);

/** Send one break-in byte, alone; the caller decides how often. */
void kd_wire_break_in(struct kd_wire *w, uint64_t now_us);

/** Do not send the break-in byte that has not gone out yet. */
void kd_wire_cancel_break_in(struct kd_wire *w);

/**
 * Send RESET. On a stream our side starts anew: whatever was queued or
 * outstanding is lost. On KDNET it stays. Not sent once max_resets are, while
 * there is no sign of a target.
 */
void kd_wire_reset(struct kd_wire *w, uint64_t now_us);

/**
 * KDNET: is there a live key? Streams: has any packet been seen? A RESET does
 * not count, because a loopback returns ours.
 */
bool kd_wire_is_synchronised(const struct kd_wire *w);

/** The pinned target of KDNET; port 0 while there is none. */
const struct kd_endpoint *kd_wire_peer(const struct kd_wire *w);

/**
 * What to send: acknowledgements first, then requests; on a stream in one
 * stretch, as datagrams in one batch. False if there is nothing. The bytes
 * stay valid until kd_wire_sent().
 */
bool kd_wire_pull(struct kd_wire *w, uint64_t now_us,
		  struct kd_wire_output *ret);

/** @p n bytes (stream) or datagrams of the last pull have gone out. */
void kd_wire_sent(struct kd_wire *w, uint64_t now_us, size_t n);

/** When to call kd_wire_tick(), or KD_NEVER. */
uint64_t kd_wire_deadline(const struct kd_wire *w);
/** It is that late: retransmit, give up, or give a half packet up. */
void kd_wire_tick(struct kd_wire *w, uint64_t now_us);

const struct kd_wire_counters *kd_wire_counters(const struct kd_wire *w);

#endif
