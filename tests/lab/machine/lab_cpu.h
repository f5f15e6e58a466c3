#ifndef LAB_CPU_H
#define LAB_CPU_H

/**
 * @file
 * One emulated x64 processor, on Unicorn. It executes a given number of
 * instructions, never one more, and ends early when something happens that
 * somebody has to see to: the debugger, the kernel, or the machine.
 */

#include "lab_memory.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <unicorn/unicorn.h>

/** Why it ended. */
enum lab_cpu_end {
	LAB_CPU_RUNS,	/**< the number is reached */
	LAB_CPU_SLEEPS, /**< hlt */
	LAB_CPU_TRAPS,	/**< the debugger's: vector is 1, 3 or 0x2d */
	LAB_CPU_FAULTS, /**< the kernel's: vector, error */
	LAB_CPU_ASKS,	/**< the machine's: it wrote to a port */
	LAB_CPU_DIES,	/**< nothing that a processor can go on from */
};

enum lab_vector_number {
	LAB_VECTOR_DEBUG = 1,
	LAB_VECTOR_BREAKPOINT = 3,
	LAB_VECTOR_INVALID = 6,
	LAB_VECTOR_PROTECTION = 13,
	LAB_VECTOR_PAGE = 14,
	LAB_VECTOR_SERVICE = 0x2d,
};

enum lab_flag {
	LAB_FLAG_TRACE = 1 << 8,
	LAB_FLAG_INTERRUPT = 1 << 9,
	LAB_FLAG_RESUME = 1 << 16,
};

/* KD-WIRE 5.1 and 5.5 */
enum { LAB_CPU_CONTEXT_SIZE = 0x4d0, LAB_CPU_SPECIAL_SIZE = 0xf0 };

struct lab_cpu;

/** What a processor is connected to. */
struct lab_cpu_bus {
	void *ctx;
	uint32_t (*read_port)(void *ctx, uint32_t port, unsigned size);
	/** True: the processor ends here and asks. */
	bool (*write_port)(void *ctx, uint32_t port, unsigned size,
			   uint32_t value);
	/** It wrote to memory that another may execute. */
	void (*wrote)(void *ctx, struct lab_cpu *c, uint64_t address,
		      size_t len);
};

/** Somebody who looks over its shoulder. Either may be NULL. */
struct lab_cpu_watch {
	void *ctx;
	/** Before an instruction that will be executed now. */
	void (*before)(void *ctx, const struct lab_cpu *c, uint64_t address,
		       const uint8_t *code, size_t len);
	/** An interrupt or fault was entered; it pushed rip there. */
	void (*entered)(void *ctx, const struct lab_cpu *c, uint64_t frame);
};

enum { LAB_DEBUG_ADDRESSES = 4 };

/** Dr6 when nothing was hit. */
#define LAB_DR6_IDLE UINT64_C(0xffff0ff0)

/** Debug registers, which Unicorn does not have. */
struct lab_debug {
	uint64_t address[LAB_DEBUG_ADDRESSES];
	uint64_t dr6, dr7;
	unsigned executes, accesses, ports; /* which are on; a bit each */
	unsigned hit;			    /* not reported yet */
	uc_hook hook[LAB_DEBUG_ADDRESSES];
	unsigned hooked; /* a bit each */
	/* execution stopped before this address, and may go on there once */
	bool pass;
	uint64_t pass_at;
};

/** One thing that a processor did. */
struct lab_executed {
	uint64_t pc;	 /**< of an instruction, or where it was interrupted */
	unsigned vector; /**< of an interrupt or a fault; 0: an instruction */
};

/** What it did, until there is no room any more. */
struct lab_record {
	struct lab_executed *did;
	size_t cap, count;
};

struct lab_cpu {
	unsigned number;
	uc_engine *uc;
	const struct lab_memory *memory;
	struct lab_cpu_bus bus;
	struct lab_cpu_watch watch;
	struct lab_debug debug;
	/* memory that is executed: for quick looks at instructions */
	uint64_t code;
	uint64_t code_size;
	const uint8_t *code_bytes;

	struct lab_record *record; /* not owned; NULL: nobody wants to know */
	uint64_t executed;	   /* instructions, ever */
	uint64_t limit;
	bool stopped; /* between two instructions, by us */
	bool stepped; /* by the trace flag as it was before */
	enum lab_cpu_end end;
	unsigned vector;
	uint32_t error;
	uint32_t port, value; /* of LAB_CPU_ASKS */
	uint64_t cr2;
};

/** False if memory is short. */
bool lab_cpu_init(struct lab_cpu *c, unsigned number,
		  const struct lab_memory *memory,
		  const struct lab_cpu_bus *bus);
void lab_cpu_deinit(struct lab_cpu *c);

enum lab_cpu_end lab_cpu_run(struct lab_cpu *c, uint64_t instructions);
/** Bytes changed behind its back. */
void lab_cpu_changed(struct lab_cpu *c, uint64_t address, size_t len);

/** By Unicorn's number of the register. */
uint64_t lab_cpu_get(const struct lab_cpu *c, int reg);
void lab_cpu_set(struct lab_cpu *c, int reg, uint64_t value);
uint64_t lab_cpu_msr(const struct lab_cpu *c, uint32_t msr);
void lab_cpu_set_msr(struct lab_cpu *c, uint32_t msr, uint64_t value);

/** RFLAGS; the resume flag says that a breakpoint here was met already. */
uint32_t lab_cpu_flags(const struct lab_cpu *c);

/** Through the gate of its interrupt table. False: there is none. */
bool lab_cpu_interrupt(struct lab_cpu *c, unsigned vector, uint32_t error);
/** Would it take an interrupt now? */
bool lab_cpu_listens(const struct lab_cpu *c);

/* lab_cpu_context.c: the debugger's form of the registers. */

void lab_cpu_get_context(const struct lab_cpu *c,
			 uint8_t out[LAB_CPU_CONTEXT_SIZE]);
/** Segments and debug registers are not taken, as on a real target. */
void lab_cpu_set_context(struct lab_cpu *c,
			 const uint8_t in[LAB_CPU_CONTEXT_SIZE]);
void lab_cpu_get_special(const struct lab_cpu *c,
			 uint8_t out[LAB_CPU_SPECIAL_SIZE]);
/** The first @p len bytes; what would stop an emulator is not taken. */
void lab_cpu_set_special(struct lab_cpu *c, const uint8_t *in, size_t len);
/** False: no such model specific register. */
bool lab_cpu_read_msr(const struct lab_cpu *c, uint32_t msr, uint64_t *ret);
bool lab_cpu_write_msr(struct lab_cpu *c, uint32_t msr, uint64_t value);

/* lab_cpu_debug.c: breakpoints of the debug registers. */

/** Registers 0 to 3, 6 and 7; others do nothing. */
void lab_debug_set(struct lab_cpu *c, unsigned number, uint64_t value);
uint64_t lab_debug_get(const struct lab_cpu *c, unsigned number);
/** Must execution stop before this instruction? */
bool lab_debug_executes(struct lab_cpu *c, uint64_t address);
/** Note that it read or wrote a port. */
void lab_debug_port(struct lab_cpu *c, uint64_t port, unsigned size);
/** What was hit since the last time, a bit for each register. */
unsigned lab_debug_take(struct lab_cpu *c);

#endif
