/*
 * What a debugger finds in the machines, by way of requests.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_host.h"
#include "lab_static.h"

#include <stdio.h>
#include <string.h>

enum { DATA = LAB_MANIPULATE_SIZE, CONTEXT_SIZE = 0x4d0, RIP = 0xf8 };

/* A stopped static machine, over a serial line or KDNET. */
static void start(struct lab_host *h, enum lab_dialect dialect,
		  struct lab_heard *ret)
{
	struct lab_stub_config config = { .dialect = dialect };

	lab_host_start(h, config, lab_machine_static_create());
	CHECK(lab_host_stop(h, ret));
}

static uint32_t status_of(const struct lab_heard *said)
{
	return lab_get32(said->payload + LAB_MANIPULATE_STATUS);
}

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
		       ? status_of(&said)
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

		start(&h, reads[i].dialect, &said);
		CHECK_EQ(reads[i].name,
			 read_by(&h, reads[i].api, reads[i].address,
				 reads[i].len, &said),
			 reads[i].got);
		CHECK_EQ(reads[i].name, status_of(&said), reads[i].status);
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

	start(&h, LAB_KDNET, &said);
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
		       ? status_of(ret)
		       : UINT32_MAX;
}

static void test_search_and_fill(void)
{
	struct lab_host h;
	struct lab_heard said;

	start(&h, LAB_KDNET, &said);
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
	return status_of(&said);
}

static uint32_t restore_breakpoint(struct lab_host *h, uint32_t handle)
{
	uint8_t fields[LAB_MANIPULATE_UNION_SIZE] = { 0 };
	struct lab_heard said;

	lab_put32(fields, handle);
	return lab_host_ask(h, LAB_API_RESTORE_BREAKPOINT, fields, NULL, 0,
			    &said)
		       ? status_of(&said)
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

	start(&h, LAB_KDNET, &said);
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
	CHECK_EQ("set", status_of(&said), 0);
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

	start(&h, LAB_SERIAL, &said);
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
	CHECK_EQ("context not got in this stop", status_of(&said),
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

	start(&h, LAB_KDNET, &said);
	uint64_t pc = lab_get64(said.payload + LAB_STATE_PC);

	CHECK(lab_host_ask(&h, LAB_API_SET_CONTEXT, NULL, context,
			   sizeof(context), &said));
	CHECK_EQ("not got before", status_of(&said), LAB_STATUS_UNSUCCESSFUL);
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
		CHECK_EQ("piece", status_of(&said), 0);
	}
	CHECK_EQ("whole", move_rip(&h, 0), pc + 5);
	lab_host_end(&h);
}

static const struct {
	const char *name;
	uint32_t api;
	uint32_t fields[5];
	uint32_t status;
	size_t at; /* of a value in the reply's union, with 32 bits */
	uint32_t value;
} small[] = {
	// clang-format off
	{ "EFER",             LAB_API_READ_MSR,         { 0xc0000080 },          0,                        4,  0xd01 },
	{ "no such register", LAB_API_READ_MSR,         { 0x1234 },              LAB_STATUS_NO_DEVICE,     0,  0x1234 },
	{ "port",             LAB_API_READ_IO,          { 0x60, 0, 1 },          0,                        12, 0xff },
	{ "port of 3 bytes",  LAB_API_READ_IO,          { 0x60, 0, 3 },          LAB_STATUS_BAD_PARAMETER, 8,  3 },
	{ "port misaligned",  LAB_API_READ_IO,          { 0x61, 0, 2 },          LAB_STATUS_MISALIGNED,    8,  2 },
	{ "extended",         LAB_API_READ_IO_EXTENDED, { 2, 1, 0, 1, 0x62 },    0,                        24, 0xffff },
	{ "no ISA bus",       LAB_API_READ_IO_EXTENDED, { 2, 5, 0, 1, 0x62 },    LAB_STATUS_BAD_PARAMETER, 0,  2 },
	{ "kernel space",     LAB_API_QUERY_MEMORY,     { 0, 0x80000000 },       0,                        16, 2 },
	{ "process space",    LAB_API_QUERY_MEMORY,     { 0, 0 },                0,                        20, 7 },
	{ "space given",      LAB_API_QUERY_MEMORY,     { 0, 0, 0, 0, 1 },       LAB_STATUS_BAD_PARAMETER, 16, 1 },
	{ "PCI",              LAB_API_GET_BUS_DATA,     { 4, 0, 0, 0, 4 },       0,                        16, 4 },
	{ "no such device",   LAB_API_GET_BUS_DATA,     { 4, 0, 3, 0, 4 },       LAB_STATUS_UNSUCCESSFUL,  16, 0 },
	{ "low memory",       LAB_API_CHECK_LOW_MEMORY, { 0 },                   LAB_STATUS_UNSUCCESSFUL,  0,  0 },
	{ "unknown",          0x3fff,                   { 0 },                   LAB_STATUS_UNSUCCESSFUL,  0,  0 },
	// clang-format on
};

static void test_small_requests(void)
{
	struct lab_host h;
	struct lab_heard said;

	start(&h, LAB_SERIAL, &said);
	for (size_t i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
		uint8_t fields[LAB_MANIPULATE_UNION_SIZE] = { 0 };

		for (size_t n = 0; n < 5; n++)
			lab_put32(fields + n * 4, small[i].fields[n]);
		CHECK_ROW(small[i].name, lab_host_ask(&h, small[i].api, fields,
						      NULL, 0, &said));
		CHECK_EQ(small[i].name, status_of(&said), small[i].status);
		CHECK_EQ(small[i].name,
			 lab_get32(said.payload + LAB_MANIPULATE_UNION +
				   small[i].at),
			 small[i].value);
	}
	lab_host_end(&h);
}

static void test_switch_processor(void)
{
	static const struct {
		uint16_t to, from;
		uint32_t code;
	} rows[] = {
		{ 1, 1, LAB_STATUS_WAKE },
		{ 9, 1, LAB_STATUS_WAKE },
		{ 0, 0, LAB_STATUS_WAKE },
	};
	struct lab_host h;
	struct lab_heard said;

	start(&h, LAB_KDNET, &said);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t request[LAB_MANIPULATE_SIZE] = { 0x50, 0x31 };

		lab_put16(request + LAB_MANIPULATE_PROCESSOR, rows[i].to);
		lab_host_data(&h, LAB_PACKET_MANIPULATE, h.id, request,
			      sizeof(request));
		h.id += 2;
		CHECK(lab_host_take(&h, LAB_PACKET_STATE_CHANGE, &said));
		CHECK_EQ("by", lab_get16(said.payload + LAB_STATE_PROCESSOR),
			 rows[i].from);
		CHECK_EQ("code", lab_get32(said.payload + LAB_STATE_EXC_CODE),
			 rows[i].code);
	}
	lab_host_end(&h);
}

static void test_crash_and_restart(void)
{
	struct lab_host h;
	struct lab_heard said;

	start(&h, LAB_KDNET, &said);
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

/* The captured machine holds what the capture holds, and no byte more. */
static const struct {
	const char *name;
	unsigned stop;
	uint64_t address;
	size_t len, got;
	const char *starts;
	size_t starts_len;
} captured_reads[] = {
	// clang-format off
	{ "list head",        0, 0xad5e60,              16,  16, "\x30\x9e\xc4\x7b\x01\xf8\xff\xff", 8 },
	{ "past the head",    0, 0xad5e60,              32,  16, "\x30\x9e\xc4\x7b\x01\xf8\xff\xff", 8 },
	{ "entry",            0, 0xfffff8017bc49e30,    0x88, 0x88, "\x50\x86\xc5\x7b\x01\xf8\xff\xff", 8 },
	{ "next entry",       0, 0xfffff8017bc58650,    8,   0,  "", 0 },
	{ "header",           0, 0x96f000,              2,   2,  "MZ", 2 },
	{ "fatal code",       1, 0x9cf07e,              16,  16, "\xcc", 1 },
	{ "fatal code and on", 1, 0x9cf07e,             256, 144, "\xcc", 1 },
	{ "code at the load", 1, 0xa79685,              1,   0,  "", 0 },
	// clang-format on
};

static struct lab_machine *captured(void)
{
	const char *path = check_shared("data/captures/windbg-uncut.pcapng.gz");
	char error[300] = "";
	struct lab_machine *m =
		path ? lab_machine_captured_create(path, "8.8.8.8", error,
						   sizeof(error))
		     : NULL;

	if (path)
		CHECK_TEXT(NULL, error, "");
	return m;
}

static void test_captured_bytes(void)
{
	struct lab_machine *m = captured();
	struct lab_event e;
	unsigned stop = 0, stops = 0, prints = 0, files = 0;

	if (!m)
		return;
	while (m->ops->run(m, 0, &e)) {
		prints += e.kind == LAB_EVENT_PRINT;
		files += e.kind == LAB_EVENT_FILE;
		if (e.kind != LAB_EVENT_LOAD && e.kind != LAB_EVENT_STOP)
			continue;
		stop = stops++;
		for (size_t i = 0;
		     i < sizeof(captured_reads) / sizeof(captured_reads[0]);
		     i++) {
			const char *name = captured_reads[i].name;
			uint8_t out[256] = { 0 };

			if (captured_reads[i].stop != stop)
				continue;
			CHECK_EQ(name,
				 m->ops->read_virtual(
					 m, captured_reads[i].address, out,
					 captured_reads[i].len),
				 captured_reads[i].got);
			CHECK_ROW(name, !memcmp(out, captured_reads[i].starts,
						captured_reads[i].starts_len));
		}
	}
	CHECK_EQ("prints", prints, 6);
	CHECK_EQ("files", files, 33);
	CHECK_EQ("stops", stops, 3);
	lab_machine_destroy(m);
}

static void test_captured_registers(void)
{
	struct lab_machine *m = captured();
	struct lab_event e;
	uint8_t context[CONTEXT_SIZE];

	if (!m)
		return;
	while (m->ops->run(m, 0, &e) && e.kind != LAB_EVENT_STOP)
		;
	CHECK_EQ("pc", e.pc, 0x9cf07e);
	CHECK_EQ("context", m->ops->get_context(m, 0, context, CONTEXT_SIZE),
		 CONTEXT_SIZE);
	CHECK_EQ("rip", lab_get64(context + RIP), 0x9cf07e);
	CHECK_EQ("rsp", lab_get64(context + 0x98), 0x1a66f0);
	CHECK_EQ("processor 1",
		 m->ops->get_context(m, 1, context, CONTEXT_SIZE), 0);
	lab_machine_destroy(m);
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
		{ "small requests", test_small_requests },
		{ "switch processor", test_switch_processor },
		{ "crash and restart", test_crash_and_restart },
		{ "captured bytes", test_captured_bytes },
		{ "captured registers", test_captured_registers },
	};

	return check_run("lab machine", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
