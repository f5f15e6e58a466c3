/*
 * One processor with a few instructions of machine code: what it executes,
 * why it ends, and where.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_cpu.h"

#include <string.h>

enum { CODE = 0x1000, OTHER = 0x3000, WATCHED = 0x4100, LATCH = 0x7c00 };

struct bench {
	struct lab_memory memory;
	struct lab_cpu cpu;
	uint64_t images;
	uint32_t port, value;
	unsigned reads, writes;
	uint64_t wrote_at;
};

static uint32_t read_port(void *ctx, uint32_t port, unsigned size)
{
	struct bench *b = ctx;

	b->reads++;
	b->port = port;
	return 0x11223344 >> (32 - size * 8);
}

static bool write_port(void *ctx, uint32_t port, unsigned size, uint32_t value)
{
	struct bench *b = ctx;

	(void)size;
	b->writes++;
	b->port = port;
	b->value = value;
	return port != LATCH;
}

static void wrote(void *ctx, struct lab_cpu *c, uint64_t address, size_t len)
{
	(void)c;
	(void)len;
	((struct bench *)ctx)->wrote_at = address;
}

static uint8_t *image_at(struct bench *b, uint64_t offset)
{
	return lab_memory_at(&b->memory, b->images + offset, 16);
}

static void begin(struct bench *b, const uint8_t *code, size_t len)
{
	*b = (struct bench){ .reads = 0 };
	const struct lab_cpu_bus bus = { b, read_port, write_port, wrote };

	CHECK(lab_memory_init(&b->memory, 0));
	CHECK(lab_cpu_init(&b->cpu, 0, &b->memory, &bus));
	const struct lab_region *stacks =
		lab_memory_region(&b->memory, LAB_REGION_STACKS);

	b->images = lab_memory_region(&b->memory, LAB_REGION_IMAGES)
			    ->virtual_address;
	memcpy(image_at(b, CODE), code, len);
	lab_cpu_set(&b->cpu, UC_X86_REG_RIP, b->images + CODE);
	lab_cpu_set(&b->cpu, UC_X86_REG_RBX, b->images + WATCHED);
	lab_cpu_set(&b->cpu, UC_X86_REG_RDX, LATCH);
	lab_cpu_set(&b->cpu, UC_X86_REG_RSP,
		    stacks->virtual_address + stacks->size);
}

static void end(struct bench *b)
{
	lab_cpu_deinit(&b->cpu);
	lab_memory_deinit(&b->memory);
}

static uint64_t rip_of(const struct bench *b)
{
	return lab_cpu_get(&b->cpu, UC_X86_REG_RIP) - b->images - CODE;
}

#define INC_RAX	 "\x48\xff\xc0"
#define READ_RBX "\x48\x8b\x03"

// clang-format off
static const struct {
	const char *name, *code;
	size_t len;
	uint64_t instructions;
	enum lab_cpu_end end;
	unsigned vector;
	uint64_t executed, rip, rax;
} rows[] = {
#define ROW(code) code, sizeof(code) - 1
	{ "three of four",     ROW(INC_RAX INC_RAX INC_RAX INC_RAX), 3, LAB_CPU_RUNS, 0, 3, 9, 3 },
	{ "a loop",            ROW(INC_RAX "\xeb\xfb"),        101, LAB_CPU_RUNS,   0, 101, 3, 51 },
	{ "none",              ROW(INC_RAX),                   0, LAB_CPU_RUNS,     0, 0, 0, 0 },
	{ "hlt",               ROW(INC_RAX "\xf4"),            9, LAB_CPU_SLEEPS,   0, 2, 4, 1 },
	{ "hlt, the last one", ROW(INC_RAX "\xf4"),            2, LAB_CPU_SLEEPS,   0, 2, 4, 1 },
	{ "int 3",             ROW(INC_RAX "\xcc"),            9, LAB_CPU_TRAPS,    LAB_VECTOR_BREAKPOINT, 2, 3, 1 },
	{ "int 2d",            ROW(INC_RAX "\xcd\x2d\xcc"),    9, LAB_CPU_TRAPS,    LAB_VECTOR_SERVICE, 2, 5, 1 },
	{ "int 80",            ROW(INC_RAX "\xcd\x80"),        9, LAB_CPU_FAULTS,   0x80, 2, 5, 1 },
	{ "ud2",               ROW(INC_RAX "\x0f\x0b"),        9, LAB_CPU_FAULTS,   LAB_VECTOR_INVALID, 2, 3, 1 },
	{ "division by zero",  ROW(INC_RAX "\x31\xc9\x31\xd2\xf7\xf1"), 9, LAB_CPU_FAULTS, 0, 4, 7, 1 },
	{ "a read of nothing", ROW(INC_RAX "\x48\x8b\x04\x25\0\x10\0\0"), 9, LAB_CPU_FAULTS, LAB_VECTOR_PAGE, 2, 3, 1 },
	{ "out to the latch",  ROW(INC_RAX "\xee\xf4"),        9, LAB_CPU_SLEEPS,   0, 3, 5, 1 },
	{ "out to the machine", ROW("\xff\xc2\xee\xf4"),       9, LAB_CPU_ASKS,     0, 2, 3, 0 },
	{ "in",                ROW("\xed\xf4"),                9, LAB_CPU_SLEEPS,   0, 2, 2, 0x11223344 },
	{ "mov dr0",           ROW(INC_RAX "\x0f\x23\xc0\x0f\x21\xc1\xf4"), 9, LAB_CPU_SLEEPS, 0, 4, 10, 1 },
	{ "mov dr0 from r9",   ROW("\x41\x0f\x23\xc1" INC_RAX "\xf4"), 9, LAB_CPU_SLEEPS, 0, 3, 8, 1 },
#undef ROW
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].name;
		struct bench b;

		begin(&b, (const uint8_t *)rows[i].code, rows[i].len);
		CHECK_EQ(name, lab_cpu_run(&b.cpu, rows[i].instructions),
			 rows[i].end);
		if (rows[i].end == LAB_CPU_TRAPS ||
		    rows[i].end == LAB_CPU_FAULTS)
			CHECK_EQ(name, b.cpu.vector, rows[i].vector);
		CHECK_EQ(name, b.cpu.executed, rows[i].executed);
		CHECK_EQ(name, rip_of(&b), rows[i].rip);
		CHECK_EQ(name, lab_cpu_get(&b.cpu, UC_X86_REG_RAX),
			 rows[i].rax);
		end(&b);
	}
}

static void test_step(void)
{
	static const uint8_t code[] = INC_RAX INC_RAX "\xf4";
	struct bench b;

	begin(&b, code, sizeof(code));
	lab_cpu_set(&b.cpu, UC_X86_REG_EFLAGS, LAB_FLAG_TRACE | 2);
	for (unsigned i = 1; i <= 2; i++) {
		CHECK_EQ(NULL, lab_cpu_run(&b.cpu, 100), LAB_CPU_TRAPS);
		CHECK_EQ(NULL, b.cpu.vector, LAB_VECTOR_DEBUG);
		CHECK_EQ(NULL, rip_of(&b), i * 3);
	}
	lab_cpu_set(&b.cpu, UC_X86_REG_EFLAGS, 2);
	CHECK_EQ(NULL, lab_cpu_run(&b.cpu, 100), LAB_CPU_SLEEPS);
	end(&b);
}

/* Code that was patched is executed as it is now, not as it was. */
static void test_changed(void)
{
	static const uint8_t code[] = INC_RAX INC_RAX "\xf4";
	struct bench b;

	begin(&b, code, sizeof(code));
	CHECK_EQ(NULL, lab_cpu_run(&b.cpu, 100), LAB_CPU_SLEEPS);
	*image_at(&b, CODE + 3) = 0xcc;
	lab_cpu_changed(&b.cpu, b.images + CODE + 3, 1);
	lab_cpu_set(&b.cpu, UC_X86_REG_RIP, b.images + CODE);
	CHECK_EQ(NULL, lab_cpu_run(&b.cpu, 100), LAB_CPU_TRAPS);
	CHECK_EQ(NULL, rip_of(&b), 3);
	end(&b);
}

#define WRITE_AL  "\x88\x03"	     /* mov [rbx], al */
#define READ_WIDE "\x48\x8b\x4b\xfc" /* mov rcx, [rbx-4] */

enum { EXECUTE, WRITE, PORT, ACCESS };

// clang-format off
static const struct {
	const char *name;
	unsigned kind, len; /* of Dr7 */
	uint64_t address;   /* from CODE */
	bool port;
	bool hits;
	uint64_t rip;
} debug_rows[] = {
	{ "execution",               EXECUTE, 0, 3,                     false, true, 3 },
	{ "execution elsewhere",     EXECUTE, 0, 4,                     false, false, 0 },
	{ "a read seen",             ACCESS,  0, WATCHED - CODE,        false, true, 7 },
	{ "a read not asked for",    WRITE,   0, WATCHED - CODE,        false, true, 9 },
	{ "bytes behind a wide one", ACCESS,  0, WATCHED - CODE + 3,    false, true, 7 },
	{ "behind that",             ACCESS,  0, WATCHED - CODE + 4,    false, false, 0 },
	{ "four bytes before",       ACCESS,  3, WATCHED - CODE - 4,    false, true, 7 },
	{ "a port",                  PORT,    0, LATCH,                 true, true, 10 },
	{ "another port",            PORT,    0, LATCH + 1,             true, false, 0 },
	{ "a port in four",          PORT,    3, LATCH - 3,             true, true, 10 },
};
// clang-format on

static void test_debug_registers(void)
{
	static const uint8_t code[] =
		INC_RAX READ_WIDE WRITE_AL "\xee" INC_RAX "\xf4";

	for (size_t i = 0; i < sizeof(debug_rows) / sizeof(debug_rows[0]);
	     i++) {
		const char *name = debug_rows[i].name;
		struct bench b;

		begin(&b, code, sizeof(code));
		lab_debug_set(
			&b.cpu, 2,
			debug_rows[i].address +
				(debug_rows[i].port ? 0 : b.images + CODE));
		lab_debug_set(&b.cpu, 7,
			      0x400 | 1 << 4 |
				      (uint64_t)debug_rows[i].kind << 24 |
				      (uint64_t)debug_rows[i].len << 26);
		CHECK_EQ(name, lab_cpu_run(&b.cpu, 100),
			 debug_rows[i].hits ? LAB_CPU_TRAPS : LAB_CPU_SLEEPS);
		CHECK_EQ(name, lab_debug_take(&b.cpu),
			 debug_rows[i].hits ? 4 : 0);
		if (debug_rows[i].hits) {
			CHECK_EQ(name, b.cpu.vector, LAB_VECTOR_DEBUG);
			CHECK_EQ(name, rip_of(&b), debug_rows[i].rip);
			lab_debug_set(&b.cpu, 7, 0x400);
			CHECK_EQ(name, lab_cpu_run(&b.cpu, 100),
				 LAB_CPU_SLEEPS);
		}
		end(&b);
	}
}

/* Execution stops before an instruction once, each time it comes by. */
static void test_pass(void)
{
	static const uint8_t code[] = INC_RAX "\xeb\xfb";
	struct bench b;

	begin(&b, code, sizeof(code));
	lab_debug_set(&b.cpu, 0, b.images + CODE);
	lab_debug_set(&b.cpu, 7, 0x400 | 1);
	for (unsigned i = 0; i < 3; i++) {
		CHECK_EQ(NULL, lab_cpu_run(&b.cpu, 100), LAB_CPU_TRAPS);
		CHECK_EQ(NULL, lab_debug_take(&b.cpu), 1);
		CHECK_EQ(NULL, rip_of(&b), 0);
		CHECK_EQ(NULL, lab_cpu_get(&b.cpu, UC_X86_REG_RAX), i);
	}
	end(&b);
}

/* Off again, they are forgotten by code that knew them. */
static void test_debug_off(void)
{
	static const uint8_t code[] = READ_RBX "\xf4";
	struct bench b;

	begin(&b, code, sizeof(code));
	lab_debug_set(&b.cpu, 0, b.images + WATCHED);
	lab_debug_set(&b.cpu, 7, 0x400 | 1 | 3 << 16);
	CHECK_EQ(NULL, lab_cpu_run(&b.cpu, 100), LAB_CPU_TRAPS);
	CHECK_EQ(NULL, lab_debug_take(&b.cpu), 1);
	lab_debug_set(&b.cpu, 7, 0x400);
	lab_cpu_set(&b.cpu, UC_X86_REG_RIP, b.images + CODE);
	CHECK_EQ(NULL, lab_cpu_run(&b.cpu, 100), LAB_CPU_SLEEPS);
	end(&b);
}

/* An interrupt table with one gate, to OTHER, where iretq is. */
static void put_gate(struct bench *b, unsigned vector)
{
	uint64_t to = b->images + OTHER;
	uint8_t *gate = image_at(b, 0x100 + vector * 16);
	uint8_t *descriptor = image_at(b, 0x10);
	uc_x86_mmr table = { .base = b->images + 0x100, .limit = 0xfff };

	lab_put16(gate, to & 0xffff);
	lab_put16(gate + 2, 0x10);
	gate[5] = 0x8e;
	lab_put16(gate + 6, to >> 16 & 0xffff);
	lab_put32(gate + 8, (uint32_t)(to >> 32));
	(void)uc_reg_write(b->cpu.uc, UC_X86_REG_IDTR, &table);
	table.base = b->images;
	table.limit = 0x1f;
	(void)uc_reg_write(b->cpu.uc, UC_X86_REG_GDTR, &table);
	lab_put64(descriptor, UINT64_C(0x00209b0000000000));
	lab_put64(descriptor + 8, UINT64_C(0x0000930000000000));
	lab_cpu_set(&b->cpu, UC_X86_REG_CS, 0x10);
	lab_cpu_set(&b->cpu, UC_X86_REG_SS, 0x18);
	memcpy(image_at(b, OTHER), "\x48\xcf", 2);
}

static void test_interrupt(void)
{
	static const uint8_t code[] = INC_RAX INC_RAX "\xf4";
	struct bench b;

	begin(&b, code, sizeof(code));
	put_gate(&b, LAB_VECTOR_CLOCK);
	lab_cpu_set(&b.cpu, UC_X86_REG_EFLAGS, LAB_FLAG_INTERRUPT | 2);
	uint64_t rsp = lab_cpu_get(&b.cpu, UC_X86_REG_RSP);

	CHECK(lab_cpu_listens(&b.cpu));
	CHECK(!lab_cpu_interrupt(&b.cpu, LAB_VECTOR_WAKE, 0));
	CHECK(lab_cpu_interrupt(&b.cpu, LAB_VECTOR_CLOCK, 0));
	CHECK(!lab_cpu_listens(&b.cpu));
	CHECK_EQ(NULL, rip_of(&b), OTHER - CODE);
	CHECK_EQ(NULL, rsp - lab_cpu_get(&b.cpu, UC_X86_REG_RSP), 40);
	CHECK_EQ(NULL, lab_cpu_run(&b.cpu, 1), LAB_CPU_RUNS);
	CHECK_EQ(NULL, rip_of(&b), 0);
	CHECK_EQ(NULL, lab_cpu_get(&b.cpu, UC_X86_REG_RSP), rsp);
	CHECK(lab_cpu_listens(&b.cpu));
	end(&b);
}

/* A page fault has an error code, and cr2 the address. */
static void test_fault(void)
{
	static const uint8_t code[] = "\x48\x89\x04\x25\x34\x12\0\0";
	struct bench b;

	begin(&b, code, sizeof(code));
	put_gate(&b, LAB_VECTOR_PAGE);
	uint64_t rsp = lab_cpu_get(&b.cpu, UC_X86_REG_RSP);

	CHECK_EQ(NULL, lab_cpu_run(&b.cpu, 9), LAB_CPU_FAULTS);
	CHECK(lab_cpu_interrupt(&b.cpu, b.cpu.vector, b.cpu.error));
	CHECK_EQ(NULL, rsp - lab_cpu_get(&b.cpu, UC_X86_REG_RSP), 48);
	CHECK_EQ(NULL, lab_get64(lab_memory_at(&b.memory, rsp - 48, 8)), 2);
	CHECK_EQ(NULL, lab_get64(lab_memory_at(&b.memory, rsp - 40, 8)),
		 b.images + CODE);
	CHECK_EQ(NULL, lab_cpu_get(&b.cpu, UC_X86_REG_CR2), 0x1234);
	end(&b);
}

/* Right behind sti the hlt comes first, or its interrupt would be lost. */
static void test_sti(void)
{
	static const uint8_t code[] = "\xfb\xf4";
	struct bench b;

	begin(&b, code, sizeof(code));
	CHECK(!lab_cpu_listens(&b.cpu));
	CHECK_EQ(NULL, lab_cpu_run(&b.cpu, 1), LAB_CPU_RUNS);
	CHECK(!lab_cpu_listens(&b.cpu));
	CHECK_EQ(NULL, lab_cpu_run(&b.cpu, 1), LAB_CPU_SLEEPS);
	CHECK(lab_cpu_listens(&b.cpu));
	end(&b);
}

/* What another processor may execute is told. */
static void test_wrote(void)
{
	static const uint8_t code[] = WRITE_AL "\xf4";
	struct bench b;

	begin(&b, code, sizeof(code));
	CHECK_EQ(NULL, lab_cpu_run(&b.cpu, 9), LAB_CPU_SLEEPS);
	CHECK_EQ(NULL, b.wrote_at, b.images + WATCHED);
	end(&b);
}

/* A context that was read and written back changes nothing. */
static void test_context(void)
{
	uint8_t before[LAB_CPU_CONTEXT_SIZE], after[LAB_CPU_CONTEXT_SIZE];
	struct bench b;

	begin(&b, (const uint8_t *)"\xf4", 1);
	for (int i = 0; i < 8; i++)
		lab_cpu_set(&b.cpu, UC_X86_REG_R8 + i, 0x1111u * (unsigned)i);
	lab_cpu_get_context(&b.cpu, before);
	CHECK_EQ(NULL, lab_get64(before + 0xf8), b.images + CODE);
	CHECK_EQ(NULL, lab_get64(before + 0x90), b.images + WATCHED);
	CHECK_EQ(NULL, lab_get64(before + 0xf0), 0x7777);
	lab_put64(before + 0x78, 0x1234567890abcdef);
	lab_put64(before + 0x1a0 + 15 * 16 + 8, 0xfedcba0987654321);
	lab_cpu_set_context(&b.cpu, before);
	lab_cpu_get_context(&b.cpu, after);
	CHECK(!memcmp(before, after, sizeof(before)));
	end(&b);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "what it executes and why it ends", test_rows },
		{ "single steps", test_step },
		{ "changed code", test_changed },
		{ "debug registers", test_debug_registers },
		{ "execution stops once each time", test_pass },
		{ "debug registers off", test_debug_off },
		{ "interrupt and return", test_interrupt },
		{ "page fault", test_fault },
		{ "behind sti", test_sti },
		{ "writes are told", test_wrote },
		{ "context", test_context },
	};

	return check_run("lab processor", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
