/* Covers: protocol/kd_net.c */

#include "kd_net.h"

#include "kd_cursor.h"

#include <stdlib.h>

enum { HEADER = 6, METADATA = 8 };

static const struct kd_net_key key = { { 1, 2, 3 }, { 4, 5, 6 } };

static void require(bool holds)
{
	if (!holds)
		abort();
}

/* Whatever is opened lies within the clear text. */
static void open_any(struct kd_crypto *c, const uint8_t *bytes, size_t len,
		     bool authentic)
{
	uint8_t scratch[KD_NET_DATAGRAM_MAX];
	struct kd_net_plain plain;
	struct kd_net_poke poke;
	enum kd_status st = kd_net_open(c, key.control, key.hmac, bytes, len,
					scratch, &plain);

	require(st == KD_OK || st == KD_E_AUTH || st == KD_E_FORMAT);
	require((st == KD_E_FORMAT) == !kd_net_is_datagram(bytes, len));
	if (st != KD_OK)
		return;
	require(authentic);
	require(plain.body == scratch + METADATA);
	require(plain.len <= len - KD_NET_DATAGRAM_MIN + METADATA);
	require(plain.seq <= KD_NET_SEQ_MAX);
	if (kd_net_poke_decode(&poke, plain.body, plain.len))
		require(!kd_net_is_response(plain.body, plain.len));
}

/* The bytes as clear text, metadata and all, sealed by hand. */
static void open_sealed(struct kd_crypto *c, const uint8_t *bytes, size_t len)
{
	uint8_t wire[KD_NET_DATAGRAM_MAX] = { 'M', 'D', 'B', 'G', 5, 1 };
	uint8_t tag[KD_CRYPTO_SHA256_SIZE];

	len -= len % KD_CRYPTO_BLOCK_SIZE;
	if (!len || len > KD_NET_BODY_MAX + METADATA)
		return;
	memcpy(wire + HEADER, bytes, len);
	require(kd_crypto_hmac(c, key.hmac, wire, HEADER, bytes, len, tag) ==
		KD_OK);
	require(kd_crypto_aes_cbc(c, true, key.control, tag, wire + HEADER,
				  len) == KD_OK);
	memcpy(wire + HEADER + len, tag, KD_CRYPTO_BLOCK_SIZE);
	open_any(c, wire, HEADER + len + KD_CRYPTO_BLOCK_SIZE, true);
}

/* What is sealed opens to the same, and with one bit changed not at all. */
static void seal_and_open(struct kd_crypto *c, const uint8_t *bytes, size_t len)
{
	struct kd_reader in = kd_reader_over(bytes, len);
	uint16_t bit = kd_read_le16(&in);
	uint8_t flags = kd_read_u8(&in);
	struct kd_net_plain plain = { .version = kd_read_u8(&in),
				      .channel = flags & 1,
				      .from_host = flags & 2,
				      .seq = kd_read_le64(&in) >> 8 },
			    back;
	uint8_t wire[KD_NET_DATAGRAM_MAX], scratch[KD_NET_DATAGRAM_MAX];
	size_t wire_len;

	plain.len = kd_reader_left(&in);
	plain.body = kd_read_bytes(&in, plain.len);
	enum kd_status st = kd_net_seal(c, key.control, key.hmac, &plain, wire,
					sizeof(wire), &wire_len);
	require(st == (plain.len > KD_NET_BODY_MAX ? KD_E_SPACE : KD_OK));
	if (st != KD_OK)
		return;
	require(wire_len <= plain.len + KD_NET_OVERHEAD_MAX);
	require(kd_net_open(c, key.control, key.hmac, wire, wire_len, scratch,
			    &back) == KD_OK);
	require(back.version == plain.version &&
		back.channel == plain.channel && back.seq == plain.seq &&
		back.from_host == plain.from_host && back.len == plain.len);
	require(!plain.len || !memcmp(back.body, plain.body, plain.len));

	bit = (uint16_t)(bit % (wire_len * 8));
	wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
	open_any(c, wire, wire_len, false);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct kd_net_poke poke;
	struct kd_crypto *c;

	require(kd_crypto_create(NULL, &c) == KD_OK);
	open_any(c, data, len, false);
	open_sealed(c, data, len);
	seal_and_open(c, data, len);
	if (kd_net_poke_decode(&poke, data, len))
		require(len >= 88 && data[0] == 1 && data[1] == 1);
	kd_crypto_destroy(c);
	return 0;
}
