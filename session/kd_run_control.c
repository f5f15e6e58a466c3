#include "kd_run_control.h"

#define CODE_SINGLE_STEP 0x80000004u /* STATUS_SINGLE_STEP */

void kd_run_control_begin(struct kd_run_control *rc,
			  const struct kd_run_plan *plan,
			  const struct kd_stop *stop)
{
	*rc = (struct kd_run_control){
		.plan = *plan,
		.left = plan->count ? plan->count : 1,
		.processor = stop->processor,
		.thread = stop->thread,
		.state = KD_RUN_CONTROL_DECIDES,
	};
}

void kd_run_control_again(struct kd_run_control *rc)
{
	rc->state =
		rc->arrived ? KD_RUN_CONTROL_ARRIVED : KD_RUN_CONTROL_DECIDES;
	rc->arrived = false;
}

static enum kd_run_act end(struct kd_run_control *rc, enum kd_run_act act)
{
	rc->away =
		act == KD_ACT_INTERRUPTED && rc->state == KD_RUN_CONTROL_AWAY;
	rc->state = KD_RUN_CONTROL_ENDED;
	return act;
}

/*
 * The thread may have gone to another processor, or the processor to another
 * thread: stepping follows either.
 */
static bool is_ours(const struct kd_run_control *rc, const struct kd_stop *stop)
{
	return stop->thread == rc->thread || stop->processor == rc->processor;
}

static bool is_step(const struct kd_run_control *rc, const struct kd_stop *stop)
{
	return stop->new_state == KD_STATE_EXCEPTION &&
	       stop->exception.code == CODE_SINGLE_STEP && is_ours(rc, stop);
}

static bool is_wanted(const struct kd_run_control *rc,
		      const struct kd_run_place *at)
{
	enum kd_code_kind kind = at->code.kind;

	if (!at->has_code)
		return false;
	switch (rc->plan.goal) {
	case KD_GOAL_CALL:
		return kind == KD_CODE_CALL;
	case KD_GOAL_RETURN:
		return kind == KD_CODE_RETURN;
	case KD_GOAL_CALL_OR_RETURN:
		return kind == KD_CODE_CALL || kind == KD_CODE_RETURN;
	case KD_GOAL_BRANCH:
		return kind == KD_CODE_BRANCH || kind == KD_CODE_CALL ||
		       kind == KD_CODE_RETURN || kind == KD_CODE_SYSTEM;
	case KD_GOAL_STEPS:
	case KD_GOAL_ADDRESS:
	case KD_GOAL_OUT:
		break;
	}
	return false;
}

static bool is_reached(struct kd_run_control *rc, const struct kd_run_place *at)
{
	switch (rc->plan.goal) {
	case KD_GOAL_STEPS:
		return !--rc->left;
	case KD_GOAL_ADDRESS:
		return at->pc == rc->plan.address;
	case KD_GOAL_CALL:
	case KD_GOAL_RETURN:
	case KD_GOAL_CALL_OR_RETURN:
	case KD_GOAL_BRANCH:
		return is_wanted(rc, at) && !--rc->left;
	case KD_GOAL_OUT:
		break;
	}
	return true;
}

static enum kd_run_act go_to(struct kd_run_control *rc, uint64_t address,
			     uint64_t sp)
{
	rc->address = address;
	rc->sp = sp;
	rc->away = false;
	rc->state = KD_RUN_CONTROL_AWAY;
	return KD_ACT_GO_TO;
}

/* Is a breakpoint behind it the way to execute it? */
static bool is_left_alone(const struct kd_run_control *rc,
			  const struct kd_run_place *at)
{
	switch (at->code.kind) {
	case KD_CODE_CALL:
		/* a call of what is behind it never comes back to there */
		return rc->plan.over &&
		       !(at->code.has_target &&
			 at->code.target == at->pc + at->code.len);
	case KD_CODE_REPEAT:
		return rc->plan.over;
	case KD_CODE_SYSTEM:
		return true;
	case KD_CODE_PLAIN:
	case KD_CODE_RETURN:
	case KD_CODE_BRANCH:
	case KD_CODE_PUSH_FLAGS:
		break;
	}
	return false;
}

static size_t breakpoint_len(const struct kd_run_place *at)
{
	size_t len;

	(void)kd_arch_breakpoint(at->arch, &len);
	return len;
}

/* Execute what is at the PC, in one way or another. */
static enum kd_run_act decide(struct kd_run_control *rc,
			      const struct kd_run_place *at)
{
	if (rc->away)
		return go_to(rc, rc->address, rc->sp);
	if (rc->plan.goal == KD_GOAL_OUT)
		return go_to(rc, rc->plan.address, rc->plan.sp);
	/* it was interrupted by another processor */
	if (!is_ours(rc, at->stop))
		return KD_ACT_SWITCH;
	if (at->stop->hard_coded && at->pc == at->stop->pc) {
		rc->address = at->pc + breakpoint_len(at);
		rc->state = KD_RUN_CONTROL_MOVES;
		return KD_ACT_MOVE;
	}
	if (at->has_code && is_left_alone(rc, at)) {
		uint64_t behind = at->pc + at->code.len;

		if (!at->has_sp)
			return KD_ACT_SHOW_SP;
		/* a debugger's service returns behind the breakpoint, too */
		if (at->code.kind == KD_CODE_SYSTEM && at->breakpoint_behind)
			behind += breakpoint_len(at);
		return go_to(rc, behind, at->sp);
	}
	rc->state = KD_RUN_CONTROL_STEPS;
	return at->has_code && at->code.kind == KD_CODE_PUSH_FLAGS
		       ? KD_ACT_STEP_PUSH
		       : KD_ACT_STEP;
}

/* Each step is told of, but not on the way to an instruction of a kind. */
static bool is_told(const struct kd_run_control *rc)
{
	return rc->plan.goal == KD_GOAL_STEPS ||
	       rc->plan.goal == KD_GOAL_ADDRESS;
}

static enum kd_run_act arrive(struct kd_run_control *rc,
			      const struct kd_run_place *at)
{
	rc->steps++;
	rc->processor = at->stop->processor;
	rc->thread = at->stop->thread;
	if (is_reached(rc, at))
		return end(rc, KD_ACT_DONE);
	rc->state = KD_RUN_CONTROL_DECIDES;
	return is_told(rc) ? KD_ACT_STEPPED : decide(rc, at);
}

enum kd_run_act kd_run_control_next(struct kd_run_control *rc,
				    const struct kd_run_place *at)
{
	switch (rc->state) {
	case KD_RUN_CONTROL_ENDED:
		break;
	case KD_RUN_CONTROL_DECIDES:
		return decide(rc, at);
	case KD_RUN_CONTROL_STEPS:
		if (!is_step(rc, at->stop))
			break;
		rc->arrived = at->stop->breakpoint_count;
		if (!rc->arrived)
			return arrive(rc, at);
		break;
	case KD_RUN_CONTROL_MOVES:
	case KD_RUN_CONTROL_ARRIVED:
		return arrive(rc, at);
	case KD_RUN_CONTROL_AWAY:
		if (!at->at_breakpoint)
			break;
		if (!at->has_sp)
			return KD_ACT_SHOW_SP;
		return at->sp < rc->sp ? KD_ACT_GO_ON : arrive(rc, at);
	}
	return end(rc, KD_ACT_INTERRUPTED);
}
