/*
 * Keys, pokes, sequence numbers and the receive ring.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_host.h"

#include <string.h>

enum { POKE_US = 3000000, SESSION_PORT = 86 };

static void start(struct lab_host *h, uint64_t service_us, unsigned ring)
{
	struct lab_stub_config config = { .dialect = LAB_KDNET,
					  .host_port = 50000,
					  .service_us = service_us,
					  .receive_ring = ring };

	lab_host_start(h, config, lab_machine_static_create());
}

/* KD-WIRE 2.3 and 2.4: computed there by somebody else. */
static const struct {
	const char *name, *key, *datagram;
	uint8_t channel;
	uint64_t seq;
	const char *body;
	size_t len;
} vectors[] = {
	// clang-format off
	{ "break-in", "1.2.3.4",
	  "4d4442470500db4dd7d4271f37634a9c64a8d0c83e860c3acad4922e516537bf82ba99747edd", 0, 2, "b", 1 },
	{ "acknowledgement", "1.2.3.4",
	  "4d4442470500ae04ca748e9cf14573167a4d22e44ccb2b74d91e87bc206cd0ecbc80650e767b76b2905d3b1dde6ef2b7044d411d6613", 0, 1,
	  "iiii\4\0\0\0\2\0\0\0\0\0\0\0", 16 },
	{ "empty", "1.2.3.4",
	  "4d44424705014ed5727c6ac1160a36b180e4d32f1110f7574810c55fc8bcdd63cc47427309b1", 1, 1, "", 0 },
	// clang-format on
};

static unsigned nibble(char c)
{
	return (unsigned)(c <= '9' ? c - '0' : c - 'a' + 10);
}

static void test_vectors(void)
{
	for (size_t i = 0; i < sizeof(vectors) / sizeof(vectors[0]); i++) {
		const char *name = vectors[i].name;
		uint8_t key[LAB_KEY_SIZE], data_key[LAB_KEY_SIZE];
		uint8_t response[322] = { 1, 2 }, datagram[LAB_DATAGRAM_MAX];
		uint8_t out[LAB_DATAGRAM_MAX];
		size_t len = strlen(vectors[i].datagram) / 2;
		struct lab_clear clear;

		for (size_t n = 0; n < len; n++)
			datagram[n] =
				(uint8_t)(nibble(vectors[i].datagram[2 * n])
						  << 4 |
					  nibble(vectors[i]
							 .datagram[2 * n + 1]));
		for (size_t n = 0; n < 32; n++) {
			response[2 + n] = (uint8_t)n;
			response[34 + n] = (uint8_t)(0x40 + n);
		}
		CHECK_ROW(name, lab_key_parse(vectors[i].key, key));
		CHECK_ROW(name, lab_data_key(key, response, sizeof(response),
					     data_key));
		const uint8_t *aes = vectors[i].channel ? key : data_key;

		CHECK_ROW(name, lab_unseal(key, aes, datagram, len, &clear));
		CHECK_EQ(name, clear.seq, vectors[i].seq);
		CHECK_ROW(name, clear.from_host);
		CHECK_EQ(name, clear.len, vectors[i].len);
		CHECK_ROW(name,
			  !memcmp(clear.body, vectors[i].body, clear.len));
		CHECK_EQ(name, lab_seal(key, aes, &clear, out), len);
		CHECK_ROW(name, !memcmp(out, datagram, len));
		datagram[len / 2] ^= 1;
		CHECK_ROW(name, !lab_unseal(key, aes, datagram, len, &clear));
	}
}

static const struct {
	const char *text;
	bool good;
} keys[] = {
	{ "1.2.3.4", true },
	{ "2xz1b.abc.zzzz.3w5e11264sgsf", true },
	{ "2XZ1B.ABC.ZZZZ.3W5E11264SGSF", true },
	{ "1.2.3", false },
	{ "1.2.3.4.5", false },
	{ "1..3.4", false },
	{ "1.2.3.", false },
	{ "1.2.3.4 ", false },
	{ "1.2.3.3w5e11264sgsg", false },
	{ "", false },
};

static void test_keys(void)
{
	uint8_t key[LAB_KEY_SIZE];

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		CHECK_EQ(keys[i].text, lab_key_parse(keys[i].text, key),
			 keys[i].good);
	CHECK(lab_key_parse("2xz1b.abc.zzzz.3w5e11264sgsf", key));
	CHECK_EQ(NULL, lab_get64(key), 0x4b719f);
	CHECK_EQ(NULL, lab_get64(key + 24), UINT64_MAX);
}

static void test_pokes(void)
{
	struct lab_host h;
	struct lab_heard said;

	start(&h, 0, 0);
	h.mute = true;
	CHECK(!lab_host_hear(&h, 2 * POKE_US, &said));
	CHECK_EQ("every three seconds", h.pokes, 3);
	CHECK_EQ("no session", lab_get16_be(h.poke + SESSION_PORT), 0);
	uint32_t client = lab_get32(h.poke + 2);

	/* an empty control datagram asks for one more at once */
	h.clear.version = 5;
	h.clear.channel = LAB_CHANNEL_CONTROL;
	h.clear.seq = 1;
	h.clear.from_host = true;
	h.clear.len = 0;
	h.datagram_len = lab_seal(h.key, h.key, &h.clear, h.datagram);
	lab_stub_feed(h.stub, h.now_us, h.datagram, h.datagram_len);
	CHECK(!lab_host_hear(&h, h.now_us, &said));
	CHECK_EQ("asked for", h.pokes, 4);
	CHECK_EQ("client key", lab_get32(h.poke + 2), client + 1);
	/* what was waiting comes with the key, behind the check */
	lab_host_respond(&h);
	CHECK(lab_host_hear(&h, h.now_us, &said));
	CHECK_EQ("check", h.checks, 1);
	CHECK_EQ("waiting", said.type, LAB_PACKET_DEBUG_IO);
	lab_host_end(&h);
}

static void test_response_must_fit(void)
{
	struct lab_host h;
	struct lab_heard said;

	start(&h, 0, 0);
	h.mute = true;
	CHECK(!lab_host_hear(&h, 0, &said));
	h.poke[2] ^= 1;
	lab_host_respond(&h);
	CHECK_EQ("another client key", lab_stub_counters(h.stub)->sessions, 0);
	h.poke[2] ^= 1;
	h.poke_seq++;
	lab_host_respond(&h);
	CHECK_EQ("another number", lab_stub_counters(h.stub)->sessions, 0);
	h.poke_seq--;
	lab_host_respond(&h);
	CHECK_EQ("fits", lab_stub_counters(h.stub)->sessions, 1);
	lab_stub_feed(h.stub, h.now_us, h.datagram, h.datagram_len);
	CHECK_EQ("said twice", lab_stub_counters(h.stub)->sessions, 1);
	h.key[0] ^= 1;
	lab_host_respond(&h);
	CHECK_EQ("wrong key", lab_stub_counters(h.stub)->not_authentic, 1);
	lab_host_end(&h);
}

static void test_new_key_repeats_what_waits(void)
{
	struct lab_host h;
	struct lab_heard said;

	start(&h, 0, 0);
	CHECK(lab_host_hear(&h, 0, &said));
	CHECK_EQ("first", said.id, 0);
	while (h.pokes < 2)
		(void)lab_host_hear(&h, h.now_us + 100000, &said);
	CHECK_EQ("session named", lab_get16_be(h.poke + SESSION_PORT), 50000);
	lab_host_respond(&h);
	CHECK(lab_host_hear(&h, h.now_us, &said));
	CHECK_EQ("same packet", said.id, 0);
	CHECK_EQ("numbers anew", h.clear.seq, 2);
	lab_host_end(&h);
}

static void test_replay(void)
{
	struct lab_host h;
	struct lab_heard said;

	start(&h, 0, 0);
	CHECK(lab_host_stop(&h, &said));
	uint64_t before = lab_stub_counters(h.stub)->replayed;

	CHECK(lab_host_ask(&h, LAB_API_GET_VERSION, NULL, NULL, 0, &said));
	lab_stub_feed(h.stub, h.now_us, h.datagram, h.datagram_len);
	CHECK_EQ("the same datagram", lab_stub_counters(h.stub)->replayed,
		 before + 1);
	lab_host_end(&h);
}

/* Its own words, come back to it, are nobody's. */
static void test_reflection(void)
{
	struct lab_host h;
	struct lab_heard said;

	start(&h, 0, 0);
	h.mute = true;
	CHECK(!lab_host_hear(&h, 0, &said));
	uint8_t own[LAB_DATAGRAM_MAX];
	size_t len;

	lab_host_respond(&h);
	len = lab_stub_pull(h.stub, 0, own, sizeof(own));
	CHECK(len > 0);
	lab_stub_feed(h.stub, 0, own, len);
	CHECK_EQ(NULL, lab_stub_counters(h.stub)->not_authentic, 1);
	lab_host_end(&h);
}

/* While it works it hears nothing, and what does not fit is lost. */
static void test_receive_ring(void)
{
	struct lab_host h;
	struct lab_heard said;

	start(&h, 1000000, 4);
	CHECK(lab_host_stop(&h, &said));
	CHECK(lab_host_ask(&h, LAB_API_GET_VERSION, NULL, NULL, 0, NULL));
	for (int i = 0; i < 7; i++)
		lab_host_control(&h, LAB_PACKET_ACKNOWLEDGE, 1);
	CHECK_EQ("lost", lab_stub_counters(h.stub)->ring_dropped, 3);
	uint64_t asked = h.now_us;

	CHECK(lab_host_take(&h, LAB_PACKET_MANIPULATE, &said));
	CHECK_EQ("service time", h.now_us - asked, 1000000);
	lab_host_end(&h);
}

static void test_hold_for(void)
{
	static const uint8_t other[4] = { 10, 0, 0, 9 };
	struct lab_host h;
	struct lab_heard said;

	start(&h, 0, 0);
	lab_stub_hold_for(h.stub, other, 50009);
	h.mute = true;
	while (h.pokes < 2)
		(void)lab_host_hear(&h, h.now_us + 1000000, &said);
	CHECK_EQ("port", lab_get16_be(h.poke + SESSION_PORT), 50009);
	CHECK(!memcmp(h.poke + 82, other, 4));
	lab_host_respond(&h);
	CHECK(lab_host_hear(&h, h.now_us, &said));
	CHECK_EQ("taken over", said.type, LAB_PACKET_DEBUG_IO);
	lab_host_end(&h);
}

static void test_reboot(void)
{
	struct lab_host h;
	struct lab_heard said;

	start(&h, 0, 0);
	CHECK(lab_host_stop(&h, &said));
	CHECK(said.id > 0);
	lab_stub_reboot(h.stub, h.now_us);
	h.mute = true;
	unsigned pokes = h.pokes;

	CHECK(!lab_host_hear(&h, h.now_us + 999999, &said));
	CHECK_EQ("dark", h.pokes, pokes);
	CHECK(!lab_host_hear(&h, h.now_us + 1, &said));
	CHECK_EQ("up", h.pokes, pokes + 1);
	CHECK_EQ("port", lab_get16_be(h.poke + SESSION_PORT), 0);
	lab_host_respond(&h);
	CHECK(lab_host_hear(&h, h.now_us, &said));
	CHECK_EQ("ids anew", said.id, 0);
	h.id = LAB_NET_HOST_ID;
	h.mute = false;
	CHECK(lab_host_stop(&h, &said));
	lab_host_end(&h);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "vectors", test_vectors },
		{ "keys", test_keys },
		{ "pokes", test_pokes },
		{ "response must fit", test_response_must_fit },
		{ "new key", test_new_key_repeats_what_waits },
		{ "replay", test_replay },
		{ "reflection", test_reflection },
		{ "receive ring", test_receive_ring },
		{ "held by another", test_hold_for },
		{ "reboot", test_reboot },
	};

	return check_run("lab kdnet", tests, sizeof(tests) / sizeof(tests[0]));
}
