/*
 * A real conversation of WinDbg with Windows 10: every datagram of it
 * authenticates, under keys that follow from the key text alone.
 */

#include "check.h"
#include "kd_cursor.h"
#include "kd_net.h"

#include <stdlib.h>
#include <string.h>
#include <zlib.h>

enum {
	CAPTURE_MAX = 4 << 20,
	PCAPNG_PACKET = 6,  /* enhanced packet block */
	PCAPNG_FIELDS = 12, /* block type and its length, twice */
	ETHERNET_IPV4_UDP = 14 + 20 + 8,
};

struct reading {
	struct kd_crypto *crypto;
	struct kd_net_key key;
	uint8_t data_key[KD_NET_KEY_SIZE];
	size_t datagrams, authentic, pokes, responses, versions_4;
	uint64_t data_seq[2]; /* of the target, of the host */
	size_t data_gaps;
};

static void read_datagram(struct reading *r, const uint8_t *bytes, size_t len)
{
	const uint8_t *aes = kd_net_channel(bytes) == KD_NET_DATA
				     ? r->data_key
				     : r->key.control;
	uint8_t scratch[KD_NET_DATAGRAM_MAX];
	struct kd_net_plain plain;
	struct kd_net_poke poke;

	r->datagrams++;
	if (kd_net_open(r->crypto, aes, r->key.hmac, bytes, len, scratch,
			&plain) != KD_OK)
		return;
	r->authentic++;
	r->versions_4 += plain.version == 4;
	if (plain.channel == KD_NET_DATA) {
		uint64_t *seq = &r->data_seq[plain.from_host];

		r->data_gaps += plain.seq != *seq + 1;
		*seq = plain.seq;
		return;
	}
	r->pokes += kd_net_poke_decode(&poke, plain.body, plain.len);
	if (!kd_net_is_response(plain.body, plain.len))
		return;
	r->responses++;
	CHECK_EQ(NULL,
		 kd_net_data_key(r->crypto, &r->key, plain.body, r->data_key),
		 KD_OK);
	memset(r->data_seq, 0, sizeof(r->data_seq));
}

/* Block after block; only what this one file needs. */
static void read_blocks(struct reading *r, struct kd_reader in)
{
	while (kd_reader_left(&in)) {
		uint32_t type = kd_read_le32(&in);
		uint32_t len = kd_read_le32(&in);
		const uint8_t *body;
		size_t captured;

		if (len < PCAPNG_FIELDS)
			break;
		body = kd_read_bytes(&in, len - PCAPNG_FIELDS);
		kd_read_le32(&in);
		if (in.bad)
			break;
		if (type != PCAPNG_PACKET)
			continue;
		struct kd_reader packet =
			kd_reader_over(body, len - PCAPNG_FIELDS);
		kd_read_bytes(&packet, 12); /* interface, time stamp */
		captured = kd_read_le32(&packet);
		kd_read_le32(&packet);
		body = kd_read_bytes(&packet, captured);
		if (body && captured > ETHERNET_IPV4_UDP &&
		    kd_net_is_datagram(body + ETHERNET_IPV4_UDP,
				       captured - ETHERNET_IPV4_UDP))
			read_datagram(r, body + ETHERNET_IPV4_UDP,
				      captured - ETHERNET_IPV4_UDP);
	}
	CHECK(!in.bad);
}

static void read_capture(const char *path, const char *key, struct reading *r)
{
	struct kd_detail detail;
	uint8_t *bytes = malloc(CAPTURE_MAX);
	gzFile f = gzopen(path, "rb");
	int len = -1;

	CHECK(bytes && f);
	CHECK_EQ(NULL, kd_net_key_parse(key, &detail, &r->key), KD_OK);
	CHECK_EQ(NULL, kd_crypto_create(NULL, &r->crypto), KD_OK);
	if (bytes && f)
		len = gzread(f, bytes, CAPTURE_MAX);
	CHECK(len > 0);
	if (len > 0)
		read_blocks(r, kd_reader_over(bytes, (size_t)len));
	kd_crypto_destroy(r->crypto);
	gzclose(f);
	free(bytes);
}

static void test_all_authenticate(void)
{
	const char *path = check_shared("data/captures/windbg-uncut.pcapng.gz");
	struct reading r = { 0 };

	if (!path)
		return;
	read_capture(path, "8.8.8.8", &r);
	CHECK_EQ(NULL, r.datagrams, 955);
	CHECK_EQ(NULL, r.authentic, 955);
	CHECK_EQ(NULL, r.versions_4, 955);
	CHECK_EQ(NULL, r.responses, 1);
	CHECK(r.pokes > 1);
	CHECK_EQ("data sequence numbers step by one", r.data_gaps, 0);
}

static void test_none_under_another_key(void)
{
	const char *path = check_shared("data/captures/windbg-uncut.pcapng.gz");
	struct reading r = { 0 };

	if (!path)
		return;
	read_capture(path, "8.8.8.9", &r);
	CHECK_EQ(NULL, r.datagrams, 955);
	CHECK_EQ(NULL, r.authentic, 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "all authenticate", test_all_authenticate },
		{ "none under another key", test_none_under_another_key },
	};

	return check_run("net_capture", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
