/*
 * The state machine alone, on programs of a few instructions that a small
 * processor of this file's own carries out.
 */
#include "check.h"
#include "kd_run_control.h"

#include <string.h>

enum { BASE = 0x1000, LONGEST_RUN = 200, SP = 0x8000, THREAD = 0x77 };

/*
 * One character an instruction of one byte:
 *   '.' nothing   'c' call of '('   '(' enter   ')' return to behind the 'c'
 *   'j' jump to itself   'r' rep   's' system call   'f' pushf   '!' int 3
 *   'n' call of the next
 */
struct machine {
	const char *code;
	uint64_t pc, sp;
	uint64_t stack[8];
	unsigned depth, reps;
	struct kd_stop stop;
};

static void put_stop(struct machine *m, uint32_t code)
{
	m->stop = (struct kd_stop){
		.new_state = KD_STATE_EXCEPTION,
		.thread = THREAD,
		.pc = m->pc,
		.exception.code = code,
	};
}

/* Execute one; false: it is an int 3, and stops. */
static bool execute(struct machine *m)
{
	char c = m->code[m->pc - BASE];
	const char *at = strchr(m->code, '(');

	switch (c) {
	case '!':
		return false;
	case 'j':
		return true;
	case 'r':
		m->pc += m->reps == 2;
		m->reps = m->reps == 2 ? 0 : m->reps + 1;
		return true;
	case 'c':
		m->stack[m->depth++ % 8] = m->pc + 1;
		m->sp -= 8;
		m->pc = BASE + (uint64_t)(at - m->code);
		return true;
	case 's':
		m->pc += m->code[m->pc + 1 - BASE] == '!';
		break;
	case 'n':
	case 'f':
		m->sp -= 8;
		break;
	case ')':
		m->sp += 8;
		m->pc = m->stack[--m->depth % 8];
		return true;
	default:
		break;
	}
	m->pc++;
	return true;
}

static struct kd_code code_of(char c, uint64_t pc)
{
	struct kd_code code = { .len = 1 };

	switch (c) {
	case 'c':
		code.kind = KD_CODE_CALL;
		break;
	case 'n':
		code.kind = KD_CODE_CALL;
		code.has_target = true;
		code.target = pc + 1;
		break;
	case ')':
		code.kind = KD_CODE_RETURN;
		break;
	case 'j':
		code.kind = KD_CODE_BRANCH;
		break;
	case 'r':
		code.kind = KD_CODE_REPEAT;
		break;
	case 's':
		code.kind = KD_CODE_SYSTEM;
		break;
	case 'f':
		code.kind = KD_CODE_PUSH_FLAGS;
		break;
	default:
		break;
	}
	return code;
}

static struct kd_run_place place_of(const struct machine *m)
{
	char c = m->code[m->pc - BASE];

	return (struct kd_run_place){
		.stop = &m->stop,
		.arch = KD_ARCH_X64,
		.pc = m->pc,
		.has_code = true,
		.code = code_of(c, m->pc),
		.breakpoint_behind = c && m->code[m->pc - BASE + 1] == '!',
	};
}

/* Until the breakpoint, or an int 3; it may go round and round. */
static bool go_until(struct machine *m, uint64_t breakpoint)
{
	for (unsigned i = 0; i < LONGEST_RUN; i++) {
		if (!execute(m)) {
			put_stop(m, 0x80000003);
			m->stop.hard_coded = true;
			return false;
		}
		if (m->pc == breakpoint)
			break;
	}
	put_stop(m, 0x80000003);
	return true;
}

/* The acts as letters, with the place after each in hexadecimal digits. */
static void play(struct machine *m, const struct kd_run_plan *plan, char *out)
{
	struct kd_run_control rc;
	struct kd_run_place at = place_of(m);

	kd_run_control_begin(&rc, plan, &m->stop);
	for (unsigned i = 0; i < LONGEST_RUN; i++) {
		enum kd_run_act act = kd_run_control_next(&rc, &at);

		*out++ = "qmtfgos.DX"[act];
		*out = '\0';
		switch (act) {
		case KD_ACT_SHOW_SP:
			at.sp = m->sp;
			at.has_sp = true;
			continue;
		case KD_ACT_MOVE:
			m->pc = rc.address;
			at = place_of(m);
			break;
		case KD_ACT_STEP:
		case KD_ACT_STEP_PUSH:
			if (execute(m)) {
				put_stop(m, 0x80000004);
			} else {
				put_stop(m, 0x80000003);
				m->stop.hard_coded = true;
			}
			at = place_of(m);
			break;
		case KD_ACT_GO_TO:
		case KD_ACT_GO_ON: {
			bool met = go_until(m, rc.address);

			at = place_of(m);
			at.at_breakpoint = met;
			break;
		}
		case KD_ACT_SWITCH:
		case KD_ACT_STEPPED:
			continue;
		case KD_ACT_DONE:
		case KD_ACT_INTERRUPTED:
			return;
		}
		*out++ = "0123456789abcdef"[(m->pc - BASE) & 15];
		*out = '\0';
	}
}

// clang-format off
static const struct {
	const char *name, *code;
	struct kd_run_plan plan;
	bool hard_coded; /* it stands at the int 3 there */
	const char *want;
} rows[] = {
	{ "t",               "...",      { KD_GOAL_STEPS, false, 1, 0, 0 },  false, "t1D" },
	{ "t 3",             "....",     { KD_GOAL_STEPS, false, 3, 0, 0 },  false, "t1.t2.t3D" },
	{ "t 0",             "...",      { KD_GOAL_STEPS, false, 0, 0, 0 },  false, "t1D" },
	{ "t into a call",   "c..(.)",   { KD_GOAL_STEPS, false, 3, 0, 0 },  false, "t3.t4.t5D" },
	{ "p over a call",   "c..(.)",   { KD_GOAL_STEPS, true,  2, 0, 0 },  false, "qg1q.t2D" },
	{ "p, call of next", "n..",      { KD_GOAL_STEPS, true,  1, 0, 0 },  false, "t1D" },
	{ "t, rep",          "r..",      { KD_GOAL_STEPS, false, 2, 0, 0 },  false, "t0.t0D" },
	{ "p, rep",          "r..",      { KD_GOAL_STEPS, true,  1, 0, 0 },  false, "qg1qD" },
	{ "p, self jump",    "j..",      { KD_GOAL_STEPS, true,  2, 0, 0 },  false, "t0.t0D" },
	{ "t, system call",  "s..",      { KD_GOAL_STEPS, false, 1, 0, 0 },  false, "qg1qD" },
	{ "t, service",      "s!..",     { KD_GOAL_STEPS, false, 1, 0, 0 },  false, "qg2qD" },
	{ "t, pushf",        "f..",      { KD_GOAL_STEPS, false, 2, 0, 0 },  false, "f1.t2D" },
	{ "t at int 3",      "!..",      { KD_GOAL_STEPS, false, 1, 0, 0 },  true,  "m1D" },
	{ "t 2 at int 3",    "!..",      { KD_GOAL_STEPS, false, 2, 0, 0 },  true,  "m1.t2D" },
	{ "t onto int 3",    ".!.",      { KD_GOAL_STEPS, false, 2, 0, 0 },  false, "t1.t1X" },
	{ "p, int 3 within", "c..(!)",   { KD_GOAL_STEPS, true,  1, 0, 0 },  false, "qg4X" },
	{ "pa",              "c..(.)",   { KD_GOAL_ADDRESS, true, 1, BASE + 2, 0 },  false, "qg1q.t2D" },
	{ "ta",              "c..(.)",   { KD_GOAL_ADDRESS, false, 1, BASE + 1, 0 }, false, "t3.t4.t5.t1D" },
	{ "tc",              "..c.(.)",  { KD_GOAL_CALL, false, 1, 0, 0 },   false, "t1t2D" },
	{ "tc from a call",  "c.c(.)",   { KD_GOAL_CALL, false, 1, 0, 0 },   false, "t3t4t5t1t2D" },
	{ "pc from a call",  "c.c(.)",   { KD_GOAL_CALL, true,  1, 0, 0 },   false, "qg1qt2D" },
	{ "tt",              "c..(.)",   { KD_GOAL_RETURN, false, 1, 0, 0 }, false, "t3t4t5D" },
	{ "tct",             ".c.(.)",   { KD_GOAL_CALL_OR_RETURN, false, 2, 0, 0 }, false, "t1t3t4t5D" },
	{ "pct",             "c.c(.)",   { KD_GOAL_CALL_OR_RETURN, true, 1, 0, 0 }, false, "qg1qt2D" },
	{ "th",              ".c.(.)",   { KD_GOAL_BRANCH, false, 2, 0, 0 }, false, "t1t3t4t5D" },
	{ "ph",              ".cj(.)",   { KD_GOAL_BRANCH, true, 2, 0, 0 },  false, "t1qg2qD" },
	{ "gu",              "..(.)",    { KD_GOAL_OUT, true, 1, BASE + 2, SP }, false, "g2qD" },
	{ "gu at int 3",     "!.(.)",    { KD_GOAL_OUT, true, 1, BASE + 2, SP }, true,  "g0X" },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct machine m = { .code = rows[i].code,
				     .pc = BASE,
				     .sp = SP };
		char out[3 * LONGEST_RUN] = "";

		put_stop(&m, rows[i].hard_coded ? 0x80000003 : 0x80000004);
		m.stop.hard_coded = rows[i].hard_coded;
		play(&m, &rows[i].plan, out);
		CHECK_TEXT(rows[i].name, out, rows[i].want);
	}
}

static const struct kd_run_plan one_over = { .goal = KD_GOAL_STEPS,
					     .over = true };

/* Begun at a call, on the way behind it. */
static void go_away(struct machine *m, struct kd_run_control *rc)
{
	struct kd_run_place at;

	*m = (struct machine){ .code = "c..(.)", .pc = BASE, .sp = SP };
	put_stop(m, 0x80000004);
	at = place_of(m);
	at.has_sp = true;
	at.sp = SP;
	kd_run_control_begin(rc, &one_over, &m->stop);
	CHECK_EQ("away", kd_run_control_next(rc, &at), KD_ACT_GO_TO);
	CHECK_EQ("away", rc->address, BASE + 1);
}

/* The same place in a deeper call of the same function is not meant. */
static void test_recursion(void)
{
	struct kd_run_control rc;
	struct machine m;
	struct kd_run_place at;

	go_away(&m, &rc);
	m.pc = BASE + 1;
	put_stop(&m, 0x80000003);
	at = place_of(&m);
	at.at_breakpoint = true;
	CHECK_EQ("asks", kd_run_control_next(&rc, &at), KD_ACT_SHOW_SP);
	at.has_sp = true;
	at.sp = SP - 0x40;
	CHECK_EQ("deeper", kd_run_control_next(&rc, &at), KD_ACT_GO_ON);
	at.sp = SP + 8; /* one that removes its arguments itself */
	CHECK_EQ("back", kd_run_control_next(&rc, &at), KD_ACT_DONE);
	CHECK_EQ("steps", rc.steps, 1);
	CHECK_EQ("ended", kd_run_control_next(&rc, &at), KD_ACT_INTERRUPTED);
}

/* Something within a call stops it, and it is gone on with. */
static void test_again(void)
{
	struct kd_run_control rc;
	struct machine m;
	struct kd_run_place at;

	go_away(&m, &rc);
	m.pc = BASE + 4;
	put_stop(&m, 0x80000003);
	at = place_of(&m);
	CHECK_EQ("else", kd_run_control_next(&rc, &at), KD_ACT_INTERRUPTED);
	kd_run_control_again(&rc);
	CHECK_EQ("again", kd_run_control_next(&rc, &at), KD_ACT_GO_TO);
	CHECK_EQ("again", rc.address, BASE + 1);
	CHECK_EQ("again", rc.sp, SP);
}

/* A step that ends at a breakpoint is a step, when it is gone on with. */
static void test_again_arrived(void)
{
	const struct kd_run_plan two = { .count = 2 };
	struct machine m = { .code = "...", .pc = BASE, .sp = SP };
	struct kd_run_control rc;
	struct kd_run_place at;

	put_stop(&m, 0x80000004);
	at = place_of(&m);
	kd_run_control_begin(&rc, &two, &m.stop);
	CHECK_EQ("step", kd_run_control_next(&rc, &at), KD_ACT_STEP);
	m.pc++;
	put_stop(&m, 0x80000004);
	m.stop.breakpoint_count = 1;
	at = place_of(&m);
	CHECK_EQ("met", kd_run_control_next(&rc, &at), KD_ACT_INTERRUPTED);
	kd_run_control_again(&rc);
	CHECK_EQ("told", kd_run_control_next(&rc, &at), KD_ACT_STEPPED);
	CHECK_EQ("counted", rc.steps, 1);
	CHECK_EQ("second", kd_run_control_next(&rc, &at), KD_ACT_STEP);
}

/* Another processor stops it: the step is that of the one that was to. */
static void test_again_elsewhere(void)
{
	struct machine m = { .code = "...", .pc = BASE, .sp = SP };
	struct kd_run_control rc;
	struct kd_run_place at;

	put_stop(&m, 0x80000004);
	at = place_of(&m);
	kd_run_control_begin(&rc, &one_over, &m.stop);
	CHECK_EQ("step", kd_run_control_next(&rc, &at), KD_ACT_STEP);
	m.stop.processor = 1;
	m.stop.thread = THREAD + 1;
	m.stop.exception.code = 0x80000003;
	CHECK_EQ("else", kd_run_control_next(&rc, &at), KD_ACT_INTERRUPTED);
	kd_run_control_again(&rc);
	CHECK_EQ("switch", kd_run_control_next(&rc, &at), KD_ACT_SWITCH);
	CHECK_EQ("to", rc.processor, 0);
	put_stop(&m, 0x80000007);
	CHECK_EQ("step", kd_run_control_next(&rc, &at), KD_ACT_STEP);
	CHECK_EQ("steps", rc.steps, 0);
}

// clang-format off
static const struct {
	const char *name;
	struct kd_stop stop;
	enum kd_run_act want;
} stop_rows[] = {
	{ "the step",          { .new_state = KD_STATE_EXCEPTION, .thread = THREAD, .exception.code = 0x80000004 }, KD_ACT_DONE },
	{ "elsewhere by now",  { .new_state = KD_STATE_EXCEPTION, .thread = THREAD, .processor = 1, .exception.code = 0x80000004 }, KD_ACT_DONE },
	{ "thread switched",   { .new_state = KD_STATE_EXCEPTION, .thread = 1, .exception.code = 0x80000004 }, KD_ACT_DONE },
	{ "somebody else",     { .new_state = KD_STATE_EXCEPTION, .thread = 1, .processor = 1, .exception.code = 0x80000004 }, KD_ACT_INTERRUPTED },
	{ "an exception",      { .new_state = KD_STATE_EXCEPTION, .thread = THREAD, .exception.code = 0xc0000005 }, KD_ACT_INTERRUPTED },
	{ "a module",          { .new_state = KD_STATE_LOAD_SYMBOLS, .thread = THREAD }, KD_ACT_INTERRUPTED },
	{ "a data breakpoint", { .new_state = KD_STATE_EXCEPTION, .thread = THREAD, .exception.code = 0x80000004, .breakpoint_count = 1 }, KD_ACT_INTERRUPTED },
};
// clang-format on

static void test_stops(void)
{
	for (size_t i = 0; i < sizeof(stop_rows) / sizeof(stop_rows[0]); i++) {
		struct machine m = { .code = "...", .pc = BASE, .sp = SP };
		struct kd_run_control rc;
		struct kd_run_place at;

		put_stop(&m, 0x80000004);
		at = place_of(&m);
		kd_run_control_begin(&rc, &one_over, &m.stop);
		CHECK_EQ(stop_rows[i].name, kd_run_control_next(&rc, &at),
			 KD_ACT_STEP);
		at.stop = &stop_rows[i].stop;
		CHECK_EQ(stop_rows[i].name, kd_run_control_next(&rc, &at),
			 stop_rows[i].want);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "recursion", test_recursion },
		{ "again", test_again },
		{ "again, arrived", test_again_arrived },
		{ "again, elsewhere", test_again_elsewhere },
		{ "stops", test_stops },
	};

	return check_run("run control", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
