#ifndef OWN_CLOCK_H
#define OWN_CLOCK_H

/**
 * @file
 * Time as the emulated machine sees it, made to depend on nothing that a
 * debugger does: it goes on from one clock interrupt to the next while the
 * machine runs, and stands while it is stopped. So two runs can be compared at
 * the same point of the machine's own work.
 */

#include "lab_machine.h"

struct own_clock {
	struct lab_machine_ops ops; /* the machine's, with ours among them */
	const struct lab_machine_ops *inner;
	uint64_t ticks;	 /* so far */
	uint64_t due_us; /* the next one, by the link's clock */
};

/** Before its power-on; @p clock, a struct own_clock, lives as long. */
void own_clock_attach(void *clock, struct lab_machine *m);

#endif
