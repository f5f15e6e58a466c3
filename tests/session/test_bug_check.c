#include "check.h"
#include "kd_bug_check.h"

#include <string.h>

#define CODE "\n*** Fatal System Error: 0x000000d1\n"
#define FOUR                                                                   \
	"                       (0xFFFFF80012345678,0x0000000000000002,"       \
	"0x0000000000000000,0xFFFFF80087654321)\n"

// clang-format off
static const struct {
	const char *name;
	const char *prints[4];
	bool heard;    /* complete after the last print */
	bool at_stop;  /* or told when the target stops */
	uint32_t code;
	uint64_t last; /* of the four parameters */
} rows[] = {
	{ "nothing",             { "" },                             false, false, 0, 0 },
	{ "ordinary text",       { "Fatal (0x1,0x2,0x3,0x4)\n" },    false, false, 0, 0 },
	{ "in one print",        { CODE FOUR },                      true,  false, 0xd1, 0xFFFFF80087654321 },
	{ "line by line",        { CODE, FOUR },                     true,  false, 0xd1, 0xFFFFF80087654321 },
	{ "cut in the number",   { "*** Fatal System Error: 0x000", "000d1\n  (0x1,0x2,0x", "3,0x44)\n" }, true, false, 0xd1, 0x44 },
	{ "text between",        { CODE, "Driver at fault: x.sys\n", FOUR }, true, false, 0xd1, 0xFFFFF80087654321 },
	{ "carriage returns",    { "*** Fatal System Error: 0x000000e2\r\n", "(0x0,0x0,0x0,0x9)\r\n" }, true, false, 0xe2, 9 },
	{ "no parameters",       { CODE },                           false, true,  0xd1, 0 },
	{ "no end of the line",  { "*** Fatal System Error: 0x7e" }, false, true,  0x7e, 0 },
	{ "three parameters",    { CODE, "(0x1,0x2,0x3)\n" },        false, true,  0xd1, 0 },
	{ "not a number",        { "*** Fatal System Error: xyz\n" }, false, false, 0, 0 },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_bug_check_listener l = { 0 };
		struct kd_bug_check found = { 0 };
		bool heard = false;

		for (size_t j = 0; j < 4 && rows[i].prints[j]; j++)
			heard = kd_bug_check_hear(&l, rows[i].prints[j],
						  strlen(rows[i].prints[j]),
						  &found);
		CHECK_EQ(rows[i].name, heard, rows[i].heard);
		CHECK_EQ(rows[i].name, kd_bug_check_end(&l, &found),
			 rows[i].at_stop);
		CHECK_EQ(rows[i].name, found.code, rows[i].code);
		if (rows[i].heard)
			CHECK_EQ(rows[i].name, found.parameter[3],
				 rows[i].last);
	}
}

/* A line longer than any announcement does not hide the next one. */
static void test_long_line(void)
{
	struct kd_bug_check_listener l = { 0 };
	struct kd_bug_check found = { 0 };
	char line[1000];

	memset(line, 'x', sizeof(line));
	CHECK(!kd_bug_check_hear(&l, line, sizeof(line), &found));
	CHECK(!kd_bug_check_hear(&l, CODE, sizeof(CODE) - 1, &found));
	CHECK(kd_bug_check_hear(&l, FOUR, sizeof(FOUR) - 1, &found));
	CHECK_EQ(NULL, found.code, 0xd1);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "long line", test_long_line },
	};

	return check_run("bug check", tests, sizeof(tests) / sizeof(tests[0]));
}
