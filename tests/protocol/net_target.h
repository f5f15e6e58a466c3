#ifndef NET_TARGET_H
#define NET_TARGET_H

/**
 * @file
 * A KDNET target for tests of the host's side. It knows only what a target
 * can: the key text, and the responses that it was sent.
 */

#include "kd_net.h"

enum { NET_TARGET_RESPONSES = 8 };

struct net_target {
	struct kd_crypto *crypto;
	struct kd_net_key key;
	uint8_t wire[KD_NET_DATAGRAM_MAX]; /* what it has made last */
	size_t wire_len;
	uint64_t poke_seq; /* of the last poke; real ones step by three */
	/* what follows from each different response, in order */
	uint8_t data_keys[NET_TARGET_RESPONSES][KD_NET_KEY_SIZE];
	size_t responses;
	uint8_t control[KD_NET_DATAGRAM_MAX]; /* the host's last */
	size_t control_len;
};

enum { NET_TARGET_VERSION = 4 };

/** False if this build has no KDNET. */
bool net_target_init(struct net_target *t);
void net_target_deinit(struct net_target *t);

/** Make a data datagram under the key of response number @p key. */
void net_target_data(struct net_target *t, size_t key, uint64_t seq,
		     const uint8_t *body, size_t len);

/** The same, under any AES key and on any channel. */
void net_target_seal(struct net_target *t, enum kd_net_channel channel,
		     const uint8_t aes[KD_NET_KEY_SIZE], uint64_t seq,
		     const uint8_t *body, size_t len);

/** Make a poke; @p nonce starts its client key. */
void net_target_poke(struct net_target *t, uint8_t nonce,
		     const struct kd_endpoint *self,
		     const struct kd_endpoint *host,
		     const struct kd_endpoint *session);

enum net_target_got {
	NET_TARGET_GOT_NOTHING, /* not authentic, or not from a host */
	NET_TARGET_GOT_CONTACT,
	NET_TARGET_GOT_RESPONSE, /* a new one; its data key is kept */
	NET_TARGET_GOT_REPEATED, /* one of those before */
};

/** A control datagram of the host arrived. */
enum net_target_got net_target_feed(struct net_target *t, const uint8_t *bytes,
				    size_t len, struct kd_net_plain *ret);

#endif
