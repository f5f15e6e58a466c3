/*
 * What a debugger finds in the static machine, by way of requests.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_host.h"
#include "lab_static.h"

#include <stdio.h>
#include <string.h>

enum { DATA = LAB_MANIPULATE_SIZE, CONTEXT_SIZE = 0x4d0, RIP = 0xf8 };

/* Ask for memory, or what looks alike: bytes that came. */
static size_t read_by(struct lab_host *h, uint32_t api, uint64_t address,
		      size_t len, struct lab_heard *ret)
{
	uint8_t fields[LAB_MANIPULATE_UNION_SIZE] = { 0 };

	lab_put64(fields, address);
	lab_put32(fields + 8, (uint32_t)len);
	if (!lab_host_ask(h, api, fields, NULL, 0, ret))
		return 0;
	CHECK_EQ("actual", lab_get32(ret->payload + 28), ret->len - DATA);
	return ret->len - DATA;
}

static size_t read_memory(struct lab_host *h, uint64_t address, size_t len,
			  struct lab_heard *ret)
{
	return read_by(h, LAB_API_READ_VIRTUAL, address, len, ret);
}

static uint64_t read_pointer(struct lab_host *h, uint64_t address)
{
	struct lab_heard said;

	return read_memory(h, address, 8, &said) == 8
		       ? lab_get64(said.payload + DATA)
		       : 0;
}

static uint32_t write_memory(struct lab_host *h, uint64_t address,
			     const uint8_t *bytes, size_t len)
{
	uint8_t fields[LAB_MANIPULATE_UNION_SIZE] = { 0 };
	struct lab_heard said;

	lab_put64(fields, address);
	lab_put32(fields + 8, (uint32_t)len);
	return lab_host_ask(h, LAB_API_WRITE_VIRTUAL, fields, bytes, len, &said)
		       ? lab_host_status(&said)
		       : UINT32_MAX;
}

static const struct {
	const char *name;
	enum lab_dialect dialect;
	uint32_t api;
	uint64_t address;
	size_t len, got;
	uint32_t status;
} reads[] = {
	// clang-format off
	{ "all of it",        LAB_SERIAL, LAB_API_READ_VIRTUAL,  LAB_STATIC_NT,                2,      2,    0 },
	{ "clipped, serial",  LAB_SERIAL, LAB_API_READ_VIRTUAL,  LAB_STATIC_NT,                0x4000, 3944, 0 },
	{ "clipped, kdnet",   LAB_KDNET,  LAB_API_READ_VIRTUAL,  LAB_STATIC_NT,                0x4000, 1096, 0 },
	{ "the beginning",    LAB_KDNET,  LAB_API_READ_VIRTUAL,  LAB_STATIC_NT + 0x3ff0,       32,     16,   LAB_STATUS_UNSUCCESSFUL },
	{ "nothing",          LAB_KDNET,  LAB_API_READ_VIRTUAL,  0x1000,                       16,     0,    LAB_STATUS_UNSUCCESSFUL },
	{ "the last byte",    LAB_KDNET,  LAB_API_READ_VIRTUAL,  UINT64_MAX,                   4,      0,    LAB_STATUS_UNSUCCESSFUL },
	{ "physical",         LAB_KDNET,  LAB_API_READ_PHYSICAL, LAB_STATIC_PHYSICAL,          64,     64,   0 },
	{ "physical, past",   LAB_KDNET,  LAB_API_READ_PHYSICAL, LAB_STATIC_PHYSICAL + LAB_STATIC_BYTES - 8, 16, 8, LAB_STATUS_UNSUCCESSFUL },
	{ "PCR",              LAB_KDNET,  LAB_API_READ_CONTROL,  0,                            64,     8,    0 },
	{ "special",          LAB_KDNET,  LAB_API_READ_CONTROL,  2,                            0xe0,   0xe0, 0 },
	{ "special, whole",   LAB_KDNET,  LAB_API_READ_CONTROL,  2,                            0x1000, 0xf0, 0 },
	{ "no such selector", LAB_KDNET,  LAB_API_READ_CONTROL,  4,                            8,      0,    LAB_STATUS_UNSUCCESSFUL },
	// clang-format on
};

static void test_reads(void)
{
	for (size_t i = 0; i < sizeof(reads) / sizeof(reads[0]); i++) {
		struct lab_host h;
		struct lab_heard said;

		lab_host_start_stopped(&h, reads[i].dialect, &said);
		CHECK_EQ(reads[i].name,
			 read_by(&h, reads[i].api, reads[i].address,
				 reads[i].len, &said),
			 reads[i].got);
		CHECK_EQ(reads[i].name, lab_host_status(&said),
			 reads[i].status);
		lab_host_end(&h);
	}
}

/* As a debugger does: version, list head, list, names, headers. */
static void test_finds_its_way(void)
{
	static const char *const names[] = { "ntoskrnl.exe", "hal.dll",
					     "labdisk.sys" };
	struct lab_host h;
	struct lab_heard said;

	lab_host_start_stopped(&h, LAB_KDNET, &said);
	CHECK(lab_host_ask(&h, LAB_API_GET_VERSION, NULL, NULL, 0, &said));
	CHECK_EQ("machine", lab_get16(said.payload + 24), 0x8664);
	uint64_t kernel = lab_get64(said.payload + 32);
	uint64_t modules = lab_get64(said.payload + 40);
	uint64_t debugger = lab_get64(said.payload + 48);
	uint64_t block = read_pointer(&h, debugger);

	CHECK_EQ("PE", read_pointer(&h, kernel) & 0xffff, 0x5a4d);
	CHECK_EQ("tag", read_pointer(&h, block + 0x10) & 0xffffffff,
		 0x4742444b);
	CHECK_EQ("modules", read_pointer(&h, block + 0x48), modules);
	uint64_t at = read_pointer(&h, modules);

	for (size_t i = 0; i < 3; i++) {
		uint64_t text = read_pointer(&h, at + 0x60);
		size_t len = strlen(names[i]);

		CHECK_EQ("base", read_pointer(&h, at + 0x30) & 0xfff, 0);
		CHECK_EQ(names[i], read_memory(&h, text, len * 2, &said),
			 len * 2);
		for (size_t n = 0; n < len; n++)
			CHECK_EQ(names[i], said.payload[DATA + 2 * n],
				 (uint8_t)names[i][n]);
		at = read_pointer(&h, at);
	}
	CHECK_EQ("round", at, modules);
	lab_host_end(&h);
}

static uint32_t with_pattern(struct lab_host *h, uint32_t api, uint64_t address,
			     const char *pattern, struct lab_heard *ret)
{
	uint8_t fields[LAB_MANIPULATE_UNION_SIZE] = { 0 };
	size_t len = strlen(pattern);

	lab_put64(fields, address);
	if (api == LAB_API_SEARCH_MEMORY) {
		lab_put64(fields + 8, 0x3000);
		lab_put32(fields + 16, (uint32_t)len);
	} else {
		lab_put32(fields + 8, 9);
		lab_put16(fields + 12, 1);
		lab_put16(fields + 14, (unsigned)len);
	}
	return lab_host_ask(h, api, fields, (const uint8_t *)pattern, len, ret)
		       ? lab_host_status(ret)
		       : UINT32_MAX;
}

static void test_search_and_fill(void)
{
	struct lab_host h;
	struct lab_heard said;

	lab_host_start_stopped(&h, LAB_KDNET, &said);
	CHECK_EQ("found",
		 with_pattern(&h, LAB_API_SEARCH_MEMORY, LAB_STATIC_NT,
			      "lab_release", &said),
		 0);
	uint64_t at = lab_get64(said.payload + LAB_MANIPULATE_UNION);

	CHECK_EQ("there", read_memory(&h, at, 11, &said), 11);
	CHECK(!memcmp(said.payload + DATA, "lab_release", 11));
	/* across the places where the target's window ends */
	CHECK_EQ("write",
		 write_memory(&h, LAB_STATIC_POOL + 1092,
			      (const uint8_t *)"straddle", 8),
		 0);
	CHECK_EQ("found",
		 with_pattern(&h, LAB_API_SEARCH_MEMORY, LAB_STATIC_POOL,
			      "straddle", &said),
		 0);
	CHECK_EQ("where", lab_get64(said.payload + LAB_MANIPULATE_UNION),
		 LAB_STATIC_POOL + 1092);
	CHECK_EQ("not found",
		 with_pattern(&h, LAB_API_SEARCH_MEMORY, LAB_STATIC_NT,
			      "nowhere at all", &said),
		 LAB_STATUS_NOT_FOUND);
	CHECK_EQ("fill",
		 with_pattern(&h, LAB_API_FILL_MEMORY, at, "abcd", &said), 0);
	CHECK_EQ("filled", read_memory(&h, at, 11, &said), 11);
	CHECK(!memcmp(said.payload + DATA, "abcdabcdase", 11));
	CHECK_EQ("write", write_memory(&h, at, (const uint8_t *)"xyz", 3), 0);
	CHECK_EQ("written", read_pointer(&h, at) & 0xffffffff, 0x647a7978);
	CHECK_EQ("half of it is nowhere",
		 write_memory(&h, LAB_STATIC_NT + LAB_STATIC_NT_SIZE - 1,
			      (const uint8_t *)"xyz", 3),
		 LAB_STATUS_UNSUCCESSFUL);
	CHECK_EQ("nowhere",
		 with_pattern(&h, LAB_API_FILL_MEMORY, 0x1000, "abcd", &said),
		 LAB_STATUS_UNSUCCESSFUL);
	lab_host_end(&h);
}

static uint32_t set_breakpoint(struct lab_host *h, uint64_t address,
			       uint32_t *ret_handle)
{
	uint8_t fields[LAB_MANIPULATE_UNION_SIZE] = { 0 };
	struct lab_heard said;

	lab_put64(fields, address);
	if (!lab_host_ask(h, LAB_API_WRITE_BREAKPOINT, fields, NULL, 0, &said))
		return UINT32_MAX;
	*ret_handle = lab_get32(said.payload + 24);
	return lab_host_status(&said);
}

static uint32_t restore_breakpoint(struct lab_host *h, uint32_t handle)
{
	uint8_t fields[LAB_MANIPULATE_UNION_SIZE] = { 0 };
	struct lab_heard said;

	lab_put32(fields, handle);
	return lab_host_ask(h, LAB_API_RESTORE_BREAKPOINT, fields, NULL, 0,
			    &said)
		       ? lab_host_status(&said)
		       : UINT32_MAX;
}

static uint8_t byte_at(struct lab_host *h, uint64_t address)
{
	struct lab_heard said;

	return read_memory(h, address, 1, &said) ? said.payload[DATA] : 0;
}

static void test_breakpoint_table(void)
{
	struct lab_host h;
	struct lab_heard said;
	uint64_t at = lab_static_symbol("LabTick");
	uint32_t handle = 0, first;

	lab_host_start_stopped(&h, LAB_KDNET, &said);
	CHECK_EQ("none yet", restore_breakpoint(&h, 1),
		 LAB_STATUS_UNSUCCESSFUL);
	CHECK_EQ("first", set_breakpoint(&h, at, &first), 0);
	CHECK_EQ("handle", first, 1);
	CHECK_EQ("not hidden", byte_at(&h, at), 0xcc);
	CHECK_EQ("twice", set_breakpoint(&h, at, &handle),
		 LAB_STATUS_UNSUCCESSFUL);
	CHECK_EQ("paged out", set_breakpoint(&h, 0x1000, &handle), 0);
	for (uint32_t i = 3; i <= 32; i++)
		CHECK_EQ("more",
			 set_breakpoint(&h, LAB_STATIC_POOL + i, &handle), 0);
	CHECK_EQ("last handle", handle, 32);
	CHECK_EQ("full", set_breakpoint(&h, LAB_STATIC_POOL + 99, &handle),
		 LAB_STATUS_UNSUCCESSFUL);
	CHECK_EQ("restore", restore_breakpoint(&h, first), 0);
	CHECK_EQ("original", byte_at(&h, at), 0x53);
	CHECK_EQ("stale", restore_breakpoint(&h, first),
		 LAB_STATUS_UNSUCCESSFUL);
	CHECK_EQ("handle 0", restore_breakpoint(&h, 0),
		 LAB_STATUS_UNSUCCESSFUL);
	CHECK_EQ("handle 33", restore_breakpoint(&h, 33),
		 LAB_STATUS_UNSUCCESSFUL);
	lab_host_end(&h);
}

static void test_hidden_breakpoints(void)
{
	struct lab_stub_config config = {
		.dialect = LAB_KDNET,
		.faults = { .hide_breakpoints = true },
	};
	struct lab_host h;
	struct lab_heard said;
	uint64_t at = lab_static_symbol("LabTick");
	uint32_t handle;

	lab_host_start(&h, config, lab_machine_static_create());
	CHECK(lab_host_stop(&h, &said));
	CHECK_EQ("set", set_breakpoint(&h, at, &handle), 0);
	CHECK_EQ("read alone", byte_at(&h, at), 0x53);
	CHECK_EQ("read before", byte_at(&h, at - 1), 0xcc);
	CHECK_EQ("read among others", read_memory(&h, at - 2, 4, &said), 4);
	CHECK(!memcmp(said.payload + DATA, "\xcc\xcc\x53\x48", 4));
	lab_host_end(&h);
}

/* Read the context, change rip, and write it back. */
static uint64_t move_rip(struct lab_host *h, int64_t by)
{
	uint8_t context[CONTEXT_SIZE];
	struct lab_heard said;

	CHECK(lab_host_ask(h, LAB_API_GET_CONTEXT, NULL, NULL, 0, &said));
	CHECK_EQ("size", said.len, DATA + CONTEXT_SIZE);
	memcpy(context, said.payload + DATA, sizeof(context));
	uint64_t rip = lab_get64(context + RIP) + (uint64_t)by;

	lab_put64(context + RIP, rip);
	CHECK(lab_host_ask(h, LAB_API_SET_CONTEXT, NULL, context,
			   sizeof(context), &said));
	CHECK_EQ("set", lab_host_status(&said), 0);
	return rip;
}

static void go_on_with(struct lab_host *h, uint32_t status, bool trace)
{
	uint8_t fields[LAB_MANIPULATE_UNION_SIZE] = { 0 };

	lab_put32(fields, status);
	lab_put32(fields + 4, trace);
	lab_put64(fields + 8, 0x400);
	(void)lab_host_ask(h, LAB_API_CONTINUE2, fields, NULL, 0, NULL);
}

static void go_on(struct lab_host *h, bool trace)
{
	go_on_with(h, 0x00010001, trace);
}

static void test_runs_and_stops(void)
{
	struct lab_host h;
	struct lab_heard said;
	uint64_t at = lab_static_symbol("LabTick");
	uint32_t handle = 0;

	lab_host_start_stopped(&h, LAB_SERIAL, &said);
	uint64_t pc = lab_get64(said.payload + LAB_STATE_PC);

	CHECK_EQ("int 3", said.payload[LAB_STATE_REPORT + LAB_REPORT_STREAM],
		 0xcc);
	(void)move_rip(&h, 0);
	go_on(&h, false);
	CHECK(lab_host_take(&h, LAB_PACKET_STATE_CHANGE, &said));
	CHECK_EQ("met again", lab_get64(said.payload + LAB_STATE_PC), pc);
	uint8_t context[CONTEXT_SIZE] = { 0 };

	CHECK(lab_host_ask(&h, LAB_API_SET_CONTEXT, NULL, context,
			   sizeof(context), &said));
	CHECK_EQ("context not got in this stop", lab_host_status(&said),
		 LAB_STATUS_UNSUCCESSFUL);
	CHECK_EQ("set", set_breakpoint(&h, at, &handle), 0);
	(void)move_rip(&h, 1);
	go_on(&h, false);
	CHECK(lab_host_take(&h, LAB_PACKET_STATE_CHANGE, &said));
	CHECK_EQ("breakpoint", lab_get64(said.payload + LAB_STATE_PC), at);
	CHECK_EQ("stream without it",
		 said.payload[LAB_STATE_REPORT + LAB_REPORT_STREAM], 0x53);
	CHECK_EQ("deleted", restore_breakpoint(&h, handle),
		 LAB_STATUS_UNSUCCESSFUL);
	CHECK(lab_host_ask(&h, LAB_API_GET_CONTEXT, NULL, NULL, 0, &said));
	uint64_t rsp = lab_get64(said.payload + DATA + 0x98);

	go_on(&h, true);
	CHECK(lab_host_take(&h, LAB_PACKET_STATE_CHANGE, &said));
	CHECK_EQ("step", lab_get32(said.payload + LAB_STATE_EXC_CODE),
		 LAB_STATUS_SINGLE_STEP);
	CHECK_EQ("stepped", lab_get64(said.payload + LAB_STATE_PC), at + 1);
	CHECK(lab_host_ask(&h, LAB_API_GET_CONTEXT, NULL, NULL, 0, &said));
	CHECK_EQ("push", lab_get64(said.payload + DATA + 0x98), rsp - 8);
	/* not handled: the trace flag does not count */
	go_on_with(&h, 0x80010001, true);
	CHECK(lab_host_take(&h, LAB_PACKET_DEBUG_IO, &said));
	CHECK(!memcmp(said.payload + LAB_IO_SIZE, "lab: ", 5));
	lab_host_end(&h);
}

static void test_context_rules(void)
{
	struct lab_host h;
	struct lab_heard said;
	uint8_t fields[LAB_MANIPULATE_UNION_SIZE] = { 0 };
	uint8_t context[CONTEXT_SIZE] = { 0 };

	lab_host_start_stopped(&h, LAB_KDNET, &said);
	uint64_t pc = lab_get64(said.payload + LAB_STATE_PC);

	CHECK(lab_host_ask(&h, LAB_API_SET_CONTEXT, NULL, context,
			   sizeof(context), &said));
	CHECK_EQ("not got before", lab_host_status(&said),
		 LAB_STATUS_UNSUCCESSFUL);
	for (size_t at = 0; at < CONTEXT_SIZE; at += 512) {
		lab_put32(fields, (uint32_t)at);
		lab_put32(fields + 4, 512);
		lab_put32(fields + 8, CONTEXT_SIZE);
		CHECK(lab_host_ask(&h, LAB_API_GET_CONTEXT_EX, fields, NULL, 0,
				   &said));
		CHECK_EQ("copied", lab_get32(said.payload + 24),
			 said.len - DATA);
		memcpy(context + at, said.payload + DATA, said.len - DATA);
	}
	CHECK_EQ("rip", lab_get64(context + RIP), pc);
	lab_put64(context + RIP, pc + 5);
	for (size_t at = 0; at < CONTEXT_SIZE; at += 616) {
		lab_put32(fields, (uint32_t)at);
		lab_put32(fields + 4, 616);
		lab_put32(fields + 8, CONTEXT_SIZE);
		CHECK(lab_host_ask(&h, LAB_API_SET_CONTEXT_EX, fields,
				   context + at, 616, &said));
		CHECK_EQ("piece", lab_host_status(&said), 0);
	}
	CHECK_EQ("whole", move_rip(&h, 0), pc + 5);
	lab_host_end(&h);
}

static void test_crash_and_restart(void)
{
	struct lab_host h;
	struct lab_heard said;

	lab_host_start_stopped(&h, LAB_KDNET, &said);
	(void)lab_host_ask(&h, LAB_API_CAUSE_BUG_CHECK, NULL, NULL, 0, NULL);
	CHECK(lab_host_take(&h, LAB_PACKET_DEBUG_IO, &said));
	CHECK(!memcmp(said.payload + LAB_IO_SIZE,
		      "\n*** Fatal System Error: 0x000000e2", 35));
	CHECK(lab_host_take(&h, LAB_PACKET_STATE_CHANGE, &said));
	CHECK_EQ("stops", lab_get32(said.payload + LAB_STATE_EXC_CODE),
		 LAB_STATUS_BREAKPOINT);
	(void)move_rip(&h, 1);
	go_on(&h, false);
	CHECK(lab_host_take(&h, LAB_PACKET_DEBUG_IO, &said));
	h.id = LAB_NET_HOST_ID;
	CHECK(lab_host_take(&h, LAB_PACKET_DEBUG_IO, &said));
	CHECK_EQ("a new boot", said.id, 0);
	lab_host_end(&h);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "reads", test_reads },
		{ "finds its way", test_finds_its_way },
		{ "search and fill", test_search_and_fill },
		{ "breakpoint table", test_breakpoint_table },
		{ "hidden breakpoints", test_hidden_breakpoints },
		{ "runs and stops", test_runs_and_stops },
		{ "context rules", test_context_rules },
		{ "crash and restart", test_crash_and_restart },
	};

	return check_run("lab machine", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
