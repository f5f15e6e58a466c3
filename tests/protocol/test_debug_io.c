#include "check.h"
#include "kd_debug_io.h"

#define PRINT  0x30, 0x32, 0, 0, 6, 0, 1, 0
#define PROMPT 0x31, 0x32, 0, 0, 6, 0, 1, 0

// clang-format off
/* KD-WIRE 6.1 */
static const struct {
	const char *name;
	size_t len;
	uint8_t wire[24];
	bool ok;
	uint32_t api, max_answer, prompt_len;
	const char *text;
} rows[] = {
	{ "print",               20, { PRINT, 4, 0, 0, 0, 9, 9, 9, 9, 'w', 'x', 'y', 'z' },
	  true,  KD_IO_PRINT,  0x09090909, 0, "wxyz" },
	{ "short header",        16, { PRINT, 4, 0, 0, 0, 'w', 'x', 'y', 'z' },
	  true,  KD_IO_PRINT,  0,          0, "wxyz" },
	{ "short header, none",  12, { PRINT, 0, 0, 0, 0 },
	  true,  KD_IO_PRINT,  0,          0, "" },
	{ "cut off",             18, { PRINT, 4, 0, 0, 0, 9, 9, 9, 9, 'w', 'x' },
	  true,  KD_IO_PRINT,  0x09090909, 0, "wx" },
	{ "bytes after it",      20, { PRINT, 2, 0, 0, 0, 9, 9, 9, 9, 'w', 'x', 'y', 'z' },
	  true,  KD_IO_PRINT,  0x09090909, 0, "wx" },
	{ "impossible length",   20, { PRINT, 0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0, 'w', 'x', 'y', 'z' },
	  true,  KD_IO_PRINT,  0,          0, "wxyz" },
	{ "prompt",              19, { PROMPT, 3, 0, 0, 0, 2, 1, 0, 0, 'b', 'i', '?' },
	  true,  KD_IO_PROMPT, 0x102,      3, "bi?" },
	{ "prompt like a short", 19, { PROMPT, 7, 0, 0, 0, 2, 1, 0, 0, 'b', 'i', '?' },
	  true,  KD_IO_PROMPT, 0x102,      7, "bi?" },
	{ "too short",           15, { PRINT, 9, 0, 0, 0, 0, 0, 0 }, false, 0, 0, 0, NULL },
	{ "half a header",       7,  { PRINT }, false, 0, 0, 0, NULL },
	{ "nothing",             0,  { 0 },     false, 0, 0, 0, NULL },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].name;
		struct kd_reader in = kd_reader_over(rows[i].wire, rows[i].len);
		struct kd_debug_io d;

		CHECK_EQ(name, kd_debug_io_decode(&d, &in), rows[i].ok);
		if (!rows[i].ok)
			continue;
		CHECK_EQ(name, d.api, rows[i].api);
		CHECK_EQ(name, d.processor_level, 6);
		CHECK_EQ(name, d.processor, 1);
		CHECK_EQ(name, d.max_answer, rows[i].max_answer);
		CHECK_EQ(name, d.prompt_len, rows[i].prompt_len);
		CHECK_EQ(name, d.text_len, strlen(rows[i].text));
		CHECK_ROW(name, !memcmp(d.text, rows[i].text, d.text_len));
	}
}

/* The answer keeps the header and the prompt's length. */
static void test_answer(void)
{
	static const uint8_t want[] = { PROMPT, 3, 0, 0, 0, 1, 0, 0, 0, 'i' };
	struct kd_reader in = kd_reader_over(rows[6].wire, rows[6].len);
	uint8_t wire[32];
	struct kd_writer out = kd_writer_over(wire, sizeof(wire));
	struct kd_debug_io d;

	CHECK(kd_debug_io_decode(&d, &in));
	d.text = "i";
	d.text_len = 1;
	kd_debug_io_encode_answer(&d, &out);
	CHECK(!out.bad);
	CHECK_EQ(NULL, out.pos, sizeof(want));
	CHECK(!memcmp(wire, want, sizeof(want)));

	in = kd_reader_over(wire, out.pos);
	CHECK(kd_debug_io_decode_answer(&d, &in));
	CHECK_EQ(NULL, d.prompt_len, 3);
	CHECK_EQ(NULL, d.max_answer, 1);
	CHECK_EQ(NULL, d.text_len, 1);
	CHECK_EQ(NULL, d.text[0], 'i');

	in = kd_reader_over(wire, 15);
	CHECK(!kd_debug_io_decode_answer(&d, &in));
	in = kd_reader_over(wire, 16); /* its text is cut off */
	CHECK(kd_debug_io_decode_answer(&d, &in));
	CHECK_EQ(NULL, d.text_len, 0);

	out = kd_writer_over(wire, 16);
	d.text = "i";
	d.text_len = 1;
	kd_debug_io_encode_answer(&d, &out);
	CHECK(out.bad);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "answer", test_answer },
	};

	return check_run("debug io", tests, sizeof(tests) / sizeof(tests[0]));
}
