/*
 * Any pattern of loss below the retry limit gives the same result. A host (the
 * engine, and a session of a few lines) talks to a target over a link that
 * loses, repeats, damages and delays, in simulated time.
 */

#include "check.h"
#include "kd_engine.h"

#include <stdio.h>

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

enum {
	LATENCY_US = 1000,
	TARGET_REPEATS_US = 400000,
	FILL = 8, /* bytes of every payload */
	IN_TRANSIT = 64,
	BAD_RUN_MAX = 2,
	REQUESTS = 4, /* at each stop: '1' to '4', then Continue, 'c' */
	LOG_MAX = 128,
};

/* Small letters are prints, capital ones stops. */
static const char script[] = "abAcBdefCghi";
static const char want[] = "abA1234cB1234defC1234ghi";

struct packet {
	uint64_t at_us; /* of arrival; 0: this place is free */
	uint64_t order;
	bool to_host, damaged;
	struct kd_packet_header h;
	char fill;
};

struct target {
	const struct kd_dialect *dialect;
	size_t at; /* in the script */
	uint32_t id, sync, expected;
	bool serving, waiting;
	char stop;     /* the one that is served */
	uint16_t type; /* of what waits for its acknowledgement */
	char fill;
	uint64_t repeat_us;
	unsigned executed;
	uint64_t newest; /* order of what it heard last */
	bool eager; /* takes data for an acknowledgement, as Windows does */
};

struct world {
	uint64_t now_us, order, random;
	unsigned percent;    /* of packets that come to harm */
	unsigned bad_run[2]; /* of each direction */
	struct packet transit[IN_TRANSIT];
	struct kd_engine host;
	char stop, request; /* of the host's session */
	char log[LOG_MAX];
	unsigned surprises; /* events that no loss may bring about */
	struct target target;
};

/* ---- the link ---- */

static void put_in_transit(struct world *w, const struct packet *p,
			   uint64_t delay_us)
{
	for (size_t i = 0; i < IN_TRANSIT; i++) {
		if (w->transit[i].at_us)
			continue;
		w->transit[i] = *p;
		w->transit[i].at_us = w->now_us + delay_us;
		w->transit[i].order = w->order++;
		return;
	}
	w->surprises++;
}

static void carry(struct world *w, struct packet p)
{
	bool datagrams = !w->target.dialect->reset_restarts;
	bool control = p.h.leader == KD_LEADER_CONTROL;
	unsigned *bad_run = &w->bad_run[p.to_host];
	uint64_t dice = check_random(&w->random);

	/* Continue has too few tries for this (rule 0.3.7): it is spared */
	if (dice % 100 >= w->percent || *bad_run == BAD_RUN_MAX ||
	    p.fill == 'c') {
		*bad_run = 0;
		put_in_transit(w, &p, LATENCY_US);
		return;
	}
	++*bad_run;
	switch (dice >> 32 & 3) {
	case 0: /* lost */
		break;
	case 1: /* twice; nothing overtakes on a stream */
		put_in_transit(w, &p, LATENCY_US);
		put_in_transit(w, &p, LATENCY_US + (datagrams ? 10 : 0));
		break;
	case 2: /* damaged; a control packet then is none */
		p.damaged = true;
		if (!control)
			put_in_transit(w, &p, LATENCY_US);
		break;
	default: /* late, and overtaken if it can be */
		put_in_transit(w, &p, LATENCY_US * (datagrams ? 5 : 1));
		break;
	}
}

/* ---- the target ---- */

static void target_put(struct world *w, uint16_t type, uint32_t id, char fill)
{
	uint8_t payload[FILL];
	struct packet p = { .to_host = true, .fill = fill };

	memset(payload, fill, sizeof(payload));
	p.h = (struct kd_packet_header){
		.leader = fill ? KD_LEADER_DATA : KD_LEADER_CONTROL,
		.type = type,
		.byte_count = fill ? FILL : 0,
		.id = id,
		.checksum = fill ? kd_packet_checksum(payload, FILL) : 0,
	};
	carry(w, p);
}

static void target_repeat(struct world *w)
{
	struct target *t = &w->target;

	t->repeat_us = w->now_us + TARGET_REPEATS_US;
	target_put(w, t->type, t->id | t->sync, t->fill);
}

static void target_send(struct world *w, uint16_t type, char fill)
{
	w->target.waiting = true;
	w->target.type = type;
	w->target.fill = fill;
	target_repeat(w);
}

static void target_go_on(struct world *w)
{
	struct target *t = &w->target;
	char c = script[t->at];

	t->serving = false;
	if (!c)
		return;
	t->at++;
	if (c < 'a')
		t->stop = c;
	target_send(w, c < 'a' ? KD_PKT_STATE_CHANGE64 : KD_PKT_DEBUG_IO, c);
}

static void target_acknowledged(struct world *w)
{
	struct target *t = &w->target;

	t->waiting = false;
	t->repeat_us = KD_NEVER;
	t->sync = 0;
	t->id = t->dialect->after(t->id);
	if (t->type == KD_PKT_DEBUG_IO)
		target_go_on(w);
	else
		t->serving = true;
}

/* It has nothing outstanding, and was asked to say where it is. */
static void target_repeat_something(struct world *w)
{
	if (w->target.waiting)
		target_repeat(w);
	else if (w->target.serving)
		target_send(w, KD_PKT_STATE_CHANGE64, w->target.stop);
}

static void target_hears_data(struct world *w, const struct packet *p)
{
	struct target *t = &w->target;

	if (p->damaged) {
		target_put(w, KD_PKT_RESEND, 0, 0);
		return;
	}
	switch (t->dialect->order(p->h.id, t->expected)) {
	case KD_ID_EXPECTED:
		break;
	case KD_ID_BEHIND:
		target_put(w, KD_PKT_ACKNOWLEDGE, p->h.id, 0);
		return;
	case KD_ID_AHEAD:
		target_put(w, KD_PKT_RESET, t->id, 0);
		return;
	}
	if (t->waiting) {
		if (t->eager)
			target_acknowledged(w);
		target_put(w, KD_PKT_RESEND, 0, 0);
		return;
	}
	if (!t->serving)
		return;
	target_put(w, KD_PKT_ACKNOWLEDGE, p->h.id, 0);
	t->expected = t->dialect->after(t->expected);
	t->executed++;
	if (p->fill == 'c')
		target_go_on(w);
	else
		target_send(w, KD_PKT_STATE_MANIPULATE, p->fill);
}

static void target_hears(struct world *w, const struct packet *p)
{
	struct target *t = &w->target;

	/* KDNET targets drop what was overtaken (KD-WIRE 2.10) */
	if (p->order < t->newest)
		return;
	t->newest = p->order;
	if (p->h.leader == KD_LEADER_DATA) {
		target_hears_data(w, p);
		return;
	}
	switch (p->h.type) {
	case KD_PKT_ACKNOWLEDGE:
		if (t->waiting && p->h.id == t->id)
			target_acknowledged(w);
		break;
	case KD_PKT_RESEND:
		target_repeat_something(w);
		break;
	case KD_PKT_RESET:
		if (t->dialect->reset_restarts)
			t->id = t->expected = t->dialect->first_id;
		else
			t->expected = p->h.id;
		target_put(w, KD_PKT_RESET,
			   t->dialect->reset_restarts ? 0 : t->id, 0);
		target_repeat_something(w);
		break;
	default:
		w->surprises++;
		break;
	}
}

/* ---- the host ---- */

static void host_ask(struct world *w)
{
	bool on = w->request > '0' + REQUESTS;
	uint8_t payload[FILL];

	memset(payload, on ? 'c' : w->request, sizeof(payload));
	if (kd_engine_send(&w->host, KD_PKT_STATE_MANIPULATE, payload,
			   sizeof(payload), on ? KD_WIRE_RESUMES : 0) != KD_OK)
		w->surprises++;
}

/* A stop that is known is only reported again: rule 0.3.8. */
static void host_hears(struct world *w, const struct packet *p)
{
	bool stop = p->h.type == KD_PKT_STATE_CHANGE64;
	bool answer = p->h.type == KD_PKT_STATE_MANIPULATE;

	if ((stop && p->fill == w->stop) || (answer && p->fill != w->request))
		return;
	w->log[strlen(w->log)] = p->fill;
	if (stop) {
		/* the Continue that was outstanding has done its work */
		kd_engine_drop(&w->host);
		w->stop = p->fill;
		w->request = '1';
	} else if (answer) {
		w->request++;
	}
	if (stop || answer)
		host_ask(w);
}

static void host_sends(struct world *w)
{
	uint8_t control[KD_HEADER_SIZE];
	struct kd_chunk c;

	while (kd_engine_pull(&w->host, w->now_us, control, &c)) {
		struct kd_reader in = kd_reader_over(c.bytes, c.len);
		struct packet p = { .to_host = false };

		kd_packet_header_decode(&p.h, &in);
		p.fill = (char)kd_read_u8(&in);
		carry(w, p);
	}
	kd_engine_sent(&w->host, w->now_us);
}

static void host_receives(struct world *w, const struct packet *p)
{
	uint8_t payload[FILL];
	unsigned events = 0;

	memset(payload, p->fill, sizeof(payload));
	if (p->damaged)
		kd_engine_rejected(&w->host);
	else
		events = kd_engine_receive(&w->host, w->now_us, &p->h, payload);
	/* the first packet of all may carry SYNC */
	if ((events & KD_ENGINE_UNDELIVERED) ||
	    ((events & KD_ENGINE_RESTARTED) && w->log[0]))
		w->surprises++;
	if (events & KD_ENGINE_FRESH)
		host_hears(w, p);
	host_sends(w);
}

/* ---- time ---- */

static struct packet *next_arrival(struct world *w)
{
	struct packet *first = NULL;

	for (size_t i = 0; i < IN_TRANSIT; i++) {
		struct packet *p = &w->transit[i];

		if (p->at_us &&
		    (!first || p->at_us < first->at_us ||
		     (p->at_us == first->at_us && p->order < first->order)))
			first = p;
	}
	return first;
}

/* The next thing that happens; false when nothing will. */
static bool step(struct world *w)
{
	struct packet *p = next_arrival(w);
	uint64_t host_us = kd_engine_deadline(&w->host);
	uint64_t target_us = w->target.repeat_us;

	if (p && p->at_us <= host_us && p->at_us <= target_us) {
		struct packet arrived = *p;

		w->now_us = p->at_us;
		p->at_us = 0;
		if (arrived.to_host)
			host_receives(w, &arrived);
		else
			target_hears(w, &arrived);
		return true;
	}
	if (target_us <= host_us && target_us != KD_NEVER) {
		w->now_us = target_us;
		target_repeat(w);
		return true;
	}
	if (host_us == KD_NEVER)
		return false;
	w->now_us = host_us;
	if (kd_engine_tick(&w->host, host_us) & KD_ENGINE_UNDELIVERED)
		w->surprises++;
	host_sends(w);
	return true;
}

static const struct {
	const char *name;
	enum kd_link_kind kind;
	bool eager;
	unsigned percent;
} rows[] = {
	{ "serial, clean", KD_LINK_STREAM, false, 0 },
	{ "KDNET, clean", KD_LINK_DATAGRAM, false, 0 },
	{ "serial, careful target", KD_LINK_STREAM, false, 30 },
	{ "serial, eager target", KD_LINK_STREAM, true, 30 },
	{ "KDNET, careful target", KD_LINK_DATAGRAM, false, 30 },
	{ "KDNET, eager target", KD_LINK_DATAGRAM, true, 30 },
	{ "serial, nearly all bad", KD_LINK_STREAM, false, 95 },
	{ "KDNET, nearly all bad", KD_LINK_DATAGRAM, true, 95 },
};

static void play(struct world *w, size_t row, uint64_t seed)
{
	const struct kd_wire_config config = { .kind = rows[row].kind };
	const struct kd_dialect *d = kd_dialect_of(rows[row].kind);

	memset(w, 0, sizeof(*w));
	w->random = seed * 0x9e3779b97f4a7c15u + 1;
	w->percent = rows[row].percent;
	w->now_us = 1;
	kd_engine_init(&w->host, &config);
	w->target = (struct target){
		.dialect = d,
		.id = d->reset_restarts ? d->first_id : 0,
		.sync = d->sync,
		.expected = d->first_id,
		.repeat_us = KD_NEVER,
		.eager = rows[row].eager,
	};
	target_go_on(w);
	for (unsigned i = 0; i < 20000 && step(w); i++)
		;
}

static void test_same_result(void)
{
	static struct world w;

	for (size_t i = 0; i < COUNT(rows); i++) {
		unsigned wrong = 0;

		for (uint64_t seed = 0; seed < 500; seed++) {
			play(&w, i, seed);
			wrong += strcmp(w.log, want) != 0 || w.surprises ||
				 w.target.executed != 3 * (REQUESTS + 1);
			if (wrong == 1 && strcmp(w.log, want))
				printf("seed %u: %s\n", (unsigned)seed, w.log);
		}
		CHECK_EQ(rows[i].name, wrong, 0);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "same result", test_same_result },
	};

	return check_run("link_loss", tests, COUNT(tests));
}
