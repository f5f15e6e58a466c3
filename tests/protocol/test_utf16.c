#include "check.h"
#include "kd_utf16.h"

#include <string.h>

enum { CAP = 16 };

// clang-format off
static const struct {
	const char *name;
	size_t len;
	uint8_t bytes[16];
	size_t cap;
	const char *text;
} rows[] = {
	{ "nothing",             0, { 0 },                               CAP, "" },
	{ "ASCII",               4, { 'a', 0, 'b', 0 },                  CAP, "ab" },
	{ "ends at a NUL",       6, { 'a', 0, 0, 0, 'b', 0 },            CAP, "a" },
	{ "an odd byte",         5, { 'a', 0, 'b', 0, 'c' },             CAP, "ab" },
	{ "last of one byte",    2, { 0x7f, 0 },                         CAP, "\x7f" },
	{ "first of two",        2, { 0x80, 0 },                         CAP, "\xc2\x80" },
	{ "last of two",         2, { 0xff, 0x07 },                      CAP, "\xdf\xbf" },
	{ "first of three",      2, { 0x00, 0x08 },                      CAP, "\xe0\xa0\x80" },
	{ "last of three",       2, { 0xff, 0xff },                      CAP, "\xef\xbf\xbf" },
	{ "first pair",          4, { 0x00, 0xd8, 0x00, 0xdc },          CAP, "\xf0\x90\x80\x80" },
	{ "last pair",           4, { 0xff, 0xdb, 0xff, 0xdf },          CAP, "\xf4\x8f\xbf\xbf" },
	{ "low one alone",       4, { 0x00, 0xdc, 'a', 0 },              CAP, "\xef\xbf\xbd" "a" },
	{ "high one alone",      4, { 0x00, 0xd8, 'a', 0 },              CAP, "\xef\xbf\xbd" "a" },
	{ "high one at the end", 2, { 0x00, 0xd8 },                      CAP, "\xef\xbf\xbd" },
	{ "high, then a pair",   6, { 0x00, 0xd8, 0x00, 0xd8, 0x00, 0xdc }, CAP, "\xef\xbf\xbd\xf0\x90\x80\x80" },
	{ "just fits",           4, { 'a', 0, 'b', 0 },                  3,   "ab" },
	{ "cut",                 4, { 'a', 0, 'b', 0 },                  2,   "a" },
	{ "cut at a character",  4, { 'a', 0, 0x00, 0x08 },              4,   "a" },
	{ "no room at all",      2, { 'a', 0 },                          1,   "" },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char out[CAP + 1];

		memset(out, '#', sizeof(out));
		CHECK_EQ(rows[i].name,
			 kd_utf16_to_utf8(rows[i].bytes, rows[i].len, out,
					  rows[i].cap),
			 strlen(rows[i].text));
		CHECK_TEXT(rows[i].name, out, rows[i].text);
		CHECK_EQ(rows[i].name, out[rows[i].cap], '#');
	}
}

// clang-format off
static const struct {
	const char *name, *text;
	size_t len;
	uint8_t bytes[8];
} back_rows[] = {
	{ "nothing",          "",                 0, { 0 } },
	{ "ASCII",            "a~",               4, { 'a', 0, '~', 0 } },
	{ "two",              "\xc3\xa9",         2, { 0xe9, 0 } },
	{ "three",            "\xe2\x82\xac",     2, { 0xac, 0x20 } },
	{ "four",             "\xf0\x90\x80\x80", 4, { 0x00, 0xd8, 0x00, 0xdc } },
	{ "the last",         "\xf4\x8f\xbf\xbf", 4, { 0xff, 0xdb, 0xff, 0xdf } },
	{ "too long a form",  "\xc0\x80",         4, { 0xfd, 0xff, 0xfd, 0xff } },
	{ "three, too long",  "\xe0\x80\x80",     6, { 0xfd, 0xff, 0xfd, 0xff, 0xfd, 0xff } },
	{ "half of a pair",   "\xed\xa0\x80",     6, { 0xfd, 0xff, 0xfd, 0xff, 0xfd, 0xff } },
	{ "cut",              "\xe2\x82",         4, { 0xfd, 0xff, 0xfd, 0xff } },
	{ "broken off",       "\xc3" "a",         4, { 0xfd, 0xff, 'a', 0 } },
};
// clang-format on

static void test_back(void)
{
	for (size_t i = 0; i < sizeof(back_rows) / sizeof(back_rows[0]); i++) {
		uint8_t out[8];
		size_t len = 99;

		CHECK_EQ(back_rows[i].name,
			 kd_utf16_from_utf8(back_rows[i].text,
					    strlen(back_rows[i].text), out,
					    sizeof(out), &len),
			 KD_OK);
		CHECK_EQ(back_rows[i].name, len, back_rows[i].len);
		CHECK_ROW(back_rows[i].name,
			  !memcmp(out, back_rows[i].bytes, back_rows[i].len));
	}
	uint8_t out[3];
	size_t len = 99;

	CHECK_EQ("no room", -kd_utf16_from_utf8("ab", 2, out, 3, &len),
		 -KD_E_SPACE);
	CHECK_EQ("untouched", len, 99);
}

int main(void)
{
	static const struct check_test tests[] = { { "rows", test_rows },
						   { "back", test_back } };

	return check_run("utf16", tests, sizeof(tests) / sizeof(tests[0]));
}
