/* Covers: protocol/kd_tap.c */

/*
 * Any bytes heard by a tap. As a datagram off the wire they do not
 * authenticate; sealed by one who has the key they do, and what is told lies
 * within them; as a stream they say the same however they are cut.
 */

#include "kd_tap.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static const struct kd_endpoint host = { { 1 }, 50000, 0 };
static const struct kd_endpoint target = { { 2 }, 50000, 0 };

static void require(bool held)
{
	if (!held)
		abort();
}

static void hear_raw(struct kd_tap *tap, const uint8_t *data, size_t len)
{
	struct kd_tap_message m = { 0 };
	enum kd_status st = kd_tap_datagram(tap, &target, &host, data, len, &m);

	require(st == KD_OK || st == KD_E_FORMAT);
	require(!m.authentic && m.kind != KD_TAP_PACKET);
}

static void hear_sealed(struct kd_tap *tap, const struct kd_net_key *key,
			const uint8_t *data, size_t len)
{
	uint8_t datagram[KD_NET_DATAGRAM_MAX];
	uint8_t response[KD_NET_RESPONSE_SIZE], data_key[KD_NET_KEY_SIZE];
	struct kd_net_plain plain = { .from_host = data[0] & 1,
				      .channel = data[0] >> 1 & 1,
				      .body = data + 1,
				      .len = len - 1 };
	struct kd_crypto *crypto;
	struct kd_tap_message m = { 0 };
	size_t sealed;

	require(kd_crypto_create(NULL, &crypto) == KD_OK);
	kd_net_response_encode(key->control, key->hmac, response);
	require(kd_net_data_key(crypto, key, response, data_key) == KD_OK);
	require(kd_net_seal(crypto, plain.channel ? key->control : data_key,
			    key->hmac, &plain, datagram, sizeof(datagram),
			    &sealed) == KD_OK);
	require(kd_tap_datagram(tap, plain.from_host ? &host : &target,
				plain.from_host ? &target : &host, datagram,
				sealed, &m) == KD_OK);
	require(m.authentic && m.from_host == plain.from_host);
	require(m.kind != KD_TAP_PACKET || m.len + KD_HEADER_SIZE < len);
	/* every byte counts, so that a sanitizer sees each of them */
	require(m.kind != KD_TAP_PACKET || !m.checksum_ok ||
		kd_packet_checksum(m.payload, m.len) == m.header.checksum);
	kd_crypto_destroy(crypto);
}

/* The handshake that hear_sealed() relies on. */
static void hear_response(struct kd_tap *tap, const struct kd_net_key *key)
{
	uint8_t datagram[KD_NET_DATAGRAM_MAX];
	uint8_t response[KD_NET_RESPONSE_SIZE];
	struct kd_net_plain plain = { .from_host = true,
				      .channel = KD_NET_CONTROL,
				      .body = response,
				      .len = sizeof(response) };
	struct kd_crypto *crypto;
	struct kd_tap_message m = { 0 };
	size_t sealed;

	require(kd_crypto_create(NULL, &crypto) == KD_OK);
	kd_net_response_encode(key->control, key->hmac, response);
	require(kd_net_seal(crypto, key->control, key->hmac, &plain, datagram,
			    sizeof(datagram), &sealed) == KD_OK);
	require(kd_tap_datagram(tap, &host, &target, datagram, sealed, &m) ==
		KD_OK);
	require(m.kind == KD_TAP_RESPONSE);
	kd_crypto_destroy(crypto);
}

static uint64_t drain(struct kd_tap *tap, uint64_t told)
{
	struct kd_tap_message m;

	while (kd_tap_next(tap, &m)) {
		told = told * 31 + m.kind + m.why + m.len + m.header.id;
		if (m.kind == KD_TAP_PACKET)
			told += kd_packet_checksum(m.payload, m.len);
	}
	return told;
}

/* What a stream says, folded into one number. */
static uint64_t told(const uint8_t *data, size_t len, size_t piece)
{
	struct kd_tap *tap;
	uint64_t told = 0;

	require(kd_tap_create(NULL, NULL, &tap) == KD_OK);
	for (size_t at = 0; at < len; at += piece) {
		kd_tap_feed(tap, false, data + at,
			    len - at < piece ? len - at : piece);
		told = drain(tap, told);
	}
	kd_tap_finish(tap);
	told = drain(tap, told);
	kd_tap_destroy(tap);
	return told;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct kd_net_key key = { { 3 }, { 4 } };
	struct kd_tap *tap;

	if (!len)
		return 0;
	require(told(data + 1, len - 1, 1 + data[0] % 32) ==
		told(data + 1, len - 1, len));
	require(kd_tap_create(NULL, &key, &tap) == KD_OK);
	hear_response(tap, &key);
	hear_raw(tap, data + 1, len - 1);
	if (len - 1 <= KD_NET_BODY_MAX)
		hear_sealed(tap, &key, data, len);
	kd_tap_destroy(tap);
	return 0;
}
