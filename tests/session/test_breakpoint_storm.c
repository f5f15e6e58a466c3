/*
 * More breakpoints than the target's table holds, met thousands of times on
 * two processors: each arrival is told, none is missed, and what is left is
 * the code as it was. What was executed, the emulated processors tell.
 */
#include "check.h"
#include "emulated.h"
#include "kd_breakpoints.h"
#include "lab_cpu.h"

#include <stdlib.h>
#include <string.h>

enum {
	HITS = 10000,
	PLACES = 48, /* the table has 32 */
	UNUSED = 40, /* of those in a function that nobody calls */
	BUSY = PLACES - UNUSED,
	FIRST = 4, /* of the busy ones get into the table */
	RECORD = 1 << 23,
};

struct storm {
	struct emulated e;
	uint64_t address[PLACES];
	uint8_t original[PLACES];
	struct lab_record record[2];
	uint64_t told[PLACES];
};

static const char *const busy[BUSY] = {
	"ExAllocatePoolWithTag", "ExFreePoolWithTag",	   "ExpCountAllocation",
	"ExpCountFree",		 "KeDelayExecutionThread", "IofCallDriver",
	"NtDeviceIoControlFile", "KiReadyThread",
};

/* Of the function that a place begins; NULL: of nobody's. */
static const char *name_of(size_t place)
{
	if (place < FIRST)
		return busy[place];
	return place < FIRST + UNUSED ? NULL : busy[place - UNUSED];
}

static uint8_t byte_in(struct storm *t, uint64_t address)
{
	struct lab_machine *m = t->e.machine;
	uint8_t byte = 0;

	CHECK_EQ(NULL, m->ops->read_virtual(m, address, &byte, 1), 1);
	return byte;
}

static void add(struct storm *t, size_t i, uint64_t address)
{
	struct kd_breakpoint_spec spec = { .id = (uint32_t)i,
					   .processor = KD_PROCESSOR_ANY,
					   .has_address = true,
					   .address = address };
	uint32_t id;

	t->address[i] = address;
	t->original[i] = byte_in(t, address);
	CHECK_EQ(NULL, kd_session_breakpoint_add(t->e.pair.session, &spec, &id),
		 KD_OK);
}

static bool open_storm(struct storm *t, enum lab_dialect d)
{
	const struct emulated_config config = { .dialect = d,
						.scenario = "leak" };

	memset(t, 0, sizeof(*t));
	if (!emulated_open_halted(&t->e, &config))
		return false;
	uint64_t unused = emulated_symbol(&t->e, "KeBugCheckEx");

	/* in this order, so that the last ones are patched */
	for (size_t i = 0; i < PLACES; i++)
		add(t, i,
		    name_of(i) ? emulated_symbol(&t->e, name_of(i))
			       : unused + i);
	for (unsigned n = 0; n < 2; n++) {
		t->record[n].did = malloc(RECORD * sizeof(*t->record[n].did));
		t->record[n].cap = RECORD;
		CHECK(t->record[n].did != NULL);
		lab_emulated_record(t->e.machine, n, &t->record[n]);
	}
	return true;
}

static void close_storm(struct storm *t)
{
	emulated_close(&t->e);
	for (unsigned n = 0; n < 2; n++)
		free(t->record[n].did);
}

/* How often the processors executed what stands there. */
static uint64_t executed_at(const struct storm *t, uint64_t address)
{
	uint64_t n = 0;

	for (unsigned p = 0; p < 2; p++)
		for (size_t i = 0; i < t->record[p].count; i++)
			n += !t->record[p].did[i].vector &&
			     t->record[p].did[i].pc == address;
	return n;
}

static bool hit(struct storm *t, struct kd_stop *stop)
{
	struct kd_session *s = t->e.pair.session;
	uint64_t until_us = pair_now(&t->e.pair) + 60 * (uint64_t)PAIR_SECOND;

	return kd_session_continue(s, KD_RESUME_GO, KD_NEVER) == KD_OK &&
	       kd_session_wait_stop(s, until_us, stop) == KD_OK;
}

static void storm_in(enum lab_dialect d)
{
	struct kd_session_counters counters;
	static struct storm t;
	struct kd_stop stop;
	uint64_t on[2] = { 0 };

	if (!open_storm(&t, d))
		return;
	for (unsigned i = 0; i < HITS; i++) {
		if (!CHECK(hit(&t, &stop)) ||
		    !CHECK_EQ("ids", stop.breakpoint_count, 1) ||
		    !CHECK(stop.breakpoint[0] < PLACES))
			break;
		CHECK_EQ("where", stop.pc, t.address[stop.breakpoint[0]]);
		t.told[stop.breakpoint[0]]++;
		on[stop.processor & 1]++;
	}
	CHECK_ROW("on the first processor", on[0] > 100);
	CHECK_ROW("on the second processor", on[1] > 100);
	CHECK_ROW("all was recorded",
		  t.record[0].count < RECORD && t.record[1].count < RECORD);
	kd_session_get_counters(t.e.pair.session, &counters);
	for (size_t i = 0; i < PLACES; i++) {
		const struct kd_breakpoint *b =
			kd_session_breakpoint(t.e.pair.session, (uint32_t)i);

		CHECK_EQ(name_of(i), b->hits, t.told[i]);
		CHECK_EQ(name_of(i), b->hits > 0, name_of(i) != NULL);
		/* each time the processor met our int 3, and nothing else */
		CHECK_EQ(name_of(i), executed_at(&t, t.address[i]), t.told[i]);
	}
	CHECK_EQ("carried out here", counters.steps_here, HITS - 1);
	CHECK_EQ("left",
		 -kd_session_leave(t.e.pair.session, KD_LEAVE_RUNNING,
				   pair_now(&t.e.pair) +
					   60 * (uint64_t)PAIR_SECOND),
		 KD_OK);
	for (size_t i = 0; i < PLACES; i++)
		CHECK_EQ("as it was", byte_in(&t, t.address[i]), t.original[i]);
	CHECK_EQ("runs", lab_stub_condition(t.e.pair.stub), LAB_RUNS);
	close_storm(&t);
}

static void test_serial(void)
{
	storm_in(LAB_SERIAL);
}

static void test_net(void)
{
	storm_in(LAB_KDNET);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "serial", test_serial },
		{ "KDNET", test_net },
	};

	return check_run("breakpoint storm", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
