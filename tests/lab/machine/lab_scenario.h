#ifndef LAB_SCENARIO_H
#define LAB_SCENARIO_H

/**
 * @file
 * What can be made to happen in the emulated machine, by name.
 */

#include <stddef.h>
#include <stdint.h>

enum { LAB_SCENARIO_STEPS = 4 };

struct lab_scenario {
	const char *name, *help;
	struct {
		uint32_t at_ms;	  /**< since power-on; in ascending order */
		uint32_t command; /**< enum lab_command; 0: no more */
	} step[LAB_SCENARIO_STEPS];
};

/** NULL: no such name. */
const struct lab_scenario *lab_scenario_find(const char *name);
/** The n-th; NULL behind the last. */
const struct lab_scenario *lab_scenario_at(size_t n);

#endif
