#include "check.h"
#include "framer_story.h"

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1
#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#define DATA_HEAD "\x30\x30\x30\x30\x02\x00\x03\x00\x00\x00\x80\x80"
#define SUM6	  "\x06\0\0\0"
#define BODY	  "\x01\x02\x03"
#define PACKET	  DATA_HEAD SUM6 BODY "\xaa"
#define RESET	  "\x69\x69\x69\x69\x06\0\0\0\0\0\0\0\0\0\0\0"
#define ACK_HEAD  "\x69\x69\x69\x69\x04\0\0\0"

// clang-format off
static const struct {
	const char *name;
	const uint8_t *wire;
	size_t len;
	enum kd_frame_kind first;
	uint16_t type;
	enum kd_reject why;
} first_rows[] = {
	{ "nothing", BYTES(""), KD_FRAME_NONE, 0, 0 },
	{ "data packet", BYTES(PACKET), KD_FRAME_PACKET, 2, 0 },
	{ "noise before the leader", BYTES("\x30zzzz" PACKET), KD_FRAME_PACKET, 2, 0 },
	{ "leader bytes of two kinds", BYTES("\x69\x69" PACKET), KD_FRAME_PACKET, 2, 0 },
	{ "one byte short", BYTES(DATA_HEAD SUM6 BODY), KD_FRAME_NONE, 2, 0 },
	{ "header one byte short", BYTES(DATA_HEAD "\x06\0\0"), KD_FRAME_NONE, 0, 0 },
	{ "wrong checksum", BYTES(DATA_HEAD "\x07\0\0\0" BODY "\xaa"), KD_FRAME_REJECTED, 2, KD_REJECT_CHECKSUM },
	{ "wrong trailer", BYTES(DATA_HEAD SUM6 BODY "\xab"), KD_FRAME_REJECTED, 2, KD_REJECT_TRAILER },
	{ "byte count past the limit", BYTES("\x30\x30\x30\x30\x02\x00\xff\xff\0\0\0\0\0\0\0\0"), KD_FRAME_REJECTED, 2, KD_REJECT_HEADER },
	{ "byte count just past the limit", BYTES("\x30\x30\x30\x30\x02\x00\xa1\x0f\0\0\0\0\0\0\0\0"), KD_FRAME_REJECTED, 2, KD_REJECT_HEADER },
	{ "byte count at the limit", BYTES("\x30\x30\x30\x30\x02\x00\xa0\x0f\0\0\0\0\0\0\0\0"), KD_FRAME_NONE, 2, 0 },
	{ "control has no trailer", BYTES(RESET), KD_FRAME_PACKET, 6, 0 },
	{ "control with a payload", BYTES("\x69\x69\x69\x69\x06\0\x01\0\0\0\0\0\0\0\0\0"), KD_FRAME_REJECTED, 6, KD_REJECT_HEADER },
	{ "control of no known type", BYTES("\x69\x69\x69\x69\x07\0\0\0\0\0\0\0\0\0\0\0"), KD_FRAME_REJECTED, 7, KD_REJECT_HEADER },
	{ "control with odd id and checksum", BYTES("\x69\x69\x69\x69\x06\0\0\0\xef\xbe\xad\xde\x01\x02\x03\x04"), KD_FRAME_PACKET, 6, 0 },
};

/* What all of the bytes come to, after silence; types in hex, in order. */
static const struct {
	const char *name;
	const uint8_t *wire;
	size_t len;
	const char *types;
	uint64_t noise;
} whole_rows[] = {
	{ "two packets", BYTES(PACKET RESET), "26", 0 },
	{ "leader byte before data", BYTES("\x30" PACKET), "2", 1 },
	{ "leader byte before control", BYTES("\x69" RESET), "6", 1 },
	{ "false leader that claims 256 bytes", BYTES("\x30\x30\x30\x30\x02\0\0\x01" PACKET RESET), "26", 8 },
	{ "false leader, header cut", BYTES("\x30\x30\x30\x30\x02\0" PACKET), "2", 6 },
	{ "false leader within a false leader", BYTES("\x30\x30\x30\x30\x03\0\x20\0\x30\x30\x30\x30\x02\0\x30\0" PACKET), "2", 16 },
	{ "wrong checksum, then good", BYTES(DATA_HEAD "\x07\0\0\0" BODY "\xaa" PACKET), "2", 20 },
	{ "count damaged upwards", BYTES("\x30\x30\x30\x30\x02\0\x33\0\0\0\x80\x80" SUM6 BODY "\xaa" PACKET PACKET), "22", 20 },
	{ "count past the limit, then good", BYTES("\x30\x30\x30\x30\x02\0\xff\xff" PACKET), "2", 8 },
	{ "ACK cut in its id", BYTES(ACK_HEAD "\0\0" PACKET), "2", 10 },
	{ "ACK cut in its checksum", BYTES(ACK_HEAD "\0\0\x80\x80\0" PACKET), "2", 13 },
	{ "ACK cut by one byte", BYTES(ACK_HEAD "\0\0\x80\x80\0\0\0" RESET), "6", 15 },
	{ "half a packet, then nothing", BYTES(DATA_HEAD SUM6), "", 16 },
	{ "text", BYTES("Loading Linux 6.1\r\n"), "", 19 },
	{ "break-in byte in a payload", BYTES("\x30\x30\x30\x30\x02\0\x01\0\0\0\0\0\x62\0\0\0\x62\xaa"), "2", 0 },
	{ "break-in byte between packets", BYTES(PACKET "\x62" RESET), "26", 1 },
};
// clang-format on

static void test_first_thing_told(void)
{
	for (size_t i = 0; i < COUNT(first_rows); i++) {
		const char *name = first_rows[i].name;
		struct kd_reader in =
			kd_reader_over(first_rows[i].wire, first_rows[i].len);
		struct kd_framer framer = { 0 };
		struct kd_frame frame = { 0 };
		enum kd_frame_kind kind = kd_framer_step(&framer, &in, &frame);

		CHECK_EQ(name, kind, first_rows[i].first);
		CHECK_EQ(name, frame.header.type, first_rows[i].type);
		CHECK_EQ(name, kd_reader_left(&in), 0);
		if (kind == KD_FRAME_REJECTED)
			CHECK_EQ(name, frame.why, first_rows[i].why);
	}
}

static void test_whole_streams(void)
{
	for (size_t i = 0; i < COUNT(whole_rows); i++) {
		const char *name = whole_rows[i].name;
		struct kd_framer framer = { 0 };
		struct framer_story s = framer_told_whole(
			&framer, whole_rows[i].wire, whole_rows[i].len);

		CHECK_TEXT(name, s.types, whole_rows[i].types);
		CHECK_EQ(name, framer.noise, whole_rows[i].noise);
		CHECK_ROW(name, !kd_framer_is_waiting(&framer));
	}
}

static void test_expiry_spares_what_comes_later(void)
{
	static const uint8_t packet[] = PACKET;
	size_t len = sizeof(packet) - 1;
	struct kd_framer framer = { 0 };
	struct framer_story s = framer_told_whole(&framer, packet, 7);

	CHECK_EQ(NULL, s.count, 0);
	s = framer_told_whole(&framer, packet, len);
	CHECK_EQ(NULL, s.count, 1);
	CHECK_EQ(NULL, framer.noise, 7);

	/* with nothing begun, there is nothing to give up */
	kd_framer_expire(&framer);
	struct kd_reader begin = kd_reader_over(packet, 7);
	struct kd_reader rest = kd_reader_over(packet + 7, len - 7);

	framer_tell(&framer, &begin, &s);
	CHECK(kd_framer_is_waiting(&framer));
	framer_tell(&framer, &rest, &s);
	CHECK_EQ(NULL, s.count, 2);
}

static void test_letters_are_counted(void)
{
	struct kd_framer framer = { 0 };

	framer_told_whole(&framer, BYTES("A\n\x1b[\x80\x01\xff"));
	CHECK_EQ(NULL, framer.noise, 7);
	CHECK_EQ(NULL, framer.letters, 4);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "first thing told", test_first_thing_told },
		{ "whole streams", test_whole_streams },
		{ "expiry", test_expiry_spares_what_comes_later },
		{ "letters", test_letters_are_counted },
	};

	return check_run("framer", tests, COUNT(tests));
}
