#include "scene.h"

#include <string.h>

// clang-format off
static const struct scene_row rows[] = {
	{ ".effmach", KD_OK, "Effective machine: x64 (AMD64)\n" },
	{ ".effmach amd64", KD_OK, "Effective machine: x64 (AMD64)\n" },
	{ ".effmach .", KD_OK, "Effective machine: x64 (AMD64)\n" },
	{ ".effmach x86", KD_E_UNSUPPORTED,
	  "Only the target's own machine, AMD64, is there, not 'x86'.\n" },
	{ ".time", KD_E_TARGET, "The target's shared data cannot be read.\n" },
	{ ".cls", KD_OK, "" },
};
// clang-format on

static void test_rows(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_close(&s);
}

static void clear(void *ctx)
{
	++*(unsigned *)ctx;
}

static void test_screen(void)
{
	unsigned cleared = 0;
	struct scene s;

	scene_init(&s);
	s.config.clear = clear;
	s.config.clear_ctx = &cleared;
	scene_open(&s);
	CHECK_TEXT(".cls", scene_run(&s, ".cls", KD_OK), "");
	CHECK_EQ("once", cleared, 1);
	scene_close(&s);
}

static void test_time(void)
{
	static uint8_t shared[0x300];
	struct scene s;

	scene_init(&s);
	/* 20.534 s up; 2018-02-28 17:18:47.109, in 100 ns since 1601 */
	memcpy(shared + 0x8, "\xe0\x46\x3d\x0c\0\0\0", 8);
	memcpy(shared + 0x14, "\x80\x18\x47\x31\xb8\xb0\xd3\x01", 8);
	s.session.memory[3] = (struct fake_piece){ 0xfffff78000000000, shared,
						   sizeof(shared) };
	scene_open(&s);
	CHECK_TEXT(".time", scene_run(&s, ".time", KD_OK),
		   "Debug session time: Wed Feb 28 17:18:47.109 2018 (UTC + "
		   "0:00)\nSystem Uptime: 0 days 0:00:20.534\n");
	CHECK_TEXT("east", scene_run(&s, ".time -h 2", KD_OK),
		   "Debug session time: Wed Feb 28 19:18:47.109 2018 (UTC + "
		   "2:00)\nSystem Uptime: 0 days 0:00:20.534\n");
	CHECK_TEXT("west", scene_run(&s, ".time -h (-0n18)", KD_OK),
		   "Debug session time: Tue Feb 27 23:18:47.109 2018 (UTC - "
		   "18:00)\nSystem Uptime: 0 days 0:00:20.534\n");
	CHECK_TEXT("far", scene_run(&s, ".time -h 0n24", KD_E_ARG),
		   "A zone is at most 23 hours away from UTC: '.time -h "
		   "(-8)'.\n");
	CHECK_TEXT("far", scene_run(&s, ".time -h (-0n24)", KD_E_ARG),
		   "A zone is at most 23 hours away from UTC: '.time -h "
		   "(-8)'.\n");
	CHECK_TEXT("switch", scene_run(&s, ".time 2", KD_E_FORMAT),
		   "Syntax error at '2'.\n");
	CHECK_TEXT("none", scene_run(&s, ".time -h", KD_E_FORMAT),
		   "Syntax error at '-h'.\n");
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "screen", test_screen },
		{ "time", test_time },
	};

	return check_run("system", tests, sizeof(tests) / sizeof(tests[0]));
}
