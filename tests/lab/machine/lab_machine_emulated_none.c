#include "lab_machine_emulated.h"

#include <stdio.h>

struct lab_machine *lab_machine_emulated_create(
	const struct lab_emulated_config *config, char *error, size_t error_cap)
{
	(void)config;
	snprintf(error, error_cap, "built without the emulated machine");
	return NULL;
}

void lab_emulated_post(struct lab_machine *m, uint32_t command)
{
	(void)m;
	(void)command;
}

uint64_t lab_emulated_executed(const struct lab_machine *m, unsigned processor)
{
	(void)m;
	(void)processor;
	return 0;
}
