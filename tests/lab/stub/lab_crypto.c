#include "lab_crypto.h"
#include "lab_bytes.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <string.h>

enum { CIPHER_BLOCK = 16, HASH_SIZE = 32 };

static const uint8_t magic[4] = { 'M', 'D', 'B', 'G' };

/* 2.3: the HMAC key is the control key's complement, on both channels. */
static bool tag_of(const uint8_t control_key[LAB_KEY_SIZE],
		   const uint8_t *bytes, size_t len, uint8_t ret[HASH_SIZE])
{
	uint8_t key[LAB_KEY_SIZE];
	unsigned got = 0;

	for (size_t i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)~control_key[i];
	return HMAC(EVP_sha256(), key, sizeof(key), bytes, len, ret, &got) &&
	       got == HASH_SIZE;
}

/* Encrypt (1) or decrypt (0) whole blocks. */
static bool cipher(int encrypt, const uint8_t key[LAB_KEY_SIZE],
		   const uint8_t *iv, const uint8_t *in, size_t len,
		   uint8_t *out)
{
	EVP_CIPHER_CTX *c = EVP_CIPHER_CTX_new();
	int done = 0, last = 0;

	if (!c)
		return false;
	bool ok = EVP_CipherInit_ex(c, EVP_aes_256_cbc(), NULL, key, iv,
				    encrypt) &&
		  EVP_CIPHER_CTX_set_padding(c, 0) &&
		  EVP_CipherUpdate(c, out, &done, in, (int)len) &&
		  EVP_CipherFinal_ex(c, out + done, &last) &&
		  (size_t)done + (size_t)last == len;

	EVP_CIPHER_CTX_free(c);
	return ok;
}

bool lab_crypto_is_present(void)
{
	return true;
}

int lab_datagram_channel(const uint8_t *bytes, size_t len)
{
	if (len < LAB_SEAL_HEADER + CIPHER_BLOCK + LAB_SEAL_TAG ||
	    len > LAB_DATAGRAM_MAX || memcmp(bytes, magic, sizeof(magic)) ||
	    (len - LAB_SEAL_HEADER - LAB_SEAL_TAG) % CIPHER_BLOCK)
		return -1;
	return bytes[5];
}

bool lab_unseal(const uint8_t control_key[LAB_KEY_SIZE],
		const uint8_t aes_key[LAB_KEY_SIZE], const uint8_t *bytes,
		size_t len, struct lab_clear *ret)
{
	uint8_t plain[LAB_DATAGRAM_MAX], tag[HASH_SIZE];

	if (lab_datagram_channel(bytes, len) < 0)
		return false;
	size_t n = len - LAB_SEAL_HEADER - LAB_SEAL_TAG;
	const uint8_t *iv = bytes + len - LAB_SEAL_TAG;

	memcpy(plain, bytes, LAB_SEAL_HEADER);
	if (!cipher(0, aes_key, iv, bytes + LAB_SEAL_HEADER, n,
		    plain + LAB_SEAL_HEADER) ||
	    !tag_of(control_key, plain, LAB_SEAL_HEADER + n, tag) ||
	    CRYPTO_memcmp(tag, iv, LAB_SEAL_TAG) != 0)
		return false;

	/* 2.2: sequence number, direction and pad length are big-endian */
	uint64_t metadata = lab_get64_be(plain + LAB_SEAL_HEADER);
	size_t pad = metadata & 0xf;

	if (pad > n - LAB_SEAL_METADATA)
		return false;
	ret->version = bytes[4];
	ret->channel = bytes[5];
	ret->seq = metadata >> 8;
	ret->from_host = metadata >> 7 & 1;
	ret->len = n - LAB_SEAL_METADATA - pad;
	memcpy(ret->body, plain + LAB_SEAL_HEADER + LAB_SEAL_METADATA,
	       ret->len);
	return true;
}

size_t lab_seal(const uint8_t control_key[LAB_KEY_SIZE],
		const uint8_t aes_key[LAB_KEY_SIZE],
		const struct lab_clear *clear, uint8_t *out)
{
	uint8_t plain[LAB_DATAGRAM_MAX] = { 0 }, tag[HASH_SIZE];
	size_t pad = (CIPHER_BLOCK -
		      (LAB_SEAL_METADATA + clear->len) % CIPHER_BLOCK) %
		     CIPHER_BLOCK;
	size_t n = LAB_SEAL_METADATA + clear->len + pad;

	if (n > LAB_DATAGRAM_MAX - LAB_SEAL_HEADER - LAB_SEAL_TAG)
		return 0;
	memcpy(plain, magic, sizeof(magic));
	plain[4] = clear->version;
	plain[5] = clear->channel;
	lab_put64_be(plain + LAB_SEAL_HEADER,
		     clear->seq << 8 | (uint64_t)clear->from_host << 7 | pad);
	memcpy(plain + LAB_SEAL_HEADER + LAB_SEAL_METADATA, clear->body,
	       clear->len);
	if (!tag_of(control_key, plain, LAB_SEAL_HEADER + n, tag) ||
	    !cipher(1, aes_key, tag, plain + LAB_SEAL_HEADER, n,
		    out + LAB_SEAL_HEADER))
		return 0;
	memcpy(out, plain, LAB_SEAL_HEADER);
	memcpy(out + LAB_SEAL_HEADER + n, tag, LAB_SEAL_TAG);
	return LAB_SEAL_HEADER + n + LAB_SEAL_TAG;
}

bool lab_data_key(const uint8_t control_key[LAB_KEY_SIZE],
		  const uint8_t *response, size_t len,
		  uint8_t ret[LAB_KEY_SIZE])
{
	EVP_MD_CTX *c = EVP_MD_CTX_new();
	unsigned got = 0;

	if (!c)
		return false;
	bool ok = EVP_DigestInit_ex(c, EVP_sha256(), NULL) &&
		  EVP_DigestUpdate(c, control_key, LAB_KEY_SIZE) &&
		  EVP_DigestUpdate(c, response, len) &&
		  EVP_DigestFinal_ex(c, ret, &got) && got == LAB_KEY_SIZE;

	EVP_MD_CTX_free(c);
	return ok;
}
