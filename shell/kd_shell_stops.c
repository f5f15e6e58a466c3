#include "kd_handler.h"
#include "kd_names_text.h"
#include "kd_shell_state.h"

#include <inttypes.h>
#include <string.h>

/* What a stop comes to: it is shown, commands are run, and it goes on. */

// clang-format off
/* What DBG_STATUS_CONTROL_C means, in the words that everybody knows. */
static const char break_in_box[] =
	"*******************************************************************************\n"
	"*                                                                             *\n"
	"*   You are seeing this message because you pressed either                    *\n"
	"*       CTRL+C (if you run console kernel debugger) or,                       *\n"
	"*       CTRL+BREAK (if you run GUI kernel debugger),                          *\n"
	"*   on your debugger machine's keyboard.                                      *\n"
	"*                                                                             *\n"
	"*                   THIS IS NOT A BUG OR A SYSTEM CRASH                       *\n"
	"*                                                                             *\n"
	"* If you did not intend to break into the debugger, press the \"g\" key, then   *\n"
	"* press the \"Enter\" key now.  This message might immediately reappear.  If it *\n"
	"* does, press \"g\" and \"Enter\" again.                                          *\n"
	"*                                                                             *\n"
	"*******************************************************************************\n";
// clang-format on

/* It has come to where it was to go: there is nothing to be said of it. */
static bool is_expected(const struct kd_stop *stop)
{
	for (unsigned i = 0; i < stop->breakpoint_count; i++)
		if (!(stop->breakpoint[i] & KD_BREAKPOINT_INTERNAL))
			return false;
	return stop->breakpoint_count;
}

static void show_exception(struct kd_shell *sh, const struct kd_stop *stop)
{
	const struct kd_exception *e = &stop->exception;

	if (is_expected(stop))
		return;
	kd_out(sh, "%s - code %08" PRIx32 " (%s)\n", kd_exception_name(e->code),
	       e->code,
	       e->first_chance ? "first chance" : "!!! second chance !!!");
	if (stop->break_in && !sh->print_hit)
		kd_out_text(sh, break_in_box, sizeof(break_in_box) - 1);
	if (sh->bug_check_announced)
		kd_out(sh, "\nA fatal system error has occurred.\n\n");
	sh->bug_check_announced = false;
}

static void show_where(struct kd_shell *sh, const struct kd_stop *stop)
{
	const struct kd_control_report *report = &stop->report;
	bool has_code = stop->report_valid && report->instruction_count;

	kd_shell_show_location(sh, stop->pc,
			       has_code ? report->instructions : NULL,
			       report->instruction_count);
}

/* What is to be done about a stop. */
struct plan {
	const char *commands; /* or NULL */
	struct kd_verdict verdict;
};

/* The filter whose commands belong to a stop; KD_FILTERS_MAX: none. */
static size_t filter_of(const struct kd_shell *sh, const struct kd_stop *stop,
			const struct kd_verdict *verdict)
{
	if (stop->new_state == KD_STATE_LOAD_SYMBOLS)
		return sh->load_filter;
	return verdict->filtered ? verdict->row : KD_FILTERS_MAX;
}

/* We asked for it ourselves, because of what was printed. */
static struct plan plan_for_print(const struct kd_shell *sh)
{
	bool stops = sh->filters.row[KD_FILTER_OUTPUT].when == KD_WHEN_BREAK;

	return (struct plan){
		.commands = sh->filter_commands[KD_FILTER_OUTPUT][0],
		.verdict = { .shows = stops, .stops = stops },
	};
}

static struct plan plan_for(const struct kd_shell *sh,
			    const struct kd_event *event)
{
	const struct kd_stop *stop = &event->stop;
	struct plan p = { .verdict =
				  kd_event_filters_judge(&sh->filters, event) };
	size_t filter = filter_of(sh, stop, &p.verdict);

	if (filter < KD_FILTERS_MAX)
		p.commands =
			sh->filter_commands[filter][p.verdict.second_chance];
	return p;
}

/* Where a breakpoint, or what was asked for meanwhile, has stopped it. */
static void show_place(struct kd_shell *sh, const struct kd_event *event,
		       const struct kd_hit *hit)
{
	struct kd_record record;
	bool recorded = kd_record_begin(sh, &record);

	if (recorded)
		kd_shell_record_event(sh, event);
	kd_out_fresh_line(sh);
	kd_shell_show_time(sh, event->time_us);
	if (hit->has_number)
		kd_out(sh, "Breakpoint %u hit\n", (unsigned)hit->number);
	show_where(sh, &event->stop);
	if (recorded)
		kd_record_end_event(&record, kd_shell_event_name(event->kind),
				    event->time_us);
}

/* The part of a stop that comes before the commands. */
static void show_arrival(struct kd_shell *sh, const struct kd_event *event,
			 bool with_place)
{
	uint64_t time_us = event->time_us;
	struct kd_record record;
	bool recorded = kd_record_begin(sh, &record);

	if (recorded)
		kd_shell_record_event(sh, event);
	kd_out_fresh_line(sh);
	kd_shell_show_time(sh, time_us);
	if (!sh->banner_shown && kd_session_version(sh->session)) {
		sh->banner_shown = true;
		kd_shell_show_banner(sh, &event->stop);
		kd_shell_show_leftover(sh);
	}
	if (event->stop.new_state == KD_STATE_EXCEPTION)
		show_exception(sh, &event->stop);
	if (with_place)
		show_where(sh, &event->stop);
	if (recorded)
		kd_record_end_event(&record, kd_shell_event_name(event->kind),
				    time_us);
}

static void go_on(struct kd_shell *sh, enum kd_resume how)
{
	/* a step goes on by itself */
	if (sh->stepping.blocks && sh->stepping.again)
		return;

	enum kd_status st =
		kd_session_continue(sh->session, how, kd_shell_deadline(sh));

	if (st != KD_OK)
		kd_shell_fail(sh, st, "Cannot let the target run");
}

static void follow(struct kd_shell *sh, const struct kd_event *event,
		   const struct plan *p)
{
	struct kd_handler handler = { 0 };
	bool at_once = !p->commands || sh->config.json;

	if (p->verdict.shows)
		show_arrival(sh, event, p->verdict.stops && at_once);
	sh->print_hit = false;
	sh->load_filter = KD_FILTERS_MAX;
	if (p->commands)
		kd_handler_run(sh, p->commands, &handler);
	if (!kd_shell_is_stopped(sh))
		return;
	if (handler.goes && !event->stop.wanted)
		go_on(sh, handler.how);
	else if (!p->verdict.stops)
		go_on(sh, KD_RESUME_GO);
	else if (!at_once)
		show_where(sh, &event->stop);
}

/* Breakpoints have their commands run first, and say less. */
static void follow_hit(struct kd_shell *sh, const struct kd_event *event)
{
	struct kd_hit hit = kd_shell_breakpoints_hit(sh, &event->stop);

	if (!kd_shell_is_stopped(sh))
		return;
	if (hit.stops || event->stop.wanted)
		show_place(sh, event, &hit);
	else if (!hit.goes && sh->stepping.blocks)
		sh->stepping.again = true;
	else
		go_on(sh, hit.goes ? hit.how : KD_RESUME_GO);
}

/* Unless it goes on, "g ADDRESS" has come to its end. */
static void forget_go(struct kd_shell *sh)
{
	if (kd_session_is_halted(sh->session) && !sh->stepping.again)
		kd_shell_forget_go(sh);
}

void kd_shell_stopped(struct kd_shell *sh, const struct kd_event *event)
{
	/* reading from the target may overwrite the event */
	struct kd_event e = *event;
	struct plan p;

	sh->previous_pc = sh->event_pc;
	sh->event_pc = e.stop.pc;
	sh->stops += sh->stops < 2;
	sh->has_next_code = false;
	kd_scope_reset(sh);
	kd_shell_modules_ran(sh);
	if (e.stop.for_breakpoint)
		kd_shell_breakpoints_resolve(sh);
	if (e.stop.breakpoint_count) {
		sh->print_hit = false;
		follow_hit(sh, &e);
		forget_go(sh);
		return;
	}
	/* nobody but us wanted the stop that was asked for */
	e.stop.wanted &= !sh->print_hit;
	if (sh->print_hit && e.stop.break_in)
		p = plan_for_print(sh);
	else
		p = plan_for(sh, &e);
	follow(sh, &e, &p);
	forget_go(sh);
}
