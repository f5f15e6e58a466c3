#include "scene.h"

#include <string.h>

// clang-format off
static const struct scene_row rows[] = {
	/* as in public transcripts of WinDbg */
	{ "? fffffa804b729790 + 0xa0", KD_OK,
	  "Evaluate expression: -6046048151504 = fffffa80`4b729830\n" },
	{ "? 0000bd38", KD_OK, "Evaluate expression: 48440 = 00000000`0000bd38\n" },
	{ "? 1", KD_OK, "Evaluate expression: 1 = 00000000`00000001\n" },
	{ ".formats 200", KD_OK,
	  "Evaluate expression:\n"
	  "  Hex:     00000000`00000200\n"
	  "  Decimal: 512\n"
	  "  Octal:   0000000000000000001000\n"
	  "  Binary:  00000000 00000000 00000000 00000000 00000000 00000000 00000010 00000000\n"
	  "  Chars:   ........\n"
	  "  Time:    Thu Jan  1 00:08:32 1970\n"
	  "  Float:   low 7.17465e-043 high 0\n"
	  "  Double:  2.52962e-321\n" },
	{ "? rip", KD_OK, "Evaluate expression: -8796093018112 = fffff800`00001000\n" },
	{ "? @$exp+1", KD_OK, "Evaluate expression: -8796093018111 = fffff800`00001001\n" },
	{ "? poi(rsp)", KD_OK, "Evaluate expression: 107369758720 = 00000018`ffbc8000\n" },
	{ "? by(rsp+1)", KD_OK, "Evaluate expression: 128 = 00000000`00000080\n" },
	{ "? poi(0)", KD_E_TARGET, "Memory access error at ')'.\n" },
	{ "? 1 2", KD_E_FORMAT, "Extra character error in '2'.\n" },
	{ "? @nosuch", KD_E_NOT_FOUND, "Bad register error at '@nosuch'.\n" },
	{ ".formats", KD_E_FORMAT, "Numeric expression missing from '<EOL>'.\n" },
	{ "n", KD_OK, "base is 16\n" },
	{ "n 10; ? 10; ? 0x10; n", KD_OK,
	  "base is 10\n"
	  "Evaluate expression: 10 = 00000000`0000000a\n"
	  "Evaluate expression: 16 = 00000000`00000010\n"
	  "base is 10\n" },
	{ "n 8; ? 10", KD_OK, "base is 8\nEvaluate expression: 8 = 00000000`00000008\n" },
	{ "n 16", KD_OK, "base is 16\n" },
	{ "n10; n8; n16", KD_OK, "base is 10\nbase is 8\nbase is 16\n" },
	{ "n7", KD_E_ARG, "The base of numbers is 8, 10 or 16, not '7'.\n" },
	{ "nx", KD_E_NOT_FOUND, "'nx' is not a command. Did you mean 'n'? '.help' lists all.\n" },
	{ "n 7", KD_E_ARG, "The base of numbers is 8, 10 or 16, not '7'.\n" },
	{ "n 16x", KD_E_ARG, "The base of numbers is 8, 10 or 16, not '16x'.\n" },
	/* pseudo-registers */
	{ "? @$ip = @rip", KD_OK, "Evaluate expression: 1 = 00000000`00000001\n" },
	{ "? @$csp = @rsp", KD_OK, "Evaluate expression: 1 = 00000000`00000001\n" },
	{ "? . = $eventip", KD_OK, "Evaluate expression: 1 = 00000000`00000001\n" },
	{ "? @$retreg + @$retreg64", KD_OK, "Evaluate expression: 0 = 00000000`00000000\n" },
	{ "? @$ptrsize", KD_OK, "Evaluate expression: 8 = 00000000`00000008\n" },
	{ "? @$pagesize", KD_OK, "Evaluate expression: 4096 = 00000000`00001000\n" },
	{ "? @$exr_code", KD_OK, "Evaluate expression: 2147483651 = 00000000`80000003\n" },
	{ "? @$exr_chance", KD_OK, "Evaluate expression: 1 = 00000000`00000001\n" },
	{ "? @$exr_param14", KD_OK, "Evaluate expression: 0 = 00000000`00000000\n" },
	{ "? @$exr_param15", KD_E_NOT_FOUND, "Bad register error at '@$exr_param15'.\n" },
	{ "? @$bug_code", KD_E_UNSUPPORTED, "Not known here: '@$bug_code'.\n" },
	{ "? @$peb", KD_E_UNSUPPORTED, "Not known here: '@$peb'.\n" },
	{ "? @$ra == poi(@rsp)", KD_OK, "Evaluate expression: 1 = 00000000`00000001\n" },
	{ "? @$previp", KD_E_UNSUPPORTED, "Not known here: '@$previp'.\n" },
	{ "? @$t20", KD_E_NOT_FOUND, "Bad register error at '@$t20'.\n" },
	{ "r $t19 = 5 * 3; ? @$t19 + $t19; r $t19", KD_OK,
	  "Evaluate expression: 30 = 00000000`0000001e\n$t19=000000000000000f\n" },
	{ "r @$t1 = @$t19+1; r @$t1", KD_OK, "$t1=0000000000000010\n" },
	{ "r$t2=7; r $t2", KD_OK, "$t2=0000000000000007\n" },
	{ "r $ip = 5", KD_E_NOT_FOUND, "Bad register error at '$ip = 5'.\n" },
	{ "r $t0 5", KD_E_NOT_FOUND, "Bad register error at '5'.\n" },
	{ "r $t0 = ", KD_E_ARG,
	  "'r' does not ask for values: write one behind the '='.\n" },
	/* ranges of other commands */
	{ "db rsp L (poi(rsp+8)&0)+1", KD_OK,
	  "fffff800`00002000  00                                               .\n" },
	{ "dd rsp L@$ptrsize/4", KD_OK, "fffff800`00002000  ffbc8000 00000018\n" },
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

static void test_help(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	scene_run(&s, "?", KD_OK);
	CHECK(strstr(s.out, ".foreach") != NULL);
	scene_close(&s);
}

static void test_failures(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	s.session.read_fails = KD_E_LOST;
	CHECK_TEXT("memory", scene_run(&s, "? poi(rsp)", KD_E_LOST),
		   "Cannot read memory: the target does not answer any "
		   "more.\n");
	s.session.halted = false;
	scene_run(&s, "? poi(1000)", KD_E_STATE);
	CHECK_TEXT("numbers need no target", scene_run(&s, "? 1+1", KD_OK),
		   "Evaluate expression: 2 = 00000000`00000002\n");
	scene_close(&s);
}

static void test_events(void)
{
	struct kd_event stop = { .kind = KD_EV_STOPPED };
	struct kd_event check = {
		.kind = KD_EV_BUG_CHECK,
		.bug_check = { .code = 0xe2, .parameter = { 1, 2, 3, 4 } }
	};
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	stop.stop = s.session.stop;
	scene_show(&s, &stop);
	stop.stop.pc++;
	scene_show(&s, &stop);
	scene_show(&s, &check);
	CHECK_TEXT("the stop before", scene_run(&s, "? $previp", KD_OK),
		   "Evaluate expression: -8796093018112 = fffff800`00001000\n");
	CHECK_TEXT("bug check", scene_run(&s, "? @$bug_code", KD_OK),
		   "Evaluate expression: 226 = 00000000`000000e2\n");
	CHECK_TEXT("parameter", scene_run(&s, "? @$bug_param4", KD_OK),
		   "Evaluate expression: 4 = 00000000`00000004\n");
	scene_run(&s, "? @$bug_param0", KD_E_NOT_FOUND);
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "help", test_help },
		{ "failures", test_failures },
		{ "events", test_events },
	};

	return check_run("expression commands", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
