#include "kd_session_parts.h"

#include <string.h>

void kd_session_use_link(struct kd_session *s, struct kd_link *link)
{
	s->link = link;
}

void kd_session_set_cancel(struct kd_session *s, bool (*cancel)(void *),
			   void *ctx, int wake_fd)
{
	s->cancel = cancel;
	s->cancel_ctx = ctx;
	s->wake_fd = wake_fd;
}

bool kd_session_is_canceled(const struct kd_session *s)
{
	return s->cancel && s->cancel(s->cancel_ctx);
}

/* ---- events ---- */

static bool event_ready(const struct kd_session *s, const void *what)
{
	(void)what;
	return kd_event_queue_ready(&s->events);
}

enum kd_status kd_session_wait_event(struct kd_session *s, uint64_t deadline_us,
				     struct kd_event *ret)
{
	enum kd_status status =
		kd_pump_until(s, deadline_us, event_ready, NULL);

	/* what is known already is told, even if the link has failed */
	if (kd_event_queue_take(&s->events, ret))
		return KD_OK;
	return status == KD_OK ? KD_E_TIMEOUT : status;
}

/* ---- run control ---- */

static bool is_in(const struct kd_session *s, const void *run)
{
	return s->run == *(const enum kd_run *)run;
}

enum kd_status kd_session_wait_stop(struct kd_session *s, uint64_t deadline_us,
				    struct kd_stop *ret)
{
	enum kd_run halted = KD_RUN_HALTED;
	enum kd_status status = kd_pump_until(s, deadline_us, is_in, &halted);

	if (status != KD_OK)
		return status;
	kd_event_queue_forget(&s->events, KD_EV_STOPPED);
	*ret = s->stop;
	return KD_OK;
}

enum kd_status kd_session_halt(struct kd_session *s, uint64_t deadline_us,
			       struct kd_stop *ret)
{
	if (!s->link)
		return KD_E_ARG;
	enum kd_status status =
		kd_session_break_in(s, s->link->ops->now(s->link));

	return status == KD_OK ? kd_session_wait_stop(s, deadline_us, ret)
			       : status;
}

static bool has_resumed(const struct kd_session *s, const void *what)
{
	(void)what;
	return s->run != KD_RUN_RESUMING;
}

enum kd_status kd_session_continue(struct kd_session *s, enum kd_resume how,
				   uint64_t deadline_us)
{
	if (!s->link)
		return KD_E_ARG;
	enum kd_status status =
		kd_session_resume(s, s->link->ops->now(s->link), how);

	if (status != KD_OK)
		return status;
	status = kd_pump_until(s, deadline_us, has_resumed, NULL);
	if (status == KD_OK)
		kd_event_queue_forget(&s->events, KD_EV_RUNNING);
	return status == KD_OK && s->run == KD_RUN_UNKNOWN ? KD_E_LOST : status;
}
