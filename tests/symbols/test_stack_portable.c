/*
 * The lab kernel's portable functions, and functions of every shape, compiled
 * for x64, x86 and ARM64, with frame pointers and without: at each of their
 * instructions the walk finds the calls that the emulator has written down.
 */
#include "bare_machine.h"
#include "check.h"
#include "kd_stack.h"
#include "lab_contract.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	ENOUGH = 6000000,    /* instructions */
	STACK_SIZE = 0x7000, /* of a thread's, with what is not mapped */
	STACKS_SIZE = 0x100000,
	STOPS = 50000,	/* of each image, at least */
	EVERY = 8,	/* one instruction of so many, at random */
	SWITCHES = 100, /* from thread to thread, at least */
	REPORTS = 5,
};

/* An image that is run, and whoever looks at its stack. */
struct bench {
	struct bare_machine machine;
	struct kd_memory_file *file;
	struct kd_pdb *pdb; /* NULL: do without */
	bool *seen;
	uint64_t random, frames;
	unsigned stops, places, guesses, wrong;
};

static enum kd_status image_at(void *ctx, uint64_t address,
			       const struct kd_pe **ret)
{
	const struct bench *b = ctx;
	const struct kd_pe *pe = &b->machine.pe;

	*ret = address - pe->base < pe->size_of_image ? pe : NULL;
	return KD_OK;
}

static enum kd_status frame_data_at(void *ctx, uint64_t address,
				    struct kd_pdb_frame *ret)
{
	const struct bench *b = ctx;
	uint64_t rva = address - b->machine.pe.base;

	if (!b->pdb || rva > UINT32_MAX)
		return KD_E_NOT_FOUND;
	return kd_pdb_find_frame(b->pdb, (uint32_t)rva, ret);
}

/* A chain of frame pointers tells no other registers. */
static bool same_registers(const struct bench *b, const struct bare_entry *want,
			   const struct kd_context *got)
{
	const char *const *kept = bare_machine_kept(&b->machine);
	size_t count = got->arch == KD_ARCH_X86 && !b->pdb ? 1 : BARE_KEPT;

	for (size_t i = 0; i < count && kept[i]; i++) {
		uint64_t value = 0;

		kd_register_get(got, kd_register_find(got->arch, kept[i]),
				&value);
		if (value != want->kept[i])
			return false;
	}
	return true;
}

/* NULL: the walk finds what was written down. Else what differs. */
static const char *compare(struct bench *b, struct kd_stack *stack)
{
	struct kd_stack_frame frame;

	const struct bare_calls *calls = b->machine.now;

	for (size_t i = calls->count; i-- > 0;) {
		const struct bare_entry *want = &calls->entry[i];

		if (kd_stack_next(stack, &frame) != KD_OK)
			return "it ends early";
		b->frames++;
		b->guesses += frame.is_guess;
		if (frame.return_address != want->address)
			return "the return address";
		if (frame.caller_sp != want->sp)
			return "the caller's sp";
		if (!same_registers(b, want, &stack->context))
			return "a register";
	}
	if (kd_stack_next(stack, &frame) != KD_OK || frame.return_address)
		return "the end";
	return stack->end == KD_STACK_BOTTOM ? NULL : "why it ends";
}

/* Each instruction once, and then some at random. */
static void look(void *ctx, struct bare_machine *m, uint64_t address)
{
	struct bench *b = ctx;
	const struct kd_stack_source source = {
		.memory = { bare_machine_read, m },
		.image_at = image_at,
		.frame_data_at = frame_data_at,
		.ctx = b,
	};
	uint64_t offset = address - m->pe.base;

	if (offset >= m->image_size ||
	    (b->seen[offset] && check_random(&b->random) % EVERY))
		return;
	b->places += !b->seen[offset];
	b->seen[offset] = true;
	b->stops++;
	struct kd_context context = bare_machine_context(m, address);
	struct kd_stack stack;

	kd_stack_init(&stack, &source, &context);
	const char *wrong = compare(b, &stack);

	if (wrong && b->wrong++ < REPORTS)
		printf("\n    at rva %" PRIx64 ", frame %u of %zu: %s\n",
		       offset, (unsigned)stack.count, m->now->count, wrong);
}

/* The memory that the kernel expects: regions, and who they are. */
static uint32_t put_loader(struct bare_machine *m)
{
	static const struct {
		enum lab_region_kind kind;
		uint32_t size;
	} regions[] = {
		{ LAB_REGION_BOOT, 0x10000 },
		{ LAB_REGION_SHARED, 0x1000 },
		{ LAB_REGION_PAGE_TABLES, 0x80000 },
		{ LAB_REGION_SYSTEM, 0x80000 },
		{ LAB_REGION_STACKS, STACKS_SIZE },
		{ LAB_REGION_PAGED_POOL, 0x400000 },
		{ LAB_REGION_NONPAGED_POOL, 0x1000000 },
	};
	struct lab_loader loader = { .version = LAB_CONTRACT_VERSION,
				     .processors = 1 };
	uint64_t at = 0x1000;
	size_t i = 0;

	for (; i < sizeof(regions) / sizeof(regions[0]); i++) {
		loader.region[i] = (struct lab_region){
			.kind = regions[i].kind,
			.virtual_address = BARE_RAM + at,
			.physical = at,
			.size = regions[i].size,
		};
		if (regions[i].kind == LAB_REGION_STACKS)
			m->stacks = BARE_RAM + at;
		at += regions[i].size;
	}
	loader.region[i] = (struct lab_region){
		.kind = LAB_REGION_IMAGES,
		.virtual_address = m->pe.base,
		.physical = at,
		.size = m->image_size,
	};
	loader.image[0].base = loader.image[1].base = m->pe.base;
	loader.image[0].size = loader.image[1].size = m->pe.size_of_image;
	m->stack_size = STACK_SIZE;
	memcpy(m->ram + 0x1000, &loader, sizeof(loader));
	return BARE_RAM + 0x1000;
}

static void open_pdb(struct bench *b, const char *path)
{
	struct kd_detail detail;

	if (!CHECK_ROW(path,
		       kd_memory_file_open(path, &detail, &b->file) == KD_OK))
		return;
	CHECK_EQ(path,
		 kd_pdb_open(NULL, kd_memory_of_file(b->file),
			     kd_memory_file_size(b->file), &detail, &b->pdb),
		 KD_OK);
}

static void run(struct bench *b)
{
	struct bare_machine *m = &b->machine;

	b->seen = calloc(m->image_size, sizeof(*b->seen));
	uint32_t loader = put_loader(m);

	bare_machine_call(m, "LabPortableShapes", 5, ENOUGH);
	CHECK(m->left > 0 && !m->is_off);
	m->switches = 0;
	bare_machine_call(m, "LabPortableStart", loader, ENOUGH);
	CHECK_ROW("switched off in the end", m->is_off);
	CHECK_ROW("threads take turns", m->switches >= SWITCHES);
}

static void run_image(const char *name, bool with_pdb)
{
	struct bench *b = calloc(1, sizeof(*b));
	char path[512];

	b->random = 1;
	snprintf(path, sizeof(path), "%s/%s.pdb", LAB_PORTABLE_FOLDER, name);
	if (with_pdb)
		open_pdb(b, path);
	snprintf(path, sizeof(path), "%s/%s.exe", LAB_PORTABLE_FOLDER, name);
	if (bare_machine_init(&b->machine, path, look, b))
		run(b);
	printf("\n    %s: %zu switches, %u stops at %u instructions, %" PRIu64
	       " frames, %u guesses, %u wrong ... ",
	       name, b->machine.switches, b->stops, b->places, b->frames,
	       b->guesses, b->wrong);
	CHECK_EQ(name, b->guesses, 0);
	CHECK_EQ(name, b->wrong, 0);
	CHECK_ROW(name, b->stops >= STOPS);
	bare_machine_deinit(&b->machine);
	kd_pdb_close(b->pdb);
	kd_memory_file_close(b->file);
	free(b->seen);
	free(b);
}

static void x64(void)
{
	run_image("x64-framed", false);
	run_image("x64-lean", false);
}

static void x86(void)
{
	run_image("x86-framed", false);
	run_image("x86-framed", true);
	run_image("x86-lean", true);
}

static void arm64(void)
{
	run_image("arm64-framed", false);
	run_image("arm64-lean", false);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "x64", x64 },
		{ "x86", x86 },
		{ "ARM64", arm64 },
	};

	return check_run("stack portable", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
