#include "check.h"
#include "kd_manipulate.h"

// clang-format off

/* KD-WIRE 1.8b: ReadVirtual of 16 bytes at 0xFFFFF80000001000. */
static const uint8_t read_request[KD_MANIPULATE_SIZE] = {
	0x30, 0x31, 0, 0, 0, 0, 0, 0, 0x03, 0x01, 0, 0, 0, 0, 0, 0,
	0x00, 0x10, 0x00, 0x00, 0x00, 0xf8, 0xff, 0xff, 0x10, 0, 0, 0, 0, 0, 0, 0,
};

/* KD-WIRE 4.6: the answer of a Windows 10 1511 boot debugger. */
static const uint8_t version_answer[KD_MANIPULATE_SIZE] = {
	0x46, 0x31, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0, 0,
	0x0f, 0x04, 0x5a, 0x29, 0x06, 0x02, 0x02, 0x00, 0x64, 0x86, 0x0c, 0x32, 0x59, 0, 0, 0,
	0x00, 0xf0, 0x96, 0, 0, 0, 0, 0, 0x60, 0x5e, 0xad, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

/* KD-WIRE 8.2, one row for each architecture; trace is on in all. */
static const struct {
	const char *name;
	enum kd_arch arch;
	struct kd_control_set set;
	uint8_t wire[40];
} continue_rows[] = {
	{ "x64", KD_ARCH_X64, { true, 0x400, 1, 0 },
	  { 1, 0, 1, 0, 1, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 } },
	{ "not known yet", KD_ARCH_UNKNOWN, { true, 0x400, 1, 0 },
	  { 1, 0, 1, 0, 1, 0, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0 } },
	{ "x86", KD_ARCH_X86, { true, 0x400, 1, 0x80001234 },
	  { 1, 0, 1, 0, 1, 0, 0, 0, 0, 4, 0, 0, 1, 0, 0, 0, 0x34, 0x12, 0, 0x80 } },
	{ "ARM64, in both places", KD_ARCH_ARM64, { true, 0, 1, 2 },
	  { 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0 } },
	{ "ARM", KD_ARCH_ARM, { true, 0, 1, 2 },
	  { 1, 0, 1, 0, 1, 0, 0, 0, 1, 0, 0, 0, 2, 0, 0, 0 } },
};

/* Where each api has its fields: byte n of the union is n + 1. */
static const struct {
	const char *name;
	uint32_t api;
	size_t used; /* bytes of the union that carry something */
} union_rows[] = {
	{ "memory",             KD_API_READ_VIRTUAL,       16 },
	{ "context",            KD_API_GET_CONTEXT,        4 },
	{ "context, in chunks", KD_API_GET_CONTEXT_EX,     12 },
	{ "breakpoint",         KD_API_WRITE_BREAKPOINT,   12 },
	{ "handle",             KD_API_RESTORE_BREAKPOINT, 4 },
	{ "continue",           KD_API_CONTINUE,           4 },
	{ "port",               KD_API_READ_IO,            16 },
	{ "port, extended",     KD_API_WRITE_IO_EXTENDED,  28 },
	{ "msr",                KD_API_READ_MSR,           12 },
	{ "search",             KD_API_SEARCH,             20 },
	{ "fill",               KD_API_FILL,               16 },
	{ "query",              KD_API_QUERY,              16 },
	{ "bus",                KD_API_GET_BUS_DATA,       20 },
	{ "breakpoints",        KD_API_WRITE_BREAKPOINT_EX, 8 },
	{ "not described",      KD_API_QUERY_SPECIAL_CALLS, 40 },
};

/* What an answer's data count for: KD-WIRE 4.3 and 10.1. */
static const struct {
	const char *name;
	uint32_t api, status, claimed;
	size_t present, len;
} answer_rows[] = {
	{ "whole",                        0x3130, 0,                  16,   16,   16 },
	{ "failed, with what it got",     0x3130, KD_NT_UNSUCCESSFUL, 5,    5,    5 },
	{ "claims more than is there",    0x3130, 0,                  4096, 16,   16 },
	{ "control space and a tail",     0x3137, 0,                  0xd8, 1456, 0xd8 },
	{ "physical",                     0x313d, 0,                  3,    3,    3 },
	{ "written bytes come back",      0x3138, 0,                  8,    8,    0 },
	{ "a context has no count",       0x3132, 0,                  0,    1232, 1232 },
	{ "bus data",                     0x3157, 0,                  4,    9,    4 },
	{ "chunk of a context",           0x315f, 0,                  512,  600,  512 },
	{ "version",                      0x3146, 0,                  0,    1,    0 },
};
// clang-format on

enum { DATA_MAX = 2000, WIRE_MAX = KD_MANIPULATE_SIZE + DATA_MAX };

static bool decode(enum kd_arch arch, const uint8_t *wire, size_t len,
		   struct kd_manipulate *m)
{
	struct kd_reader in = kd_reader_over(wire, len);

	return kd_manipulate_decode(arch, m, &in);
}

static size_t encode(enum kd_arch arch, const struct kd_manipulate *m,
		     uint8_t wire[WIRE_MAX])
{
	struct kd_writer out = kd_writer_over(wire, WIRE_MAX);

	kd_manipulate_encode(arch, m, &out);
	return out.bad ? 0 : out.pos;
}

static void test_read_request(void)
{
	struct kd_manipulate m;
	uint8_t wire[WIRE_MAX];

	CHECK(decode(KD_ARCH_X64, read_request, sizeof(read_request), &m));
	CHECK_EQ(NULL, m.api, KD_API_READ_VIRTUAL);
	CHECK_EQ(NULL, m.status, KD_NT_PENDING);
	CHECK_EQ(NULL, m.u.memory.address, 0xfffff80000001000);
	CHECK_EQ(NULL, m.u.memory.count, 16);
	CHECK_EQ(NULL, m.u.memory.actual, 0);
	CHECK_EQ(NULL, m.data_len, 0);
	CHECK_EQ(NULL, encode(KD_ARCH_X64, &m, wire), sizeof(read_request));
	CHECK(!memcmp(wire, read_request, sizeof(read_request)));
}

static void test_version(void)
{
	struct kd_manipulate m;
	uint8_t wire[WIRE_MAX];

	CHECK(decode(KD_ARCH_UNKNOWN, version_answer, sizeof(version_answer),
		     &m));
	CHECK_EQ(NULL, m.processor, 0xffff);
	CHECK_EQ(NULL, m.u.version.major, 0x040f);
	CHECK_EQ(NULL, m.u.version.build, 10586);
	CHECK_EQ(NULL, m.u.version.protocol, 6);
	CHECK_EQ(NULL, m.u.version.secondary, 2);
	CHECK_EQ(NULL, m.u.version.flags, KD_VERSION_DATA);
	CHECK_EQ(NULL, m.u.version.machine, KD_ARCH_X64);
	CHECK_EQ(NULL, m.u.version.max_packet_type, 0x0c);
	CHECK_EQ(NULL, m.u.version.max_state_change, 0x32);
	CHECK_EQ(NULL, m.u.version.max_manipulate, 0x59);
	CHECK_EQ(NULL, m.u.version.simulation, 0);
	CHECK_EQ(NULL, m.u.version.kernel_base, 0x96f000);
	CHECK_EQ(NULL, m.u.version.loaded_module_list, 0xad5e60);
	CHECK_EQ(NULL, m.u.version.debugger_data_list, 0);
	CHECK_EQ(NULL, encode(KD_ARCH_X64, &m, wire), sizeof(version_answer));
	CHECK(!memcmp(wire, version_answer, sizeof(version_answer)));
}

static void test_continue2(void)
{
	for (size_t i = 0; i < sizeof(continue_rows) / sizeof(*continue_rows);
	     i++) {
		const char *name = continue_rows[i].name;
		struct kd_manipulate m = {
			.api = KD_API_CONTINUE2,
			.u.resume = { KD_CONTINUE_HANDLED,
				      continue_rows[i].set },
		};
		uint8_t wire[WIRE_MAX];

		CHECK_EQ(name, encode(continue_rows[i].arch, &m, wire),
			 KD_MANIPULATE_SIZE);
		CHECK_ROW(name, !memcmp(wire + 16, continue_rows[i].wire, 40));
		CHECK_ROW(name, decode(continue_rows[i].arch, wire,
				       KD_MANIPULATE_SIZE, &m));
		CHECK_EQ(name, m.u.resume.status, KD_CONTINUE_HANDLED);
		CHECK_ROW(name, m.u.resume.set.trace);
		CHECK_EQ(name, m.u.resume.set.dr7, continue_rows[i].set.dr7);
		CHECK_EQ(name, m.u.resume.set.symbol_start,
			 continue_rows[i].set.symbol_start);
		CHECK_EQ(name, m.u.resume.set.symbol_end,
			 continue_rows[i].set.symbol_end);
	}
}

/* The values that union_rows' pattern gives at an offset. */
static uint32_t at32(unsigned offset)
{
	return 0x04030201 + 0x01010101 * offset;
}

static uint64_t at64(unsigned offset)
{
	return at32(offset) | (uint64_t)at32(offset + 4) << 32;
}

static void check_memory_fields(const struct kd_manipulate *m)
{
	switch (m->api) {
	case KD_API_READ_VIRTUAL:
		CHECK_EQ(NULL, m->u.memory.address, at64(0));
		CHECK_EQ(NULL, m->u.memory.count, at32(8));
		CHECK_EQ(NULL, m->u.memory.actual, at32(12));
		break;
	case KD_API_SEARCH:
		CHECK_EQ(NULL, m->u.search.address, at64(0));
		CHECK_EQ(NULL, m->u.search.length, at64(8));
		CHECK_EQ(NULL, m->u.search.pattern_len, at32(16));
		break;
	case KD_API_FILL:
		CHECK_EQ(NULL, m->u.fill.address, at64(0));
		CHECK_EQ(NULL, m->u.fill.length, at32(8));
		CHECK_EQ(NULL, m->u.fill.flags, 0x0e0d);
		CHECK_EQ(NULL, m->u.fill.pattern_len, 0x100f);
		break;
	case KD_API_QUERY:
		CHECK_EQ(NULL, m->u.query.address, at64(0));
		CHECK_EQ(NULL, m->u.query.space, at32(16));
		CHECK_EQ(NULL, m->u.query.flags, at32(20));
		break;
	default:
		break;
	}
}

static void check_machine_fields(const struct kd_manipulate *m)
{
	switch (m->api) {
	case KD_API_READ_IO:
		CHECK_EQ(NULL, m->u.io.address, at64(0));
		CHECK_EQ(NULL, m->u.io.size, at32(8));
		CHECK_EQ(NULL, m->u.io.value, at32(12));
		break;
	case KD_API_WRITE_IO_EXTENDED:
		CHECK_EQ(NULL, m->u.io.size, at32(0));
		CHECK_EQ(NULL, m->u.io.interface_type, at32(4));
		CHECK_EQ(NULL, m->u.io.bus, at32(8));
		CHECK_EQ(NULL, m->u.io.space, at32(12));
		CHECK_EQ(NULL, m->u.io.address, at64(16));
		CHECK_EQ(NULL, m->u.io.value, at32(24));
		break;
	case KD_API_READ_MSR:
		CHECK_EQ(NULL, m->u.msr.msr, at32(0));
		CHECK_EQ(NULL, m->u.msr.value, at64(4));
		break;
	case KD_API_GET_BUS_DATA:
		CHECK_EQ(NULL, m->u.bus.type, at32(0));
		CHECK_EQ(NULL, m->u.bus.bus, at32(4));
		CHECK_EQ(NULL, m->u.bus.slot, at32(8));
		CHECK_EQ(NULL, m->u.bus.offset, at32(12));
		CHECK_EQ(NULL, m->u.bus.length, at32(16));
		break;
	default:
		break;
	}
}

static void check_control_fields(const struct kd_manipulate *m)
{
	switch (m->api) {
	case KD_API_GET_CONTEXT:
		CHECK_EQ(NULL, m->u.context.flags, at32(0));
		break;
	case KD_API_GET_CONTEXT_EX:
		CHECK_EQ(NULL, m->u.context_ex.offset, at32(0));
		CHECK_EQ(NULL, m->u.context_ex.count, at32(4));
		CHECK_EQ(NULL, m->u.context_ex.copied, at32(8));
		break;
	case KD_API_WRITE_BREAKPOINT:
		CHECK_EQ(NULL, m->u.breakpoint.address, at64(0));
		CHECK_EQ(NULL, m->u.breakpoint.handle, at32(8));
		break;
	case KD_API_RESTORE_BREAKPOINT:
		CHECK_EQ(NULL, m->u.breakpoint.handle, at32(0));
		break;
	case KD_API_CONTINUE:
		CHECK_EQ(NULL, m->u.resume.status, at32(0));
		break;
	case KD_API_WRITE_BREAKPOINT_EX:
		CHECK_EQ(NULL, m->u.breakpoint_ex.count, at32(0));
		CHECK_EQ(NULL, m->u.breakpoint_ex.status, at32(4));
		break;
	case KD_API_QUERY_SPECIAL_CALLS:
		CHECK_EQ(NULL, m->u.raw[39], 40);
		break;
	default:
		break;
	}
}

static void test_unions(void)
{
	for (size_t i = 0; i < sizeof(union_rows) / sizeof(*union_rows); i++) {
		const char *name = union_rows[i].name;
		uint8_t wire[KD_MANIPULATE_SIZE] = { (uint8_t)union_rows[i].api,
						     0x31 };
		uint8_t again[WIRE_MAX];
		struct kd_manipulate m;
		size_t used = 0;

		for (uint8_t j = 0; j < 40; j++)
			wire[16 + j] = (uint8_t)(j + 1);
		CHECK_ROW(name, decode(KD_ARCH_X64, wire, sizeof(wire), &m));
		check_memory_fields(&m);
		check_machine_fields(&m);
		check_control_fields(&m);
		CHECK_EQ(name, encode(KD_ARCH_X64, &m, again), sizeof(wire));
		for (size_t j = 16; j < sizeof(wire); j++) {
			used += again[j] != 0;
			CHECK_ROW(name, !again[j] || again[j] == wire[j]);
		}
		CHECK_EQ(name, used, union_rows[i].used);
	}
}

/* Any non-zero flag is true, also one whose low byte is zero. */
static void test_wide_truth(void)
{
	uint8_t wire[KD_MANIPULATE_SIZE] = { 0x3c, 0x31 };
	struct kd_manipulate m;

	wire[16 + 4 + 3] = 1;
	CHECK(decode(KD_ARCH_X64, wire, sizeof(wire), &m));
	CHECK(m.u.resume.set.trace);
}

static void test_answer_len(void)
{
	static const uint8_t data[DATA_MAX];

	for (size_t i = 0; i < sizeof(answer_rows) / sizeof(*answer_rows);
	     i++) {
		struct kd_manipulate m = {
			.api = answer_rows[i].api,
			.status = answer_rows[i].status,
			.data = data,
			.data_len = answer_rows[i].present,
		};

		if (m.api == KD_API_GET_CONTEXT_EX)
			m.u.context_ex.copied = answer_rows[i].claimed;
		else if (m.api == KD_API_GET_BUS_DATA)
			m.u.bus.length = answer_rows[i].claimed;
		else if (m.api != KD_API_GET_VERSION)
			m.u.memory.actual = answer_rows[i].claimed;
		CHECK_EQ(answer_rows[i].name, kd_manipulate_answer_len(&m),
			 answer_rows[i].len);
	}
}

/* Some stubs answer what they do not know with 16 bytes. */
static void test_short_answers(void)
{
	static const uint8_t wire[20] = { 0x46, 0x31, 0, 0, 6, 0, 1, 0,	 2,   0,
					  0,	0xc0, 0, 0, 0, 0, 9, 10, 0xaa };
	struct kd_manipulate m;

	CHECK(decode(KD_ARCH_X64, wire, 16, &m));
	CHECK_EQ(NULL, m.status, KD_NT_NOT_IMPLEMENTED);
	CHECK_EQ(NULL, m.processor, 1);
	CHECK_EQ(NULL, m.processor_level, 6);
	CHECK_EQ(NULL, m.u.version.major, 0);
	CHECK_EQ(NULL, m.data_len, 0);
	CHECK(decode(KD_ARCH_X64, wire, 18, &m));
	CHECK_EQ(NULL, m.u.version.major, 0x0a09);
	CHECK(!decode(KD_ARCH_X64, wire, 15, &m));
	CHECK(!decode(KD_ARCH_X64, wire, 0, &m));
}

static void test_no_room(void)
{
	uint8_t wire[KD_MANIPULATE_SIZE + 3];
	struct kd_writer out = kd_writer_over(wire, sizeof(wire));
	struct kd_manipulate m = {
		.api = KD_API_WRITE_VIRTUAL,
		.data = read_request,
		.data_len = 4,
	};

	kd_manipulate_encode(KD_ARCH_X64, &m, &out);
	CHECK(out.bad);
}

/* Encoding what was decoded, and decoding that, changes nothing. */
static void test_identity(void)
{
	static const enum kd_arch archs[] = { KD_ARCH_X64, KD_ARCH_X86,
					      KD_ARCH_ARM, KD_ARCH_ARM64 };
	uint64_t random = 2;

	for (unsigned i = 0; i < 2000; i++) {
		enum kd_arch arch = archs[i % 4];
		uint8_t first[WIRE_MAX], second[WIRE_MAX], third[WIRE_MAX];
		size_t len = KD_MANIPULATE_SIZE +
			     (size_t)(check_random(&random) % 64);
		struct kd_manipulate m;

		for (size_t j = 0; j < len; j++)
			first[j] = (uint8_t)check_random(&random);
		first[0] = (uint8_t)(0x2f + check_random(&random) % 0x33);
		first[1] = 0x31;
		first[2] = first[3] = 0;
		CHECK(decode(arch, first, len, &m));
		CHECK_EQ(kd_api_name(m.api), encode(arch, &m, second), len);
		CHECK(decode(arch, second, len, &m));
		CHECK_EQ(kd_api_name(m.api), encode(arch, &m, third), len);
		CHECK_ROW(kd_api_name(m.api), !memcmp(second, third, len));
		CHECK_ROW(kd_api_name(m.api),
			  !memcmp(first + KD_MANIPULATE_SIZE,
				  second + KD_MANIPULATE_SIZE,
				  len - KD_MANIPULATE_SIZE));
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "read request", test_read_request },
		{ "version", test_version },
		{ "Continue2", test_continue2 },
		{ "unions", test_unions },
		{ "wide truth", test_wide_truth },
		{ "answer length", test_answer_len },
		{ "short answers", test_short_answers },
		{ "no room", test_no_room },
		{ "identity", test_identity },
	};

	return check_run("manipulate", tests, sizeof(tests) / sizeof(tests[0]));
}
