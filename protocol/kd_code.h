#ifndef KD_CODE_H
#define KD_CODE_H

/** @file What an instruction is, as far as stepping through code minds. */

#include "kd_arch.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum kd_code_kind {
	KD_CODE_PLAIN,
	KD_CODE_CALL,
	KD_CODE_RETURN, /**< from a function, an interrupt, a system call */
	KD_CODE_BRANCH, /**< any other jump, conditional or not */
	KD_CODE_REPEAT, /**< x86: a string instruction with a REP prefix */
	/**
	 * Goes to where no trap flag follows, and comes back behind itself:
	 * system calls, and interrupts by instruction but the breakpoint's.
	 */
	KD_CODE_SYSTEM,
	/** x86: writes the flags, and the trap flag too, to the stack. */
	KD_CODE_PUSH_FLAGS,
};

struct kd_code {
	enum kd_code_kind kind;
	uint8_t len;	     /**< bytes, 1 or more */
	bool is_conditional; /**< a branch that may also go on behind itself */
	bool has_target;
	uint64_t target; /**< where a call or branch leads, if it says so */
	/** x64: where the address stands that a call or branch leads to; or 0.
	 */
	uint64_t slot;
	/** x86: which of its bytes are a number that it holds; size 0: none. */
	uint8_t immediate, immediate_size;
};

/**
 * Decodes the instruction at an address: kd_disasm_code(), or one's own.
 *
 * @param len  bytes there are; 16 suffice for any
 * @return KD_E_FORMAT if that is no instruction
 * @return KD_E_SPACE if @p len ends within the instruction
 * @return KD_E_UNSUPPORTED if nobody knows @p arch
 */
typedef enum kd_status kd_code_fn(enum kd_arch arch, uint64_t address,
				  const uint8_t *bytes, size_t len,
				  struct kd_code *ret);

#endif
