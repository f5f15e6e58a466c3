#ifndef BARE_MACHINE_H
#define BARE_MACHINE_H

/**
 * @file
 * An emulated processor of any sort that runs one image from one function to
 * its end, and writes down every call: for tests that unwind its stack.
 */

#include "kd_context.h"
#include "kd_pe.h"

#include <unicorn/unicorn.h>

enum {
	BARE_ENTRIES = 64, /* calls at once, on each stack */
	BARE_STACKS = 48,
	BARE_KEPT = 20,
	BARE_RAM = 0x20000000, /* address; LAB_RAM_SIZE bytes */
	BARE_STACK = 0x40000000,
	BARE_STACK_SIZE = 0x40000,
};

/** A call that has not returned. */
struct bare_entry {
	uint64_t address; /* where it will go on */
	uint64_t sp;	  /* as it was before the call */
	/* what a function brings back, as it was there */
	uint64_t kept[BARE_KEPT];
};

/** The calls of a stack. */
struct bare_calls {
	struct bare_entry entry[BARE_ENTRIES]; /* outermost first */
	size_t count;
	bool begun; /* what is below its first call is known */
};

struct bare_machine;

/** Before each instruction, with everything written down. */
typedef void bare_look_fn(void *ctx, struct bare_machine *m, uint64_t address);

struct bare_machine {
	uc_engine *uc;
	const struct bare_processor *processor;
	struct kd_memory_file *file;
	struct kd_pe pe; /* as it is loaded */
	uint8_t *image, *ram, *stack;
	size_t image_size;
	bare_look_fn *look;
	void *ctx;
	uint64_t left;	 /* instructions */
	uint64_t stacks; /* where other stacks begin; 0: there is one */
	uint64_t stack_size;
	struct bare_calls *all; /* of each stack; the first is BARE_STACK */
	struct bare_calls *now; /* of that which is in use */
	uint64_t off;		/* address that ends a run; 0: none */
	bool is_off;
	size_t switches; /* from one stack to another */
	bool calls;	 /* the last instruction did */
	struct bare_entry call;
	bool failed; /* too many calls or stacks at once */
};

/** Load an image at its own base; false, after a failed check, if not. */
bool bare_machine_init(struct bare_machine *m, const char *path,
		       bare_look_fn *look, void *ctx);
void bare_machine_deinit(struct bare_machine *m);

/**
 * Call an exported function with one argument, on an empty stack.
 *
 * @param instructions  after so many it is left alone; or when it comes to
 *                      the exported LabPortableOff
 * @return false, after a failed check, if it ended in another way than by a
 *         return, or by being left
 */
bool bare_machine_call(struct bare_machine *m, const char *name,
		       uint32_t argument, uint64_t instructions);

/** Its registers, as a debugger sees them. */
struct kd_context bare_machine_context(const struct bare_machine *m,
				       uint64_t pc);
/** Image, RAM and stack. @p ctx is the machine. */
enum kd_status bare_machine_read(void *ctx, uint64_t address, void *buf,
				 size_t len);
/** The names of what a function brings back, NULL behind the last. */
const char *const *bare_machine_kept(const struct bare_machine *m);

#endif
