#include "lab_scene.h"
#include "check.h"
#include "lab_bytes.h"

#include <stdio.h>
#include <string.h>

enum { CONTEXT_SIZE = 0x4d0, RIP_AT = 0xf8, BOOT_US = 1000000 };

static const uint32_t dbg_continue = 0x00010002;

/* "\SystemRoot\...\myfault.sys" to "myfault"; the kernel's is ntkrnlmp. */
static void image_name(const char *path, char ret[32])
{
	const char *slash = strrchr(path, '\\');

	snprintf(ret, 32, "%s", slash ? slash + 1 : path);
	ret[strcspn(ret, ".")] = '\0';
	if (!strcmp(ret, "ntoskrnl"))
		snprintf(ret, 32, "ntkrnlmp");
}

static void see_load(struct lab_scene *s, const struct lab_event *e)
{
	size_t n = s->seen.count;
	char name[32], path[512];

	if (e->unload) {
		for (size_t i = 0; i < n; i++)
			if (s->seen.module[i].base == e->base)
				s->seen.module[i].size = 0;
		return;
	}
	if (n == LAB_UNWIND_MODULES)
		return;
	image_name(e->text, name);
	snprintf(path, sizeof(path), "%s/layout%u/%s.map", LAB_KERNEL_FOLDER,
		 s->layout, name);
	CHECK_ROW(name, lab_map_read(&s->map[n], path));
	s->seen.module[n].base = e->base;
	s->seen.module[n].size = e->size;
	s->seen.module[n].map = &s->map[n];
	s->seen.count++;
}

/* True: it is a stop for the test. */
static bool take(struct lab_scene *s, const struct lab_event *e)
{
	const struct lab_resume go = { .status = dbg_continue };
	size_t used = strlen(s->text);

	switch (e->kind) {
	case LAB_EVENT_PRINT:
		snprintf(s->text + used, sizeof(s->text) - used, "%.*s",
			 (int)e->len, e->text);
		return false;
	case LAB_EVENT_LOAD:
		s->event = *e;
		see_load(s, e);
		s->machine->ops->resume(s->machine, s->now_us, &go);
		return false;
	case LAB_EVENT_FILE:
		s->machine->ops->file_answer(s->machine, NULL, 0);
		return false;
	case LAB_EVENT_STOP:
	case LAB_EVENT_COMMAND:
	case LAB_EVENT_PROMPT:
	case LAB_EVENT_REBOOT:
		s->event = *e;
		return true;
	case LAB_EVENT_TRACE:
	case LAB_EVENT_DEBUG_REGISTER:
		return false;
	}
	return false;
}

bool lab_scene_until_stop(struct lab_scene *s, uint64_t us)
{
	uint64_t until_us = s->now_us + us;
	struct lab_event e;

	while (s->now_us < until_us) {
		if (s->machine->ops->run(s->machine, s->now_us, &e)) {
			if (take(s, &e))
				return true;
			continue;
		}
		uint64_t next_us = s->machine->ops->next(s->machine);

		s->now_us = next_us > s->now_us ? next_us : s->now_us;
	}
	return false;
}

void lab_scene_run(struct lab_scene *s, uint64_t us)
{
	CHECK(!lab_scene_until_stop(s, us));
}

bool lab_scene_create(struct lab_scene *s, unsigned layout, unsigned processors)
{
	char images[512], error[200];
	struct lab_emulated_config config = {
		.images = images,
		.processors = processors,
		.seed = layout,
	};

	*s = (struct lab_scene){
		.layout = layout,
		.offsets = layout == 1 ? &lab_offsets_1 : &lab_offsets_2,
	};
	snprintf(images, sizeof(images), "%s/layout%u", LAB_KERNEL_FOLDER,
		 layout);
	s->machine = lab_machine_emulated_create(&config, error, sizeof(error));
	return CHECK_ROW(images, s->machine != NULL);
}

bool lab_scene_boot(struct lab_scene *s)
{
	lab_scene_run(s, BOOT_US);
	return CHECK_ROW(s->text, strstr(s->text, "The lab kernel is up\n"));
}

bool lab_scene_start(struct lab_scene *s, unsigned layout, unsigned processors)
{
	return lab_scene_create(s, layout, processors) && lab_scene_boot(s);
}

void lab_scene_end(struct lab_scene *s)
{
	lab_machine_destroy(s->machine);
}

bool lab_scene_break(struct lab_scene *s)
{
	return s->machine->ops->break_in(s->machine, s->now_us, &s->event) ||
	       lab_scene_until_stop(s, BOOT_US);
}

void lab_scene_go(struct lab_scene *s)
{
	const struct lab_resume go = { .status = dbg_continue };
	struct lab_machine *m = s->machine;
	unsigned processor = s->event.processor;
	uint8_t context[CONTEXT_SIZE], byte;

	if (s->event.kind == LAB_EVENT_STOP &&
	    m->ops->read_virtual(m, s->event.pc, &byte, 1) && byte == 0xcc) {
		(void)m->ops->get_context(m, processor, context,
					  sizeof(context));
		lab_put64(context + RIP_AT, s->event.pc + 1);
		(void)m->ops->set_context(m, processor, context,
					  sizeof(context));
	}
	m->ops->resume(m, s->now_us, &go);
}

uint64_t lab_scene_symbol(const struct lab_scene *s, const char *name)
{
	for (size_t i = 0; i < s->seen.count; i++) {
		uint64_t rva = lab_map_find(s->seen.module[i].map, name);

		if (rva && s->seen.module[i].size)
			return s->seen.module[i].base + rva;
	}
	return 0;
}

uint64_t lab_scene_read64(struct lab_scene *s, uint64_t address)
{
	uint8_t bytes[8] = { 0 };

	CHECK_EQ("bytes",
		 s->machine->ops->read_virtual(s->machine, address, bytes, 8),
		 8);
	return lab_get64(bytes);
}

uint32_t lab_scene_read32(struct lab_scene *s, uint64_t address)
{
	uint8_t bytes[4] = { 0 };

	CHECK_EQ("bytes",
		 s->machine->ops->read_virtual(s->machine, address, bytes, 4),
		 4);
	return lab_get32(bytes);
}

void lab_scene_write32(struct lab_scene *s, uint64_t address, uint32_t value)
{
	uint8_t bytes[4];

	lab_put32(bytes, value);
	CHECK_EQ("bytes",
		 s->machine->ops->write_virtual(s->machine, address, bytes, 4),
		 4);
}

size_t lab_scene_walk(struct lab_scene *s, struct lab_frame_registers f,
		      const char *ret[LAB_SCENE_FRAMES])
{
	size_t n = 0;

	do {
		ret[n++] = lab_unwind_name(&s->seen, f.rip);
	} while (n < LAB_SCENE_FRAMES &&
		 lab_unwind_step(s->machine, &s->seen, &f));
	return n;
}

struct lab_frame_registers lab_scene_registers(struct lab_scene *s,
					       unsigned processor)
{
	struct lab_frame_registers f = { 0 };
	uint8_t context[CONTEXT_SIZE] = { 0 };

	CHECK_EQ("context",
		 s->machine->ops->get_context(s->machine, processor, context,
					      sizeof(context)),
		 sizeof(context));
	lab_unwind_start(&f, context);
	return f;
}
