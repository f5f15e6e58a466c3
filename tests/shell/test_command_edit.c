#include "kd_session_memory.h"
#include "scene.h"

#include <string.h>

#define RAM UINT64_C(0xfffff80000006000)

// clang-format off
static const struct scene_row rows[] = {
	{ "eb fffff800`00006000 31 90 'h' 'i'; db fffff800`00006000 L4", KD_OK,
	  "fffff800`00006000  31 90 68 69                                      1.hi\n" },
	{ "ed fffff800`00006004 3261654c; dc fffff800`00006004 L1", KD_OK,
	  "fffff800`00006004  3261654c                             Lea2\n" },
	/* again, in the form of the last; the first character weighs most */
	{ "e fffff800`00006004 'VUTS' @$t0+5; dc fffff800`00006004 L2", KD_OK,
	  "fffff800`00006004  56555453 00000005                    STUV....\n" },
	{ "ew fffff800`00006000 1234,0n10,-1; dw fffff800`00006000 L3", KD_OK,
	  "fffff800`00006000  1234 000a ffff\n" },
	{ "eq fffff800`00006000 fffff800`00001000; ep fffff800`00006008 1; dq fffff800`00006000 L2", KD_OK,
	  "fffff800`00006000  fffff800`00001000 00000000`00000001\n" },
	{ "ea fffff800`00006000 \"abc\"; db fffff800`00006000 L4", KD_OK,
	  "fffff800`00006000  61 62 63 00                                      abc.\n" },
	{ "eza fffff800`00006000 \"xy\"; db fffff800`00006000 L4", KD_OK,
	  "fffff800`00006000  78 79 00 00                                      xy..\n" },
	{ "eu fffff800`00006010 \"a\xc3\xa9\"; db fffff800`00006010 L6", KD_OK,
	  "fffff800`00006010  61 00 e9 00 00 00                                a.....\n" },
	{ "eb fffff800`00006012 1 2 3 4; ezu fffff800`00006010 \"b\"; db fffff800`00006010 L6", KD_OK,
	  "fffff800`00006010  62 00 00 00 03 04                                b.....\n" },
	{ "eD fffff800`00006000 1.5 -2; dq fffff800`00006000 L2", KD_OK,
	  "fffff800`00006000  3ff80000`00000000 c0000000`00000000\n" },
	{ "ef fffff800`00006000 1.5e1; dd fffff800`00006000 L1", KD_OK,
	  "fffff800`00006000  41700000\n" },
	/* what does not go */
	{ "eb fffff800`00006000 100", KD_E_FORMAT, "Overflow error at '100'.\n" },
	{ "eb fffff800`00006000 'ab'", KD_E_FORMAT, "Overflow error at ''ab''.\n" },
	{ "ew fffff800`00006000 (-8001)", KD_E_FORMAT, "Overflow error at '(-8001)'.\n" },
	{ "ef fffff800`00006000 1.5x", KD_E_FORMAT, "Syntax error at '1.5x'.\n" },
	{ "eb fffff800`00006000 'a", KD_E_FORMAT, "Syntax error at ''a'.\n" },
	{ "eb fffff800`00006000 nosuch", KD_E_NOT_FOUND, "Couldn't resolve error at 'nosuch'.\n" },
	{ "ea fffff800`00006000 abc", KD_E_FORMAT,
	  "A string in quotes belongs here, not 'abc'.\n" },
	{ "ea fffff800`00006000 \"abc\" 1", KD_E_FORMAT,
	  "A string in quotes belongs here, not '\"abc\" 1'.\n" },
	{ "eb fffff800`00006000", KD_E_ARG,
	  "'eb' does not ask for values: write them behind the address, as in 'eb ADDRESS VALUE...'.\n" },
	{ "eza fffff800`00006000", KD_E_ARG,
	  "'eza' does not ask for values: write them behind the address, as in 'eza ADDRESS \"TEXT\"'.\n" },
	{ "eb 1000 1", KD_E_TARGET,
	  "Cannot write memory at 00000000`00001000: the target refused.\n" },
	/* the part that fits is written, and where it ended is said */
	{ "ed fffff800`000060fc 1 2; dd fffff800`000060fc L1", KD_E_TARGET,
	  "Cannot write memory at fffff800`00006100: the target refused.\n" },
	/* f */
	{ "f fffff800`00006020 L6 'A' 'B' 43; db fffff800`00006020 L8", KD_OK,
	  "Filled 0x6 bytes\n"
	  "fffff800`00006020  41 42 43 41 42 43 00 00                          ABCABC..\n" },
	/* more values than there are bytes */
	{ "f fffff800`00006020 fffff800`00006021 1 2 3 4; db fffff800`00006020 L4", KD_OK,
	  "Filled 0x2 bytes\n"
	  "fffff800`00006020  01 02 43 41                                      ..CA\n" },
	{ "f fffff800`000060fe L4 1", KD_E_TARGET,
	  "Filled 0x2 bytes, up to fffff800`00006100: the target refused.\n" },
	{ "f fffff800`00006020", KD_E_FORMAT, "Syntax error at '<EOL>'.\n" },
	{ "f fffff800`00006020 L4", KD_E_FORMAT, "Syntax error at '<EOL>'.\n" },
	{ "fp [x] 0 L4 1", KD_E_ARG,
	  "Memory is mapped as [c], [uc] or [wc], not as '[x] 0 L4 1'.\n" },
};

static const struct {
	const char *line;
	unsigned flags;
} flag_rows[] = {
	/* what people change is put back when they leave; a long fill is not */
	{ "eb fffff800`00006000 1",         KD_WRITE_JOURNALED },
	{ "eza fffff800`00006000 \"x\"",    KD_WRITE_JOURNALED },
	{ "f fffff800`00006000 L1 1",       KD_WRITE_VIRTUAL },
	{ "eb /p fffff800`00006000 1",      KD_WRITE_PHYSICAL },
	{ "ed /p[uc] fffff800`00006000 1",  KD_WRITE_PHYSICAL | KD_WRITE_MAP_UNCACHED },
	{ "!eb fffff800`00006000 1",        KD_WRITE_PHYSICAL },
	{ "!ed [c] fffff800`00006000 1, 2", KD_WRITE_PHYSICAL | KD_WRITE_MAP_CACHED },
	{ "fp [wc] fffff800`00006000 L1 1", KD_WRITE_PHYSICAL | KD_WRITE_MAP_COMBINED },
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

static void test_flags(void)
{
	struct scene s;

	scene_init(&s);
	s.session.ram_address = RAM;
	scene_open(&s);
	for (size_t i = 0; i < sizeof(flag_rows) / sizeof(flag_rows[0]); i++) {
		scene_run(&s, flag_rows[i].line, KD_OK);
		CHECK_EQ(flag_rows[i].line, s.session.write_flags,
			 flag_rows[i].flags);
	}
	scene_close(&s);
}

/* Nothing is written if any of it is wrong. */
static void test_all_or_nothing(void)
{
	struct scene s;

	scene_init(&s);
	s.session.ram_address = RAM;
	scene_open(&s);
	scene_run(&s, "eb fffff800`00006000 1 2 nosuch", KD_E_NOT_FOUND);
	scene_run(&s, "f fffff800`00006000 L4 1 100", KD_E_FORMAT);
	CHECK_EQ("writes", s.session.writes, 0);
	scene_close(&s);
}

static void test_record(void)
{
	struct scene s;

	scene_init(&s);
	s.session.ram_address = RAM;
	s.config.json = true;
	scene_open(&s);
	CHECK_ROW("e", strstr(scene_run(&s, "ew fffff800`00006000 1 2", KD_OK),
			      "\"address\":\"0xfffff80000006000\","
			      "\"bytes\":\"01000200\"") != NULL);
	CHECK_ROW("f",
		  strstr(scene_run(&s, "f fffff800`00006000 L3 1", KD_OK),
			 "\"address\":\"0xfffff80000006000\",\"filled\":3") !=
			  NULL);
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "flags", test_flags },
		{ "all or nothing", test_all_or_nothing },
		{ "record", test_record },
	};

	return check_run("e commands", tests, sizeof(tests) / sizeof(tests[0]));
}
