#include "lab_crypto.h"

/* For builds without libcrypto: there is no KDNET. */

bool lab_crypto_is_present(void)
{
	return false;
}

int lab_datagram_channel(const uint8_t *bytes, size_t len)
{
	(void)bytes;
	(void)len;
	return -1;
}

bool lab_unseal(const uint8_t control_key[LAB_KEY_SIZE],
		const uint8_t aes_key[LAB_KEY_SIZE], const uint8_t *bytes,
		size_t len, struct lab_clear *ret)
{
	(void)control_key;
	(void)aes_key;
	(void)bytes;
	(void)len;
	(void)ret;
	return false;
}

size_t lab_seal(const uint8_t control_key[LAB_KEY_SIZE],
		const uint8_t aes_key[LAB_KEY_SIZE],
		const struct lab_clear *clear, uint8_t *out)
{
	(void)control_key;
	(void)aes_key;
	(void)clear;
	(void)out;
	return 0;
}

bool lab_data_key(const uint8_t control_key[LAB_KEY_SIZE],
		  const uint8_t *response, size_t len,
		  uint8_t ret[LAB_KEY_SIZE])
{
	(void)control_key;
	(void)response;
	(void)len;
	(void)ret;
	return false;
}
