#include "kd_address_space.h"
#include "kd_session_parts.h"

/*
 * Leaving. Nobody is there afterwards to let the target go on from a stop, so
 * what would stop it in a moment is waited for, with a bound.
 */

enum {
	/* A processor that stood at a breakpoint tells of it within this. */
	LATE_HIT_US = 100000,
	/*
	 * A target that boots stops for each module, and waits for seconds if
	 * nobody answers. It has nothing more to say once it was silent for so
	 * long; but it is not followed for longer than that.
	 */
	SILENCE_US = 250000,
	BOOT_US = 2000000,
};

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
	uint64_t until_us = kd_clock_after(kd_ops_now(s), LATE_HIT_US);
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
static enum kd_status see_off_bytes(struct kd_session *s, uint64_t deadline_us)
{
	uint64_t until_us = s->attach.surplus_until_us;
	bool short_of_time = deadline_us < until_us;
	enum kd_status status = kd_pump_until(
		s, short_of_time ? deadline_us : until_us, runs_on, NULL);

	if (status != KD_E_TIMEOUT || short_of_time)
		return status;
	return kd_pump_until(s, deadline_us, has_settled, NULL);
}

/* Until it has said nothing for a while, or time is over. */
static enum kd_status see_off_boot(struct kd_session *s, uint64_t enough_us,
				   uint64_t deadline_us)
{
	uint64_t now_us = kd_ops_now(s);
	enum kd_status status;

	do {
		uint64_t silent_us =
			kd_clock_after(s->attach.heard_us, SILENCE_US);

		if (silent_us < now_us)
			silent_us = kd_clock_after(now_us, SILENCE_US);
		if (silent_us > deadline_us)
			silent_us = deadline_us;
		status = kd_pump_until(s, silent_us, never, NULL);
		if (status == KD_E_TIMEOUT)
			status = kd_pump_until(s, deadline_us, has_settled,
					       NULL);
		now_us = kd_ops_now(s);
	} while (status == KD_OK && now_us < enough_us &&
		 now_us < deadline_us &&
		 now_us < kd_clock_after(s->attach.heard_us, SILENCE_US));
	return status;
}

/* It was let run at that time, if at all. */
static enum kd_status see_off(struct kd_session *s, uint64_t since_us,
			      bool boots, uint64_t deadline_us)
{
	enum kd_status status;

	if (s->run == KD_RUN_UNKNOWN)
		return KD_OK;
	status = see_off_bytes(s, deadline_us);
	if (status == KD_OK)
		status = see_off_others(s, deadline_us);
	if (status != KD_OK || !(boots || s->attach.heard_us > since_us))
		return status;
	return see_off_boot(s, kd_clock_after(since_us, BOOT_US), deadline_us);
}

static bool has_applied(const struct kd_session *s, const void *what)
{
	(void)what;
	return !s->breakpoints.applying;
}

static enum kd_status apply(struct kd_session *s, uint64_t deadline_us)
{
	uint64_t now_us = kd_ops_now(s);

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
	bool boots = s->stop.new_state == KD_STATE_LOAD_SYMBOLS;
	uint64_t now_us = kd_ops_now(s);
	enum kd_status status = KD_OK;

	kd_attach_leave(s, now_us);
	if (s->run == KD_RUN_HALTED)
		status = kd_session_continue(s, KD_RESUME_GO, deadline_us);
	return status == KD_OK ? see_off(s, now_us, boots, deadline_us)
			       : status;
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
