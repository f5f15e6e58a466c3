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
	/** For the cryptography's working memory; NULL: the C library's. */
	const struct kd_allocator *mem;
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
	KD_NET_KEYED_NO,    /**< the key that was in use already */
	KD_NET_KEYED_FIRST, /**< our first key; the target had no session */
	/** The target had a session already: our own of before, or another
	 * debugger's. Where its KD ids stand is not known. */
	KD_NET_KEYED_TAKEN,
	KD_NET_KEYED_AGAIN,    /**< re-keyed on the same boot: KD ids go on */
	KD_NET_KEYED_ROLLOVER, /**< rebooted: KD ids and all state restart */
};

struct kd_net_host_event {
	enum kd_net_host_kind kind;
	enum kd_net_keyed keyed; /**< with KD_NET_HOST_BODY */
	const uint8_t *body;	 /**< valid until the next call */
	/** 0 if it was a datagram without a KD packet that proved a key. */
	size_t len;
	struct kd_notice_report notice;
};

struct kd_net_host_counters {
	uint64_t datagrams, authentic, not_kdnet, not_authentic, replayed,
		reflected, other_source, pokes, responses;
};

/* The fields are the module's own business. */

/* One data key, and what goes with it. */
struct kd_net_host_key {
	bool valid;
	enum kd_net_keyed kind; /* what it means once it proves itself */
	uint8_t version;	/* of the target; echoed */
	struct kd_endpoint peer;
	uint8_t data_key[KD_NET_KEY_SIZE];
	uint8_t client_key[KD_NET_NONCE_SIZE];
	uint8_t host_key[KD_NET_NONCE_SIZE];
	uint64_t send_seq;	 /* of the last datagram sent */
	uint64_t receive_seq;	 /* highest that was received */
	uint64_t receive_window; /* bit n: receive_seq - n was received */
};

enum { KD_NET_HOST_OFFERS = 2 };

struct kd_net_host {
	struct kd_net_host_config config;
	struct kd_crypto *crypto;
	struct kd_net_host_counters counters;
	struct kd_net_host_key current; /* proven by a datagram under it */
	/* responses that were sent and not yet proven, newest first */
	struct kd_net_host_key offered[KD_NET_HOST_OFFERS];
	struct kd_endpoint own;	 /* how the target's pokes name our session */
	uint64_t heard_us;	 /* last authentic datagram of the peer */
	bool started;		 /* the clock is known */
	uint64_t silence_at_us;	 /* when to report silence */
	uint64_t contact_at_us;	 /* next empty control datagram */
	uint64_t control_seq;	 /* of the last one */
	unsigned unproven_pokes; /* answered in vain */
	uint32_t noticed;	 /* bit per enum kd_notice */
	uint8_t scratch[KD_NET_DATAGRAM_MAX];
	uint8_t outgoing[KD_NET_DATAGRAM_MAX]; /* control datagram to send */
	size_t outgoing_len;
	struct kd_endpoint outgoing_to;
};

/**
 * Start without a key. Pair it with kd_net_host_deinit(), which needs not be
 * called if this fails.
 *
 * @return KD_E_NOMEM, KD_E_UNSUPPORTED as kd_crypto_create()
 */
KD_MUST_USE enum kd_status kd_net_host_init(
	struct kd_net_host *h, const struct kd_net_host_config *config);

/** Wipes every key and frees the cryptography's memory. */
void kd_net_host_deinit(struct kd_net_host *h);

/** One datagram arrived. Everything odd is counted, not returned. */
void kd_net_host_feed(struct kd_net_host *h, uint64_t now_us,
		      const struct kd_endpoint *from, const uint8_t *datagram,
		      size_t len, struct kd_net_host_event *ret);

/** Is there a live, proven data key? */
bool kd_net_host_is_keyed(const struct kd_net_host *h);

/** The pinned target; port 0 while there is none. */
const struct kd_endpoint *kd_net_host_peer(const struct kd_net_host *h);

/**
 * A control datagram (response, contact) that wants to be sent; false if
 * there is none. It is forgotten by the call: the caller sends it. The bytes
 * are valid until the next feed or tick.
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
 * @return KD_E_SPACE if @p cap, or KD_NET_DATAGRAM_MAX, is too small
 * @return KD_E_NOMEM if OpenSSL fails
 */
KD_MUST_USE enum kd_status kd_net_host_seal(struct kd_net_host *h,
					    const uint8_t *body, size_t len,
					    uint8_t *out, size_t cap,
					    size_t *ret_len);

/** When to call kd_net_host_tick(), or KD_NEVER; 0 (at once) at first. */
uint64_t kd_net_host_deadline(const struct kd_net_host *h);

/** It is that late: make contact again, or report what did not happen. */
void kd_net_host_tick(struct kd_net_host *h, uint64_t now_us,
		      struct kd_net_host_event *ret);

#endif
