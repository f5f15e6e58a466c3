/*
 * Stacks of the lab's kernel at many instructions, those of prologues and
 * epilogues too: what the walk finds is what the emulator has written down.
 */
#include "check.h"
#include "kd_stack.h"
#include "lab_contract.h"
#include "lab_emulated.h"
#include "lab_scene.h"
#include "lab_shadow.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	SECOND_US = 1000000,
	STOPS = 100000, /* of each layout, at least */
	EVERY = 12,	/* one instruction of so many, at random */
	REPORTS = 5,	/* mismatches that are shown */
};

/* One machine, and whoever looks at its stacks. */
struct lab {
	struct lab_scene scene;
	struct lab_shadow shadow;
	struct kd_pe pe[LAB_MODULES_MAX];
	uint64_t base[LAB_MODULES_MAX]; /* of pe; 0: none */
	struct kd_trap_layout trap;	/* as the kernel's PDB has it */
	bool *seen;			/* each byte of code: looked at */
	uint64_t random;
	unsigned stops, places, traps, open, wrong;
	uint64_t frames;
	const struct lab_cpu *cpu;
};

static enum kd_status read_memory(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	const struct lab *lab = ctx;
	const uint8_t *at = lab_memory_at(lab->cpu->memory, address, len);

	if (!at)
		return KD_E_TARGET;
	memcpy(buf, at, len);
	return KD_OK;
}

static enum kd_status image_at(void *ctx, uint64_t address,
			       const struct kd_pe **ret)
{
	struct lab *lab = ctx;
	const struct lab_modules *l =
		&lab_emulated_of(lab->scene.machine)->modules;

	*ret = NULL;
	for (size_t i = 0; i < LAB_MODULES_MAX; i++) {
		const struct lab_mapped *m = &l->slot[i].mapped;

		if (!l->slot[i].used || address - m->base >= m->size)
			continue;
		if (lab->base[i] != m->base &&
		    kd_pe_init((struct kd_memory){ read_memory, lab }, m->base,
			       KD_PE_LOADED, &lab->pe[i]) != KD_OK)
			return KD_E_FORMAT;
		lab->base[i] = m->base;
		*ret = &lab->pe[i];
	}
	return KD_OK;
}

static struct kd_context context_at(const struct lab_cpu *c, uint64_t address)
{
	struct kd_context context = { .arch = KD_ARCH_X64,
				      .len = KD_CONTEXT_X64_SIZE };

	lab_cpu_get_context(c, context.bytes);
	kd_context_set_pc(&context, address);
	return context;
}

/* What a function brings back, it has brought back. */
static bool same_registers(const struct lab_shadow_entry *e,
			   const struct kd_context *c)
{
	static const char *const names[LAB_SHADOW_KEPT] = {
		"rbx", "rbp", "rsi", "rdi", "r12", "r13", "r14", "r15",
	};

	for (size_t i = 0; i < LAB_SHADOW_KEPT && e->has_kept; i++) {
		uint64_t value = 0;

		kd_register_get(c, kd_register_find(KD_ARCH_X64, names[i]),
				&value);
		if (value != e->kept[i])
			return false;
	}
	return true;
}

/* The kernel's trap frame around what the processor pushed says the same. */
static bool same_trap(const struct lab *lab, const struct kd_stack *stack,
		      const struct kd_stack_frame *frame)
{
	struct kd_memory memory = stack->source.memory;
	struct kd_context c = stack->context;

	kd_context_set_pc(&c, 0);
	return kd_trap_apply(&lab->trap, &memory,
			     frame->machine_frame - lab->trap.pc,
			     &c) == KD_OK &&
	       !memcmp(&c, &stack->context, sizeof(c));
}

/* NULL: the walk finds what was written down. Else what differs. */
static const char *compare(struct lab *lab, struct kd_stack *stack,
			   const struct lab_shadow_entry *want, size_t count)
{
	struct kd_stack_frame frame;

	for (size_t i = 0; i < count; i++) {
		if (kd_stack_next(stack, &frame) != KD_OK)
			return "it ends early";
		lab->frames++;
		if (frame.return_address != want[i].address)
			return "the return address";
		if (frame.caller_sp != want[i].rsp)
			return "the caller's rsp";
		if ((frame.kind == KD_STACK_MACHINE) != want[i].is_trap)
			return "the kind";
		if (frame.is_guess)
			return "it only guesses";
		if (!same_registers(&want[i], &stack->context))
			return "a register";
		/* while it is entered or left, it is not all there */
		if (want[i].is_trap && i && !same_trap(lab, stack, &frame))
			return "the trap frame";
		if (want[i].is_open)
			return NULL;
	}
	if (kd_stack_next(stack, &frame) != KD_OK || frame.return_address ||
	    stack->end != KD_STACK_BOTTOM)
		return "the end";
	return NULL;
}

static void check_here(struct lab *lab, const struct lab_cpu *c,
		       uint64_t address)
{
	const struct kd_stack_source source = {
		.memory = { read_memory, lab },
		.image_at = image_at,
		.ctx = lab,
	};
	struct lab_shadow_entry want[LAB_SHADOW_ENTRIES];
	struct kd_context context = context_at(c, address);
	struct kd_stack stack;
	size_t count = lab_shadow_frames(&lab->shadow, c, want);

	lab->cpu = c;
	lab->stops++;
	for (size_t i = 0; i < count; i++)
		lab->traps += want[i].is_trap;
	lab->open += count && want[count - 1].is_open;
	kd_stack_init(&stack, &source, &context);
	const char *wrong = compare(lab, &stack, want, count);

	if (!wrong)
		return;
	if (lab->wrong++ < REPORTS)
		printf("\n    %s at %" PRIx64 ", frame %u of %zu: %s\n",
		       lab_unwind_name(&lab->scene.seen, address), address,
		       (unsigned)stack.count, count, wrong);
}

/* Each instruction once, and then some at random. */
static void look(void *ctx, struct lab_shadow *s, const struct lab_cpu *c,
		 uint64_t address)
{
	struct lab *lab = ctx;
	uint64_t offset = address - c->code;

	(void)s;
	if (offset >= c->code_size)
		return;
	if (!lab->seen)
		lab->seen = calloc(1, (size_t)c->code_size);
	if (lab->seen[offset] && check_random(&lab->random) % EVERY)
		return;
	lab->places += !lab->seen[offset];
	lab->seen[offset] = true;
	check_here(lab, c, address);
}

/* So that everything in it runs: faults, threads, drivers, pool, a crash. */
static void exercise(struct lab *lab)
{
	static const uint32_t commands[] = {
		LAB_COMMAND_LEAK,   LAB_COMMAND_CATCH,	LAB_COMMAND_LOAD,
		LAB_COMMAND_IO,	    LAB_COMMAND_PROMPT, LAB_COMMAND_UNLOAD,
		LAB_COMMAND_ASSERT, LAB_COMMAND_BREAK,	LAB_COMMAND_STRING,
		LAB_COMMAND_FAULT,  LAB_COMMAND_CRASH,
	};
	struct lab_scene *s = &lab->scene;

	for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		lab_emulated_post(s->machine, commands[i]);
		if (!lab_scene_until_stop(s, SECOND_US))
			continue;
		if (s->event.kind == LAB_EVENT_PROMPT)
			s->machine->ops->answer(s->machine, "i", 1);
		lab_scene_go(s);
	}
}

static void read_trap_layout(struct lab *lab, unsigned layout)
{
	struct kd_memory_file *file = NULL;
	struct kd_pdb *pdb = NULL;
	struct kd_detail detail;
	char path[512];

	snprintf(path, sizeof(path), "%s/layout%u/ntkrnlmp.pdb",
		 LAB_KERNEL_FOLDER, layout);
	if (CHECK_ROW(path, kd_memory_file_open(path, NULL, &file) == KD_OK) &&
	    CHECK_ROW(path, kd_pdb_open(NULL, kd_memory_of_file(file),
					kd_memory_file_size(file), &detail,
					&pdb) == KD_OK))
		CHECK_EQ(path,
			 kd_trap_layout_read(pdb, KD_ARCH_X64, &lab->trap),
			 KD_OK);
	kd_pdb_close(pdb);
	kd_memory_file_close(file);
}

static void run_layout(unsigned layout)
{
	struct lab *lab = calloc(1, sizeof(*lab));

	lab->random = layout;
	read_trap_layout(lab, layout);
	lab->shadow.look = look;
	lab->shadow.ctx = lab;
	if (lab_scene_create(&lab->scene, layout, 2)) {
		lab_emulated_of(lab->scene.machine)->watch =
			lab_shadow_watch(&lab->shadow);
		if (lab_scene_boot(&lab->scene))
			exercise(lab);
		lab_scene_end(&lab->scene);
	}
	printf("%u stops at %u instructions, %" PRIu64
	       " frames, %u behind traps, %u in trap frames being rewritten, "
	       "%u wrong ... ",
	       lab->stops, lab->places, lab->frames, lab->traps, lab->open,
	       lab->wrong);
	CHECK_EQ("mismatches", lab->wrong, 0);
	CHECK(!lab->shadow.overflowed);
	CHECK(lab->stops >= STOPS);
	CHECK(lab->traps > 1000);
	free(lab->seen);
	free(lab);
}

static void layout_1(void)
{
	run_layout(1);
}

static void layout_2(void)
{
	run_layout(2);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "layout 1", layout_1 },
		{ "layout 2", layout_2 },
	};

	return check_run("stack lab", tests, sizeof(tests) / sizeof(tests[0]));
}
