/*
 * Leaving a target in the middle of things: break-in bytes that it has not
 * met yet, and a boot that goes on. Whatever it is, it runs afterwards.
 */

#include "check.h"
#include "pair.h"

#include <stdio.h>

#define CODE_AT (PAIR_MEMORY + 0x900) /* no breakpoint there */
#define BREAK                                                                  \
	{                                                                      \
		.kind = LAB_EVENT_STOP, .code = 0x80000003, .pc = PAIR_BREAK   \
	}
#define LOAD                                                                   \
	{                                                                      \
		.kind = LAB_EVENT_LOAD, .text = "hal.dll", .len = 8,           \
		.pc = CODE_AT, .base = PAIR_KERNEL                             \
	}
#define PRINT                                                                  \
	{                                                                      \
		.kind = LAB_EVENT_PRINT, .text = "hello\n", .len = 6           \
	}

enum { AFTER_MAX = 4, SOON = 50000, SLOW = 200000, LATE_HIT = 100000 };

static const struct lab_event hello = PRINT;

/* Time goes by, and nobody is there. */
static void alone(struct pair *p, uint64_t span_us)
{
	uint64_t until_us = pair_now(p) + span_us;
	uint8_t bytes[2048];
	struct kd_endpoint from;
	size_t len;

	kd_session_destroy(p->session);
	p->session = NULL;
	while (pair_now(p) < until_us) {
		CHECK(p->link->ops->wait(p->link, false, -1, until_us) ==
		      KD_OK);
		do {
			len = 0;
			CHECK(p->link->ops->receive(p->link, bytes,
						    sizeof(bytes), &from,
						    &len) == KD_OK);
		} while (len);
	}
}

/* It is left in order; the time that this took. */
static uint64_t leave(const char *row, struct pair *p)
{
	uint64_t from_us = pair_now(p);

	CHECK_ROW(row, kd_session_leave(p->session, KD_LEAVE_RUNNING,
					from_us + 10 * PAIR_SECOND) == KD_OK);
	return pair_now(p) - from_us;
}

static void is_left_running(const char *row, struct pair *p)
{
	alone(p, PAIR_SECOND);
	CHECK_EQ(row, lab_stub_condition(p->stub), LAB_RUNS);
	CHECK_ROW(row, !p->script.stopped);
	CHECK_EQ(row, lab_stub_counters(p->stub)->gave_up, 0);
}

/*
 * So many bytes go out to a target that does not poll, which stops for
 * another reason; it is left, and this happens.
 */
// clang-format off
static const struct {
	const char *name;
	unsigned bytes;
	struct lab_event held;
	struct lab_event after[AFTER_MAX];
	size_t count;
	uint64_t wait_us; /* before each */
} rows[] = {
	{ "nothing",                     0, BREAK, { LOAD }, 0, SOON },
	{ "a boot goes on",              0, LOAD,  { LOAD, LOAD, LOAD, LOAD }, 4, SOON },
	{ "it says more in between",     0, LOAD,  { PRINT, LOAD, PRINT, LOAD }, 4, SOON },
	{ "a byte stops it",             1, LOAD,  { BREAK }, 1, SLOW },
	{ "each of two bytes stops it",  2, LOAD,  { BREAK, BREAK }, 2, SLOW },
	{ "bytes in a boot",             2, LOAD,  { LOAD, BREAK, BREAK, LOAD }, 4, SLOW },
	{ "the boot goes on from there", 1, LOAD,  { BREAK, LOAD, LOAD }, 3, SOON },
	{ "of two, one stopped it",      2, BREAK, { BREAK }, 1, SLOW },
};
// clang-format on

static void rows_in(enum lab_dialect d)
{
	for (size_t i = 0; i < 2 * sizeof(rows) / sizeof(rows[0]); i++) {
		size_t r = i / 2;
		const char *row = rows[r].name;
		struct pair_config config = {
			.dialect = d,
			.latency_us = 100,
			.session.stop_at_load = true,
			.script = { .knows_break = i % 2, .deaf = true },
		};
		struct pair p;
		struct kd_event e;

		if (!pair_open(&p, &config))
			continue;
		/* by now it is known that it runs */
		pair_happen(&p, &hello, 1, 0);
		pair_count(&p, KD_EV_NONE, 10 * PAIR_SECOND);
		for (unsigned n = 0; n < rows[r].bytes; n++) {
			CHECK_ROW(row,
				  kd_session_break_in(p.session,
						      pair_now(&p)) == KD_OK);
			pair_count(&p, KD_EV_NONE, SOON);
		}
		pair_happen(&p, &rows[r].held, 1, 0);
		CHECK_ROW(row, pair_event(&p, KD_EV_STOPPED, PAIR_SECOND, &e));
		pair_happen(&p, rows[r].after, rows[r].count, rows[r].wait_us);
		CHECK_ROW(row, leave(row, &p) <= 4 * PAIR_SECOND);
		CHECK_EQ(row, p.script.at, rows[r].count);
		is_left_running(row, &p);
		pair_close(&p);
	}
}

static void test_rows(void)
{
	pair_both(rows_in);
}

/* The target's report is lost, until a break-in byte has gone out. */
static enum kd_simulated_fate lose_report(void *ctx, bool outgoing,
					  uint64_t index, const uint8_t *bytes,
					  size_t len)
{
	enum { BREAK_IN = 38, REPORT_MIN = 240, REPORT_MAX = 330 };
	bool *byte_out = ctx;

	(void)index;
	(void)bytes;
	if (outgoing)
		*byte_out |= len == BREAK_IN;
	else if (!*byte_out && len >= REPORT_MIN && len <= REPORT_MAX)
		return KD_FATE_LOST;
	return KD_FATE_ARRIVES;
}

/*
 * It stands still when we come, and its report is lost. So a byte goes out
 * that is not what stopped it, and would stop it again.
 */
static void test_report_lost(void)
{
	static const struct lab_event stop = BREAK;

	for (unsigned knows = 0; knows < 2; knows++) {
		bool byte_out = false;
		struct pair_config config = {
			.dialect = LAB_KDNET,
			.latency_us = 100,
			.session.break_on_attach = true,
			.fate = lose_report,
			.fate_ctx = &byte_out,
			.script = { .knows_break = knows,
				    .events = &stop,
				    .count = 1 },
		};
		struct pair p;
		struct kd_stop at;

		if (!pair_open(&p, &config))
			return;
		CHECK(kd_session_wait_stop(p.session, 10 * PAIR_SECOND, &at) ==
		      KD_OK);
		CHECK(byte_out);
		CHECK_EQ("a byte", lab_stub_counters(p.stub)->breakins, 1);
		CHECK(leave("report lost", &p) <= 4 * PAIR_SECOND);
		CHECK_EQ("its stop", p.script.breaks, 1);
		is_left_running("report lost", &p);
		pair_close(&p);
	}
}

/* Who has nothing out, and a target that says nothing, does not wait. */
static void at_once_in(enum lab_dialect d)
{
	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .latency_us = 100 };
	struct pair p;

	if (!pair_open_halted(&p, &config))
		return;
	CHECK_ROW(row, kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) ==
			       KD_OK);
	pair_count(&p, KD_EV_NONE, 3 * PAIR_SECOND);
	CHECK_ROW(row, leave(row, &p) < 2 * LATE_HIT);
	is_left_running(row, &p);
	pair_close(&p);
}

static void test_at_once(void)
{
	pair_both(at_once_in);
}

/* Somebody who never has enough does not keep us. */
static void chatter_in(enum lab_dialect d)
{
	enum { PRINTS = 400 };
	static struct lab_event say[PRINTS];
	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .latency_us = 100 };
	struct pair p;

	for (size_t i = 0; i < PRINTS; i++)
		say[i] = hello;
	if (!pair_open_halted(&p, &config))
		return;
	pair_happen(&p, say, PRINTS, SOON);
	CHECK_ROW(row, leave(row, &p) <= 3 * PAIR_SECOND);
	pair_close(&p);
}

static void test_chatter(void)
{
	pair_both(chatter_in);
}

/* Each packet that goes out. */
static enum kd_simulated_fate count_packets(void *ctx, bool outgoing,
					    uint64_t index,
					    const uint8_t *bytes, size_t len)
{
	size_t *packets = ctx;

	(void)index;
	(void)bytes;
	(void)len;
	*packets += outgoing;
	return KD_FATE_ARRIVES;
}

/*
 * Whatever it says, and however often: leaving ends when its time is over,
 * and costs so many packets for each of the target's words at most.
 */
static void bounds_in(enum lab_dialect d)
{
	static const struct lab_event kinds[] = { BREAK, LOAD, PRINT };
	enum { ROUNDS = 60, EVENTS = 64, PACKETS = 12, SLACK = 2000 };
	uint64_t seed = 7;

	for (unsigned round = 0; round < ROUNDS; round++) {
		size_t packets = 0, count = check_random(&seed) % EVENTS;
		uint64_t every_us = check_random(&seed) % (2 * SLOW);
		uint64_t span_us = check_random(&seed) % (3 * PAIR_SECOND);
		struct pair_config config = { .dialect = d,
					      .latency_us = 100,
					      .fate = count_packets,
					      .fate_ctx = &packets };
		struct lab_event say[EVENTS];
		char row[64];
		struct pair p;

		for (size_t i = 0; i < count; i++)
			say[i] = kinds[check_random(&seed) % 3];
		if (!pair_open_halted(&p, &config))
			return;
		pair_happen(&p, say, count, every_us);
		snprintf(row, sizeof(row), "%s, round %u", pair_dialect_name(d),
			 round);
		packets = 0;

		uint64_t from_us = pair_now(&p);
		enum kd_status st = kd_session_leave(
			p.session, KD_LEAVE_RUNNING, from_us + span_us);

		CHECK_ROW(row, st == KD_OK || st == KD_E_TIMEOUT);
		CHECK_ROW(row, pair_now(&p) <= from_us + span_us + SLACK);
		CHECK_ROW(row, packets <= PACKETS * (count + 1));
		pair_close(&p);
	}
}

static void test_bounds(void)
{
	pair_both(bounds_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "report lost", test_report_lost },
		{ "at once", test_at_once },
		{ "chatter", test_chatter },
		{ "bounds", test_bounds },
	};

	return check_run("leave", tests, sizeof(tests) / sizeof(tests[0]));
}
