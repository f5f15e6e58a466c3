#include "kd_engine.h"

enum {
	TRIES_MAX = 8,	      /* KD-WIRE 1.7 */
	RESUME_TRIES_MAX = 3, /* the first, and rule 0.3.7's two */
	FULL_SPEED = 115200,  /* below it, time limits grow */
	BITS_PER_BYTE = 10,   /* start bit, 8, stop bit */
	SECOND_US = 1000000,
};

void kd_engine_init(struct kd_engine *e, const struct kd_wire_config *config)
{
	memset(e, 0, sizeof(*e));
	e->dialect = kd_dialect_of(config->kind);
	e->log = config->log;
	e->baud = config->baud;
	e->max_resets = config->max_resets;
	e->next_id = e->dialect->first_id;
}

static void forget_packets(struct kd_engine *e)
{
	for (size_t i = 0; i < KD_ENGINE_SLOTS; i++)
		e->slot[i].len = 0;
	e->flight = (struct kd_flight){ .packet = NULL };
}

void kd_engine_start_anew(struct kd_engine *e)
{
	forget_packets(e);
	e->next_id = e->dialect->first_id;
	e->learned = false;
}

void kd_engine_restart(struct kd_engine *e)
{
	kd_engine_start_anew(e);
	e->last.valid = false;
	e->has_acked = false;
	e->ack_count = 0;
	e->resend_due = false;
	e->resend_run = 0;
	e->reset_due = false;
	e->reset_open = false;
	e->break_in_due = false;
}

enum kd_status kd_engine_send(struct kd_engine *e, enum kd_packet_type type,
			      const uint8_t *payload, size_t len,
			      unsigned flags)
{
	if (len > KD_PAYLOAD_MAX)
		return KD_E_SPACE;
	for (size_t i = 0; i < KD_ENGINE_SLOTS; i++) {
		struct kd_outgoing *p = &e->slot[i];
		struct kd_writer w = kd_writer_over(p->body, sizeof(p->body));
		struct kd_packet_header h = {
			.leader = KD_LEADER_DATA,
			.type = (uint16_t)type,
			.byte_count = (uint16_t)len,
			.checksum = kd_packet_checksum(payload, len),
		};

		if (p->len)
			continue;
		kd_packet_header_encode(&h, &w);
		kd_write_bytes(&w, payload, len);
		p->len = w.pos;
		p->flags = flags;
		p->turn = e->turns++;
		return KD_OK;
	}
	return KD_E_STATE;
}

bool kd_engine_is_busy(const struct kd_engine *e)
{
	for (size_t i = 0; i < KD_ENGINE_SLOTS; i++)
		if (e->slot[i].len)
			return true;
	return false;
}

void kd_engine_drop(struct kd_engine *e)
{
	/* it was sent, so that it more likely has arrived than not */
	if (e->flight.packet)
		e->next_id = e->dialect->after(e->flight.id);
	forget_packets(e);
}

void kd_engine_break_in(struct kd_engine *e)
{
	e->break_in_due = true;
}

void kd_engine_cancel_break_in(struct kd_engine *e)
{
	e->break_in_due = false;
}

void kd_engine_ask_again(struct kd_engine *e)
{
	e->resend_due = true;
}

void kd_engine_ask_for_reset(struct kd_engine *e)
{
	if (!e->synchronised) {
		if (e->max_resets && e->resets_asked >= e->max_resets)
			return;
		e->resets_asked++;
	}
	e->reset_due = true;
	e->reset_is_answer = false;
	e->acks_before_reset = e->ack_count;
}

void kd_engine_reset(struct kd_engine *e, uint64_t now_us)
{
	kd_debug(&e->log, "RESET asked for at %llu us",
		 (unsigned long long)now_us);
	if (e->dialect->reset_restarts)
		kd_engine_start_anew(e);
	kd_engine_ask_for_reset(e);
}

unsigned kd_engine_land(struct kd_engine *e)
{
	e->next_id = e->dialect->after(e->flight.id);
	e->flight.packet->len = 0;
	e->flight = (struct kd_flight){ .packet = NULL };
	/* whoever heard this one also had our last acknowledgement */
	e->last.valid = false;
	return KD_ENGINE_DELIVERED;
}

/* ---- what goes out ---- */

static void put_control(struct kd_engine *e, enum kd_packet_type type,
			uint32_t id, uint8_t control[KD_HEADER_SIZE],
			struct kd_chunk *ret)
{
	struct kd_packet_header h = {
		.leader = KD_LEADER_CONTROL,
		.type = (uint16_t)type,
		.id = id,
	};
	struct kd_writer w = kd_writer_over(control, KD_HEADER_SIZE);

	kd_packet_header_encode(&h, &w);
	*ret = (struct kd_chunk){ .bytes = control, .len = KD_HEADER_SIZE };
	e->counters.packets_out++;
	kd_debug(&e->log, "sending %s %#x", kd_packet_type_name(type), id);
}

static void put_reset(struct kd_engine *e, uint64_t now_us,
		      uint8_t control[KD_HEADER_SIZE], struct kd_chunk *ret)
{
	uint32_t id = e->flight.packet ? e->flight.id : e->next_id;

	e->reset_due = false;
	e->counters.resets_out++;
	if (e->reset_is_answer) {
		e->reset_answered = true;
		e->answered_us = now_us;
	} else {
		e->reset_open = true;
		e->reset_sent_us = now_us;
	}
	put_control(e, KD_PKT_RESET, e->dialect->reset_restarts ? 0 : id,
		    control, ret);
}

static void put_ack(struct kd_engine *e, uint8_t control[KD_HEADER_SIZE],
		    struct kd_chunk *ret)
{
	uint32_t id = e->acks[0];

	e->ack_count--;
	memmove(e->acks, e->acks + 1, e->ack_count * sizeof(e->acks[0]));
	if (e->acks_before_reset)
		e->acks_before_reset--;
	put_control(e, KD_PKT_ACKNOWLEDGE, id, control, ret);
}

/* Answers first, then in the order of sending; NULL if there is none. */
static struct kd_outgoing *choose(struct kd_engine *e)
{
	struct kd_outgoing *best = NULL;

	for (size_t i = 0; i < KD_ENGINE_SLOTS; i++) {
		struct kd_outgoing *p = &e->slot[i];
		bool answer = p->flags & KD_WIRE_ANSWER;

		if (!p->len)
			continue;
		if (!best || (answer && !(best->flags & KD_WIRE_ANSWER)) ||
		    (answer == !!(best->flags & KD_WIRE_ANSWER) &&
		     p->turn - best->turn > UINT32_MAX / 2))
			best = p;
	}
	return best;
}

static bool put_data(struct kd_engine *e, struct kd_chunk *ret)
{
	struct kd_flight *f = &e->flight;

	if (!f->packet) {
		*f = (struct kd_flight){
			.packet = choose(e),
			.id = e->next_id,
			.due = true,
			.tries = 1,
		};
	} else if (f->due) {
		e->counters.retransmitted++;
	}
	if (!f->packet || !f->due)
		return false;

	/* the id is the header's third word */
	struct kd_writer id = kd_writer_over(f->packet->body + 8, 4);

	kd_write_le32(&id, f->id);
	f->due = false;
	f->leaving = true;
	e->counters.packets_out++;
	*ret = (struct kd_chunk){ .bytes = f->packet->body,
				  .len = f->packet->len };
	kd_debug(&e->log, "sending data %#x, %zu bytes", f->id,
		 f->packet->len - KD_HEADER_SIZE);
	return true;
}

bool kd_engine_pull(struct kd_engine *e, uint64_t now_us,
		    uint8_t control[KD_HEADER_SIZE], struct kd_chunk *ret)
{
	if (e->reset_due && !e->acks_before_reset) {
		put_reset(e, now_us, control, ret);
		return true;
	}
	if (e->ack_count) {
		put_ack(e, control, ret);
		return true;
	}
	if (e->resend_due) {
		e->resend_due = false;
		e->counters.resends_out++;
		put_control(e, KD_PKT_RESEND, 0, control, ret);
		return true;
	}
	return put_data(e, ret);
}

bool kd_engine_pull_break_in(struct kd_engine *e)
{
	bool due = e->break_in_due;

	e->break_in_due = false;
	e->counters.break_ins_out += due;
	return due;
}

/* ---- time ---- */

/* Bytes of @p len need their time on the line, and slow lines more of it. */
static uint64_t try_limit_us(const struct kd_engine *e, size_t len)
{
	uint64_t limit = e->dialect->try_us;

	if (!e->baud)
		return limit;
	if (e->baud < FULL_SPEED)
		limit = limit * FULL_SPEED / e->baud;
	return limit + (uint64_t)len * BITS_PER_BYTE * SECOND_US / e->baud;
}

void kd_engine_sent(struct kd_engine *e, uint64_t now_us)
{
	struct kd_flight *f = &e->flight;

	if (!f->leaving)
		return;
	f->leaving = false;
	f->until_us = kd_clock_after(now_us, try_limit_us(e, f->packet->len));
}

uint64_t kd_engine_deadline(const struct kd_engine *e)
{
	const struct kd_flight *f = &e->flight;

	if (!f->packet || f->due || f->leaving)
		return KD_NEVER;
	return f->until_us;
}

static unsigned give_up(struct kd_engine *e)
{
	kd_info(&e->log, "the target does not acknowledge; given up");
	e->flight.packet->len = 0;
	e->flight = (struct kd_flight){ .packet = NULL };
	if (e->dialect->reset_restarts)
		e->next_id = e->dialect->first_id;
	return KD_ENGINE_UNDELIVERED;
}

unsigned kd_engine_tick(struct kd_engine *e, uint64_t now_us)
{
	struct kd_flight *f = &e->flight;

	if (now_us < kd_engine_deadline(e))
		return 0;
	if ((f->packet->flags & KD_WIRE_RESUMES) &&
	    f->tries == RESUME_TRIES_MAX)
		return kd_engine_land(e);
	if (f->tries < TRIES_MAX) {
		f->tries++;
		f->due = true;
		return 0;
	}
	if (f->reset_tried)
		return give_up(e);
	f->reset_tried = true;
	f->until_us = kd_clock_after(now_us, try_limit_us(e, f->packet->len));
	kd_engine_ask_for_reset(e);
	return 0;
}
