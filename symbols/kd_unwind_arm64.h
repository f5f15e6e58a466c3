#ifndef KD_UNWIND_ARM64_H
#define KD_UNWIND_ARM64_H

/**
 * @file
 * What an ARM64 image says of its functions' prologues and epilogues: the
 * function table (.pdata), packed and full (.xdata); and one step up the
 * stack by it.
 *
 * The format is the one that Microsoft documents as "ARM64 exception
 * handling". Each function passes on what the image's memory says,
 * KD_E_PENDING too, and leaves its outputs untouched then.
 */

#include "kd_context.h"
#include "kd_pe.h"
#include "kd_trap.h"

enum { KD_ARM64_CODE_BYTES_MAX = 255 * 4 };

/** An entry of the function table. */
struct kd_arm64_function {
	uint32_t begin; /**< rva */
	/** By its low bits, packed data, or the rva of a full record. */
	uint32_t unwind;
};

/** What an entry's low two bits say ("Flag"). */
enum kd_arm64_form {
	KD_ARM64_FULL = 0,
	KD_ARM64_PACKED = 1,
	KD_ARM64_PACKED_FRAGMENT = 2, /**< without prologue */
};

/** How a packed function keeps its return address ("CR"). */
enum kd_arm64_chain {
	KD_ARM64_LR_UNSAVED = 0,
	KD_ARM64_LR_SAVED = 1,
	KD_ARM64_CHAINED_SIGNED = 2, /**< x29 is a frame pointer; pacibsp */
	KD_ARM64_CHAINED = 3,
};

/** One function's data. Field names in quotes are the documentation's. */
struct kd_arm64_unwind {
	uint32_t begin;
	uint32_t length; /**< bytes ("Function Length") */
	enum kd_arm64_form form;
	/* packed */
	uint8_t reg_f;	     /**< "RegF" */
	uint8_t reg_i;	     /**< "RegI" */
	bool homes;	     /**< "H" */
	uint8_t chain;	     /**< "CR", enum kd_arm64_chain */
	uint32_t frame_size; /**< bytes ("Frame Size") */
	/* full */
	uint8_t version;       /**< "Vers" */
	bool has_handler;      /**< "X" */
	bool has_one_epilog;   /**< "E": at the function's end, no scopes */
	uint32_t epilog_count; /**< "Epilog Count"; index of its codes if E */
	uint32_t code_words;   /**< "Code Words" */
	uint32_t scopes;       /**< rva of the epilogue scopes */
	uint32_t handler;      /**< rva, if X */
	uint32_t handler_data; /**< rva, if X */
	/**
	 * Unwind codes; those of the prologue begin at 0. For a packed
	 * function they are the ones that the same code would have in full.
	 */
	uint32_t code_len;
	uint8_t codes[KD_ARM64_CODE_BYTES_MAX];
};

/** One epilogue of a full record. */
struct kd_arm64_scope {
	uint32_t start; /**< bytes from the function's begin */
	uint32_t index; /**< of its first code */
};

/** The operations, in the documentation's order. */
enum kd_arm64_op {
	KD_ARM64_ALLOC_S,
	KD_ARM64_SAVE_R19R20_X,
	KD_ARM64_SAVE_FPLR,
	KD_ARM64_SAVE_FPLR_X,
	KD_ARM64_ALLOC_M,
	KD_ARM64_SAVE_REGP,
	KD_ARM64_SAVE_REGP_X,
	KD_ARM64_SAVE_REG,
	KD_ARM64_SAVE_REG_X,
	KD_ARM64_SAVE_LRPAIR,
	KD_ARM64_SAVE_FREGP,
	KD_ARM64_SAVE_FREGP_X,
	KD_ARM64_SAVE_FREG,
	KD_ARM64_SAVE_FREG_X,
	KD_ARM64_ALLOC_Z,
	KD_ARM64_ALLOC_L,
	KD_ARM64_SET_FP,
	KD_ARM64_ADD_FP,
	KD_ARM64_NOP,
	KD_ARM64_END,
	KD_ARM64_END_C,
	KD_ARM64_SAVE_NEXT,
	KD_ARM64_SAVE_ANY_REG,
	KD_ARM64_TRAP_FRAME,
	KD_ARM64_MACHINE_FRAME,
	KD_ARM64_CONTEXT,
	KD_ARM64_EC_CONTEXT,
	KD_ARM64_CLEAR_UNWOUND_TO_CALL,
	KD_ARM64_PAC_SIGN_LR,
	KD_ARM64_RESERVED,
};

/** One operation, with its operands. */
struct kd_arm64_code {
	enum kd_arm64_op op;
	uint8_t size; /**< bytes of the code itself */
	/** The first register saved: x0 to x30, or d0 to d31, q0 to q31. */
	uint8_t reg;
	/**
	 * Bytes allocated, or the offset from sp to what is saved; with "_x",
	 * what sp is lowered by before. For alloc_z in vector lengths.
	 */
	uint32_t value;
	/* only save_any_reg leaves these open */
	bool pair, writeback;
	char bank; /**< 'x', 'd' or 'q' */
};

/** Entries of the function table; 0 if the image is for another machine. */
KD_API uint32_t kd_arm64_function_count(const struct kd_pe *pe);
/** @return KD_E_ARG if @p index is not below kd_arm64_function_count() */
KD_API KD_MUST_USE enum kd_status kd_arm64_function_at(
	const struct kd_pe *pe, uint32_t index, struct kd_arm64_function *ret);

/**
 * Decode what an entry says or points to.
 *
 * @return KD_E_FORMAT if it makes no sense
 * @return KD_E_UNSUPPORTED if it is of a version other than 0, or the form
 *         is the reserved one
 */
KD_API KD_MUST_USE enum kd_status kd_arm64_unwind_read(
	const struct kd_pe *pe, const struct kd_arm64_function *f,
	struct kd_arm64_unwind *ret);

/** Epilogue scopes that kd_arm64_scope_at() gives: none if E, or packed. */
KD_API uint32_t kd_arm64_scope_count(const struct kd_arm64_unwind *u);
/** @return KD_E_ARG if @p index is not below kd_arm64_scope_count() */
KD_API KD_MUST_USE enum kd_status kd_arm64_scope_at(
	const struct kd_pe *pe, const struct kd_arm64_unwind *u, uint32_t index,
	struct kd_arm64_scope *ret);

/**
 * The code whose first byte is codes[*index]; *index goes to the next one.
 * A list ends with KD_ARM64_END.
 *
 * @return KD_E_END if there are no more bytes
 * @return KD_E_FORMAT if the code is cut off
 */
KD_API KD_MUST_USE enum kd_status kd_arm64_code_next(
	const struct kd_arm64_unwind *u, uint32_t *index,
	struct kd_arm64_code *ret);

/**
 * The function that holds @p rva, and its data.
 *
 * @return KD_E_NOT_FOUND if none does
 * @return what kd_arm64_unwind_read() does
 */
KD_API KD_MUST_USE enum kd_status kd_arm64_function_find(
	const struct kd_pe *pe, uint32_t rva, struct kd_arm64_function *ret,
	struct kd_arm64_unwind *ret_unwind);

/** "save_fplr_x" and so on, as the documentation has them. */
KD_API const char *kd_arm64_op_name(enum kd_arm64_op op);

/** What sort of frame was left. */
enum kd_arm64_frame_kind {
	KD_ARM64_FRAME_LEAF, /**< no entry: lr is the return address */
	KD_ARM64_FRAME_FUNCTION,
	KD_ARM64_FRAME_MACHINE, /**< the kernel put registers there; the
				     caller was stopped, and did not call */
};

/** What one step found out. */
struct kd_arm64_frame {
	enum kd_arm64_frame_kind kind;
	struct kd_arm64_function function; /**< 0s for a leaf */
	uint64_t base;	  /**< the frame pointer, as it was before the step */
	uint32_t handler; /**< rva; 0: none, or not to be called here */
	/**
	 * KD_ARM64_FRAME_MACHINE: of sp and pc, of a CONTEXT or a trap frame;
	 * else 0.
	 */
	uint64_t machine_frame;
	bool is_exact; /**< the new pc is no return address */
	bool is_guess; /**< no entry, and not innermost: by the chain of x29 */
};

/**
 * Go up by one frame: from the registers inside of a function to those of its
 * caller, at any instruction, in prologues and epilogues too.
 *
 * Registers that the function may change and does not save keep their values,
 * which are stale then; lr, too, is left as the function would return by it.
 *
 * @param pe         the image that pc is in; NULL if it is in none
 * @param stack      where the stack is read from
 * @param trap       the kernel's trap frames; NULL: they are not known
 * @param is_return  pc is a return address: what is looked up is the call in
 *                   front of it
 * @param context    ARM64, whole; untouched on failure
 * @return KD_E_ARG if the context is of another sort
 * @return KD_E_FORMAT if the data make no sense
 * @return KD_E_UNSUPPORTED if they need what is not known: trap frames without
 *         @p trap, ec_context, or a vector's length
 */
KD_API KD_MUST_USE enum kd_status kd_arm64_step(
	const struct kd_pe *pe, const struct kd_memory *stack,
	const struct kd_trap_layout *trap, bool is_return,
	struct kd_context *context, struct kd_arm64_frame *ret);

#endif
