#ifndef LAB_CRYPTO_H
#define LAB_CRYPTO_H

/**
 * @file
 * KDNET's keys and sealed datagrams (KD-WIRE 2.1 to 2.4), on libcrypto. A
 * build without it has lab_crypto_none.c instead, where all of these fail.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	LAB_KEY_SIZE = 32,
	LAB_DATAGRAM_MAX = 2048,
	LAB_SEAL_HEADER = 6,
	LAB_SEAL_METADATA = 8,
	LAB_SEAL_TAG = 16,
};

enum lab_channel { LAB_CHANNEL_DATA = 0, LAB_CHANNEL_CONTROL = 1 };

/** One datagram in clear. */
struct lab_clear {
	uint8_t version, channel;
	uint64_t seq;
	bool from_host;
	uint8_t body[LAB_DATAGRAM_MAX];
	size_t len;
};

/** Is it there at all? */
bool lab_crypto_is_present(void);

/** "w.x.y.z", each in base 36 and below 2^64, becomes the control key. */
bool lab_key_parse(const char *text, uint8_t ret[LAB_KEY_SIZE]);

/** The channel of a datagram, or -1 if it is none. */
int lab_datagram_channel(const uint8_t *bytes, size_t len);

/** Decrypt and authenticate. False if it is not authentic. */
bool lab_unseal(const uint8_t control_key[LAB_KEY_SIZE],
		const uint8_t aes_key[LAB_KEY_SIZE], const uint8_t *bytes,
		size_t len, struct lab_clear *ret);

/** Length of the datagram in @p out, of LAB_DATAGRAM_MAX bytes; 0: failed. */
size_t lab_seal(const uint8_t control_key[LAB_KEY_SIZE],
		const uint8_t aes_key[LAB_KEY_SIZE],
		const struct lab_clear *clear, uint8_t *out);

/** The data key that a response's body makes. */
bool lab_data_key(const uint8_t control_key[LAB_KEY_SIZE],
		  const uint8_t *response, size_t len,
		  uint8_t ret[LAB_KEY_SIZE]);

#endif
