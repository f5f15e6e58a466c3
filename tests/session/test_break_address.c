#include "check.h"
#include "pair.h"

/*
 * Where a break-in stops is looked up in the debugger data, which may be
 * absent, unreadable, or nonsense: then the stop is held all the same, and is
 * called a break-in only because we asked for one.
 */

#define HEAD PAIR_DATA_LIST
#define A    (PAIR_DATA_LIST + 0x100)
#define B    (PAIR_DATA_LIST + 0x200)

#define TO_HEAD			  "\x00\xe0\x07\x00\x00\xf8\xff\xff"
#define TO_A			  "\x00\xe1\x07\x00\x00\xf8\xff\xff"
#define TO_B			  "\x00\xe2\x07\x00\x00\xf8\xff\xff"
#define TO_NOWHERE		  "\x00\x00\x00\x00\x00\x00\x00\x00"
#define BREAK_HERE		  "\x45\x23\x01\x00\x00\xf8\xff\xff"
#define ELSEWHERE		  "\x46\x23\x01\x00\x00\xf8\xff\xff"
#define GAP			  "\0\0\0\0\0\0\0\0"
#define BLOCK(next, tag, address) next GAP tag "\0\0\0\0" GAP address

enum { DATA_MAX = 3, BLOCK_LEN = 0x28 };

// clang-format off
static const struct {
	const char *name;
	struct pair_data data[DATA_MAX];
	size_t count;
	bool known;
} rows[] = {
	{ "one block",              { { HEAD, TO_A, 8 }, { A, BLOCK(TO_HEAD, "KDBG", BREAK_HERE), BLOCK_LEN } }, 2, true },
	{ "the second block",       { { HEAD, TO_A, 8 }, { A, BLOCK(TO_B, "XXXX", ELSEWHERE), BLOCK_LEN }, { B, BLOCK(TO_HEAD, "KDBG", BREAK_HERE), BLOCK_LEN } }, 3, true },
	{ "another address",        { { HEAD, TO_A, 8 }, { A, BLOCK(TO_HEAD, "KDBG", ELSEWHERE), BLOCK_LEN } }, 2, false },
	{ "no address",             { { HEAD, TO_A, 8 }, { A, BLOCK(TO_HEAD, "KDBG", TO_NOWHERE), BLOCK_LEN } }, 2, false },
	{ "an empty list",          { { HEAD, TO_HEAD, 8 } }, 1, false },
	{ "a list that was never made", { { HEAD, TO_NOWHERE, 8 } }, 1, false },
	{ "a block of another kind", { { HEAD, TO_A, 8 }, { A, BLOCK(TO_HEAD, "XXXX", BREAK_HERE), BLOCK_LEN } }, 2, false },
	{ "a list without an end",  { { HEAD, TO_A, 8 }, { A, BLOCK(TO_A, "XXXX", BREAK_HERE), BLOCK_LEN } }, 2, false },
	{ "a block that cannot be read", { { HEAD, "\0\0\0\0\0\0\0\1", 8 } }, 1, false },
};
// clang-format on

static const struct lab_event stop = {
	.kind = LAB_EVENT_STOP,
	.code = 0x80000003,
	.pc = PAIR_BREAK,
};

/* Nobody asked, so that what it is called is the address's doing. */
static void find_in(enum lab_dialect d)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *row = rows[i].name;
		struct pair_config config = {
			.dialect = d,
			.script = { .events = &stop,
				    .count = 1,
				    .data = rows[i].data,
				    .data_count = rows[i].count,
				    .knows_break = true },
		};
		struct kd_session_counters before, after;
		struct pair p;
		struct kd_event e;

		if (!pair_open(&p, &config))
			continue;
		CHECK_ROW(row,
			  pair_event(&p, KD_EV_STOPPED, 10 * PAIR_SECOND, &e));
		CHECK_EQ(row, e.stop.break_in, rows[i].known);
		CHECK_ROW(row, e.stop.hard_coded);
		/* it is not asked for again in this boot */
		kd_session_get_counters(p.session, &before);
		p.script.at = 0;
		CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) ==
		      KD_OK);
		CHECK_ROW(row,
			  pair_event(&p, KD_EV_STOPPED, 10 * PAIR_SECOND, &e));
		CHECK_EQ(row, e.stop.break_in, rows[i].known);
		kd_session_get_counters(p.session, &after);
		/* GetContext, SetContext, Continue2 */
		CHECK_EQ(row, after.requests - before.requests, 3);
		pair_close(&p);
	}
}

static void test_find(void)
{
	pair_both(find_in);
}

/* The next boot has it elsewhere. */
static void reboot_in(enum lab_dialect d)
{
	static const struct pair_data moved[] = {
		{ HEAD, TO_A, 8 },
		{ A, BLOCK(TO_HEAD, "KDBG", ELSEWHERE), BLOCK_LEN },
	};
	const char *row = pair_dialect_name(d);
	struct pair_config config = {
		.dialect = d,
		.script = { .events = &stop, .count = 1, .knows_break = true },
	};
	struct pair p;
	struct kd_event e;

	if (!pair_open(&p, &config))
		return;
	CHECK_ROW(row, pair_event(&p, KD_EV_STOPPED, 10 * PAIR_SECOND, &e));
	CHECK_ROW(row, e.stop.break_in);
	p.script.script.data = moved;
	p.script.script.data_count = 2;
	p.script.at = 0;
	lab_stub_reboot(p.stub, pair_now(&p));
	CHECK_ROW(row, pair_event(&p, KD_EV_STOPPED, 30 * PAIR_SECOND, &e));
	CHECK_ROW(row, !e.stop.break_in);
	pair_close(&p);
}

static void test_reboot(void)
{
	pair_both(reboot_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "find", test_find },
		{ "reboot", test_reboot },
	};

	return check_run("break address", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
