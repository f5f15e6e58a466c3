#ifndef KD_HOST_STEP_H
#define KD_HOST_STEP_H

/**
 * @file
 * One x64 instruction, carried out by the debugger on the registers of a
 * halted processor: so that the target need not run without a breakpoint.
 * Only what programs begin functions and blocks with, and only where it can
 * do nothing that the processor would not: registers, the stack, and reads
 * of the module's own data. Nothing here asks the target: the caller reads
 * and writes what the plan names.
 */

#include "kd_context.h"
#include "kd_cursor.h"

/** What stands in the instruction. */
struct kd_host_instruction {
	enum kd_host_kind {
		KD_HOST_NOP,
		KD_HOST_PUSH,
		KD_HOST_PUSH_FLAGS,
		KD_HOST_POP,
		KD_HOST_MOVE, /* also with zero or sign extension */
		KD_HOST_LEA,
		KD_HOST_ALU, /* alu: as in the opcode */
		KD_HOST_TEST,
		KD_HOST_JUMP, /* condition, or none */
	} kind;
	uint8_t alu, condition; /* 16: always */
	unsigned size;		/* bytes of what is computed: 1, 4 or 8 */
	unsigned source_size;	/* of KD_HOST_MOVE: 1, 2, 4 or 8 */
	bool extends_sign;
	bool has_immediate, to_memory_side;
	uint64_t immediate; /* sign-extended; or where a jump goes from next */
	/* the register side, and the other: a register or memory */
	uint8_t reg, rm;
	bool high_bytes; /* 1-byte registers 4 to 7 are ah to bh */
	bool memory;
	bool by_rip;
	uint8_t base, index; /* 16: none */
	uint8_t shift;
	int64_t displacement;
	unsigned len;
};

/** What is to be done in memory. */
struct kd_host_step {
	struct kd_host_instruction at;
	bool reads, writes;
	uint64_t address;
	unsigned len; /* bytes: 1 to 8 */
};

/** False: it is none of those. */
bool kd_host_step_decode(const uint8_t *code, size_t len,
			 struct kd_host_instruction *ret);

/**
 * Where it reads or writes memory, with these registers. False if it is not
 * to be done here: unknown, or memory that is neither stack nor the code's
 * own data.
 */
bool kd_host_step_plan(const uint8_t *code, size_t len,
		       const struct kd_context *c, struct kd_host_step *ret);

/**
 * Do it on the registers, PC and flags too.
 *
 * @param memory  what was read; receives what is to be written
 * @return false if a register is missing; the registers may have changed
 */
bool kd_host_step_do(const struct kd_host_step *step, struct kd_context *c,
		     uint64_t *memory);

#endif
