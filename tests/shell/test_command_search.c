#include "scene.h"

#include <string.h>

#define RAM UINT64_C(0xfffff80000006000)

// clang-format off
static const struct scene_row rows[] = {
	{ "eza fffff800`00006041 \"QQQQQ B7\"", KD_OK, "" },
	/* overlapping hits, each with memory from there on */
	{ "s fffff800`00006000 L100 51 'Q' 51", KD_OK,
	  "fffff800`00006041  51 51 51 51 51 20 42 37-00 00 00 00 00 00 00 00  QQQQQ B7........\n"
	  "fffff800`00006042  51 51 51 51 20 42 37 00-00 00 00 00 00 00 00 00  QQQQ B7.........\n"
	  "fffff800`00006043  51 51 51 20 42 37 00 00-00 00 00 00 00 00 00 00  QQQ B7..........\n" },
	{ "s -a fffff800`00006000 L100 \"B7\"", KD_OK,
	  "fffff800`00006047  42 37 00 00 00 00 00 00-00 00 00 00 00 00 00 00  B7..............\n" },
	{ "s-a fffff800`00006000 fffff800`000060ff \"B7\"", KD_OK,
	  "fffff800`00006047  42 37 00 00 00 00 00 00-00 00 00 00 00 00 00 00  B7..............\n" },
	{ "s -[1]a fffff800`00006000 L100 \"B7\"", KD_OK, "0xfffff800`00006047\n" },
	/* the pattern has to lie within the range */
	{ "s -[1]a fffff800`00006000 L48 \"B7\"", KD_OK, "" },
	{ "s -[1]a fffff800`00006000 L49 \"B7\"", KD_OK, "0xfffff800`00006047\n" },
	/* elements lie in steps from the range's start */
	{ "s -[1]d fffff800`00006000 L40 51515151", KD_OK, "" },
	{ "s -[1]d fffff800`00006001 L3f 51515151", KD_OK, "0xfffff800`00006041\n" },
	{ "s -w fffff800`00006000 L80 5151", KD_OK,
	  "fffff800`00006042  5151 5151 4220 0037 0000 0000 0000 0000  QQQQ B7.........\n"
	  "fffff800`00006044  5151 4220 0037 0000 0000 0000 0000 0000  QQ B7...........\n" },
	{ "eq fffff800`00006080 48 1122334455667788; s -d fffff800`00006000 L40 'H'", KD_OK,
	  "fffff800`00006080  00000048 00000000 55667788 11223344  H........wfUD3\".\n" },
	{ "s -q fffff800`00006000 L20 1122334455667788", KD_OK,
	  "fffff800`00006088  11223344`55667788 00000000`00000000\n" },
	{ "ezu fffff800`000060c0 \"abcd\"; s -u fffff800`00006000 L80 \"bc\"", KD_OK,
	  "fffff800`000060c2  0062 0063 0064 0000 0000 0000 0000 0000  b.c.d...........\n" },
	/* several values in a row; a hit at the end of memory that is there */
	{ "ed fffff800`000060f8 1 2; s -d fffff800`00006000 L40 1 2", KD_OK,
	  "fffff800`000060f8  00000001 00000002 ???????? ????????  ........????????\n" },
	/* text of any sort */
	{ "s -sa fffff800`00006000 L100", KD_OK,
	  "fffff800`00006041  \"QQQQQ B7\"\n"
	  "fffff800`00006089  \"wfUD3\"\"\n" },
	{ "s -[l8]sa fffff800`00006000 L100", KD_OK,
	  "fffff800`00006041  \"QQQQQ B7\"\n" },
	{ "s -[1l 8]sa fffff800`00006000 L100", KD_OK, "0xfffff800`00006041\n" },
	{ "s -su fffff800`00006000 L80", KD_OK,
	  "fffff800`000060c0  \"abcd\"\n" },
	{ "s -sa fffff800`000060f0 L1000", KD_OK, "" },
	/* saved, and looked through again */
	{ "s -[1sn2]b fffff800`00006000 L100 51", KD_OK,
	  "0xfffff800`00006041\n0xfffff800`00006042\n0xfffff800`00006043\n"
	  "0xfffff800`00006044\n0xfffff800`00006045\n"
	  "Overflow error: more than 0x2 hits, the others are not saved.\n" },
	{ "eb fffff800`00006042 52; s -[1r]b 0 L1 51", KD_OK,
	  "0xfffff800`00006041\n" },
	/* into another command */
	{ ".foreach ( p { s -[1]b fffff800`00006000 L100 51 } ) { .echo p }", KD_OK,
	  "0xfffff800`00006041\n0xfffff800`00006043\n0xfffff800`00006044\n0xfffff800`00006045\n" },
	/* what does not go */
	{ "s -[sr]b 0 L1 1", KD_E_ARG,
	  "A search saves what it finds, or looks at what was saved, not both.\n" },
	{ "s -[x]b 0 L1 1", KD_E_FORMAT, "Syntax error at 'x]b 0 L1 1'.\n" },
	{ "s -[1", KD_E_FORMAT, "Syntax error at '<EOL>'.\n" },
	{ "s -[l]sa 0 L1", KD_E_FORMAT, "Syntax error at 'l]sa 0 L1'.\n" },
	{ "s -x 0 L1 1", KD_E_FORMAT, "Syntax error at 'x 0 L1 1'.\n" },
	{ "s -[1] 0 L1 1", KD_E_FORMAT, "Syntax error at ' 0 L1 1'.\n" },
	{ "s -v 0 L1 1", KD_E_UNSUPPORTED,
	  "'s -v' is not there: it needs the types of C++ objects.\n" },
	{ "s 0 L10000001 1", KD_E_FORMAT, "Range error in '0 L10000001 1'.\n" },
	{ "s -[1] 0", KD_E_FORMAT, "Syntax error at ' 0'.\n" },
	{ "s fffff800`00006000", KD_E_FORMAT, "Syntax error at '<EOL>'.\n" },
	{ "s -a 0 L10 \"\"", KD_E_ARG, "A pattern has 1 to 0n512 bytes.\n" },
	{ "s -sa 0 L10 1", KD_E_FORMAT, "Syntax error at '1'.\n" },
	/* far more than there is: it goes on behind gaps */
	{ "s -[1]b 0 L?ffffffff`ffffffff 52", KD_OK, "0xfffff800`00006042\n" },
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

/* One question a page, and its answer counts. */
static void test_writable(void)
{
	struct scene s;

	scene_init(&s);
	s.session.ram_address = RAM;
	memset(s.session.ram + 16, 0x51, 2);
	scene_open(&s);
	s.session.query_flags = 5; /* to be read, and executed */
	CHECK_TEXT("not to be written",
		   scene_run(&s, "s -[1w]b fffff800`00006000 L100 51", KD_OK),
		   "");
	CHECK_EQ("questions", s.session.queries, 1);
	s.session.query_flags = 7;
	CHECK_TEXT("to be written",
		   scene_run(&s, "s -[w1]w fffff800`00006000 L80 5151", KD_OK),
		   "0xfffff800`00006010\n");
	scene_close(&s);
}

/* A hit costs one search, and what is shown of it. */
static void test_requests(void)
{
	struct scene s;

	scene_init(&s);
	s.session.ram_address = RAM;
	memset(s.session.ram + 16, 0x51, 3);
	scene_open(&s);
	scene_run(&s, "s fffff800`00006000 L100 51", KD_OK);
	CHECK_EQ("searches", s.session.searches, 4);
	CHECK_EQ("reads", s.session.reads, 3);
	s.session.canceled = true;
	CHECK_TEXT("Ctrl-C",
		   scene_run(&s, "s fffff800`00006000 L100 51", KD_E_CANCELED),
		   "The search has stopped: canceled.\n");
	CHECK_EQ("searches", s.session.searches, 5);
	CHECK_TEXT("Ctrl-C",
		   scene_run(&s, "s -sa fffff800`00006000 L100", KD_E_CANCELED),
		   "The search has stopped: canceled.\n");
	CHECK_EQ("reads", s.session.reads, 3);
	scene_close(&s);
}

static void test_record(void)
{
	struct scene s;

	scene_init(&s);
	s.session.ram_address = RAM;
	memcpy(s.session.ram + 16, "text", 4);
	s.config.json = true;
	scene_open(&s);
	CHECK_ROW("bytes",
		  strstr(scene_run(&s,
				   "s -q fffff800`00006000 L20 "
				   "74786574",
				   KD_OK),
			 "\"hits\":[{\"address\":"
			 "\"0xfffff80000006010\",\"bytes\":"
			 "\"74657874000000000000000000000000\"}]") != NULL);
	CHECK_ROW("text",
		  strstr(scene_run(&s, "s -sa fffff800`00006000 L100", KD_OK),
			 "\"hits\":[{\"address\":\"0xfffff80000006010\","
			 "\"text\":\"text\"}]") != NULL);
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "writable", test_writable },
		{ "requests", test_requests },
		{ "record", test_record },
	};

	return check_run("s", tests, sizeof(tests) / sizeof(tests[0]));
}
