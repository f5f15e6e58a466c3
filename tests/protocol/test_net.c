#include "check.h"
#include "kd_net.h"

#include <string.h>

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

/* Key text 1.2.3.4 and the data key of KD-WIRE 2.4's vectors. */
static const struct kd_net_key key = {
	{ 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0,
	  3, 0, 0, 0, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0 },
	{ 0xfe, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xfd, 0xff, 0xff,
	  0xff, 0xff, 0xff, 0xff, 0xff, 0xfc, 0xff, 0xff, 0xff, 0xff, 0xff,
	  0xff, 0xff, 0xfb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff },
};
static const uint8_t data_key[KD_NET_KEY_SIZE] = {
	0xa2, 0x3b, 0xbd, 0x2e, 0xff, 0x9f, 0xf1, 0x44, 0x9b, 0x2e, 0x7c,
	0x3a, 0x67, 0x27, 0x15, 0xf3, 0x98, 0xa7, 0xd7, 0x4a, 0x9f, 0x6e,
	0x18, 0xf2, 0x80, 0x15, 0x01, 0xe0, 0xf0, 0x3c, 0xd4, 0xfc
};

static void make_response(uint8_t out[KD_NET_RESPONSE_SIZE])
{
	uint8_t client_key[KD_NET_NONCE_SIZE], host_key[KD_NET_NONCE_SIZE];

	for (uint8_t i = 0; i < KD_NET_NONCE_SIZE; i++) {
		client_key[i] = i;
		host_key[i] = (uint8_t)(0x40 + i);
	}
	kd_net_response_encode(client_key, host_key, out);
}

static struct kd_crypto *make_crypto(void)
{
	struct kd_crypto *c = NULL;

	if (!kd_crypto_is_available()) {
		check_skip("this build has no OpenSSL");
		return NULL;
	}
	CHECK_EQ(NULL, kd_crypto_create(NULL, &c), KD_OK);
	return c;
}

// clang-format off
static const struct {
	const char *name;
	uint8_t channel;
	uint64_t seq;
	const uint8_t *body;
	size_t len;
	const uint8_t *wire;
	size_t wire_len;
} vectors[] = {
	{ "ACK of id 2", KD_NET_DATA, 1,
	  BYTES("\x69\x69\x69\x69\4\0\0\0\2\0\0\0\0\0\0\0"),
	  BYTES("\x4d\x44\x42\x47\x05\x00\xae\x04\xca\x74\x8e\x9c\xf1\x45"
		"\x73\x16\x7a\x4d\x22\xe4\x4c\xcb\x2b\x74\xd9\x1e\x87\xbc"
		"\x20\x6c\xd0\xec\xbc\x80\x65\x0e\x76\x7b\x76\xb2\x90\x5d"
		"\x3b\x1d\xde\x6e\xf2\xb7\x04\x4d\x41\x1d\x66\x13") },
	{ "break-in", KD_NET_DATA, 2, BYTES("\x62"),
	  BYTES("\x4d\x44\x42\x47\x05\x00\xdb\x4d\xd7\xd4\x27\x1f\x37\x63"
		"\x4a\x9c\x64\xa8\xd0\xc8\x3e\x86\x0c\x3a\xca\xd4\x92\x2e"
		"\x51\x65\x37\xbf\x82\xba\x99\x74\x7e\xdd") },
	{ "empty", KD_NET_CONTROL, 1, BYTES(""),
	  BYTES("\x4d\x44\x42\x47\x05\x01\x4e\xd5\x72\x7c\x6a\xc1\x16\x0a"
		"\x36\xb1\x80\xe4\xd3\x2f\x11\x10\xf7\x57\x48\x10\xc5\x5f"
		"\xc8\xbc\xdd\x63\xcc\x47\x42\x73\x09\xb1") },
};
// clang-format on

static void test_vectors(void)
{
	struct kd_crypto *c = make_crypto();

	if (!c)
		return;
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const char *name = vectors[i].name;
		const uint8_t *aes = vectors[i].channel == KD_NET_DATA
					     ? data_key
					     : key.control;
		const struct kd_net_plain plain = {
			.version = 5,
			.channel = vectors[i].channel,
			.seq = vectors[i].seq,
			.from_host = true,
			.body = vectors[i].body,
			.len = vectors[i].len,
		};
		uint8_t out[KD_NET_DATAGRAM_MAX] = { 0 };
		uint8_t scratch[KD_NET_DATAGRAM_MAX];
		struct kd_net_plain back = { 0 };
		size_t len = 0;

		CHECK_EQ(name,
			 kd_net_seal(c, aes, key.hmac, &plain, out,
				     vectors[i].wire_len - 1, &len),
			 KD_E_SPACE);
		CHECK_EQ(name,
			 kd_net_seal(c, aes, key.hmac, &plain, out,
				     vectors[i].wire_len, &len),
			 KD_OK);
		CHECK_EQ(name, len, vectors[i].wire_len);
		CHECK_ROW(name,
			  !memcmp(out, vectors[i].wire, vectors[i].wire_len));
		CHECK_EQ(
			name,
			kd_net_open(c, aes, key.hmac, out, len, scratch, &back),
			KD_OK);
		CHECK_EQ(name, back.version, 5);
		CHECK_EQ(name, back.channel, vectors[i].channel);
		CHECK_EQ(name, back.seq, vectors[i].seq);
		CHECK_ROW(name, back.from_host);
		CHECK_EQ(name, back.len, vectors[i].len);
		CHECK_ROW(name, !memcmp(back.body, plain.body, plain.len));
	}
	kd_crypto_destroy(c);
}

static void test_response(void)
{
	uint8_t body[KD_NET_RESPONSE_SIZE], derived[KD_NET_KEY_SIZE] = { 0 };
	uint8_t out[KD_NET_DATAGRAM_MAX];
	const struct kd_net_plain plain = {
		.version = 5,
		.channel = KD_NET_CONTROL,
		.seq = 3,
		.from_host = true,
		.body = body,
		.len = sizeof(body),
	};
	size_t len = 0;
	struct kd_crypto *c = make_crypto();

	if (!c)
		return;
	make_response(body);
	CHECK(kd_net_is_response(body, sizeof(body)));
	CHECK(!kd_net_is_response(body, sizeof(body) - 1));
	CHECK_EQ(NULL, kd_net_data_key(c, &key, body, derived), KD_OK);
	CHECK(!memcmp(derived, data_key, sizeof(derived)));
	CHECK_EQ(NULL,
		 kd_net_seal(c, key.control, key.hmac, &plain, out, sizeof(out),
			     &len),
		 KD_OK);
	CHECK_EQ(NULL, len, 358);
	CHECK(!memcmp(out,
		      "\x4d\x44\x42\x47\x05\x01\xd9\x34\xf7\x94\xe3\xa4\xef"
		      "\x5b\xc8\x33\xae\x7b\x81\x24\xbd\x2b",
		      22));
	CHECK(!memcmp(out + len - 16,
		      "\x51\xe2\x41\x29\x9d\x9c\x09\xfa\x78\xb6\xbc\xea\x19"
		      "\x5d\x83\x92",
		      16));
	kd_crypto_destroy(c);
}

/* One bit anywhere, and it is no longer authentic. */
static void test_every_bit_counts(void)
{
	struct kd_crypto *c = make_crypto();
	const size_t len = vectors[0].wire_len;

	if (!c)
		return;
	for (size_t bit = 0; bit < len * 8; bit++) {
		uint8_t wire[64], scratch[KD_NET_DATAGRAM_MAX];
		struct kd_net_plain plain = { .len = 99 };
		uint8_t left = 0;

		memcpy(wire, vectors[0].wire, len);
		wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
		CHECK_EQ(NULL,
			 kd_net_open(c, data_key, key.hmac, wire, len, scratch,
				     &plain),
			 bit < 32 ? KD_E_FORMAT : KD_E_AUTH);
		CHECK_EQ("output untouched", plain.len, 99);
		for (size_t i = 0; bit >= 32 && i < len - 22; i++)
			left |= scratch[i];
		CHECK_EQ("clear text wiped", left, 0);
	}
	kd_crypto_destroy(c);
}

// clang-format off
static const struct {
	const char *name;
	size_t len;
	bool is;
} length_rows[] = {
	{ "nothing", 0, false },
	{ "one byte short", 37, false },
	{ "one block", 38, true },
	{ "a byte more", 39, false },
	{ "two blocks", 54, true },
	{ "the longest", 2038, true },
	{ "one block too many", 2054, false },
};
// clang-format on

static void test_lengths(void)
{
	static const uint8_t bytes[2054] = { 'M', 'D', 'B', 'G' };

	for (size_t i = 0; i < sizeof(length_rows) / sizeof(length_rows[0]);
	     i++)
		CHECK_EQ(length_rows[i].name,
			 kd_net_is_datagram(bytes, length_rows[i].len),
			 length_rows[i].is);
}

static void test_longest_body(void)
{
	static const uint8_t body[KD_NET_BODY_MAX + 1];
	struct kd_net_plain plain = { .body = body, .len = KD_NET_BODY_MAX };
	/* room is not what limits it */
	uint8_t out[2 * KD_NET_DATAGRAM_MAX], scratch[KD_NET_DATAGRAM_MAX];
	struct kd_crypto *c = make_crypto();
	size_t len = 0;

	if (!c)
		return;
	CHECK_EQ(NULL,
		 kd_net_seal(c, data_key, key.hmac, &plain, out, sizeof(out),
			     &len),
		 KD_OK);
	CHECK_EQ(NULL,
		 kd_net_open(c, data_key, key.hmac, out, len, scratch, &plain),
		 KD_OK);
	CHECK_EQ(NULL, plain.len, KD_NET_BODY_MAX);
	plain.len = KD_NET_BODY_MAX + 1;
	CHECK_EQ(NULL,
		 kd_net_seal(c, data_key, key.hmac, &plain, out, sizeof(out),
			     &len),
		 KD_E_SPACE);
	plain = (struct kd_net_plain){ .seq = KD_NET_SEQ_MAX + 1 };
	CHECK_EQ(NULL,
		 kd_net_seal(c, data_key, key.hmac, &plain, out, sizeof(out),
			     &len),
		 KD_E_ARG);
	plain.seq = KD_NET_SEQ_MAX;
	CHECK_EQ(NULL,
		 kd_net_seal(c, data_key, key.hmac, &plain, out, sizeof(out),
			     &len),
		 KD_OK);
	CHECK_EQ(NULL,
		 kd_net_open(c, data_key, key.hmac, out, len, scratch, &plain),
		 KD_OK);
	CHECK_EQ(NULL, plain.seq, KD_NET_SEQ_MAX);
	kd_crypto_destroy(c);
}

/* Authentic, but the pad is longer than what there is. */
static void test_pad_too_long(void)
{
	uint8_t text[16] = { 0, 0, 0, 0, 0, 0, 1, 9 };
	uint8_t wire[38] = { 'M', 'D', 'B', 'G', 5, 0 };
	uint8_t tag[KD_CRYPTO_SHA256_SIZE], scratch[KD_NET_DATAGRAM_MAX];
	struct kd_net_plain plain;
	struct kd_crypto *c = make_crypto();

	if (!c)
		return;
	for (uint8_t pad = 8; pad <= 9; pad++) {
		text[7] = pad;
		memcpy(wire + 6, text, sizeof(text));
		CHECK_EQ(NULL,
			 kd_crypto_hmac(c, key.hmac, wire, 6, text,
					sizeof(text), tag),
			 KD_OK);
		memcpy(wire + 22, tag, 16);
		CHECK_EQ(
			NULL,
			kd_crypto_aes_cbc(c, true, data_key, tag, wire + 6, 16),
			KD_OK);
		CHECK_EQ(NULL,
			 kd_net_open(c, data_key, key.hmac, wire, sizeof(wire),
				     scratch, &plain),
			 pad == 8 ? KD_OK : KD_E_AUTH);
	}
	kd_crypto_destroy(c);
}

static void test_poke(void)
{
	static const uint8_t address[16] = {
		[10] = 0xff, 0xff, 192, 168, 2, 1
	};
	uint8_t body[KD_NET_POKE_SIZE] = { 1, 1, 0xaa, [33] = 0xbb };
	struct kd_net_poke p;

	memcpy(body + 34, address, 16);
	body[50] = 0xc7;
	body[51] = 0xa7;
	memcpy(body + 52, address, 16);
	body[69] = 0x50;
	body[87] = 1;
	CHECK(kd_net_poke_decode(&p, body, sizeof(body)));
	CHECK_EQ(NULL, p.client_key[0], 0xaa);
	CHECK_EQ(NULL, p.client_key[31], 0xbb);
	CHECK(!memcmp(p.target.address, address, 16));
	CHECK_EQ(NULL, p.target.port, 51111);
	CHECK(!memcmp(p.host.address, address, 16));
	CHECK_EQ(NULL, p.host.port, 0x50);
	CHECK_EQ(NULL, p.session.port, 1);
	/* what comes behind the last field carries nothing */
	CHECK(kd_net_poke_decode(&p, body, 88));
	CHECK(!kd_net_poke_decode(&p, body, 87));
	CHECK(!kd_net_poke_decode(&p, body, 0));
	body[1] = 2;
	CHECK(!kd_net_poke_decode(&p, body, sizeof(body)));
	body[0] = 2;
	body[1] = 1;
	CHECK(!kd_net_poke_decode(&p, body, sizeof(body)));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "vectors", test_vectors },
		{ "response", test_response },
		{ "every bit counts", test_every_bit_counts },
		{ "lengths", test_lengths },
		{ "longest body", test_longest_body },
		{ "pad too long", test_pad_too_long },
		{ "poke", test_poke },
	};

	return check_run("net", tests, sizeof(tests) / sizeof(tests[0]));
}
