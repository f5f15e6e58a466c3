/*
 * A storm of breakpoints as somebody at the prompt makes it: more than the
 * target's table holds, met ten thousand times on two processors, each with a
 * command that counts and goes on. None is lost and none is left; what was
 * executed, the emulated processors tell.
 */
#include "kd_breakpoints.h"
#include "lab_cpu.h"
#include "lab_machine_emulated.h"
#include "lab_shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	HITS = 10000,
	UNUSED = 40, /* in a function that nobody calls; the table has 32 */
	BUSY = 8,
	PLACES = UNUSED + BUSY,
	RECORD = 1 << 23,
};

static const char *const busy[BUSY] = {
	"ExAllocatePoolWithTag", "ExFreePoolWithTag",	   "ExpCountAllocation",
	"ExpCountFree",		 "KeDelayExecutionThread", "IofCallDriver",
	"NtDeviceIoControlFile", "KiReadyThread",
};

static struct lab_shell l;
static struct lab_record record[2];
static uint8_t before[PLACES], after[PLACES];
static uint64_t address[PLACES];

static void read_places(uint8_t out[PLACES])
{
	for (size_t i = 0; i < PLACES; i++)
		CHECK_EQ("there",
			 l.machine->ops->read_virtual(l.machine, address[i],
						      &out[i], 1),
			 1);
}

/* The unused ones in the middle, so that both sorts have busy ones. */
static void name_place(size_t i, char out[64])
{
	if (i < BUSY / 2)
		snprintf(out, 64, "nt!%s", busy[i]);
	else if (i < BUSY / 2 + UNUSED)
		snprintf(out, 64, "nt!KeBugCheckEx+0x%zx", i - BUSY / 2);
	else
		snprintf(out, 64, "nt!%s", busy[i - UNUSED]);
}

static void set_all(void)
{
	char name[64], line[160];

	for (size_t i = 0; i < PLACES; i++) {
		name_place(i, name);
		address[i] = lab_shell_value(&l, name);
	}
	read_places(before);
	for (size_t i = 0; i < PLACES; i++) {
		name_place(i, name);
		snprintf(line, sizeof(line),
			 "bp%zu %s \"r $t0 = @$t0 + 1; gc\"", i, name);
		CHECK_TEXT(line, lab_shell_run(&l, line, KD_OK), "");
	}
}

static uint64_t executed_at(uint64_t pc)
{
	uint64_t n = 0;

	for (unsigned p = 0; p < 2; p++)
		for (size_t i = 0; i < record[p].count; i++)
			n += !record[p].did[i].vector &&
			     record[p].did[i].pc == pc;
	return n;
}

static bool begin(enum lab_dialect d)
{
	const struct lab_shell_config config = {
		.dialect = d, .scenario = "leak", .processors = 2, .seed = 7
	};

	if (!lab_shell_open(&l, &config))
		return false;
	lab_shell_for(&l, 3 * (uint64_t)PAIR_SECOND);
	lab_shell_break(&l);
	for (unsigned n = 0; n < 2; n++) {
		record[n] = (struct lab_record){ .cap = RECORD };
		record[n].did = malloc(RECORD * sizeof(*record[n].did));
		CHECK(record[n].did != NULL);
		lab_emulated_record(l.machine, n, &record[n]);
	}
	return true;
}

/* All hits, as the session counts them. */
static uint64_t hits(void)
{
	uint64_t n = 0;

	for (uint32_t i = 0; i < PLACES; i++)
		n += kd_session_breakpoint(l.pair.session, i)->hits;
	return n;
}

static void storm_in(enum lab_dialect d)
{
	const char *name = pair_dialect_name(d);
	unsigned turns = 0;

	if (!begin(d))
		return;
	lab_shell_run(&l, "r $t0 = 0", KD_OK);
	set_all();
	lab_shell_run(&l, "g", KD_OK);
	/* whoever breaks in is stopped, however much is going on */
	for (; hits() < HITS && turns < 1000; turns++)
		lab_shell_for(&l, PAIR_SECOND);
	CHECK_ROW(name, hits() >= HITS);
	lab_shell_break(&l);
	CHECK_EQ(name, lab_shell_value(&l, "@$t0"), hits());
	CHECK_ROW(name, record[0].count < RECORD && record[1].count < RECORD);
	for (uint32_t i = 0; i < PLACES; i++)
		CHECK_EQ(name, executed_at(address[i]),
			 kd_session_breakpoint(l.pair.session, i)->hits);
	lab_shell_run(&l, "q", KD_OK);
	read_places(after);
	CHECK_ROW(name, memcmp(before, after, sizeof(before)) == 0);
	CHECK_EQ(name, lab_stub_condition(l.pair.stub), LAB_RUNS);
	lab_shell_close(&l);
	for (unsigned n = 0; n < 2; n++)
		free(record[n].did);
}

static void test_storm(void)
{
	pair_both(storm_in);
}

int main(void)
{
	static const struct check_test tests[] = { { "storm", test_storm } };

	return check_run("storm", tests, 1);
}
