#include "check.h"
#include "pair.h"

#include <stdio.h>
#include <string.h>

/*
 * One story, told over a wire and by a target that misbehave in each way of
 * KD-WIRE 1 and 10: whatever happens, it must come out the same.
 */

#define TEXT(k, s)                                                             \
	{                                                                      \
		.kind = (k), .text = (s), .len = sizeof(s) - 1                 \
	}

static const struct lab_event story[] = {
	TEXT(LAB_EVENT_PRINT, "one\n"),
	TEXT(LAB_EVENT_FILE, "\\a.sys"),
	{ .kind = LAB_EVENT_LOAD,
	  .text = "nt.exe",
	  .len = 7,
	  .pc = PAIR_MEMORY + 0x900,
	  .base = PAIR_KERNEL },
	TEXT(LAB_EVENT_FILE, "\\b.sys"),
	{ .kind = LAB_EVENT_LOAD,
	  .text = "hal.dll",
	  .len = 8,
	  .pc = PAIR_MEMORY + 0x900,
	  .base = PAIR_KERNEL + 0x900000 },
	TEXT(LAB_EVENT_PRINT, "two\n"),
	TEXT(LAB_EVENT_PRINT, "three\n"),
	{ .kind = LAB_EVENT_STOP, .code = 0x80000003, .pc = PAIR_BREAK },
	TEXT(LAB_EVENT_PRINT, "four\n"),
};

enum { STORY = sizeof(story) / sizeof(story[0]) };

static uint8_t buffer[20000];

struct seen {
	char text[256];
	size_t loads, stops;
};

static void see(struct seen *seen, const struct kd_event *e)
{
	size_t at = strlen(seen->text);

	seen->loads += e->kind == KD_EV_MODULE_LOADED;
	seen->stops += e->kind == KD_EV_STOPPED;
	/* what a fault makes the target say is no part of the story */
	if (e->kind == KD_EV_PRINT && e->text[0] != 'l' &&
	    at + e->text_len < sizeof(seen->text))
		memcpy(seen->text + at, e->text, e->text_len);
}

static bool run_to_stop(struct pair *p, struct seen *seen)
{
	uint64_t until_us = pair_now(p) + 300 * PAIR_SECOND;
	struct kd_event e;

	while (!kd_session_is_halted(p->session) ||
	       kd_session_stop(p->session)->pc != PAIR_BREAK)
		if (kd_session_wait_event(p->session, until_us, &e) != KD_OK)
			return false;
		else
			see(seen, &e);
	return true;
}

static void run_for(struct pair *p, struct seen *seen, uint64_t span_us)
{
	uint64_t until_us = pair_now(p) + span_us;
	struct kd_event e;

	while (kd_session_wait_event(p->session, until_us, &e) == KD_OK)
		see(seen, &e);
}

static void tell(const char *row, const struct pair_config *config)
{
	uint64_t long_us = 300 * PAIR_SECOND;
	struct seen seen = { .loads = 0 };
	struct kd_context c;
	struct pair p;
	struct kd_stop stop;
	size_t len = 0;

	if (!pair_open(&p, config))
		return;
	CHECK_ROW(row, run_to_stop(&p, &seen));
	CHECK_ROW(row, kd_session_read(p.session, PAIR_MEMORY, buffer,
				       sizeof(buffer), 0,
				       pair_now(&p) + long_us, &len) == KD_OK);
	CHECK_EQ(row, len, sizeof(buffer));
	for (size_t i = 0; i < len; i++)
		if (PAIR_MEMORY + i != PAIR_BREAK &&
		    !CHECK_EQ(row, buffer[i], pair_byte(PAIR_MEMORY + i)))
			break;
	CHECK_ROW(row,
		  kd_session_get_context(p.session, 0, pair_now(&p) + long_us,
					 &c) == KD_OK);
	CHECK_EQ(row, kd_context_pc(&c), PAIR_BREAK);
	CHECK_ROW(row, kd_session_continue(p.session, KD_RESUME_GO,
					   pair_now(&p) + long_us) == KD_OK);
	run_for(&p, &seen, 60 * PAIR_SECOND);
	CHECK_TEXT(row, seen.text, "one\ntwo\nthree\nfour\n");
	CHECK_EQ(row, seen.loads, 2);
	CHECK_EQ(row, seen.stops, 1);
	CHECK_EQ(row, p.script.files, 2);
	CHECK_EQ(row, p.script.resumes, 3);
	CHECK_EQ(row, p.script.resumed_at[2], PAIR_BREAK + 1);
	CHECK_ROW(row, kd_session_halt(p.session, pair_now(&p) + long_us,
				       &stop) == KD_OK);
	CHECK_ROW(row, kd_session_leave(p.session, KD_LEAVE_RUNNING,
					pair_now(&p) + long_us) == KD_OK);
	run_for(&p, &seen, 10 * PAIR_SECOND);
	CHECK_ROW(row, !p.script.stopped);
	pair_close(&p);
}

#define ALL  UINT64_MAX
#define SOME UINT64_C(0x9249249249249249) /* every third */

// clang-format off
static const struct {
	const char *name;
	struct lab_faults faults;
} target_rows[] = {
	{ "none",               { .lose_packet = 0 } },
	{ "loses packets",      { .lose_packet = SOME } },
	{ "loses all once",     { .lose_packet = ALL } },
	{ "repeats packets",    { .repeat_packet = ALL } },
	{ "damages packets",    { .corrupt_packet = SOME } },
	{ "loses ACKs",         { .lose_ack = SOME } },
	{ "repeats ACKs",       { .repeat_ack = ALL } },
	{ "wrong ACKs",         { .wrong_ack = ALL } },
	{ "noise",              { .noise_before = ALL } },
	{ "always SYNC",        { .always_sync = true } },
	{ "short failures",     { .short_failures = true } },
	{ "no GetContextEx",    { .no_context_ex = true } },
	{ "long replies",       { .long_replies = true } },
	{ "prints in requests", { .print_in_request = true } },
	{ "reports stops twice", { .two_stops = true } },
	{ "resets in between",  { .reset_before = UINT64_C(0x0000010000100100) } },
	{ "resets often",       { .reset_before = SOME } },
};
// clang-format on

static void target_in(enum lab_dialect d)
{
	for (size_t i = 0; i < sizeof(target_rows) / sizeof(target_rows[0]);
	     i++) {
		struct pair_config config = {
			.dialect = d,
			.latency_us = 1000,
			.faults = target_rows[i].faults,
			.script = { .events = story, .count = STORY },
		};
		char row[64];

		snprintf(row, sizeof(row), "%s, %s", pair_dialect_name(d),
			 target_rows[i].name);
		tell(row, &config);
	}
}

static void test_target(void)
{
	pair_both(target_in);
}

/* ---- the wire ---- */

struct weather {
	uint64_t seed;
	unsigned one_in; /* how many of so many fare badly */
	enum kd_simulated_fate fate;
};

static enum kd_simulated_fate decide(void *ctx, bool outgoing, uint64_t index,
				     const uint8_t *bytes, size_t len)
{
	struct weather *w = ctx;

	(void)outgoing;
	(void)index;
	(void)bytes;
	(void)len;
	return (check_random(&w->seed) >> 32) % w->one_in ? KD_FATE_ARRIVES
							  : w->fate;
}

// clang-format off
static const struct {
	const char *name;
	enum kd_simulated_fate fate;
	unsigned one_in;
} wire_rows[] = {
	{ "loss",       KD_FATE_LOST,    10 },
	{ "repetition", KD_FATE_TWICE,   3 },
	{ "damage",     KD_FATE_CORRUPT, 10 },
	{ "disorder",   KD_FATE_LATE,    10 },
};
// clang-format on

/* A stream does not lose whole stretches, repeat or reorder: KDNET does. */
static void test_wire(void)
{
	for (size_t i = 0; i < sizeof(wire_rows) / sizeof(wire_rows[0]); i++)
		for (uint64_t seed = 1; seed <= 10; seed++) {
			struct weather w = { seed, wire_rows[i].one_in,
					     wire_rows[i].fate };
			struct pair_config config = {
				.dialect = LAB_KDNET,
				.latency_us = 1000,
				.script = { .events = story, .count = STORY },
				.fate = decide,
				.fate_ctx = &w,
			};
			char row[64];

			snprintf(row, sizeof(row), "%s, seed %u",
				 wire_rows[i].name, (unsigned)seed);
			tell(row, &config);
		}
}

static void test_pieces(void)
{
	static const size_t pieces[] = { 1, 3, 16, 100 };

	for (size_t i = 0; i < sizeof(pieces) / sizeof(pieces[0]); i++) {
		struct pair_config config = {
			.dialect = LAB_SERIAL,
			.bytes_per_second = 11520,
			.session.baud = 115200,
			.piece = pieces[i],
			.script = { .events = story, .count = STORY },
		};

		tell("in pieces, at 115200 baud", &config);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "target", test_target },
		{ "wire", test_wire },
		{ "pieces", test_pieces },
	};

	return check_run("faults", tests, sizeof(tests) / sizeof(tests[0]));
}
