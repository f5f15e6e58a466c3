#include "kd_breakpoints.h"
#include "lab_map.h"
#include "lab_shell.h"

#include <stdio.h>
#include <string.h>

#define SECONDS(n) ((n) * (uint64_t)PAIR_SECOND)

static struct lab_shell l;

static bool begin(enum lab_dialect d, unsigned layout, const char *scenario)
{
	struct lab_shell_config config = {
		.dialect = d, .scenario = scenario, .layout = layout, .seed = 7
	};

	if (!lab_shell_open(&l, &config))
		return false;
	lab_shell_run(&l, "sxe out:kernel*up", KD_OK);
	CHECK(lab_shell_until_stop(&l, SECONDS(30)));
	return true;
}

static uint64_t hits(uint32_t id)
{
	const struct kd_breakpoint *b =
		kd_session_breakpoint(l.pair.session, id);

	return b ? b->hits : 0;
}

/* How often it leaked, by its own counting: a static, so by the map. */
static uint64_t own_count(unsigned layout)
{
	static struct lab_map map;
	char text[sizeof(LAB_BUILT_IMAGES) + 64];

	snprintf(text, sizeof(text), "%s/layout%u/myfault.map",
		 LAB_BUILT_IMAGES, layout);
	if (!CHECK_ROW(text, lab_map_read(&map, text)))
		return 0;
	snprintf(text, sizeof(text), "dwo(myfault+0x%x)",
		 (unsigned)lab_map_find(&map, "MyfaultLost"));
	return lab_shell_value(&l, text);
}

/* The pool-leak hunt's: commands at each allocation, and on it goes. */
static void check_commands(enum lab_dialect d)
{
	const char *name = pair_dialect_name(d);

	if (!begin(d, d == LAB_SERIAL ? 1 : 2, "leak"))
		return;
	lab_shell_run(&l,
		      "r $t0=0; bp myfault!MyfaultLeakMemory "
		      "\"r $t0=@$t0+1;.printf \\\"leak %d\\\\n\\\", @$t0;g\"",
		      KD_OK);
	lab_shell_run(&l, "bp1 myfault!MyfaultLeakMemory \"r $t1=@$t1+1;g\"",
		      KD_OK);
	lab_shell_go_for(&l, SECONDS(5));
	uint64_t seen = lab_shell_count(&l, "leak ");

	CHECK_ROW(name, seen > 10);
	CHECK_EQ(name, hits(0), seen);
	CHECK_EQ(name, hits(1), seen);
	CHECK_EQ(name, lab_shell_count(&l, "hit"), 0);
	CHECK_EQ(name, lab_shell_value(&l, "@$t0"), seen);
	CHECK_EQ(name, lab_shell_value(&l, "@$t1"), seen);
	CHECK_EQ(name, own_count(d == LAB_SERIAL ? 1 : 2), seen);
	lab_shell_run(&l, "bc *", KD_OK);
	CHECK_TEXT(name, lab_shell_run(&l, "bl", KD_OK), "");
	lab_shell_close(&l);
}

/*
 * What a hit costs that nobody sees: the registers are read, the push beneath
 * is done to them and to the stack, the breakpoint is put back, and on it goes;
 * a condition has the special registers read, too. All the rest, the break-in
 * of the start among it, takes a few.
 */
static void check_cost(enum lab_dialect d)
{
	enum { THE_REST = 8 };
	static const struct {
		const char *line;
		uint64_t each;
	} rows[] = {
		{ "bp myfault!MyfaultLeakMemory 100000", 5 },
		{ "bp myfault!MyfaultLeakMemory \"g\"", 5 },
		{ "bp /w \"@$t3 == 1\" myfault!MyfaultLeakMemory", 5 },
		{ "bp myfault!MyfaultLeakMemory "
		  "\".if (@rcx == 123456) {} .else {g}\"",
		  6 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint64_t before, cost;

		if (!begin(d, 1, "leak"))
			return;
		lab_shell_run(&l, rows[i].line, KD_OK);
		before = lab_shell_requests(&l);
		lab_shell_run(&l, "g", KD_OK);
		CHECK_ROW(rows[i].line, !lab_shell_until_stop(&l, SECONDS(5)));
		cost = lab_shell_requests(&l) - before;
		CHECK_ROW(rows[i].line, hits(0) > 10);
		CHECK_ROW(rows[i].line,
			  cost <= rows[i].each * hits(0) + THE_REST);
		lab_shell_close(&l);
	}
}

/* It waits for its module, through unloads and boots. */
static void check_deferred(enum lab_dialect d)
{
	const char *name = pair_dialect_name(d);

	if (!begin(d, 1, "driver"))
		return;
	CHECK_TEXT(name, lab_shell_run(&l, "bp labextra!DriverEntry", KD_OK),
		   "Bp expression 'labextra!DriverEntry' could not be "
		   "resolved, adding deferred bp\n");
	lab_shell_run(&l, "g", KD_OK);
	CHECK_ROW(name, lab_shell_until_stop(&l, SECONDS(30)));
	CHECK_ROW(name,
		  strstr(l.out, "Breakpoint 0 hit\nlabextra!DriverEntry:\n"));
	CHECK_ROW(name, strstr(lab_shell_run(&l, "bl", KD_OK),
			       "     0001 (0001) labextra!DriverEntry\n"));
	lab_shell_run(&l, "g", KD_OK);
	lab_shell_for(&l, SECONDS(5));
	CHECK_TEXT(name, lab_shell_run(&l, "bl", KD_OK),
		   " 0 eu                      0001 (0001) "
		   "(labextra!DriverEntry)\n");
	lab_shell_close(&l);
}

/* After a reboot they are where they were in their modules. */
static void check_reboot(enum lab_dialect d)
{
	const char *name = pair_dialect_name(d);

	if (!begin(d, 1, "reboot"))
		return;
	lab_shell_run(&l, "sxr", KD_OK);
	lab_shell_run(&l, "bu myfault!DriverEntry; bp nt!DbgPrint 3 \"g\"; g",
		      KD_OK);
	CHECK_ROW(name, lab_shell_until_stop(&l, SECONDS(30)));
	CHECK_EQ(name, lab_shell_count(&l, "The target has rebooted."), 1);
	CHECK_ROW(name,
		  strstr(l.out, "Breakpoint 0 hit\nmyfault!DriverEntry:\n"));
	/* two drivers have said something by then */
	CHECK_EQ(name, hits(1), 2);
	lab_shell_close(&l);
}

/*
 * The same of somebody who came after the boot and heard of no module: kernel
 * and version of the next boot are the same, and on a stream no key tells.
 */
static void check_unheard_reboot(enum lab_dialect d)
{
	const char *name = pair_dialect_name(d);
	const struct lab_shell_config config = { .dialect = d,
						 .is_static = true };

	if (!lab_shell_open(&l, &config))
		return;
	lab_shell_for(&l, SECONDS(8));
	if (!CHECK_ROW(name, lab_shell_again(&l, &config)))
		return;
	lab_shell_for(&l, SECONDS(5));
	lab_shell_break(&l);
	lab_shell_run(&l, "bp nt!LabTick", KD_OK);
	lab_shell_run(&l, "g", KD_OK);
	CHECK_ROW(name, lab_shell_until_stop(&l, SECONDS(60)));
	CHECK_EQ(name, lab_shell_count(&l, "Breakpoint 0 hit"), 1);
	lab_shell_run(&l, "g", KD_OK);
	lab_stub_reboot(l.pair.stub, pair_now(&l.pair));
	CHECK_ROW(name, lab_shell_until_stop(&l, SECONDS(60)));
	CHECK_EQ(name, lab_shell_count(&l, "The target has rebooted."), 1);
	CHECK_ROW(name, strstr(lab_shell_from(&l, "The target has rebooted."),
			       "Breakpoint 0 hit\nnt!LabTick:\n"));
	lab_shell_close(&l);
}

static void test_commands(void)
{
	pair_both(check_commands);
}

static void test_cost(void)
{
	pair_both(check_cost);
}

static void test_deferred(void)
{
	pair_both(check_deferred);
}

static void test_reboot(void)
{
	pair_both(check_reboot);
}

static void test_unheard_reboot(void)
{
	pair_both(check_unheard_reboot);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "commands", test_commands },
		{ "cost", test_cost },
		{ "deferred", test_deferred },
		{ "reboot", test_reboot },
		{ "unheard reboot", test_unheard_reboot },
	};

	return check_run("breakpoints live", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
