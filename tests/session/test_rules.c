#include "check.h"
#include "pair.h"

#include <stdio.h>
#include <string.h>

/*
 * Each rule of KD-WIRE 0.3, as a user of a session sees it. The link's own
 * view of them is in tests/protocol (test_engine, test_wire, test_net_host).
 */

enum { SERIAL = 1, KDNET = 2, BOTH = 3, FAR_US = 1600000 };

#define SECOND PAIR_SECOND
#define ALL    UINT64_MAX

static const struct lab_event print = {
	.kind = LAB_EVENT_PRINT,
	.text = "said\n",
	.len = 5,
};

static uint8_t buffer[64];

/* ---- what rows do ---- */

/* The wire, as far as a row has a say in it. */
struct wire {
	unsigned lose_out;		    /* the next ones that we send */
	bool repeat_in;			    /* all that comes is there twice */
	uint8_t first[KD_NET_DATAGRAM_MAX]; /* that came: KDNET's poke */
	size_t first_len;
};

static enum kd_simulated_fate fate(void *ctx, bool outgoing, uint64_t index,
				   const uint8_t *bytes, size_t len)
{
	struct wire *w = ctx;

	(void)index;
	if (outgoing) {
		if (!w->lose_out)
			return KD_FATE_ARRIVES;
		w->lose_out--;
		return KD_FATE_LOST;
	}
	if (!w->first_len && len <= sizeof(w->first)) {
		memcpy(w->first, bytes, len);
		w->first_len = len;
	}
	return w->repeat_in ? KD_FATE_TWICE : KD_FATE_ARRIVES;
}

struct scene {
	struct pair pair;
	struct pair_config config;
	struct wire wire;
	const char *row;
};

static size_t resets(struct scene *s)
{
	struct kd_session_counters c;

	kd_session_get_counters(s->pair.session, &c);
	return (size_t)c.resets;
}

static uint64_t served(const struct scene *s)
{
	return lab_stub_counters(s->pair.stub)->requests;
}

static void misbehave(struct scene *s, struct lab_faults faults)
{
	lab_stub_misbehave(s->pair.stub, &faults);
}

static void go(struct scene *s)
{
	CHECK_ROW(s->row, kd_session_continue(s->pair.session, KD_RESUME_GO,
					      pair_now(&s->pair) +
						      100 * SECOND) == KD_OK);
}

static void another_session(struct scene *s)
{
	const struct kd_session_config none = { 0 };

	kd_session_destroy(s->pair.session);
	s->pair.session = NULL;
	CHECK_ROW(s->row, pair_session(&s->pair, &s->config, &none));
}

static bool attaches(struct scene *s, uint64_t span_us)
{
	struct kd_event e;

	return pair_event(&s->pair, KD_EV_ATTACHED, span_us, &e);
}

/* ---- the rows ---- */

/* Stopped, and it starts anew: the same stop, told once, and ids that fit. */
static void reset_at_stop(struct scene *s)
{
	pair_halt(&s->pair);
	for (int i = 0; i < 3; i++) {
		lab_stub_reset(s->pair.stub, pair_now(&s->pair));
		CHECK_EQ(s->row, pair_count(&s->pair, KD_EV_STOPPED, SECOND),
			 0);
		CHECK_ROW(s->row, pair_reads(&s->pair));
	}
	CHECK_EQ(s->row, s->pair.script.breaks, 1);
}

static void gap(struct scene *s)
{
	pair_halt(&s->pair);
	uint64_t before = served(s);

	misbehave(s, (struct lab_faults){ .skip_id = 1 });
	CHECK_ROW(s->row, pair_reads(&s->pair));
	CHECK_ROW(s->row, resets(s) > 0);
	CHECK_EQ(s->row, served(s), before + 1);
	CHECK_ROW(s->row, pair_reads(&s->pair));
}

/* The answer was lost, and comes again after a RESET. */
static void answer_again(struct scene *s)
{
	uint32_t id;
	struct kd_event e;

	pair_halt(&s->pair);
	uint64_t before = served(s);

	misbehave(s, (struct lab_faults){ .lose_packet = 1 });
	CHECK_ROW(s->row, kd_session_submit_read(
				  s->pair.session, pair_now(&s->pair),
				  PAIR_MEMORY, buffer, 8, 0, &id) == KD_OK);
	pair_count(&s->pair, KD_EV_NONE, 100000);
	lab_stub_reset(s->pair.stub, pair_now(&s->pair));
	CHECK_ROW(s->row, pair_event(&s->pair, KD_EV_DONE, SECOND, &e));
	CHECK_EQ(s->row, e.done.status, KD_OK);
	CHECK_EQ(s->row, served(s), before + 1);
}

/* It starts anew while it works: the request is lost, and issued again. */
static void request_again(struct scene *s)
{
	uint32_t id;
	struct kd_event e;

	pair_halt(&s->pair);
	uint64_t before = served(s);

	CHECK_ROW(s->row, kd_session_submit_read(
				  s->pair.session, pair_now(&s->pair),
				  PAIR_MEMORY, buffer, 8, 0, &id) == KD_OK);
	pair_count(&s->pair, KD_EV_NONE, 5000);
	lab_stub_reset(s->pair.stub, pair_now(&s->pair));
	CHECK_ROW(s->row, pair_event(&s->pair, KD_EV_DONE, SECOND, &e));
	CHECK_EQ(s->row, e.done.status, KD_OK);
	CHECK_EQ(s->row, served(s), before + 2);
}

/* Another debugger stopped it, and left it with nothing to say. */
static void stopped_and_idle(struct scene *s)
{
	struct kd_event e;

	pair_halt(&s->pair);
	CHECK_ROW(s->row, pair_reads(&s->pair));
	another_session(s);
	CHECK_ROW(s->row, pair_event(&s->pair, KD_EV_STOPPED, 10 * SECOND, &e));
	CHECK_ROW(s->row, resets(s) > 0);
	CHECK_EQ(s->row, s->pair.script.breaks, 1);
	CHECK_ROW(s->row, pair_reads(&s->pair));
}

/* In mid-stream: whatever number the target has reached. */
static void joins_late(struct scene *s)
{
	for (int i = 0; i < 3; i++) {
		pair_halt(&s->pair);
		for (int k = 0; k < i; k++)
			CHECK_ROW(s->row, pair_reads(&s->pair));
		go(s);
		another_session(s);
		pair_count(&s->pair, KD_EV_NONE, 4 * SECOND);
		pair_happen(&s->pair, &print, 1, 0);
		CHECK_EQ(s->row, pair_count(&s->pair, KD_EV_PRINT, 5 * SECOND),
			 1);
	}
}

static void resend_for_nothing(struct scene *s)
{
	pair_halt(&s->pair);
	CHECK_ROW(s->row, pair_reads(&s->pair));
	uint64_t before = served(s);

	for (int i = 0; i < 3; i++) {
		lab_stub_resend(s->pair.stub, pair_now(&s->pair));
		CHECK_EQ(s->row, pair_count(&s->pair, KD_EV_STOPPED, SECOND),
			 0);
	}
	CHECK_EQ(s->row, served(s), before);
	CHECK_ROW(s->row, pair_reads(&s->pair));
	CHECK_EQ(s->row, served(s), before + 1);
}

static void wrong_acks(struct scene *s)
{
	pair_halt(&s->pair);
	uint64_t before = served(s);

	misbehave(s, (struct lab_faults){ .wrong_ack = ALL });
	for (int i = 0; i < 5; i++)
		CHECK_ROW(s->row, pair_reads(&s->pair));
	CHECK_EQ(s->row, served(s), before + 5);
	CHECK_EQ(s->row, lab_stub_counters(s->pair.stub)->duplicates, 0);
}

/* It has its Continue, and runs: what we repeat it only eats. */
static void continue_unheard(struct scene *s)
{
	pair_halt(&s->pair);
	/* SetContext, then Continue2 */
	misbehave(s, (struct lab_faults){ .lose_ack = 4 });
	go(s);
	CHECK_EQ(s->row, s->pair.script.resumes, 1);
	pair_count(&s->pair, KD_EV_NONE, 5 * SECOND);
	CHECK_EQ(s->row, s->pair.script.resumes, 1);
	CHECK_ROW(s->row, !s->pair.script.stopped);
	pair_halt(&s->pair);
	CHECK_ROW(s->row, pair_reads(&s->pair));
}

static void continue_lost(struct scene *s)
{
	struct kd_context c;

	pair_halt(&s->pair);
	/* what it steps past is out of the way, so that Continue2 is next */
	CHECK(kd_session_get_context(s->pair.session, 0, KD_NEVER, &c) ==
	      KD_OK);
	CHECK(kd_context_set_pc(&c, PAIR_MEMORY));
	CHECK(kd_session_set_context(s->pair.session, 0, &c, KD_NEVER) ==
	      KD_OK);
	s->wire.lose_out = 2;
	go(s);
	CHECK_EQ(s->row, s->pair.script.resumes, 1);
	CHECK_ROW(s->row, !s->pair.script.stopped);
}

static void same_stop_twice(struct scene *s)
{
	misbehave(s, (struct lab_faults){ .two_stops = true });
	pair_halt(&s->pair);
	CHECK_EQ(s->row, pair_count(&s->pair, KD_EV_STOPPED, SECOND), 0);
	go(s);
	CHECK_EQ(s->row, pair_count(&s->pair, KD_EV_STOPPED, 5 * SECOND), 0);
	CHECK_EQ(s->row, s->pair.script.resumes, 1);
}

/* Replayed or forged, a poke ends nothing. */
static void pokes_replayed(struct scene *s)
{
	pair_halt(&s->pair);
	const struct kd_endpoint from = *kd_session_peer(s->pair.session);

	for (int i = 0; i < 10; i++) {
		struct kd_event e;

		s->wire.first[s->wire.first_len - 1] ^= (uint8_t)(i % 3);
		kd_session_feed(s->pair.session, pair_now(&s->pair), &from,
				s->wire.first, s->wire.first_len);
		while (kd_session_next_event(s->pair.session,
					     pair_now(&s->pair), &e))
			CHECK_ROW(s->row, e.kind != KD_EV_REBOOTED);
		CHECK_ROW(s->row, pair_reads(&s->pair));
	}
	CHECK_EQ(s->row, lab_stub_counters(s->pair.stub)->sessions, 1);
}

/* Each poke is there twice, and answered twice: one key. */
static void pokes_doubled(struct scene *s)
{
	s->wire.repeat_in = true;
	pair_halt(&s->pair);
	CHECK_ROW(s->row, pair_reads(&s->pair));
	CHECK_EQ(s->row, lab_stub_counters(s->pair.stub)->sessions, 1);
}

/*
 * So far away that two pokes are under way at once: the target takes both
 * answers, one after the other, and changes keys in mid-session.
 */
static void keyed_again(struct scene *s)
{
	CHECK_ROW(s->row, attaches(s, 60 * SECOND));
	pair_happen(&s->pair, &print, 1, 0);
	CHECK_EQ(s->row, pair_count(&s->pair, KD_EV_PRINT, 60 * SECOND), 1);
	CHECK_EQ(s->row, lab_stub_counters(s->pair.stub)->sessions, 2);
	pair_halt(&s->pair);
	CHECK_ROW(s->row, pair_reads(&s->pair));
	CHECK_EQ(s->row, pair_count(&s->pair, KD_EV_REBOOTED, 9 * SECOND), 0);
}

static const uint8_t stranger[4] = { 192, 0, 2, 77 };
static const uint8_t ourselves[4] = { 192, 0, 2, 1 };

static void held_by_another(struct scene *s)
{
	struct kd_event e;

	lab_stub_hold_for(s->pair.stub, stranger, 50000);
	CHECK_ROW(s->row, pair_event(&s->pair, KD_EV_NOTICE, 5 * SECOND, &e));
	CHECK_EQ(s->row, e.notice.what, KD_NOTICE_HELD);
	CHECK_ROW(s->row, !attaches(s, 20 * SECOND));
	CHECK_EQ(s->row, lab_stub_counters(s->pair.stub)->sessions, 0);
}

static void taken_over(struct scene *s)
{
	bool other = s->config.session.takeover;

	lab_stub_hold_for(s->pair.stub, other ? stranger : ourselves, 50000);
	CHECK_ROW(s->row, attaches(s, 20 * SECOND));
	pair_halt(&s->pair);
	CHECK_ROW(s->row, pair_reads(&s->pair));
}

static void counts_resets(struct scene *s)
{
	unsigned limit = s->config.session.max_resets;

	misbehave(s, (struct lab_faults){ .never_ack = true });
	pair_count(&s->pair, KD_EV_NONE, 100 * SECOND);
	CHECK_ROW(s->row, limit ? resets(s) == limit : resets(s) >= 45);
}

/* It runs, and nobody asks it to stop: nothing that could stop it is sent. */
static void listens(struct scene *s)
{
	pair_happen(&s->pair, &print, 1, 0);
	CHECK_EQ(s->row, pair_count(&s->pair, KD_EV_PRINT, 60 * SECOND), 1);
	CHECK_EQ(s->row, lab_stub_counters(s->pair.stub)->breakins, 0);
	CHECK_EQ(s->row, s->pair.script.breaks, 0);
	CHECK_ROW(s->row, !kd_session_version(s->pair.session));
	pair_halt(&s->pair);
	CHECK_ROW(s->row, kd_session_version(s->pair.session) != NULL);
}

/* 1288 bytes in one packet, over KDNET as well. */
static void longest(struct scene *s)
{
	struct kd_context c;

	pair_halt(&s->pair);
	uint64_t before = served(s);

	CHECK_ROW(s->row, kd_session_get_context(s->pair.session, 0, KD_NEVER,
						 &c) == KD_OK);
	CHECK_EQ(s->row, c.len, PAIR_CONTEXT);
	/* it, and the special registers */
	CHECK_EQ(s->row, served(s), before + 2);
}

static void repeats_in_time(struct scene *s)
{
	pair_halt(&s->pair);
	uint64_t before = served(s);

	misbehave(s, (struct lab_faults){ .lose_packet = 1 });
	CHECK_ROW(s->row, pair_reads(&s->pair));
	CHECK_EQ(s->row, served(s), before + 1);
	CHECK_EQ(s->row, pair_count(&s->pair, KD_EV_STOPPED, SECOND), 0);
}

/* PC decides: at an int 3 it is stepped past, elsewhere it is left alone. */
static void exception_address(struct scene *s)
{
	static const struct {
		uint64_t pc, address, resumed_at;
	} at[] = {
		{ PAIR_BREAK, PAIR_BREAK - 1, PAIR_BREAK + 1 },
		{ PAIR_BREAK, PAIR_BREAK, PAIR_BREAK + 1 },
		{ PAIR_BREAK, PAIR_BREAK + 1, PAIR_BREAK + 1 },
		{ PAIR_BREAK + 1, PAIR_BREAK, PAIR_BREAK + 1 },
		{ PAIR_BREAK - 1, PAIR_BREAK, PAIR_BREAK - 1 },
	};

	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		const struct lab_event stop = { .kind = LAB_EVENT_STOP,
						.code = 0x80000003,
						.pc = at[i].pc,
						.address = at[i].address };
		struct kd_event e;

		pair_happen(&s->pair, &stop, 1, 0);
		CHECK_ROW(s->row,
			  pair_event(&s->pair, KD_EV_STOPPED, 10 * SECOND, &e));
		CHECK_EQ(s->row, e.stop.hard_coded, at[i].pc == PAIR_BREAK);
		go(s);
		CHECK_EQ(s->row, s->pair.script.resumed_at[i],
			 at[i].resumed_at);
	}
}

/* What a row wants of its world. */
struct tweak {
	uint64_t latency_us, retransmit_us, service_us;
	unsigned max_resets;
	bool takeover;
	struct lab_faults faults;
};

// clang-format off
static const struct {
	const char *name;
	unsigned dialects;
	void (*play)(struct scene *s);
	struct tweak tweak;
} rows[] = {
	{ "rule 1: RESET at a stop",                    BOTH,   reset_at_stop,       { 0 } },
	{ "rule 2: an id is left out",                  KDNET,  gap,                 { 0 } },
	{ "rule 3: RESET, the answer comes again",      BOTH,   answer_again,        { 0 } },
	{ "rule 3: RESET, the request is lost",         SERIAL, request_again,       { .service_us = 20000 } },
	{ "rule 4: stopped and idle",                   BOTH,   stopped_and_idle,    { 0 } },
	{ "rule 5: whatever id comes first",            BOTH,   joins_late,          { 0 } },
	{ "rule 6: RESEND with nothing outstanding",    BOTH,   resend_for_nothing,  { 0 } },
	{ "rule 6: wrong acknowledgements",             BOTH,   wrong_acks,          { 0 } },
	{ "rule 7: Continue arrives, its ACK does not", BOTH,   continue_unheard,    { 0 } },
	{ "rule 7: Continue is lost twice",             BOTH,   continue_lost,       { 0 } },
	{ "rule 8: one stop, reported twice",           BOTH,   same_stop_twice,     { 0 } },
	{ "rule 9: pokes replayed and forged",          KDNET,  pokes_replayed,      { 0 } },
	{ "rule 9: each datagram twice",                KDNET,  pokes_doubled,       { 0 } },
	{ "rule 9: two keys, one after the other",      KDNET,  keyed_again,         { .faults.late_responses = true, .latency_us = FAR_US } },
	{ "rule 10: held by another",                   KDNET,  held_by_another,     { 0 } },
	{ "rule 10: taken over",                        KDNET,  taken_over,          { .takeover = true } },
	{ "rule 10: held by ourselves",                 KDNET,  taken_over,   { 0 } },
	{ "rule 11: no limit",                          SERIAL, counts_resets,  { 0 } },
	{ "rule 11: a limit",                           SERIAL, counts_resets,        { .max_resets = 3 } },
	{ "rule 12: no break-in unasked",               BOTH,   listens,             { 0 } },
	{ "rule 13: the longest packet",                BOTH,   longest,             { 0 } },
	{ "rule 13: noise before any packet",           BOTH,   listens,         { .faults.noise_before = ALL } },
	{ "rule 14: repeated after 50 ms",              BOTH,   repeats_in_time,     { .retransmit_us = 50000 } },
	{ "rule 14: repeated after 10 s",               BOTH,   repeats_in_time,     { .retransmit_us = 10000000 } },
	{ "rule 15: ExceptionAddress means nothing",    BOTH,   exception_address,   { 0 } },
};
// clang-format on

static void play(size_t i, enum lab_dialect d)
{
	static struct scene s;
	const struct tweak *t = &rows[i].tweak;
	char row[80];

	snprintf(row, sizeof(row), "%s, %s", rows[i].name,
		 pair_dialect_name(d));
	s = (struct scene){ .row = row };
	s.config = (struct pair_config){
		.dialect = d,
		.faults = t->faults,
		.latency_us = t->latency_us ? t->latency_us : 1000,
		.retransmit_us = t->retransmit_us,
		.service_us = t->service_us,
		.fate = fate,
		.fate_ctx = &s.wire,
		.session = { .max_resets = t->max_resets,
			     .takeover = t->takeover },
	};
	if (!pair_open(&s.pair, &s.config))
		return;
	rows[i].play(&s);
	pair_close(&s.pair);
}

static void test_rules(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].dialects & SERIAL)
			play(i, LAB_SERIAL);
		if (rows[i].dialects & KDNET)
			play(i, LAB_KDNET);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rules", test_rules },
	};

	return check_run("rules", tests, sizeof(tests) / sizeof(tests[0]));
}
