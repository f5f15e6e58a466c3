#include "kd_session_parts.h"

/*
 * A single step sets the processor's trap flag. Where something else stops
 * the target before the step is done, the flag waits: in the registers of
 * the processor that was to step, if another one stopped, or in a frame on
 * its stack, if it was interrupted. Neither may stop the target later on.
 */

#define CODE_SINGLE_STEP 0x80000004u /* STATUS_SINGLE_STEP */

enum { DR6_SINGLE_STEP = 1 << 14 };

void kd_trap_flag_went(struct kd_session *s)
{
	bool asked = s->going.how == KD_RESUME_STEP && !s->going.quiet;

	if (!asked && !s->going.pass)
		return;
	s->step = (struct kd_step){
		.state = KD_STEP_UNDER_WAY,
		.processor = s->stop.processor,
		.thread = s->stop.thread,
	};
}

static bool is_step(const struct kd_session *s)
{
	const struct kd_stop *stop = &s->stop;

	return stop->new_state == KD_STATE_EXCEPTION &&
	       stop->exception.code == CODE_SINGLE_STEP;
}

/* True when the registers have been read, or cannot be. */
static bool fetched(struct kd_session *s)
{
	const struct kd_registers *g = &s->registers;

	if (g->processor == s->step.processor &&
	    (g->context.len || g->status != KD_OK))
		return true;
	kd_registers_fetch(s, s->step.processor);
	return s->registers.status != KD_OK;
}

static bool clear(struct kd_session *s)
{
	struct kd_context *c = &s->registers.context;
	const struct kd_register *tf = kd_register_find(c->arch, "tf");
	uint64_t is;

	if ((c->arch != KD_ARCH_X64 && c->arch != KD_ARCH_X86) || !tf ||
	    !kd_register_get(c, tf, &is) || !is)
		return false;
	(void)kd_register_set(c, tf, 0);
	kd_registers_store(s);
	return true;
}

bool kd_trap_flag_settle(struct kd_session *s)
{
	switch (s->step.state) {
	case KD_STEP_NONE:
	case KD_STEP_LEFT:
		return true;
	case KD_STEP_UNDER_WAY:
		/* either may have changed with the instruction */
		if (is_step(s) && (s->stop.thread == s->step.thread ||
				   s->stop.processor == s->step.processor)) {
			s->step.state = KD_STEP_NONE;
			return true;
		}
		if (s->step.processor == s->stop.processor) {
			s->step.state = KD_STEP_LEFT;
			return true;
		}
		s->step.state = KD_STEP_CLEARING;
		break;
	case KD_STEP_CLEARING:
		break;
	case KD_STEP_CLEARED:
		kd_registers_forget(s);
		s->step.state = KD_STEP_NONE;
		return true;
	}
	if (!fetched(s))
		return false;
	if (s->registers.context.len && clear(s)) {
		s->step.state = KD_STEP_CLEARED;
		return false;
	}
	/* it had taken the trap, or was interrupted: its frame may have it */
	kd_registers_forget(s);
	s->step.state = KD_STEP_LEFT;
	return true;
}

bool kd_trap_flag_absorbs(struct kd_session *s)
{
	if (s->step.state != KD_STEP_LEFT || !is_step(s) ||
	    s->stop.thread != s->step.thread || !s->stop.report_valid ||
	    !(s->stop.report.dr6 & DR6_SINGLE_STEP))
		return false;
	s->step.state = KD_STEP_NONE;
	return true;
}
