#include "check.h"
#include "kd_context.h"

#include <string.h>

static const enum kd_arch archs[] = { KD_ARCH_X64, KD_ARCH_X86, KD_ARCH_ARM,
				      KD_ARCH_ARM64 };

// clang-format off
/*
 * KD-WIRE 5. In the context of the test each byte is its offset's low byte
 * plus its high byte, in the special block the same plus 0x40.
 */
static const struct {
	enum kd_arch arch;
	const char *name;
	uint64_t value;
} rows[] = {
	{ KD_ARCH_X64, "rax",    0x7f7e7d7c7b7a7978 },
	{ KD_ARCH_X64, "RCX",    0x8786858483828180 },
	{ KD_ARCH_X64, "rbx",    0x9796959493929190 },
	{ KD_ARCH_X64, "rsp",    0x9f9e9d9c9b9a9998 },
	{ KD_ARCH_X64, "rdi",    0xb7b6b5b4b3b2b1b0 },
	{ KD_ARCH_X64, "r8",     0xbfbebdbcbbbab9b8 },
	{ KD_ARCH_X64, "r15",    0xf7f6f5f4f3f2f1f0 },
	{ KD_ARCH_X64, "rip",    0xfffefdfcfbfaf9f8 },
	{ KD_ARCH_X64, "efl",    0x47464544 },
	{ KD_ARCH_X64, "cs",     0x3938 },
	{ KD_ARCH_X64, "ss",     0x4342 },
	{ KD_ARCH_X64, "dr0",    0x4f4e4d4c4b4a4948 },
	{ KD_ARCH_X64, "dr6",    0x6f6e6d6c6b6a6968 },
	{ KD_ARCH_X64, "dr7",    0x7776757473727170 },
	{ KD_ARCH_X64, "mxcsr",  0x37363534 },
	{ KD_ARCH_X64, "fpcw",   0x0201 },
	{ KD_ARCH_X64, "eax",    0x7b7a7978 },
	{ KD_ARCH_X64, "Ax",     0x7978 },
	{ KD_ARCH_X64, "al",     0x78 },
	{ KD_ARCH_X64, "ah",     0x79 },
	{ KD_ARCH_X64, "bh",     0x91 },
	{ KD_ARCH_X64, "spl",    0x98 },
	{ KD_ARCH_X64, "r8d",    0xbbbab9b8 },
	{ KD_ARCH_X64, "r8w",    0xb9b8 },
	{ KD_ARCH_X64, "r8b",    0xb8 },
	{ KD_ARCH_X64, "eip",    0xfbfaf9f8 },
	/* efl is 0x47464544: bits 2, 6, 8, 10 of its low word, 14 beyond */
	{ KD_ARCH_X64, "cf",     0 },
	{ KD_ARCH_X64, "pf",     1 },
	{ KD_ARCH_X64, "af",     0 },
	{ KD_ARCH_X64, "zf",     1 },
	{ KD_ARCH_X64, "sf",     0 },
	{ KD_ARCH_X64, "tf",     1 },
	{ KD_ARCH_X64, "if",     0 },
	{ KD_ARCH_X64, "df",     1 },
	{ KD_ARCH_X64, "of",     0 },
	{ KD_ARCH_X64, "iopl",   0 },
	{ KD_ARCH_X64, "cr0",    0x4746454443424140 },
	{ KD_ARCH_X64, "cr3",    0x5756555453525150 },
	{ KD_ARCH_X64, "cr8",    0xe7e6e5e4e3e2e1e0 },
	{ KD_ARCH_X64, "kdr0",   0x6766656463626160 },
	{ KD_ARCH_X64, "kdr7",   0x8f8e8d8c8b8a8988 },
	{ KD_ARCH_X64, "gdtl",   0x9796 },
	{ KD_ARCH_X64, "gdtr",   0x9f9e9d9c9b9a9998 },
	{ KD_ARCH_X64, "idtl",   0xa7a6 },
	{ KD_ARCH_X64, "idtr",   0xafaeadacabaaa9a8 },
	{ KD_ARCH_X64, "tr",     0xb1b0 },
	{ KD_ARCH_X64, "ldtr",   0xb3b2 },
	{ KD_ARCH_X64, "gsbase", 0xefeeedecebeae9e8 },
	{ KD_ARCH_X64, "xcr0",   0x1f1e1d1c1b1a1918 },

	{ KD_ARCH_X86, "eax",    0xb3b2b1b0 },
	{ KD_ARCH_X86, "ebx",    0xa7a6a5a4 },
	{ KD_ARCH_X86, "edi",    0x9f9e9d9c },
	{ KD_ARCH_X86, "ebp",    0xb7b6b5b4 },
	{ KD_ARCH_X86, "esp",    0xc7c6c5c4 },
	{ KD_ARCH_X86, "eip",    0xbbbab9b8 },
	{ KD_ARCH_X86, "efl",    0xc3c2c1c0 },
	{ KD_ARCH_X86, "zf",     1 },
	{ KD_ARCH_X86, "cf",     0 },
	{ KD_ARCH_X86, "gs",     0x8d8c },
	{ KD_ARCH_X86, "dr7",    0x1b1a1918 },
	{ KD_ARCH_X86, "bh",     0xa5 },
	{ KD_ARCH_X86, "si",     0xa1a0 },
	{ KD_ARCH_X86, "cr3",    0x4b4a4948 },
	{ KD_ARCH_X86, "gdtr",   0x6f6e6d6c },
	{ KD_ARCH_X86, "tr",     0x7978 },

	{ KD_ARCH_ARM, "r0",     0x07060504 },
	{ KD_ARCH_ARM, "r12",    0x37363534 },
	{ KD_ARCH_ARM, "sp",     0x3b3a3938 },
	{ KD_ARCH_ARM, "r13",    0x3b3a3938 },
	{ KD_ARCH_ARM, "lr",     0x3f3e3d3c },
	{ KD_ARCH_ARM, "pc",     0x43424140 },
	{ KD_ARCH_ARM, "psr",    0x47464544 },
	{ KD_ARCH_ARM, "cpsr",   0x47464544 },
	{ KD_ARCH_ARM, "zf",     1 },
	{ KD_ARCH_ARM, "nf",     0 },
	{ KD_ARCH_ARM, "d1",     0x5f5e5d5c5b5a5958 },
	{ KD_ARCH_ARM, "s1",     0x57565554 },

	{ KD_ARCH_ARM64, "x0",   0x0f0e0d0c0b0a0908 },
	{ KD_ARCH_ARM64, "w0",   0x0b0a0908 },
	{ KD_ARCH_ARM64, "x28",  0xefeeedecebeae9e8 },
	{ KD_ARCH_ARM64, "fp",   0xf7f6f5f4f3f2f1f0 },
	{ KD_ARCH_ARM64, "x29",  0xf7f6f5f4f3f2f1f0 },
	{ KD_ARCH_ARM64, "lr",   0xfffefdfcfbfaf9f8 },
	{ KD_ARCH_ARM64, "sp",   0x0807060504030201 },
	{ KD_ARCH_ARM64, "pc",   0x100f0e0d0c0b0a09 },
	{ KD_ARCH_ARM64, "psr",  0x07060504 },
	{ KD_ARCH_ARM64, "fpcr", 0x16151413 },
	{ KD_ARCH_ARM64, "bvr0", 0x4241403f3e3d3c3b },
	{ KD_ARCH_ARM64, "wvr1", 0x9291908f8e8d8c8b },
	{ KD_ARCH_ARM64, "elr_el1",   0x4746454443424140 },
	{ KD_ARCH_ARM64, "tpidr_el1", 0x6766656463626160 },
	{ KD_ARCH_ARM64, "kbcr0",     0xabaaa9a8 },
};

static const struct {
	enum kd_arch arch;
	size_t size, special_size;
	const char *pc, *sp;
} shape_rows[] = {
	{ KD_ARCH_X64,   1232, 224, "rip", "rsp" },
	{ KD_ARCH_X86,   716,  84,  "eip", "esp" },
	{ KD_ARCH_ARM,   416,  0,   "pc",  "sp" },
	{ KD_ARCH_ARM64, 912,  160, "pc",  "sp" },
};
// clang-format on

static struct kd_context patterned(enum kd_arch arch)
{
	struct kd_context c = {
		.arch = arch,
		.len = (uint16_t)kd_context_size(arch),
		.special_len = (uint16_t)kd_context_special_size(arch),
	};

	for (size_t i = 0; i < c.len; i++)
		c.bytes[i] = (uint8_t)(i + (i >> 8));
	for (size_t i = 0; i < c.special_len; i++)
		c.special[i] = (uint8_t)(i + 0x40);
	return c;
}

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_context c = patterned(rows[i].arch);
		const struct kd_register *r =
			kd_register_find(rows[i].arch, rows[i].name);
		uint64_t value = 0;

		CHECK_ROW(rows[i].name, r != NULL);
		if (!r)
			continue;
		CHECK_ROW(rows[i].name, kd_register_get(&c, r, &value));
		CHECK_EQ(rows[i].name, value, rows[i].value);
	}
}

static void test_shapes(void)
{
	for (size_t i = 0; i < sizeof(shape_rows) / sizeof(shape_rows[0]);
	     i++) {
		enum kd_arch arch = shape_rows[i].arch;
		const char *name = kd_arch_name(arch);
		struct kd_context c = patterned(arch);
		uint64_t pc = 0, sp = 0;

		CHECK_EQ(name, kd_context_size(arch), shape_rows[i].size);
		CHECK_EQ(name, kd_context_special_size(arch),
			 shape_rows[i].special_size);
		CHECK_ROW(name, kd_context_set_pc(&c, 0x12345678));
		kd_register_get(&c, kd_register_find(arch, shape_rows[i].pc),
				&pc);
		kd_register_get(&c, kd_register_find(arch, shape_rows[i].sp),
				&sp);
		CHECK_EQ(name, pc, 0x12345678);
		CHECK_EQ(name, kd_context_pc(&c), pc);
		CHECK_EQ(name, kd_context_sp(&c), sp);
		CHECK_ROW(name, sp != 0);
	}
}

/* Every row lies in its block, and is the one that its name finds. */
static void test_tables(void)
{
	for (size_t a = 0; a < sizeof(archs) / sizeof(archs[0]); a++) {
		size_t count;
		const struct kd_register *r =
			kd_context_registers(archs[a], &count);

		CHECK(count > 20);
		for (size_t i = 0; i < count; i++) {
			size_t size = r[i].special ? KD_SPECIAL_MAX
						   : kd_context_size(archs[a]);

			CHECK_ROW(r[i].name,
				  (size_t)r[i].offset + r[i].size <= size);
			CHECK_ROW(r[i].name,
				  r[i].bit + r[i].width <= 8 * r[i].size);
			CHECK_ROW(r[i].name,
				  kd_register_find(archs[a], r[i].name) ==
					  &r[i]);
		}
	}
}

/* What was set is got, cut to its width, and no other bit moves. */
static void test_set(void)
{
	uint64_t random = 7;

	for (size_t a = 0; a < sizeof(archs) / sizeof(archs[0]); a++) {
		size_t count;
		const struct kd_register *r =
			kd_context_registers(archs[a], &count);

		for (size_t i = 0; i < count; i++) {
			struct kd_context c = patterned(archs[a]);
			uint64_t before = 0, after = 0;
			uint64_t value = check_random(&random);
			unsigned bits = kd_register_bits(&r[i]);
			uint64_t mask = bits < 64 ? (UINT64_C(1) << bits) - 1
						  : UINT64_MAX;

			c.special_len = KD_SPECIAL_MAX;
			struct kd_context was = c;

			if (!kd_register_get(&c, &r[i], &before)) {
				CHECK_ROW(r[i].name, r[i].size > 8);
				CHECK_ROW(r[i].name,
					  !kd_register_set(&c, &r[i], value));
				continue;
			}
			CHECK_ROW(r[i].name, kd_register_set(&c, &r[i], value));
			CHECK_ROW(r[i].name,
				  kd_register_get(&c, &r[i], &after));
			CHECK_EQ(r[i].name, after, value & mask);
			CHECK_ROW(r[i].name,
				  kd_register_set(&c, &r[i], before));
			CHECK_ROW(
				r[i].name,
				!memcmp(c.bytes, was.bytes, sizeof(c.bytes)) &&
					!memcmp(c.special, was.special,
						sizeof(c.special)));
		}
	}
}

static void test_parts_leave_the_rest(void)
{
	struct kd_context c = patterned(KD_ARCH_X64);
	const struct kd_register *rax = kd_register_find(KD_ARCH_X64, "rax");
	uint64_t value = 0;

	kd_register_set(&c, rax, 0x1111111111111111);
	kd_register_set(&c, kd_register_find(KD_ARCH_X64, "ah"), 0xabcd);
	kd_register_get(&c, rax, &value);
	CHECK_EQ(NULL, value, 0x111111111111cd11);
	kd_register_set(&c, kd_register_find(KD_ARCH_X64, "eax"), UINT64_MAX);
	kd_register_get(&c, rax, &value);
	CHECK_EQ(NULL, value, 0x11111111ffffffff);
}

/* A target may send less than the whole. */
static void test_absent(void)
{
	struct kd_context c = patterned(KD_ARCH_X64);
	const struct kd_register *rip = kd_register_find(KD_ARCH_X64, "rip");
	const struct kd_register *fsbase =
		kd_register_find(KD_ARCH_X64, "fsbase");
	uint64_t value = 42;

	CHECK(!kd_register_get(&c, fsbase, &value)); /* newer builds only */
	c.special_len = KD_SPECIAL_MAX;
	CHECK(kd_register_get(&c, fsbase, &value));
	c.len = 0xff; /* one byte short of rip */
	value = 42;
	CHECK(!kd_register_get(&c, rip, &value));
	CHECK(!kd_register_set(&c, rip, 1));
	CHECK(!kd_context_set_pc(&c, 1));
	CHECK_EQ(NULL, value, 42);
	CHECK_EQ(NULL, kd_context_pc(&c), 0);
	c.len = 0;
	CHECK_EQ(NULL, kd_context_sp(&c), 0);
	c.len = UINT16_MAX; /* a length that the struct cannot hold */
	CHECK(!kd_register_get(&c, rip, &value));
}

static void test_unknown(void)
{
	struct kd_context c = patterned(KD_ARCH_UNKNOWN);
	size_t count = 1;

	CHECK_EQ(NULL, kd_context_size(KD_ARCH_UNKNOWN), 0);
	CHECK_EQ(NULL, kd_context_special_size(KD_ARCH_UNKNOWN), 0);
	CHECK(!kd_context_registers(KD_ARCH_UNKNOWN, &count));
	CHECK_EQ(NULL, count, 0);
	CHECK(!kd_register_find(KD_ARCH_UNKNOWN, "rax"));
	CHECK(!kd_register_find(KD_ARCH_X64, "ra"));
	CHECK(!kd_register_find(KD_ARCH_X64, "raxx"));
	CHECK(!kd_register_find(KD_ARCH_X64, ""));
	CHECK(!kd_register_find(KD_ARCH_X86, "rax"));
	CHECK_EQ(NULL, kd_context_pc(&c), 0);
	CHECK_EQ(NULL, kd_context_sp(&c), 0);
	CHECK(!kd_context_set_pc(&c, 1));
}

static void test_bytes(void)
{
	struct kd_context c = { .arch = KD_ARCH_X64,
				.len = KD_CONTEXT_X64_SIZE };
	const struct kd_register *xmm15 = kd_register_find(c.arch, "xmm15");
	uint8_t out[KD_REGISTER_BYTES_MAX] = { 0 };

	for (size_t i = 0; i < KD_CONTEXT_X64_SIZE; i++)
		c.bytes[i] = (uint8_t)i;
	CHECK(kd_register_get_bytes(&c, xmm15, out));
	for (size_t i = 0; i < sizeof(out); i++)
		CHECK_EQ("xmm15", out[i], (0x290 + i) & 0xff);
	CHECK(!kd_register_get_bytes(&c, kd_register_find(c.arch, "al"), out));
	CHECK(!kd_register_get_bytes(&c, kd_register_find(c.arch, "cr0"), out));
	for (size_t i = 0; i < sizeof(out); i++)
		out[i] = (uint8_t)(0xa0 + i);
	CHECK(kd_register_set_bytes(&c, xmm15, out));
	for (size_t i = 0x28f; i < 0x2a1; i++)
		CHECK_EQ("xmm15 alone", c.bytes[i],
			 i < 0x290 || i > 0x29f ? i & 0xff : 0xa0 + i - 0x290);
	CHECK(kd_register_set_bytes(&c, kd_register_find(c.arch, "mm7"), out));
	CHECK_EQ("mm7", c.bytes[0x197], 0xa7);
	CHECK_EQ("what is above it", c.bytes[0x198], 0x98);
	CHECK(!kd_register_set_bytes(&c, kd_register_find(c.arch, "al"), out));
	CHECK(!kd_register_set_bytes(&c, kd_register_find(c.arch, "cr0"), out));
	c.len = 0x290;
	CHECK(!kd_register_get_bytes(&c, xmm15, out));
	CHECK(!kd_register_set_bytes(&c, xmm15, out));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "bytes", test_bytes },
		{ "rows", test_rows },
		{ "shapes", test_shapes },
		{ "tables", test_tables },
		{ "set", test_set },
		{ "parts", test_parts_leave_the_rest },
		{ "absent", test_absent },
		{ "unknown", test_unknown },
	};

	return check_run("context", tests, sizeof(tests) / sizeof(tests[0]));
}
