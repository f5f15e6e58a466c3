/* The wire over KDNET: one packet in each datagram, sealed. */

#include "check.h"
#include "net_target.h"
#include "wire_bench.h"

#include <stdio.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct kd_endpoint host = { { [10] = 0xff, 0xff, 192, 168, 2, 1 },
					 50000,
					 0 };
static const struct kd_endpoint target = {
	{ [10] = 0xff, 0xff, 192, 168, 2, 2 }, 50000, 0
};
static const struct kd_endpoint nobody;

/* A wire and its target. */
struct pair {
	struct wire_bench b;
	struct net_target t;
	size_t key;	     /* of the target's responses, the one in use */
	uint64_t seq, heard; /* sent, and the highest that was received */
};

static bool pair_start(struct pair *p)
{
	*p = (struct pair){ .seq = 0 };
	if (!net_target_init(&p->t))
		return false;
	const struct kd_wire_config config = { .kind = KD_LINK_DATAGRAM,
					       .key = p->t.key };

	wire_bench_start(&p->b, &config);
	return true;
}

static void pair_end(struct pair *p)
{
	wire_bench_end(&p->b);
	net_target_deinit(&p->t);
}

static void poke(struct pair *p, uint8_t nonce,
		 const struct kd_endpoint *session)
{
	net_target_poke(&p->t, nonce, &target, &host, session);
	wire_bench_feed(&p->b, &target, p->t.wire, p->t.wire_len);
}

static void say_datagram(struct pair *p, const struct kd_chunk *c)
{
	uint8_t scratch[KD_NET_DATAGRAM_MAX];
	struct kd_net_plain plain;

	switch (net_target_feed(&p->t, c->bytes, c->len, &plain)) {
	case NET_TARGET_GOT_RESPONSE:
		p->key = p->t.responses - 1;
		p->heard = p->seq = 0;
		strcat(p->b.text, "response ");
		return;
	case NET_TARGET_GOT_NOTHING:
	case NET_TARGET_GOT_CONTACT:
	case NET_TARGET_GOT_REPEATED:
		break;
	}
	if (!CHECK(kd_net_open(p->t.crypto, p->t.data_keys[p->key],
			       p->t.key.hmac, c->bytes, c->len, scratch,
			       &plain) == KD_OK))
		return;
	CHECK_EQ("sequence", plain.seq, p->heard + 1);
	p->heard = plain.seq;
	wire_bench_say_packet(&p->b, plain.body, plain.len);
}

/* Pull all; '/' between the batches. The link takes @p at_once datagrams. */
static void pull_some(struct pair *p, size_t at_once)
{
	struct kd_wire_output out;

	while (kd_wire_pull(p->b.wire, p->b.now_us, &out)) {
		size_t n = at_once < out.count ? at_once : out.count;

		CHECK(kd_endpoint_equal(&out.to, &target));
		for (size_t i = 0; i < n; i++)
			say_datagram(p, &out.chunk[i]);
		kd_wire_sent(p->b.wire, p->b.now_us, n);
		strcat(p->b.text, "/ ");
	}
}

static void feed_body(struct pair *p, const uint8_t *body, size_t len)
{
	net_target_data(&p->t, p->key, ++p->seq, body, len);
	wire_bench_feed(&p->b, &target, p->t.wire, p->t.wire_len);
}

static void feed_packet(struct pair *p, uint16_t type, uint32_t id, char fill)
{
	uint8_t body[64];
	struct kd_writer out = kd_writer_over(body, sizeof(body));

	wire_bench_put(&out, type, id, fill);
	feed_body(p, body, out.pos);
}

static const uint8_t check12[KD_NET_CHECK_SIZE] = { [8] = 1, 2, 168, 192 };

/* From the first poke to the first packet; the text is then empty. */
static bool pair_attach(struct pair *p)
{
	if (!pair_start(p))
		return false;
	poke(p, 1, &nobody);
	pull_some(p, KD_WIRE_CHUNKS);
	feed_body(p, check12, sizeof(check12));
	pull_some(p, KD_WIRE_CHUNKS);
	feed_packet(p, KD_PKT_DEBUG_IO, 0, 'p');
	pull_some(p, KD_WIRE_CHUNKS);
	CHECK_TEXT("attach", p->b.text, "response / K1 S0 / P3p A0 / ");
	p->b.text[0] = 0;
	return true;
}

static void test_attach(void)
{
	struct pair p;

	if (!pair_start(&p))
		return;
	CHECK(!kd_wire_is_synchronised(p.b.wire));
	CHECK_EQ(NULL, kd_wire_peer(p.b.wire)->port, 0);
	CHECK_EQ(NULL, wire_bench_send(&p.b, 'q'), KD_E_STATE);
	pair_end(&p);

	if (!pair_attach(&p))
		return;
	CHECK(kd_wire_is_synchronised(p.b.wire));
	CHECK(kd_endpoint_equal(kd_wire_peer(p.b.wire), &target));
	pair_end(&p);
}

/* The 12-byte datagram is lost, a packet proves the key: no RESEND then. */
static void test_attach_by_packet(void)
{
	struct pair p;

	if (!pair_start(&p))
		return;
	poke(&p, 1, &nobody);
	pull_some(&p, KD_WIRE_CHUNKS);
	feed_packet(&p, KD_PKT_DEBUG_IO, 0, 'p');
	pull_some(&p, KD_WIRE_CHUNKS);
	CHECK_TEXT(NULL, p.b.text, "response / K1 P3p A0 / ");
	pair_end(&p);
}

static void test_attach_to_a_session(void)
{
	struct pair p;

	if (!pair_start(&p))
		return;
	poke(&p, 1, &host);
	pull_some(&p, KD_WIRE_CHUNKS);
	feed_body(&p, check12, sizeof(check12));
	kd_wire_reset(p.b.wire, 0);
	pull_some(&p, KD_WIRE_CHUNKS);
	feed_packet(&p, KD_PKT_RESET, 0x8a, 0);
	feed_packet(&p, KD_PKT_STATE_CHANGE64, 0x8a, 's');
	pull_some(&p, KD_WIRE_CHUNKS);
	CHECK_TEXT("rule 4", p.b.text, "response / K2 R80000000 / P7s A8a / ");
	pair_end(&p);
}

static void test_batches(void)
{
	static const size_t at_once[] = { 1, 2, KD_WIRE_CHUNKS };

	for (size_t i = 0; i < COUNT(at_once); i++) {
		struct pair p;

		if (!pair_attach(&p))
			return;
		feed_packet(&p, KD_PKT_STATE_CHANGE64, 2, 's');
		CHECK_EQ(NULL, wire_bench_send(&p.b, 'q'), KD_OK);
		kd_wire_break_in(p.b.wire, 0);
		pull_some(&p, at_once[i]);
		CHECK_TEXT(NULL, p.b.text,
			   at_once[i] == 1 ? "P7s A2 / 2:80000000q / b / "
					   : "P7s A2 2:80000000q / b / ");
		pair_end(&p);
	}
}

/* say_datagram() sees to it that each repetition has a new number. */
static void test_repetition_is_sealed_anew(void)
{
	struct pair p;

	if (!pair_attach(&p))
		return;
	CHECK_EQ(NULL, wire_bench_send(&p.b, 'q'), KD_OK);
	pull_some(&p, KD_WIRE_CHUNKS);
	for (int i = 0; i < 3; i++) {
		wire_bench_run(&p.b, p.b.now_us + 500000);
		pull_some(&p, KD_WIRE_CHUNKS);
	}
	feed_packet(&p, KD_PKT_ACKNOWLEDGE, 0x80000000, 0);
	CHECK_TEXT(NULL, p.b.text,
		   "2:80000000q / 2:80000000q / 2:80000000q / 2:80000000q / "
		   "D ");
	CHECK_EQ(NULL, kd_wire_counters(p.b.wire)->retransmitted, 3);
	pair_end(&p);
}

static void test_another_boot(void)
{
	struct pair p;

	if (!pair_attach(&p))
		return;
	CHECK_EQ(NULL, wire_bench_send(&p.b, 'q'), KD_OK);
	pull_some(&p, KD_WIRE_CHUNKS);
	poke(&p, 9, &nobody);
	pull_some(&p, KD_WIRE_CHUNKS);
	feed_packet(&p, KD_PKT_DEBUG_IO, 0, 'b');
	CHECK_EQ("what was outstanding is forgotten", kd_wire_is_busy(p.b.wire),
		 false);
	CHECK_EQ(NULL, wire_bench_send(&p.b, 'r'), KD_OK);
	pull_some(&p, KD_WIRE_CHUNKS);
	CHECK_TEXT("another boot", p.b.text,
		   "2:80000000q / response / K4 P3b A0 2:80000000r / ");
	pair_end(&p);
}

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

// clang-format off
static const struct {
	const char *name;
	const uint8_t *body;
	size_t len;
	const char *want;
} body_rows[] = {
	{ "nothing", BYTES(""), "" },
	{ "a break-in byte", BYTES("b"), "" },
	{ "one byte less than a header", BYTES("0000\3\0\0\0\2\0\0\0\0\0\0"), "" },
	{ "no payload", BYTES("0000\3\0\0\0\2\0\0\0\0\0\0\0"), "P3- A2 / " },
	{ "a payload", BYTES("0000\3\0\1\0\2\0\0\0x\0\0\0x"), "P3x A2 / " },
	{ "more than ByteCount", BYTES("0000\3\0\1\0\2\0\0\0x\0\0\0xyz"), "P3x A2 / " },
	{ "rule 13: ByteCount past the body", BYTES("0000\3\0\2\0\2\0\0\0x\0\0\0x"), "S0 / " },
	{ "wrong checksum", BYTES("0000\3\0\1\0\2\0\0\0y\0\0\0x"), "S0 / " },
	{ "control packet", BYTES("iiii\5\0\0\0\0\0\0\0\0\0\0\0"), "A0 / " },
	{ "control packet of an unknown type", BYTES("iiii\x0b\0\0\0\0\0\0\0\0\0\0\0"), "" },
	{ "control packet with a payload", BYTES("iiii\5\0\1\0\0\0\0\0\0\0\0\0x"), "" },
	{ "another leader", BYTES("0i0i\3\0\0\0\2\0\0\0\0\0\0\0"), "" },
};
// clang-format on

static void test_bodies(void)
{
	for (size_t i = 0; i < COUNT(body_rows); i++) {
		struct pair p;

		if (!pair_attach(&p))
			return;
		feed_body(&p, body_rows[i].body, body_rows[i].len);
		pull_some(&p, KD_WIRE_CHUNKS);
		CHECK_TEXT(body_rows[i].name, p.b.text, body_rows[i].want);
		pair_end(&p);
	}
}

/* The largest both ways: a whole context (KD-WIRE 2.9). */
static void test_sizes(void)
{
	static uint8_t big[KD_HEADER_SIZE + 1512];
	struct kd_writer out = kd_writer_over(big, sizeof(big));
	const struct kd_packet_header h = { .leader = KD_LEADER_DATA,
					    .type = KD_PKT_STATE_MANIPULATE,
					    .byte_count = 1512,
					    .id = 2,
					    .checksum = 1512 * 'x' };
	struct pair p;

	memset(big, 'x', sizeof(big));
	kd_packet_header_encode(&h, &out);
	if (!pair_attach(&p))
		return;
	feed_body(&p, big, sizeof(big));
	CHECK_TEXT("received", p.b.text, "P2x ");
	CHECK_EQ("received", kd_wire_counters(p.b.wire)->packets_in, 2);
	CHECK_EQ("1288",
		 kd_wire_send(p.b.wire, 0, KD_PKT_STATE_MANIPULATE, big, 1288,
			      0),
		 KD_OK);
	CHECK_EQ("1289",
		 kd_wire_send(p.b.wire, 0, KD_PKT_STATE_MANIPULATE, big, 1289,
			      0),
		 KD_E_SPACE);
	CHECK(kd_wire_is_busy(p.b.wire));
	kd_wire_drop_outstanding(p.b.wire);
	CHECK(!kd_wire_is_busy(p.b.wire));
	pair_end(&p);
}

static void test_silence(void)
{
	struct pair p;

	if (!pair_start(&p))
		return;
	wire_bench_run(&p.b, 0);
	wire_bench_run(&p.b, 10000000);
	CHECK_TEXT(NULL, p.b.text, "N1 ");
	pair_end(&p);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "attach", test_attach },
		{ "attach by packet", test_attach_by_packet },
		{ "attach to a session", test_attach_to_a_session },
		{ "batches", test_batches },
		{ "repetition", test_repetition_is_sealed_anew },
		{ "another boot", test_another_boot },
		{ "bodies", test_bodies },
		{ "sizes", test_sizes },
		{ "silence", test_silence },
	};

	return check_run("wire_net", tests, COUNT(tests));
}
