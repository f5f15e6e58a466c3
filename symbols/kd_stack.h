#ifndef KD_STACK_H
#define KD_STACK_H

/**
 * @file
 * A stack, frame by frame, on x64, ARM64 and x86.
 *
 *     struct kd_stack stack;
 *     struct kd_stack_frame frame;
 *
 *     kd_stack_init(&stack, &source, &context);
 *     while ((st = kd_stack_next(&stack, &frame)) == KD_OK)
 *             print(&frame);
 *     if (st == KD_E_END)
 *             print(kd_stack_end_text(stack.end));
 *
 * Memory may answer KD_E_PENDING: kd_stack_next() does then, too, has changed
 * nothing, and is called again when the bytes have come. What the target's
 * memory says is not trusted: a walk always ends, see enum kd_stack_end.
 */

#include "kd_context.h"
#include "kd_pe.h"
#include "kd_trap.h"
#include "kd_unwind_x86.h"

enum {
	KD_STACK_FRAMES_MAX = 1024,
	/* how often a walk may go to another stack, or stand still */
	KD_STACK_SWITCHES_MAX = 8,
};

/** What stacks are read from. */
struct kd_stack_source {
	struct kd_memory memory; /**< the stack, and x86's code */
	/**
	 * The image that holds an address; *ret is NULL if none does. It lives
	 * as long as the stack is walked. Its `file` serves where memory
	 * cannot be read.
	 *
	 * @return KD_OK, KD_E_PENDING, or why the walk cannot go on
	 */
	enum kd_status (*image_at)(void *ctx, uint64_t address,
				   const struct kd_pe **ret);
	/** x86: what the PDB says of a frame; NULL: there is no PDB. */
	kd_x86_frame_data_fn *frame_data_at;
	void *ctx; /**< of both */
	/**
	 * The kernel's trap frames, which x86 and ARM64 need to go on from a
	 * trap; NULL: its PDB is not there. Not owned.
	 */
	const struct kd_trap_layout *trap;
};

/** How a frame is left for its caller. */
enum kd_stack_kind {
	KD_STACK_FUNCTION, /**< by unwind data, or what comes up to it */
	KD_STACK_LEAF,	   /**< it has no frame: only a return address */
	KD_STACK_MACHINE,  /**< it is entered by a trap or an interrupt, whose
				frame tells where; the caller did not call */
};

/** Why there are no more frames. */
enum kd_stack_end {
	KD_STACK_GOES_ON,
	KD_STACK_BOTTOM,     /**< the return address is 0 */
	KD_STACK_UNREADABLE, /**< the stack cannot be read */
	KD_STACK_NO_DATA,    /**< unwind data are damaged or not there */
	KD_STACK_NO_CALLER,  /**< x86: there is no return address in sight */
	KD_STACK_NOT_CODE,   /**< the return address leads nowhere */
	KD_STACK_LOOP,	     /**< it gets nowhere */
	KD_STACK_TOO_MANY,   /**< KD_STACK_FRAMES_MAX */
};

/** One frame. */
struct kd_stack_frame {
	uint32_t number; /**< 0 is the innermost */
	uint64_t pc;	 /**< where it executes, or will go on */
	/**
	 * The processor really stands at pc: the innermost frame, and what a
	 * trap interrupted. Else pc is a return address, and pc - 1 is in the
	 * call (on ARM64 pc - 4): ask for that when looking up lines.
	 */
	bool is_exact;
	uint64_t sp; /**< at pc: Child-SP */
	/** The caller's pc as it was found; 0: there is no caller. */
	uint64_t return_address;
	/** The caller's sp, behind the return address; 0 if unknown. */
	uint64_t caller_sp;
	/**
	 * x86: ChildEBP, where ebp is kept if the function keeps it. x64: the
	 * same, below the return address. ARM64: the frame pointer.
	 */
	uint64_t base;
	/**
	 * Of the words that the caller left for parameters: x64's home space,
	 * x86's arguments. 0 on ARM64, and where nobody called.
	 */
	uint64_t arguments;
	enum kd_stack_kind kind;
	/** Nothing vouches for the caller: it only looks like one. */
	bool is_guess;
	/**
	 * KD_STACK_MACHINE: address of what the processor pushed, rip first
	 * (it is the end of a trap frame); ARM64: of what the kernel put
	 * there. Else 0.
	 */
	uint64_t machine_frame;
	/** x86: has frame data (see kv's "FPO: [a,b,c]"). */
	bool has_frame_data;
	struct kd_pdb_frame frame_data;
	/**
	 * The registers as they were at pc. Those that a callee may change and
	 * does not save are stale; see the ABI which ones.
	 */
	struct kd_context context;
};

/** A walk. Its members are for reading. */
struct kd_stack {
	struct kd_stack_source source;
	struct kd_context context; /**< of the frame that comes next */
	bool is_exact;		   /**< its pc is no return address */
	uint32_t callee_parameters;
	uint32_t count; /**< frames so far */
	uint32_t switches;
	enum kd_stack_end end;
	/** What stood behind KD_STACK_UNREADABLE and KD_STACK_NO_DATA. */
	enum kd_status why;
};

/**
 * Begin at the registers of a processor or thread that stands still.
 *
 * @param source   copied; what it leads to outlives the walk
 * @param context  copied; whole, not only its control part
 */
KD_API void kd_stack_init(struct kd_stack *stack,
			  const struct kd_stack_source *source,
			  const struct kd_context *context);

/**
 * The next frame.
 *
 * A frame whose caller cannot be found is given all the same; the call after
 * it says KD_E_END, and stack->end why.
 *
 * @return KD_E_END if there are no more
 * @return KD_E_PENDING to be called again; nothing has changed
 * @return KD_E_ARG, if the context is of no architecture that is known here,
 *         or too short
 * @return what the source says that is not about the bytes asked for
 *         (KD_E_CANCELED, KD_E_TIMEOUT, KD_E_LOST, …)
 */
KD_API KD_MUST_USE enum kd_status kd_stack_next(struct kd_stack *stack,
						struct kd_stack_frame *ret);

/** A few words without a full stop: "the stack cannot be read". */
KD_API const char *kd_stack_end_text(enum kd_stack_end end);

#endif
