#ifndef KD_RUN_CONTROL_H
#define KD_RUN_CONTROL_H

/**
 * @file
 * Stepping: into calls and over them, to an address, to the next call, return
 * or branch, out of a function.
 *
 * Two faces. kd_session_run() does all of it and blocks. Below it is a state
 * machine that does nothing itself: it is shown where the target stands and
 * says what is to be done next, for whoever drives many targets by events.
 *
 * One instruction is executed by the trap flag; while it is, KD lets the
 * other processors run. What must not be executed so is left to a breakpoint
 * behind it, which only this thread meets: calls and repeated string
 * instructions that count as one step, and always system calls and
 * interrupts by instruction, whose return would carry the trap flag away. The
 * copy that PUSHF writes is cleaned. A hard-coded breakpoint at which the
 * target stands is stepped past without anything being executed, as WinDbg
 * does. Whatever else stops the target meanwhile ends it all.
 */

#include "kd_breakpoints.h"
#include "kd_code.h"
#include "kd_session_ops.h"

/** When it is done. */
enum kd_run_goal {
	KD_GOAL_STEPS,	 /**< count instructions */
	KD_GOAL_ADDRESS, /**< step by step, until PC is address */
	/* the count-th such instruction, which is not executed any more */
	KD_GOAL_CALL,
	KD_GOAL_RETURN,
	KD_GOAL_CALL_OR_RETURN,
	KD_GOAL_BRANCH, /**< any that may lead elsewhere: those two as well */
	/** The caller is reached: PC is address, with SP at least sp. */
	KD_GOAL_OUT,
};

struct kd_run_plan {
	enum kd_run_goal goal;
	/** Calls and repeated instructions count as one step. */
	bool over;
	uint64_t count; /**< 0 is 1 */
	uint64_t address, sp;
};

/** The PC differs from the stop's where it was moved since. */
struct kd_run_place {
	const struct kd_stop *stop;
	enum kd_arch arch;
	uint64_t pc;
	bool has_code; /**< the instruction at pc is known */
	struct kd_code code;
	bool breakpoint_behind; /**< one is hard-coded behind it */
	bool has_sp;
	uint64_t sp;
	/** Nothing but the breakpoint of KD_ACT_GO_TO stands behind the stop.
	 */
	bool at_breakpoint;
};

/** What to do next. */
enum kd_run_act {
	/** Show the same place again, with has_sp. */
	KD_ACT_SHOW_SP,
	/** Move PC to address, let nothing run, and show that place. */
	KD_ACT_MOVE,
	/** KD_RESUME_STEP, and show the stop. */
	KD_ACT_STEP,
	/**
	 * The same; and if the stop is a single step's, clear the trap flag
	 * in the word at SP before anything else.
	 */
	KD_ACT_STEP_PUSH,
	/**
	 * Put a breakpoint for this thread at address, in the place of the
	 * one before it; KD_RESUME_GO, and show the stop.
	 */
	KD_ACT_GO_TO,
	/** KD_RESUME_GO with the breakpoint where it is; show the stop. */
	KD_ACT_GO_ON,
	/** Another processor has stopped it: show where ours stands. */
	KD_ACT_SWITCH,
	/** A step is done, and more are to come: show the same place again. */
	KD_ACT_STEPPED,
	KD_ACT_DONE,
	/** Something else has stopped the target. */
	KD_ACT_INTERRUPTED,
};

/** A run. Zero-filled is none; members are for reading. */
struct kd_run_control {
	struct kd_run_plan plan;
	uint64_t left; /**< of plan.count */
	uint16_t processor;
	uint64_t thread;
	uint64_t steps; /**< done so far */
	enum {
		KD_RUN_CONTROL_ENDED,
		KD_RUN_CONTROL_DECIDES,
		KD_RUN_CONTROL_STEPS, /* by the trap flag */
		KD_RUN_CONTROL_MOVES,
		KD_RUN_CONTROL_AWAY, /* until the breakpoint is met */
		KD_RUN_CONTROL_ARRIVED,
	} state;
	bool away;	  /**< it ended on the way to address */
	bool arrived;	  /**< with a step, which a breakpoint was met by */
	uint64_t address; /**< of KD_ACT_MOVE, KD_ACT_GO_TO */
	uint64_t sp;	  /**< with a lower one it is a deeper call's */
};

/** Begin at a stop. */
KD_API void kd_run_control_begin(struct kd_run_control *rc,
				 const struct kd_run_plan *plan,
				 const struct kd_stop *stop);

/**
 * Where the target stands: what is to be done? After KD_ACT_DONE and
 * KD_ACT_INTERRUPTED nothing is, and a breakpoint of KD_ACT_GO_TO is to go.
 */
KD_API enum kd_run_act kd_run_control_next(struct kd_run_control *rc,
					   const struct kd_run_place *at);

/** Go on with one that was interrupted, as if it had not been. */
KD_API void kd_run_control_again(struct kd_run_control *rc);

/** What kd_session_run() asks and tells. */
struct kd_run_hooks {
	/** kd_disasm_code(), or NULL: then all goes by the trap flag. */
	kd_code_fn *decode;
	/**
	 * What happens meanwhile, but stops: prints, module loads. What it
	 * returns other than KD_OK ends the run, with the target as it is.
	 * NULL: they are dropped.
	 */
	enum kd_status (*event)(void *ctx, const struct kd_event *event);
	/** A step is done, and more are to come. As event. */
	enum kd_status (*stepped)(void *ctx, const struct kd_run_place *at);
	void *ctx;
	uint64_t request_us; /**< longest time for one answer */
};

/** Why a run has ended. */
enum kd_run_end {
	KD_RUN_END_DONE,
	KD_RUN_END_STOPPED,  /**< by something else: the stop tells */
	KD_RUN_END_CANCELED, /**< as the cancel hook says; it stands still */
	KD_RUN_END_REBOOTED, /**< another boot: it does not stand still */
};

struct kd_run_result {
	enum kd_run_end end;
	struct kd_stop stop; /**< the last one, unless it rebooted */
	uint64_t pc;	     /**< where it stands: moved, perhaps */
};

/**
 * Do it, from the stop at which the target stands.
 *
 * A step by the trap flag costs one round trip, one over a call two and the
 * time that the call takes. If the cancel hook (kd_session_set_cancel()) says
 * so, no further request goes out, or the target is stopped if it runs. No
 * breakpoint of ours is left behind in any case.
 *
 * @param rc  begun, or told to go on
 * @return KD_E_STATE if the target runs
 * @return KD_E_TARGET if registers cannot be read or written
 * @return KD_E_TIMEOUT if the deadline passes; the target runs, perhaps
 */
KD_API KD_MUST_USE enum kd_status kd_session_run(
	struct kd_session *s, struct kd_run_control *rc,
	const struct kd_run_hooks *hooks, uint64_t deadline_us,
	struct kd_run_result *ret);

#endif
