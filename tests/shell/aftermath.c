#include "aftermath.h"

#include "lab_bytes.h"
#include "lab_emulated.h"
#include "lab_scene.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum {
	ROOMS_MAX = 1024,
	LISTED_MAX = 256, /* of any list */
	TOLD_MAX = 8,
	COUNTS = 3,
	RSP = 4,
};

static const char *const tags[] = { "Leak", "Lea1", "Lea2" };

enum { TAGS = sizeof(tags) / sizeof(tags[0]) };

/* Two machines, and where they may differ. */
struct aftermath {
	const char *row;
	struct lab_scene plain;
	struct lab_emulated *hunted;
	struct {
		uint64_t start, end;
	} room[ROOMS_MAX];
	size_t rooms;
	uint64_t rows[2][COUNTS]; /* plain, hunted: of the three tags */
	size_t explained;
};

static bool is_tag(uint32_t tag, const char *text)
{
	return tag == lab_get32((const uint8_t *)text);
}

static bool is_one_of_them(uint32_t tag)
{
	for (size_t i = 0; i < TAGS; i++)
		if (is_tag(tag, tags[i]))
			return true;
	return false;
}

static void may_differ(struct aftermath *a, uint64_t start, uint64_t len)
{
	if (!CHECK_ROW(a->row, a->rooms < ROOMS_MAX))
		return;
	a->room[a->rooms].start = start;
	a->room[a->rooms++].end = start + len;
}

static uint64_t variable(struct aftermath *a, const char *name)
{
	return lab_scene_read64(&a->plain, lab_scene_symbol(&a->plain, name));
}

/* ---- registers ---- */

static void add_registers(struct aftermath *a)
{
	const uint8_t *p = lab_emulated_entry(a->hunted, 0);

	may_differ(a, lab_get64(p + offsetof(struct lab_processor, context)),
		   LAB_CPU_CONTEXT_SIZE);
	may_differ(a, lab_get64(p + offsetof(struct lab_processor, special)),
		   LAB_CPU_SPECIAL_SIZE);
	may_differ(a,
		   lab_get64(p + offsetof(struct lab_processor, prcb)) +
			   a->plain.offsets->prcb_irql,
		   1);
}

/* ---- stacks ---- */

static void add_thread(struct aftermath *a, uint64_t thread)
{
	const struct lab_offsets *o = a->plain.offsets;
	const uint8_t *p = lab_emulated_entry(a->hunted, 0);
	uint64_t limit = lab_scene_read64(&a->plain, thread + o->thread_limit);
	uint64_t sp = lab_scene_read64(&a->plain, thread + o->thread_stack);
	uint64_t current = lab_scene_read64(
		&a->plain,
		lab_get64(p + offsetof(struct lab_processor, current_thread)));

	if (thread == current)
		sp = lab_scene_registers(&a->plain, 0).r[RSP];
	if (limit)
		may_differ(a, limit, sp - limit);
}

static void add_threads(struct aftermath *a, uint64_t process)
{
	const struct lab_offsets *o = a->plain.offsets;
	uint64_t head = process + o->process_threads;
	uint64_t at = lab_scene_read64(&a->plain, head);

	for (unsigned i = 0; at != head && i < LISTED_MAX; i++) {
		add_thread(a, at - o->thread_links);
		at = lab_scene_read64(&a->plain, at);
	}
}

static void add_stacks(struct aftermath *a)
{
	uint64_t head = lab_scene_symbol(&a->plain, "PsActiveProcessHead");
	uint64_t at = lab_scene_read64(&a->plain, head);

	add_threads(a, variable(a, "PsIdleProcess"));
	for (unsigned i = 0; at != head && i < LISTED_MAX; i++) {
		add_threads(a, at - a->plain.offsets->process_links);
		at = lab_scene_read64(&a->plain, at);
	}
}

/* ---- tags ---- */

static const uint8_t *plain_at(struct aftermath *a, uint64_t address,
			       uint64_t len)
{
	return lab_memory_at(&lab_emulated_of(a->plain.machine)->memory,
			     address, len);
}

static const uint8_t *hunted_at(struct aftermath *a, uint64_t address,
				uint64_t len)
{
	return lab_memory_at(&a->hunted->memory, address, len);
}

static void add_large(struct aftermath *a)
{
	const struct lab_offsets *o = a->plain.offsets;
	uint64_t at = variable(a, "PoolBigPageTable");
	uint64_t n = variable(a, "PoolBigPageTableSize");

	for (; n; n--, at += o->big_size) {
		const uint8_t *was = plain_at(a, at + o->big_key, 4);
		const uint8_t *is = hunted_at(a, at + o->big_key, 4);
		uint32_t tag = lab_get32(is);

		if (is_tag(lab_get32(was), "Leak") && is_one_of_them(tag) &&
		    !is_tag(tag, "Leak"))
			may_differ(a, at + o->big_key, 4);
	}
}

/* A row of one of the three tags, of either machine. */
static void add_row(struct aftermath *a, unsigned machine, uint64_t at)
{
	const struct lab_offsets *o = a->plain.offsets;
	const uint8_t *row = machine ? hunted_at(a, at, o->tracker_size)
				     : plain_at(a, at, o->tracker_size);

	if (!is_one_of_them(lab_get32(row + o->tracker_key)))
		return;
	if (machine)
		may_differ(a, at, o->tracker_size);
	a->rows[machine][0] += lab_get32(row + o->tracker_allocations);
	a->rows[machine][1] += lab_get32(row + o->tracker_frees);
	a->rows[machine][2] += lab_get64(row + o->tracker_bytes);
}

static void add_rows(struct aftermath *a)
{
	const struct lab_offsets *o = a->plain.offsets;
	uint64_t n = variable(a, "PoolTrackTableSize");

	for (size_t t = 0; t < o->tables; t++) {
		uint64_t table = lab_scene_read64(
			&a->plain,
			lab_scene_symbol(&a->plain, "ExPoolTagTables") + t * 8);

		for (uint64_t i = 0; i < n; i++) {
			add_row(a, 0, table + i * o->tracker_size);
			add_row(a, 1, table + i * o->tracker_size);
		}
	}
	CHECK_ROW(a->row, a->rows[0][0] > 0);
	for (size_t i = 0; i < COUNTS; i++)
		CHECK_EQ(a->row, a->rows[1][i], a->rows[0][i]);
}

/* ---- all of memory ---- */

static bool is_explained(const struct aftermath *a, uint64_t address)
{
	for (size_t i = 0; i < a->rooms; i++)
		if (address >= a->room[i].start && address < a->room[i].end)
			return true;
	return false;
}

static void compare(struct aftermath *a)
{
	const struct lab_memory *was =
		&lab_emulated_of(a->plain.machine)->memory;
	const struct lab_memory *is = &a->hunted->memory;
	unsigned told = 0;
	char what[64];

	for (uint64_t p = 0; p < LAB_RAM_SIZE && told < TOLD_MAX; p++) {
		if (was->ram[p] == is->ram[p])
			continue;
		uint64_t address = lab_memory_address(is, p);

		if (address && is_explained(a, address)) {
			a->explained++;
			continue;
		}
		snprintf(what, sizeof(what),
			 "%s: %" PRIx64 " is %02x, was %02x", a->row,
			 address ? address : p, is->ram[p], was->ram[p]);
		CHECK_ROW(what, false);
		told++;
	}
	/* it has stopped, after all */
	CHECK_ROW(a->row, a->explained > 0);
}

/* The same machine, left to itself for as long. */
static bool start_plain(struct aftermath *a, const struct lab_shell *l,
			const struct lab_shell_config *c, uint64_t ticks)
{
	const struct lab_emulated_config config = {
		.images = l->images,
		.scenario = lab_scenario_find(c->scenario),
		.processors = c->processors,
		.seed = c->seed,
	};
	char error[600] = "";

	a->plain.layout = c->layout;
	a->plain.offsets = c->layout == 1 ? &lab_offsets_1 : &lab_offsets_2;
	a->plain.machine =
		lab_machine_emulated_create(&config, error, sizeof(error));
	if (!a->plain.machine) {
		CHECK_TEXT(a->row, error, "");
		return false;
	}
	/* its last tick among them */
	lab_scene_run(&a->plain, ticks * LAB_CLOCK_US + 1);
	return true;
}

void aftermath_check(const char *row, const struct lab_shell *l,
		     const struct lab_shell_config *c,
		     const struct own_clock *clock)
{
	static struct aftermath a;

	memset(&a, 0, sizeof(a));
	a.row = row;
	a.hunted = lab_emulated_of(l->machine);
	if (!CHECK_ROW(row, c->processors == 1) ||
	    !start_plain(&a, l, c, clock->ticks))
		return;
	add_registers(&a);
	add_stacks(&a);
	add_large(&a);
	add_rows(&a);
	compare(&a);
	lab_scene_end(&a.plain);
}
