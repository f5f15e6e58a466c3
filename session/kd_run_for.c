#include "kd_run_for.h"

#include "kd_session_parts.h"

/* One event of interest, or a status that ends the waiting. */
static enum kd_status wait(struct kd_session *s,
			   const struct kd_run_hooks *hooks,
			   uint64_t deadline_us, struct kd_run_for_result *ret)
{
	struct kd_event e;

	for (;;) {
		enum kd_status st = kd_session_wait_event(s, deadline_us, &e);

		if (st != KD_OK)
			return st;
		if (e.kind == KD_EV_STOPPED) {
			ret->stop = e.stop;
			ret->end = KD_RUN_FOR_STOPPED;
			return KD_OK;
		}
		if (hooks->event)
			st = hooks->event(hooks->ctx, &e);
		if (e.kind == KD_EV_LOST)
			return KD_E_LOST;
		if (e.kind == KD_EV_REBOOTED)
			ret->end = KD_RUN_FOR_REBOOTED;
		if (st != KD_OK || e.kind == KD_EV_REBOOTED)
			return st;
	}
}

/* The cancel hook has been heard: it has no say in this. */
static enum kd_status halt(struct kd_session *s,
			   const struct kd_run_hooks *hooks,
			   enum kd_run_for_end why,
			   struct kd_run_for_result *ret)
{
	bool (*cancel)(void *) = s->cancel;
	uint64_t now_us = kd_ops_now(s);
	enum kd_status st;

	s->cancel = NULL;
	st = kd_session_break_in(s, now_us);
	if (st == KD_OK)
		st = wait(s, hooks, kd_clock_after(now_us, hooks->request_us),
			  ret);
	s->cancel = cancel;
	if (st == KD_OK && ret->end == KD_RUN_FOR_STOPPED && ret->stop.break_in)
		ret->end = why;
	if (st == KD_E_TIMEOUT)
		kd_detail_set(&s->detail,
			      "the target does not hear the break-in; "
			      "it runs on");
	return st;
}

enum kd_status kd_session_run_for(struct kd_session *s, uint64_t span_us,
				  const struct kd_run_hooks *hooks,
				  struct kd_run_for_result *ret)
{
	struct kd_run_for_result result = { 0 };
	enum kd_status st;

	if (!s->link)
		return KD_E_ARG;
	st = kd_session_continue(
		s, KD_RESUME_GO,
		kd_clock_after(kd_ops_now(s), hooks->request_us));
	if (st == KD_OK)
		st = wait(s, hooks, kd_clock_after(kd_ops_now(s), span_us),
			  &result);
	if (st == KD_E_TIMEOUT && s->run != KD_RUN_HALTED)
		st = halt(s, hooks, KD_RUN_FOR_TIME, &result);
	else if (st == KD_E_CANCELED && s->run != KD_RUN_HALTED)
		st = halt(s, hooks, KD_RUN_FOR_CANCELED, &result);
	if (st == KD_OK)
		*ret = result;
	return st;
}
