#include "lab_stub.h"
#include "lab_bytes.h"
#include "lab_target.h"

#include <stdlib.h>
#include <string.h>

enum {
	IN_BYTES = 1 << 17,
	TICK_US = 10000, /* of the clock that polls for a break-in */
	BOOT_US = 1000000,
	RETRANSMIT_US = 500000,	   /* KD-WIRE 1.7 */
	BYTE_TIMEOUT_US = 1000000, /* 1.7 */
	RECEIVE_RING = 32,
};

struct lab_stub *lab_stub_create(const struct lab_stub_config *config)
{
	struct lab_stub *t = calloc(1, sizeof(*t));

	if (!t)
		return NULL;
	t->config = *config;
	t->machine = config->machine;
	if (!t->config.retransmit_us)
		t->config.retransmit_us = RETRANSMIT_US;
	if (!t->config.byte_timeout_us)
		t->config.byte_timeout_us = BYTE_TIMEOUT_US;
	t->ring_max =
		config->receive_ring ? config->receive_ring : RECEIVE_RING;
	t->service.machine = config->machine;
	t->service.faults = &t->config.faults;
	t->service.data_max = config->dialect == LAB_SERIAL
				      ? LAB_SERIAL_DATA_MAX
				      : LAB_NET_DATA_MAX;
	bool in = lab_ring_init(&t->in, IN_BYTES);
	bool out =
		lab_link_init(&t->link, &t->config,
			      config->dialect == LAB_KDNET ? &t->kdnet : NULL);

	lab_kdnet_init(&t->kdnet, &t->config, &t->link.out, &t->counters);
	if (in && out)
		return t;
	lab_stub_destroy(t);
	return NULL;
}

void lab_stub_destroy(struct lab_stub *t)
{
	if (!t)
		return;
	lab_ring_deinit(&t->in);
	lab_link_deinit(&t->link);
	lab_file_forget(&t->file);
	free(t);
}

static bool on_kdnet(const struct lab_stub *t)
{
	return t->config.dialect == LAB_KDNET;
}

static void meet(struct lab_stub *t)
{
	t->met = true;
	t->not_present = false;
}

static void repeat(struct lab_stub *t)
{
	t->retransmit_us = t->now_us + t->config.retransmit_us;
	lab_link_repeat(&t->link);
}

/* A new key: what waited for one, or got lost with the old, is sent now. */
static void keyed(struct lab_stub *t)
{
	meet(t);
	if (t->phase == LAB_PHASE_SENDS)
		repeat(t);
}

/* The next datagram's packet or break-in. */
static bool hear_datagram(struct lab_stub *t, struct lab_heard *ret)
{
	size_t len;

	while ((len = lab_ring_pop(&t->in, t->datagram, sizeof(t->datagram)))) {
		switch (lab_kdnet_hear(&t->kdnet, t->now_us, t->datagram,
				       len)) {
		case LAB_KDNET_NOTHING:
			break;
		case LAB_KDNET_KEYED:
			keyed(t);
			break;
		case LAB_KDNET_DATA:
			/* the body moves, for the reply reuses its place */
			len = t->kdnet.clear.len;
			memcpy(t->datagram, t->kdnet.clear.body, len);
			if (lab_frame_body(t->datagram, len, ret))
				return true;
			break;
		}
	}
	return false;
}

static bool hear_bytes(struct lab_stub *t, struct lab_heard *ret)
{
	uint8_t byte;

	while (lab_ring_read(&t->in, &byte, 1)) {
		t->byte_us = t->now_us;
		if (lab_frame_byte(&t->frame, byte, ret))
			return true;
	}
	return lab_frame_minds_silence(&t->frame) &&
	       t->now_us - t->byte_us >= t->config.byte_timeout_us &&
	       lab_frame_silence(&t->frame, ret);
}

static void heard_reset(struct lab_stub *t, uint32_t id)
{
	t->counters.resets_in++;
	if (t->link.reset_sent) {
		/* it answers ours: no ping-pong (KD-WIRE 1.6) */
		t->link.reset_sent = false;
		if (on_kdnet(t))
			lab_link_adopt(&t->link, id);
		return;
	}
	lab_link_adopt(&t->link, id);
	lab_link_reset(&t->link);
	if (t->phase == LAB_PHASE_SENDS)
		repeat(t);
	else
		lab_target_ask_again(t);
}

/* A data packet in the phase that wants one (KD-WIRE 1.5, step 8). */
static void heard_data(struct lab_stub *t, const struct lab_heard *h)
{
	size_t least;
	uint16_t wanted = lab_target_wanted(t, &least);

	if (h->type == wanted && h->len < least) {
		t->counters.bad_packets++;
		lab_link_resend(&t->link);
		return;
	}
	switch (lab_link_order(&t->link, h->id)) {
	case LAB_ORDER_GAP:
		t->link.reset_sent = true;
		lab_link_reset(&t->link);
		return;
	case LAB_ORDER_DUPLICATE:
		t->counters.duplicates++;
		lab_link_ack(&t->link, h->id);
		return;
	case LAB_ORDER_NEXT:
		break;
	}
	lab_link_ack(&t->link, h->id);
	if (h->type != wanted)
		return;
	lab_link_took(&t->link);
	lab_target_got(t, h);
}

/* A data packet instead of an acknowledgement is one, and is lost (1.5.7). */
static void heard_data_early(struct lab_stub *t)
{
	lab_link_resend(&t->link);
	lab_target_arrived(t);
}

static void heard(struct lab_stub *t, const struct lab_heard *h)
{
	bool sends = t->phase == LAB_PHASE_SENDS;

	meet(t);
	switch (h->kind) {
	case LAB_HEARD_DATA:
		if (sends)
			heard_data_early(t);
		else
			heard_data(t, h);
		return;
	case LAB_HEARD_BAD:
		t->counters.bad_packets++;
		lab_link_resend(&t->link);
		return;
	case LAB_HEARD_ACK:
		if (sends && lab_link_acknowledges(&t->link, h->id))
			lab_target_arrived(t);
		return;
	case LAB_HEARD_BREAKIN:
		t->counters.breakins++;
		t->break_pending = true;
		break;
	case LAB_HEARD_RESEND:
		t->counters.resends_in++;
		break;
	case LAB_HEARD_RESET:
		heard_reset(t, h->id);
		return;
	case LAB_HEARD_OTHER:
		return;
	}
	if (sends)
		repeat(t);
	else
		lab_target_ask_again(t);
}

static bool hear(struct lab_stub *t, struct lab_heard *ret)
{
	return on_kdnet(t) ? hear_datagram(t, ret) : hear_bytes(t, ret);
}

/* One byte a tick, and only a break-in counts; datagrams all at once (1.8). */
static bool poll_break_in(struct lab_stub *t)
{
	struct lab_heard h;
	uint8_t byte;
	bool found = t->break_pending;

	if (t->now_us < t->poll_us || (!found && !t->in.used))
		return false;
	t->poll_us = (t->now_us / TICK_US + 1) * TICK_US;
	if (!on_kdnet(t))
		found |= lab_ring_read(&t->in, &byte, 1) &&
			 byte == LAB_BREAKIN_BYTE;
	while (on_kdnet(t) && !found && hear_datagram(t, &h))
		found = h.kind == LAB_HEARD_BREAKIN;
	if (!found)
		return false;
	if (!t->break_pending)
		t->counters.breakins++;
	meet(t);
	return true;
}

static bool step_run(struct lab_stub *t)
{
	const struct lab_machine_ops *ops = t->machine->ops;

	if (t->now_us < t->boot_us) {
		lab_ring_clear(&t->in);
		return false;
	}
	if (poll_break_in(t) && lab_target_break_in(t))
		return true;
	if (ops->next(t->machine) > t->now_us ||
	    !ops->run(t->machine, t->now_us, &t->event))
		return false;
	lab_target_happen(t);
	return true;
}

static bool step_talk(struct lab_stub *t)
{
	struct lab_heard h;

	if (hear(t, &h)) {
		heard(t, &h);
		return true;
	}
	if (t->phase != LAB_PHASE_SENDS || t->now_us < t->retransmit_us)
		return false;
	if (t->tries > 1 || !lab_target_may_give_up(t)) {
		t->tries -= t->tries > 1;
		repeat(t);
	} else {
		lab_target_gave_up(t);
	}
	return true;
}

/* One thing; false when there is none to do now. */
static bool step(struct lab_stub *t)
{
	switch (t->phase) {
	case LAB_PHASE_RUNS:
		return step_run(t);
	case LAB_PHASE_SENDS:
	case LAB_PHASE_WANTS:
		return step_talk(t);
	case LAB_PHASE_SERVES:
		if (t->now_us < t->busy_us)
			return false;
		lab_target_served(t);
		return true;
	}
	return false;
}

void lab_stub_tick(struct lab_stub *t, uint64_t now_us)
{
	t->now_us = now_us;
	if (on_kdnet(t))
		lab_kdnet_tick(&t->kdnet, now_us);
	while (step(t))
		;
}

void lab_stub_feed(struct lab_stub *t, uint64_t now_us, const uint8_t *bytes,
		   size_t len)
{
	lab_stub_tick(t, now_us); /* what was due before comes first */
	if (t->config.faults.never_ack)
		return;
	if (!on_kdnet(t))
		(void)lab_ring_write(&t->in, bytes, len);
	else if (t->in.items >= t->ring_max ||
		 !lab_ring_push(&t->in, bytes, len))
		t->counters.ring_dropped++;
	lab_stub_tick(t, now_us);
}

size_t lab_stub_pull(struct lab_stub *t, uint64_t now_us, uint8_t *out,
		     size_t cap)
{
	lab_stub_tick(t, now_us);
	return on_kdnet(t) ? lab_ring_pop(&t->link.out, out, cap)
			   : lab_ring_read(&t->link.out, out, cap);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t lab_stub_deadline(struct lab_stub *t)
{
	uint64_t at = on_kdnet(t) ? t->kdnet.next_poke : UINT64_MAX;

	switch (t->phase) {
	case LAB_PHASE_RUNS:
		if (t->now_us < t->boot_us)
			return earlier(at, t->boot_us);
		if (t->break_pending || t->in.used)
			at = earlier(at, t->poll_us);
		return earlier(at, t->machine->ops->next(t->machine));
	case LAB_PHASE_SERVES:
		return earlier(at, t->busy_us);
	case LAB_PHASE_SENDS:
		at = earlier(at, t->retransmit_us);
		break;
	case LAB_PHASE_WANTS:
		break;
	}
	if (!on_kdnet(t) && lab_frame_minds_silence(&t->frame))
		at = earlier(at, t->byte_us + t->config.byte_timeout_us);
	return at;
}

void lab_stub_reboot(struct lab_stub *t, uint64_t now_us)
{
	t->now_us = now_us;
	t->boot_us = now_us + BOOT_US;
	t->phase = LAB_PHASE_RUNS;
	t->met = t->not_present = t->break_pending = t->report_again = false;
	t->service.breakpoints = (struct lab_breakpoints){ 0 };
	lab_frame_forget(&t->frame);
	lab_ring_clear(&t->in);
	lab_file_forget(&t->file);
	lab_link_restart(&t->link);
	if (on_kdnet(t))
		lab_kdnet_reboot(&t->kdnet, t->boot_us);
	if (t->machine->ops->reboot)
		t->machine->ops->reboot(t->machine, t->boot_us);
}

void lab_stub_misbehave(struct lab_stub *t, const struct lab_faults *faults)
{
	t->config.faults = *faults;
	t->link.packets = t->link.acks = 0;
}

void lab_stub_reset(struct lab_stub *t, uint64_t now_us)
{
	lab_stub_tick(t, now_us);
	lab_link_ask_reset(&t->link);
	if (t->phase == LAB_PHASE_SENDS)
		repeat(t);
	else if (t->phase != LAB_PHASE_RUNS)
		lab_target_ask_again(t);
}

void lab_stub_resend(struct lab_stub *t, uint64_t now_us)
{
	lab_stub_tick(t, now_us);
	lab_link_resend(&t->link);
}

void lab_stub_hold_for(struct lab_stub *t, const uint8_t address[4],
		       uint16_t port)
{
	lab_kdnet_hold_for(&t->kdnet, address, port);
}

void lab_stub_name_host(struct lab_stub *t, const uint8_t address[4],
			uint16_t port)
{
	lab_kdnet_name_host(&t->kdnet, address, port);
}

enum lab_condition lab_stub_condition(const struct lab_stub *t)
{
	bool speaks =
		t->phase == LAB_PHASE_SENDS && t->purpose == LAB_PURPOSE_SAY;

	if (t->phase == LAB_PHASE_RUNS || speaks)
		return LAB_RUNS;
	switch (t->question_type) {
	case LAB_PACKET_DEBUG_IO:
		return LAB_ASKS;
	case LAB_PACKET_STATE_CHANGE:
		return LAB_STANDS;
	default: /* it asks for a file or so, and goes on without */
		return LAB_RUNS;
	}
}

const struct lab_stub_counters *lab_stub_counters(const struct lab_stub *t)
{
	return &t->counters;
}
