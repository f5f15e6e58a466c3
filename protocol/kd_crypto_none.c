#include "kd_crypto.h"

enum kd_status kd_crypto_create(const struct kd_allocator *mem,
				struct kd_crypto **ret)
{
	(void)mem;
	(void)ret;
	return KD_E_UNSUPPORTED;
}

void kd_crypto_destroy(struct kd_crypto *c)
{
	(void)c;
}

enum kd_status kd_crypto_sha256(struct kd_crypto *c, const uint8_t *bytes,
				size_t len, uint8_t ret[KD_CRYPTO_SHA256_SIZE])
{
	(void)c;
	(void)bytes;
	(void)len;
	(void)ret;
	return KD_E_UNSUPPORTED;
}

enum kd_status kd_crypto_hmac(struct kd_crypto *c,
			      const uint8_t key[KD_CRYPTO_KEY_SIZE],
			      const uint8_t *head, size_t head_len,
			      const uint8_t *rest, size_t rest_len,
			      uint8_t ret[KD_CRYPTO_SHA256_SIZE])
{
	(void)c;
	(void)key;
	(void)head;
	(void)head_len;
	(void)rest;
	(void)rest_len;
	(void)ret;
	return KD_E_UNSUPPORTED;
}

enum kd_status kd_crypto_aes_cbc(struct kd_crypto *c, bool encrypt,
				 const uint8_t key[KD_CRYPTO_KEY_SIZE],
				 const uint8_t iv[KD_CRYPTO_BLOCK_SIZE],
				 uint8_t *bytes, size_t len)
{
	(void)c;
	(void)encrypt;
	(void)key;
	(void)iv;
	(void)bytes;
	(void)len;
	return KD_E_UNSUPPORTED;
}

bool kd_crypto_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	uint8_t differ = 0;

	for (size_t i = 0; i < len; i++)
		differ |= a[i] ^ b[i];
	return differ == 0;
}

void kd_crypto_wipe(void *bytes, size_t len)
{
	/* volatile: the stores are the purpose */
	for (volatile uint8_t *at = bytes; len; len--)
		*at++ = 0;
}

bool kd_crypto_is_available(void)
{
	return false;
}
