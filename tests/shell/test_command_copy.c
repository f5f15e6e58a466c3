#include "scene.h"

#include <string.h>

#define RAM UINT64_C(0xfffff80000006000)

// clang-format off
static const struct scene_row rows[] = {
	{ "eza fffff800`00006000 \"abcdef\"", KD_OK, "" },
	/* over itself, in both directions */
	{ "m fffff800`00006000 L6 fffff800`00006002; da fffff800`00006000", KD_OK,
	  "fffff800`00006000  \"ababcdef\"\n" },
	{ "m fffff800`00006002 fffff800`00006007 fffff800`00006001; da fffff800`00006000", KD_OK,
	  "fffff800`00006000  \"aabcdeff\"\n" },
	{ "m fffff800`00003000 L6 fffff800`00006000; da fffff800`00006000", KD_OK,
	  "fffff800`00006000  \"Hello\"\n" },
	{ "c fffff800`00003000 L6 fffff800`00006000", KD_OK, "" },
	{ "eb fffff800`00006001 45; c fffff800`00003000 L0n8 fffff800`00006000", KD_OK,
	  "fffff800`00003001  65 - fffff800`00006001  45\n"
	  "fffff800`00003006  41 - fffff800`00006006  66\n"
	  "fffff800`00003007  20 - fffff800`00006007  66\n" },
	{ "m 1000 L4 fffff800`00006000", KD_E_TARGET,
	  "Cannot read memory at 00000000`00001000: the target refused.\n" },
	{ "m fffff800`00003000 L4 1000", KD_E_TARGET,
	  "Cannot write memory at 00000000`00001000: the target refused.\n" },
	{ "c fffff800`00002020 L10 fffff800`00003000", KD_E_TARGET,
	  "Cannot read memory at fffff800`00002028: the target refused.\n" },
	{ "m fffff800`00003000 L4", KD_E_FORMAT, "Numeric expression missing from '<EOL>'.\n" },
	{ "c fffff800`00003000", KD_E_FORMAT, "Syntax error at '<EOL>'.\n" },
	{ "c fffff800`00003000 L10 ffffffff`fffffff8", KD_E_FORMAT,
	  "That goes past the end of memory.\n" },
};
// clang-format on

static void test_rows(void)
{
	struct scene s;

	scene_init(&s);
	s.session.ram_address = RAM;
	scene_open(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_close(&s);
}

static void test_record(void)
{
	struct scene s;

	scene_init(&s);
	s.session.ram_address = RAM;
	s.session.ram[1] = 2;
	s.config.json = true;
	scene_open(&s);
	CHECK_ROW("c", strstr(scene_run(&s,
					"c fffff800`00006000 L1 "
					"fffff800`00006001",
					KD_OK),
			      "\"differences\":[{\"address\":"
			      "\"0xfffff80000006000\",\"first\":0,"
			      "\"second\":2}]") != NULL);
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "record", test_record },
	};

	return check_run("m and c", tests, sizeof(tests) / sizeof(tests[0]));
}
