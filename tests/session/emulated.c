#include "emulated.h"

#include "check.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

static bool holds(const struct kd_event *event, const char *text)
{
	size_t len = strlen(text);

	for (size_t i = 0; i + len <= event->text_len; i++)
		if (!memcmp(event->text + i, text, len))
			return true;
	return false;
}

/* Events until this text is printed. */
static bool until_printed(struct emulated *e, const char *text)
{
	uint64_t until_us = pair_now(&e->pair) + 60 * (uint64_t)PAIR_SECOND;
	struct kd_event event;

	while (kd_session_wait_event(e->pair.session, until_us, &event) ==
	       KD_OK)
		if (event.kind == KD_EV_PRINT && holds(&event, text))
			return true;
	return false;
}

bool emulated_open(struct emulated *e, const struct emulated_config *config)
{
	char images[sizeof(LAB_BUILT_IMAGES) + 32], error[600] = "";

	memset(e, 0, sizeof(*e));
	e->layout = config->layout ? config->layout : 1;
	snprintf(images, sizeof(images), "%s/layout%u", LAB_BUILT_IMAGES,
		 e->layout);
	const struct lab_emulated_config machine = {
		.images = images,
		.scenario = config->scenario
				    ? lab_scenario_find(config->scenario)
				    : NULL,
		.processors = config->processors,
		.seed = 1,
	};

	e->machine =
		lab_machine_emulated_create(&machine, error, sizeof(error));
	if (!e->machine) {
		CHECK_TEXT("the emulated machine", error, "");
		return false;
	}
	const struct pair_config pair = {
		.dialect = config->dialect,
		.machine = e->machine,
		.latency_us = config->latency_us,
		.service_us = 60,
	};

	if (pair_open(&e->pair, &pair)) {
		if (CHECK(until_printed(e, "kernel is up")))
			return true;
		pair_close(&e->pair);
	}
	lab_machine_destroy(e->machine);
	return false;
}

bool emulated_open_halted(struct emulated *e,
			  const struct emulated_config *config)
{
	if (!emulated_open(e, config))
		return false;
	if (pair_halt(&e->pair)) {
		e->kernel = kd_session_version(e->pair.session)->kernel_base;
		return true;
	}
	emulated_close(e);
	return false;
}

void emulated_close(struct emulated *e)
{
	pair_close(&e->pair);
	lab_machine_destroy(e->machine);
}

bool emulated_until_stop(struct emulated *e, struct kd_stop *ret)
{
	uint64_t until_us = pair_now(&e->pair) + 600 * (uint64_t)PAIR_SECOND;

	return CHECK(kd_session_wait_stop(e->pair.session, until_us, ret) ==
		     KD_OK);
}

uint64_t emulated_register(struct emulated *e, unsigned processor,
			   const char *name)
{
	struct kd_context c;
	uint64_t value = 0;

	CHECK_EQ(name,
		 -kd_session_get_context(e->pair.session, processor, KD_NEVER,
					 &c),
		 KD_OK);
	CHECK_ROW(name,
		  kd_register_get(&c, kd_register_find(c.arch, name), &value));
	return value;
}

/* " 0001:00000000       KeBugCheckEx   0000000140001000 f   ki.obj" */
static uint64_t address_in_line(const char *line, const char *name)
{
	char found[200] = "";
	uint64_t address = 0;

	if (sscanf(line, " %*x:%*x %199s %" SCNx64, found, &address) != 2 ||
	    strcmp(found, name) != 0)
		return 0;
	return address;
}

uint64_t emulated_symbol(const struct emulated *e, const char *name)
{
	const uint64_t linked_at = 0x140000000;
	char line[400], path[sizeof(LAB_BUILT_IMAGES) + 64];
	uint64_t address = 0;

	snprintf(path, sizeof(path), "%s/layout%u/ntkrnlmp.map",
		 LAB_BUILT_IMAGES, e->layout);
	FILE *f = fopen(path, "r");

	while (f && !address && fgets(line, sizeof(line), f))
		address = address_in_line(line, name);
	if (f)
		fclose(f);
	CHECK_ROW(name, address != 0);
	return address - linked_at + e->kernel;
}
