#include "scene.h"

#include <string.h>

#define WIDE   UINT64_C(0xfffff80000004000)
#define STRUCT UINT64_C(0xfffff80000005000)

// clang-format off
static const struct scene_row rows[] = {
	{ ".printf \"a\\tb\\\\c\\n\"", KD_OK, "a\tb\\c\n" },
	{ ".printf \"a\"", KD_OK, "a\n" },
	{ ".printf \"a\"; .printf \"b\"; .echo c", KD_OK, "abc\n" },
	{ ".printf \"\"", KD_OK, "" },
	{ ".printf \"100%%\"", KD_OK, "100%\n" },
	{ ".printf \"say \\\"hi;\\\"\"", KD_OK, "say \"hi;\"\n" },
	{ ".printf \"%d %i %u\", -1, 0n10, -1", KD_OK, "-1 10 4294967295\n" },
	{ ".printf \"%x %X %#x %o\", abc, abc, abc, 8", KD_OK, "abc ABC 0xabc 10\n" },
	{ ".printf \"[%5d][%-5d][%05d][%+d][% d]\", 5, 5, -5, 5, 5", KD_OK, "[    5][5    ][-0005][+5][ 5]\n" },
	{ ".printf \"%.4x|%8.4x\", 1f, 1f", KD_OK, "001f|    001f\n" },
	{ ".printf \"%x\", 1`23456789", KD_OK, "23456789\n" },
	{ ".printf \"%I64x %I64d %llx\", 1`23456789, -2, 1`00000000", KD_OK, "123456789 -2 100000000\n" },
	{ ".printf \"%hx %hd\", 12345678, ffff", KD_OK, "5678 -1\n" },
	{ ".printf \"%lx\", 1`23456789", KD_OK, "23456789\n" },
	{ ".printf \"%c%c\", 41, 42", KD_OK, "AB\n" },
	{ ".printf \"%c\", 1b", KD_OK, "\\x1b\n" },
	{ ".printf \"%p\", rsp", KD_OK, "fffff800`00002000\n" },
	{ ".printf \"%p\", @rsp + 8", KD_OK, "fffff800`00002008\n" },
	{ ".printf \"%N\", abc", KD_OK, "0000000000000ABC\n" },
	{ ".printf \"%ma|%8ma|%.3ma\", fffff80000003000, fffff80000003000, fffff80000003000", KD_OK, "Hello|   Hello|Hel\n" },
	{ ".printf \"%mu %msu %msa\", fffff80000004000, fffff80000005000, fffff80000005010", KD_OK, "W\xc3\xb6rld\xf0\x9f\x98\x80 W\xc3\xb6 Hell\n" },
	{ ".printf \"%ma\", 0", KD_E_TARGET, NULL },
	{ ".printf \"%y %ly\", 5, 5", KD_OK, "00000000`00000005 00000000`00000005\n" },
	{ ".printf \"%f %e %g\", 3f800000, 3f800000, 3f000000", KD_OK, "1.000000 1.000000e+000 0.5\n" },
	{ ".printf \"%.2lf %lg\", 3ff80000`00000000, 7ff00000`00000000", KD_OK, "1.50 1.#INF\n" },
	{ ".printf /D /on \"%d\", 1", KD_OK, "1\n" },
	{ ".printf \"%d\"", KD_E_FORMAT, "Numeric expression missing from '<EOL>'.\n" },
	{ ".printf \"%d\", 1, 2", KD_E_FORMAT, "Extra character error in ', 2'.\n" },
	{ ".printf \"%s\", 1", KD_E_FORMAT, "'.printf' does not know '%s\", 1'.\n" },
	{ ".printf \"%\"", KD_E_FORMAT, "'.printf' does not know '%\"'.\n" },
	{ ".printf \"%n\", 1", KD_E_FORMAT, "'.printf' does not know '%n\", 1'.\n" },
	{ ".printf %d, 1", KD_E_FORMAT, "Syntax error at '%d, 1'.\n" },
	{ ".printf \"a", KD_E_FORMAT, "Syntax error at '\"a'.\n" },
	{ ".printf \"%99999999999d|\", 1", KD_OK, NULL },
};
// clang-format on

static void test_rows(void)
{
	static const uint8_t wide[] = "W\0\xf6\0r\0l\0d\0\x3d\xd8\0\xde\0";
	static const uint8_t structs[] =
		"\x04\0\x06\0\0\0\0\0\0\x40\0\0\0\xf8\xff\xff"
		"\x04\0\x06\0\0\0\0\0\0\x30\0\0\0\xf8\xff\xff";
	struct scene s;

	scene_init(&s);
	s.session.memory[3] = (struct fake_piece){ WIDE, wide, sizeof(wide) };
	s.session.memory[4] =
		(struct fake_piece){ STRUCT, structs, sizeof(structs) };
	scene_open(&s);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		scene_run(&s, rows[i].line, rows[i].status);
		if (rows[i].want)
			CHECK_TEXT(rows[i].line, s.out, rows[i].want);
	}
	CHECK_EQ("the widest", s.len, 255 + 2);
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
	};

	return check_run("printing", tests, sizeof(tests) / sizeof(tests[0]));
}
