/*
 * A stopped machine: stepping, the other processor, registers, memory, ports
 * and model specific registers.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_contract.h"
#include "lab_drive.h"

#include <string.h>

enum {
	SECOND = 1000000,
	CONTEXT_SIZE = 0x4d0,
	CONTEXT_EFLAGS = 0x44,
	CONTEXT_RSP = 0x98,
	CONTEXT_RIP = 0xf8,
	SPECIAL_CR3 = 0x10,
	TRACE = 0x100,
};

static const uint32_t dbg_continue = 0x00010002;

static void start(struct lab_drive *d, enum lab_dialect dialect)
{
	lab_drive_start(d, &(struct lab_drive_config){ .dialect = dialect });
	CHECK(lab_drive_boot_stopped(d));
}

/*
 * Each step is one instruction, and the PC is where the context is. A clock
 * interrupt that comes in between is not stepped through.
 */
static void test_step(void)
{
	struct lab_drive d;
	uint8_t context[CONTEXT_SIZE];
	unsigned interrupted = 0;

	start(&d, LAB_SERIAL);
	lab_drive_skip(&d);
	uint64_t nt = lab_drive_base(&d, "ntoskrnl.exe");

	for (unsigned i = 0; i < 200; i++) {
		uint64_t before = lab_emulated_executed(d.host.machine, 0);

		lab_drive_step(&d);
		CHECK_EQ("code", lab_drive_code(&d), LAB_STATUS_SINGLE_STEP);
		CHECK_EQ("processor", lab_drive_processor(&d), 0);
		CHECK_EQ("dr6",
			 lab_get64(d.stop + LAB_STATE_REPORT + LAB_REPORT_DR6),
			 0xffff4ff0);
		interrupted +=
			lab_emulated_executed(d.host.machine, 0) != before + 1;
		CHECK(lab_drive_pc(&d) - nt < 0x100000);
		lab_drive_get_context(&d, 0, context);
		CHECK_EQ("rip", lab_get64(context + CONTEXT_RIP),
			 lab_drive_pc(&d));
		CHECK_EQ("no trace flag",
			 lab_get32(context + CONTEXT_EFLAGS) & TRACE, 0);
	}
	CHECK(interrupted < 10);
	lab_drive_go(&d, dbg_continue, false);
	CHECK(!lab_drive_for(&d, SECOND));
	lab_drive_end(&d);
}

/* Out of the break-in's function it returns to who called. */
static void test_step_returns(void)
{
	struct lab_drive d;
	uint8_t context[CONTEXT_SIZE], stack[8];

	start(&d, LAB_KDNET);
	lab_drive_get_context(&d, 0, context);
	uint64_t rsp = lab_get64(context + CONTEXT_RSP);

	lab_drive_read(&d, rsp, stack, sizeof(stack));
	lab_drive_skip(&d);
	lab_drive_step(&d); /* DbgBreakPointWithStatus is int 3; ret */
	CHECK_EQ("back", lab_drive_pc(&d), lab_get64(stack));
	lab_drive_get_context(&d, 0, context);
	CHECK_EQ("rsp", lab_get64(context + CONTEXT_RSP), rsp + 8);
	lab_drive_end(&d);
}

static void ask_switch(struct lab_drive *d, unsigned n, struct lab_heard *ret)
{
	uint8_t request[LAB_MANIPULATE_SIZE] = { 0 };

	lab_put32(request, LAB_API_SWITCH_PROCESSOR);
	lab_put16(request + LAB_MANIPULATE_PROCESSOR, n);
	lab_host_data(&d->host, LAB_PACKET_MANIPULATE, d->host.id, request,
		      sizeof(request));
	d->host.id ^= 1;
	CHECK(lab_host_take(&d->host, LAB_PACKET_STATE_CHANGE, ret));
	memcpy(d->stop, ret->payload, LAB_STATE_SIZE);
}

static void test_switch(void)
{
	struct lab_drive d;
	struct lab_heard r;
	uint8_t context[CONTEXT_SIZE];
	uint64_t first;

	start(&d, LAB_SERIAL);
	first = lab_drive_pc(&d);
	ask_switch(&d, 1, &r);
	CHECK_EQ("processor", lab_drive_processor(&d), 1);
	CHECK_EQ("code", lab_drive_code(&d), LAB_STATUS_WAKE);
	lab_drive_get_context(&d, 1, context);
	CHECK_EQ("pc", lab_get64(context + CONTEXT_RIP), lab_drive_pc(&d));
	CHECK(lab_drive_pc(&d) != first);
	/* the trace flag is for the one that is talked to */
	lab_drive_step(&d);
	CHECK_EQ("who stepped", lab_drive_processor(&d),
		 lab_drive_code(&d) == LAB_STATUS_SINGLE_STEP ? 1 : 0);
	ask_switch(&d, 7, &r);
	CHECK(lab_drive_processor(&d) < 2);
	ask_switch(&d, 0, &r);
	CHECK_EQ("back", lab_drive_processor(&d), 0);
	lab_drive_end(&d);
}

/* What control space says, memory says too. */
static void test_control_space(void)
{
	struct lab_drive d;
	struct lab_heard r;
	uint8_t u[LAB_MANIPULATE_UNION_SIZE] = { 0 };
	uint64_t value[4];

	start(&d, LAB_SERIAL);
	for (unsigned i = 0; i < 5; i++) {
		lab_put64(u, i);
		lab_put32(u + 8, i == 2 ? 0xf0 : 8);
		CHECK(lab_host_ask(&d.host, LAB_API_READ_CONTROL, u, NULL, 0,
				   &r));
		CHECK_EQ("status", lab_host_status(&r),
			 i < 4 ? 0 : LAB_STATUS_UNSUCCESSFUL);
		if (i == 2)
			CHECK_EQ("page tables",
				 lab_get64(r.payload + LAB_MANIPULATE_SIZE +
					   SPECIAL_CR3) %
					 0x1000,
				 0);
		if (i < 4)
			value[i] = lab_get64(r.payload + LAB_MANIPULATE_SIZE);
	}
	CHECK(value[0] >> 47 == 0x1ffff && value[1] > value[0]);
	CHECK_EQ("thread", value[3], lab_get64(d.stop + LAB_STATE_THREAD));
	lab_drive_end(&d);
}

/* By the page tables in physical memory a virtual address is found. */
static void test_physical(void)
{
	struct lab_drive d;
	struct lab_heard r;
	uint8_t u[LAB_MANIPULATE_UNION_SIZE] = { 0 };
	uint8_t virtual[16];
	uint64_t table, address;

	start(&d, LAB_SERIAL);
	address = lab_drive_base(&d, "ntoskrnl.exe");
	lab_put64(u, 2);
	lab_put32(u + 8, 0xe0);
	CHECK(lab_host_ask(&d.host, LAB_API_READ_CONTROL, u, NULL, 0, &r));
	table = lab_get64(r.payload + LAB_MANIPULATE_SIZE + SPECIAL_CR3);
	for (unsigned shift = 39; shift >= 12; shift -= 9) {
		memset(u, 0, sizeof(u));
		lab_put64(u, table + (address >> shift & 511) * 8);
		lab_put32(u + 8, 8);
		CHECK(lab_host_ask(&d.host, LAB_API_READ_PHYSICAL, u, NULL, 0,
				   &r));
		table = lab_get64(r.payload + LAB_MANIPULATE_SIZE) &
			0x000ffffffffff000;
	}
	lab_put64(u, table);
	lab_put32(u + 8, sizeof(virtual));
	CHECK(lab_host_ask(&d.host, LAB_API_READ_PHYSICAL, u, NULL, 0, &r));
	lab_drive_read(&d, address, virtual, sizeof(virtual));
	CHECK(!memcmp(virtual, r.payload + LAB_MANIPULATE_SIZE,
		      sizeof(virtual)));
	CHECK_EQ("MZ", lab_get16(virtual), 0x5a4d);
	lab_drive_end(&d);
}

// clang-format off
static const struct {
	const char *name;
	uint32_t api;
	uint64_t address;
	uint32_t count;
	uint32_t status;
	size_t len;
} row_list[] = {
	{ "nothing there",       LAB_API_READ_VIRTUAL,  0x18, 8, LAB_STATUS_UNSUCCESSFUL, 0 },
	{ "shared user data",    LAB_API_READ_VIRTUAL,  LAB_SHARED, 8, 0, 8 },
	{ "up to the page's end", LAB_API_READ_VIRTUAL, LAB_SHARED + 0xff8, 16, LAB_STATUS_UNSUCCESSFUL, 8 },
	{ "end of RAM",          LAB_API_READ_PHYSICAL, LAB_RAM_SIZE - 8, 16, LAB_STATUS_UNSUCCESSFUL, 8 },
	{ "beyond RAM",          LAB_API_READ_PHYSICAL, LAB_RAM_SIZE, 8, LAB_STATUS_UNSUCCESSFUL, 0 },
	{ "far beyond RAM",      LAB_API_READ_PHYSICAL, UINT64_MAX - 3, 8, LAB_STATUS_UNSUCCESSFUL, 0 },
};
// clang-format on

static void test_memory(void)
{
	struct lab_drive d;
	struct lab_heard r;

	start(&d, LAB_SERIAL);
	for (size_t i = 0; i < sizeof(row_list) / sizeof(row_list[0]); i++) {
		uint8_t u[LAB_MANIPULATE_UNION_SIZE] = { 0 };

		lab_put64(u, row_list[i].address);
		lab_put32(u + 8, row_list[i].count);
		CHECK(lab_host_ask(&d.host, row_list[i].api, u, NULL, 0, &r));
		CHECK_EQ(row_list[i].name, lab_host_status(&r),
			 row_list[i].status);
		CHECK_EQ(row_list[i].name, r.len - LAB_MANIPULATE_SIZE,
			 row_list[i].len);
	}
	lab_drive_end(&d);
}

static void test_msr_and_ports(void)
{
	struct lab_drive d;
	struct lab_heard r;
	uint8_t u[LAB_MANIPULATE_UNION_SIZE] = { 0 };

	start(&d, LAB_SERIAL);
	lab_put32(u, 0xc0000101);
	CHECK(lab_host_ask(&d.host, LAB_API_READ_MSR, u, NULL, 0, &r));
	CHECK_EQ("gs base", lab_host_status(&r), 0);
	CHECK_EQ("of the kernel", lab_get32(r.payload + 16 + 8) >> 15, 0x1ffff);
	lab_put32(u, 0x12345678);
	CHECK(lab_host_ask(&d.host, LAB_API_READ_MSR, u, NULL, 0, &r));
	CHECK_EQ("no such", lab_host_status(&r), LAB_STATUS_NO_DEVICE);

	memset(u, 0, sizeof(u));
	lab_put64(u, LAB_PORT_LATCH);
	lab_put32(u + 8, 4);
	lab_put32(u + 12, 0x12345678);
	CHECK(lab_host_ask(&d.host, LAB_API_WRITE_IO, u, NULL, 0, &r));
	lab_put64(u, LAB_PORT_LATCH + 2);
	lab_put32(u + 8, 2);
	CHECK(lab_host_ask(&d.host, LAB_API_READ_IO, u, NULL, 0, &r));
	CHECK_EQ("latch", lab_get32(r.payload + 16 + 12), 0x1234);
	lab_drive_end(&d);
}

/* A command by the debugger, at a port. */
static void test_command(void)
{
	struct lab_drive d;
	struct lab_heard r;
	uint8_t u[LAB_MANIPULATE_UNION_SIZE] = { 0 };

	start(&d, LAB_SERIAL);
	lab_put64(u, LAB_PORT_COMMAND);
	lab_put32(u + 8, 4);
	lab_put32(u + 12, LAB_COMMAND_CATCH);
	CHECK(lab_host_ask(&d.host, LAB_API_WRITE_IO, u, NULL, 0, &r));
	lab_drive_skip(&d);
	lab_drive_go(&d, dbg_continue, false);
	CHECK(!lab_drive_for(&d, SECOND));
	CHECK(strstr(d.text, "myfault: caught it") != NULL);
	lab_drive_end(&d);
}

/* With NtGlobalFlag's 1 a fault is told at first chance, too (8.0). */
static void test_first_chance(void)
{
	static const uint32_t stop_on_exception = 1;
	struct lab_drive d;

	lab_drive_start(&d, &(struct lab_drive_config){
				    .scenario = "fault",
				    .dialect = LAB_SERIAL,
			    });
	CHECK(lab_drive_boot_stopped(&d));
	lab_drive_write(&d, lab_drive_symbol(&d, "ntkrnlmp", "NtGlobalFlag"),
			&stop_on_exception, sizeof(stop_on_exception));
	lab_drive_skip(&d);
	lab_drive_go(&d, dbg_continue, false);
	/* the one that the driver handles, unless we do */
	CHECK(lab_drive_for(&d, 2 * SECOND));
	CHECK_EQ("code", lab_drive_code(&d), 0xc0000005);
	CHECK(lab_get32(d.stop + LAB_STATE_EXC_FIRST) != 0);
	lab_drive_go(&d, 0x80010001, false);
	/* the other one, at both chances */
	CHECK(lab_drive_for(&d, 2 * SECOND));
	CHECK(strstr(d.text, "myfault: caught it") != NULL);
	CHECK(lab_get32(d.stop + LAB_STATE_EXC_FIRST) != 0);
	lab_drive_go(&d, 0x80010001, false);
	CHECK(lab_drive_for(&d, 2 * SECOND));
	CHECK_EQ("second", lab_get32(d.stop + LAB_STATE_EXC_FIRST), 0);
	lab_drive_end(&d);
}

/* One processor or four: as many as were asked for run. */
static void test_processors(void)
{
	for (unsigned n = 1; n <= LAB_PROCESSORS_MAX; n++) {
		struct lab_drive d;

		lab_drive_start(&d, &(struct lab_drive_config){
					    .dialect = LAB_SERIAL,
					    .processors = n,
				    });
		CHECK(lab_drive_boot_stopped(&d));
		CHECK_EQ("said", lab_get32(d.stop + LAB_STATE_PROCESSORS), n);
		for (unsigned i = 0; i < n; i++)
			CHECK(lab_emulated_executed(d.host.machine, i) > 1000);
		lab_drive_end(&d);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "steps", test_step },
		{ "a step returns", test_step_returns },
		{ "switch of processors", test_switch },
		{ "control space", test_control_space },
		{ "physical memory", test_physical },
		{ "edges of memory", test_memory },
		{ "msr and ports", test_msr_and_ports },
		{ "command", test_command },
		{ "first chance", test_first_chance },
		{ "processors", test_processors },
	};

	return check_run("lab stops", tests, sizeof(tests) / sizeof(tests[0]));
}
