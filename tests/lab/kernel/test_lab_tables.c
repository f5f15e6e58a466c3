/*
 * What a debugger finds in the lab's kernel before it has any symbol, and the
 * page tables.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_scene.h"

#include <string.h>

enum {
	SECOND_US = 1000000,
	PAGE = 0x1000,
	CR3_AT = 0x10, /* KD-WIRE 5.5 */
	RIP_AT = 0xf8, /* KD-WIRE 5.1 */
	VALID = 1,
	WRITE = 2,
};

#define NO_EXECUTE (UINT64_C(1) << 63)
#define FRAME	   UINT64_C(0x000ffffffffff000)

/* KD-WIRE 7 */
enum kdbg_at {
	KDBG_TAG = 0x10,
	KDBG_SIZE = 0x14,
	KDBG_KERNEL = 0x18,
	KDBG_BREAKPOINT = 0x20,
	KDBG_MODULES = 0x48,
	KDBG_PROCESSES = 0x50,
	KDBG_TRACKERS = 0x1b8,
	KDBG_BUILD_LAB = 0x208,
	KDBG_PROCESSORS = 0x218,
	KDBG_THREAD_STACK = 0x29c,
	KDBG_PROCESS_TOP = 0x2ae,
	KDBG_CURRENT_THREAD = 0x2b4,
	KDBG_CONTEXT = 0x2bc,
	KDBG_SPECIAL = 0x2f2,
	KDBG_STACK_LIMIT = 0x340,
	KDBG_PTE_BASE = 0x360,
};

static bool start_stopped(struct lab_scene *s, unsigned layout)
{
	return lab_scene_start(s, layout, 2) && CHECK(lab_scene_break(s));
}

static uint64_t debugger_data(struct lab_scene *s)
{
	struct lab_version v = { 0 };

	s->machine->ops->version(s->machine, &v);
	CHECK_EQ("minor", v.minor, 22621);
	CHECK_EQ("flags", v.flags, 7);
	CHECK_EQ("machine", v.machine_type, 0x8664);
	CHECK_EQ("kernel", v.kernel, s->seen.module[0].base);
	return lab_scene_read64(s, v.debugger_data);
}

static void test_debugger_data(void)
{
	for (unsigned layout = 1; layout <= 2; layout++) {
		static const struct {
			const char *name;
			enum kdbg_at at;
		} addresses[] = {
			{ "RtlpBreakWithStatusInstruction", KDBG_BREAKPOINT },
			{ "PsLoadedModuleList", KDBG_MODULES },
			{ "PsActiveProcessHead", KDBG_PROCESSES },
			{ "PoolTrackTable", KDBG_TRACKERS },
			{ "NtBuildLab", KDBG_BUILD_LAB },
			{ "KiProcessorBlock", KDBG_PROCESSORS },
		};
		struct lab_scene s;

		if (!start_stopped(&s, layout))
			return;
		uint64_t kdbg = debugger_data(&s);

		CHECK_EQ("tag", lab_scene_read32(&s, kdbg + KDBG_TAG),
			 0x4742444b);
		CHECK_EQ("size", lab_scene_read32(&s, kdbg + KDBG_SIZE), 0x380);
		CHECK_EQ("kernel", lab_scene_read64(&s, kdbg + KDBG_KERNEL),
			 s.seen.module[0].base);
		for (size_t i = 0; i < sizeof(addresses) / sizeof(addresses[0]);
		     i++)
			CHECK_EQ(addresses[i].name,
				 lab_scene_read64(&s, kdbg + addresses[i].at),
				 lab_scene_symbol(&s, addresses[i].name));
		lab_scene_end(&s);
	}
}

static unsigned read16(struct lab_scene *s, uint64_t address)
{
	return lab_scene_read32(s, address) & 0xffff;
}

/* The offsets that KDBG tells are this layout's, and lead to registers. */
static void test_processors(void)
{
	for (unsigned layout = 1; layout <= 2; layout++) {
		struct lab_scene s;

		if (!start_stopped(&s, layout))
			return;
		uint64_t kdbg = debugger_data(&s);
		uint64_t block = lab_scene_read64(&s, kdbg + KDBG_PROCESSORS);

		CHECK_EQ("thread", read16(&s, kdbg + KDBG_CURRENT_THREAD),
			 s.offsets->prcb_current);
		CHECK_EQ("stack", read16(&s, kdbg + KDBG_THREAD_STACK),
			 s.offsets->thread_stack);
		CHECK_EQ("top", read16(&s, kdbg + KDBG_PROCESS_TOP),
			 s.offsets->process_top);
		CHECK_EQ("limit", read16(&s, kdbg + KDBG_STACK_LIMIT),
			 s.offsets->thread_limit);
		for (unsigned i = 0; i < 2; i++) {
			uint64_t prcb = lab_scene_read64(&s, block + i * 8);
			uint64_t context =
				prcb + read16(&s, kdbg + KDBG_CONTEXT);
			uint8_t thread[8] = { 0 }, own[8] = { 0 };

			CHECK_EQ("rip", lab_scene_read64(&s, context + RIP_AT),
				 lab_scene_registers(&s, i).rip);
			(void)s.machine->ops->read_control(s.machine, i, 1, own,
							   8);
			CHECK_EQ("prcb", lab_get64(own), prcb);
			(void)s.machine->ops->read_control(s.machine, i, 3,
							   thread, 8);
			CHECK_EQ("thread", lab_get64(thread),
				 lab_scene_read64(
					 &s, prcb + s.offsets->prcb_current));
		}
		lab_scene_end(&s);
	}
}

static uint64_t read_physical(struct lab_scene *s, uint64_t address)
{
	uint8_t bytes[8] = { 0 };

	CHECK_EQ("physical",
		 s->machine->ops->read_physical(s->machine, address, bytes, 8),
		 8);
	return lab_get64(bytes);
}

/* The entry for a page, by the tables from @p top on; 0: a table is missing. */
static uint64_t walk(struct lab_scene *s, uint64_t top, uint64_t address)
{
	uint64_t entry = top | VALID;

	for (int shift = 39; shift >= 12 && entry & VALID; shift -= 9)
		entry = read_physical(s, (entry & FRAME) +
						 (address >> shift & 511) * 8);
	return entry;
}

static uint64_t cr3(struct lab_scene *s, unsigned processor)
{
	uint8_t special[0xf0] = { 0 };

	(void)s->machine->ops->read_control(s->machine, processor, 2, special,
					    sizeof(special));
	return lab_get64(special + CR3_AT);
}

static void test_page_tables(void)
{
	static const struct {
		const char *name;
		uint64_t bits; /* of VALID, WRITE, NO_EXECUTE */
	} rows[] = {
		{ "KeBugCheckEx", VALID },
		{ "NtBuildLab", VALID | NO_EXECUTE },
		{ "KdDebuggerDataBlock", VALID | WRITE | NO_EXECUTE },
		{ "MyfaultLeakMemory", VALID },
		{ "HalProcessorIdle", VALID },
	};

	for (unsigned layout = 1; layout <= 2; layout++) {
		struct lab_scene s;

		if (!start_stopped(&s, layout))
			return;
		uint64_t base =
			lab_scene_read64(&s, debugger_data(&s) + KDBG_PTE_BASE);

		for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
			uint64_t address = lab_scene_symbol(&s, rows[i].name);
			uint64_t entry = walk(&s, cr3(&s, 0), address);
			uint64_t bits = VALID | WRITE | NO_EXECUTE;

			CHECK_EQ(rows[i].name, entry & bits, rows[i].bits);
			CHECK_EQ(rows[i].name,
				 read_physical(&s, (entry & FRAME) |
							   address % PAGE),
				 lab_scene_read64(&s, address));
			/* the tables map themselves */
			CHECK_EQ(rows[i].name,
				 lab_scene_read64(&s, base + (address >> 12 &
							      0xfffffffff) *
								      8),
				 entry);
		}
		lab_scene_end(&s);
	}
}

/* Each process has a page below, which no other one has there. */
static void test_address_spaces(void)
{
	for (unsigned layout = 1; layout <= 2; layout++) {
		uint64_t tops[8], users[8];
		size_t count = 0;
		struct lab_scene s;

		if (!start_stopped(&s, layout))
			return;
		uint64_t head = lab_scene_symbol(&s, "PsActiveProcessHead");

		for (uint64_t at = lab_scene_read64(&s, head);
		     at != head && count < 8; at = lab_scene_read64(&s, at)) {
			uint64_t process = at - s.offsets->process_links;
			uint64_t id = lab_scene_read64(
				&s, process + s.offsets->process_id);

			tops[count] = lab_scene_read64(
				&s, process + s.offsets->process_top);
			users[count++] =
				UINT64_C(0x7ff600000000) + id * 0x10000;
		}
		CHECK_EQ("processes", count, 4);
		for (size_t i = 1; i < count; i++) {
			uint64_t entry = walk(&s, tops[i], users[i]);

			CHECK(entry & VALID);
			CHECK(!(walk(&s, tops[0], users[i]) & VALID));
			CHECK(read_physical(&s, entry & FRAME) != 0);
			CHECK_EQ("kernel half",
				 walk(&s, tops[i], s.seen.module[0].base),
				 walk(&s, tops[0], s.seen.module[0].base));
		}
		lab_scene_end(&s);
	}
}

/* KUSER_SHARED_DATA: the documented places, and a clock that runs. */
static void test_shared_data(void)
{
	enum { INTERRUPT_TIME = 0x08, SYSTEM_TIME = 0x14, BUILD = 0x260 };
	const uint64_t shared = UINT64_C(0xfffff78000000000);
	struct lab_scene s;

	if (!lab_scene_start(&s, 2, 2))
		return;
	uint64_t up = lab_scene_read64(&s, shared + INTERRUPT_TIME);
	uint64_t time = lab_scene_read64(&s, shared + SYSTEM_TIME);

	lab_scene_run(&s, SECOND_US);
	uint64_t took = lab_scene_read64(&s, shared + INTERRUPT_TIME) - up;

	CHECK(took > 9800000 && took < 10200000);
	CHECK_EQ("system time",
		 lab_scene_read64(&s, shared + SYSTEM_TIME) - time, took);
	CHECK_EQ("build", lab_scene_read32(&s, shared + BUILD), 22621);
	CHECK_EQ("root", lab_scene_read32(&s, shared + 0x30), 0x003a0043);
	lab_scene_end(&s);
}

/* One processor, or as many as there can be. */
static void test_processor_counts(void)
{
	enum { ACTIVE_AT = 0x3c0 };
	const uint64_t shared = UINT64_C(0xfffff78000000000);

	for (unsigned count = 1; count <= 4; count++) {
		struct lab_scene s;

		if (!lab_scene_start(&s, 1, count))
			return;
		uint64_t block = lab_scene_symbol(&s, "KiProcessorBlock");

		CHECK_EQ("active", lab_scene_read32(&s, shared + ACTIVE_AT),
			 count);
		for (unsigned i = 0; i < 5; i++)
			CHECK_EQ("block",
				 lab_scene_read64(&s, block + i * 8) != 0,
				 i < count);
		CHECK(lab_scene_break(&s));
		for (unsigned i = 0; i < count; i++)
			CHECK_TEXT(
				"idle",
				lab_unwind_name(&s.seen,
						lab_scene_registers(&s, i).rip),
				i ? "HalProcessorIdle"
				  : "DbgBreakPointWithStatus");
		lab_scene_end(&s);
	}
}

/* Nobody passes by knowing where the other layout has what. */
static void test_layouts_differ(void)
{
	static const struct {
		const char *name;
		size_t at;
	} rows[] = {
#define ROW(member) { #member, offsetof(struct lab_offsets, member) }
		ROW(process_links),
		ROW(process_id),
		ROW(process_name),
		ROW(process_threads),
		ROW(process_top),
		ROW(thread_links),
		ROW(thread_state),
		ROW(thread_stack),
		ROW(prcb_current),
		ROW(tracker_key),
		ROW(tracker_allocations),
		ROW(tracker_bytes),
		ROW(big_va),
		ROW(big_key),
		ROW(header_tag),
		ROW(tables),
#undef ROW
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_ROW(rows[i].name,
			  memcmp((const char *)&lab_offsets_1 + rows[i].at,
				 (const char *)&lab_offsets_2 + rows[i].at,
				 sizeof(size_t)) != 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "debugger data", test_debugger_data },
		{ "processors", test_processors },
		{ "page tables", test_page_tables },
		{ "address spaces", test_address_spaces },
		{ "shared data", test_shared_data },
		{ "processor counts", test_processor_counts },
		{ "the layouts differ", test_layouts_differ },
	};

	return check_run("lab tables", tests, sizeof(tests) / sizeof(tests[0]));
}
