#include "kd_run_control.h"
#include "kd_session_parts.h"

#include <string.h>

enum {
	CODE_MAX = 16,
	/* A target that hears a break-in stops at its next clock tick. */
	HALT_US = 5000000,
	TRAP_FLAG = 1 << 8, /* of EFlags */
	TRAP_FLAG_BYTE = 1,
};

/* One run, while it blocks. */
struct run {
	struct kd_session *s;
	struct kd_run_control *rc;
	const struct kd_run_hooks *hooks;
	uint64_t deadline_us;
	struct kd_stop stop;
	struct kd_run_place at;
	bool has_breakpoint;
	uint32_t breakpoint;
	bool canceled, rebooted;
};

static uint64_t request_deadline(const struct run *r)
{
	uint64_t until_us =
		kd_clock_after(kd_ops_now(r->s), r->hooks->request_us);

	return until_us < r->deadline_us ? until_us : r->deadline_us;
}

/* ---- where it stands ---- */

static size_t code_at(struct run *r, uint8_t bytes[CODE_MAX])
{
	const struct kd_control_report *report = &r->stop.report;
	size_t len = report->instruction_count;

	if (r->at.pc == r->stop.pc && r->stop.report_valid && len == CODE_MAX) {
		memcpy(bytes, report->instructions, len);
		return len;
	}
	if (kd_session_read(r->s, r->at.pc, bytes, CODE_MAX, 0,
			    request_deadline(r), &len) != KD_OK)
		return 0;
	return len;
}

static void know_code(struct run *r)
{
	uint8_t bytes[CODE_MAX];
	struct kd_run_place *at = &r->at;
	size_t len = r->hooks->decode ? code_at(r, bytes) : 0, size;
	const uint8_t *breakpoint = kd_arch_breakpoint(at->arch, &size);

	at->has_code = len && r->hooks->decode(at->arch, at->pc, bytes, len,
					       &at->code) == KD_OK;
	at->breakpoint_behind = at->has_code && breakpoint &&
				at->code.len + size <= len &&
				!memcmp(bytes + at->code.len, breakpoint, size);
}

static void know_place(struct run *r, uint64_t pc)
{
	const struct kd_stop *stop = &r->stop;

	r->at = (struct kd_run_place){
		.stop = stop,
		.arch = kd_session_arch(r->s),
		.pc = pc,
		.at_breakpoint = r->has_breakpoint &&
				 stop->breakpoint_count == 1 &&
				 stop->breakpoint[0] == r->breakpoint,
	};
	know_code(r);
}

static enum kd_status context(struct run *r, struct kd_context *ret)
{
	return kd_session_get_context(r->s, r->stop.processor,
				      request_deadline(r), ret);
}

static enum kd_status know_sp(struct run *r)
{
	struct kd_context c;
	enum kd_status st = context(r, &c);

	if (st != KD_OK)
		return st;
	r->at.sp = kd_context_sp(&c);
	r->at.has_sp = true;
	return KD_OK;
}

/* Somebody may have moved it since the stop; then its registers are known. */
static enum kd_status begin_place(struct run *r)
{
	const struct kd_registers *g = &r->s->registers;

	if (r->s->run != KD_RUN_HALTED)
		return KD_E_STATE;
	r->stop = r->s->stop;
	know_place(r, g->context.len && g->processor == r->stop.processor
			      ? kd_context_pc(&g->context)
			      : r->stop.pc);
	return KD_OK;
}

/* ---- letting it go, until it stops ---- */

static enum kd_status tell(struct run *r, const struct kd_event *e)
{
	return r->hooks->event ? r->hooks->event(r->hooks->ctx, e) : KD_OK;
}

static enum kd_status wait(struct run *r, uint64_t deadline_us)
{
	struct kd_event e;

	for (;;) {
		enum kd_status st =
			kd_session_wait_event(r->s, deadline_us, &e);

		if (st != KD_OK)
			return st;
		switch (e.kind) {
		case KD_EV_STOPPED:
			r->stop = e.stop;
			return KD_OK;
		case KD_EV_RUNNING:
			continue;
		default:
			break;
		}
		r->rebooted |= e.kind == KD_EV_REBOOTED;
		st = tell(r, &e);
		if (e.kind == KD_EV_LOST)
			return KD_E_LOST;
		if (st != KD_OK || r->rebooted)
			return st;
	}
}

/* The cancel hook has been heard: it has no say in this. */
static enum kd_status halt(struct run *r)
{
	struct kd_session *s = r->s;
	bool (*cancel)(void *) = s->cancel;
	uint64_t now_us = kd_ops_now(s);
	enum kd_status st;

	s->cancel = NULL;
	st = kd_session_break_in(s, now_us);
	if (st == KD_OK)
		st = wait(r, kd_clock_after(now_us, HALT_US));
	s->cancel = cancel;
	if (st == KD_E_TIMEOUT)
		kd_detail_set(&s->detail,
			      "the target does not hear the break-in; "
			      "it runs on");
	return st;
}

static enum kd_status go(struct run *r, enum kd_resume how)
{
	enum kd_status st = kd_session_continue(r->s, how, request_deadline(r));

	if (st == KD_OK)
		st = wait(r, r->deadline_us);
	if (st == KD_E_CANCELED) {
		r->canceled = true;
		st = halt(r);
	}
	if (st == KD_OK && !r->rebooted)
		know_place(r, r->stop.pc);
	return st;
}

/* ---- the acts ---- */

static enum kd_status move(struct run *r, uint64_t pc)
{
	struct kd_context c;
	enum kd_status st = context(r, &c);

	if (st != KD_OK)
		return st;
	(void)kd_context_set_pc(&c, pc);
	st = kd_session_set_context(r->s, r->stop.processor, &c,
				    request_deadline(r));
	if (st == KD_OK)
		know_place(r, pc);
	return st;
}

/* What PUSHF wrote with the flag that made it a step. */
static enum kd_status clean_flags(struct run *r)
{
	enum kd_status st = know_sp(r);
	uint8_t flags;
	size_t len;

	if (st != KD_OK)
		return st;
	st = kd_session_read(r->s, r->at.sp + TRAP_FLAG_BYTE, &flags, 1,
			     KD_ACCESS_UNCACHED, request_deadline(r), &len);
	if (st != KD_OK || !(flags & TRAP_FLAG >> 8))
		return KD_OK; /* it was not written */
	flags &= (uint8_t) ~(TRAP_FLAG >> 8);
	return kd_session_write(r->s, r->at.sp + TRAP_FLAG_BYTE, &flags, 1, 0,
				request_deadline(r), &len);
}

static enum kd_status step_push(struct run *r)
{
	uint64_t behind = r->at.pc + r->at.code.len;
	enum kd_status st = go(r, KD_RESUME_STEP);

	return st == KD_OK && !r->rebooted && r->stop.pc == behind
		       ? clean_flags(r)
		       : st;
}

static void remove_breakpoint(struct run *r)
{
	/* a reboot may have taken it already */
	if (r->has_breakpoint &&
	    kd_session_breakpoint_remove(r->s, r->breakpoint) != KD_OK)
		kd_debug(&r->s->log, "the breakpoint behind a step is gone");
	r->has_breakpoint = false;
}

static enum kd_status go_to(struct run *r)
{
	const struct kd_breakpoint_spec spec = {
		.kind = KD_BREAKPOINT_SOFTWARE,
		.address = r->rc->address,
		.has_address = true,
		.processor = KD_PROCESSOR_ANY,
		.thread = r->rc->thread,
		.internal = true,
	};
	enum kd_status st;

	remove_breakpoint(r);
	st = kd_session_breakpoint_add(r->s, &spec, &r->breakpoint);
	if (st != KD_OK)
		return st;
	r->has_breakpoint = true;
	return go(r, KD_RESUME_GO);
}

/* Where ours stands, while another processor's stop lasts. */
static enum kd_status show_ours(struct run *r)
{
	enum kd_status st = kd_session_switch_processor(r->s, r->rc->processor,
							request_deadline(r));

	if (st != KD_OK)
		return st;
	r->stop = r->s->stop;
	know_place(r, r->stop.pc);
	return KD_OK;
}

static enum kd_status stepped(struct run *r)
{
	return r->hooks->stepped ? r->hooks->stepped(r->hooks->ctx, &r->at)
				 : KD_OK;
}

/* True if there is nothing more to do. */
static bool do_next(struct run *r, enum kd_status *ret, enum kd_run_end *end)
{
	switch (kd_run_control_next(r->rc, &r->at)) {
	case KD_ACT_SHOW_SP:
		*ret = know_sp(r);
		break;
	case KD_ACT_MOVE:
		*ret = move(r, r->rc->address);
		break;
	case KD_ACT_STEP:
		*ret = go(r, KD_RESUME_STEP);
		break;
	case KD_ACT_STEP_PUSH:
		*ret = step_push(r);
		break;
	case KD_ACT_GO_TO:
		*ret = go_to(r);
		break;
	case KD_ACT_GO_ON:
		*ret = go(r, KD_RESUME_GO);
		break;
	case KD_ACT_SWITCH:
		*ret = show_ours(r);
		break;
	case KD_ACT_STEPPED:
		remove_breakpoint(r);
		*ret = stepped(r);
		break;
	case KD_ACT_DONE:
		*end = KD_RUN_END_DONE;
		return true;
	case KD_ACT_INTERRUPTED:
		*end = KD_RUN_END_STOPPED;
		return true;
	}
	return false;
}

enum kd_status kd_session_run(struct kd_session *s, struct kd_run_control *rc,
			      const struct kd_run_hooks *hooks,
			      uint64_t deadline_us, struct kd_run_result *ret)
{
	struct run r = {
		.s = s, .rc = rc, .hooks = hooks, .deadline_us = deadline_us
	};
	enum kd_run_end end = KD_RUN_END_STOPPED;
	enum kd_status st = s->link ? begin_place(&r) : KD_E_ARG;

	while (st == KD_OK && !r.canceled && !r.rebooted) {
		if (kd_session_is_canceled(s))
			r.canceled = true;
		else if (do_next(&r, &st, &end))
			break;
	}
	remove_breakpoint(&r);
	/* between two steps, in a question about the target */
	if (st == KD_E_CANCELED && s->run == KD_RUN_HALTED) {
		r.canceled = true;
		st = KD_OK;
	}
	if (st != KD_OK)
		return st;
	if (r.canceled)
		end = KD_RUN_END_CANCELED;
	if (r.rebooted)
		end = KD_RUN_END_REBOOTED;
	*ret = (struct kd_run_result){ .end = end,
				       .stop = r.stop,
				       .pc = r.at.pc };
	return KD_OK;
}
