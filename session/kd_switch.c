#include "kd_session_parts.h"

/*
 * SwitchProcessor (KD-WIRE 8.6): its answer is no packet of its own, but
 * another processor that reports where it stands, with the code below. A
 * target that has no such processor, or does not switch, says its old stop
 * again, or that it failed.
 */

#define CODE_WAKE_DEBUGGER 0x80000007u /* STATUS_WAKE_SYSTEM_DEBUGGER */

bool kd_switch_is_away(const struct kd_session *s)
{
	return s->stop.processor != s->stop.event_processor;
}

static struct kd_request *pending(const struct kd_session *s)
{
	struct kd_request *r = s->active.request;

	return r && r->m.api == KD_API_SWITCH_PROCESSOR ? r : NULL;
}

/* What was known of one processor does not hold for another. */
static void take(struct kd_session *s, const struct kd_state_change *c)
{
	if (!kd_switch_is_away(s))
		s->owner = s->stop;
	if (c->processor == s->owner.processor) {
		s->stop = s->owner;
	} else {
		s->stop.processor = c->processor;
		s->stop.hard_coded = false;
		s->stop.assertion = false;
	}
	s->stop.pc = c->pc;
	s->stop.thread = c->thread;
	s->stop.report_valid = kd_control_report_decode(
		kd_session_arch(s), c->report, &s->stop.report);
	kd_memory_cache_flush(&s->cache);
	kd_registers_forget(s);
}

bool kd_switch_hears(struct kd_session *s, uint64_t now_us,
		     const struct kd_state_change *c)
{
	struct kd_request *r = pending(s);
	bool wakes = c->new_state == KD_STATE_EXCEPTION &&
		     c->exception.code == CODE_WAKE_DEBUGGER;

	if (!r)
		return false;
	if (c->processor == r->m.processor &&
	    (wakes || c->processor == s->stop.event_processor)) {
		take(s, c);
		kd_requests_end_switch(s, now_us, KD_OK);
		return true;
	}
	/* after a restart it has not had the request yet: that is seen to */
	if (s->restarted || c->processor != s->stop.processor)
		return false;
	kd_requests_end_switch(s, now_us, KD_E_TARGET);
	return true;
}

bool kd_switch_back(struct kd_session *s)
{
	struct kd_request *r;

	if (!kd_switch_is_away(s))
		return false;
	r = kd_requests_new(s, KD_FOR_SWITCH);
	r->m.api = KD_API_SWITCH_PROCESSOR;
	r->m.processor = s->stop.event_processor;
	return true;
}

bool kd_switch_absorbs(struct kd_session *s)
{
	bool expected = s->owner_reports;

	s->owner_reports = false;
	return expected && s->stop.processor == s->owner.processor &&
	       s->stop.thread == s->owner.thread &&
	       s->stop.exception.code == s->owner.exception.code &&
	       !s->stop.hard_coded && s->stop.pc - s->owner.pc <= 4;
}

enum kd_status kd_switch_submit(struct kd_session *s, uint64_t now_us,
				enum kd_purpose purpose, unsigned processor,
				uint32_t *ret)
{
	struct kd_request *r;

	if (processor >= s->stop.processor_count)
		return KD_E_ARG;
	if (s->run != KD_RUN_HALTED)
		return KD_E_STATE;
	r = kd_requests_new(s, purpose);
	if (!r)
		return KD_E_SPACE;
	r->m.api = KD_API_SWITCH_PROCESSOR;
	r->m.processor = (uint16_t)processor;
	*ret = r->id;
	kd_requests_start(s, now_us);
	return KD_OK;
}

enum kd_status kd_session_submit_switch(struct kd_session *s, uint64_t now_us,
					unsigned processor, uint32_t *ret)
{
	return kd_switch_submit(s, now_us, KD_FOR_CALLER, processor, ret);
}
