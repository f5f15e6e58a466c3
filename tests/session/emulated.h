#ifndef EMULATED_H
#define EMULATED_H

/**
 * @file
 * A session and the lab's emulated machine: the pair of pair.h, with a kernel
 * that runs.
 */

#include "lab_machine_emulated.h"
#include "pair.h"

struct emulated_config {
	enum lab_dialect dialect;
	const char *scenario; /**< NULL: it boots and idles */
	unsigned layout;      /**< 0 for 1 */
	unsigned processors;  /**< 0 for 2 */
	uint64_t latency_us;
};

struct emulated {
	struct pair pair;
	struct lab_machine *machine;
	unsigned layout;
	uint64_t kernel; /**< where it is loaded */
};

/** Make both, and run until the kernel says that it is up; checks that. */
bool emulated_open(struct emulated *e, const struct emulated_config *config);
/** The same, and break in. */
bool emulated_open_halted(struct emulated *e,
			  const struct emulated_config *config);
void emulated_close(struct emulated *e);

/** Run until it stands still, for ten minutes at most. */
bool emulated_until_stop(struct emulated *e, struct kd_stop *ret);

/** A register of a processor; checks that it can be read. */
uint64_t emulated_register(struct emulated *e, unsigned processor,
			   const char *name);

/** In the kernel, by the linker's map; checks that it is there. */
uint64_t emulated_symbol(const struct emulated *e, const char *name);

#endif
