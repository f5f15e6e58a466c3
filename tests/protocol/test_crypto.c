#include "check.h"
#include "kd_crypto.h"

#include <stdlib.h>
#include <string.h>

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

static struct kd_crypto *make(void)
{
	struct kd_crypto *c = NULL;

	if (!kd_crypto_is_available()) {
		CHECK_EQ("no OpenSSL", kd_crypto_create(NULL, &c),
			 KD_E_UNSUPPORTED);
		check_skip("this build has no OpenSSL");
		return NULL;
	}
	CHECK_EQ(NULL, kd_crypto_create(NULL, &c), KD_OK);
	return c;
}

// clang-format off
static const struct {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	uint8_t first[4]; /* of the digest, from FIPS 180-4's examples */
} sha_rows[] = {
	{ "nothing", BYTES(""), { 0xe3, 0xb0, 0xc4, 0x42 } },
	{ "abc", BYTES("abc"), { 0xba, 0x78, 0x16, 0xbf } },
	{ "two blocks",
	  BYTES("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
	  { 0x24, 0x8d, 0x6a, 0x61 } },
};
// clang-format on

static void test_sha256(void)
{
	struct kd_crypto *c = make();

	if (!c)
		return;
	for (size_t i = 0; i < sizeof(sha_rows) / sizeof(sha_rows[0]); i++) {
		uint8_t digest[KD_CRYPTO_SHA256_SIZE] = { 0 };

		CHECK_EQ(sha_rows[i].name,
			 kd_crypto_sha256(c, sha_rows[i].bytes, sha_rows[i].len,
					  digest),
			 KD_OK);
		CHECK_ROW(sha_rows[i].name,
			  !memcmp(digest, sha_rows[i].first, 4));
	}
	kd_crypto_destroy(c);
}

/* The tag depends on the key and all bytes, and not on where they are cut. */
static void test_hmac(void)
{
	static const uint8_t keys[2][KD_CRYPTO_KEY_SIZE] = { { 1 }, { 2 } };
	uint8_t whole[KD_CRYPTO_SHA256_SIZE], cut[KD_CRYPTO_SHA256_SIZE],
		other[KD_CRYPTO_SHA256_SIZE], again[KD_CRYPTO_SHA256_SIZE];
	struct kd_crypto *c = make();

	if (!c)
		return;
	CHECK_EQ(NULL,
		 kd_crypto_hmac(c, keys[0], BYTES("abcdef"), BYTES(""), whole),
		 KD_OK);
	CHECK_EQ(NULL,
		 kd_crypto_hmac(c, keys[0], BYTES("ab"), BYTES("cdef"), cut),
		 KD_OK);
	CHECK_EQ(NULL,
		 kd_crypto_hmac(c, keys[1], BYTES("ab"), BYTES("cdef"), other),
		 KD_OK);
	CHECK_EQ(NULL,
		 kd_crypto_hmac(c, keys[0], BYTES("ab"), BYTES("cdef"), again),
		 KD_OK);
	CHECK(!memcmp(whole, cut, sizeof(whole)));
	CHECK(memcmp(whole, other, sizeof(whole)));
	CHECK(!memcmp(whole, again, sizeof(whole)));
	kd_crypto_destroy(c);
}

/* NIST SP 800-38A, F.2.5: the first two blocks. */
static void test_aes(void)
{
	static const uint8_t key[KD_CRYPTO_KEY_SIZE] = {
		0x60, 0x3d, 0xeb, 0x10, 0x15, 0xca, 0x71, 0xbe,
		0x2b, 0x73, 0xae, 0xf0, 0x85, 0x7d, 0x77, 0x81,
		0x1f, 0x35, 0x2c, 0x07, 0x3b, 0x61, 0x08, 0xd7,
		0x2d, 0x98, 0x10, 0xa3, 0x09, 0x14, 0xdf, 0xf4
	};
	static const uint8_t iv[KD_CRYPTO_BLOCK_SIZE] = { 0,  1,  2,  3, 4,  5,
							  6,  7,  8,  9, 10, 11,
							  12, 13, 14, 15 };
	static const uint8_t clear[32] = { 0x6b, 0xc1, 0xbe, 0xe2, 0x2e, 0x40,
					   0x9f, 0x96, 0xe9, 0x3d, 0x7e, 0x11,
					   0x73, 0x93, 0x17, 0x2a, 0xae, 0x2d,
					   0x8a, 0x57, 0x1e, 0x03, 0xac, 0x9c,
					   0x9e, 0xb7, 0x6f, 0xac, 0x45, 0xaf,
					   0x8e, 0x51 };
	static const uint8_t sealed[32] = { 0xf5, 0x8c, 0x4c, 0x04, 0xd6, 0xe5,
					    0xf1, 0xba, 0x77, 0x9e, 0xab, 0xfb,
					    0x5f, 0x7b, 0xfb, 0xd6, 0x9c, 0xfc,
					    0x4e, 0x96, 0x7e, 0xdb, 0x80, 0x8d,
					    0x67, 0x9f, 0x77, 0x7b, 0xc6, 0x70,
					    0x2c, 0x7d };
	uint8_t bytes[32];
	struct kd_crypto *c = make();

	if (!c)
		return;
	memcpy(bytes, clear, sizeof(bytes));
	for (int round = 0; round < 2; round++) {
		CHECK_EQ(NULL, kd_crypto_aes_cbc(c, true, key, iv, bytes, 32),
			 KD_OK);
		CHECK(!memcmp(bytes, sealed, sizeof(bytes)));
		CHECK_EQ(NULL, kd_crypto_aes_cbc(c, false, key, iv, bytes, 32),
			 KD_OK);
		CHECK(!memcmp(bytes, clear, sizeof(bytes)));
	}
	CHECK_EQ("half a block", kd_crypto_aes_cbc(c, true, key, iv, bytes, 8),
		 KD_E_ARG);
	CHECK(!memcmp(bytes, clear, sizeof(bytes)));
	kd_crypto_destroy(c);
}

static void test_equal_and_wipe(void)
{
	uint8_t a[4] = { 1, 2, 3, 4 }, b[4] = { 1, 2, 3, 5 };

	CHECK(kd_crypto_equal(a, b, 3));
	CHECK(!kd_crypto_equal(a, b, 4));
	kd_crypto_wipe(a, 3);
	CHECK(!memcmp(a, "\0\0\0\4", 4));
}

static void *no_memory(void *ctx, size_t len)
{
	(void)ctx;
	(void)len;
	return NULL;
}

static void never(void *ctx, void *ptr)
{
	(void)ctx;
	CHECK(ptr == NULL);
}

static void test_no_memory(void)
{
	const struct kd_allocator mem = { no_memory, never, NULL };
	struct kd_crypto *c = NULL;

	CHECK_EQ(NULL, kd_crypto_create(&mem, &c),
		 kd_crypto_is_available() ? KD_E_NOMEM : KD_E_UNSUPPORTED);
	CHECK(c == NULL);
	kd_crypto_destroy(NULL);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "sha256", test_sha256 },
		{ "hmac", test_hmac },
		{ "aes", test_aes },
		{ "equal and wipe", test_equal_and_wipe },
		{ "no memory", test_no_memory },
	};

	return check_run("crypto", tests, sizeof(tests) / sizeof(tests[0]));
}
