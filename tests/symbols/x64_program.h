#ifndef X64_PROGRAM_H
#define X64_PROGRAM_H

/**
 * @file
 * Small x64 functions for tests: assembled into a tiny image together with
 * their unwind data, and executed one instruction at a time.
 */

#include "kd_unwind_x64.h"
#include "tiny_pe.h"

enum x64_kind {
	X64_END, /* of a list */
	/* prologue: each gets an unwind code */
	X64_PUSH,
	X64_SUB,    /* rsp by value */
	X64_SET_FP, /* reg = rsp + value; a multiple of 16 */
	X64_SAVE,   /* [rsp + value] = reg */
	X64_SAVE_XMM,
	/* anywhere else */
	X64_CLOBBER, /* reg gets another value */
	X64_CLOBBER_XMM,
	X64_ALLOCA,  /* sub rsp, without a code */
	X64_LOAD,    /* reg = [rsp + value] */
	X64_LOAD_FP, /* reg = [frame register + value] */
	X64_LOAD_XMM,
	X64_SPLIT,  /* jmp to the next instruction, in a piece chained to this
		       one that has a prologue of its own */
	X64_ESCAPE, /* jmp to another function, never taken */
	X64_LOOP,   /* jmp inside of the function, never taken */
	X64_EPILOG, /* version 2: the place is listed */
	X64_ADD,
	X64_LEA_SP, /* rsp = frame register + value */
	X64_POP,
	X64_RET,
	X64_TAIL,	 /* jmp to another function */
	X64_TAIL_MEMORY, /* jmp [rip + n] */
};

struct x64_instruction {
	enum x64_kind kind;
	unsigned reg;
	uint32_t value;
};

enum {
	X64_IMAGE = 0x10000, /* address */
	X64_STACK = 0x1000,
	X64_STACK_BASE = 0x7f000000, /* address */
};

/** A machine that runs one program. */
struct x64_program {
	const struct x64_instruction *list;
	unsigned version;
	uint8_t image[TINY_PE_SIZE];
	uint8_t stack[X64_STACK];
	uint32_t rva[64]; /* of each instruction */
	unsigned frame_register;
	size_t at; /* the instruction that comes next */
	struct kd_context c;
};

/** Assemble; and stand at the first instruction, just called. */
void x64_program_start(struct x64_program *p, unsigned version,
		       const struct x64_instruction *list);
/** Execute one; false when the function has been left. */
bool x64_program_step(struct x64_program *p);

/** Registers by the processor's number, through the context. */
uint64_t x64_get(const struct kd_context *c, unsigned reg);
void x64_set(struct kd_context *c, unsigned reg, uint64_t value);
uint8_t *x64_xmm(struct kd_context *c, unsigned reg);

#endif
