#include "kd_engine.h"

enum {
	REPEATS_MAX = 20,   /* the target asks, each time in vain */
	RESEND_RUN_MAX = 8, /* we ask, each time in vain */
	/* how long an answer to our RESET is looked for */
	RESET_OPEN_US = 10000000,
	/* a RESET this soon behind our answer is an answer to that answer */
	RESET_QUIET_US = 1000000,
};

/* Send the packet in flight again, unless that was asked too often. */
static bool repeat_flight(struct kd_engine *e)
{
	struct kd_flight *f = &e->flight;

	if (!f->packet || f->leaving || f->repeats == REPEATS_MAX)
		return false;
	f->repeats++;
	f->due = true;
	return true;
}

static void acknowledge(struct kd_engine *e, uint32_t id)
{
	e->has_acked = true;
	e->last_ack = id;
	if (e->ack_count && e->acks[e->ack_count - 1] == id)
		return;
	/* with no room the target repeats its packet, and gets it then */
	if (e->ack_count < KD_ENGINE_ACKS)
		e->acks[e->ack_count++] = id;
}

static unsigned receive_ack(struct kd_engine *e, uint32_t id)
{
	if (!e->flight.packet || (id & ~e->dialect->sync) != e->flight.id) {
		kd_debug(&e->log, "ACK %#x of nothing that waits", id);
		return 0;
	}
	return kd_engine_land(e);
}

/*
 * Rule 0.3.6. It may say so because our packet came while it waits for an
 * acknowledgement that was lost: without that one it would say so for ever.
 */
static void receive_resend(struct kd_engine *e)
{
	e->counters.resends_in++;
	if (e->has_acked)
		acknowledge(e, e->last_ack);
	repeat_flight(e);
}

/* Is this RESET the answer to one of ours? Then none goes back. */
static bool is_reset_answer(struct kd_engine *e, uint64_t now_us)
{
	if (e->reset_open && now_us - e->reset_sent_us < RESET_OPEN_US) {
		e->reset_open = false;
		return true;
	}
	return e->reset_answered && now_us - e->answered_us < RESET_QUIET_US;
}

static unsigned receive_reset(struct kd_engine *e, uint64_t now_us, uint32_t id)
{
	e->counters.resets_in++;
	e->ack_count = 0;
	e->acks_before_reset = 0;
	e->resend_due = false;
	/* if our own is about to leave, it does for an answer */
	if (!e->reset_due && !is_reset_answer(e, now_us)) {
		e->reset_due = true;
		e->reset_is_answer = true;
	}
	if (e->dialect->reset_restarts) {
		kd_engine_start_anew(e);
		e->last.valid = false;
		return KD_ENGINE_RESTARTED;
	}
	e->learned = true;
	e->expected = id;
	/* a stop is reported again on purpose; all else is a repetition */
	if (e->last.header.type == KD_PKT_STATE_CHANGE64)
		e->last.valid = false;
	if (repeat_flight(e))
		e->flight.tries = 0;
	return 0;
}

static bool is_last_again(const struct kd_engine *e,
			  const struct kd_packet_header *h)
{
	const struct kd_packet_header *last = &e->last.header;

	return e->last.valid && h->id == last->id && h->type == last->type &&
	       h->byte_count == last->byte_count &&
	       h->checksum == last->checksum;
}

static enum kd_id_order order_of(const struct kd_engine *e,
				 const struct kd_packet_header *h)
{
	enum kd_id_order order =
		e->dialect->order(h->id & ~e->dialect->sync, e->expected);

	/* rule 0.3.5: a first packet, and one that synchronises, sets the id */
	if (!e->learned || (h->id & e->dialect->sync))
		order = KD_ID_EXPECTED;
	if (order == KD_ID_EXPECTED && is_last_again(e, h))
		return KD_ID_BEHIND;
	return order;
}

/* Could the target send this only because it has our packet? */
static bool proves_arrival(const struct kd_engine *e,
			   const struct kd_packet_header *h,
			   const uint8_t *payload)
{
	struct kd_reader ours, theirs;

	if (!e->flight.packet)
		return false;
	/* it said nothing until it was answered */
	if (e->flight.packet->flags & KD_WIRE_ANSWER)
		return true;
	/*
	 * Stopped, it said nothing else; but the same stop may be reported
	 * again, so that a stop is for the session to compare.
	 */
	if (e->flight.packet->flags & KD_WIRE_RESUMES)
		return h->type != KD_PKT_STATE_CHANGE64 &&
		       h->type != KD_PKT_STATE_MANIPULATE;
	ours = kd_reader_over(e->flight.packet->body, e->flight.packet->len);
	theirs = kd_reader_over(payload, h->byte_count);
	kd_reader_seek(&ours, 4);
	if (h->type != KD_PKT_STATE_MANIPULATE ||
	    kd_read_le16(&ours) != h->type)
		return false;
	kd_reader_seek(&ours, KD_HEADER_SIZE);
	return kd_read_le32(&ours) == kd_read_le32(&theirs) && !ours.bad &&
	       !theirs.bad;
}

static unsigned accept(struct kd_engine *e, const struct kd_packet_header *h,
		       const uint8_t *payload)
{
	uint32_t id = h->id & ~e->dialect->sync;
	unsigned events = KD_ENGINE_FRESH;

	if (h->id != id) {
		kd_engine_start_anew(e);
		events |= KD_ENGINE_RESTARTED;
	}
	if (proves_arrival(e, h, payload))
		events |= kd_engine_land(e);
	e->learned = true;
	e->expected = e->dialect->after(id);
	e->last = (struct kd_heard){ .valid = true, .header = *h };
	acknowledge(e, id);
	return events;
}

static unsigned receive_data(struct kd_engine *e, uint64_t now_us,
			     const struct kd_packet_header *h,
			     const uint8_t *payload)
{
	e->resend_due = false;
	e->resend_run = 0;
	switch (order_of(e, h)) {
	case KD_ID_EXPECTED:
		return accept(e, h, payload);
	case KD_ID_BEHIND:
		e->counters.duplicates++;
		/* RESET named this one, and it was here before */
		if (h->id == e->expected)
			e->expected = e->dialect->after(h->id);
		/* it waits for this to be acknowledged: it does not run yet */
		if (e->flight.packet &&
		    (e->flight.packet->flags & KD_WIRE_RESUMES))
			e->flight.tries = 1;
		acknowledge(e, h->id & ~e->dialect->sync);
		return 0;
	case KD_ID_AHEAD:
		/* rule 0.3.2; once for each try, however often it comes */
		if (!e->reset_open ||
		    now_us - e->reset_sent_us >= e->dialect->try_us)
			kd_engine_ask_for_reset(e);
		return 0;
	}
	return 0;
}

unsigned kd_engine_receive(struct kd_engine *e, uint64_t now_us,
			   const struct kd_packet_header *h,
			   const uint8_t *payload)
{
	e->counters.packets_in++;
	kd_debug(&e->log, "received %s %#x, %u bytes",
		 kd_packet_type_name(h->type), h->id, h->byte_count);
	/* RESET alone proves nothing: it may be our own, from a loopback */
	if (h->type != KD_PKT_RESET)
		e->synchronised = true;
	if (h->leader == KD_LEADER_DATA)
		return receive_data(e, now_us, h, payload);
	switch (h->type) {
	case KD_PKT_ACKNOWLEDGE:
		return receive_ack(e, h->id);
	case KD_PKT_RESEND:
		receive_resend(e);
		return 0;
	case KD_PKT_RESET:
		return receive_reset(e, now_us, h->id);
	default:
		return 0;
	}
}

void kd_engine_rejected(struct kd_engine *e)
{
	e->counters.rejected++;
	/* a target that only ever sends damage is not asked for ever */
	if (e->resend_run == RESEND_RUN_MAX)
		return;
	e->resend_run++;
	e->resend_due = true;
}
