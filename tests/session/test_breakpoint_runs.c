/*
 * Breakpoints in a kernel that runs: what the target is made to do, and what
 * is left of it.
 */
#include "check.h"
#include "emulated.h"
#include "kd_breakpoints.h"
#include "kd_session_memory.h"
#include "lab_contract.h"
#include "lab_cpu.h"

#include <string.h>

#define SECONDS(n) ((n) * (uint64_t)PAIR_SECOND)

enum { ROUNDS = 24 };

static uint32_t add(struct emulated *e, const struct kd_breakpoint_spec *spec)
{
	uint32_t id = KD_BREAKPOINT_ANY_ID;

	CHECK_EQ(NULL, kd_session_breakpoint_add(e->pair.session, spec, &id),
		 KD_OK);
	return id;
}

static struct kd_breakpoint_spec at(uint64_t address)
{
	return (struct kd_breakpoint_spec){ .id = KD_BREAKPOINT_ANY_ID,
					    .processor = KD_PROCESSOR_ANY,
					    .has_address = true,
					    .address = address };
}

/* As it lies there, past all debuggers. */
static uint8_t byte_in(struct emulated *e, uint64_t address)
{
	uint8_t byte = 0;

	CHECK_EQ(NULL,
		 e->machine->ops->read_virtual(e->machine, address, &byte, 1),
		 1);
	return byte;
}

static uint8_t byte_read(struct emulated *e, uint64_t address)
{
	uint8_t byte = 0;
	size_t len = 0;

	CHECK_EQ(NULL,
		 kd_session_read(e->pair.session, address, &byte, 1, 0,
				 KD_NEVER, &len),
		 KD_OK);
	return byte;
}

static void go(struct emulated *e)
{
	CHECK_EQ(NULL,
		 -kd_session_continue(e->pair.session, KD_RESUME_GO, KD_NEVER),
		 KD_OK);
}

/* Goes on, and stops in time. */
static bool hits(struct emulated *e, uint64_t span_us, struct kd_stop *ret)
{
	go(e);
	return kd_session_wait_stop(e->pair.session,
				    pair_now(&e->pair) + span_us, ret) == KD_OK;
}

static uint64_t requests(const struct emulated *e)
{
	struct kd_session_counters c;

	kd_session_get_counters(e->pair.session, &c);
	return c.requests;
}

/* ---- one place ---- */

enum way { TABLE, PATCHED };

/* The table is full of what nobody executes. */
static void fill_table(struct emulated *e)
{
	uint64_t unused = emulated_symbol(e, "KeBugCheckEx");

	for (uint64_t i = 0; i < 32; i++) {
		struct kd_breakpoint_spec spec = at(unused + i);

		spec.id = 100 + (uint32_t)i;
		(void)add(e, &spec);
	}
}

static void check_place(struct emulated *e, enum way way, uint32_t id,
			uint8_t original)
{
	const struct kd_breakpoint *b =
		kd_session_breakpoint(e->pair.session, id);
	uint64_t address = b->address;

	CHECK_EQ(NULL, b->error, KD_OK);
	CHECK_EQ("hidden", byte_read(e, address), original);
	if (way == PATCHED)
		CHECK_EQ("there", byte_in(e, address), 0xcc);
}

static void run_place(enum lab_dialect d, enum way way)
{
	const struct emulated_config config = { .dialect = d,
						.scenario = "leak" };
	unsigned met[2] = { 0 };
	struct emulated e;
	struct kd_stop stop;

	if (!emulated_open_halted(&e, &config))
		return;
	uint64_t address = emulated_symbol(&e, "ExAllocatePoolWithTag");
	uint8_t original = byte_in(&e, address);
	struct kd_breakpoint_spec spec = at(address);

	if (way == PATCHED)
		fill_table(&e);
	spec.id = 500;
	uint32_t id = add(&e, &spec);

	for (unsigned i = 0; i < ROUNDS; i++) {
		if (!CHECK(hits(&e, SECONDS(5), &stop)))
			break;
		CHECK_EQ("pc", stop.pc, address);
		CHECK_EQ("hard-coded", stop.hard_coded, false);
		CHECK_EQ("ids", stop.breakpoint_count, 1);
		CHECK_EQ("id", stop.breakpoint[0], id);
		CHECK_EQ("code", stop.report.instructions[0], original);
		met[stop.processor & 1]++;
		check_place(&e, way, id, original);
	}
	CHECK_ROW("on the first processor", met[0] > 0);
	CHECK_ROW("on the second processor", met[1] > 0);
	CHECK_EQ("hits", kd_session_breakpoint(e.pair.session, id)->hits,
		 ROUNDS);
	/* gone, it is not met any more, and nothing is left */
	CHECK_EQ(NULL, kd_session_breakpoint_remove(e.pair.session, id), KD_OK);
	CHECK_ROW("removed", !hits(&e, SECONDS(2), &stop));
	CHECK_EQ("restored", byte_in(&e, address), original);
	emulated_close(&e);
}

static void test_table_serial(void)
{
	run_place(LAB_SERIAL, TABLE);
}

static void test_table_net(void)
{
	run_place(LAB_KDNET, TABLE);
}

static void test_patched_serial(void)
{
	run_place(LAB_SERIAL, PATCHED);
}

static void test_patched_net(void)
{
	run_place(LAB_KDNET, PATCHED);
}

/* ---- what stops it, and what does not ---- */

static void filters_in(enum lab_dialect d)
{
	const struct emulated_config config = { .dialect = d,
						.scenario = "leak" };
	struct emulated e;
	struct kd_stop stop;

	if (!emulated_open_halted(&e, &config))
		return;
	struct kd_session *s = e.pair.session;
	uint64_t address = emulated_symbol(&e, "ExAllocatePoolWithTag");
	struct kd_breakpoint_spec bound = at(address), third = at(address);
	struct kd_breakpoint_spec once = at(address), inner = at(address);

	bound.processor = 1;
	third.passes = 3;
	once.once = true;
	inner.internal = true;
	uint32_t bound_id = add(&e, &bound), third_id = add(&e, &third);
	uint32_t once_id = add(&e, &once);

	/* two share the place, and one has had its hit */
	CHECK_ROW("once", hits(&e, SECONDS(5), &stop));
	CHECK_EQ("once", stop.breakpoint[stop.breakpoint_count - 1], once_id);
	CHECK(kd_session_breakpoint(s, once_id)->spent);
	CHECK_EQ("passes", kd_session_breakpoint(s, third_id)->hits, 1);
	CHECK_EQ(NULL, kd_session_breakpoint_enable(s, bound_id, false), KD_OK);
	CHECK_ROW("passes", hits(&e, SECONDS(5), &stop));
	CHECK(kd_session_breakpoint(s, once_id) == NULL);
	CHECK_EQ("passes", stop.breakpoint_count, 1);
	CHECK_EQ("passes", stop.breakpoint[0], third_id);
	CHECK_EQ("passes", kd_session_breakpoint(s, third_id)->hits, 3);
	/* only ever the second processor */
	CHECK_EQ(NULL, kd_session_breakpoint_remove(s, third_id), KD_OK);
	CHECK_EQ(NULL, kd_session_breakpoint_enable(s, bound_id, true), KD_OK);
	for (unsigned i = 0; i < 8; i++) {
		CHECK_ROW("bound", hits(&e, SECONDS(5), &stop));
		CHECK_EQ("bound", stop.processor, 1);
	}
	CHECK_EQ(NULL, kd_session_breakpoint_remove(s, bound_id), KD_OK);
	/* nothing of this thread's any more */
	inner.thread = 1;
	uint32_t inner_id = add(&e, &inner);

	CHECK_EQ("list", kd_session_breakpoint_count(s), 0);
	CHECK_ROW("thread", !hits(&e, SECONDS(1), &stop));
	CHECK_EQ("thread", kd_session_breakpoint(s, inner_id)->hits, 0);
	emulated_close(&e);
}

static void test_filters(void)
{
	pair_both(filters_in);
}

/* ---- memory over and under a breakpoint ---- */

static void writes_in(enum lab_dialect d)
{
	const struct emulated_config config = { .dialect = d };
	struct emulated e;
	struct kd_stop stop;
	size_t len = 0;

	if (!emulated_open_halted(&e, &config))
		return;
	struct kd_session *s = e.pair.session;
	uint64_t address = emulated_symbol(&e, "KeBugCheckEx");
	struct kd_breakpoint_spec spec = at(address + 1);
	uint8_t old[3], new[3] = { 0x11, 0x22, 0x33 }, seen[3] = { 0 };
	uint32_t id = add(&e, &spec);

	for (size_t i = 0; i < 3; i++)
		old[i] = byte_in(&e, address + i);
	go(&e);
	CHECK_EQ("in", byte_in(&e, address + 1), 0xcc);
	CHECK_EQ(NULL, kd_session_halt(s, KD_NEVER, &stop), KD_OK);
	CHECK_EQ(NULL, kd_session_read(s, address, seen, 3, 0, KD_NEVER, &len),
		 KD_OK);
	CHECK_ROW("read", !memcmp(seen, old, 3));
	CHECK_EQ(NULL, kd_session_write(s, address, new, 3, 0, KD_NEVER, &len),
		 KD_OK);
	CHECK_EQ("around", byte_in(&e, address), 0x11);
	CHECK_EQ("still in", byte_in(&e, address + 1), 0xcc);
	CHECK_EQ("around", byte_in(&e, address + 2), 0x33);
	CHECK_EQ(NULL, kd_session_read(s, address, seen, 3, 0, KD_NEVER, &len),
		 KD_OK);
	CHECK_ROW("read again", !memcmp(seen, new, 3));
	CHECK_EQ(NULL, kd_session_breakpoint_remove(s, id), KD_OK);
	go(&e);
	CHECK_EQ("beneath", byte_in(&e, address + 1), 0x22);
	emulated_close(&e);
}

static void test_writes(void)
{
	pair_both(writes_in);
}

/* Nothing is asked for where nothing changed. */
static void cost_in(enum lab_dialect d)
{
	const struct emulated_config config = { .dialect = d };
	struct emulated e;
	struct kd_stop stop;

	if (!emulated_open_halted(&e, &config))
		return;
	go(&e);
	CHECK_EQ(NULL, kd_session_halt(e.pair.session, KD_NEVER, &stop), KD_OK);
	uint64_t before = requests(&e);

	go(&e);
	uint64_t plain = requests(&e) - before;
	struct kd_breakpoint_spec spec =
		at(emulated_symbol(&e, "KeBugCheckEx"));

	(void)add(&e, &spec);
	CHECK_EQ(NULL, kd_session_halt(e.pair.session, KD_NEVER, &stop), KD_OK);
	before = requests(&e);
	go(&e);
	/* the byte beneath is read, and the entry written */
	CHECK_EQ("first", requests(&e) - before, plain + 2);
	CHECK_EQ(NULL, kd_session_halt(e.pair.session, KD_NEVER, &stop), KD_OK);
	before = requests(&e);
	go(&e);
	CHECK_EQ("again", requests(&e) - before, plain);
	emulated_close(&e);
}

static void test_cost(void)
{
	pair_both(cost_in);
}

/* ---- debug registers ---- */

enum { TICK_COUNT = 0x320 }; /* of shared user data */

static const struct {
	const char *name, *scenario;
	enum kd_breakpoint_kind kind;
	uint64_t address; /* 0: ExAllocatePoolWithTag */
	unsigned size;
	bool hit;
} register_rows[] = {
	// clang-format off
	{ "execute",    "leak", KD_BREAKPOINT_EXECUTE,    0,                       1, true },
	{ "write",      NULL,   KD_BREAKPOINT_WRITE,      LAB_SHARED + TICK_COUNT, 4, true },
	{ "read/write", NULL,   KD_BREAKPOINT_READ_WRITE, LAB_SHARED + TICK_COUNT, 8, true },
	{ "nobody's",   NULL,   KD_BREAKPOINT_WRITE,      LAB_SHARED + 0xff0,      8, false },
	{ "port",       "io",   KD_BREAKPOINT_IO,         LAB_PORT_LATCH + 4,      4, true },
	// clang-format on
};

static void registers_in(enum lab_dialect d)
{
	for (size_t i = 0; i < sizeof(register_rows) / sizeof(register_rows[0]);
	     i++) {
		const char *row = register_rows[i].name;
		const struct emulated_config config = {
			.dialect = d, .scenario = register_rows[i].scenario
		};
		unsigned met[2] = { 0 };
		struct emulated e;
		struct kd_stop stop;

		if (!emulated_open_halted(&e, &config))
			continue;
		struct kd_breakpoint_spec spec = at(register_rows[i].address);

		if (!spec.address)
			spec.address =
				emulated_symbol(&e, "ExAllocatePoolWithTag");
		spec.kind = register_rows[i].kind;
		spec.size = register_rows[i].size;
		uint32_t id = add(&e, &spec);

		for (unsigned n = 0; n < ROUNDS && register_rows[i].hit; n++) {
			if (!CHECK_ROW(row, hits(&e, SECONDS(5), &stop)))
				break;
			CHECK_EQ(row, stop.exception.code, 0x80000004);
			CHECK_EQ(row, stop.breakpoint_count, 1);
			CHECK_EQ(row, stop.breakpoint[0], id);
			met[stop.processor & 1]++;
		}
		if (spec.kind == KD_BREAKPOINT_EXECUTE)
			CHECK_ROW(row, met[0] && met[1]);
		CHECK_EQ(row, kd_session_breakpoint(e.pair.session, id)->error,
			 KD_OK);
		CHECK_EQ(row, kd_session_breakpoint_remove(e.pair.session, id),
			 KD_OK);
		CHECK_ROW(row, !hits(&e, SECONDS(1), &stop));
		emulated_close(&e);
	}
}

static void test_registers(void)
{
	pair_both(registers_in);
}

/* ---- leaving ---- */

static const struct {
	const char *name;
	enum kd_leave how;
	bool runs; /* when we leave */
	bool to_run;
} leave_rows[] = {
	{ "q", KD_LEAVE_RUNNING, false, true },
	{ "q while it runs", KD_LEAVE_RUNNING, true, true },
	{ "qd", KD_LEAVE_AS_IS, false, false },
	{ "qd while it runs", KD_LEAVE_AS_IS, true, true },
};

static void leave_in(enum lab_dialect d)
{
	for (size_t i = 0; i < sizeof(leave_rows) / sizeof(leave_rows[0]);
	     i++) {
		const char *row = leave_rows[i].name;
		const struct emulated_config config = { .dialect = d,
							.scenario = "leak" };
		struct emulated e;
		struct kd_stop stop;
		uint8_t old[40];

		if (!emulated_open_halted(&e, &config))
			continue;
		struct kd_session *s = e.pair.session;
		uint64_t busy = emulated_symbol(&e, "ExAllocatePoolWithTag");
		uint64_t idle = emulated_symbol(&e, "KeBugCheckEx");
		struct kd_breakpoint_spec spec = at(busy);

		fill_table(&e);
		for (uint64_t n = 0; n < sizeof(old); n++)
			old[n] = byte_in(&e, idle + n);
		uint8_t original = byte_in(&e, busy);

		spec.passes = leave_rows[i].runs ? 1000000 : 0;
		(void)add(&e, &spec);
		go(&e);
		if (leave_rows[i].runs)
			CHECK_EQ(row,
				 pair_count(&e.pair, KD_EV_STOPPED, SECONDS(3)),
				 0);
		else
			CHECK_EQ(row, kd_session_wait_stop(s, KD_NEVER, &stop),
				 KD_OK);
		CHECK_EQ(row, byte_in(&e, idle + 7), 0xcc);
		CHECK_EQ(row,
			 -kd_session_leave(s, leave_rows[i].how,
					   pair_now(&e.pair) + SECONDS(20)),
			 KD_OK);
		for (uint64_t n = 0; n < sizeof(old); n++)
			CHECK_EQ(row, byte_in(&e, idle + n), old[n]);
		CHECK_EQ(row, byte_in(&e, busy), original);
		CHECK_EQ(row, lab_stub_condition(e.pair.stub),
			 leave_rows[i].to_run ? LAB_RUNS : LAB_STANDS);
		emulated_close(&e);
	}
}

static void test_leave(void)
{
	pair_both(leave_in);
}

/* Whoever comes next finds what a dead debugger left, and frees it. */
static void reclaim_in(enum lab_dialect d)
{
	const struct emulated_config config = { .dialect = d,
						.scenario = "leak" };
	const struct pair_config pair = { .dialect = d };
	const struct kd_session_config session = { .takeover = true };
	struct kd_session_counters c;
	struct emulated e;
	struct kd_stop stop;

	if (!emulated_open_halted(&e, &config))
		return;
	uint64_t address = emulated_symbol(&e, "ExAllocatePoolWithTag");
	uint64_t other = emulated_symbol(&e, "KeBugCheckEx");
	uint8_t original = byte_in(&e, address), beneath = byte_in(&e, other);
	struct kd_breakpoint_spec spec = at(address), second = at(other);

	(void)add(&e, &spec);
	(void)add(&e, &second);
	CHECK(hits(&e, SECONDS(5), &stop));
	CHECK(hits(&e, SECONDS(5), &stop));
	CHECK_EQ("left", byte_in(&e, other), 0xcc);
	kd_session_destroy(e.pair.session);
	if (!CHECK(pair_session(&e.pair, &pair, &session)))
		return;
	CHECK(pair_halt(&e.pair));
	kd_session_get_counters(e.pair.session, &c);
	/* the target itself has dropped the other, where it stands */
	CHECK_EQ("reclaimed", c.breakpoints_reclaimed, 1);
	CHECK_EQ("reclaimed", byte_in(&e, other), beneath);
	CHECK_EQ("dropped", byte_in(&e, address), original);
	emulated_close(&e);
}

static void test_reclaim(void)
{
	pair_both(reclaim_in);
}

/* ---- what has to be stepped by the target ---- */

/* One that nobody carries out for it; then it is executed twice a hit. */
static void target_steps_in(enum lab_dialect d)
{
	enum { HITS = 200, RECORD = 1 << 20 };
	const struct emulated_config config = { .dialect = d,
						.scenario = "leak",
						.processors = 1 };
	static struct lab_executed did[RECORD];
	struct lab_record record = { .did = did, .cap = RECORD };
	struct kd_session_counters c;
	struct emulated e;
	struct kd_stop stop;
	uint64_t executed = 0;

	if (!emulated_open_halted(&e, &config))
		return;
	uint64_t address = emulated_symbol(&e, "KiDisableInterrupts");
	struct kd_breakpoint_spec spec = at(address);
	uint32_t id = add(&e, &spec);

	CHECK_EQ("cli", byte_in(&e, address), 0xfa);
	lab_emulated_record(e.machine, 0, &record);
	for (unsigned i = 0; i < HITS; i++)
		if (!CHECK(hits(&e, SECONDS(5), &stop)) ||
		    !CHECK_EQ("id", stop.breakpoint[0], id))
			break;
	CHECK_ROW("all was recorded", record.count < RECORD);
	for (size_t i = 0; i < record.count; i++)
		executed += !did[i].vector && did[i].pc == address;
	/* the int 3, and what is beneath; the last is still to come */
	CHECK_EQ("executed", executed, 2 * HITS - 1);
	kd_session_get_counters(e.pair.session, &c);
	CHECK_EQ("here", c.steps_here, 0);
	CHECK_EQ("stops seen", pair_count(&e.pair, KD_EV_STOPPED, 0), 0);
	emulated_close(&e);
}

static void test_target_steps(void)
{
	pair_both(target_steps_in);
}

/* ---- modules that come and go ---- */

static uint32_t entry_point(struct emulated *e, uint64_t base)
{
	enum { NEW_HEADER = 0x3c, ENTRY_POINT = 0x28 }; /* of a PE image */
	uint32_t value = 0;

	for (unsigned i = 0; i < 2; i++)
		value = (uint32_t)byte_read(e, base + NEW_HEADER + i) << 8 * i |
			value;
	uint64_t at_entry = base + value + ENTRY_POINT;

	value = 0;
	for (unsigned i = 0; i < 4; i++)
		value |= (uint32_t)byte_read(e, at_entry + i) << 8 * i;
	return value;
}

/* The module comes: it is held, told where, and stops at its entry. */
static uint32_t comes(struct emulated *e, uint32_t id, unsigned count)
{
	struct kd_session *s = e->pair.session;
	struct kd_stop stop;

	CHECK_ROW("held", hits(e, SECONDS(20), &stop));
	CHECK_EQ("held", stop.new_state, KD_STATE_LOAD_SYMBOLS);
	CHECK_ROW("held", stop.for_breakpoint);
	uint64_t base = kd_session_breakpoint(s, id)->base;
	uint32_t entry = entry_point(e, base);

	CHECK_EQ("resolved", kd_session_breakpoint(s, id)->resolved, false);
	CHECK_EQ(NULL, kd_session_breakpoint_resolve(s, id, base + entry),
		 KD_OK);
	CHECK_ROW("entry", hits(e, SECONDS(20), &stop));
	CHECK_EQ("entry", stop.pc, base + entry);
	CHECK_EQ("entry", stop.breakpoint_count, count);
	CHECK_EQ("entry", stop.breakpoint[0], id);
	return entry;
}

static void modules_in(enum lab_dialect d)
{
	const struct emulated_config config = { .dialect = d,
						.scenario = "driver" };
	struct kd_breakpoint_spec spec = { .id = KD_BREAKPOINT_ANY_ID,
					   .processor = KD_PROCESSOR_ANY,
					   .module = "labextra",
					   .by_symbol = true };
	struct emulated e;
	struct kd_event event;

	if (!emulated_open_halted(&e, &config))
		return;
	struct kd_session *s = e.pair.session;
	uint32_t id = add(&e, &spec);

	spec.offset = comes(&e, id, 1);
	spec.by_symbol = false;
	uint32_t other = add(&e, &spec);

	go(&e);
	CHECK(pair_event(&e.pair, KD_EV_MODULE_UNLOADED, SECONDS(20), &event));
	CHECK_EQ("gone", kd_session_breakpoint(s, id)->resolved, false);
	CHECK_EQ("errors", kd_session_breakpoint(s, id)->error, KD_OK);
	/* another boot, at another place: the second finds it by itself */
	lab_stub_reboot(e.pair.stub, pair_now(&e.pair));
	/* over a stream, this machine's next boot looks like this one */
	if (d == LAB_KDNET &&
	    CHECK(pair_event(&e.pair, KD_EV_REBOOTED, SECONDS(60), &event)) &&
	    pair_halt(&e.pair)) {
		CHECK_EQ("boot", kd_session_breakpoint(s, other)->resolved,
			 false);
		(void)comes(&e, id, 2);
	}
	emulated_close(&e);
}

static void test_modules(void)
{
	pair_both(modules_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "table, serial", test_table_serial },
		{ "table, KDNET", test_table_net },
		{ "patched, serial", test_patched_serial },
		{ "patched, KDNET", test_patched_net },
		{ "filters", test_filters },
		{ "writes", test_writes },
		{ "cost", test_cost },
		{ "debug registers", test_registers },
		{ "steps by the target", test_target_steps },
		{ "modules", test_modules },
		{ "leave", test_leave },
		{ "reclaim", test_reclaim },
	};

	return check_run("breakpoint runs", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
