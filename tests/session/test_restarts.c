#include "check.h"
#include "pair.h"

#include <stdio.h>
#include <string.h>

/*
 * The target starts anew in mid-session, by RESET or by a SYNC of its own, in
 * whatever phase; what was under way is neither lost nor done twice. And what
 * else of KD-WIRE 1.8a and 10.1 needs its moment.
 */

enum { SERIAL = 1, KDNET = 2, BOTH = 3 };

#define SECOND PAIR_SECOND
#define ALL    UINT64_MAX

#define TEXT(k, s)                                                             \
	{                                                                      \
		.kind = (k), .text = (s), .len = sizeof(s) - 1                 \
	}

/* One packet and then the same again would count as a repetition. */
static const struct lab_event prints[] = {
	TEXT(LAB_EVENT_PRINT, "one\n"),
	TEXT(LAB_EVENT_PRINT, "two\n"),
	TEXT(LAB_EVENT_PRINT, "three\n"),
};
static const struct lab_event prompt = TEXT(LAB_EVENT_PROMPT, "yes? ");
static const struct lab_event stop = { .kind = LAB_EVENT_STOP,
				       .code = 0x80000003,
				       .pc = PAIR_BREAK };

static uint8_t buffer[64];

static void misbehave(struct pair *p, struct lab_faults faults)
{
	lab_stub_misbehave(p->stub, &faults);
}

static void wait(struct pair *p, uint64_t span_us)
{
	pair_count(p, KD_EV_NONE, span_us);
}

static void go(const char *row, struct pair *p)
{
	CHECK_ROW(row,
		  kd_session_continue(p->session, KD_RESUME_GO,
				      pair_now(p) + 100 * SECOND) == KD_OK);
}

/* ---- by RESET or SYNC ---- */

enum way { RESET, SYNC };

/* It starts anew with the next packet that it sends. */
static void restart(struct pair *p, enum way way)
{
	if (way == RESET)
		misbehave(p, (struct lab_faults){ .reset_before = 1 });
	else
		misbehave(p, (struct lab_faults){ .sync_on = 1 });
}

static void with_a_reply(const char *row, struct pair *p, enum way way)
{
	pair_halt(p);
	uint64_t before = lab_stub_counters(p->stub)->requests;

	for (int i = 0; i < 5; i++) {
		restart(p, way);
		CHECK_ROW(row, pair_reads(p));
	}
	CHECK_EQ(row, lab_stub_counters(p->stub)->requests, before + 5);
	CHECK_EQ(row, pair_count(p, KD_EV_STOPPED, SECOND), 0);
}

static void with_a_print(const char *row, struct pair *p, enum way way)
{
	pair_halt(p);
	go(row, p);
	for (size_t i = 0; i < sizeof(prints) / sizeof(prints[0]); i++) {
		restart(p, way);
		pair_happen(p, &prints[i], 1, 0);
		CHECK_EQ(row, pair_count(p, KD_EV_PRINT, 10 * SECOND), 1);
	}
	pair_halt(p);
	CHECK_ROW(row, pair_reads(p));
}

static void with_a_stop(const char *row, struct pair *p, enum way way)
{
	pair_halt(p);
	go(row, p);
	for (int i = 0; i < 3; i++) {
		restart(p, way);
		pair_happen(p, &stop, 1, 0);
		CHECK_EQ(row, pair_count(p, KD_EV_STOPPED, 5 * SECOND), 1);
		CHECK_ROW(row, pair_reads(p));
		go(row, p);
	}
	CHECK_EQ(row, p->script.resumes, 4);
}

static void with_a_prompt(const char *row, struct pair *p, enum way way)
{
	struct kd_event e;

	pair_halt(p);
	go(row, p);
	restart(p, way);
	pair_happen(p, &prompt, 1, 0);
	CHECK_ROW(row, pair_event(p, KD_EV_PROMPT, 10 * SECOND, &e));
	CHECK_ROW(row, kd_session_answer_prompt(p->session, pair_now(p), "yes",
						3) == KD_OK);
	wait(p, SECOND);
	CHECK_TEXT(row, p->script.answer, "yes");
	pair_halt(p);
	CHECK_ROW(row, pair_reads(p));
}

/* ---- by RESET, at any moment ---- */

/* A prompt waits: it may be repeated, and can still be answered, once. */
static void while_asking(const char *row, struct pair *p, enum way way)
{
	struct kd_event e;

	(void)way;
	pair_halt(p);
	go(row, p);
	pair_happen(p, &prompt, 1, 0);
	CHECK_ROW(row, pair_event(p, KD_EV_PROMPT, 10 * SECOND, &e));
	lab_stub_reset(p->stub, pair_now(p));
	wait(p, 3 * SECOND);
	CHECK_ROW(row, kd_session_answer_prompt(p->session, pair_now(p), "yes",
						3) == KD_OK);
	wait(p, 3 * SECOND);
	CHECK_TEXT(row, p->script.answer, "yes");
	CHECK_ROW(row, kd_session_answer_prompt(p->session, pair_now(p), "no",
						2) == KD_E_STATE);
	pair_halt(p);
	CHECK_ROW(row, pair_reads(p));
}

static void while_running(const char *row, struct pair *p, enum way way)
{
	(void)way;
	pair_halt(p);
	go(row, p);
	lab_stub_reset(p->stub, pair_now(p));
	CHECK_EQ(row, pair_count(p, KD_EV_STOPPED, 5 * SECOND), 0);
	CHECK_EQ(row, p->script.resumes, 1);
	pair_happen(p, &prints[0], 1, 0);
	CHECK_EQ(row, pair_count(p, KD_EV_PRINT, 10 * SECOND), 1);
	pair_halt(p);
	CHECK_ROW(row, pair_reads(p));
}

/*
 * RESET crosses the Continue, on its way for so long: it runs in the end, and
 * was let run once.
 */
static void while_resuming(const char *row, struct pair *p, enum way way)
{
	(void)way;
	for (uint64_t at_us = 0; at_us < 8000; at_us += 500) {
		size_t before = p->script.resumes;

		pair_halt(p);
		CHECK_ROW(row, kd_session_resume(p->session, pair_now(p),
						 KD_RESUME_GO) == KD_OK);
		wait(p, at_us);
		lab_stub_reset(p->stub, pair_now(p));
		wait(p, 20 * SECOND);
		CHECK_EQ(row, p->script.resumes, before + 1);
		CHECK_ROW(row, !p->script.stopped);
		CHECK_ROW(row, !kd_session_is_halted(p->session));
	}
}

static void while_reading(const char *row, struct pair *p, enum way way)
{
	(void)way;
	pair_halt(p);
	for (uint64_t at_us = 0; at_us < 8000; at_us += 500) {
		uint32_t id;
		struct kd_event e;

		CHECK_ROW(row, kd_session_submit_read(p->session, pair_now(p),
						      PAIR_MEMORY, buffer, 8,
						      KD_ACCESS_UNCACHED,
						      &id) == KD_OK);
		wait(p, at_us);
		lab_stub_reset(p->stub, pair_now(p));
		/* it may have been over before */
		pair_event(p, KD_EV_DONE, 20 * SECOND, &e);
		CHECK_ROW(row, kd_session_is_halted(p->session));
		CHECK_ROW(row, pair_reads(p));
	}
	CHECK_EQ(row, p->script.breaks, 1);
}

// clang-format off
static const struct {
	const char *name;
	unsigned dialects;
	void (*play)(const char *row, struct pair *p, enum way way);
	enum way way;
} restart_rows[] = {
	{ "RESET, then a reply",    BOTH,   with_a_reply,   RESET },
	{ "RESET, then a print",    BOTH,   with_a_print,   RESET },
	{ "RESET, then a stop",     BOTH,   with_a_stop,    RESET },
	{ "RESET, then a prompt",   BOTH,   with_a_prompt,  RESET },
	{ "SYNC on a reply",        SERIAL, with_a_reply,   SYNC },
	{ "SYNC on a print",        SERIAL, with_a_print,   SYNC },
	{ "SYNC on a stop",         SERIAL, with_a_stop,    SYNC },
	{ "SYNC on a prompt",       SERIAL, with_a_prompt,  SYNC },
	{ "RESET while it asks",    BOTH,   while_asking,   RESET },
	{ "RESET while it runs",    BOTH,   while_running,  RESET },
	{ "RESET and Continue",     BOTH,   while_resuming, RESET },
	{ "RESET and a read",       BOTH,   while_reading,  RESET },
};
// clang-format on

static void play(size_t i, enum lab_dialect d)
{
	struct pair_config config = { .dialect = d,
				      .latency_us = 1000,
				      .service_us = 500 };
	struct pair p;
	char row[80];

	snprintf(row, sizeof(row), "%s, %s", restart_rows[i].name,
		 pair_dialect_name(d));
	if (!pair_open(&p, &config))
		return;
	restart_rows[i].play(row, &p, restart_rows[i].way);
	pair_close(&p);
}

static void test_restarts(void)
{
	for (size_t i = 0; i < sizeof(restart_rows) / sizeof(restart_rows[0]);
	     i++) {
		if (restart_rows[i].dialects & SERIAL)
			play(i, LAB_SERIAL);
		if (restart_rows[i].dialects & KDNET)
			play(i, LAB_KDNET);
	}
}

/* ---- what may be done twice ---- */

static const uint8_t word[] = { 1, 2, 3, 4 };

// clang-format off
static const struct {
	const char *name;
	struct kd_manipulate m;
	bool again;
} again_rows[] = {
	{ "version",         { .api = KD_API_GET_VERSION }, true },
	{ "read",            { .api = KD_API_READ_VIRTUAL, .u.memory = { PAIR_MEMORY, 4, 0 } }, true },
	{ "write",           { .api = KD_API_WRITE_VIRTUAL, .u.memory = { PAIR_MEMORY, 4, 0 }, .data = word, .data_len = 4 }, true },
	{ "read physical",   { .api = KD_API_READ_PHYSICAL, .u.memory = { PAIR_MEMORY, 4, 0 } }, true },
	{ "get context",     { .api = KD_API_GET_CONTEXT }, true },
	{ "read control",    { .api = KD_API_READ_CONTROL, .u.memory = { 2, 224, 0 } }, true },
	{ "query",           { .api = KD_API_QUERY }, true },
	{ "fill",            { .api = KD_API_FILL, .u.fill = { PAIR_MEMORY, 4, 1, 4 }, .data = word, .data_len = 4 }, true },
	{ "fill physical",   { .api = KD_API_FILL, .u.fill = { PAIR_MEMORY, 4, 2, 4 }, .data = word, .data_len = 4 }, false },
	{ "write physical",  { .api = KD_API_WRITE_PHYSICAL, .u.memory = { PAIR_MEMORY, 4, 0 }, .data = word, .data_len = 4 }, false },
	{ "read port",       { .api = KD_API_READ_IO, .u.io = { .address = 0x60, .size = 1 } }, false },
	{ "write port",      { .api = KD_API_WRITE_IO, .u.io = { .address = 0x60, .size = 1 } }, false },
	{ "read port, ex",   { .api = KD_API_READ_IO_EXTENDED, .u.io = { .address = 0x60, .size = 1 } }, false },
	{ "write port, ex",  { .api = KD_API_WRITE_IO_EXTENDED, .u.io = { .address = 0x60, .size = 1 } }, false },
	{ "read MSR",        { .api = KD_API_READ_MSR }, false },
	{ "write MSR",       { .api = KD_API_WRITE_MSR }, false },
	{ "write PCI",       { .api = KD_API_SET_BUS_DATA, .data = word, .data_len = 4 }, false },
	{ "set breakpoint",  { .api = KD_API_WRITE_BREAKPOINT, .u.breakpoint = { PAIR_MEMORY, 0 } }, false },
	{ "clear breakpoint", { .api = KD_API_RESTORE_BREAKPOINT, .u.breakpoint = { 0, 1 } }, false },
};
// clang-format on

/* It has the request, and starts anew before it answers. */
static void test_again(void)
{
	for (size_t i = 0; i < sizeof(again_rows) / sizeof(again_rows[0]);
	     i++) {
		const char *row = again_rows[i].name;
		struct pair_config config = { .dialect = LAB_SERIAL,
					      .latency_us = 1000,
					      .service_us = 20000 };
		struct pair p;
		struct kd_event e;
		uint32_t id;

		if (!pair_open_halted(&p, &config))
			continue;
		uint64_t before = lab_stub_counters(p.stub)->requests;

		CHECK_ROW(row,
			  kd_session_submit(p.session, pair_now(&p),
					    &again_rows[i].m, &id) == KD_OK);
		wait(&p, 5000);
		lab_stub_reset(p.stub, pair_now(&p));
		CHECK_ROW(row, pair_event(&p, KD_EV_DONE, SECOND, &e));
		CHECK_EQ(row, lab_stub_counters(p.stub)->requests,
			 before + (again_rows[i].again ? 2 : 1));
		CHECK_EQ(row, e.done.status == KD_E_LOST, !again_rows[i].again);
		CHECK_EQ(row,
			 strstr(kd_session_detail(p.session)->text,
				"may or may not") != NULL,
			 !again_rows[i].again);
		/* the session goes on */
		CHECK_ROW(row, pair_reads(&p));
		CHECK_EQ(row, pair_count(&p, KD_EV_STOPPED, SECOND), 0);
		pair_close(&p);
	}
}

/* ---- other moments ---- */

/* It hears nothing any more: said once, in bounded time; and it comes back. */
static void never_ack_in(enum lab_dialect d)
{
	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .latency_us = 1000 };
	struct pair p;
	struct kd_event e;
	size_t n;

	if (!pair_open_halted(&p, &config))
		return;
	misbehave(&p, (struct lab_faults){ .never_ack = true });
	CHECK_ROW(row,
		  kd_session_read(p.session, PAIR_MEMORY, buffer, 8, 0,
				  pair_now(&p) + 60 * SECOND, &n) == KD_E_LOST);
	CHECK_EQ(row, pair_count(&p, KD_EV_LOST, 60 * SECOND), 1);
	CHECK_ROW(row, !kd_session_is_attached(p.session));
	misbehave(&p, (struct lab_faults){ .lose_ack = 0 });
	CHECK_ROW(row, pair_event(&p, KD_EV_STOPPED, 60 * SECOND, &e));
	CHECK_ROW(row, pair_reads(&p));
	pair_close(&p);
}

static void test_never_ack(void)
{
	pair_both(never_ack_in);
}

/* The report of the stop is lost, or damaged, and comes again. */
static void stop_lost_in(enum lab_dialect d)
{
	static const struct lab_faults faults[] = {
		{ .lose_packet = 1 },
		{ .corrupt_packet = 1 },
		{ .repeat_packet = 1 },
		{ .lose_packet = 1, .lose_ack = 1 },
	};

	for (size_t i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
		const char *row = pair_dialect_name(d);
		struct pair_config config = { .dialect = d,
					      .latency_us = 1000 };
		struct pair p;

		if (!pair_open_halted(&p, &config))
			return;
		go(row, &p);
		misbehave(&p, faults[i]);
		pair_happen(&p, &stop, 1, 0);
		CHECK_EQ(row, pair_count(&p, KD_EV_STOPPED, 5 * SECOND), 1);
		CHECK_ROW(row, pair_reads(&p));
		pair_close(&p);
	}
}

static void test_stop_lost(void)
{
	pair_both(stop_lost_in);
}

/*
 * A break-in is asked for while a long print comes in, or is not yet
 * acknowledged: the print is there whole, and then the stop, once.
 */
static void break_in_mid_packet_in(enum lab_dialect d)
{
	static char text[512];
	static const struct lab_event long_print = { .kind = LAB_EVENT_PRINT,
						     .text = text,
						     .len = sizeof(text) };

	memset(text, 'x', sizeof(text));
	for (uint64_t at_us = 0; at_us < 60000; at_us += 5000) {
		const char *row = pair_dialect_name(d);
		struct pair_config config = {
			.dialect = d,
			.latency_us = 1000,
			.bytes_per_second = 11520,
			.piece = 16,
			.session.baud = 115200,
		};
		struct pair p;
		struct kd_event e;

		if (!pair_open_halted(&p, &config))
			return;
		go(row, &p);
		wait(&p, 3 * SECOND);
		pair_happen(&p, &long_print, 1, 0);
		wait(&p, at_us);
		CHECK_ROW(row, kd_session_break_in(p.session, pair_now(&p)) ==
				       KD_OK);
		if (at_us < 40000)
			CHECK_ROW(row,
				  pair_event(&p, KD_EV_PRINT, 5 * SECOND, &e));
		CHECK_ROW(row, at_us >= 40000 || e.text_len == sizeof(text));
		CHECK_EQ(row, pair_count(&p, KD_EV_STOPPED, 10 * SECOND), 1);
		CHECK_ROW(row, kd_session_stop(p.session)->break_in);
		CHECK_ROW(row, pair_reads(&p));
		pair_close(&p);
	}
}

static void test_break_in_mid_packet(void)
{
	pair_both(break_in_mid_packet_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "restarts", test_restarts },
		{ "again", test_again },
		{ "never ack", test_never_ack },
		{ "stop lost", test_stop_lost },
		{ "break-in in mid-packet", test_break_in_mid_packet },
	};

	return check_run("restarts", tests, sizeof(tests) / sizeof(tests[0]));
}
