/*
 * Each scenario, over both kinds of link and with both layouts; what it costs
 * to boot; and that the same seed gives the same bytes.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_contract.h"
#include "lab_drive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND = 1000000, RUN_US = 2200000 };

static const uint32_t dbg_continue = 0x00010002;
static const uint32_t not_handled = 0x80010001;

static const struct {
	const char *name;
	enum lab_dialect dialect;
	unsigned layout;
} ways[] = {
	{ "stream, layout 1", LAB_SERIAL, 1 },
	{ "stream, layout 2", LAB_SERIAL, 2 },
	{ "KDNET, layout 1", LAB_KDNET, 1 },
	{ "KDNET, layout 2", LAB_KDNET, 2 },
};

enum { WAYS = sizeof(ways) / sizeof(ways[0]) };

static void start(struct lab_drive *d, size_t way, const char *scenario)
{
	lab_drive_start(d, &(struct lab_drive_config){
				   .dialect = ways[way].dialect,
				   .layout = ways[way].layout,
				   .scenario = scenario,
				   .seed = way,
			   });
}

static void test_boot(void)
{
	static const char *const modules[] = { "ntoskrnl.exe", "hal.dll",
					       "labdisk.sys",  "labnet.sys",
					       "labport.sys",  "myfault.sys" };

	for (size_t i = 0; i < WAYS; i++) {
		struct lab_drive d;

		start(&d, i, "boot");
		CHECK_ROW(ways[i].name, lab_drive_boot_stopped(&d));
		CHECK_EQ(ways[i].name, d.modules, 6);
		CHECK_EQ(ways[i].name, d.files, 4);
		for (size_t n = 0; n < 6; n++)
			CHECK(lab_drive_base(&d, modules[n]) >> 47 == 0x1ffff);
		CHECK_EQ(ways[i].name, lab_drive_code(&d),
			 LAB_STATUS_BREAKPOINT);
		CHECK_EQ(ways[i].name, lab_drive_processor(&d), 0);
		CHECK_EQ(ways[i].name, lab_drive_pc(&d),
			 lab_drive_symbol(&d, "ntkrnlmp",
					  "DbgBreakPointWithStatus"));
		lab_drive_skip(&d);
		lab_drive_go(&d, dbg_continue, false);
		CHECK_ROW(ways[i].name, !lab_drive_for(&d, 3 * SECOND));
		lab_drive_end(&d);
	}
}

/* "Light": 2 million instructions and 64 MB. */
static void test_cost(void)
{
	for (size_t i = 0; i < WAYS; i++) {
		struct lab_drive d;
		struct lab_heard said;

		start(&d, i, "boot");
		CHECK(lab_host_take(&d.host, LAB_PACKET_STATE_CHANGE, &said));
		uint64_t executed = lab_emulated_executed(d.host.machine, 0) +
				    lab_emulated_executed(d.host.machine, 1);

		CHECK_ROW(ways[i].name, executed > 1000);
		CHECK_ROW(ways[i].name, executed < 2000000);
		lab_drive_end(&d);
	}
	CHECK(LAB_RAM_SIZE <= 32 << 20);
}

/* Until a stop or for RUN_US; what came, as a number. */
static uint64_t run_of(const char *scenario, enum lab_dialect dialect,
		       uint64_t seed)
{
	struct lab_drive d;

	lab_drive_start(&d, &(struct lab_drive_config){ .dialect = dialect,
							.scenario = scenario,
							.seed = seed });
	d.answer = "i";
	if (lab_drive_until_stop(&d, RUN_US)) {
		uint8_t context[0x4d0];

		lab_drive_get_context(&d, lab_drive_processor(&d), context);
		lab_drive_step(&d);
	}
	uint64_t digest = d.host.digest;

	lab_drive_end(&d);
	return digest;
}

static void test_deterministic(void)
{
	const struct lab_scenario *s;

	for (size_t i = 0; (s = lab_scenario_at(i)); i++) {
		enum lab_dialect dialect = i % 2 ? LAB_KDNET : LAB_SERIAL;
		uint64_t first = run_of(s->name, dialect, 3);

		CHECK_EQ(s->name, run_of(s->name, dialect, 3), first);
		CHECK_ROW(s->name, run_of(s->name, dialect, 4) != first);
	}
}

static void test_no_stop(void)
{
	static const char *const names[] = { "boot", "leak",   "no-leak",
					     "hang", "driver", "io" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct lab_drive d;

		start(&d, i % WAYS, names[i]);
		CHECK_ROW(names[i], !lab_drive_until_stop(&d, 6 * SECOND));
		CHECK_ROW(names[i], strstr(d.text, "kernel is up"));
		lab_drive_end(&d);
	}
}

static void test_crash(void)
{
	for (size_t i = 0; i < WAYS; i++) {
		struct lab_drive d;

		start(&d, i, "crash");
		CHECK_ROW(ways[i].name, lab_drive_until_stop(&d, 4 * SECOND));
		CHECK_ROW(ways[i].name,
			  strstr(d.text, "*** Fatal System Error: 0x000000e2"));
		CHECK_EQ(ways[i].name, lab_drive_code(&d),
			 LAB_STATUS_BREAKPOINT);
		/* once more behind the dump, then it starts again */
		lab_drive_skip(&d);
		lab_drive_go(&d, dbg_continue, false);
		CHECK_ROW(ways[i].name, lab_drive_for(&d, SECOND));
		d.text_len = 0;
		lab_drive_skip(&d);
		lab_drive_go(&d, dbg_continue, false);
		d.host.id = d.host.dialect == LAB_SERIAL ? LAB_SERIAL_INITIAL_ID
							 : LAB_NET_HOST_ID;
		CHECK_ROW(ways[i].name, lab_drive_boot(&d));
		lab_drive_end(&d);
	}
}

/* 0x3149 works from a break-in, whose int 3 does not come again. */
static void test_bug_check_asked_for(void)
{
	for (size_t i = 0; i < WAYS; i++) {
		struct lab_drive d;

		start(&d, i, NULL);
		CHECK_ROW(ways[i].name, lab_drive_boot_stopped(&d));
		CHECK(lab_host_ask(&d.host, LAB_API_CAUSE_BUG_CHECK, NULL, NULL,
				   0, NULL));
		CHECK_ROW(ways[i].name, lab_drive_for(&d, SECOND));
		CHECK_ROW(ways[i].name,
			  strstr(d.text, "*** Fatal System Error: 0x000000e2"));
		lab_drive_end(&d);
	}
}

static void test_fault(void)
{
	for (size_t i = 0; i < WAYS; i++) {
		struct lab_drive d;

		start(&d, i, "fault");
		CHECK_ROW(ways[i].name, lab_drive_until_stop(&d, 4 * SECOND));
		CHECK_ROW(ways[i].name, strstr(d.text, "myfault: caught it"));
		CHECK_EQ(ways[i].name, lab_drive_code(&d), 0xc0000005);
		CHECK_EQ("second chance",
			 lab_get32(d.stop + LAB_STATE_EXC_FIRST), 0);
		CHECK_EQ("parameters", lab_get32(d.stop + LAB_STATE_EXC_COUNT),
			 2);
		CHECK_EQ("a read", lab_get64(d.stop + LAB_STATE_EXC_INFO), 0);
		CHECK_EQ("address", lab_get64(d.stop + LAB_STATE_EXC_INFO + 8),
			 0x18);
		uint64_t base = lab_drive_base(&d, "myfault.sys");

		CHECK(lab_drive_pc(&d) > base &&
		      lab_drive_pc(&d) < base + 0x10000);
		/* not handled: that is the end */
		lab_drive_go(&d, not_handled, false);
		CHECK_ROW(ways[i].name, lab_drive_for(&d, SECOND));
		CHECK_ROW(ways[i].name,
			  strstr(d.text, "*** Fatal System Error: 0x0000007e"));
		lab_drive_end(&d);
	}
}

/* Taken past the instruction by hand, it goes on as if nothing had been. */
static void test_fault_mended(void)
{
	enum { RDX = 0x88, RIP = 0xf8 };
	static const uint8_t read[] = { 0x8b, 0x11 }; /* mov edx, [rcx] */
	uint8_t context[0x4d0];
	uint8_t code[sizeof(read)];
	struct lab_drive d;

	start(&d, 0, "fault");
	CHECK(lab_drive_until_stop(&d, 4 * SECOND));
	lab_drive_read(&d, lab_drive_pc(&d), code, sizeof(code));
	CHECK(!memcmp(code, read, sizeof(read)));
	lab_drive_get_context(&d, lab_drive_processor(&d), context);
	lab_put64(context + RDX, 0xabc);
	lab_put64(context + RIP, lab_drive_pc(&d) + sizeof(read));
	lab_drive_set_context(&d, lab_drive_processor(&d), context);
	lab_drive_go(&d, dbg_continue, false);
	CHECK(!lab_drive_for(&d, SECOND));
	CHECK(strstr(d.text, "myfault: read abc") != NULL);
	lab_drive_end(&d);
}

static void test_break(void)
{
	for (size_t i = 0; i < WAYS; i++) {
		struct lab_drive d;

		start(&d, i, "step");
		CHECK_ROW(ways[i].name, lab_drive_until_stop(&d, 4 * SECOND));
		CHECK_EQ(ways[i].name, lab_drive_code(&d),
			 LAB_STATUS_BREAKPOINT);
		uint64_t pc = lab_drive_pc(&d);

		/* who does not step over it meets it again (KD-WIRE 8.3) */
		lab_drive_go(&d, dbg_continue, false);
		CHECK_ROW(ways[i].name, lab_drive_for(&d, SECOND));
		CHECK_EQ(ways[i].name, lab_drive_pc(&d), pc);
		lab_drive_skip(&d);
		lab_drive_go(&d, dbg_continue, false);
		CHECK_ROW(ways[i].name, !lab_drive_for(&d, SECOND));
		lab_drive_end(&d);
	}
}

/* The debugger's user goes on behind the two bytes of int 2c. */
static void test_assertion(void)
{
	enum { RIP = 0xf8, SIZE = 2 };
	uint8_t context[0x4d0];

	for (size_t i = 0; i < WAYS; i++) {
		struct lab_drive d;

		start(&d, i, "assert");
		CHECK_ROW(ways[i].name, lab_drive_until_stop(&d, 4 * SECOND));
		CHECK_EQ(ways[i].name, lab_drive_code(&d), 0xc0000420);
		lab_drive_get_context(&d, lab_drive_processor(&d), context);
		lab_put64(context + RIP, lab_drive_pc(&d) + SIZE);
		lab_drive_set_context(&d, lab_drive_processor(&d), context);
		lab_drive_go(&d, dbg_continue, false);
		CHECK_ROW(ways[i].name, !lab_drive_for(&d, SECOND));
		lab_drive_end(&d);
	}
}

static void test_prompt(void)
{
	for (size_t i = 0; i < WAYS; i++) {
		struct lab_drive d;

		start(&d, i, "prompt");
		d.answer = "bit";
		CHECK_ROW(ways[i].name, !lab_drive_until_stop(&d, 4 * SECOND));
		CHECK_EQ(ways[i].name, d.prompts, 1);
		CHECK_ROW(ways[i].name, strstr(d.text, "The answer is 'bit'"));
		CHECK_EQ(ways[i].name, d.commands, 1);
		lab_drive_end(&d);
	}
}

/*
 * Before it hangs a break-in is heard, afterwards none is. Not for long: who
 * spins costs time.
 */
static void test_hang(void)
{
	enum { MS = 1000 };

	for (size_t i = 0; i < WAYS; i++) {
		struct lab_drive d;

		start(&d, i, "hang");
		CHECK_ROW(ways[i].name, lab_drive_boot_stopped(&d));
		lab_drive_skip(&d);
		lab_drive_go(&d, dbg_continue, false);
		CHECK(!lab_drive_until_stop(&d, 2 * SECOND + 50 * MS));
		lab_host_break_in(&d.host);
		CHECK_ROW(ways[i].name, !lab_drive_for(&d, 100 * MS));
		CHECK_EQ(ways[i].name, lab_stub_counters(d.host.stub)->breakins,
			 2);
		lab_drive_end(&d);
	}
}

static void test_reboot(void)
{
	for (size_t i = 0; i < WAYS; i++) {
		struct lab_drive d;

		start(&d, i, "reboot");
		CHECK_ROW(ways[i].name, lab_drive_boot(&d));
		d.text_len = 0;
		d.text[0] = '\0';
		d.modules = 0;
		d.host.id = d.host.dialect == LAB_SERIAL ? LAB_SERIAL_INITIAL_ID
							 : LAB_NET_HOST_ID;
		CHECK_ROW(ways[i].name, lab_drive_boot(&d));
		CHECK_EQ(ways[i].name, d.modules, 6);
		if (ways[i].dialect == LAB_KDNET)
			CHECK_EQ(ways[i].name,
				 lab_stub_counters(d.host.stub)->sessions, 2);
		lab_drive_end(&d);
	}
}

static void test_driver(void)
{
	for (size_t i = 0; i < WAYS; i++) {
		struct lab_drive d;

		start(&d, i, "driver");
		CHECK_ROW(ways[i].name, !lab_drive_until_stop(&d, 5 * SECOND));
		CHECK_EQ(ways[i].name, d.modules, 7);
		CHECK_EQ(ways[i].name, d.files, 5);
		CHECK_EQ(ways[i].name, d.unloads, 1);
		CHECK_ROW(ways[i].name, strstr(d.text, "labextra: here"));
		CHECK_ROW(ways[i].name, strstr(d.text, "labextra: gone"));
		lab_drive_end(&d);
	}
}

/* The debugger has files of its own: the driver that comes is labdisk. */
static void test_driver_from_host(void)
{
	static uint8_t file[1 << 16];
	FILE *f = fopen(LAB_BUILT_IMAGES "/layout1/labdisk.sys", "rb");
	struct lab_drive d;

	CHECK(f != NULL);
	if (!f)
		return;
	size_t len = fread(file, 1, sizeof(file), f);

	fclose(f);
	start(&d, 2, "driver");
	CHECK(lab_drive_boot(&d));
	d.file = file;
	d.file_len = len;
	d.text_len = 0;
	CHECK(!lab_drive_until_stop(&d, 2 * SECOND));
	CHECK_EQ(NULL, d.modules, 7);
	CHECK(strstr(d.text, "labdisk: one disk") != NULL);
	CHECK(strstr(d.text, "labextra") == NULL);
	lab_drive_end(&d);
}

/* Rubbish instead of a driver is not loaded. */
static void test_driver_rubbish(void)
{
	static const uint8_t rubbish[3000] = { 'M', 'Z' };
	struct lab_drive d;

	start(&d, 0, "driver");
	CHECK(lab_drive_boot(&d));
	d.file = rubbish;
	d.file_len = sizeof(rubbish);
	CHECK(!lab_drive_until_stop(&d, 5 * SECOND));
	CHECK_EQ(NULL, d.modules, 6);
	CHECK_EQ(NULL, d.unloads, 0);
	lab_drive_end(&d);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "boot", test_boot },
		{ "cost of a boot", test_cost },
		{ "deterministic", test_deterministic },
		{ "nothing stops by itself", test_no_stop },
		{ "crash", test_crash },
		{ "bug check asked for", test_bug_check_asked_for },
		{ "fault", test_fault },
		{ "fault, mended", test_fault_mended },
		{ "int 3 in a driver", test_break },
		{ "assertion", test_assertion },
		{ "prompt", test_prompt },
		{ "hang", test_hang },
		{ "reboot", test_reboot },
		{ "driver", test_driver },
		{ "driver from the host", test_driver_from_host },
		{ "rubbish as a driver", test_driver_rubbish },
	};

	return check_run("lab scenarios", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
