#ifndef KD_UNWIND_X64_H
#define KD_UNWIND_X64_H

/**
 * @file
 * x64 stacks: the function table of an image (.pdata), what it says of each
 * function's prologue and epilogues, and one step up the stack by it.
 *
 * The format is the one that Microsoft documents as "x64 exception handling".
 * Each function passes on what the image's memory says, KD_E_PENDING too, and
 * leaves its outputs untouched then.
 */

#include "kd_context.h"
#include "kd_pe.h"

enum {
	KD_X64_CODES_MAX = 255,
	KD_X64_CHAIN_MAX = 32, /* longer chains are taken for a loop */
};

/** RUNTIME_FUNCTION: a piece of code, by rva. */
struct kd_x64_function {
	uint32_t begin;
	uint32_t end; /**< behind its last byte */
	uint32_t unwind;
};

/** UWOP_ numbers. 6 and 7 mean something else in version 1 of the format. */
enum kd_x64_op {
	KD_X64_PUSH_NONVOL = 0,
	KD_X64_ALLOC_LARGE = 1,
	KD_X64_ALLOC_SMALL = 2,
	KD_X64_SET_FPREG = 3,
	KD_X64_SAVE_NONVOL = 4,
	KD_X64_SAVE_NONVOL_FAR = 5,
	KD_X64_EPILOG = 6,
	KD_X64_SPARE = 7,
	KD_X64_SAVE_XMM128 = 8,
	KD_X64_SAVE_XMM128_FAR = 9,
	KD_X64_PUSH_MACHFRAME = 10,
};

/** Bits of kd_x64_unwind.flags (UNW_FLAG_). */
enum kd_x64_flag {
	KD_X64_EHANDLER = 1 << 0,
	KD_X64_UHANDLER = 1 << 1,
	KD_X64_CHAININFO = 1 << 2,
};

/** One operation, with its operand. */
struct kd_x64_code {
	uint8_t offset; /**< in the function, behind the instruction */
	uint8_t op;	/**< enum kd_x64_op */
	uint8_t info;	/**< a register's number, for most */
	bool has_value;
	/**
	 * Bytes allocated; or from the frame's base to what is saved or to
	 * what the frame register points to; or, for an epilogue, from its
	 * start to the function's end.
	 */
	uint32_t value;
};

/** UNWIND_INFO, decoded. */
struct kd_x64_unwind {
	uint8_t version;	/**< 1 or 2 */
	uint8_t flags;		/**< enum kd_x64_flag */
	uint8_t prolog;		/**< bytes */
	uint8_t slots;		/**< that the codes take in the image */
	uint8_t frame_register; /**< 0: none */
	uint8_t frame_offset;	/**< in units of 16 bytes */
	uint8_t code_count;
	struct kd_x64_code code[KD_X64_CODES_MAX];
	uint32_t handler;		/**< rva; 0: none */
	uint32_t handler_data;		/**< rva, if there is a handler */
	struct kd_x64_function chained; /**< if flags has KD_X64_CHAININFO */
};

/** Entries of the function table; 0 if the image is for another machine. */
KD_API uint32_t kd_x64_function_count(const struct kd_pe *pe);
/** @return KD_E_ARG if @p index is not below kd_x64_function_count() */
KD_API KD_MUST_USE enum kd_status kd_x64_function_at(
	const struct kd_pe *pe, uint32_t index, struct kd_x64_function *ret);
/** @return KD_E_NOT_FOUND if no function holds @p rva */
KD_API KD_MUST_USE enum kd_status kd_x64_function_find(
	const struct kd_pe *pe, uint32_t rva, struct kd_x64_function *ret);

/**
 * Decode what a function's entry points to. An entry that only points to
 * another one is followed; a chained function is not.
 *
 * @return KD_E_FORMAT if it makes no sense
 * @return KD_E_UNSUPPORTED if it is of another version than 1 and 2
 */
KD_API KD_MUST_USE enum kd_status kd_x64_unwind_read(
	const struct kd_pe *pe, const struct kd_x64_function *f,
	struct kd_x64_unwind *ret);

/** "UWOP_PUSH_NONVOL" and so on, as @p version calls it; NULL if unknown. */
KD_API const char *kd_x64_op_name(unsigned version, unsigned op);

/** "rax" to "r15" by the processor's numbers; "?" past 15. */
KD_API const char *kd_x64_register_name(unsigned number);

/** What sort of frame was left. */
enum kd_x64_frame_kind {
	KD_X64_FRAME_LEAF, /**< no entry: only a return address */
	KD_X64_FRAME_FUNCTION,
	KD_X64_FRAME_MACHINE, /**< a trap or interrupt; the caller was
				   stopped, and did not call */
};

/** What one step found out. */
struct kd_x64_frame {
	enum kd_x64_frame_kind kind;
	struct kd_x64_function function; /**< 0s for a leaf */
	uint64_t base; /**< of the fixed part: what offsets are counted from */
	uint32_t handler; /**< rva; 0: none, or not to be called here */
	/** KD_X64_FRAME_MACHINE: where the processor pushed rip; else 0. */
	uint64_t machine_frame;
};

/**
 * Go up by one frame: from the registers inside of a function to those of its
 * caller, at any instruction, in prologues and epilogues too.
 *
 * Registers that the function may change and does not save keep their values,
 * which are stale then.
 *
 * @param pe       the image that rip is in; NULL if it is in none, which makes
 *                 it a leaf
 * @param stack    where the stack is read from
 * @param is_return  rip is a return address. No call stands in an epilogue, so
 *                   that no code is read to find one
 * @param context  x64, whole; untouched on failure
 * @return KD_E_ARG if the context is of another sort
 * @return KD_E_FORMAT, KD_E_UNSUPPORTED as kd_x64_unwind_read()
 */
KD_API KD_MUST_USE enum kd_status kd_x64_step(const struct kd_pe *pe,
					      const struct kd_memory *stack,
					      bool is_return,
					      struct kd_context *context,
					      struct kd_x64_frame *ret);

#endif
