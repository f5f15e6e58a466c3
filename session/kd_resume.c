#include "kd_session_parts.h"

#include <string.h>

/* NTSTATUS codes of exceptions that are a debugger's own business. */
#define CODE_BREAKPOINT	      0x80000003u /* STATUS_BREAKPOINT */
#define CODE_SINGLE_STEP      0x80000004u /* STATUS_SINGLE_STEP */
#define CODE_WAKE_DEBUGGER    0x80000007u /* STATUS_WAKE_SYSTEM_DEBUGGER */
#define CODE_WX86_SINGLE_STEP 0x4000001eu /* STATUS_WX86_SINGLE_STEP */
#define RESUME_FLAG	      (1u << 16)  /* of EFLAGS */
#define CODE_WX86_BREAKPOINT  0x4000001fu /* STATUS_WX86_BREAKPOINT */

static bool is_debuggers(uint32_t code)
{
	switch (code) {
	case CODE_BREAKPOINT:
	case CODE_SINGLE_STEP:
	case CODE_WAKE_DEBUGGER:
	case CODE_WX86_SINGLE_STEP:
	case CODE_WX86_BREAKPOINT:
		return true;
	default:
		return false;
	}
}

/* One instruction: that was asked for, or it stands on a breakpoint. */
static bool steps(const struct kd_session *s)
{
	return s->going.how == KD_RESUME_STEP || s->going.pass;
}

static bool is_handled(const struct kd_session *s, uint32_t code)
{
	return s->filters ? kd_event_filters_handles(s->filters, code)
			  : is_debuggers(code);
}

static uint32_t continue_status(const struct kd_session *s)
{
	switch (s->going.how) {
	case KD_RESUME_GO:
		if (s->stop.new_state != KD_STATE_EXCEPTION)
			return KD_CONTINUE;
		return is_handled(s, s->stop.exception.code)
			       ? (uint32_t)KD_CONTINUE_HANDLED
			       : KD_CONTINUE_NOT_HANDLED;
	case KD_RESUME_NOT_HANDLED:
		return KD_CONTINUE_NOT_HANDLED;
	case KD_RESUME_HANDLED:
	case KD_RESUME_STEP: /* a negative status skips the trace flag */
		break;
	}
	return KD_CONTINUE_HANDLED;
}

/* Send the packet that lets it go; what the target does not know is 0. */
static void send_continue(struct kd_session *s, uint64_t now_us)
{
	struct kd_writer out = kd_writer_over(s->outgoing, sizeof(s->outgoing));
	struct kd_manipulate m = { .api = s->going.api,
				   .processor = s->stop.processor,
				   .status = KD_NT_PENDING };

	if (m.api == KD_API_CONTINUE || m.api == KD_API_CONTINUE2) {
		m.status = continue_status(s);
		m.u.resume.status = m.status;
	}
	if (m.api == KD_API_CONTINUE2) {
		m.u.resume.set.trace = steps(s);
		m.u.resume.set.dr7 = kd_debug_registers_dr7(s);
		m.u.resume.set.symbol_start = 1;
	}
	kd_manipulate_encode(kd_session_arch(s), &m, &out);
	if (kd_wire_send(s->wire, now_us, KD_PKT_STATE_MANIPULATE, out.base,
			 out.pos, KD_WIRE_RESUMES) != KD_OK)
		return; /* no room yet: tried again with the next event */
	s->counters.requests++;
	s->going.step = KD_GOING_SENT;
}

static void start(struct kd_session *s, uint64_t now_us,
		  const struct kd_going *going)
{
	s->going = *going;
	s->run = KD_RUN_RESUMING;
	s->registers.status = KD_OK;
	kd_requests_end_all(s, now_us, KD_E_STATE, true);
	kd_requests_start(s, now_us);
}

/* Continue says nothing of the trap flag: it is set, and cleared, by hand. */
static bool flags_by_hand(const struct kd_session *s)
{
	return s->going.api == KD_API_CONTINUE && (s->no_continue2 || steps(s));
}

void kd_resume_start(struct kd_session *s, uint64_t now_us, enum kd_resume how,
		     bool quiet)
{
	struct kd_going going = {
		.how = how,
		.quiet = quiet,
		/* without a report we do not know Dr7, and 0 would wipe it */
		.api = s->stop.report_valid && !s->no_continue2
			       ? KD_API_CONTINUE2
			       : KD_API_CONTINUE,
		.step = how == KD_RESUME_STEP ? KD_GOING_OWNER : KD_GOING_BACK,
	};

	start(s, now_us, &going);
}

/* True when the registers are there, or cannot be had. */
static bool fetched(struct kd_session *s, unsigned processor)
{
	const struct kd_registers *r = &s->registers;

	if (r->status != KD_OK)
		return true;
	if (r->context.len && r->processor == processor)
		return true;
	kd_registers_fetch(s, processor);
	return s->registers.status != KD_OK;
}

/*
 * What is stepped past: a breakpoint always; an assertion where it is taken
 * for handled, as its exception would be raised again otherwise. WinDbg does
 * so, too, and raises it again for "g" and for steps.
 */
static bool is_past(const struct kd_session *s, const struct kd_stop *stop)
{
	return stop->hard_coded ||
	       (stop->assertion && s->going.how == KD_RESUME_HANDLED);
}

/* True when the registers are there, are not needed, or cannot be had. */
static bool context_known(struct kd_session *s)
{
	if (!is_past(s, &s->stop) && !flags_by_hand(s) &&
	    !kd_debug_registers_resumes(s, s->stop.pc))
		return true;
	return fetched(s, s->stop.processor);
}

/* Unless somebody moved PC away, put it behind the breakpoint. */
static bool step_past(struct kd_session *s, const struct kd_stop *stop)
{
	struct kd_context *c = &s->registers.context;
	size_t len;

	if (!is_past(s, stop) || kd_context_pc(c) != stop->pc)
		return false;
	if (stop->hard_coded ? !kd_arch_breakpoint(c->arch, &len)
			     : !kd_arch_assertion(c->arch, &len))
		return false;
	return kd_context_set_pc(c, stop->pc + len);
}

static bool put_trap_flag(struct kd_session *s)
{
	struct kd_context *c = &s->registers.context;
	bool has_one = c->arch == KD_ARCH_X64 || c->arch == KD_ARCH_X86;
	const struct kd_register *tf = kd_register_find(c->arch, "tf");
	uint64_t want = steps(s), is;

	/* the same name means another thing on ARM */
	return has_one && flags_by_hand(s) && tf &&
	       kd_register_get(c, tf, &is) && is != want &&
	       kd_register_set(c, tf, want);
}

/* A debug register stops it before the instruction, and would again. */
static bool put_resume_flag(struct kd_session *s)
{
	struct kd_context *c = &s->registers.context;
	const struct kd_register *flags = kd_register_find(c->arch, "efl");
	uint64_t is;

	return flags && kd_context_pc(c) == s->stop.pc &&
	       kd_debug_registers_resumes(s, s->stop.pc) &&
	       kd_register_get(c, flags, &is) &&
	       kd_register_set(c, flags, is | RESUME_FLAG);
}

/* Change the registers as going on needs it; false if there is nothing to. */
static bool adjust(struct kd_session *s)
{
	if (!s->registers.context.len)
		return false;
	bool changed = s->going.moved;

	changed |= step_past(s, &s->stop);
	changed |= put_trap_flag(s);
	changed |= put_resume_flag(s);
	if (changed)
		kd_registers_store(s);
	return changed;
}

/*
 * Where another processor is to step, the one that stopped runs on, too, and
 * must not meet its breakpoint again. False if a request is made for it.
 */
static bool owner_ready(struct kd_session *s)
{
	struct kd_going *g = &s->going;

	if (g->step == KD_GOING_OWNER && kd_switch_is_away(s) &&
	    s->owner.hard_coded) {
		if (!fetched(s, s->owner.processor))
			return false;
		g->step = KD_GOING_OWNER_ADJUST;
		if (s->registers.context.len && step_past(s, &s->owner)) {
			kd_registers_store(s);
			return false;
		}
	}
	g->step = KD_GOING_PASS;
	s->registers.status = KD_OK;
	return true;
}

void kd_resume_go(struct kd_session *s, uint64_t now_us)
{
	switch (s->going.step) {
	case KD_GOING_BACK:
		s->going.step = KD_GOING_PASS;
		if (kd_switch_back(s))
			return;
		/* fall through */
	case KD_GOING_OWNER:
	case KD_GOING_OWNER_ADJUST:
		if (!owner_ready(s))
			return;
		/* fall through */
	case KD_GOING_PASS:
		s->going.step = KD_GOING_EXECUTE;
		kd_insertion_begin(s, now_us);
		kd_pass_begin(s, !(continue_status(s) >> 31));
		/* fall through */
	case KD_GOING_EXECUTE:
		if (!kd_pass_next(s))
			return;
		s->going.step = KD_GOING_CONTEXT;
		/* fall through */
	case KD_GOING_CONTEXT:
		if (!context_known(s))
			return;
		s->going.step = KD_GOING_ADJUST;
		/* fall through */
	case KD_GOING_ADJUST:
		s->going.step = KD_GOING_BREAKPOINTS;
		if (adjust(s))
			return;
		/* fall through */
	case KD_GOING_BREAKPOINTS:
		kd_pass_fall_back(s);
		if (kd_insertion_next(s, now_us))
			return;
		s->going.step = KD_GOING_CONTINUE;
		/* fall through */
	case KD_GOING_CONTINUE:
		/*
		 * After a restart the target may hold what we send next for a
		 * repetition, and acknowledge it all the same. A request that
		 * is not answered shows that; a Continue would not.
		 */
		if (s->restarted)
			kd_stops_ask_version(s);
		else
			send_continue(s, now_us);
		return;
	case KD_GOING_SENT:
		return;
	}
}

void kd_resume_ended(struct kd_session *s, uint64_t now_us)
{
	s->run = KD_RUN_RUNNING;
	s->restarted = false;
	s->active = (struct kd_active){ .answer_by_us = KD_NEVER };
	kd_memory_cache_flush(&s->cache);
	s->has_address_space = false;
	kd_registers_forget(s);
	kd_attach_running(s, now_us);
	s->owner_reports = kd_switch_is_away(s);
	kd_trap_flag_went(s);
	if (!s->going.quiet)
		kd_session_tell(s, now_us, KD_EV_RUNNING);
	/* on KDNET the new boot's key tells */
	if (s->going.api == KD_API_REBOOT && s->kind == KD_LINK_STREAM)
		kd_conversation_rebooted(s, now_us);
}

void kd_resume_refused(struct kd_session *s)
{
	bool ours =
		s->run == KD_RUN_RUNNING ||
		(s->run == KD_RUN_RESUMING && s->going.step == KD_GOING_SENT);

	if (!ours || s->going.api != KD_API_CONTINUE2) {
		s->counters.odd++;
		return;
	}
	kd_warn(&s->log, "the target has no Continue2: Continue it is");
	s->no_continue2 = true;
	/* it was told already if the refused one had arrived */
	s->going.quiet |= s->run == KD_RUN_RUNNING;
	s->going.api = KD_API_CONTINUE;
	s->going.step = KD_GOING_CONTEXT;
	s->registers.status = KD_OK;
	s->run = KD_RUN_RESUMING;
}

enum kd_status kd_session_resume(struct kd_session *s, uint64_t now_us,
				 enum kd_resume how)
{
	if (s->run != KD_RUN_HALTED)
		return KD_E_STATE;
	kd_resume_start(s, now_us, how, false);
	return KD_OK;
}

static enum kd_status leave_it(struct kd_session *s, uint64_t now_us,
			       enum kd_api api)
{
	struct kd_going going = { .api = api, .step = KD_GOING_CONTINUE };

	if (s->run != KD_RUN_HALTED)
		return KD_E_STATE;
	start(s, now_us, &going);
	return KD_OK;
}

enum kd_status kd_session_reboot(struct kd_session *s, uint64_t now_us)
{
	return leave_it(s, now_us, KD_API_REBOOT);
}

enum kd_status kd_session_crash(struct kd_session *s, uint64_t now_us)
{
	return leave_it(s, now_us, KD_API_CAUSE_BUGCHECK);
}
