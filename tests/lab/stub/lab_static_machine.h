#ifndef LAB_STATIC_MACHINE_H
#define LAB_STATIC_MACHINE_H

/**
 * @file
 * The static machine's inside: lab_machine_static.c is what it does,
 * lab_static_access.c how the debugger looks into it, lab_static_cpu.c its
 * few instructions.
 */

#include "lab_machine.h"
#include "lab_static.h"

/* KD-WIRE 5.1 and 5.5 */
enum {
	LAB_CONTEXT_FLAGS = 0x30,
	LAB_CONTEXT_MXCSR = 0x34,
	LAB_CONTEXT_CS = 0x38, /* Ds, Es, Fs, Gs, Ss follow */
	LAB_CONTEXT_EFLAGS = 0x44,
	LAB_CONTEXT_DR7 = 0x70,
	LAB_CONTEXT_RCX = 0x80,
	LAB_CONTEXT_RBX = 0x90,
	LAB_CONTEXT_RSP = 0x98,
	LAB_CONTEXT_RIP = 0xf8,
	LAB_CONTEXT_FLT_MXCSR = 0x118,
	LAB_CONTEXT_SIZE = 0x4d0,
	LAB_SPECIAL_CR0 = 0,
	LAB_SPECIAL_CR3 = 0x10,
	LAB_SPECIAL_CR4 = 0x18,
	LAB_SPECIAL_DR6 = 0x40,
	LAB_SPECIAL_DR7 = 0x48,
	LAB_SPECIAL_GS_BASE = 0xa8,
	LAB_SPECIAL_SIZE = 0xf0,
	LAB_FRAME = 0x28, /* what each function of the kernel keeps free */
	LAB_STATIC_PORTS = 0x100,
};

/* What a stop is about, for going on from it. */
enum lab_static_step {
	LAB_STEP_BOOT,
	LAB_STEP_ASK,
	LAB_STEP_ASKED,
	LAB_STEP_HEED,
	LAB_STEP_IDLE,
	LAB_STEP_CRASH,
	LAB_STEP_CRASHED,
	LAB_STEP_GONE
};

struct lab_static_machine {
	struct lab_machine base;
	struct lab_machine_ops ops;
	struct lab_static memory;
	uint8_t context[LAB_STATIC_PROCESSORS][LAB_CONTEXT_SIZE];
	uint8_t special[LAB_STATIC_PROCESSORS][LAB_SPECIAL_SIZE];
	uint8_t ports[LAB_STATIC_PORTS];
	uint64_t efer, star;

	bool started;
	uint64_t boot_us, next_us, next_tick_us;
	enum lab_static_step step;
	size_t row;	    /* of the boot */
	unsigned processor; /* that the stop is on */
	bool stopped_here;  /* an exception to report again, at the same PC */
	bool tracing;
	bool ticking; /* stopped on a breakpoint in the clock's tick */
	struct lab_event last;
	const char *question; /* NULL: none */
	bool breaks;	      /* so it was answered */
	char text[256];
};

static inline struct lab_static_machine *lab_static_machine_of(
	struct lab_machine *m)
{
	return (struct lab_static_machine *)m;
}

/** Execute one instruction of those that the kernel's code has. */
void lab_static_execute(struct lab_static_machine *m, unsigned processor);

/** Fill in the operations that look into the machine. */
void lab_static_add_access(struct lab_machine_ops *ops);

#endif
