#ifndef KD_NET_H
#define KD_NET_H

/**
 * @file
 * The KDNET datagram: keys, sealing and opening, poke and response
 * (KD-WIRE 2.1 to 2.5). Pure functions; the host's side of the handshake is
 * kd_net_host.h.
 */

#include "kd_crypto.h"
#include "kd_endpoint.h"
#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	KD_NET_KEY_SIZE = KD_CRYPTO_KEY_SIZE,
	KD_NET_NONCE_SIZE = 32,	    /* client key and host key */
	KD_NET_DATAGRAM_MIN = 38,   /* header, one cipher block, tag */
	KD_NET_DATAGRAM_MAX = 2048, /* we read and send no larger one */
	KD_NET_OVERHEAD_MAX = 45,   /* 6 header, 8 metadata, 15 pad, 16 tag */
	KD_NET_BODY_MAX = 2008,	    /* 125 cipher blocks and a half */
	KD_NET_POKE_SIZE = 344,	    /* body, without metadata */
	KD_NET_RESPONSE_SIZE = 322,
	KD_NET_CHECK_SIZE = 12, /* first data datagram: not a KD packet */
};

enum kd_net_channel { KD_NET_DATA = 0, KD_NET_CONTROL = 1 };

/** The largest sequence number: 56 bits. */
#define KD_NET_SEQ_MAX 0x00ffffffffffffffu

/** What a key text becomes. Wipe after use. */
struct kd_net_key {
	uint8_t control[KD_NET_KEY_SIZE]; /**< also the control channel's AES
					     key */
	uint8_t hmac[KD_NET_KEY_SIZE];	  /**< of both channels */
};

/**
 * Read "w.x.y.z": four groups in base 36, each below 2^64.
 *
 * The text itself never gets into @p detail or a log.
 *
 * @param detail  filled on failure: which group, and what is wrong with it
 * @return KD_E_FORMAT if the text is no key
 * @return KD_E_UNSUPPORTED if this build has no KDNET
 */
KD_API KD_MUST_USE enum kd_status kd_net_key_parse(const char *text,
						   struct kd_detail *detail,
						   struct kd_net_key *ret);

/** Overwrite with zeros in a way that compilers keep. */
KD_API void kd_net_key_wipe(struct kd_net_key *key);

/** Does it start as a KDNET datagram ("MDBG") of a possible size? */
KD_API bool kd_net_is_datagram(const uint8_t *bytes, size_t len);

/**
 * The channel of a datagram for which kd_net_is_datagram() holds. It tells
 * which key to try; until the datagram is open it may be a lie.
 */
KD_API uint8_t kd_net_channel(const uint8_t *datagram);

/** One datagram's clear text. */
struct kd_net_plain {
	uint8_t version;
	uint8_t channel; /**< enum kd_net_channel, or what the wire says */
	uint64_t seq;	 /**< 56 bits */
	bool from_host;
	const uint8_t *body; /**< in the caller's scratch */
	size_t len;
};

/**
 * Decrypt and authenticate.
 *
 * @param crypto   reused from call to call; nothing of it stays in @p ret
 * @param aes      data key, or key->control for the control channel
 * @param scratch  receives the clear text, which is wiped on failure
 * @return KD_E_FORMAT if it is no KDNET datagram
 * @return KD_E_AUTH if it does not authenticate under these keys
 * @return KD_E_NOMEM, KD_E_UNSUPPORTED as kd_crypto_sha256()
 */
KD_API KD_MUST_USE enum kd_status kd_net_open(
	struct kd_crypto *crypto, const uint8_t aes[KD_NET_KEY_SIZE],
	const uint8_t hmac[KD_NET_KEY_SIZE], const uint8_t *datagram,
	size_t len, uint8_t scratch[KD_NET_DATAGRAM_MAX],
	struct kd_net_plain *ret);

/**
 * Encrypt and authenticate @p plain. The same input gives the same bytes.
 *
 * @param ret_len  bytes of the datagram in @p out
 * @return KD_E_ARG if the sequence number is over KD_NET_SEQ_MAX
 * @return KD_E_SPACE if @p cap, or KD_NET_DATAGRAM_MAX, is too small
 * @return KD_E_NOMEM, KD_E_UNSUPPORTED as kd_crypto_sha256()
 */
KD_API KD_MUST_USE enum kd_status kd_net_seal(
	struct kd_crypto *crypto, const uint8_t aes[KD_NET_KEY_SIZE],
	const uint8_t hmac[KD_NET_KEY_SIZE], const struct kd_net_plain *plain,
	uint8_t *out, size_t cap, size_t *ret_len);

/** What the target says of itself every three seconds (KD-WIRE 2.5). */
struct kd_net_poke {
	uint8_t client_key[KD_NET_NONCE_SIZE];
	struct kd_endpoint target;
	struct kd_endpoint host;    /**< where it is configured to find us */
	struct kd_endpoint session; /**< port 0: no session is live */
};

/** False if the body is no poke. */
KD_API bool kd_net_poke_decode(struct kd_net_poke *p, const uint8_t *body,
			       size_t len);

/** Write the 322 bytes of a response's body. */
KD_API void kd_net_response_encode(const uint8_t client_key[KD_NET_NONCE_SIZE],
				   const uint8_t host_key[KD_NET_NONCE_SIZE],
				   uint8_t out[KD_NET_RESPONSE_SIZE]);

/** Is it the body of a response? */
KD_API bool kd_net_is_response(const uint8_t *body, size_t len);

/**
 * SHA-256 of the control key and the response's body: the data key. Errors
 * as kd_crypto_sha256().
 */
KD_API KD_MUST_USE enum kd_status kd_net_data_key(
	struct kd_crypto *crypto, const struct kd_net_key *key,
	const uint8_t response[KD_NET_RESPONSE_SIZE],
	uint8_t ret[KD_NET_KEY_SIZE]);

#endif
