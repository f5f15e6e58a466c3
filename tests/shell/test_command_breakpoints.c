#include "scene.h"

#include <string.h>

// clang-format off
static const struct scene_row rows[] = {
	{ "bl", KD_OK, "" },
	{ ".bpcmds", KD_OK, "" },
	{ "bp fffff80000001005", KD_OK, "" },
	{ "bl", KD_OK, " 0 e fffff800`00001005     0001 (0001) \n" },
	{ "bp", KD_OK, "" },
	{ "bp7 @rip+a 3 \"r rax;g\"", KD_OK, "" },
	{ "bl", KD_OK,
	  " 0 e fffff800`00001005     0001 (0001) \n"
	  " 1 e fffff800`00001000     0001 (0001) \n"
	  " 7 e fffff800`0000100a     0003 (0003)  \"r rax;g\"\n" },
	{ ".bpcmds", KD_OK,
	  "bp0 0xfffff800`00001005 ;\n"
	  "bp1 0xfffff800`00001000 ;\n"
	  "bp7 0xfffff800`0000100a 0x3 \"r rax;g\";\n" },
	/* at the same place: the same breakpoint, unless it has a number */
	{ "bp fffff80000001005 \".printf \\\"%p\\\\n\\\", @rax\"", KD_OK, "breakpoint 0 redefined\n" },
	{ "bp2 fffff80000001005", KD_OK, "" },
	{ "bl 0,2", KD_OK,
	  " 0 e fffff800`00001005     0001 (0001)  \".printf \"%p\\n\", @rax\"\n"
	  " 2 e fffff800`00001005     0001 (0001) \n" },
	{ "bp2 @rip+1", KD_OK, "breakpoint 2 redefined\n" },
	{ "bd 0-1", KD_OK, "" },
	{ "bl0-2", KD_OK,
	  " 0 d fffff800`00001005     0001 (0001)  \".printf \"%p\\n\", @rax\"\n"
	  " 1 d fffff800`00001000     0001 (0001) \n"
	  " 2 e fffff800`00001001     0001 (0001) \n" },
	{ "r $t0=1; be [$t0], 0", KD_OK, "" },
	{ "bs 0", KD_OK, "" },
	{ "bs 1 \"k\"", KD_OK, "" },
	{ "bl", KD_OK,
	  " 0 e fffff800`00001005     0001 (0001) \n"
	  " 1 e fffff800`00001000     0001 (0001)  \"k\"\n"
	  " 2 e fffff800`00001001     0001 (0001) \n"
	  " 7 e fffff800`0000100a     0003 (0003)  \"r rax;g\"\n" },
	{ "bsc 1 @rax == 5 \".echo five\"", KD_OK, "" },
	{ "br 1 12 7 3", KD_OK, "" },
	{ "bl 3-99", KD_OK,
	  " 3 e fffff800`0000100a     0003 (0003)  \"r rax;g\"\n"
	  "12 e fffff800`00001000     0001 (0001)  \".if (@rax == 5) {.echo five} .else {gc}\"\n" },
	{ "? $bp3", KD_OK, "Evaluate expression: -8796093018102 = fffff800`0000100a\n" },
	{ "bc *", KD_OK, "" },
	{ "bl", KD_OK, "" },
	{ "ba w4 fffff80000002000", KD_OK, "" },
	{ "ba e 1 @rip \"k\"", KD_OK, "" },
	{ "ba i2 3f8", KD_OK, "" },
	{ "ba9 r8 /1 fffff80000002008 5", KD_OK, "" },
	{ "bl", KD_OK,
	  " 0 e fffff800`00002000 w 4 0001 (0001) \n"
	  " 1 e fffff800`00001000 e 1 0001 (0001)  \"k\"\n"
	  " 2 e 00000000`000003f8 i 2 0001 (0001) \n"
	  " 9 e fffff800`00002008 r 8 0005 (0005) \n" },
	{ ".bpcmds", KD_OK,
	  "ba0 w4 0xfffff800`00002000 ;\n"
	  "ba1 e1 0xfffff800`00001000 \"k\";\n"
	  "ba2 i2 0x00000000`000003f8 ;\n"
	  "ba9 r8 /1 0xfffff800`00002008 0x5 ;\n" },
	{ "bc 0-9", KD_OK, "" },
	{ "bp nosuch!thing", KD_OK, "Bp expression 'nosuch!thing' could not be resolved, adding deferred bp\n" },
	{ "bu other!x+4 2 \"k\"", KD_OK, "" },
	{ "bp /t fffff80000009000 /w \"@rax > 3\" @rip", KD_OK, "" },
	{ "bl", KD_OK,
	  " 0 eu                      0001 (0001) (nosuch!thing)\n"
	  " 1 eu                      0002 (0002) (other!x+4) \"k\"\n"
	  " 2 e fffff800`00001000     0001 (0001) \n"
	  "     Match thread data fffff800`00009000\n"
	  "     Condition: @rax > 3\n" },
	{ "bl \"nosuch*\"", KD_OK, " 0 eu                      0001 (0001) (nosuch!thing)\n" },
	{ ".bpcmds", KD_OK,
	  "bu0 nosuch!thing;\n"
	  "bu1 other!x+4 0x2 \"k\";\n"
	  "bp2 /t 0xfffff80000009000 /w \"@rax > 3\" 0xfffff800`00001000 ;\n" },
	/* what is refused */
	{ "bc", KD_E_ARG, "Which breakpoints? Their numbers, ranges such as 0-3, or '*' for all.\n" },
	{ "bc 5", KD_E_NOT_FOUND, "There is no breakpoint 5. 'bl' lists them.\n" },
	{ "bc x", KD_E_FORMAT, "Syntax error at 'x'.\n" },
	{ "bd [1", KD_E_FORMAT, "Syntax error at '<EOL>'.\n" },
	{ "be 99999999999", KD_E_ARG, "A breakpoint's number is less than 2^31.\n" },
	{ "br 0", KD_E_FORMAT, "Syntax error at '<EOL>'.\n" },
	{ "br 0 1", KD_E_ARG, "There is a breakpoint 1 already.\n" },
	{ "br 5 6", KD_E_NOT_FOUND, "There is no breakpoint 5. 'bl' lists them.\n" },
	{ "bs 5 \"k\"", KD_E_NOT_FOUND, "There is no breakpoint 5. 'bl' lists them.\n" },
	{ "bs 0 k", KD_E_FORMAT, "Syntax error at 'k'.\n" },
	{ "bp nosuch", KD_E_NOT_FOUND, "Couldn't resolve error at 'nosuch'.\n" },
	{ "bp @rip 1 2", KD_E_FORMAT, "Syntax error at '2'.\n" },
	{ "bp /c 3 @rip", KD_E_UNSUPPORTED, "/c and /C count calls on the stack, which is not done here: a condition (/w) may look at @$csp.\n" },
	{ "bp /p fffff80000009000 @rip", KD_E_UNSUPPORTED, "Which process runs cannot be told here, so /p cannot be kept.\n" },
	{ "bp /x @rip", KD_E_FORMAT, "Syntax error at '/x @rip'.\n" },
	{ "ba", KD_E_ARG, "Which access? e (execute), r (read or write), w (write) or i (port), and how many bytes: 'ba w4 ADDRESS'.\n" },
	{ "ba w3 @rip", KD_E_ARG, "A debug register watches 1, 2, 4 or 8 bytes.\n" },
	{ "ba w4 nosuch!x", KD_E_NOT_FOUND, "'ba' needs an address that is known by now.\n" },
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

#define PLACE "fffff800`00001000 cc              int     3\n"

/*
 * Breakpoints, and what a hit of the first of them, or of the first two,
 * comes to.
 */
// clang-format off
static const struct {
	const char *line;
	unsigned hit, times, continued;
	const char *want; /* of the last time */
} hits[] = {
	{ "bp @rip",                                 1, 1, 0, "Breakpoint 0 hit\n" PLACE },
	{ "bp @rip \".echo a\"",                     1, 1, 0, "a\n" PLACE },
	{ "bp @rip \".echo a;g;.echo b\"",           1, 3, 3, "a\n" },
	{ "bp @rip \"j 0 '.echo no'; 'g'\"",         1, 1, 1, "" },
	{ "bp @rip \".if (@rip == 0) {} .else {g}\"", 1, 1, 1, "" },
	{ "bp /w \"@$t1 == 7\" @rip",                1, 1, 1, "" },
	{ "r $t1=7; bp /w \"@$t1 == 7\" @rip",       1, 1, 0, "Breakpoint 0 hit\n" PLACE },
	{ "bp /w \"1\" @rip 3",                      1, 2, 2, "" },
	{ "bp /w \"1\" @rip 3",                      1, 3, 2, "Breakpoint 0 hit\n" PLACE },
	{ "bp /w \"nosuch\" @rip",                   1, 1, 0, "Couldn't resolve error at 'nosuch'.\nBreakpoint 0 hit\n" PLACE },
	{ "bp0 @rip \".echo a;g\"; bp1 @rip",        2, 1, 0, "a\nBreakpoint 1 hit\n" PLACE },
	{ "bp0 @rip \".echo a;g\"; bp1 @rip \".echo b;g\"", 2, 1, 1, "a\nb\n" },
	{ "bp0 @rip \".echo a;g\"; bp1 @rip \".echo b\"", 2, 1, 0, "a\nb\n" PLACE },
	{ "bp0 @rip \".echo a;bc 1;g\"; bp1 @rip",   2, 1, 0, "a\nBreakpoint 1 hit\n" PLACE },
	{ "bp0 @rip \"bc 0;.echo a;g\"",             1, 1, 1, "a\n" },
	{ "bp @rip \"nonsense;g\"",                  1, 1, 0, "'nonsense' is not a command. '.help' lists all.\n" PLACE },
};
// clang-format on

static void test_hits(void)
{
	struct scene s;

	for (size_t i = 0; i < sizeof(hits) / sizeof(hits[0]); i++) {
		struct kd_event e = { .kind = KD_EV_STOPPED };

		scene_init(&s);
		scene_open(&s);
		e.stop = s.session.stop;
		scene_show(&s, &e); /* the banner */
		scene_run(&s, hits[i].line, KD_OK);
		e.stop.breakpoint[1] = 1;
		e.stop.breakpoint_count = hits[i].hit;
		for (unsigned n = 0; n < hits[i].times; n++) {
			s.session.halted = true;
			scene_show(&s, &e);
		}
		CHECK_TEXT(hits[i].line, s.out, hits[i].want);
		CHECK_EQ(hits[i].line, s.session.continued, hits[i].continued);
		scene_close(&s);
	}
}

/* Whoever asked for a stop gets one, whatever the breakpoint says. */
static void test_wanted(void)
{
	struct kd_event e = { .kind = KD_EV_STOPPED };
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	e.stop = s.session.stop;
	scene_show(&s, &e);
	scene_run(&s, "bp @rip \".echo a;g\"", KD_OK);
	e.stop.breakpoint_count = 1;
	e.stop.wanted = true;
	CHECK_TEXT("wanted", scene_show(&s, &e), "a\n" PLACE);
	CHECK_TEXT("last event", scene_run(&s, ".lastevent", KD_OK),
		   "Last event: Break instruction exception - code 80000003 "
		   "(first chance)\n");
	s.session.stop = e.stop;
	CHECK_TEXT("last event", scene_run(&s, ".lastevent", KD_OK),
		   "Last event: Hit breakpoint 0\n");
	CHECK_EQ("wanted", s.session.continued, 0);
	/* and one of run control's says nothing of itself */
	e.stop.wanted = false;
	e.stop.breakpoint[0] = KD_BREAKPOINT_INTERNAL;
	CHECK_TEXT("internal", scene_show(&s, &e), PLACE);
	scene_close(&s);
}

/* One-shot ones whose condition only the shell knows go when they are met. */
static void test_once(void)
{
	struct kd_event e = { .kind = KD_EV_STOPPED };
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	e.stop = s.session.stop;
	scene_show(&s, &e);
	scene_run(&s, "bp /1 /w \"@$t1\" @rip", KD_OK);
	e.stop.breakpoint_count = 1;
	scene_show(&s, &e);
	CHECK_EQ("not met", s.session.breakpoint_count, 1);
	s.session.halted = true;
	scene_run(&s, "r $t1=1", KD_OK);
	CHECK_TEXT("met", scene_show(&s, &e), "Breakpoint 0 hit\n" PLACE);
	CHECK_EQ("met", s.session.breakpoint_count, 0);
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "hits", test_hits },
		{ "wanted", test_wanted },
		{ "once", test_once },
	};

	return check_run("command breakpoints", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
