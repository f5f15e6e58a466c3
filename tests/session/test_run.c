/*
 * Stepping through the lab's kernel: what the debugger saw is what the
 * emulator executed.
 */
#include "check.h"
#include "emulated.h"
#include "kd_disasm.h"
#include "kd_run_control.h"
#include "lab_cpu.h"

#include <stdlib.h>
#include <string.h>

enum {
	STEPS = 10000,
	DID_MAX = 1 << 20,
	ANSWER_US = 10 * 1000000,
};

/* What was seen, and what was recorded meanwhile. */
struct walk {
	struct emulated e;
	const char *row;
	struct lab_executed *did; /* room for DID_MAX */
	struct lab_record record;
	uint64_t pc;   /* where the step began */
	bool has_kind; /* so what it is of is known */
	struct kd_code code;
	bool moved; /* it stood at a hard-coded breakpoint */
	unsigned steps, interrupts, prints;
	unsigned wrong, calls, returns;
};

static enum kd_status on_event(void *ctx, const struct kd_event *e)
{
	struct walk *w = ctx;

	w->prints += e->kind == KD_EV_PRINT;
	return KD_OK;
}

/* From w->pc to @p pc: is that what the processor did? */
static bool is_recorded(struct walk *w, uint64_t pc)
{
	const struct lab_record *r = &w->record;
	size_t instructions = 0;

	if (w->moved)
		return r->count == 0 && pc == w->pc + 1;
	for (size_t i = 0; i < r->count; i++) {
		w->interrupts += r->did[i].vector != 0;
		instructions += r->did[i].vector == 0;
	}
	if (!instructions || r->count == r->cap)
		return false;
	/* it comes back to a breakpoint, which is executed, too */
	if (w->has_kind && w->code.kind == KD_CODE_SYSTEM)
		return r->did[r->count - 1].pc == pc;
	return r->did[r->count - 1].pc == w->pc &&
	       !r->did[r->count - 1].vector &&
	       (instructions == 1 || r->did[0].vector);
}

static void begin_step(struct walk *w, const struct kd_run_place *at)
{
	w->pc = at->pc;
	w->has_kind = at->has_code;
	w->code = at->code;
	w->moved = false;
	w->record.count = 0;
}

static enum kd_status on_step(void *ctx, const struct kd_run_place *at)
{
	struct walk *w = ctx;

	w->wrong += !is_recorded(w, at->pc);
	w->steps++;
	w->calls += w->has_kind && w->code.kind == KD_CODE_CALL;
	w->returns += w->has_kind && w->code.kind == KD_CODE_RETURN;
	begin_step(w, at);
	return KD_OK;
}

static struct kd_run_hooks hooks_of(struct walk *w)
{
	return (struct kd_run_hooks){
		.decode = kd_disasm_code,
		.event = on_event,
		.stepped = on_step,
		.ctx = w,
		.request_us = ANSWER_US,
	};
}

static bool open_walk(struct walk *w, enum lab_dialect dialect,
		      const char *scenario)
{
	struct emulated_config config = {
		.dialect = dialect,
		.scenario = scenario,
		.layout = dialect == LAB_SERIAL ? 1 : 2,
		.latency_us = 100,
	};
	struct kd_stop stop;

	memset(w, 0, sizeof(*w));
	w->row = pair_dialect_name(dialect);
	w->did = calloc(DID_MAX, sizeof(*w->did));
	w->record = (struct lab_record){ .did = w->did, .cap = DID_MAX };
	if (w->did && (scenario ? emulated_open(&w->e, &config) &&
					  emulated_until_stop(&w->e, &stop)
				: emulated_open_halted(&w->e, &config)))
		return true;
	free(w->did);
	return false;
}

static void close_walk(struct walk *w)
{
	emulated_close(&w->e);
	free(w->did);
}

static struct kd_run_result run(struct walk *w, const struct kd_run_plan *plan)
{
	struct kd_session *s = w->e.pair.session;
	struct kd_run_hooks hooks = hooks_of(w);
	struct kd_run_result result = { 0 };
	struct kd_run_control rc;

	kd_run_control_begin(&rc, plan, kd_session_stop(s));
	CHECK_EQ(w->row, -kd_session_run(s, &rc, &hooks, KD_NEVER, &result),
		 KD_OK);
	return result;
}

static void check_steps(struct walk *w, unsigned processor, unsigned count)
{
	const struct kd_stop *stop = kd_session_stop(w->e.pair.session);
	struct kd_run_plan plan = { .goal = KD_GOAL_STEPS, .count = count };

	w->pc = stop->pc;
	w->moved = stop->hard_coded;
	w->has_kind = false;
	w->record.count = 0;
	w->steps = 0;
	lab_emulated_record(w->e.machine, processor, &w->record);
	struct kd_run_result result = run(w, &plan);

	lab_emulated_record(w->e.machine, processor, NULL);
	CHECK_EQ(w->row, result.end, KD_RUN_END_DONE);
	CHECK_EQ(w->row, w->steps, count - 1);
	CHECK_ROW(w->row, is_recorded(w, result.pc));
	CHECK_EQ(w->row, w->wrong, 0);
	CHECK_EQ(w->row, result.stop.processor, processor);
}

/* Through a driver's return, waits, other threads, and the idle loop. */
static void test_steps(enum lab_dialect dialect)
{
	static struct walk w;

	if (!open_walk(&w, dialect, "step"))
		return;
	check_steps(&w, kd_session_stop(w.e.pair.session)->processor, STEPS);
	CHECK_ROW(w.row, w.interrupts > 50);
	CHECK_ROW(w.row, w.calls > 50 && w.returns > 50);
	CHECK_EQ(w.row,
		 -kd_session_switch_processor(w.e.pair.session, 1, KD_NEVER),
		 KD_OK);
	check_steps(&w, 1, STEPS / 10);
	close_walk(&w);
}

/* The last thing but the breakpoint's own instruction was a return. */
static bool came_by_return(struct walk *w, uint64_t pc)
{
	const struct lab_record *r = &w->record;
	uint8_t bytes[16];
	struct kd_code code;
	size_t len;

	if (r->count < 2 || r->did[r->count - 1].pc != pc ||
	    kd_session_read(w->e.pair.session, r->did[r->count - 2].pc, bytes,
			    sizeof(bytes), 0, KD_NEVER, &len) != KD_OK ||
	    kd_disasm_code(KD_ARCH_X64, r->did[r->count - 2].pc, bytes, len,
			   &code) != KD_OK)
		return false;
	return code.kind == KD_CODE_RETURN;
}

static const struct kd_run_plan next_call = { .goal = KD_GOAL_CALL,
					      .over = true };
static const struct kd_run_plan one_over = { .goal = KD_GOAL_STEPS,
					     .over = true };
static const struct kd_run_plan one_into = { .goal = KD_GOAL_STEPS };

/* Run to the start of a function of the kernel's. */
static void run_to(struct walk *w, uint64_t address)
{
	const struct kd_breakpoint_spec spec = {
		.id = KD_BREAKPOINT_ANY_ID,
		.address = address,
		.has_address = true,
		.processor = KD_PROCESSOR_ANY,
	};
	struct kd_session *s = w->e.pair.session;
	struct kd_stop stop = { 0 };
	uint32_t id;

	CHECK_EQ(w->row, kd_session_breakpoint_add(s, &spec, &id), KD_OK);
	CHECK_EQ(w->row, kd_session_continue(s, KD_RESUME_GO, KD_NEVER), KD_OK);
	CHECK(emulated_until_stop(&w->e, &stop));
	CHECK_EQ(w->row, stop.pc, address);
	CHECK_EQ(w->row, kd_session_breakpoint_remove(s, id), KD_OK);
}

/* Over each call of an interrupt's way through the kernel. */
static void test_over(enum lab_dialect dialect)
{
	static struct walk w;
	unsigned calls = 0;

	if (!open_walk(&w, dialect, NULL))
		return;
	run_to(&w, emulated_symbol(&w.e, "KiDispatchInterrupt"));
	for (unsigned i = 0; i < 40; i++) {
		struct kd_run_result at = run(&w, &next_call);
		unsigned n = at.stop.processor;
		uint64_t sp = emulated_register(&w.e, n, "rsp");

		lab_emulated_record(w.e.machine, n, &w.record);
		w.record.count = 0;
		struct kd_run_result over = run(&w, &one_over);

		lab_emulated_record(w.e.machine, n, NULL);
		CHECK_EQ(w.row, over.end, KD_RUN_END_DONE);
		CHECK_ROW(w.row, over.pc > at.pc && over.pc - at.pc <= 7);
		CHECK_EQ(w.row, emulated_register(&w.e, n, "rsp"), sp);
		calls += came_by_return(&w, over.pc);
	}
	/* a call that switches threads comes back on another way */
	CHECK_ROW(w.row, calls > 30);
	close_walk(&w);
}

/* A breakpoint within a call ends the step; it can be gone on with. */
static void test_interrupted(enum lab_dialect dialect)
{
	static struct walk w;
	struct kd_run_control rc;
	struct kd_run_result result = { 0 };
	uint32_t id;

	if (!open_walk(&w, dialect, NULL))
		return;
	struct kd_session *s = w.e.pair.session;
	struct kd_run_hooks hooks = hooks_of(&w);

	run_to(&w, emulated_symbol(&w.e, "KeClockInterruptNotify"));
	struct kd_run_result at = run(&w, &next_call);
	const struct kd_breakpoint_spec spec = {
		.id = KD_BREAKPOINT_ANY_ID,
		.address = emulated_symbol(&w.e, "KeGetPcr"),
		.has_address = true,
		.processor = KD_PROCESSOR_ANY,
	};

	CHECK_EQ(w.row, kd_session_breakpoint_add(s, &spec, &id), KD_OK);
	kd_run_control_begin(&rc, &one_over, kd_session_stop(s));
	CHECK_EQ(w.row, -kd_session_run(s, &rc, &hooks, KD_NEVER, &result),
		 KD_OK);
	CHECK_EQ(w.row, result.end, KD_RUN_END_STOPPED);
	CHECK_EQ(w.row, result.pc, spec.address);
	CHECK_EQ(w.row, result.stop.breakpoint_count, 1);
	CHECK_EQ(w.row, result.stop.breakpoint[0], id);
	CHECK_EQ(w.row, kd_session_breakpoint_remove(s, id), KD_OK);
	kd_run_control_again(&rc);
	CHECK_EQ(w.row, -kd_session_run(s, &rc, &hooks, KD_NEVER, &result),
		 KD_OK);
	CHECK_EQ(w.row, result.end, KD_RUN_END_DONE);
	CHECK_ROW(w.row, result.pc > at.pc && result.pc - at.pc <= 7);
	close_walk(&w);
}

/* The flags that a program saves do not have the flag that steps it. */
static void test_pushf(enum lab_dialect dialect)
{
	static struct walk w;
	uint64_t saved = 0;

	if (!open_walk(&w, dialect, NULL))
		return;
	run_to(&w, emulated_symbol(&w.e, "KiReadFlags"));
	unsigned n = kd_session_stop(w.e.pair.session)->processor;
	struct kd_run_result at = run(&w, &one_into);

	CHECK_EQ(w.row, at.end, KD_RUN_END_DONE);
	CHECK_EQ(w.row,
		 kd_session_read_pointer(w.e.pair.session,
					 emulated_register(&w.e, n, "rsp"),
					 KD_NEVER, &saved),
		 KD_OK);
	CHECK_EQ(w.row, saved & 0x102, 2);
	run(&w, &one_into);
	CHECK_EQ(w.row, emulated_register(&w.e, n, "rax"), saved);
	CHECK_EQ(w.row, emulated_register(&w.e, n, "tf"), 0);
	close_walk(&w);
}

static void steps(void)
{
	pair_both(test_steps);
}

static void over(void)
{
	pair_both(test_over);
}

static void interrupted(void)
{
	pair_both(test_interrupted);
}

static void pushf(void)
{
	pair_both(test_pushf);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "ten thousand steps", steps },
		{ "over calls", over },
		{ "interrupted", interrupted },
		{ "pushf", pushf },
	};

	return check_run("run", tests, sizeof(tests) / sizeof(tests[0]));
}
