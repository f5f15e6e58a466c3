/* The wire over a byte stream. */

#include "check.h"
#include "kd_framer.h"
#include "wire_bench.h"

#include <stdlib.h>
#include <string.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static const struct kd_wire_config stream = { .kind = KD_LINK_STREAM };

/* Pull and send until there is nothing; '/' between the stretches. */
static void pull_all(struct wire_bench *b)
{
	while (wire_bench_pull(b))
		strcat(b->text, "/ ");
}

static void test_ack_and_request_leave_together(void)
{
	struct wire_bench b;

	wire_bench_start(&b, &stream);
	wire_bench_feed_packet(&b, KD_PKT_STATE_CHANGE64, 0x80800800, 's');
	CHECK_EQ(NULL, wire_bench_send(&b, 'q'), KD_OK);
	pull_all(&b);
	wire_bench_feed_packet(&b, KD_PKT_ACKNOWLEDGE, 0x80800000, 0);
	wire_bench_feed_packet(&b, KD_PKT_STATE_MANIPULATE, 0x80800001, 'q');
	CHECK_EQ(NULL, wire_bench_send(&b, 'r'), KD_OK);
	pull_all(&b);
	CHECK_TEXT(NULL, b.text,
		   "R P7s A80800000 2:80800000q / "
		   "D P2q A80800001 2:80800001r / ");
	CHECK(kd_wire_is_busy(b.wire));
	wire_bench_end(&b);
}

static void test_break_in_goes_alone(void)
{
	struct wire_bench b;

	wire_bench_start(&b, &stream);
	wire_bench_feed_packet(&b, KD_PKT_DEBUG_IO, 0x80800000, 'p');
	kd_wire_break_in(b.wire, 0);
	kd_wire_break_in(b.wire, 0);
	pull_all(&b);
	CHECK_TEXT(NULL, b.text, "P3p A80800000 / b / ");
	wire_bench_end(&b);
}

/* The link takes a byte at a time; a break-in does not get into a packet. */
static void test_partial_sends(void)
{
	struct wire_bench b;
	struct kd_wire_output out;
	uint8_t bytes[128];
	size_t len = 0;

	wire_bench_start(&b, &stream);
	kd_wire_tick(b.wire, 0);
	CHECK_EQ(NULL, wire_bench_send(&b, 'q'), KD_OK);
	while (len < 40 && kd_wire_pull(b.wire, len, &out)) {
		bytes[len++] = out.chunk[0].bytes[0];
		kd_wire_sent(b.wire, len, 1);
		if (len == 10)
			kd_wire_break_in(b.wire, len);
		/* no repetition is due while it is still leaving */
		if (len < KD_HEADER_SIZE + WIRE_BENCH_FILL + 1)
			CHECK(kd_wire_deadline(b.wire) == 3000000);
		else
			CHECK_EQ("deadline", kd_wire_deadline(b.wire),
				 25 + 1500000);
	}
	CHECK_EQ("bytes", len, KD_HEADER_SIZE + WIRE_BENCH_FILL + 2);
	CHECK_EQ("trailer", bytes[len - 2], KD_TRAILER);
	CHECK_EQ("break-in", bytes[len - 1], KD_BREAKIN);
	CHECK_EQ("counted", kd_wire_counters(b.wire)->bytes_out, len);
	wire_bench_end(&b);
}

static void test_many_packets_in_one_feed(void)
{
	static uint8_t bytes[64 * 200];
	struct kd_writer out = kd_writer_over(bytes, sizeof(bytes));
	struct kd_wire_event e;
	struct wire_bench b;
	unsigned count = 0;

	for (unsigned i = 0; i < 200; i++) {
		wire_bench_put(&out, KD_PKT_DEBUG_IO, 0x80800000 | (i & 1),
			       'p');
		kd_write_u8(&out, KD_TRAILER);
	}
	wire_bench_start(&b, &stream);
	kd_wire_feed(b.wire, 0, NULL, bytes, out.pos);
	while (kd_wire_next(b.wire, 0, &e))
		count += e.kind == KD_WIRE_PACKET;
	CHECK_EQ(NULL, count, 200);
	CHECK_EQ(NULL, kd_wire_counters(b.wire)->packets_in, 200);
	wire_bench_end(&b);
}

static const struct {
	const char *name;
	unsigned baud;
	uint64_t limit_us;
} gap_rows[] = {
	{ "rule 13: not known", 0, 500000 },
	{ "rule 13: 115200", 115200, 500000 },
	{ "rule 13: 921600", 921600, 500000 },
	{ "rule 13: 9600", 9600, 6000000 },
};

/* Half a packet: given up after silence, asked for, and found again. */
static void test_half_a_packet(void)
{
	uint8_t bytes[64];
	struct kd_writer out = kd_writer_over(bytes, sizeof(bytes));

	wire_bench_put(&out, KD_PKT_DEBUG_IO, 0x80800000, 'p');
	for (size_t i = 0; i < COUNT(gap_rows); i++) {
		const struct kd_wire_config config = {
			.kind = KD_LINK_STREAM, .baud = gap_rows[i].baud
		};
		const char *name = gap_rows[i].name;
		struct wire_bench b;

		wire_bench_start(&b, &config);
		wire_bench_run(&b, 1000);
		wire_bench_feed(&b, NULL, bytes, 20);
		CHECK_EQ(name, kd_wire_deadline(b.wire),
			 1000 + gap_rows[i].limit_us);
		wire_bench_run(&b, 1000 + gap_rows[i].limit_us - 1);
		CHECK_ROW(name, !wire_bench_pull(&b));
		wire_bench_run(&b, 1000 + gap_rows[i].limit_us);
		pull_all(&b);
		wire_bench_feed_packet(&b, KD_PKT_DEBUG_IO, 0x80800000, 'p');
		pull_all(&b);
		CHECK_TEXT(name, b.text, "S0 / P3p A80800000 / ");
		wire_bench_end(&b);
	}
}

/*
 * A header that noise made claims more than comes, and the target sends the
 * same packet again before each gap is over: it is heard nevertheless.
 */
static void test_false_header(void)
{
	static const uint8_t header[KD_HEADER_SIZE] = {
		0x30, 0x30, 0x30, 0x30, 2, 0, 0xa0, 0x0f, /* 4000 bytes */
	};

	for (size_t i = 0; i < COUNT(gap_rows); i++) {
		const struct kd_wire_config config = {
			.kind = KD_LINK_STREAM, .baud = gap_rows[i].baud
		};
		uint64_t step = gap_rows[i].limit_us * 9 / 10;
		struct wire_bench b;
		unsigned sent = 0;

		wire_bench_start(&b, &config);
		wire_bench_feed(&b, NULL, header, sizeof(header));
		while (!strstr(b.text, "P3p") && sent++ < 20) {
			wire_bench_feed_packet(&b, KD_PKT_DEBUG_IO, 0x80800000,
					       'p');
			wire_bench_run(&b, b.now_us + step);
		}
		CHECK_ROW(gap_rows[i].name, strstr(b.text, "P3p") != NULL);
		/* at most 4000 bytes at 9600 baud, and a gap */
		CHECK_ROW(gap_rows[i].name, b.now_us < 12000000);
		wire_bench_end(&b);
	}
}

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

// clang-format off
static const struct {
	const char *name;
	const uint8_t *bytes;
	size_t len;
	const char *want;
} damage_rows[] = {
	{ "wrong checksum", BYTES("00002\0\1\0\0\0\x80\x80\x07\0\0\0\6\xaa"), "S0 / " },
	{ "wrong trailer", BYTES("0000\2\0\1\0\0\0\x80\x80\6\0\0\0\6\xab"), "S0 / " },
	{ "impossible header", BYTES("0000\2\0\xff\xff\0\0\0\0\0\0\0\0"), "" },
	{ "control of an unknown type", BYTES("iiii\x09\0\0\0\0\0\0\0\0\0\0\0"), "" },
	{ "noise", BYTES("\xff\xfe\x00\x80"), "" },
	{ "damaged, and repeated at once", BYTES("0000\2\0\1\0\0\0\x80\x80\7\0\0\0\6\xaa"
						 "0000\2\0\1\0\0\0\x80\x80\6\0\0\0\6\xaa"), "P2\6 A80800000 / " },
};

/* What arrives when nothing is right; the numbers are the notices'. */
static const struct {
	const char *name;
	const char *first, *then; /* 64 bytes of the one, many of the other */
	const char *want;
} noise_rows[] = {
	{ "nothing", "", "", "N1 " },
	{ "firmware text", "Boot\r\n..", "12345678", "N8 " },
	{ "noise", "\xf0\x80\xfe\x1e\xf0\x80\xfe\x1e", "\xf0\x80\xfe\x1e\xf0\x80\xfe\x1e", "N9 " },
	{ "text with a few odd letters", "Men\xfc...\n", "Men\xfc...\n", "N8 " },
	{ "text, then noise", "Boot\r\n..", "\xf0\x80\xfe\x1e\xf0\x80\xfe\x1e", "N8 N9 " },
};
// clang-format on

static void test_damage(void)
{
	for (size_t i = 0; i < COUNT(damage_rows); i++) {
		struct wire_bench b;

		wire_bench_start(&b, &stream);
		wire_bench_run(&b, 0);
		wire_bench_feed(&b, NULL, damage_rows[i].bytes,
				damage_rows[i].len);
		wire_bench_run(&b, 2000000);
		pull_all(&b);
		CHECK_TEXT(damage_rows[i].name, b.text, damage_rows[i].want);
		wire_bench_end(&b);
	}
}

static void test_reasons_for_silence(void)
{
	for (size_t i = 0; i < COUNT(noise_rows); i++) {
		const uint8_t *first = (const uint8_t *)noise_rows[i].first;
		const uint8_t *then = (const uint8_t *)noise_rows[i].then;
		struct wire_bench b;

		wire_bench_start(&b, &stream);
		wire_bench_run(&b, 0);
		for (size_t n = 0; *first && n < 320; n += 8)
			wire_bench_feed(&b, NULL, n < 64 ? first : then, 8);
		wire_bench_run(&b, 2999999);
		if (!*first)
			CHECK_TEXT(noise_rows[i].name, b.text, "");
		wire_bench_run(&b, 10000000);
		CHECK_TEXT(noise_rows[i].name, b.text, noise_rows[i].want);
		wire_bench_end(&b);
	}
}

/* Send as an attaching session does, and return what a peer would. */
static void test_echo(void)
{
	static const uint8_t reset[16] = { 'i', 'i', 'i', 'i', 6 };
	static const uint8_t breakin[] = { KD_BREAKIN };
	struct wire_bench b;

	wire_bench_start(&b, &stream);
	wire_bench_run(&b, 0);
	for (int i = 0; i < 3; i++) {
		kd_wire_break_in(b.wire, 0);
		pull_all(&b);
		wire_bench_feed(&b, NULL, breakin, 1);
		kd_wire_reset(b.wire, 0);
		pull_all(&b);
		wire_bench_feed(&b, NULL, reset, sizeof(reset));
	}
	CHECK_TEXT("loopback", b.text, "b / R0 / N10 R b / R0 / R b / R0 / R ");
	CHECK_EQ("loopback", kd_wire_counters(b.wire)->resets_out, 3);
	CHECK(!kd_wire_is_synchronised(b.wire));
	wire_bench_end(&b);

	wire_bench_start(&b, &stream);
	for (int i = 0; i < 3; i++) {
		kd_wire_break_in(b.wire, 0);
		kd_wire_reset(b.wire, 0);
		pull_all(&b);
		wire_bench_feed(&b, NULL, reset, sizeof(reset));
	}
	CHECK_TEXT("a target", b.text, "R0 / b / R R0 / b / R R0 / b / R ");
	wire_bench_feed_packet(&b, KD_PKT_STATE_CHANGE64, 0x80800000, 's');
	CHECK(kd_wire_is_synchronised(b.wire));
	wire_bench_end(&b);
}

static void test_unanswered_is_told_once(void)
{
	struct wire_bench b;

	wire_bench_start(&b, &stream);
	wire_bench_feed_packet(&b, KD_PKT_STATE_CHANGE64, 0x80800000, 's');
	for (int i = 0; i < 2; i++) {
		CHECK_EQ(NULL, wire_bench_send(&b, 'q'), KD_OK);
		for (int t = 0; t < 9; t++) {
			pull_all(&b);
			b.text[0] = 0;
			wire_bench_run(&b, b.now_us + 1500000);
		}
		CHECK_TEXT(NULL, b.text, i ? "U " : "U N11 ");
		CHECK(!kd_wire_is_busy(b.wire));
	}
	wire_bench_end(&b);
}

struct traced {
	uint8_t bytes[2][128];
	size_t len[2];
};

static void trace(void *ctx, uint64_t now_us, bool outgoing,
		  const struct kd_endpoint *peer, const uint8_t *bytes,
		  size_t len)
{
	struct traced *t = ctx;

	(void)now_us;
	CHECK(peer == NULL);
	memcpy(t->bytes[outgoing] + t->len[outgoing], bytes, len);
	t->len[outgoing] += len;
}

static void test_trace_sees_what_crosses(void)
{
	struct traced t = { .len = { 0 } };
	const struct kd_wire_config config = { .kind = KD_LINK_STREAM,
					       .trace = { trace, &t } };
	struct kd_wire_output out;
	struct wire_bench b;

	wire_bench_start(&b, &config);
	wire_bench_feed(&b, NULL, (const uint8_t *)"xyz", 3);
	kd_wire_reset(b.wire, 0);
	CHECK(kd_wire_pull(b.wire, 0, &out));
	CHECK_EQ("not before it is sent", t.len[1], 0);
	kd_wire_sent(b.wire, 0, 5);
	CHECK_EQ("only what is sent", t.len[1], 5);
	pull_all(&b);
	CHECK_EQ("all", t.len[1], KD_HEADER_SIZE);
	CHECK_EQ("in", t.len[0], 3);
	CHECK(!memcmp(t.bytes[1], "iiii\6", 5));
	wire_bench_end(&b);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "ACK and request", test_ack_and_request_leave_together },
		{ "break-in", test_break_in_goes_alone },
		{ "partial sends", test_partial_sends },
		{ "many packets", test_many_packets_in_one_feed },
		{ "half a packet", test_half_a_packet },
		{ "false header", test_false_header },
		{ "damage", test_damage },
		{ "reasons for silence", test_reasons_for_silence },
		{ "echo", test_echo },
		{ "unanswered", test_unanswered_is_told_once },
		{ "trace", test_trace_sees_what_crosses },
	};

	return check_run("wire", tests, COUNT(tests));
}
