#include "kd_net_host.h"
#include "kd_session_parts.h"

#define CODE_BREAKPOINT 0x80000003u /* STATUS_BREAKPOINT */

enum {
	/* How long each try to be heard is given (KD-WIRE 1.8). */
	RESET_TRY_US = 2000000,
	LISTEN_US = 1000000,
	BREAK_TRY_US = 500000, /* KDNET; a stream needs the time */
	/* On KDNET every so many tries RESET goes instead of a break-in. */
	NET_RESET_EVERY = 4,
	/* A surplus break-in byte stops the target within this (10, 7). */
	SURPLUS_US = 2000000,
	/*
	 * On KDNET: a target that has something to report does so as soon as
	 * it has the key, and needs no break-in to stop.
	 */
	SETTLE_US = 50000,
	/* One whose report is lost repeats it within this (1.7). */
	CONTACT_US = 2000000,
	/* It ran, and this is the second thing that it says. */
	SAID_ENOUGH = 2,
};

static uint64_t bytes_out(const struct kd_session *s)
{
	return kd_wire_counters(s->wire)->break_ins_out;
}

void kd_attach_init(struct kd_session *s)
{
	/*
	 * Where there is somebody to be asked: see the deadline. Listening
	 * comes first: a RESET that crosses a packet makes a target say it
	 * twice. The link's clock is not known here, so the first tick that
	 * falls due at once starts the listening.
	 */
	s->attach = (struct kd_attach){
		.break_wanted = kd_session_breaks_at_boot(s),
		.listen = !kd_session_breaks_at_boot(s),
		.bytes_settled = bytes_out(s),
	};
}

static void meet(struct kd_session *s, uint64_t now_us)
{
	if (s->attach.attached)
		return;
	s->attach.attached = true;
	s->attach.said = 0;
	/* with a new key it repeats at once what it waits with */
	s->attach.contact_until_us =
		s->kind == KD_LINK_STREAM ? KD_NEVER
					  : kd_clock_after(now_us, CONTACT_US);
	s->attach.turn = 0;
	s->attach.next_us = now_us;
	if (s->run == KD_RUN_UNKNOWN)
		s->run = KD_RUN_RUNNING;
	kd_session_tell(s, now_us, KD_EV_ATTACHED);
}

void kd_attach_heard(struct kd_session *s, uint64_t now_us)
{
	struct kd_attach *a = &s->attach;

	meet(s, now_us);
	a->heard_us = now_us;
	if (a->said < SAID_ENOUGH && s->run == KD_RUN_RUNNING)
		a->said++;
}

/* May the stop that is reported be older than the last byte? */
static bool is_first_contact(const struct kd_attach *a, uint64_t now_us)
{
	return a->said < SAID_ENOUGH && now_us < a->contact_until_us;
}

void kd_attach_keyed(struct kd_session *s, uint64_t now_us, unsigned keyed)
{
	switch (keyed) {
	case KD_NET_KEYED_TAKEN:
		/* it may stand still with nothing to say (KD-WIRE 0.3, 4) */
		kd_wire_reset(s->wire, now_us);
		break;
	case KD_NET_KEYED_ROLLOVER:
		kd_conversation_rebooted(s, now_us);
		break;
	default: /* first key, or the same boot: nothing is to be repaired */
		break;
	}
	meet(s, now_us);
	s->attach.quiet_until_us = kd_clock_after(now_us, SETTLE_US);
	s->attach.next_us = s->attach.quiet_until_us;
}

static bool is_breakpoint(const struct kd_stop *stop)
{
	return stop->new_state == KD_STATE_EXCEPTION &&
	       stop->exception.code == CODE_BREAKPOINT;
}

/* Is it what a break-in looks like? A bug check stops at the same place. */
static bool looks_like_break_in(const struct kd_session *s, bool byte_out)
{
	bool asked = s->attach.break_wanted && byte_out;

	/* what a dead debugger has left is met at an instruction */
	if (!is_breakpoint(&s->stop) || !s->stop.hard_coded)
		return false;
	if (!kd_break_address_is_known(s))
		return asked;
	return kd_break_address_is(s, s->stop.pc) && (asked || !s->crashed);
}

/* A byte of long ago has gone nowhere. */
static void forget_old_bytes(struct kd_session *s, uint64_t now_us)
{
	struct kd_attach *a = &s->attach;

	if (!a->break_wanted && now_us >= a->surplus_until_us)
		a->bytes_settled = bytes_out(s);
}

void kd_attach_stopped(struct kd_session *s, uint64_t now_us)
{
	struct kd_attach *a = &s->attach;
	bool byte_out = kd_attach_has_surplus(s);

	s->stop.break_in = looks_like_break_in(s, byte_out);
	s->stop.wanted = a->break_wanted;
	s->stop.crashed = s->crashed;
	/* what stood still already has the byte still before it (1.5, 2) */
	if (byte_out && s->stop.break_in && !is_first_contact(a, now_us))
		a->bytes_settled++;
	forget_old_bytes(s, now_us);
	a->break_wanted = false;
	a->break_expected = false;
}

void kd_session_expect_break(struct kd_session *s)
{
	s->attach.break_expected = true;
}

void kd_attach_running(struct kd_session *s, uint64_t now_us)
{
	struct kd_attach *a = &s->attach;

	a->turn = 0;
	a->next_us = now_us;
	a->said = SAID_ENOUGH;
	/* what nobody was stopped by begins nothing */
	if (!s->going.quiet)
		a->surplus_until_us = kd_clock_after(now_us, SURPLUS_US);
}

/* Nobody will be there: whatever stops it, it goes on. */
static void absorb_leaving(struct kd_session *s)
{
	/* of several bytes each may have its own stop */
	if (kd_attach_has_surplus(s) && is_breakpoint(&s->stop) &&
	    (!kd_break_address_is_known(s) ||
	     kd_break_address_is(s, s->stop.pc)))
		s->attach.bytes_settled++;
}

void kd_attach_leave(struct kd_session *s, uint64_t now_us)
{
	s->leaving = true;
	s->attach.break_wanted = false;
	/* before one that stands still, even an old one may be yet */
	if (s->run == KD_RUN_RUNNING)
		forget_old_bytes(s, now_us);
	kd_wire_cancel_break_in(s->wire);
	s->attach.surplus_until_us = kd_clock_after(now_us, SURPLUS_US);
}

bool kd_attach_has_surplus(const struct kd_session *s)
{
	return s->attach.bytes_settled < bytes_out(s);
}

bool kd_attach_absorbs(struct kd_session *s, uint64_t now_us)
{
	struct kd_attach *a = &s->attach;

	if (s->leaving) {
		absorb_leaving(s);
		return true;
	}
	/* a breakpoint elsewhere is somebody's, and never passed over */
	if (a->break_expected || !kd_attach_has_surplus(s) || s->crashed ||
	    now_us >= a->surplus_until_us || !is_breakpoint(&s->stop) ||
	    !kd_break_address_is(s, s->stop.pc))
		return false;
	a->bytes_settled = bytes_out(s);
	return true;
}

static bool may_reset(const struct kd_session *s)
{
	return !s->max_resets || s->attach.resets < s->max_resets;
}

/*
 * A stream is asked from the start. KDNET targets come by themselves; one
 * that we lost, and still have a key for, is asked as well.
 */
static bool can_be_asked(const struct kd_session *s)
{
	return s->kind == KD_LINK_STREAM || kd_wire_is_synchronised(s->wire);
}

uint64_t kd_attach_deadline(const struct kd_session *s)
{
	const struct kd_attach *a = &s->attach;

	if (s->run != KD_RUN_UNKNOWN && s->run != KD_RUN_RUNNING)
		return KD_NEVER;
	if (!can_be_asked(s))
		return KD_NEVER;
	if (a->break_wanted || (!a->attached && may_reset(s)))
		return a->next_us;
	return KD_NEVER;
}

void kd_attach_tick(struct kd_session *s, uint64_t now_us)
{
	struct kd_attach *a = &s->attach;
	bool stream = s->kind == KD_LINK_STREAM;
	unsigned cycle = stream ? 2 : NET_RESET_EVERY;

	if (a->listen) {
		a->listen = false;
		a->next_us = kd_clock_after(now_us, LISTEN_US);
		return;
	}
	/*
	 * A running target takes the byte and chews up a RESET; one that
	 * stands still may only hear the RESET: alternate. Without being
	 * asked to we never break in (KD-WIRE 0.3 rule 12).
	 */
	if (a->break_wanted && a->turn % cycle != cycle - 1) {
		kd_wire_break_in(s->wire, now_us);
		a->surplus_until_us = kd_clock_after(now_us, SURPLUS_US);
	} else if (a->attached || may_reset(s)) {
		kd_wire_reset(s->wire, now_us);
		a->resets++;
	}
	a->turn++;
	a->next_us = kd_clock_after(now_us, stream || !a->break_wanted
						    ? RESET_TRY_US
						    : BREAK_TRY_US);
}

enum kd_status kd_session_break_in(struct kd_session *s, uint64_t now_us)
{
	struct kd_attach *a = &s->attach;

	/* whoever asks now has not been told of the stop: it is for him */
	if (s->run == KD_RUN_HALTED) {
		kd_event_queue_want_stop(&s->events);
		return KD_OK;
	}
	if (!can_be_asked(s))
		return KD_E_STATE;
	forget_old_bytes(s, now_us);
	a->break_wanted = true;
	a->listen = false;
	a->turn = 0;
	a->next_us = now_us < a->quiet_until_us ? a->quiet_until_us : now_us;
	if (now_us >= kd_attach_deadline(s))
		kd_attach_tick(s, now_us);
	return KD_OK;
}
