#include "kd_session_parts.h"

#include <string.h>

static void forget_target(struct kd_session *s, uint64_t now_us,
			  enum kd_status why)
{
	kd_requests_end_all(s, now_us, why, false);
	kd_wire_drop_outstanding(s->wire);
	kd_memory_cache_flush(&s->cache);
	s->has_address_space = false;
	kd_registers_forget(s);
	s->prompted = false;
	s->print_hash = 0; /* the next boot begins with the same words */
	s->restarted = false;
	s->has_version = false;
	s->crashed = false;
	s->no_continue2 = false;
	s->searcher = KD_SEARCHER_NOT_TRIED;
	s->step.state = KD_STEP_NONE;
	s->owner_reports = false;
	kd_break_address_forget(s);
	s->bug_check = (struct kd_bug_check_listener){ 0 };
}

void kd_conversation_rebooted(struct kd_session *s, uint64_t now_us)
{
	forget_target(s, now_us, KD_E_LOST);
	kd_file_server_forget(&s->files);
	kd_breakpoints_rebooted(s);
	kd_changes_rebooted(s);
	s->had_version = false;
	s->uptime = (struct kd_uptime){ 0 };
	s->run = KD_RUN_RUNNING;
	s->loaded = false;
	s->attach.break_wanted |= kd_session_breaks_at_boot(s);
	kd_session_tell(s, now_us, KD_EV_REBOOTED);
}

void kd_conversation_lost(struct kd_session *s, uint64_t now_us)
{
	forget_target(s, now_us, KD_E_LOST);
	s->run = KD_RUN_UNKNOWN;
	s->attach.attached = false;
	/* what is heard next attaches again */
	kd_attach_init(s);
	kd_session_tell(s, now_us, KD_EV_LOST);
}

/*
 * What was outstanding is lost, and the target reports its stop again
 * (KD-WIRE 1.6). If it reports another one, it went on without us.
 */
static void restarted(struct kd_session *s, uint64_t now_us)
{
	s->restarted = true;
	s->print_again = true;
	kd_requests_restarted(s, now_us);
}

static void delivered(struct kd_session *s, uint64_t now_us)
{
	/* an answer of ours may have overtaken what we wait for */
	if (kd_wire_is_busy(s->wire))
		return;
	if (s->run == KD_RUN_RESUMING && s->going.step == KD_GOING_SENT)
		kd_resume_ended(s, now_us);
	else
		kd_requests_delivered(s, now_us);
}

static void manipulate(struct kd_session *s, uint64_t now_us, size_t len)
{
	struct kd_reader in = kd_reader_over(s->payload, len);
	struct kd_manipulate m;

	if (!kd_manipulate_decode(kd_session_arch(s), &m, &in)) {
		s->counters.odd++;
		return;
	}
	if (m.api == KD_API_CONTINUE || m.api == KD_API_CONTINUE2)
		kd_resume_refused(s);
	else
		kd_requests_answer(s, now_us, &m);
}

static void state_change(struct kd_session *s, uint64_t now_us, size_t len)
{
	struct kd_reader in = kd_reader_over(s->payload, len);
	struct kd_state_change c;

	if (kd_state_change_decode(&c, &in))
		kd_stops_state_change(s, now_us, &c);
	else
		s->counters.odd++;
}

static void packet(struct kd_session *s, uint64_t now_us,
		   const struct kd_wire_event *e)
{
	size_t len = e->len < sizeof(s->payload) ? e->len : sizeof(s->payload);

	/* answering may make the wire reuse its buffer */
	if (len)
		memcpy(s->payload, e->payload, len);
	kd_attach_heard(s, now_us);
	switch (e->type) {
	case KD_PKT_STATE_MANIPULATE:
		manipulate(s, now_us, len);
		break;
	case KD_PKT_STATE_CHANGE64:
		state_change(s, now_us, len);
		break;
	case KD_PKT_DEBUG_IO:
		kd_answers_debug_io(s, now_us, s->payload, len);
		break;
	case KD_PKT_FILE_IO:
		kd_answers_file(s, now_us, s->payload, len);
		break;
	case KD_PKT_CONTROL_REQUEST:
		kd_answers_control(s, now_us, s->payload, len);
		break;
	case KD_PKT_TRACE_IO: /* acknowledged already, of no use to us */
		break;
	default:
		kd_warn(&s->log, "a %s packet is not for us",
			kd_packet_type_name(e->type));
		s->counters.odd++;
		break;
	}
	s->print_again = false;
}

void kd_conversation_hear(struct kd_session *s, uint64_t now_us,
			  const struct kd_wire_event *e)
{
	switch (e->kind) {
	case KD_WIRE_NOTHING:
		break;
	case KD_WIRE_PACKET:
		packet(s, now_us, e);
		break;
	case KD_WIRE_DELIVERED:
		delivered(s, now_us);
		break;
	case KD_WIRE_UNDELIVERED:
		kd_conversation_lost(s, now_us);
		break;
	case KD_WIRE_RESTARTED:
		restarted(s, now_us);
		break;
	case KD_WIRE_KEYED:
		kd_attach_keyed(s, now_us, e->keyed);
		break;
	case KD_WIRE_NOTICE: {
		struct kd_event event = { .kind = KD_EV_NOTICE,
					  .time_us = now_us,
					  .notice = e->notice };

		kd_event_queue_push(&s->events, &event, NULL, 0);
		break;
	}
	}
}
