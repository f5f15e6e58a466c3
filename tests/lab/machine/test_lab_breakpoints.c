/*
 * Breakpoints of every kind, met by either processor: the target's table,
 * patched bytes, and debug registers.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_contract.h"
#include "lab_drive.h"

#include <string.h>

enum { SECOND = 1000000, ROUNDS = 24, DR7_IDLE = 0x400 };

static const uint32_t dbg_continue = 0x00010002;
static const uint8_t int3 = 0xcc;

enum way { TABLE, PATCH, REGISTER };

static uint8_t set(struct lab_drive *d, enum way way, uint64_t address)
{
	uint8_t original = 0;

	lab_drive_read(d, address, &original, 1);
	switch (way) {
	case TABLE:
		(void)lab_drive_breakpoint(d, address);
		break;
	case PATCH:
		lab_drive_write(d, address, &int3, 1);
		break;
	case REGISTER:
		lab_drive_debug(d, 1, address, DR7_IDLE | 1 << 2);
		break;
	}
	return original;
}

/* Off, a step, on again: as every debugger does. */
static void pass(struct lab_drive *d, enum way way, uint64_t address,
		 uint8_t original)
{
	uint8_t byte = 0;

	if (way == PATCH)
		lab_drive_write(d, address, &original, 1);
	lab_drive_read(d, address, &byte, 1);
	/* the table's are gone where the stop is (KD-WIRE 8.4) */
	CHECK_EQ("what was there", byte, original);
	if (way != REGISTER) {
		lab_drive_step(d);
		(void)set(d, way, address);
	}
	lab_drive_go(d, dbg_continue, false);
}

/* Both kinds of work allocate: innocent drivers' and the leaking program's. */
static void test_both_processors(void)
{
	static const char *const names[] = { "table", "patch", "register" };

	for (int way = TABLE; way <= REGISTER; way++) {
		unsigned met[2] = { 0 };
		struct lab_drive d;

		lab_drive_start(&d,
				&(struct lab_drive_config){
					.scenario = "leak",
					.dialect = way == PATCH ? LAB_KDNET
								: LAB_SERIAL,
				});
		CHECK(lab_drive_boot_stopped(&d));
		uint64_t address = lab_drive_symbol(&d, "ntkrnlmp",
						    "ExAllocatePoolWithTag");
		uint8_t original = set(&d, (enum way)way, address);

		lab_drive_skip(&d);
		lab_drive_go(&d, dbg_continue, false);
		for (unsigned i = 0; i < ROUNDS; i++) {
			if (!lab_drive_for(&d, 2 * SECOND))
				break;
			CHECK_EQ(names[way], lab_drive_pc(&d), address);
			CHECK_EQ(names[way], lab_drive_code(&d),
				 way == REGISTER ? LAB_STATUS_SINGLE_STEP
						 : LAB_STATUS_BREAKPOINT);
			if (way == REGISTER) {
				const uint8_t *r = d.stop + LAB_STATE_REPORT;

				CHECK_EQ("dr6", lab_get64(r), 0xffff0ff2);
				CHECK_EQ("resume flag",
					 lab_get32(r + LAB_REPORT_EFLAGS) >>
							 16 &
						 1,
					 1);
			}
			met[lab_drive_processor(&d)]++;
			pass(&d, (enum way)way, address, original);
		}
		CHECK_ROW(names[way], met[0] > 0);
		CHECK_ROW(names[way], met[1] > 0);
		CHECK_EQ(names[way], met[0] + met[1], ROUNDS);
		lab_drive_end(&d);
	}
}

/* Restored, it is not met any more. */
static void test_restore(void)
{
	uint8_t u[LAB_MANIPULATE_UNION_SIZE] = { 0 };
	struct lab_drive d;
	struct lab_heard r;

	lab_drive_start(&d, &(struct lab_drive_config){
				    .scenario = "leak",
				    .dialect = LAB_SERIAL,
			    });
	CHECK(lab_drive_boot_stopped(&d));
	lab_put32(u, lab_drive_breakpoint(
			     &d, lab_drive_symbol(&d, "ntkrnlmp",
						  "ExAllocatePoolWithTag")));
	CHECK(lab_host_ask(&d.host, LAB_API_RESTORE_BREAKPOINT, u, NULL, 0,
			   &r));
	CHECK_EQ(NULL, lab_host_status(&r), 0);
	lab_drive_skip(&d);
	lab_drive_go(&d, dbg_continue, false);
	CHECK(!lab_drive_for(&d, 2 * SECOND));
	lab_drive_end(&d);
}

/* Data: the tick count of shared user data is written at every tick. */
static void test_data(void)
{
	enum { TICK_COUNT = 0x320 };
	static const struct {
		const char *name;
		uint64_t address;
		uint64_t dr7;
		unsigned hits;
	} rows[] = {
		{ "write", LAB_SHARED + TICK_COUNT, 0xd0000 | 1, 3 },
		{ "read or write", LAB_SHARED + TICK_COUNT, 0xf0000 | 1, 3 },
		{ "nobody writes there", LAB_SHARED + 0xff0, 0xd0000 | 1, 0 },
		{ "not enabled", LAB_SHARED + TICK_COUNT, 0xd0000, 0 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lab_drive d;
		unsigned hits = 0;

		lab_drive_start(&d, &(struct lab_drive_config){
					    .dialect = LAB_SERIAL });
		CHECK(lab_drive_boot_stopped(&d));
		lab_drive_debug(&d, 0, rows[i].address, DR7_IDLE | rows[i].dr7);
		lab_drive_skip(&d);
		lab_drive_go(&d, dbg_continue, false);
		while (hits < 3 && lab_drive_for(&d, SECOND)) {
			hits++;
			CHECK_EQ(rows[i].name, lab_drive_code(&d),
				 LAB_STATUS_SINGLE_STEP);
			CHECK_EQ(rows[i].name,
				 lab_get64(d.stop + LAB_STATE_REPORT) & 15, 1);
			lab_drive_go(&d, dbg_continue, false);
		}
		CHECK_EQ(rows[i].name, hits, rows[i].hits);
		/* Continue2's Dr7 ends it for all */
		d.dr7 = DR7_IDLE;
		if (hits) {
			CHECK(lab_drive_for(&d, SECOND));
			lab_drive_go(&d, dbg_continue, false);
			CHECK_ROW(rows[i].name, !lab_drive_for(&d, SECOND));
		}
		lab_drive_end(&d);
	}
}

static void test_port(void)
{
	struct lab_drive d;

	lab_drive_start(&d, &(struct lab_drive_config){ .dialect = LAB_SERIAL,
							.scenario = "io" });
	CHECK(lab_drive_boot_stopped(&d));
	/* four bytes of port 7c04, register 3 */
	lab_drive_debug(&d, 3, LAB_PORT_LATCH + 4,
			DR7_IDLE | 1 << 6 | UINT64_C(0xe0000000));
	lab_drive_skip(&d);
	lab_drive_go(&d, dbg_continue, false);
	for (unsigned i = 0; i < 3; i++) {
		CHECK(lab_drive_for(&d, 2 * SECOND));
		CHECK_EQ("dr6", lab_get64(d.stop + LAB_STATE_REPORT) & 15, 8);
		lab_drive_go(&d, dbg_continue, false);
	}
	lab_drive_end(&d);
}

/* Not handled, an int 3 is the kernel's own: nobody there handles it. */
static void test_not_handled(void)
{
	struct lab_drive d;

	lab_drive_start(&d, &(struct lab_drive_config){ .dialect = LAB_SERIAL,
							.scenario = "step" });
	CHECK(lab_drive_until_stop(&d, 3 * SECOND));
	uint64_t pc = lab_drive_pc(&d);

	lab_drive_go(&d, 0x80010001, false);
	CHECK(lab_drive_for(&d, SECOND));
	CHECK_EQ("code", lab_drive_code(&d), LAB_STATUS_BREAKPOINT);
	CHECK_EQ("second chance", lab_get32(d.stop + LAB_STATE_EXC_FIRST), 0);
	CHECK_EQ("pc", lab_drive_pc(&d), pc);
	lab_drive_go(&d, 0x80010001, false);
	CHECK(lab_drive_for(&d, SECOND));
	CHECK(strstr(d.text, "*** Fatal System Error: 0x0000007e") != NULL);
	lab_drive_end(&d);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "on both processors", test_both_processors },
		{ "restored", test_restore },
		{ "data", test_data },
		{ "port", test_port },
		{ "not handled", test_not_handled },
	};

	return check_run("lab breakpoints", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
