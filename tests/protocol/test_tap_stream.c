#include "check.h"
#include "kd_tap.h"

#include <stdio.h>

// clang-format off
#define ACK   "iiii\4\0\0\0\0\0\x80\x80\0\0\0\0"
#define PRINT "0000\3\0\4\0\0\0\x80\x80\x0a\0\0\0" "\1\2\3\4" "\xaa"
#define BAD   "0000\3\0\4\0\0\0\x80\x80\x0b\0\0\0" "\1\2\3\4" "\xaa"
#define OPEN  "0000\3\0\4\0\0\0\x80\x80\x0a\0\0\0" "\1\2\3\4" "\xab"
#define BYTES(text) text, sizeof(text) - 1

/*
 * What is told, a letter each: A an ACK, P the print, B a break-in, n noise
 * with its length, c a wrong checksum, t a missing trailer, / the rest missing.
 */
static const struct {
	const char *name;
	bool from_host;
	const char *bytes;
	size_t len;
	const char *told;
} rows[] = {
	{ "nothing",                  false, BYTES(""), "" },
	{ "two packets",              false, BYTES(PRINT ACK), "PA" },
	{ "the host's",               true, BYTES(ACK PRINT), "AP" },
	{ "noise first",              false, BYTES("hello" PRINT), "n5P" },
	{ "noise last",               false, BYTES(PRINT "hello"), "Pn5" },
	{ "noise between",            false, BYTES(PRINT "000" ACK), "Pn3A" },
	{ "only noise",               false, BYTES("login: "), "n7" },
	{ "half a header",            false, BYTES("0000\3\0"), "n6" },
	{ "the rest is missing",      false, BYTES("0000\3\0\4\0\0\0\x80\x80\x0a\0\0\0\1"), "/n17" },
	{ "a packet in a torn one",   false, BYTES("0000\3\0\xff\0\0\0\x80\x80\x0a\0\0\0" ACK), "/n16A" },
	{ "wrong checksum",           false, BYTES(BAD ACK), "cn21A" },
	{ "no trailer",               false, BYTES(OPEN ACK), "tn21A" },
	{ "a target's 0x62 is noise", false, BYTES("b"), "n1" },
	{ "break-in in one stretch",  true, BYTES("bb"), "BB" },
	{ "0x62 before a packet",     true, BYTES("b" ACK), "n1A" },
};
// clang-format on

/* Take what there is; append it to @p told. */
static void drain(struct kd_tap *tap, bool from_host, char *told, size_t cap)
{
	static const char damage[] = {
		[KD_TAP_WHY_CHECKSUM] = 'c',
		[KD_TAP_WHY_TRAILER] = 't',
		[KD_TAP_WHY_CUT] = '/',
	};
	struct kd_tap_message m;

	while (kd_tap_next(tap, &m)) {
		size_t used = strlen(told);

		CHECK_EQ(NULL, m.from_host, from_host);
		CHECK(!m.authentic);
		if (m.kind == KD_TAP_BREAKIN)
			snprintf(told + used, cap - used, "B");
		else if (m.why == KD_TAP_WHY_NOISE)
			snprintf(told + used, cap - used, "n%zu", m.len);
		else if (m.kind == KD_TAP_OTHER)
			snprintf(told + used, cap - used, "%c", damage[m.why]);
		else
			snprintf(told + used, cap - used,
				 m.header.type == KD_PKT_ACKNOWLEDGE ? "A"
								     : "P");
	}
}

static void check_row_in_pieces(size_t row, size_t piece)
{
	const char *bytes = rows[row].bytes;
	char told[128] = "";
	struct kd_tap *tap;

	CHECK(kd_tap_create(NULL, NULL, &tap) == KD_OK);
	for (size_t at = 0; at < rows[row].len; at += piece) {
		size_t left = rows[row].len - at;

		kd_tap_feed(tap, rows[row].from_host,
			    (const uint8_t *)bytes + at,
			    left < piece ? left : piece);
		drain(tap, rows[row].from_host, told, sizeof(told));
	}
	kd_tap_finish(tap);
	drain(tap, rows[row].from_host, told, sizeof(told));
	CHECK_TEXT(rows[row].name, told, rows[row].told);
	kd_tap_destroy(tap);
}

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		check_row_in_pieces(i, 1000);
}

/* Cut anywhere, a target's stream says the same. */
static void test_pieces(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		for (size_t piece = 1; piece < 40 && !rows[i].from_host;
		     piece++)
			check_row_in_pieces(i, piece);
	}
}

/* A 0x62 that arrives within a packet is part of it. */
static void test_breakin_within(void)
{
	static const uint8_t packet[] = "0000\3\0\1\0\0\0\x80\x80"
					"b\0\0\0"
					"b\xaa";
	struct kd_tap_message m;
	struct kd_tap *tap;

	CHECK(kd_tap_create(NULL, NULL, &tap) == KD_OK);
	for (size_t i = 0; i < sizeof(packet) - 1; i++) {
		CHECK(!kd_tap_next(tap, &m));
		kd_tap_feed(tap, true, packet + i, 1);
	}
	CHECK(kd_tap_next(tap, &m));
	CHECK_EQ(NULL, m.kind, KD_TAP_PACKET);
	CHECK(m.len == 1 && m.payload[0] == 'b' && m.checksum_ok);
	CHECK(!kd_tap_next(tap, &m));
	kd_tap_destroy(tap);
}

/* The directions do not mix, although their pieces do. */
static void test_two_directions(void)
{
	static const uint8_t packet[] = PRINT;
	size_t half = sizeof(packet) / 2;
	struct kd_tap_message m;
	struct kd_tap *tap;

	CHECK(kd_tap_create(NULL, NULL, &tap) == KD_OK);
	kd_tap_feed(tap, false, packet, half);
	CHECK(!kd_tap_next(tap, &m));
	kd_tap_feed(tap, true, packet, half);
	CHECK(!kd_tap_next(tap, &m));
	kd_tap_feed(tap, false, packet + half, sizeof(packet) - 1 - half);
	CHECK(kd_tap_next(tap, &m) && m.kind == KD_TAP_PACKET && !m.from_host);
	CHECK(!kd_tap_next(tap, &m));
	kd_tap_feed(tap, true, packet + half, sizeof(packet) - 1 - half);
	CHECK(kd_tap_next(tap, &m) && m.kind == KD_TAP_PACKET && m.from_host);
	CHECK(!kd_tap_next(tap, &m));
	kd_tap_destroy(tap);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "pieces", test_pieces },
		{ "0x62 within a packet", test_breakin_within },
		{ "two directions", test_two_directions },
	};

	return check_run("tap_stream", tests, sizeof(tests) / sizeof(tests[0]));
}
