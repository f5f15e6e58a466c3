#include "kd_session_parts.h"

/* STATUS_BREAKPOINT, STATUS_SINGLE_STEP, and what a 32-bit process has. */
#define CODE_BREAKPOINT	      0x80000003u
#define CODE_SINGLE_STEP      0x80000004u
#define CODE_WX86_SINGLE_STEP 0x4000001eu
#define CODE_WX86_BREAKPOINT  0x4000001fu

static bool is_breakpoint(uint32_t code)
{
	return code == CODE_BREAKPOINT || code == CODE_WX86_BREAKPOINT;
}

static bool is_step(uint32_t code)
{
	return code == CODE_SINGLE_STEP || code == CODE_WX86_SINGLE_STEP;
}

static bool is_for(const struct kd_breakpoint *b, const struct kd_stop *stop)
{
	const struct kd_breakpoint_spec *spec = &b->spec;

	return b->enabled && b->resolved &&
	       (spec->processor == KD_PROCESSOR_ANY ||
		spec->processor == stop->processor) &&
	       (!spec->thread || spec->thread == stop->thread);
}

/* One arrival at @p b; does it stop the target? */
static void count(struct kd_stop *stop, struct kd_breakpoint *b)
{
	if (++b->hits < b->spec.passes)
		return;
	if (stop->breakpoint_count < KD_STOP_BREAKPOINTS)
		stop->breakpoint[stop->breakpoint_count++] = b->id;
	if (!b->spec.once)
		return;
	b->enabled = false;
	b->spent = true;
}

/* True if it stands at a place of ours. */
static bool count_software(struct kd_session *s)
{
	struct kd_breakpoints *b = &s->breakpoints;

	if (!kd_places_find(s, s->stop.pc))
		return false;
	for (size_t i = 0; i < b->count; i++) {
		struct kd_breakpoint *at = &b->at[i];

		if (at->spec.kind == KD_BREAKPOINT_SOFTWARE &&
		    at->address == s->stop.pc && is_for(at, &s->stop))
			count(&s->stop, at);
	}
	return true;
}

/* True if a debug register of ours was hit. */
static bool count_registers(struct kd_session *s)
{
	struct kd_breakpoints *b = &s->breakpoints;
	unsigned hit = kd_debug_registers_hit(s);

	for (size_t i = 0; i < b->count && hit; i++) {
		struct kd_breakpoint *at = &b->at[i];

		if (at->spec.kind != KD_BREAKPOINT_SOFTWARE &&
		    hit >> at->handle & 1 && is_for(at, &s->stop))
			count(&s->stop, at);
	}
	return hit;
}

/* The step that a thread owed for having gone on from a place. */
static bool is_owed(struct kd_session *s)
{
	struct kd_pass *pass = &s->breakpoints.pass;
	uint32_t code = s->stop.exception.code;

	if (!pass->owed || pass->thread != s->stop.thread)
		return false;
	if (is_step(code)) {
		pass->owed = false;
		return true;
	}
	/* another stop came before the step, and the place is in again */
	return is_breakpoint(code) && pass->owed_address == s->stop.pc;
}

bool kd_hits_find(struct kd_session *s)
{
	uint32_t code = s->stop.exception.code;
	bool ours;

	if (is_breakpoint(code)) {
		if (is_owed(s))
			return false;
		/* an int 3 that is in the code itself is nobody's fault */
		ours = count_software(s) && !s->stop.hard_coded;
	} else if (is_step(code)) {
		ours = count_registers(s);
		/* stepping here is arriving here */
		(void)count_software(s);
		ours |= is_owed(s);
	} else {
		return true;
	}
	return !ours || s->stop.breakpoint_count;
}
