#ifndef LAB_EMULATED_H
#define LAB_EMULATED_H

/**
 * @file
 * The emulated machine's inside: lab_machine_emulated.c is power, time and
 * whose turn it is; lab_emulated_stop.c what a debugger is told and how it
 * lets go; lab_emulated_load.c images; lab_emulated_access.c how the debugger
 * looks into it.
 */

#include "lab_board.h"
#include "lab_cpu.h"
#include "lab_machine_emulated.h"
#include "lab_modules.h"

enum { LAB_EMULATED_TEXT = 1024, LAB_EMULATED_PATH = 512 };

/* What the machine waits for. */
enum lab_halt {
	LAB_HALT_NONE,
	LAB_HALT_TRAP,	    /* how to go on from a trap */
	LAB_HALT_SERVICE,   /* the same behind int 2d */
	LAB_HALT_EXCEPTION, /* the same of LAB_PORT_EXCEPTION */
	LAB_HALT_PROMPT,    /* a line of text */
	LAB_HALT_FILE,	    /* a driver's file */
};

struct lab_emulated_cpu {
	struct lab_cpu cpu;
	bool started, sleeps;
	bool clock, wake; /* interrupts that wait */
	uint64_t left;	  /* instructions until the next clock interrupt */
};

struct lab_emulated {
	struct lab_machine base;
	struct lab_machine_ops ops;
	char images[LAB_EMULATED_PATH];
	const struct lab_scenario *scenario;
	unsigned processors;
	uint64_t seed, boot_time;
	struct lab_pe kernel, hal;

	bool on;
	uint64_t boot_us, tick_us; /* the next clock interrupt */
	size_t step;		   /* of the scenario */
	unsigned turn;
	struct lab_memory memory;
	struct lab_modules modules;
	struct lab_board board;
	struct lab_emulated_cpu processor[LAB_PROCESSORS_MAX];
	struct lab_cpu_bus bus;
	struct lab_cpu_watch watch; /* of every processor, from power-on */

	enum lab_halt halt;
	unsigned owner;	   /* the processor that the halt is of */
	unsigned reporter; /* that the debugger talks to */
	unsigned vector;   /* of a trap */
	uint64_t pc;	   /* where it was */
	uint64_t asked;	   /* physical address of what the kernel asks for */
	uint8_t saved[LAB_CPU_CONTEXT_SIZE]; /* behind an exception */
	char text[LAB_EMULATED_TEXT];
};

static inline struct lab_emulated *lab_emulated_of(struct lab_machine *m)
{
	return (struct lab_emulated *)m;
}

/** Bytes changed: no processor may execute what it remembers of them. */
void lab_emulated_changed(struct lab_emulated *m, uint64_t address, size_t len);
/** A processor's register file, for the debugger; NULL: no such one. */
struct lab_cpu *lab_emulated_cpu(struct lab_emulated *m, unsigned processor);
/** Where the loader block is; at power-on it is filled in. */
uint8_t *lab_emulated_loader(struct lab_emulated *m);
/** A processor's entry in it. */
uint8_t *lab_emulated_entry(struct lab_emulated *m, unsigned processor);

/* lab_emulated_stop.c */

/** A trap of processor @p n. False: nobody needs to be told. */
bool lab_emulated_trap(struct lab_emulated *m, unsigned n,
		       struct lab_event *ret);
/** LAB_PORT_EXCEPTION. False: what it wrote makes no sense. */
bool lab_emulated_exception(struct lab_emulated *m, unsigned n,
			    uint64_t physical, struct lab_event *ret);
void lab_emulated_resume(struct lab_emulated *m, const struct lab_resume *how);
bool lab_emulated_switch(struct lab_emulated *m, unsigned n,
			 struct lab_event *ret);
void lab_emulated_answer(struct lab_emulated *m, const char *text, size_t len);

/* lab_emulated_load.c */

/** Kernel and hal.dll, once; false, and a sentence, if they are not there. */
bool lab_emulated_read_images(struct lab_emulated *m, char *error,
			      size_t error_cap);
/** Load them, and say so in the loader block. */
bool lab_emulated_boot_images(struct lab_emulated *m, uint64_t *ret_entry);
/** LAB_PORT_LOAD: ask for the file. False: what it wrote makes no sense. */
bool lab_emulated_ask_file(struct lab_emulated *m, unsigned n,
			   uint64_t physical, struct lab_event *ret);
/** The debugger's file, or NULL for ours. */
void lab_emulated_got_file(struct lab_emulated *m, const uint8_t *bytes,
			   size_t len);
/** LAB_PORT_UNLOAD. */
void lab_emulated_unload(struct lab_emulated *m, uint64_t physical);

/* lab_emulated_access.c */

void lab_emulated_add_access(struct lab_machine_ops *ops);

#endif
