#include "check.h"
#include "framer_story.h"

#include <zlib.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

enum { TARGET, HOST, LINE_MAX_LEN = 1 << 16, STREAM_MAX = 1 << 16 };

struct recording {
	uint8_t bytes[2][STREAM_MAX];
	size_t len[2];
};

static unsigned hex_digit(char c)
{
	return c <= '9' ? (unsigned)(c - '0') : (unsigned)(c - 'a' + 10);
}

static bool read_recording(struct recording *r)
{
	const char *path = check_shared("data/captures/serial-amd64.jsonl.gz");
	static char line[LINE_MAX_LEN];
	gzFile f = path ? gzopen(path, "rb") : NULL;

	r->len[TARGET] = r->len[HOST] = 0;
	if (!f)
		return false;
	while (gzgets(f, line, sizeof(line))) {
		int who = strstr(line, "target>host") ? TARGET : HOST;
		const char *hex = strstr(line, "\"hex\": \"");

		for (hex = hex ? hex + 8 : "\""; *hex != '"'; hex += 2)
			r->bytes[who][r->len[who]++] =
				(uint8_t)(hex_digit(hex[0]) << 4 |
					  hex_digit(hex[1]));
	}
	gzclose(f);
	return true;
}

/* What KD-WIRE's conversation holds, by packet type and api number. */
// clang-format off
static const struct {
	const char *name;
	int who;
	uint16_t type;
	uint16_t api;
	unsigned count;
} recorded_rows[] = {
	{ "prints", TARGET, KD_PKT_DEBUG_IO, 0x3230, 211 },
	{ "prompts", TARGET, KD_PKT_DEBUG_IO, 0x3231, 1 },
	{ "module loads", TARGET, KD_PKT_STATE_CHANGE64, 0x3031, 32 },
	{ "breakpoint stops", TARGET, KD_PKT_STATE_CHANGE64, 0x3030, 2 },
	{ "answers", TARGET, KD_PKT_STATE_MANIPULATE, 0, 6 },
	{ "acknowledgements of the target", TARGET, KD_PKT_ACKNOWLEDGE, 0, 41 },
	{ "acknowledgements of the host", HOST, KD_PKT_ACKNOWLEDGE, 0, 252 },
	{ "requests", HOST, KD_PKT_STATE_MANIPULATE, 0, 40 },
	{ "the prompt's answer", HOST, KD_PKT_DEBUG_IO, 0x3231, 1 },
};
// clang-format on

static void test_recorded_conversation(void)
{
	static struct recording r;
	unsigned counts[COUNT(recorded_rows)] = { 0 };
	unsigned packets = 0, known = 0;

	if (!read_recording(&r))
		return;
	for (int who = TARGET; who <= HOST; who++) {
		struct kd_framer f = { 0 };
		struct kd_frame frame;
		struct kd_reader in = kd_reader_over(r.bytes[who], r.len[who]);

		while (kd_framer_step(&f, &in, &frame) == KD_FRAME_PACKET) {
			struct kd_reader p = kd_reader_over(
				frame.payload, frame.header.byte_count);
			uint16_t api = kd_read_le16(&p);

			packets++;
			for (size_t i = 0; i < COUNT(recorded_rows); i++)
				counts[i] += recorded_rows[i].who == who &&
					     recorded_rows[i].type ==
						     frame.header.type &&
					     (!recorded_rows[i].api ||
					      recorded_rows[i].api == api);
		}
		CHECK_EQ("bytes unexplained", f.noise, 0);
		CHECK(!kd_framer_is_waiting(&f));
		CHECK_EQ("bytes left", kd_reader_left(&in), 0);
	}
	for (size_t i = 0; i < COUNT(recorded_rows); i++) {
		CHECK_EQ(recorded_rows[i].name, counts[i],
			 recorded_rows[i].count);
		known += counts[i];
	}
	CHECK_EQ("packets of all kinds", packets, known);
}

/* Cut at random when @p longest is over 1, else byte by byte. */
static struct framer_story told_cut(const uint8_t *bytes, size_t len,
				    size_t longest, uint64_t *random)
{
	struct kd_framer f = { 0 };
	struct framer_story s = { .count = 0 };

	for (size_t at = 0; at < len;) {
		size_t n = 1 + (size_t)(check_random(random) % longest);

		if (n > len - at)
			n = len - at;
		struct kd_reader in = kd_reader_over(bytes + at, n);

		framer_tell(&f, &in, &s);
		at += n;
	}
	CHECK_EQ("noise", f.noise, 0);
	return s;
}

static void test_recording_cut_anyhow(void)
{
	static struct recording r;
	uint64_t random = 0x6b64;

	if (!read_recording(&r))
		return;
	for (int who = TARGET; who <= HOST; who++) {
		struct kd_framer f = { 0 };
		struct framer_story whole =
			framer_told_whole(&f, r.bytes[who], r.len[who]);
		struct framer_story s =
			told_cut(r.bytes[who], r.len[who], 1, &random);

		CHECK_EQ("byte by byte", s.fold, whole.fold);
		for (size_t i = 0; i < 1000; i++) {
			s = told_cut(r.bytes[who], r.len[who], 1 + i, &random);
			CHECK_EQ("seeded cuts", s.fold, whole.fold);
			CHECK_EQ("seeded cuts", s.count, whole.count);
		}
	}
}

/* Mostly leader bytes and small numbers, so that false headers abound. */
static size_t make_noise(uint8_t *out, size_t longest, uint64_t *random)
{
	static const uint8_t likely[] = { 0x30, 0x30, 0x30, 0x30, 0x69, 0x69,
					  0x69, 0x69, 0,    0,	  2,	4,
					  6,	3,    0x62, 0xaa };
	size_t n = (size_t)(check_random(random) % longest);

	for (size_t i = 0; i < n; i++) {
		uint64_t v = check_random(random);

		out[i] = v % 5 ? likely[v >> 32 & 15] : (uint8_t)(v >> 40);
	}
	return n;
}

static void test_noise_loses_nothing(void)
{
	static struct recording r;
	static uint8_t noisy[256 + STREAM_MAX];
	uint64_t random = 0x6e6f;

	if (!read_recording(&r))
		return;
	struct kd_framer clean = { 0 };
	size_t len = 4000;
	struct framer_story want =
		framer_told_whole(&clean, r.bytes[TARGET], len);

	for (size_t i = 0; i < 2000; i++) {
		struct kd_framer f = { 0 };
		size_t n = make_noise(noisy, 256, &random);

		memcpy(noisy + n, r.bytes[TARGET], len);
		struct framer_story s = framer_told_whole(&f, noisy, n + len);

		CHECK_EQ("packets behind noise", s.fold, want.fold);
		CHECK_EQ("noise", f.noise, n + clean.noise);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "recorded conversation", test_recorded_conversation },
		{ "recording cut anyhow", test_recording_cut_anyhow },
		{ "noise loses nothing", test_noise_loses_nothing },
	};

	return check_run("framer_capture", tests, COUNT(tests));
}
