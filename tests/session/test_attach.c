#include "check.h"
#include "pair.h"

/*
 * Break-ins: who asked, which stop is theirs, and what becomes of a byte that
 * was too late for the stop that we hold.
 */

#define CODE_AT (PAIR_MEMORY + 0x900)
#define OTHER	(PAIR_MEMORY + 0x700) /* another int 3, in code of somebody */

#define STOP(c, a)                                                             \
	{                                                                      \
		.kind = LAB_EVENT_STOP, .code = (c), .pc = (a),                \
		.report.dr7 = 0x400                                            \
	}
#define BREAK	  STOP(0x80000003, PAIR_BREAK)
#define VIOLATION STOP(0xc0000005, CODE_AT)
#define LOAD                                                                   \
	{                                                                      \
		.kind = LAB_EVENT_LOAD, .text = "nt.exe", .len = 7,            \
		.pc = CODE_AT, .base = PAIR_KERNEL                             \
	}
#define COMMAND                                                                \
	{                                                                      \
		.kind = LAB_EVENT_COMMAND, .text = "name\0.echo", .len = 10,   \
		.pc = CODE_AT                                                  \
	}
#define CRASH                                                                  \
	{                                                                      \
		.kind = LAB_EVENT_PRINT, .text = crash,                        \
		.len = sizeof(crash) - 1                                       \
	}

static const char crash[] = "\n*** Fatal System Error: 0x000000e2\n"
			    " (0x0,0x0,0x0,0x0)\n\n";
static const struct lab_event hello = { .kind = LAB_EVENT_PRINT,
					.text = "hello\n",
					.len = 6 };
static const struct pair_data other_break = { OTHER, "\xcc", 1 };

enum { AFTER_MAX = 2, SOON = 100000, LATE = 2100000 };

/*
 * A byte goes out, and the target stops for another reason (held) before it
 * gets it. It is let run, and what comes after that may be the byte's doing.
 */
// clang-format off
static const struct {
	const char *name;
	bool knows_break;
	struct lab_event held;
	bool held_is_ours;
	struct lab_event after[AFTER_MAX];
	size_t count;
	uint64_t wait_us;       /* before each */
	size_t stops;           /* that are told */
	bool break_in;          /* what the last of them is called */
} rows[] = {
	{ "a load is held",                  true,  LOAD,      false, { BREAK },            1, SOON, 0, false },
	{ "a command is held",               true,  COMMAND,   false, { BREAK },            1, SOON, 0, false },
	{ "an exception is held",            true,  VIOLATION, false, { BREAK },            1, SOON, 0, false },
	{ "a breakpoint elsewhere is held",  true,  STOP(0x80000003, OTHER), false, { BREAK }, 1, SOON, 0, false },
	{ "just one is passed over",         true,  LOAD,      false, { BREAK, BREAK },     2, SOON, 1, true },
	{ "not after two seconds",           true,  LOAD,      false, { BREAK },            1, LATE, 1, true },
	{ "not elsewhere",                   true,  LOAD,      false, { STOP(0x80000003, OTHER) }, 1, SOON, 1, false },
	{ "not another code there",          true,  LOAD,      false, { STOP(0x80000004, PAIR_BREAK) }, 1, SOON, 1, false },
	{ "not a bug check",                 true,  LOAD,      false, { CRASH, BREAK },     2, SOON, 1, false },
	{ "a load between changes nothing",  true,  LOAD,      false, { LOAD, BREAK },      2, SOON, 0, false },
	{ "nor gives it more time",          true,  LOAD,      false, { LOAD, BREAK },      2, 1500000, 1, true },
	{ "a breakpoint between neither",    true,  LOAD,      false, { STOP(0x80000003, OTHER), BREAK }, 2, SOON, 1, false },
	{ "the byte's own stop is held",     true,  BREAK,     true,  { BREAK },            1, SOON, 1, true },
	{ "the place is not known",          false, LOAD,      false, { BREAK },            1, SOON, 1, false },
	{ "its own stop, place not known",   false, BREAK,     true,  { BREAK },            1, SOON, 1, false },
};
// clang-format on

static void stops_after(const char *row, struct pair *p, size_t i)
{
	size_t stops = 0;
	struct kd_event e;

	pair_happen(p, rows[i].after, rows[i].count, rows[i].wait_us);
	CHECK_ROW(row, kd_session_continue(p->session, KD_RESUME_GO,
					   KD_NEVER) == KD_OK);
	while (pair_event(p, KD_EV_STOPPED, 5 * PAIR_SECOND, &e)) {
		stops++;
		CHECK_EQ(row, e.stop.break_in, rows[i].break_in);
		/* to let the rest happen */
		if (p->script.at < rows[i].count)
			CHECK_ROW(row,
				  kd_session_continue(p->session, KD_RESUME_GO,
						      KD_NEVER) == KD_OK);
	}
	CHECK_EQ(row, stops, rows[i].stops);
	CHECK_EQ(row, p->script.at, rows[i].count);
}

static void surplus_in(enum lab_dialect d)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *row = rows[i].name;
		struct pair_config config = {
			.dialect = d,
			.latency_us = 100,
			.script = { .knows_break = rows[i].knows_break,
				    .deaf = true,
				    .data = &other_break,
				    .data_count = 1 },
		};
		struct pair p;
		struct kd_event e;

		if (!pair_open(&p, &config))
			continue;
		/* by now it is known that it runs */
		pair_happen(&p, &hello, 1, 0);
		pair_count(&p, KD_EV_NONE, 10 * PAIR_SECOND);
		CHECK_ROW(row, kd_session_break_in(p.session, pair_now(&p)) ==
				       KD_OK);
		pair_count(&p, KD_EV_NONE, SOON);
		pair_happen(&p, &rows[i].held, 1, 0);
		CHECK_ROW(row, pair_event(&p, KD_EV_STOPPED, PAIR_SECOND, &e));
		CHECK_EQ(row, e.stop.break_in, rows[i].held_is_ours);
		stops_after(row, &p, i);
		pair_close(&p);
	}
}

static void test_surplus(void)
{
	pair_both(surplus_in);
}

/* Within the two seconds, but it was asked for: two bytes, two stops. */
static void asked_again_in(enum lab_dialect d)
{
	static const struct lab_event load = LOAD, again = BREAK;
	const char *row = pair_dialect_name(d);
	struct pair_config config = {
		.dialect = d,
		.latency_us = 100,
		.script = { .knows_break = true, .deaf = true },
	};
	struct pair p;
	struct kd_event e;

	if (!pair_open(&p, &config))
		return;
	pair_count(&p, KD_EV_NONE, 10 * PAIR_SECOND);
	CHECK(kd_session_break_in(p.session, pair_now(&p)) == KD_OK);
	pair_count(&p, KD_EV_NONE, SOON);
	pair_happen(&p, &load, 1, 0);
	CHECK_ROW(row, pair_event(&p, KD_EV_STOPPED, PAIR_SECOND, &e));
	CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) == KD_OK);
	CHECK(kd_session_break_in(p.session, pair_now(&p)) == KD_OK);
	pair_happen(&p, &again, 1, 0);
	CHECK_ROW(row, pair_event(&p, KD_EV_STOPPED, PAIR_SECOND, &e));
	CHECK_ROW(row, e.stop.break_in);
	/* the other byte's stop is one too many */
	pair_happen(&p, &again, 1, SOON);
	CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) == KD_OK);
	CHECK_EQ(row, pair_count(&p, KD_EV_STOPPED, PAIR_SECOND), 0);
	CHECK_EQ(row, p.script.resumes, 3);
	CHECK_EQ(row, p.script.resumed_at[2], PAIR_BREAK + 1);
	pair_close(&p);
}

static void test_asked_again(void)
{
	pair_both(asked_again_in);
}

/* A byte that went out, a stop for another reason, and nothing in 2 s. */
static bool lose_a_byte(struct pair *p)
{
	static const struct lab_event load = LOAD;
	struct kd_event e;

	pair_count(p, KD_EV_NONE, 10 * PAIR_SECOND);
	CHECK(kd_session_break_in(p->session, pair_now(p)) == KD_OK);
	pair_count(p, KD_EV_NONE, SOON);
	pair_happen(p, &load, 1, 0);
	bool stopped = pair_event(p, KD_EV_STOPPED, PAIR_SECOND, &e);

	CHECK(kd_session_continue(p->session, KD_RESUME_GO, KD_NEVER) == KD_OK);
	pair_count(p, KD_EV_NONE, 3 * PAIR_SECOND);
	return stopped;
}

/* It is forgotten: of the two stops that come much later, both are told. */
static void stale_in(enum lab_dialect d)
{
	static const struct lab_event stop = BREAK, other = VIOLATION;

	for (int asked = 0; asked < 2; asked++) {
		const char *row = pair_dialect_name(d);
		struct pair_config config = {
			.dialect = d,
			.latency_us = 100,
			.script = { .knows_break = true, .deaf = true },
		};
		struct pair p;

		if (!pair_open(&p, &config))
			return;
		CHECK_ROW(row, lose_a_byte(&p));
		if (asked)
			CHECK(kd_session_break_in(p.session, pair_now(&p)) ==
			      KD_OK);
		pair_count(&p, KD_EV_NONE, SOON);
		pair_happen(&p, asked ? &stop : &other, 1, 0);
		CHECK_EQ(row, pair_count(&p, KD_EV_STOPPED, PAIR_SECOND), 1);
		pair_happen(&p, &stop, 1, SOON);
		CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) ==
		      KD_OK);
		CHECK_EQ(row, pair_count(&p, KD_EV_STOPPED, PAIR_SECOND), 1);
		pair_close(&p);
	}
}

static void test_stale(void)
{
	pair_both(stale_in);
}

/*
 * A stream's target stands still already, and says so when it gets the byte;
 * which it has noted all the same, and stops by it again (KD-WIRE 1.5).
 */
static void test_stopped_already(void)
{
	struct pair_config config = {
		.dialect = LAB_SERIAL,
		.latency_us = 100,
		.script.knows_break = true,
		.session.break_on_attach = true,
	};
	struct pair p;
	struct kd_event e;

	if (!pair_open(&p, &config))
		return;
	CHECK(pair_event(&p, KD_EV_STOPPED, 10 * PAIR_SECOND, &e));
	kd_session_destroy(p.session);
	p.session = NULL;
	if (CHECK(pair_session(&p, &config, &config.session))) {
		CHECK(pair_event(&p, KD_EV_STOPPED, 10 * PAIR_SECOND, &e));
		CHECK(e.stop.break_in);
		CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) ==
		      KD_OK);
		CHECK_EQ(NULL, pair_count(&p, KD_EV_STOPPED, 5 * PAIR_SECOND),
			 0);
		CHECK_EQ(NULL, p.script.breaks, 2);
		CHECK(!p.script.stopped);
	}
	pair_close(&p);
}

/* The stop is here already when somebody asks: no byte goes out. */
static void overtaken_in(enum lab_dialect d)
{
	static const struct lab_event load = LOAD;
	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .latency_us = 100 };
	struct pair p;
	struct kd_event e;

	if (!pair_open_halted(&p, &config))
		return;
	CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) == KD_OK);
	pair_count(&p, KD_EV_NONE, 3 * PAIR_SECOND);
	uint64_t before = lab_stub_counters(p.stub)->breakins;

	pair_happen(&p, &load, 1, 0);
	CHECK(p.link->ops->wait(p.link, false, -1, pair_now(&p) + SOON) ==
	      KD_OK);
	CHECK(kd_session_break_in(p.session, pair_now(&p)) == KD_OK);
	CHECK_ROW(row, pair_event(&p, KD_EV_STOPPED, PAIR_SECOND, &e));
	CHECK_EQ(row, e.stop.new_state, KD_STATE_LOAD_SYMBOLS);
	CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) == KD_OK);
	CHECK_EQ(row, pair_count(&p, KD_EV_STOPPED, 5 * PAIR_SECOND), 0);
	CHECK_EQ(row, lab_stub_counters(p.stub)->breakins, before);
	pair_close(&p);
}

static void test_overtaken(void)
{
	pair_both(overtaken_in);
}

/* A stop that somebody else's break-in made is called so, too. */
static void not_asked_in(enum lab_dialect d)
{
	static const struct lab_event stop = BREAK;
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
	pair_close(&p);
}

static void test_not_asked(void)
{
	pair_both(not_asked_in);
}

/* ---- a target that boots ---- */

static const struct lab_event boot[] = {
	{ .kind = LAB_EVENT_PRINT, .text = "boot\n", .len = 5 },
	LOAD,
	{ .kind = LAB_EVENT_PRINT, .text = "up\n", .len = 3 },
};

/* -b: its first stop comes by itself, so that no byte is needed. */
static void test_boot_needs_no_byte(void)
{
	struct pair_config config = {
		.dialect = LAB_KDNET,
		.latency_us = 5000,
		.script = { .events = boot, .count = 3, .knows_break = true },
		.session.break_on_attach = true,
	};
	struct pair p;
	struct kd_event e;

	if (!pair_open(&p, &config))
		return;
	CHECK(pair_event(&p, KD_EV_STOPPED, 10 * PAIR_SECOND, &e));
	CHECK_EQ(NULL, e.stop.new_state, KD_STATE_LOAD_SYMBOLS);
	CHECK(!e.stop.break_in);
	CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) == KD_OK);
	CHECK_EQ(NULL, pair_count(&p, KD_EV_STOPPED, 10 * PAIR_SECOND), 0);
	CHECK_EQ(NULL, lab_stub_counters(p.stub)->breakins, 0);
	pair_close(&p);
}

/* It is slower than that, and the byte meets the stop on its way. */
static void test_boot_meets_the_byte(void)
{
	struct pair_config config = {
		.dialect = LAB_KDNET,
		.latency_us = 20000,
		.script = { .events = boot,
			    .count = 3,
			    .knows_break = true,
			    .interval_us = 120000 },
		.session.break_on_attach = true,
	};
	struct pair p;
	struct kd_event e;

	if (!pair_open(&p, &config))
		return;
	CHECK(pair_event(&p, KD_EV_STOPPED, 10 * PAIR_SECOND, &e));
	CHECK_EQ(NULL, e.stop.new_state, KD_STATE_LOAD_SYMBOLS);
	CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) == KD_OK);
	CHECK_EQ(NULL, pair_count(&p, KD_EV_STOPPED, 10 * PAIR_SECOND), 0);
	CHECK_EQ(NULL, lab_stub_counters(p.stub)->breakins, 1);
	CHECK_EQ(NULL, p.script.breaks, 1);
	CHECK_EQ(NULL, p.script.resumes, 2);
	pair_close(&p);
}

/* It runs and says nothing: the byte leaves when it has had its time. */
static void test_settle_time(void)
{
	struct pair_config config = { .dialect = LAB_KDNET,
				      .session.break_on_attach = true };
	struct pair p;
	struct kd_event e;
	struct kd_stop stop;

	if (!pair_open(&p, &config))
		return;
	CHECK(pair_event(&p, KD_EV_ATTACHED, 10 * PAIR_SECOND, &e));
	uint64_t keyed_us = pair_now(&p);

	/* not even if somebody asks for it */
	CHECK(kd_session_break_in(p.session, keyed_us) == KD_OK);
	pair_count(&p, KD_EV_NONE, 49999);
	CHECK_EQ(NULL, lab_stub_counters(p.stub)->breakins, 0);
	CHECK(kd_session_wait_stop(p.session, keyed_us + 60000, &stop) ==
	      KD_OK);
	CHECK(stop.break_in);
	CHECK_EQ(NULL, lab_stub_counters(p.stub)->breakins, 1);
	pair_close(&p);
}

/* ---- leaving ---- */

/* A byte is still on its way: the target does not stand still for it. */
static void leave_in(enum lab_dialect d)
{
	for (int knows = 0; knows < 2; knows++) {
		const char *row = pair_dialect_name(d);
		struct pair_config config = {
			.dialect = d,
			.latency_us = 20000,
			.script.knows_break = knows,
		};
		struct pair p;
		struct kd_event e;

		if (!pair_open(&p, &config))
			return;
		/* a stream attaches by the first packet alone */
		if (d == LAB_KDNET)
			CHECK_ROW(row, pair_event(&p, KD_EV_ATTACHED,
						  10 * PAIR_SECOND, &e));
		if (d == LAB_SERIAL) {
			pair_halt(&p);
			CHECK(kd_session_continue(p.session, KD_RESUME_GO,
						  KD_NEVER) == KD_OK);
		}
		pair_count(&p, KD_EV_NONE, 3 * PAIR_SECOND);
		size_t breaks = p.script.breaks;

		CHECK(kd_session_break_in(p.session, pair_now(&p)) == KD_OK);
		CHECK(kd_session_poll(p.session) == KD_OK);
		CHECK_ROW(row,
			  kd_session_leave(p.session, KD_LEAVE_RUNNING,
					   pair_now(&p) + 10 * PAIR_SECOND) ==
				  KD_OK);
		CHECK_EQ(row, p.script.breaks, breaks + 1);
		CHECK_ROW(row, !p.script.stopped);
		pair_close(&p);
	}
}

static void test_leave(void)
{
	pair_both(leave_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "surplus byte", test_surplus },
		{ "asked again", test_asked_again },
		{ "stale byte", test_stale },
		{ "stopped already", test_stopped_already },
		{ "overtaken", test_overtaken },
		{ "not asked", test_not_asked },
		{ "boot needs no byte", test_boot_needs_no_byte },
		{ "boot meets the byte", test_boot_meets_the_byte },
		{ "settle time", test_settle_time },
		{ "leave", test_leave },
	};

	return check_run("attach", tests, sizeof(tests) / sizeof(tests[0]));
}
