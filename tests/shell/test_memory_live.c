/*
 * The commands about memory, registers, MSRs and ports on the lab's kernel:
 * what they write is what is read back, over both dialects.
 */
#include "lab_shell.h"

#include <string.h>

/* In the latch of a device that does nothing else (lab_contract.h). */
#define LATCH "7c00"

/* $t9 is memory below the stack of what was interrupted. */
// clang-format off
static const struct {
	const char *line;
	enum kd_status status;
	const char *want; /* NULL: checked otherwise */
} rows[] = {
	{ "r $t9 = (@rsp - 800) & 0xffffffff`ffffff00; .if (@$t9 % 100) { .echo odd }", KD_OK, "" },
	{ "f @$t9 L80 0", KD_OK, "Filled 0x80 bytes\n" },
	{ "eb @$t9 4c 65 61 31; .printf \"%x %ma\\n\", dwo(@$t9), @$t9", KD_OK, "3161654c Lea1\n" },
	{ "ed @$t9+4 11223344 5; ? qwo(@$t9+4)", KD_OK,
	  "Evaluate expression: 21762290500 = 00000005`11223344\n" },
	{ "eq @$t9+8 fffff800`12345678; .if (poi(@$t9+8) == fffff800`12345678) { .echo same }", KD_OK, "same\n" },
	{ "ezu @$t9+10 \"hi\"; .printf \"%mu\\n\", @$t9+10", KD_OK, "hi\n" },
	{ "m @$t9 L20 @$t9+3; .printf \"%ma\\n\", @$t9+3", KD_OK, NULL },
	{ "f @$t9+40 L8 'A' 'B' 'C'; .printf \"%ma\\n\", @$t9+40", KD_OK, "Filled 0x8 bytes\nABCABCAB\n" },
	{ "m @$t9+40 L8 @$t9+50; c @$t9+40 L8 @$t9+50", KD_OK, "" },
	{ "eb @$t9+52 0; .foreach (d { c @$t9+40 L8 @$t9+50 }) { .echo d }", KD_OK, NULL },
	{ "s -[1]a @$t9 L80 \"ABC\"", KD_OK, NULL },
	/* a search finds what was just written, and counts its hits */
	{ "r $t0=0; .foreach (h { s -[1]b @$t9+40 L8 41 }) { r $t0=@$t0+1; r $t1 = h }; ? @$t0", KD_OK,
	  "Evaluate expression: 3 = 00000000`00000003\n" },
	{ "? @$t1-@$t9", KD_OK, "Evaluate expression: 70 = 00000000`00000046\n" },
	{ "r $t0=0; .foreach (h { s -[l8]sa @$t9+40 L8 }) { r $t0=@$t0+1 }; ? @$t0", KD_OK,
	  "Evaluate expression: 2 = 00000000`00000002\n" },
	/* registers: what is written is there, and put back again */
	{ "r $t0=@rbx; r rbx=1122334455667788; r rbx, bl", KD_OK, "rbx=1122334455667788 bl=88\n" },
	{ "r bl=11,zf=1; r rbx,zf; r rbx=@$t0", KD_OK, "rbx=1122334455667711 zf=1\n" },
	/* MSRs */
	{ "wrmsr c0000082 fffff800`00abcdef; rdmsr c0000082", KD_OK,
	  "msr[c0000082] = fffff800`00abcdef\n" },
	/* ports */
	{ "od " LATCH " 44332211; id " LATCH, KD_OK, "00007c00: 44332211\n" },
	{ "ib " LATCH "+1", KD_OK, "00007c01: 22\n" },
	{ "ow " LATCH "+2 beef; iw " LATCH "+2; id " LATCH, KD_OK,
	  "00007c02: beef\n00007c00: beef2211\n" },
	{ "ob " LATCH " 99; id " LATCH, KD_OK, "00007c00: beef2299\n" },
	{ ".effmach", KD_OK, "Effective machine: x64 (AMD64)\n" },
	{ "?? *(unsigned int*)(@$t9+0x40)", KD_OK, "unsigned int 0x41434241\n" },
	{ "eb 10 1", KD_E_TARGET, NULL },
};
// clang-format on

static bool open_stopped(struct lab_shell *l, enum lab_dialect dialect,
			 const char *scenario)
{
	const struct lab_shell_config config = { .dialect = dialect,
						 .scenario = scenario };

	if (!lab_shell_open(l, &config))
		return false;
	lab_shell_for(l, 3 * (uint64_t)PAIR_SECOND);
	if (lab_shell_break(l))
		return true;
	lab_shell_close(l);
	return false;
}

static void test_rows(enum lab_dialect dialect)
{
	static struct lab_shell l;

	if (!open_stopped(&l, dialect, NULL))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *said =
			lab_shell_run(&l, rows[i].line, rows[i].status);

		if (rows[i].want)
			CHECK_TEXT(rows[i].line, said, rows[i].want);
	}
	lab_shell_run(&l, "q", KD_OK);
	lab_shell_close(&l);
}

/* As it was published but for its 16 GiB, and where there is a hit. */
static void test_context_search(enum lab_dialect dialect)
{
	static struct lab_shell l;
	uint64_t requests;

	if (!open_stopped(&l, dialect, NULL))
		return;
	requests = lab_shell_requests(&l);
	lab_shell_run(&l,
		      ".foreach ( CxrPtr { s -[w1]d 0 l?fffff @gs @fs @es "
		      "@ds } ) { .echo CxrPtr - 8c }",
		      KD_OK);
	CHECK_TEXT("nothing down there", l.out, "");
	CHECK_ROW("at most two for each of 1024 pages",
		  lab_shell_requests(&l) - requests < 2100);
	lab_shell_run(
		&l, "r $t9 = (@rsp - 800) & 0xffffffff`ffffff00; f @$t9 L100 0",
		KD_OK);
	lab_shell_run(&l, "ed @$t9+8c @gs @fs @es @ds", KD_OK);
	CHECK_TEXT("one there",
		   lab_shell_run(&l,
				 ".foreach ( CxrPtr { s -[w1]d @$t9 l?100 @gs "
				 "@fs @es @ds } ) { ? CxrPtr - 8c - @$t9 }",
				 KD_OK),
		   "Evaluate expression: 0 = 00000000`00000000\n");
	lab_shell_close(&l);
}

/* A long search asks once for each piece of memory and each hit. */
static void test_requests(enum lab_dialect dialect)
{
	static struct lab_shell l;
	uint64_t requests;

	if (!open_stopped(&l, dialect, NULL))
		return;
	lab_shell_run(
		&l, "r $t9 = (@rsp - 800) & 0xffffffff`ffffff00; f @$t9 L100 0",
		KD_OK);
	lab_shell_run(&l, "s -[1]b @$t9 L100 77", KD_OK);
	requests = lab_shell_requests(&l);
	lab_shell_run(&l, "eb @$t9+10 77; eb @$t9+20 77; eb @$t9+30 77", KD_OK);
	CHECK_EQ("hits",
		 (lab_shell_run(&l, "s -[1]b @$t9 L100 77", KD_OK),
		  lab_shell_count(&l, "0x")),
		 3);
	CHECK_ROW("few requests", lab_shell_requests(&l) - requests < 20);
	lab_shell_close(&l);
}

static void test_bug_check(enum lab_dialect dialect)
{
	static struct lab_shell l;
	const struct lab_shell_config config = { .dialect = dialect,
						 .scenario = "crash" };

	if (!lab_shell_open(&l, &config))
		return;
	if (CHECK(lab_shell_until_stop(&l, 60 * (uint64_t)PAIR_SECOND))) {
		lab_shell_run(&l, ".bugcheck", KD_OK);
		CHECK_ROW("code",
			  strstr(l.out, "Bugcheck code 000000") == l.out);
		CHECK_EQ("not 0", lab_shell_count(&l, "code 00000000\n"), 0);
		lab_shell_run(&l, ".exr -1", KD_OK);
		CHECK_ROW("what stopped it",
			  strstr(l.out, "ExceptionCode: 80000003 (Break "
					"instruction exception)\n") != NULL);
	}
	lab_shell_close(&l);
}

static void test_rows_both(void)
{
	pair_both(test_rows);
}

static void test_context_search_both(void)
{
	pair_both(test_context_search);
}

static void test_requests_both(void)
{
	pair_both(test_requests);
}

static void test_bug_check_both(void)
{
	pair_both(test_bug_check);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows_both },
		{ "CONTEXT search", test_context_search_both },
		{ "requests", test_requests_both },
		{ "bug check", test_bug_check_both },
	};

	return check_run("memory, live", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
