#include "kd_session_parts.h"

#include <string.h>

/*
 * Off a breakpoint: the instruction beneath is carried out here, if it is
 * one of those, and the breakpoint stays where it is. If not, or if anything
 * on the way fails, the target steps with the breakpoint out.
 */

uint64_t kd_pass_pc(const struct kd_session *s)
{
	const struct kd_registers *r = &s->registers;

	/* somebody may have moved it */
	return r->context.len && r->processor == s->stop.processor
		       ? kd_context_pc(&r->context)
		       : s->stop.pc;
}

/* While another processor steps, the one that stopped may be stopped again. */
static void owe(struct kd_pass *pass, const struct kd_stop *owner)
{
	pass->owed = owner;
	if (!owner)
		return;
	pass->owed_address = owner->pc;
	pass->thread = owner->thread;
}

void kd_pass_begin(struct kd_session *s, bool executes)
{
	struct kd_pass *pass = &s->breakpoints.pass;
	uint64_t pc = kd_pass_pc(s);
	const struct kd_place *p = kd_places_find(s, pc);
	bool past = s->stop.hard_coded && pc == s->stop.pc;

	pass->now = p && p->wanted && !past && executes;
	pass->address = pc;
	pass->step = pass->now ? KD_PASS_BEGUN : KD_PASS_ENDED;
	s->going.pass = pass->now;
	if (s->going.how == KD_RESUME_STEP) {
		owe(pass, kd_switch_is_away(s) ? &s->owner : NULL);
	} else if (pass->now) {
		pass->owed = true;
		pass->owed_address = pc;
		pass->thread = s->stop.thread;
	}
}

/* The report has the instruction; a step that was asked for is a stop. */
static bool is_for_here(const struct kd_session *s)
{
	const struct kd_pass *pass = &s->breakpoints.pass;
	const struct kd_control_report *report = &s->stop.report;
	struct kd_host_instruction i;

	return s->going.how != KD_RESUME_STEP &&
	       kd_session_arch(s) == KD_ARCH_X64 && pass->address >> 63 &&
	       pass->address == s->stop.pc && s->stop.report_valid &&
	       kd_host_step_decode(report->instructions,
				   report->instruction_count, &i);
}

/* A debug register would not see what is done here. */
static bool plan(struct kd_session *s)
{
	struct kd_pass *pass = &s->breakpoints.pass;
	const struct kd_control_report *report = &s->stop.report;

	return kd_host_step_plan(report->instructions,
				 report->instruction_count,
				 &s->registers.context, &pass->host) &&
	       !((pass->host.reads || pass->host.writes) &&
		 s->breakpoints.debug.in.on);
}

static void read(struct kd_session *s)
{
	struct kd_pass *pass = &s->breakpoints.pass;
	struct kd_request *r = kd_requests_new(s, KD_FOR_PASS);

	pass->step = KD_PASS_READS;
	r->reads = true;
	r->address = pass->host.address;
	r->buf = pass->bytes;
	r->len = pass->host.len;
}

static void write(struct kd_session *s, uint64_t value)
{
	struct kd_pass *pass = &s->breakpoints.pass;
	struct kd_request *r = kd_requests_new(s, KD_FOR_PASS);

	pass->step = KD_PASS_WRITES;
	r->m.api = KD_API_WRITE_VIRTUAL;
	r->m.processor = s->stop.processor;
	r->m.u.memory.address = pass->host.address;
	r->m.u.memory.count = pass->host.len;
	r->m.data_len = pass->host.len;
	for (unsigned i = 0; i < pass->host.len; i++)
		r->data[i] = (uint8_t)(value >> 8 * i);
}

/* With what was read. True unless something is to be written first. */
static bool carry_out(struct kd_session *s)
{
	struct kd_pass *pass = &s->breakpoints.pass;
	uint64_t memory = 0;

	for (unsigned i = pass->host.reads ? pass->host.len : 0; i-- > 0;)
		memory = memory << 8 | pass->bytes[i];
	pass->after = s->registers.context;
	if (!kd_host_step_do(&pass->host, &pass->after, &memory)) {
		pass->step = KD_PASS_ENDED;
		return true;
	}
	pass->step = KD_PASS_DONE;
	if (pass->host.writes)
		write(s, memory);
	return !pass->host.writes;
}

static void stay_in(struct kd_session *s)
{
	struct kd_pass *pass = &s->breakpoints.pass;

	s->registers.context = pass->after;
	s->going.moved = true;
	s->going.pass = pass->now = pass->owed = false;
	s->counters.steps_here++;
	pass->step = KD_PASS_ENDED;
}

/* True when the registers are there; false also if a request is made. */
static bool has_context(struct kd_session *s)
{
	const struct kd_registers *r = &s->registers;

	if (r->context.len && r->processor == s->stop.processor)
		return true;
	if (r->status == KD_OK)
		kd_registers_fetch(s, s->stop.processor);
	return false;
}

bool kd_pass_next(struct kd_session *s)
{
	struct kd_pass *pass = &s->breakpoints.pass;

	switch (pass->step) {
	case KD_PASS_BEGUN:
		if (!is_for_here(s))
			break;
		if (!has_context(s)) {
			if (s->registers.busy)
				return false;
			break;
		}
		if (!plan(s))
			break;
		if (pass->host.reads) {
			read(s);
			return false;
		}
		/* fall through */
	case KD_PASS_READ:
		if (!carry_out(s))
			return false;
		if (pass->step != KD_PASS_DONE)
			break;
		/* fall through */
	case KD_PASS_DONE:
		stay_in(s);
		return true;
	case KD_PASS_READS:
	case KD_PASS_WRITES:
	case KD_PASS_ENDED:
		break;
	}
	pass->step = KD_PASS_ENDED;
	return true;
}

void kd_pass_ended(struct kd_session *s, const struct kd_request *r)
{
	struct kd_pass *pass = &s->breakpoints.pass;
	bool written = r->done.answer.u.memory.actual >= pass->host.len;

	if (r->done.status != KD_OK)
		pass->step = KD_PASS_ENDED;
	else if (r->reads)
		pass->step = r->done.len == pass->host.len ? KD_PASS_READ
							   : KD_PASS_ENDED;
	else
		pass->step = written ? KD_PASS_DONE : KD_PASS_ENDED;
}

/* The registers were not taken: as if nothing had been done. */
void kd_pass_fall_back(struct kd_session *s)
{
	struct kd_pass *pass = &s->breakpoints.pass;

	if (!s->going.moved || s->registers.status == KD_OK)
		return;
	s->going.moved = false;
	s->going.pass = pass->now = pass->owed = true;
	s->counters.steps_here--;
}
