#include "scene.h"

#include <string.h>

#define HOLE "?? ?? ?? ?? ?? ?? ?? ??"

// clang-format off
static const struct scene_row rows[] = {
	/* the first display starts where the target stands */
	{ "db L4", KD_OK,
	  "fffff800`00001000  cc 48 8b 5c                                      .H.\\\n" },
	{ "db", KD_OK,
	  "fffff800`00001004  24 40 48 8b 6c 24 48 48-8b 74 24 50 48 8b 7c 24  $@H.l$HH.t$PH.|$\n"
	  "fffff800`00001014  58 48 83 c4 30 41 5e c3-" HOLE "  XH..0A^.????????\n"
	  "fffff800`00001024  " HOLE "-" HOLE "  ????????????????\n"
	  "fffff800`00001034  " HOLE "-" HOLE "  ????????????????\n"
	  "fffff800`00001044  " HOLE "-" HOLE "  ????????????????\n"
	  "fffff800`00001054  " HOLE "-" HOLE "  ????????????????\n"
	  "fffff800`00001064  " HOLE "-" HOLE "  ????????????????\n"
	  "fffff800`00001074  " HOLE "-" HOLE "  ????????????????\n" },
	{ "dd rsp L5", KD_OK,
	  "fffff800`00002000  ffbc8000 00000018 00000000 51e05008\n"
	  "fffff800`00002010  6d206e49\n" },
	{ "dd L2", KD_OK,
	  "fffff800`00002014  726f6d65 2e2e2e79\n" },
	{ "dc @rsp+10 L4", KD_OK,
	  "fffff800`00002010  6d206e49 726f6d65 2e2e2e79 2e2e2e2e  In memory.......\n" },
	{ "dq fffff800`00002018 L4", KD_OK,
	  "fffff800`00002018  2e2e2e2e`2e2e2e79 38373635`34333231\n"
	  "fffff800`00002028  ????????`???????? ????????`????????\n" },
	{ "dp rsp L1", KD_OK, "fffff800`00002000  00000018`ffbc8000\n" },
	{ "dw rsp rsp+3", KD_OK, "fffff800`00002000  8000 ffbc\n" },
	/* a row whose end is there is read around its hole */
	{ "db fffff800`00001ff8 L10", KD_OK,
	  "fffff800`00001ff8  " HOLE "-00 80 bc ff 18 00 00 00  ????????........\n" },
	{ "dd fffff800`00002024 L2", KD_OK,
	  "fffff800`00002024  38373635 ????????\n" },
	{ "da fffff800`00003000", KD_OK, "fffff800`00003000  \"Hello\"\n" },
	{ "da", KD_OK,
	  "fffff800`00003006  \"A long text that does not fit into the forty-eig\"\n"
	  "fffff800`00003036  \"ht characters of a row\"\n" },
	{ "da fffff800`00003000 L3", KD_OK, "fffff800`00003000  \"Hel\"\n" },
	{ "da fffff800`00002024", KD_OK,
	  "fffff800`00002024  \"5678????????????????????????????????????????????\"\n" },
	{ "da 0", KD_OK,
	  "00000000`00000000  \"????????????????????????????????????????????????\"\n" },
	{ "du fffff800`00003000 L2", KD_OK,
	  "fffff800`00003000  \"\xe6\x95\x88\xe6\xb1\xac\"\n" },
	/* nothing over the top */
	{ "db ffffffff`fffffffe L8", KD_OK,
	  "ffffffff`fffffffe  ?? ??                                            ??\n" },
	{ "dd ffffffff`fffffffa", KD_OK,
	  "ffffffff`fffffffa  ????????\n" },
	{ "db nosuch", KD_E_NOT_FOUND, "Couldn't resolve error at 'nosuch'.\n" },
	{ "db 1000 L0", KD_E_FORMAT, "Range error in '1000 L0'.\n" },
	{ "db 1000 L1 2", KD_E_FORMAT, "Extra character error in '2'.\n" },
	/* what the last one was is kept with its address */
	{ "dd rsp L1; d L1", KD_OK,
	  "fffff800`00002000  ffbc8000\n"
	  "fffff800`00002004  00000018\n" },
	{ "dc /c 1 rsp+10 L3", KD_OK,
	  "fffff800`00002010  6d206e49  In m\n"
	  "fffff800`00002014  726f6d65  emor\n"
	  "fffff800`00002018  2e2e2e79  y...\n" },
	{ "db /c12 rsp L12", KD_OK,
	  "fffff800`00002000  00 80 bc ff 18 00 00 00-00 00 00 00 08 50 e0 51 49 6e  .............P.QIn\n" },
	{ "dW rsp+10 L2", KD_OK,
	  "fffff800`00002010  6e49 6d20                                In m\n" },
	{ "dyb rsp L2", KD_OK,
	  "                   76543210 76543210 76543210 76543210\n"
	  "                   -------- -------- -------- --------\n"
	  "fffff800`00002000  00000000 10000000                    00 80\n" },
	{ "db /c 0 rsp", KD_E_ARG,
	  "A row has 1 to 0n128 columns, not ' 0 rsp'.\n" },
	{ "db /c 81 rsp", KD_E_ARG,
	  "A row has 1 to 0n128 columns, not ' 81 rsp'.\n" },
	{ "db /x rsp", KD_E_FORMAT, "Syntax error at '/x rsp'.\n" },
	{ "db /p[x] rsp", KD_E_ARG,
	  "Memory is mapped as [c], [uc] or [wc], not as '[x] rsp'.\n" },
	/* the fake machine has its physical memory elsewhere */
	{ "dd /p 1000 L2", KD_OK, "00000000`00001000  11223344 ????????\n" },
	{ "dd /p[uc] 1000 L1", KD_OK, "00000000`00001000  11223344\n" },
	{ "!dc 1000 L1", KD_OK,
	  "#    1000 11223344                            D3\".\n" },
	{ "!dd L1", KD_E_TARGET,
	  "Physical memory read at 1004 failed\n"
	  "If you know the caching attributes used for the memory,\n"
	  "try specifying [c], [uc] or [wc], as in !dd [c] <params>.\n"
	  "The wrong one can hang or corrupt the target.\n" },
	{ "!db [c] -m 1000 L4", KD_OK,
	  "#    1000 44 33 22 11                                     D3\".\n" },
	/* in any case, if it means nothing else */
	{ "DB rsp L1", KD_OK,
	  "fffff800`00002000  00                                               .\n" },
};
// clang-format on

static void test_rows(void)
{
	struct scene s;

	scene_init(&s);
	s.session.physical[0] =
		(struct fake_piece){ 0x1000, "\x44\x33\x22\x11", 4 };
	scene_open(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_run(&s, "!db [uc] 1000 L1", KD_OK);
	CHECK_EQ("as it is mapped", s.session.accesses,
		 KD_ACCESS_PHYSICAL | KD_ACCESS_MAP_UNCACHED);
	s.session.reads = 0;
	scene_run(&s, "!dw -m 1000 L2", KD_OK);
	CHECK_EQ("one by one", s.session.reads, 2);
	scene_close(&s);
}

/* The first d shows bytes, and where the target stands. */
static void test_first(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	CHECK_TEXT("d", scene_run(&s, "d L1", KD_OK),
		   "fffff800`00001000  cc                                      "
		   "         .\n");
	scene_close(&s);
}

static void test_record(void)
{
	struct scene s;

	scene_init(&s);
	s.config.json = true;
	scene_open(&s);
	CHECK_ROW("rows",
		  strstr(scene_run(&s, "dd rsp+24 L2", KD_OK),
			 "\"size\":4,\"rows\":[{\"address\":"
			 "\"0xfffff80000002024\",\"bytes\":\"35363738\"},"
			 "{\"address\":\"0xfffff80000002028\","
			 "\"unreadable\":4}]") != NULL);
	scene_close(&s);
}

static void test_failures(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	s.session.read_fails = KD_E_TIMEOUT;
	CHECK_TEXT("timeout", scene_run(&s, "db 1000", KD_E_TIMEOUT),
		   "Cannot read memory at 00000000`00001000: timed out.\n");
	s.session.read_fails = KD_E_CANCELED;
	CHECK_TEXT("cancel", scene_run(&s, "dd 1000 L1000", KD_E_CANCELED),
		   "Cannot read memory at 00000000`00001000: canceled.\n");
	CHECK_EQ("no request after it", s.session.reads, 2);
	s.session.read_fails = KD_E_OS;
	kd_detail_set(&s.session.detail, "cannot send: no route to host");
	CHECK_TEXT("system", scene_run(&s, "db 1000", KD_E_OS),
		   "Cannot read memory at 00000000`00001000: cannot send: no "
		   "route to host.\n");
	s.session.context_fails = KD_E_LOST;
	CHECK_TEXT("registers", scene_run(&s, "db rsp", KD_E_LOST),
		   "Cannot read the registers: the target does not answer "
		   "any more.\n");
	scene_close(&s);
}

/* A page that is not there costs two requests a row, not one a byte. */
static void test_requests(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	scene_run(&s, "db 10000 L1000", KD_OK);
	CHECK_EQ("two a row", s.session.reads, 2 * 0x1000 / 16);
	s.session.reads = 0;
	scene_run(&s, "db rsp L20", KD_OK);
	CHECK_EQ("one for all", s.session.reads, 1);
	scene_close(&s);
}

static void test_32_bits(void)
{
	struct scene s;

	scene_init(&s);
	s.session.version.machine = KD_ARCH_X86;
	s.session.memory[0] = (struct fake_piece){ 0xffffffff81f71864,
						   "\xfc\xff\xfe\x7f", 4 };
	scene_open(&s);
	CHECK_TEXT("sign-extended", scene_run(&s, "dp 81f71864 L1", KD_OK),
		   "81f71864  7ffefffc\n");
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },	       { "first", test_first },
		{ "record", test_record },     { "failures", test_failures },
		{ "requests", test_requests }, { "32 bits", test_32_bits },
	};

	return check_run("d commands", tests, sizeof(tests) / sizeof(tests[0]));
}
