#include "check.h"
#include "kd_manipulate.h"
#include "kd_tap.h"

#define MAPPED(last)                                                           \
	{                                                                      \
		[10] = 0xff, [11] = 0xff, [12] = 10, [15] = (last)             \
	}

static const struct kd_endpoint host = { MAPPED(1), 50000, 0 };
static const struct kd_endpoint target = { MAPPED(2), 50000, 0 };

/* Makes the datagrams of both sides. */
struct talk {
	struct kd_crypto *crypto;
	struct kd_net_key key;
	struct kd_tap *tap;
	struct kd_endpoint host, target;
	uint64_t seq;
	uint8_t datagram[KD_NET_DATAGRAM_MAX];
	size_t len;
};

static void begin(struct talk *t)
{
	struct kd_detail detail;

	*t = (struct talk){ .host = host, .target = target };
	CHECK(kd_crypto_create(NULL, &t->crypto) == KD_OK);
	CHECK(kd_net_key_parse("1.2.3.4", &detail, &t->key) == KD_OK);
	CHECK(kd_tap_create(NULL, &t->key, &t->tap) == KD_OK);
}

static void end(struct talk *t)
{
	kd_crypto_destroy(t->crypto);
	kd_tap_destroy(t->tap);
}

/* The body of response n, and the data key that comes of it. */
static void make_response(const struct talk *t, unsigned n,
			  uint8_t body[KD_NET_RESPONSE_SIZE],
			  uint8_t data_key[KD_NET_KEY_SIZE])
{
	uint8_t client_key[KD_NET_NONCE_SIZE] = { 7 };
	uint8_t host_key[KD_NET_NONCE_SIZE] = { (uint8_t)n, (uint8_t)(n >> 8) };

	kd_net_response_encode(client_key, host_key, body);
	CHECK(kd_net_data_key(t->crypto, &t->key, body, data_key) == KD_OK);
}

/* Seal a body and let the tap hear it. */
static struct kd_tap_message hear(struct talk *t, bool from_host,
				  uint8_t channel,
				  const uint8_t key[KD_NET_KEY_SIZE],
				  const void *body, size_t len)
{
	struct kd_net_plain plain = { .version = 4,
				      .channel = channel,
				      .seq = ++t->seq,
				      .from_host = from_host,
				      .body = body,
				      .len = len };
	struct kd_tap_message m = { 0 };

	CHECK(kd_net_seal(t->crypto, key, t->key.hmac, &plain, t->datagram,
			  sizeof(t->datagram), &t->len) == KD_OK);
	CHECK(kd_tap_datagram(t->tap, from_host ? &t->host : &t->target,
			      from_host ? &t->target : &t->host, t->datagram,
			      t->len, &m) == KD_OK);
	return m;
}

static struct kd_tap_message hear_response(struct talk *t, unsigned n)
{
	uint8_t body[KD_NET_RESPONSE_SIZE], data_key[KD_NET_KEY_SIZE];

	make_response(t, n, body, data_key);
	return hear(t, true, KD_NET_CONTROL, t->key.control, body,
		    sizeof(body));
}

/* An ACK under the key of response n. */
static struct kd_tap_message hear_data(struct talk *t, unsigned n)
{
	static const uint8_t ack[] = { 0x69, 0x69, 0x69, 0x69, 4, 0, 0, 0,
				       2,    0,	   0,	 0,    0, 0, 0, 0 };
	uint8_t body[KD_NET_RESPONSE_SIZE], data_key[KD_NET_KEY_SIZE];

	make_response(t, n, body, data_key);
	return hear(t, false, KD_NET_DATA, data_key, ack, sizeof(ack));
}

// clang-format off
static const struct {
	const char *name;
	/*
	 * Letters: "R3" is response 3; "d3" is data under its key that must
	 * authenticate, "p3" as well and be the first under it, "x3" must not.
	 */
	const char *steps;
} key_rows[] = {
	{ "one key",                       "R1 p1 d1" },
	{ "data before any response",      "x1 R1 p1" },
	{ "data under another key",        "R1 x2" },
	{ "re-key",                        "R1 p1 R2 p2 d2" },
	{ "the old key goes on meanwhile", "R1 p1 R2 d1 d1 p2" },
	{ "late data under the old key",   "R1 p1 R2 p2 p1 p2" },
	{ "the response is repeated",      "R1 p1 R1 d1 R1 d1" },
	{ "repeated after a re-key",       "R1 p1 R2 p2 R1 d2" },
	{ "repeats push no other out",     "R1 p1 R2 R3 R3 R3 R3 R3 R3 p2" },
	{ "the first response is lost",    "R1 R2 p2 d2" },
	{ "the second is lost",            "R1 R2 p1 d1" },
	{ "all lost but the last",         "R1 R2 R3 R4 R5 R6 R7 p7" },
	{ "many lost: the key in use stays", "R1 p1 R2 R3 R4 R5 R6 R7 R8 d1 p8" },
	{ "an offer that is too old",      "R1 p1 R2 R3 R4 R5 R6 x2 p6" },
	{ "back to the key before",        "R1 p1 R2 p2 R3 p3 p2 p1" },
};
// clang-format on

static void run_step(const char *name, struct talk *t, char what, unsigned n)
{
	struct kd_tap_message m;

	if (what == 'R') {
		m = hear_response(t, n);
		CHECK_EQ(name, m.kind, KD_TAP_RESPONSE);
		CHECK_ROW(name, m.authentic && m.from_host && !m.rekeyed);
		return;
	}
	m = hear_data(t, n);
	CHECK_EQ(name, m.authentic, what != 'x');
	CHECK_EQ(name, m.rekeyed, what == 'p');
	CHECK_EQ(name, m.kind, what == 'x' ? KD_TAP_OTHER : KD_TAP_PACKET);
	if (what == 'x')
		return;
	CHECK_EQ(name, m.seq, t->seq);
	CHECK_EQ(name, m.header.type, KD_PKT_ACKNOWLEDGE);
	CHECK_ROW(name, !m.from_host && m.checksum_ok && m.version == 4);
}

static void test_keys(void)
{
	for (size_t i = 0; i < sizeof(key_rows) / sizeof(key_rows[0]); i++) {
		struct talk t;

		begin(&t);
		for (const char *at = key_rows[i].steps; *at; at += 2) {
			at += *at == ' ';
			run_step(key_rows[i].name, &t, at[0],
				 (unsigned)(at[1] - '0'));
		}
		end(&t);
	}
}

static void test_why(void)
{
	struct kd_net_key other;
	struct kd_detail detail;
	struct kd_tap_message m;
	struct talk t;

	begin(&t);
	m = hear_data(&t, 1);
	CHECK_EQ("before any handshake", m.why, KD_TAP_WHY_UNKEYED);
	hear_response(&t, 1);
	m = hear_data(&t, 2);
	CHECK_EQ("unknown data key", m.why, KD_TAP_WHY_FOREIGN);
	CHECK(kd_net_key_parse("1.2.3.5", &detail, &other) == KD_OK);
	m = hear(&t, true, KD_NET_CONTROL, other.control, "", 0);
	CHECK_EQ("wrong key", m.why, KD_TAP_WHY_FOREIGN);
	m = hear(&t, true, KD_NET_CONTROL, t.key.control, "", 0);
	CHECK_EQ("contact", m.why, KD_TAP_WHY_CONTACT);
	CHECK_ROW("contact", m.authentic && m.from_host);
	m = hear(&t, false, KD_NET_CONTROL, t.key.control, "??", 2);
	CHECK_EQ("control of no known form", m.why, KD_TAP_WHY_BODY);
	t.datagram[t.len - 1] ^= 1;
	CHECK(kd_tap_datagram(t.tap, &target, &host, t.datagram, t.len, &m) ==
	      KD_OK);
	CHECK_EQ("a flipped bit", m.why, KD_TAP_WHY_FOREIGN);
	CHECK(kd_tap_datagram(t.tap, &target, &host, t.datagram, t.len - 1,
			      &m) == KD_OK);
	CHECK_EQ("a lost byte", m.why, KD_TAP_WHY_MALFORMED);
	CHECK(!m.authentic && m.kind == KD_TAP_OTHER);
	t.datagram[0] = 'm';
	CHECK_EQ("not KDNET",
		 kd_tap_datagram(t.tap, &target, &host, t.datagram, t.len, &m),
		 KD_E_FORMAT);
	CHECK_EQ("not even a header",
		 kd_tap_datagram(t.tap, &target, &host, (const uint8_t *)"MDBG",
				 4, &m),
		 KD_E_FORMAT);
	end(&t);
}

// clang-format off
#define HEAD(type, count, sum) "0000" type "\0" count "\0\x02\0\0\0" sum "\0\0\0"
static const struct {
	const char *name;
	bool from_host;
	const char *body;
	size_t len;
	enum kd_tap_kind kind;
	enum kd_tap_why why;
	bool checksum_ok;
} body_rows[] = {
	{ "break-in",           true, "b", 1, KD_TAP_BREAKIN, KD_TAP_WHY_NONE, false },
	{ "a target's one byte", false, "b", 1, KD_TAP_OTHER, KD_TAP_WHY_BODY, false },
	{ "another byte",       true, "c", 1, KD_TAP_OTHER, KD_TAP_WHY_BODY, false },
	{ "nothing",            true, "", 0, KD_TAP_OTHER, KD_TAP_WHY_BODY, false },
	{ "connection check",   false, "\0\0\0\0\0\0\0\0\x01\x02\xa8\xc0", 12, KD_TAP_OTHER, KD_TAP_WHY_CHECK, false },
	{ "data packet",        false, HEAD("\3", "\2", "\3") "\1\2", 18, KD_TAP_PACKET, KD_TAP_WHY_NONE, true },
	{ "more than it says",  false, HEAD("\3", "\2", "\3") "\1\2\xaa", 19, KD_TAP_PACKET, KD_TAP_WHY_NONE, true },
	{ "less than it says",  false, HEAD("\3", "\2", "\3") "\1", 17, KD_TAP_OTHER, KD_TAP_WHY_BODY, false },
	{ "wrong checksum",     false, HEAD("\3", "\2", "\4") "\1\2", 18, KD_TAP_PACKET, KD_TAP_WHY_NONE, false },
	{ "half a header",      false, "0000\3\0\2", 7, KD_TAP_OTHER, KD_TAP_WHY_BODY, false },
	{ "no leader",          false, "0001\3\0\0\0\2\0\0\0\0\0\0\0", 16, KD_TAP_OTHER, KD_TAP_WHY_BODY, false },
};
// clang-format on

static void test_bodies(void)
{
	uint8_t body[KD_NET_RESPONSE_SIZE], data_key[KD_NET_KEY_SIZE];
	struct talk t;

	begin(&t);
	hear_response(&t, 1);
	make_response(&t, 1, body, data_key);
	for (size_t i = 0; i < sizeof(body_rows) / sizeof(body_rows[0]); i++) {
		const char *name = body_rows[i].name;
		struct kd_tap_message m =
			hear(&t, body_rows[i].from_host, KD_NET_DATA, data_key,
			     body_rows[i].body, body_rows[i].len);

		CHECK_ROW(name, m.authentic);
		CHECK_EQ(name, m.from_host, body_rows[i].from_host);
		CHECK_EQ(name, m.kind, body_rows[i].kind);
		CHECK_EQ(name, m.why, body_rows[i].why);
		CHECK_EQ(name, m.checksum_ok, body_rows[i].checksum_ok);
	}
	end(&t);
}

static void test_poke(void)
{
	uint8_t body[KD_NET_POKE_SIZE] = { 1, 1 };
	struct kd_tap_message m;
	struct talk t;

	begin(&t);
	memcpy(body + 34, target.address, 16);
	body[50] = 0xc3;
	body[51] = 0x50;
	m = hear(&t, false, KD_NET_CONTROL, t.key.control, body, sizeof(body));
	CHECK_EQ(NULL, m.kind, KD_TAP_POKE);
	CHECK(kd_endpoint_equal(&m.poke.target, &target));
	/* a poke is the target's, a response the host's */
	m = hear(&t, true, KD_NET_CONTROL, t.key.control, body, sizeof(body));
	CHECK_EQ(NULL, m.kind, KD_TAP_OTHER);
	end(&t);
}

/* Two targets at once have keys of their own. */
static void test_conversations(void)
{
	struct talk t;

	begin(&t);
	hear_response(&t, 1);
	t.target.port = 50001;
	hear_response(&t, 2);
	CHECK(hear_data(&t, 2).authentic);
	CHECK(!hear_data(&t, 1).authentic);
	t.target.port = 50000;
	CHECK(hear_data(&t, 1).authentic);
	CHECK(!hear_data(&t, 2).authentic);
	end(&t);
}

/* The idlest of too many is given up, never one that talks. */
static void test_too_many_conversations(void)
{
	struct talk t;

	begin(&t);
	for (uint16_t i = 0; i <= KD_TAP_CONVERSATIONS; i++) {
		t.target.port = (uint16_t)(1000 + i);
		hear_response(&t, i);
		t.target.port = 1000;
		CHECK(hear_data(&t, 0).authentic);
	}
	t.target.port = 1001;
	CHECK_EQ(NULL, hear_data(&t, 1).why, KD_TAP_WHY_UNKEYED);
	t.target.port = 1002;
	CHECK(hear_data(&t, 2).authentic);
	end(&t);
}

/* The answer to GetVersion tells how Continue2 is laid out. */
static void test_arch(void)
{
	uint8_t response[KD_NET_RESPONSE_SIZE], data_key[KD_NET_KEY_SIZE];
	struct kd_manipulate m = { .api = KD_API_GET_VERSION };
	uint8_t body[KD_HEADER_SIZE + KD_MANIPULATE_SIZE];
	struct kd_writer w = kd_writer_over(body, sizeof(body));
	struct kd_packet_header h = { .leader = KD_LEADER_DATA,
				      .type = KD_PKT_STATE_MANIPULATE,
				      .byte_count = KD_MANIPULATE_SIZE };
	struct talk t;

	begin(&t);
	hear_response(&t, 1);
	make_response(&t, 1, response, data_key);
	CHECK_EQ(NULL, hear_data(&t, 1).arch, KD_ARCH_UNKNOWN);
	m.u.version.machine = KD_ARCH_ARM64;
	kd_write_zeros(&w, KD_HEADER_SIZE);
	kd_manipulate_encode(KD_ARCH_UNKNOWN, &m, &w);
	h.checksum =
		kd_packet_checksum(body + KD_HEADER_SIZE, KD_MANIPULATE_SIZE);
	w.pos = 0;
	kd_packet_header_encode(&h, &w);
	/* the host's question says nothing, whatever its fields hold */
	CHECK_EQ(NULL,
		 hear(&t, true, KD_NET_DATA, data_key, body, sizeof(body)).arch,
		 KD_ARCH_UNKNOWN);
	CHECK_EQ(
		NULL,
		hear(&t, false, KD_NET_DATA, data_key, body, sizeof(body)).arch,
		KD_ARCH_ARM64);
	CHECK_EQ(NULL, hear_data(&t, 1).arch, KD_ARCH_ARM64);
	end(&t);
}

static void test_without_key(void)
{
	static const uint8_t datagram[KD_NET_DATAGRAM_MIN] = "MDBG\4\1";
	struct kd_tap_message m;
	struct kd_tap *tap;

	CHECK(kd_tap_create(NULL, NULL, &tap) == KD_OK);
	CHECK(kd_tap_datagram(tap, &target, &host, datagram, sizeof(datagram),
			      &m) == KD_OK);
	CHECK_EQ(NULL, m.why, KD_TAP_WHY_NO_KEY);
	CHECK(!m.authentic);
	kd_tap_destroy(tap);
	kd_tap_destroy(NULL);
}

/* An allocator whose n-th allocation fails. */
struct scarce {
	unsigned until, live;
};

static void *scarce_alloc(void *ctx, size_t len)
{
	struct scarce *s = ctx;

	if (!s->until--)
		return NULL;
	s->live++;
	return kd_allocator_libc()->alloc(NULL, len);
}

static void scarce_release(void *ctx, void *ptr)
{
	struct scarce *s = ctx;

	s->live--;
	kd_allocator_libc()->release(NULL, ptr);
}

static void test_no_memory(void)
{
	struct kd_net_key key = { { 1 }, { 2 } };

	for (unsigned until = 0; until < 8; until++) {
		struct scarce s = { until, 0 };
		struct kd_allocator mem = { scarce_alloc, scarce_release, &s };
		struct kd_tap *tap = NULL;
		enum kd_status st = kd_tap_create(&mem, &key, &tap);

		CHECK(st == KD_OK || st == KD_E_NOMEM);
		CHECK(until || st == KD_E_NOMEM);
		CHECK(until < 7 || st == KD_OK);
		if (st == KD_OK)
			kd_tap_destroy(tap);
		CHECK_EQ(NULL, s.live, 0);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "keys", test_keys },
		{ "why", test_why },
		{ "bodies", test_bodies },
		{ "poke", test_poke },
		{ "conversations", test_conversations },
		{ "too many conversations", test_too_many_conversations },
		{ "architecture", test_arch },
		{ "without a key", test_without_key },
		{ "no memory", test_no_memory },
	};

	return check_run("tap", tests, sizeof(tests) / sizeof(tests[0]));
}
