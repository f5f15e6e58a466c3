#include "kd_session_parts.h"

#include <string.h>

#define CODE_BREAKPOINT	   0x80000003u /* STATUS_BREAKPOINT */
#define CODE_ASSERTION	   0xc0000420u /* STATUS_ASSERTION_FAILURE */
#define CODE_WAKE_DEBUGGER 0x80000007u /* STATUS_WAKE_SYSTEM_DEBUGGER */

/*
 * A stop arrives, is settled (what machine is it, is the breakpoint in the
 * code itself), and is announced or, if nobody wants it, continued.
 */

/* All modules load at the same place, so these differ by their base. */
static bool same_stop(const struct kd_session *s,
		      const struct kd_state_change *c)
{
	const struct kd_stop *held = &s->stop;

	if (held->new_state != c->new_state || held->pc != c->pc ||
	    held->thread != c->thread)
		return false;
	if (c->new_state == KD_STATE_LOAD_SYMBOLS)
		return s->load.base == c->load.base &&
		       s->load.unload == c->load.unload;
	/* what a processor says that was switched to (KD-WIRE 8.6) */
	return held->exception.code == c->exception.code ||
	       c->exception.code == CODE_WAKE_DEBUGGER;
}

static void keep_text(struct kd_session *s, const char *text, size_t len)
{
	if (len > sizeof(s->stop_text))
		len = sizeof(s->stop_text);
	if (len)
		memcpy(s->stop_text, text, len);
	s->stop_text_len = len;
}

static void keep(struct kd_session *s, const struct kd_state_change *c)
{
	s->stop = (struct kd_stop){
		.new_state = c->new_state,
		.processor = c->processor,
		.event_processor = c->processor,
		.processor_count = c->processor_count,
		.thread = c->thread,
		.pc = c->pc,
	};
	/* stubs send 0, and garbage (KD-WIRE 3.3) */
	if (!s->stop.processor_count)
		s->stop.processor_count = 1;
	if (s->stop.processor_count > KD_PROCESSORS_MAX)
		s->stop.processor_count = KD_PROCESSORS_MAX;
	memcpy(s->raw_report, c->report, sizeof(s->raw_report));
	s->stop_text_len = 0;
	switch (c->new_state) {
	case KD_STATE_EXCEPTION:
		s->stop.exception = c->exception;
		break;
	case KD_STATE_LOAD_SYMBOLS:
		s->load = c->load;
		s->load.path = NULL;
		keep_text(s, c->load.path, c->load.path_len);
		break;
	case KD_STATE_COMMAND_STRING:
		keep_text(s, c->command.text, c->command.text_len);
		break;
	default:
		break;
	}
}

void kd_stops_ask_version(struct kd_session *s)
{
	struct kd_request *r = kd_requests_new(s, KD_FOR_VERSION);

	r->m.api = KD_API_GET_VERSION;
	r->m.processor = s->stop.processor;
}

/*
 * A kernel is loaded once in its life, and before everything else. On a line
 * nothing else may tell that it is another boot, where addresses are not
 * chosen anew.
 */
static bool boots_again(const struct kd_session *s,
			const struct kd_state_change *c)
{
	return c->new_state == KD_STATE_LOAD_SYMBOLS && !c->load.unload &&
	       s->loaded && s->has_version &&
	       c->load.base == s->version.kernel_base;
}

/* The kernel itself, of which we had known in this boot; or in the last? */
static bool may_be_first(const struct kd_session *s)
{
	return s->kind == KD_LINK_STREAM && !s->loaded &&
	       s->stop.new_state == KD_STATE_LOAD_SYMBOLS && !s->load.unload &&
	       s->load.base == s->version.kernel_base;
}

static void begin(struct kd_session *s, uint64_t now_us,
		  const struct kd_state_change *c)
{
	if (boots_again(s, c))
		kd_conversation_rebooted(s, now_us);
	keep(s, c);
	/* it stands still: a byte that has not left yet would be too many */
	kd_wire_cancel_break_in(s->wire);
	kd_memory_cache_flush(&s->cache);
	kd_registers_forget(s);
	kd_places_stopped(s, c->pc);
	s->run = KD_RUN_SETTLING;
	s->uptime.asked = false;
	if (s->has_version && !s->restarted && !may_be_first(s)) {
		kd_stops_settle(s, now_us, NULL);
		return;
	}
	/* it may be another boot, and the probe shows that the link works */
	kd_stops_ask_version(s);
}

/*
 * The same stop, reported again (KD-WIRE 0.3 rule 8). If both sides started
 * anew, another boot may stand at the same place: its version will tell.
 */
static void refresh(struct kd_session *s, uint64_t now_us)
{
	if (s->active.lost)
		kd_requests_again(s, now_us);
	if (s->run == KD_RUN_HALTED && s->restarted &&
	    !s->request[KD_OWN_REQUEST].id) {
		s->uptime.asked = false;
		kd_stops_ask_version(s);
	}
}

static bool went_on(const struct kd_session *s, const struct kd_state_change *c)
{
	return s->restarted && !same_stop(s, c);
}

/*
 * The same stop, while a Continue is under way. After a restart it is lost.
 * On KDNET the target may have had it and have stopped again, and would take
 * a repetition for a duplicate; a new one is right in any case. On a stream
 * the wire repeats it: there the ids would not tell a new one from the old.
 */
static void continue_again(struct kd_session *s)
{
	if (!s->restarted && s->kind == KD_LINK_STREAM)
		return;
	kd_wire_drop_outstanding(s->wire);
	s->active = (struct kd_active){ .answer_by_us = KD_NEVER };
	s->going.step = KD_GOING_CONTINUE;
	s->restarted = false;
}

void kd_stops_state_change(struct kd_session *s, uint64_t now_us,
			   const struct kd_state_change *c)
{
	if (kd_switch_hears(s, now_us, c))
		return;
	switch (s->run) {
	case KD_RUN_SETTLING:
	case KD_RUN_HALTED:
		if (!went_on(s, c)) {
			refresh(s, now_us);
			return;
		}
		kd_requests_end_all(s, now_us, KD_E_LOST, false);
		if (s->run == KD_RUN_HALTED)
			kd_session_tell(s, now_us, KD_EV_RUNNING);
		break;
	case KD_RUN_RESUMING:
		if (same_stop(s, c) || s->going.step != KD_GOING_SENT) {
			if (s->going.step == KD_GOING_SENT)
				continue_again(s);
			refresh(s, now_us);
			return;
		}
		kd_wire_drop_outstanding(s->wire);
		kd_resume_ended(s, now_us);
		break;
	case KD_RUN_UNKNOWN:
	case KD_RUN_RUNNING:
		break;
	}
	begin(s, now_us, c);
}

static bool other_boot(const struct kd_version *a, const struct kd_version *b)
{
	return a->machine != b->machine || a->build != b->build ||
	       a->kernel_base != b->kernel_base ||
	       a->loaded_module_list != b->loaded_module_list;
}

/* Whatever was known of the target is void. */
static void another_boot(struct kd_session *s, uint64_t now_us)
{
	kd_requests_end_all(s, now_us, KD_E_LOST, false);
	kd_memory_cache_flush(&s->cache);
	kd_registers_forget(s);
	kd_break_address_forget(s);
	kd_breakpoints_rebooted(s);
	kd_changes_rebooted(s);
	s->crashed = false;
	s->no_continue2 = false;
	s->step.state = KD_STEP_NONE;
	s->owner_reports = false;
	s->searcher = KD_SEARCHER_NOT_TRIED;
	s->loaded = false;
	s->attach.break_wanted |= kd_session_breaks_at_boot(s);
	kd_session_tell(s, now_us, KD_EV_REBOOTED);
}

/* True if it is another boot. */
static bool take_version(struct kd_session *s, uint64_t now_us,
			 const struct kd_done *done)
{
	s->restarted = false;
	if (done->status != KD_OK) {
		kd_warn(&s->log, "no version: %s",
			kd_status_text(done->status));
		return false;
	}
	const struct kd_version *v = &done->answer.u.version;
	bool other = s->had_version && other_boot(&s->version, v);

	s->version = *v;
	s->has_version = true;
	s->had_version = true;
	if (!other)
		return false;
	s->uptime = (struct kd_uptime){ 0 };
	another_boot(s, now_us);
	return true;
}

static bool take_uptime(struct kd_session *s, uint64_t now_us,
			const struct kd_request *r)
{
	if (!kd_uptime_went_back(s, r))
		return false;
	another_boot(s, now_us);
	return true;
}

/* The instruction that raises such an exception by itself; or NULL. */
static const uint8_t *raises(const struct kd_session *s, size_t *ret_len)
{
	enum kd_arch arch = kd_session_arch(s);

	if (s->stop.new_state != KD_STATE_EXCEPTION)
		return NULL;
	switch (s->stop.exception.code) {
	case CODE_BREAKPOINT:
		return kd_arch_breakpoint(arch, ret_len);
	case CODE_ASSERTION:
		return kd_arch_assertion(arch, ret_len);
	default:
		return NULL;
	}
}

static void note_breakpoint(struct kd_session *s, bool there)
{
	if (s->stop.exception.code == CODE_ASSERTION)
		s->stop.assertion = there;
	else
		s->stop.hard_coded = there;
}

/*
 * Decided by the bytes at PC, never by ExceptionAddress (KD-WIRE 8.3). False
 * if they are not known yet.
 */
static bool know_breakpoint(struct kd_session *s, const struct kd_request *r)
{
	const struct kd_control_report *report = &s->stop.report;
	size_t len;
	const uint8_t *code = raises(s, &len);

	if (!code)
		return true;
	if (r && r->purpose == KD_FOR_BREAKPOINT) {
		note_breakpoint(s, r->done.len >= len &&
					   !memcmp(s->code_at_pc, code, len));
		return true;
	}
	if (s->stop.report_valid && report->instruction_count >= len) {
		note_breakpoint(s, !memcmp(report->instructions, code, len));
		return true;
	}
	struct kd_request *read = kd_requests_new(s, KD_FOR_BREAKPOINT);

	read->reads = true;
	read->address = s->stop.pc;
	read->buf = s->code_at_pc;
	read->len = len;
	read->flags = KD_ACCESS_UNCACHED;
	return false;
}

/* Did it stop for a reason of ours that is over? */
static bool is_absorbed(struct kd_session *s, uint64_t now_us)
{
	/* what is expected once is expected no more, whoever wants the stop */
	bool said_again = kd_switch_absorbs(s);
	bool stepped = kd_trap_flag_absorbs(s);

	return said_again || stepped || kd_attach_absorbs(s, now_us);
}

/* Does anybody want to be stopped by this load, or unload? */
static bool hold_load(struct kd_session *s, const struct kd_event *told)
{
	bool first = !s->loaded && !s->load.unload;
	bool once = s->stop_at_load && !s->load.unload;
	struct kd_event e = *told;

	s->loaded |= first;
	if (s->leaving)
		return false;
	s->stop_at_load &= !once;
	if (!s->filters || once)
		return once;
	if (first &&
	    s->filters->row[KD_FILTER_INITIAL_LOAD].when == KD_WHEN_BREAK)
		return true;
	e.module.path = s->stop_text;
	e.module.path_len = s->stop_text_len;
	return kd_event_filters_judge(s->filters, &e).stops;
}

/* The same, and whether somebody has work to do there. */
static bool hold_module(struct kd_session *s, const struct kd_event *told)
{
	bool wanted = hold_load(s, told) || s->attach.break_wanted;
	bool work = s->filters && s->filters->hold_loads && !s->leaving;

	s->stop.for_breakpoint =
		kd_breakpoints_module(s, s->stop_text, s->stop_text_len,
				      s->load.base, !s->load.unload) &&
		!s->leaving;
	work |= s->stop.for_breakpoint;
	s->stop.passing = work && !wanted;
	return work || wanted;
}

/* Tell what the stop is about; true if somebody wants to be stopped by it. */
static bool tell_and_hold(struct kd_session *s, uint64_t now_us)
{
	struct kd_event e = { .time_us = now_us };
	bool wanted = s->attach.break_wanted;

	if (kd_bug_check_end(&s->bug_check, &e.bug_check)) {
		s->crashed = true;
		e.kind = KD_EV_BUG_CHECK;
		kd_event_queue_push(&s->events, &e, NULL, 0);
	}
	switch (s->stop.new_state) {
	case KD_STATE_EXCEPTION:
		/* counted in any case, and first */
		if (!kd_hits_find(s) && !wanted)
			return false;
		return wanted || !is_absorbed(s, now_us);
	case KD_STATE_LOAD_SYMBOLS:
		e.kind = s->load.unload ? KD_EV_MODULE_UNLOADED
					: KD_EV_MODULE_LOADED;
		e.module = (struct kd_module_event){
			.base = s->load.base,
			.size = s->load.image_size,
			.checksum = s->load.checksum,
			.process_id = s->load.process_id,
		};
		kd_event_queue_push(&s->events, &e, s->stop_text,
				    s->stop_text_len);
		return hold_module(s, &e);
	case KD_STATE_COMMAND_STRING:
		kd_session_tell_text(s, now_us, KD_EV_COMMAND, s->stop_text,
				     s->stop_text_len);
		return wanted;
	default:
		kd_warn(&s->log, "a stop of an unknown kind, 0x%x",
			(unsigned)s->stop.new_state);
		s->counters.odd++;
		return wanted;
	}
}

static void announce(struct kd_session *s, uint64_t now_us)
{
	struct kd_event e = { .kind = KD_EV_STOPPED, .time_us = now_us };

	if (!tell_and_hold(s, now_us)) {
		kd_resume_start(s, now_us, KD_RESUME_GO, true);
		return;
	}
	kd_attach_stopped(s, now_us);
	s->run = KD_RUN_HALTED;
	e.stop = s->stop;
	kd_event_queue_push(&s->events, &e, NULL, 0);
}

/* Nothing of ours, or of a dead debugger's, is to be seen in the stop. */
static void finish(struct kd_session *s, uint64_t now_us)
{
	bool held = s->stop.new_state == KD_STATE_EXCEPTION ||
		    s->attach.break_wanted;

	if (held && kd_insertion_reclaim(s, now_us))
		return;
	if (kd_trap_flag_settle(s))
		announce(s, now_us);
}

void kd_stops_settle(struct kd_session *s, uint64_t now_us,
		     const struct kd_request *r)
{
	/* the last things that are seen to */
	if (r && (r->purpose == KD_FOR_INSERTION ||
		  r->purpose == KD_FOR_REGISTERS)) {
		finish(s, now_us);
		return;
	}
	if (r &&
	    (r->purpose == KD_FOR_VERSION || r->purpose == KD_FOR_UPTIME)) {
		bool other = r->purpose == KD_FOR_VERSION
				     ? take_version(s, now_us, &r->done)
				     : take_uptime(s, now_us, r);

		if (other)
			s->run = KD_RUN_SETTLING;
		/* it may be one that was told already, and is the same */
		if (kd_uptime_ask(s) || s->run != KD_RUN_SETTLING)
			return;
	}
	s->stop.report_valid = kd_control_report_decode(
		kd_session_arch(s), s->raw_report, &s->stop.report);
	kd_places_hide(s, s->stop.pc, s->stop.report.instructions,
		       s->stop.report.instruction_count);
	if ((!r || r->purpose != KD_FOR_BREAK_ADDRESS) &&
	    !know_breakpoint(s, r))
		return;
	/* a break-in stops it by such a breakpoint, too */
	if (s->stop.hard_coded && !kd_break_address_find(s, r))
		return;
	finish(s, now_us);
}
