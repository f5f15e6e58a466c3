#ifndef LAB_MACHINE_EMULATED_H
#define LAB_MACHINE_EMULATED_H

/**
 * @file
 * A machine that really runs: the lab's kernel (tests/lab/kernel), executed
 * by emulated processors in virtual time. The same configuration and the same
 * times of the same calls give the same run, instruction by instruction.
 */

#include "lab_machine.h"
#include "lab_scenario.h"

struct lab_record; /* lab_cpu.h */

struct lab_emulated_config {
	/** Folder of ntkrnlmp.exe, hal.dll and the drivers; copied. */
	const char *images;
	/** What happens in it; NULL: it boots and idles. */
	const struct lab_scenario *scenario;
	unsigned processors; /**< 1 to 4; 0 for 2 */
	uint64_t seed;	     /**< of addresses, and for the kernel */
	/** The clock at power-on, 100 ns since 1601; 0: a fixed day. */
	uint64_t boot_time;
};

/**
 * It powers on when it runs for the first time.
 *
 * @param error receives a sentence if it fails
 * @return NULL if an image is missing or broken, memory is short, or this
 *         build has no emulator
 */
struct lab_machine *lab_machine_emulated_create(
	const struct lab_emulated_config *config, char *error,
	size_t error_cap);

/** Ask its kernel for something: an enum lab_command of lab_contract.h. */
void lab_emulated_post(struct lab_machine *m, uint32_t command);

/** Instructions that a processor executed since power-on. */
uint64_t lab_emulated_executed(const struct lab_machine *m, unsigned processor);

/**
 * From now on, note what a processor does; NULL: no more. Valid until it is
 * powered off or reboots.
 */
void lab_emulated_record(struct lab_machine *m, unsigned processor,
			 struct lab_record *record);

#endif
