#ifndef KD_UNWIND_X86_H
#define KD_UNWIND_X86_H

/**
 * @file
 * x86 stacks: one step up, by the code that is still to be executed, by what a
 * PDB says of a function's frame, or by the chain of frame pointers.
 *
 * The machine keeps no function table. Compilers that drop the frame pointer
 * describe frames in the PDB: FPO_DATA, and newer ones with a small program
 * ("$T0 .raSearch = $eip $T0 ^ = …") that recomputes the caller's registers.
 */

#include "kd_context.h"
#include "kd_pdb_frames.h"
#include "kd_pe.h"
#include "kd_trap.h"

enum {
	KD_X86_PROGRAM_STEPS_MAX = 256, /* words of a program */
	KD_X86_SEARCH_MAX = 64,		/* stack words that .raSearch reads */
};

/**
 * Look up frame data by address: kd_pdb_find_frame() of the module's PDB. The
 * program is used before the next question is asked.
 *
 * @return KD_E_NOT_FOUND if there is none for it
 * @return KD_E_PENDING if it will come
 */
typedef enum kd_status kd_x86_frame_data_fn(void *ctx, uint64_t address,
					    struct kd_pdb_frame *ret);

/** How a step found the caller. */
enum kd_x86_method {
	KD_X86_BY_DATA,	   /**< frame data, or the code up to the return */
	KD_X86_BY_CHAIN,   /**< a frame pointer that looks right */
	KD_X86_BY_GUESS,   /**< the nearest word that a call left behind */
	KD_X86_BY_MACHINE, /**< what a trap pushed */
};

/** What one step found out. */
struct kd_x86_frame {
	enum kd_x86_method method;
	/** Where the return address is; for KD_X86_BY_MACHINE, of eip. */
	uint64_t return_slot;
	bool has_data;
	struct kd_pdb_frame data; /**< if has_data; without a program */
};

/** Where a step reads from. */
struct kd_x86_source {
	struct kd_memory memory; /**< stack and code */
	/** NULL: there is none. */
	kd_x86_frame_data_fn *frame_data_at;
	/**
	 * Is there code at an address? KD_OK if so, KD_E_NOT_FOUND if not.
	 * NULL: nobody knows, and everything may be.
	 */
	enum kd_status (*is_code)(void *ctx, uint64_t address);
	void *ctx; /**< of both */
	/** The kernel's trap frames; NULL: they are not known. */
	const struct kd_trap_layout *trap;
};

/**
 * Go up by one frame.
 *
 * @param callee_parameters  bytes of arguments that the frame below, which is
 *                           left already, will pop on its return; 0 if there
 *                           is none
 * @param is_return  eip is a return address: what is looked up is the call
 *                   in front of it
 * @param context  x86, whole; untouched on failure
 * @return KD_E_ARG if the context is of another sort
 * @return KD_E_FORMAT if a program makes no sense
 * @return KD_E_NOT_FOUND if there is no return address to be found
 */
KD_API KD_MUST_USE enum kd_status kd_x86_step(
	const struct kd_x86_source *source, uint32_t callee_parameters,
	bool is_return, struct kd_context *context, struct kd_x86_frame *ret);

#endif
