#include "check.h"
#include "kd_text.h"

#include <string.h>

// clang-format off
static const struct {
	const char *name, *text, *want;
} escape_rows[] = {
	{ "nothing",                 "", "" },
	{ "plain",                   "hello, world\n", "hello, world\n" },
	{ "tab stays",               "a\tb", "a\tb" },
	{ "terminal sequence",       "\x1b[2Jgone", "\\x1b[2Jgone" },
	{ "bell and backspace",      "a\a\bb", "a\\x07\\x08b" },
	{ "delete",                  "\x7f", "\\x7f" },
	{ "line ends of DOS",        "one\r\ntwo\r\n", "one\ntwo\n" },
	{ "return at the very end",  "one\r", "one" },
	{ "return in a line",        "one\rtwo", "one\\x0dtwo" },
	{ "UTF-8 stays",             "gr\xc3\xbc\xc3\x9f \xe2\x82\xac", "gr\xc3\xbc\xc3\x9f \xe2\x82\xac" },
	{ "four bytes stay",         "\xf0\x9f\x90\x9b", "\xf0\x9f\x90\x9b" },
	{ "ANSI",                    "gr\xfc\xdf", "gr\xc3\xbc\xc3\x9f" },
	{ "ANSI before text",        "\xe9t\xe9", "\xc3\xa9t\xc3\xa9" },
	{ "eight-bit control",       "\x9b" "2J", "\\x9b2J" },
	{ "the same in UTF-8",       "\xc2\x9b" "2J", "\\x9b2J" },
	{ "first harmless one",      "\xc2\xa0", "\xc2\xa0" },
	{ "overlong escape",         "\xc0\x9b", "\xc3\x80\\x9b" },
	{ "overlong, three bytes",   "\xe0\x80\x9b", "\xc3\xa0\\x80\\x9b" },
	{ "surrogate",               "\xed\xa0\x80", "\xc3\xad\xc2\xa0\\x80" },
	{ "past the last character", "\xf4\x90\x80\x80", "\xc3\xb4\\x90\\x80\\x80" },
	{ "cut character",           "\xe2\x82", "\xc3\xa2\\x82" },
};
// clang-format on

static void test_escape(void)
{
	for (size_t i = 0; i < sizeof(escape_rows) / sizeof(escape_rows[0]);
	     i++) {
		char out[256];
		size_t n = kd_text_escape(escape_rows[i].text,
					  strlen(escape_rows[i].text), out);

		out[n] = '\0';
		CHECK_TEXT(escape_rows[i].name, out, escape_rows[i].want);
	}
}

/* Whatever comes in: no control character comes out, and it is bounded. */
static void test_escape_of_noise(void)
{
	uint64_t seed = 7;

	for (size_t round = 0; round < 2000; round++) {
		char in[32], out[32 * KD_ESCAPED_MAX];
		size_t len = (size_t)(check_random(&seed) % sizeof(in)), n;
		bool clean = true;

		for (size_t i = 0; i < len; i++)
			in[i] = (char)check_random(&seed);
		n = kd_text_escape(in, len, out);
		CHECK_ROW("bounded", n <= len * KD_ESCAPED_MAX);
		for (size_t i = 0; i < n; i++) {
			unsigned char c = (unsigned char)out[i];

			clean &= c != 0x7f &&
				 (c >= ' ' || c == '\n' || c == '\t');
			clean &= !(c == 0xc2 && i + 1 < n &&
				   (unsigned char)out[i + 1] < 0xa0);
		}
		CHECK_ROW("no control character", clean);
	}
}

static void test_cut(void)
{
	CHECK_EQ("shorter", kd_text_cut("abc", 3, 4), 3);
	CHECK_EQ("between", kd_text_cut("abcdef", 6, 4), 4);
	CHECK_EQ("in a character", kd_text_cut("ab\xe2\x82\xac", 5, 4), 2);
	CHECK_EQ("behind one", kd_text_cut("a\xe2\x82\xac!", 5, 4), 4);
	CHECK_EQ("before a newline", kd_text_cut("abc\r\n", 5, 4), 3);
	CHECK_EQ("noise", kd_text_cut("\x80\x80\x80\x80\x80", 5, 4), 4);
}

static void test_builder(void)
{
	char buf[8];
	struct kd_text t = kd_text_over(buf, sizeof(buf));

	kd_text_add(&t, "%s", "ab");
	kd_text_pad(&t, 4);
	CHECK_TEXT("padded", buf, "ab  ");
	CHECK(!t.is_cut);
	kd_text_add(&t, "%s", "cdefgh");
	CHECK_TEXT("cut", buf, "ab  cde");
	CHECK_EQ("cut", t.len, 7);
	CHECK(t.is_cut);
	kd_text_add(&t, "x");
	kd_text_pad(&t, 100);
	CHECK_TEXT("full", buf, "ab  cde");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "escape", test_escape },
		{ "escape of noise", test_escape_of_noise },
		{ "cut", test_cut },
		{ "builder", test_builder },
	};

	return check_run("text", tests, sizeof(tests) / sizeof(tests[0]));
}
