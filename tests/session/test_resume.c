#include "check.h"
#include "pair.h"

#define CODE_AT	  (PAIR_MEMORY + 0x900) /* no breakpoint there */
#define HANDLED	  KD_CONTINUE_HANDLED
#define UNHANDLED KD_CONTINUE_NOT_HANDLED
#define STOP(c, a)                                                             \
	{                                                                      \
		.kind = LAB_EVENT_STOP, .code = (c), .pc = (a),                \
		.report.dr7 = 0x155                                            \
	}

// clang-format off
static const struct {
	const char *name;
	struct lab_event stop;
	enum kd_resume how;
	uint32_t status;
	bool trace;
	uint64_t resumed_at;
} rows[] = {
	{ "break in the code",    STOP(0x80000003, PAIR_BREAK), KD_RESUME_GO, HANDLED, false, PAIR_BREAK + 1 },
	{ "break, step",          STOP(0x80000003, PAIR_BREAK), KD_RESUME_STEP, HANDLED, true, PAIR_BREAK + 1 },
	{ "break, gn",            STOP(0x80000003, PAIR_BREAK), KD_RESUME_NOT_HANDLED, UNHANDLED, false, PAIR_BREAK + 1 },
	{ "break, other code",    STOP(0x80000003, CODE_AT), KD_RESUME_GO, HANDLED, false, CODE_AT },
	{ "single step",          STOP(0x80000004, CODE_AT), KD_RESUME_GO, HANDLED, false, CODE_AT },
	{ "single step on int 3", STOP(0x80000004, PAIR_BREAK), KD_RESUME_GO, HANDLED, false, PAIR_BREAK },
	{ "processor switched",   STOP(0x80000007, CODE_AT), KD_RESUME_GO, HANDLED, false, CODE_AT },
	{ "access violation, g",  STOP(0xc0000005, CODE_AT), KD_RESUME_GO, UNHANDLED, false, CODE_AT },
	{ "access violation, gh", STOP(0xc0000005, CODE_AT), KD_RESUME_HANDLED, HANDLED, false, CODE_AT },
	{ "access violation, gn", STOP(0xc0000005, CODE_AT), KD_RESUME_NOT_HANDLED, UNHANDLED, false, CODE_AT },
	{ "access violation, t",  STOP(0xc0000005, CODE_AT), KD_RESUME_STEP, HANDLED, true, CODE_AT },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		size_t r = i / 2;
		const char *row = rows[r].name;
		struct pair_config config = {
			.dialect = i % 2 ? LAB_KDNET : LAB_SERIAL,
			.latency_us = 100,
			.script = { .events = &rows[r].stop, .count = 1 },
		};
		struct pair p;
		struct kd_stop stop;

		if (!pair_open(&p, &config))
			continue;
		CHECK_ROW(row, kd_session_wait_stop(p.session, 10 * PAIR_SECOND,
						    &stop) == KD_OK);
		CHECK_ROW(row, !stop.break_in);
		CHECK_EQ(row, stop.report.dr7, 0x155);
		CHECK_ROW(row, kd_session_continue(p.session, rows[r].how,
						   KD_NEVER) == KD_OK);
		/* no Continue has an answer: time to arrive */
		pair_count(&p, KD_EV_NONE, PAIR_SECOND);
		CHECK_EQ(row, kd_session_is_halted(p.session), rows[r].trace);
		if (rows[r].trace)
			CHECK_EQ(row, kd_session_stop(p.session)->pc,
				 rows[r].resumed_at + 1);
		else
			CHECK_ROW(row, !kd_session_stop(p.session));
		CHECK_EQ(row, p.script.resumes, 1);
		CHECK_EQ(row, p.script.resume[0].status, rows[r].status);
		CHECK_EQ(row, p.script.resumed_at[0], rows[r].resumed_at);
		/* the target ignores the rest where it is not handled (8.2) */
		if (rows[r].status != UNHANDLED) {
			CHECK_ROW(row, p.script.resume[0].has_control);
			CHECK_EQ(row, p.script.resume[0].trace, rows[r].trace);
			CHECK_EQ(row, p.script.resume[0].dr7, 0x155);
		}
		pair_close(&p);
	}
}

/* PC that somebody moved is left where it was put. */
static void pc_moved_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .latency_us = 100 };
	struct pair p;
	struct kd_context c;

	if (!pair_open_halted(&p, &config))
		return;
	CHECK_ROW(row,
		  kd_session_get_context(p.session, 0, KD_NEVER, &c) == KD_OK);
	CHECK_EQ(row, kd_context_pc(&c), PAIR_BREAK);
	CHECK(kd_context_set_pc(&c, CODE_AT));
	CHECK_ROW(row,
		  kd_session_set_context(p.session, 0, &c, KD_NEVER) == KD_OK);
	CHECK_ROW(row, kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) ==
			       KD_OK);
	CHECK_EQ(row, p.script.resumed_at[0], CODE_AT);
	pair_close(&p);
}

static void test_pc_moved(void)
{
	pair_both(pc_moved_in);
}

/* In pieces, where GetContext fails: got, changed, and put back by a step. */
static void context_in_pieces_in(enum lab_dialect d)
{
	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d,
				      .latency_us = 100,
				      .faults = { .no_context = true } };
	struct pair p;
	struct kd_context c;

	if (!pair_open_halted(&p, &config))
		return;
	CHECK_ROW(row,
		  kd_session_get_context(p.session, 0, KD_NEVER, &c) == KD_OK);
	CHECK_EQ(row, c.len, PAIR_CONTEXT);
	CHECK_EQ(row, kd_context_pc(&c), PAIR_BREAK);
	CHECK(kd_context_set_pc(&c, CODE_AT));
	c.bytes[PAIR_CONTEXT - 1] = 0x5a;
	CHECK_ROW(row,
		  kd_session_set_context(p.session, 0, &c, KD_NEVER) == KD_OK);
	CHECK_EQ(row, p.script.context[PAIR_CONTEXT - 1], 0x5a);
	CHECK_ROW(row, kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) ==
			       KD_OK);
	CHECK_EQ(row, p.script.resumed_at[0], CODE_AT);
	pair_halt(&p);
	CHECK_ROW(row, kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) ==
			       KD_OK);
	CHECK_EQ(row, p.script.resumed_at[1], PAIR_BREAK + 1);
	pair_close(&p);
}

static void test_context_in_pieces(void)
{
	pair_both(context_in_pieces_in);
}

/* EFlags, and its trap flag (KD-WIRE 5.1) */
enum { EFLAGS = 0x44, TRAP_HIGH_BYTE = 1 };

/*
 * Continue2 is refused: Continue goes in its place, at once from then on, and
 * a step is made by the trap flag, which does not stay.
 */
static void no_continue2_in(enum lab_dialect d)
{
	static const struct {
		enum kd_resume how;
		uint32_t status;
	} steps[] = {
		{ KD_RESUME_GO, KD_CONTINUE_HANDLED },
		{ KD_RESUME_STEP, KD_CONTINUE_HANDLED },
		{ KD_RESUME_GO, KD_CONTINUE_HANDLED },
		{ KD_RESUME_NOT_HANDLED, KD_CONTINUE_NOT_HANDLED },
	};
	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d,
				      .latency_us = 100,
				      .faults = { .no_continue2 = true } };
	struct pair p;

	if (!pair_open_halted(&p, &config))
		return;
	for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
		uint64_t asked = lab_stub_counters(p.stub)->requests;

		CHECK_ROW(row, kd_session_resume(p.session, pair_now(&p),
						 steps[i].how) == KD_OK);
		CHECK_EQ(row, pair_count(&p, KD_EV_RUNNING, PAIR_SECOND), 1);
		CHECK_EQ(row, p.script.resumes, i + 1);
		CHECK_EQ(row, p.script.resume[i].status, steps[i].status);
		CHECK_ROW(row, !p.script.resume[i].has_control);
		CHECK_EQ(row, p.script.resumed_at[i], PAIR_BREAK + 1);
		CHECK_EQ(row, p.script.context[EFLAGS + 1],
			 steps[i].how == KD_RESUME_STEP ? TRAP_HIGH_BYTE : 0);
		/* GetContext, SetContext, Continue, and the first is refused,
		 * behind which the registers are read again */
		CHECK_EQ(row, lab_stub_counters(p.stub)->requests - asked,
			 i ? 3 : 5);
		pair_halt(&p);
	}
	pair_close(&p);
}

static void test_no_continue2(void)
{
	pair_both(no_continue2_in);
}

/* A target that gives no registers is not held for ever because of it. */
static void no_context_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .script.no_context = true };
	struct pair p;

	if (!pair_open_halted(&p, &config))
		return;
	CHECK_ROW(row, kd_session_continue(p.session, KD_RESUME_GO,
					   10 * PAIR_SECOND) == KD_OK);
	CHECK_EQ(row, p.script.resumes, 1);
	pair_close(&p);
}

static void test_no_context(void)
{
	pair_both(no_context_in);
}

/* Asked again at once, the second stop is wanted. */
static void break_in_twice_in(enum lab_dialect d)
{

	struct pair_config config = { .dialect = d, .latency_us = 100 };
	struct pair p;

	if (!pair_open_halted(&p, &config))
		return;
	for (int i = 0; i < 3; i++) {
		CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) ==
		      KD_OK);
		pair_halt(&p);
	}
	CHECK_EQ(pair_dialect_name(d), p.script.breaks, 4);
	pair_close(&p);
}

static void test_break_in_twice(void)
{
	pair_both(break_in_twice_in);
}

static void reboot_and_crash_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .latency_us = 100 };
	struct pair p;
	struct kd_event e;

	if (!pair_open(&p, &config))
		return;
	CHECK_ROW(row, kd_session_reboot(p.session, 0) == KD_E_STATE);
	CHECK_ROW(row, kd_session_crash(p.session, 0) == KD_E_STATE);
	CHECK_ROW(row,
		  kd_session_resume(p.session, 0, KD_RESUME_GO) == KD_E_STATE);
	if (pair_halt(&p)) {
		CHECK_ROW(row,
			  kd_session_crash(p.session, pair_now(&p)) == KD_OK);
		CHECK_ROW(row,
			  pair_event(&p, KD_EV_RUNNING, 10 * PAIR_SECOND, &e));
		CHECK_EQ(row, p.script.crashes, 1);
	}
	if (pair_halt(&p)) {
		CHECK_ROW(row,
			  kd_session_reboot(p.session, pair_now(&p)) == KD_OK);
		CHECK_ROW(row,
			  pair_event(&p, KD_EV_RUNNING, 10 * PAIR_SECOND, &e));
		CHECK_EQ(row, p.script.reboots, 1);
		CHECK_ROW(row,
			  pair_event(&p, KD_EV_REBOOTED, 10 * PAIR_SECOND, &e));
		pair_halt(&p);
		CHECK_EQ(row, kd_session_version(p.session)->kernel_base,
			 PAIR_KERNEL + 0x100000);
	}
	pair_close(&p);
}

static void test_reboot_and_crash(void)
{
	pair_both(reboot_and_crash_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "PC moved", test_pc_moved },
		{ "context in pieces", test_context_in_pieces },
		{ "no Continue2", test_no_continue2 },
		{ "no context", test_no_context },
		{ "break in twice", test_break_in_twice },
		{ "reboot and crash", test_reboot_and_crash },
	};

	return check_run("resume", tests, sizeof(tests) / sizeof(tests[0]));
}
