#ifndef KD_NET_HOST_H
#define KD_NET_HOST_H

/**
 * @file
 * The host's side of KDNET, without I/O: answers pokes, derives keys, pins
 * the session to one target, guards the sequence numbers, and hands out the
 * bodies of authentic datagrams (KD-WIRE 2.5, 2.6, 2.10 and 0.3 rules 9, 10).
 */

#include "kd_clock.h"
#include "kd_link.h"
#include "kd_log.h"
#include "kd_net.h"
#include "kd_notice.h"
#include "kd_random.h"

struct kd_net_host_config {
	struct kd_net_key key;
	struct kd_random random;
	struct kd_log log;
	/** Take a target from another debugger. */
	bool takeover;
	/** Make first contact ourselves; port 0 for no. */
	struct kd_endpoint target;
	/** Is an address in a poke our own? NULL: unknown, taken as ours. */
	bool (*is_ours)(void *ctx, const struct kd_endpoint *e);
	void *is_ours_ctx;
};

enum kd_net_host_kind {
	KD_NET_HOST_NOTHING, /**< handled, counted or ignored */
	KD_NET_HOST_BODY,    /**< an authentic body of the data channel */
	KD_NET_HOST_NOTICE,  /**< something to tell a waiting user */
};

/** Which key a body authenticated under for the first time. */
enum kd_net_keyed {
	KD_NET_KEYED_NO,       /**< the key that was in use already */
	KD_NET_KEYED_FIRST,    /**< our first key; the target had no session */
	KD_NET_KEYED_TAKEN,    /**< our first key; the target had a session */
	KD_NET_KEYED_AGAIN,    /**< re-keyed on the same boot: KD ids go on */
	KD_NET_KEYED_ROLLOVER, /**< rebooted: KD ids and all state restart */
};

struct kd_net_host_event {
	enum kd_net_host_kind kind;
	enum kd_net_keyed keyed; /**< with KD_NET_HOST_BODY */
	const uint8_t *body;	 /**< valid until the next call */
	size_t len;
	struct kd_notice_report notice;
};

struct kd_net_host_counters {
	uint64_t datagrams, authentic, not_kdnet, not_authentic, replayed,
		reflected, other_source, pokes, responses;
};

/* The fields are the module's own business. */
struct kd_net_host {
	struct kd_net_host_config config;
	struct kd_net_host_counters counters;
	struct kd_endpoint peer; /* who we are keyed with, or answered */
	uint8_t version;	 /* of the target; echoed */
	uint64_t control_seq;	 /* of our empty control datagrams */
	uint64_t contact_at_us;	 /* next empty control datagram */
	/* index 0: the key in use; 1: the one offered last */
	struct kd_net_host_session {
		bool valid;
		enum kd_net_keyed kind;
		uint8_t data_key[KD_NET_KEY_SIZE];
		uint8_t client_key[KD_NET_NONCE_SIZE];
		uint64_t send_seq;
		uint64_t receive_seq;
		uint64_t offered_at_us;
	} session[2];
	uint8_t response[KD_NET_RESPONSE_SIZE]; /* of session[1] */
	uint64_t response_seq;
	uint8_t scratch[KD_NET_DATAGRAM_MAX];
	uint8_t outgoing[KD_NET_DATAGRAM_MAX]; /* control datagram to send */
	size_t outgoing_len;
	struct kd_endpoint outgoing_to;
	uint32_t noticed; /* bit per enum kd_notice */
	unsigned unauthentic_pokes;
};

void kd_net_host_init(struct kd_net_host *h,
		      const struct kd_net_host_config *config);

/** Wipes every key. */
void kd_net_host_deinit(struct kd_net_host *h);

/** One datagram arrived. */
void kd_net_host_feed(struct kd_net_host *h, uint64_t now_us,
		      const struct kd_endpoint *from, const uint8_t *datagram,
		      size_t len, struct kd_net_host_event *ret);

/** Is there a live, proven data key? */
bool kd_net_host_is_keyed(const struct kd_net_host *h);

/** The pinned target; port 0 while there is none. */
const struct kd_endpoint *kd_net_host_peer(const struct kd_net_host *h);

/**
 * A control datagram (response, contact) that wants to be sent; false if
 * there is none. It is forgotten by the call: the caller sends it.
 */
bool kd_net_host_pull(struct kd_net_host *h, struct kd_chunk *ret,
		      struct kd_endpoint *ret_to);

/**
 * Seal one body for the data channel, with a fresh sequence number.
 *
 * Uses the key in use, or before that the one offered last, so that the
 * first RESEND can leave right behind the response.
 *
 * @return KD_E_STATE if no response was ever sent
 * @return KD_E_SPACE if @p cap is too small
 */
KD_MUST_USE enum kd_status kd_net_host_seal(struct kd_net_host *h,
					    const uint8_t *body, size_t len,
					    uint8_t *out, size_t cap,
					    size_t *ret_len);

/** When to call kd_net_host_tick(), or KD_NEVER. */
uint64_t kd_net_host_deadline(const struct kd_net_host *h);

/** It is that late: make contact again, or report what did not happen. */
void kd_net_host_tick(struct kd_net_host *h, uint64_t now_us,
		      struct kd_net_host_event *ret);

#endif
