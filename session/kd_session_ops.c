#include "kd_address_space.h"
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

/* A processor that stood at a breakpoint tells of it within this. */
enum { LATE_HIT_US = 100000 };

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

static bool has_settled(const struct kd_session *s, const void *what)
{
	(void)what;
	return s->run != KD_RUN_RESUMING && s->run != KD_RUN_SETTLING;
}

static bool nothing_out(const struct kd_session *s, const void *what)
{
	(void)what;
	return !kd_wire_is_busy(s->wire);
}

static bool runs_on(const struct kd_session *s, const void *what)
{
	(void)what;
	return s->run == KD_RUN_RUNNING && !kd_attach_has_surplus(s) &&
	       !kd_wire_is_busy(s->wire);
}

static bool never(const struct kd_session *s, const void *what)
{
	(void)s;
	(void)what;
	return false;
}

/*
 * Another processor may have met a breakpoint while this one stood still,
 * and tells of it only now that it is gone.
 */
static enum kd_status see_off_others(struct kd_session *s, uint64_t deadline_us)
{
	uint64_t until_us =
		kd_clock_after(s->link->ops->now(s->link), LATE_HIT_US);
	enum kd_status status;

	if (!s->breakpoints.swept || s->stop.processor_count < 2)
		return KD_OK;
	status = kd_pump_until(s,
			       until_us < deadline_us ? until_us : deadline_us,
			       never, NULL);
	if (status != KD_E_TIMEOUT)
		return status;
	return kd_pump_until(s, deadline_us, has_settled, NULL);
}

/* A break-in byte that is still out would stop it with nobody there. */
static enum kd_status see_off(struct kd_session *s, uint64_t deadline_us)
{
	uint64_t until_us = s->attach.surplus_until_us;
	bool short_of_time = deadline_us < until_us;
	enum kd_status status;

	if (s->run == KD_RUN_UNKNOWN)
		return KD_OK;
	status = kd_pump_until(s, short_of_time ? deadline_us : until_us,
			       runs_on, NULL);
	if (status == KD_OK)
		return see_off_others(s, deadline_us);
	if (status != KD_E_TIMEOUT || short_of_time)
		return status;
	return kd_pump_until(s, deadline_us, has_settled, NULL);
}

static bool has_applied(const struct kd_session *s, const void *what)
{
	(void)what;
	return !s->breakpoints.applying;
}

static enum kd_status apply(struct kd_session *s, uint64_t deadline_us)
{
	uint64_t now_us = s->link->ops->now(s->link);

	kd_insertion_begin(s, now_us);
	s->breakpoints.applying = kd_insertion_next(s, now_us);
	kd_requests_start(s, now_us);
	return kd_pump_until(s, deadline_us, has_applied, NULL);
}

/* No breakpoint is to be left, so what runs has to stand still for that. */
static enum kd_status take_out(struct kd_session *s, uint64_t deadline_us,
			       bool *ret_halted)
{
	struct kd_stop stop;

	s->breakpoints.leaving = true;
	*ret_halted = s->run == KD_RUN_RUNNING && kd_places_any_in(s);
	if (*ret_halted)
		return kd_session_halt(s, deadline_us, &stop);
	return KD_OK;
}

static enum kd_status let_run(struct kd_session *s, uint64_t deadline_us)
{
	enum kd_status status = KD_OK;

	kd_attach_leave(s, s->link->ops->now(s->link));
	if (s->run == KD_RUN_HALTED)
		status = kd_session_continue(s, KD_RESUME_GO, deadline_us);
	return status == KD_OK ? see_off(s, deadline_us) : status;
}

/* Undo what we changed; a target that runs is stopped for it. */
static enum kd_status clean_up(struct kd_session *s, uint64_t deadline_us)
{
	enum kd_status status = KD_OK;
	struct kd_stop stop;

	if (!kd_changes_are_ours(s))
		return KD_OK;
	if (s->run == KD_RUN_RUNNING)
		status = kd_session_halt(s, deadline_us, &stop);
	if (status == KD_OK && s->run == KD_RUN_HALTED)
		status = kd_session_undo(s, KD_WHOSE_OURS, deadline_us, NULL,
					 NULL);
	return status;
}

enum kd_status kd_session_leave(struct kd_session *s, enum kd_leave how,
				uint64_t deadline_us)
{
	bool halted;

	s->attach.break_wanted = false;
	kd_session_set_address_space(s, NULL);
	enum kd_status status =
		kd_pump_until(s, deadline_us, has_settled, NULL);

	if (status == KD_OK)
		status = take_out(s, deadline_us, &halted);
	if (status != KD_OK)
		return status;
	if (s->run == KD_RUN_HALTED)
		status = apply(s, deadline_us);
	if (status != KD_OK)
		return status;
	/* one that had to be stopped for that goes on in any case */
	halted |= s->run == KD_RUN_RUNNING && kd_changes_are_ours(s);
	enum kd_status undone = clean_up(s, deadline_us);

	if (how == KD_LEAVE_RUNNING || halted)
		status = let_run(s, deadline_us);
	else
		status = kd_pump_until(s, deadline_us, nothing_out, NULL);
	return undone != KD_OK ? undone : status;
}
