#include "kd_crypto.h"

#include <limits.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <string.h>

struct kd_crypto {
	struct kd_allocator mem;
	EVP_CIPHER *aes;
	EVP_MD *sha256;
	EVP_MAC *hmac;
	EVP_CIPHER_CTX *aes_ctx;
	EVP_MD_CTX *sha256_ctx;
	EVP_MAC_CTX *hmac_ctx;
	/* setting the same key again would cost OpenSSL four allocations */
	bool has_hmac_key;
	uint8_t hmac_key[KD_CRYPTO_KEY_SIZE];
};

static bool fetch(struct kd_crypto *c)
{
	c->aes = EVP_CIPHER_fetch(NULL, "AES-256-CBC", NULL);
	c->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	c->hmac = EVP_MAC_fetch(NULL, "HMAC", NULL);
	return c->aes && c->sha256 && c->hmac;
}

static bool make_contexts(struct kd_crypto *c)
{
	c->aes_ctx = EVP_CIPHER_CTX_new();
	c->sha256_ctx = EVP_MD_CTX_new();
	c->hmac_ctx = EVP_MAC_CTX_new(c->hmac);
	return c->aes_ctx && c->sha256_ctx && c->hmac_ctx &&
	       EVP_CipherInit_ex2(c->aes_ctx, c->aes, NULL, NULL, 0, NULL) ==
		       1 &&
	       EVP_DigestInit_ex2(c->sha256_ctx, c->sha256, NULL) == 1;
}

enum kd_status kd_crypto_create(const struct kd_allocator *mem,
				struct kd_crypto **ret)
{
	struct kd_crypto *c;

	if (!mem)
		mem = kd_allocator_libc();
	c = mem->alloc(mem->ctx, sizeof(*c));
	if (!c)
		return KD_E_NOMEM;
	*c = (struct kd_crypto){ .mem = *mem };
	if (!fetch(c)) {
		kd_crypto_destroy(c);
		return KD_E_UNSUPPORTED;
	}
	if (!make_contexts(c)) {
		kd_crypto_destroy(c);
		return KD_E_NOMEM;
	}
	*ret = c;
	return KD_OK;
}

void kd_crypto_destroy(struct kd_crypto *c)
{
	struct kd_allocator mem;

	if (!c)
		return;
	EVP_CIPHER_CTX_free(c->aes_ctx);
	EVP_MD_CTX_free(c->sha256_ctx);
	EVP_MAC_CTX_free(c->hmac_ctx);
	EVP_CIPHER_free(c->aes);
	EVP_MD_free(c->sha256);
	EVP_MAC_free(c->hmac);
	mem = c->mem;
	kd_crypto_wipe(c, sizeof(*c));
	mem.release(mem.ctx, c);
}

enum kd_status kd_crypto_sha256(struct kd_crypto *c, const uint8_t *bytes,
				size_t len, uint8_t ret[KD_CRYPTO_SHA256_SIZE])
{
	uint8_t digest[KD_CRYPTO_SHA256_SIZE];

	if (EVP_DigestInit_ex2(c->sha256_ctx, NULL, NULL) != 1 ||
	    EVP_DigestUpdate(c->sha256_ctx, bytes, len) != 1 ||
	    EVP_DigestFinal_ex(c->sha256_ctx, digest, NULL) != 1)
		return KD_E_NOMEM;
	memcpy(ret, digest, sizeof(digest));
	kd_crypto_wipe(digest, sizeof(digest));
	return KD_OK;
}

static bool hmac_start(struct kd_crypto *c,
		       const uint8_t key[KD_CRYPTO_KEY_SIZE])
{
	char digest[] = "SHA256";
	OSSL_PARAM params[] = {
		OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest,
						 0),
		OSSL_PARAM_construct_end(),
	};

	if (c->has_hmac_key && !memcmp(c->hmac_key, key, sizeof(c->hmac_key)))
		return EVP_MAC_init(c->hmac_ctx, NULL, 0, NULL) == 1;
	c->has_hmac_key = false;
	if (EVP_MAC_init(c->hmac_ctx, key, KD_CRYPTO_KEY_SIZE, params) != 1)
		return false;
	memcpy(c->hmac_key, key, sizeof(c->hmac_key));
	c->has_hmac_key = true;
	return true;
}

enum kd_status kd_crypto_hmac(struct kd_crypto *c,
			      const uint8_t key[KD_CRYPTO_KEY_SIZE],
			      const uint8_t *head, size_t head_len,
			      const uint8_t *rest, size_t rest_len,
			      uint8_t ret[KD_CRYPTO_SHA256_SIZE])
{
	uint8_t tag[KD_CRYPTO_SHA256_SIZE];
	size_t len;

	if (!hmac_start(c, key) ||
	    EVP_MAC_update(c->hmac_ctx, head, head_len) != 1 ||
	    EVP_MAC_update(c->hmac_ctx, rest, rest_len) != 1 ||
	    EVP_MAC_final(c->hmac_ctx, tag, &len, sizeof(tag)) != 1)
		return KD_E_NOMEM;
	memcpy(ret, tag, sizeof(tag));
	return KD_OK;
}

enum kd_status kd_crypto_aes_cbc(struct kd_crypto *c, bool encrypt,
				 const uint8_t key[KD_CRYPTO_KEY_SIZE],
				 const uint8_t iv[KD_CRYPTO_BLOCK_SIZE],
				 uint8_t *bytes, size_t len)
{
	int done, tail;

	if (len % KD_CRYPTO_BLOCK_SIZE || len > INT_MAX)
		return KD_E_ARG;
	if (EVP_CipherInit_ex2(c->aes_ctx, NULL, key, iv, encrypt, NULL) != 1 ||
	    EVP_CIPHER_CTX_set_padding(c->aes_ctx, 0) != 1 ||
	    EVP_CipherUpdate(c->aes_ctx, bytes, &done, bytes, (int)len) != 1 ||
	    EVP_CipherFinal_ex(c->aes_ctx, bytes + done, &tail) != 1)
		return KD_E_NOMEM;
	return KD_OK;
}

bool kd_crypto_equal(const uint8_t *a, const uint8_t *b, size_t len)
{
	return CRYPTO_memcmp(a, b, len) == 0;
}

void kd_crypto_wipe(void *bytes, size_t len)
{
	OPENSSL_cleanse(bytes, len);
}

bool kd_crypto_is_available(void)
{
	return true;
}
