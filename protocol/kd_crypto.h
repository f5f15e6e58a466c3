#ifndef KD_CRYPTO_H
#define KD_CRYPTO_H

/**
 * @file
 * The cryptography of KDNET, behind one small file: AES-256-CBC, HMAC-SHA256
 * and SHA-256, done by OpenSSL. In a build without it (kd_crypto_none.c),
 * everything answers KD_E_UNSUPPORTED.
 */

#include "kd_alloc.h"
#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	KD_CRYPTO_KEY_SIZE = 32,
	KD_CRYPTO_BLOCK_SIZE = 16, /* of AES; also the length of an IV */
	KD_CRYPTO_SHA256_SIZE = 32,
};

/** Working memory of the algorithms, made once, used for every datagram. */
struct kd_crypto;

/**
 * Get the algorithms ready.
 *
 * @param mem  NULL for the C library's. What OpenSSL itself needs comes from
 *             its own allocator.
 * @return KD_E_NOMEM
 * @return KD_E_UNSUPPORTED if this build, or this OpenSSL, lacks them
 */
KD_API KD_MUST_USE enum kd_status kd_crypto_create(
	const struct kd_allocator *mem, struct kd_crypto **ret);

/** Wipe and free; NULL is accepted. */
KD_API void kd_crypto_destroy(struct kd_crypto *c);

/** KD_E_UNSUPPORTED as above; KD_E_NOMEM if OpenSSL fails. */
KD_API KD_MUST_USE enum kd_status kd_crypto_sha256(
	struct kd_crypto *c, const uint8_t *bytes, size_t len,
	uint8_t ret[KD_CRYPTO_SHA256_SIZE]);

/** HMAC-SHA256 over @p head and then @p rest. Errors as kd_crypto_sha256(). */
KD_MUST_USE enum kd_status kd_crypto_hmac(struct kd_crypto *c,
					  const uint8_t key[KD_CRYPTO_KEY_SIZE],
					  const uint8_t *head, size_t head_len,
					  const uint8_t *rest, size_t rest_len,
					  uint8_t ret[KD_CRYPTO_SHA256_SIZE]);

/**
 * AES-256-CBC without padding, in place.
 *
 * @param encrypt  else decrypt
 * @param len      a multiple of KD_CRYPTO_BLOCK_SIZE
 * @return KD_E_ARG if @p len is not; else as kd_crypto_sha256()
 */
KD_MUST_USE enum kd_status kd_crypto_aes_cbc(
	struct kd_crypto *c, bool encrypt,
	const uint8_t key[KD_CRYPTO_KEY_SIZE],
	const uint8_t iv[KD_CRYPTO_BLOCK_SIZE], uint8_t *bytes, size_t len);

/** Equal? Takes the same time wherever they differ. */
bool kd_crypto_equal(const uint8_t *a, const uint8_t *b, size_t len);

/** Overwrite with zeros in a way that compilers keep. */
KD_API void kd_crypto_wipe(void *bytes, size_t len);

/** Does this build have KDNET? */
KD_API bool kd_crypto_is_available(void);

#endif
