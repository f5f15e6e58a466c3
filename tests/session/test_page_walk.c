#include "check.h"
#include "kd_page_walk.h"

#include <string.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

enum { ENTRIES = 8 };

/* Physical memory that holds a few entries, and nothing else but zeros. */
struct tables {
	struct {
		uint64_t at, value;
	} entry[ENTRIES];
	uint64_t missing; /* reads from here on fail, if not 0 */
	enum kd_status fails;
	unsigned reads;
};

static enum kd_status read_tables(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	struct tables *t = ctx;
	uint8_t *to = buf;

	t->reads++;
	if (t->missing && address >= t->missing)
		return t->fails;
	memset(buf, 0, len);
	for (size_t i = 0; i < ENTRIES; i++)
		if (t->entry[i].at == address)
			for (size_t b = 0; b < len; b++)
				to[b] = (uint8_t)(t->entry[i].value >> 8 * b);
	return KD_OK;
}

/* Where an address leads, and how many entries it took. */
static const struct row {
	const char *name;
	struct kd_page_tables tables;
	uint64_t address;
	struct tables memory;
	enum kd_status status;
	bool is_mapped;
	uint64_t physical, page_size;
	size_t count;
} rows[] = {
	// clang-format off
	{ "x64, 4 KiB", { KD_PAGING_X64, 0x1ad000, 0, 0, 0 }, 0xfffff80012345678,
	  { .entry = { { 0x1adf80, 0x10023 }, { 0x10000, 0x20063 }, { 0x20488, 0x30063 }, { 0x30a28, 0x8000000000abc063 } } },
	  KD_OK, true, 0xabc678, 0x1000, 4 },
	{ "x64, bits of cr3 that are no address", { KD_PAGING_X64, 0x80000000001ad002, 0, 0, 0 }, 0,
	  { .entry = { { 0x1ad000, 0x10007 }, { 0x10000, 0x20007 }, { 0x20000, 0x30007 }, { 0x30000, 0x7777007 } } },
	  KD_OK, true, 0x7777000, 0x1000, 4 },
	{ "x64, 2 MiB", { KD_PAGING_X64, 0x1ad000, 0, 0, 0 }, 0xfffff80012345678,
	  { .entry = { { 0x1adf80, 0x10063 }, { 0x10000, 0x20063 }, { 0x20488, 0x4c001e3 } } },
	  KD_OK, true, 0x4d45678, 0x200000, 3 },
	{ "x64, 1 GiB", { KD_PAGING_X64, 0x1ad000, 0, 0, 0 }, 0xfffff80052345678,
	  { .entry = { { 0x1adf80, 0x10063 }, { 0x10008, 0x1400000e3 } } },
	  KD_OK, true, 0x152345678, 0x40000000, 2 },
	{ "x64, a bit that means nothing at the top", { KD_PAGING_X64, 0x1ad000, 0, 0, 0 }, 0xfffff80012345678,
	  { .entry = { { 0x1adf80, 0x100e3 }, { 0x10000, 0x20063 }, { 0x20488, 0x30063 }, { 0x30a28, 0xabc0e3 } } },
	  KD_OK, true, 0xabc678, 0x1000, 4 },
	{ "x64, nothing there", { KD_PAGING_X64, 0x1ad000, 0, 0, 0 }, 0xfffff80012345678,
	  { .entry = { { 0x1adf80, 0x10063 }, { 0x10000, 0x20063 } } },
	  KD_OK, false, 0, 0, 3 },
	{ "x64, in transition", { KD_PAGING_X64, 0x1ad000, 0, 0x800, 0x400 }, 0xfffff80012345678,
	  { .entry = { { 0x1adf80, 0x10063 }, { 0x10000, 0x20063 }, { 0x20488, 0x30063 }, { 0x30a28, 0xabc880 } } },
	  KD_OK, true, 0xabc678, 0x1000, 4 },
	{ "x64, a prototype", { KD_PAGING_X64, 0x1ad000, 0, 0x800, 0x400 }, 0xfffff80012345678,
	  { .entry = { { 0x1adf80, 0x10063 }, { 0x10000, 0x20063 }, { 0x20488, 0x30063 }, { 0x30a28, 0xabcc80 } } },
	  KD_OK, false, 0, 0, 4 },
	{ "x64, a table in transition is none", { KD_PAGING_X64, 0x1ad000, 0, 0x800, 0x400 }, 0xfffff80012345678,
	  { .entry = { { 0x1adf80, 0x10063 }, { 0x10000, 0x20880 } } },
	  KD_OK, false, 0, 0, 2 },
	{ "x64, not canonical", { KD_PAGING_X64, 0x1ad000, 0, 0, 0 }, 0x0000800000000000,
	  { .missing = 0 }, KD_E_ARG, false, 0, 0, 0 },
	{ "x64, a table that cannot be read", { KD_PAGING_X64, 0x1ad000, 0, 0, 0 }, 0xfffff80012345678,
	  { .entry = { { 0x1adf80, 0xfffff000000063 } }, .missing = 0x100000000, .fails = KD_E_TARGET },
	  KD_E_TARGET, false, 0, 0, 0 },
	{ "x64, bytes that are on their way", { KD_PAGING_X64, 0x1ad000, 0, 0, 0 }, 0xfffff80012345678,
	  { .missing = 1, .fails = KD_E_PENDING }, KD_E_PENDING, false, 0, 0, 0 },
	{ "x64, tables that are their own", { KD_PAGING_X64, 0x1000, 0, 0, 0 }, 0,
	  { .entry = { { 0x1000, 0x1003 } } }, KD_OK, true, 0x1000, 0x1000, 4 },
	{ "x64, 5 levels", { KD_PAGING_X64_5, 0x1ad000, 0, 0, 0 }, 0xff11000000001234,
	  { .entry = { { 0x1ad888, 0x9063 }, { 0x9000, 0x10063 }, { 0x10000, 0x20063 }, { 0x20000, 0x30063 }, { 0x30008, 0xabc063 } } },
	  KD_OK, true, 0xabc234, 0x1000, 5 },
	{ "x86", { KD_PAGING_X86, 0x39000, 0, 0, 0 }, 0x8012f980,
	  { .entry = { { 0x39800, 0x5067 }, { 0x54bc, 0x9de9067 } } },
	  KD_OK, true, 0x9de9980, 0x1000, 2 },
	{ "x86, sign-extended", { KD_PAGING_X86, 0x39000, 0, 0, 0 }, 0xffffffff8012f980,
	  { .entry = { { 0x39800, 0x5067 }, { 0x54bc, 0x9de9067 } } },
	  KD_OK, true, 0x9de9980, 0x1000, 2 },
	{ "x86, 4 MiB beyond 4 GiB", { KD_PAGING_X86, 0x39000, 0, 0, 0 }, 0x8012f980,
	  { .entry = { { 0x39800, 0x4061e7 } } },
	  KD_OK, true, 0x30052f980, 0x400000, 1 },
	{ "PAE", { KD_PAGING_X86_PAE, 0x185020, 0, 0, 0 }, 0x8012f980,
	  { .entry = { { 0x185030, 0x4001 }, { 0x4000, 0x5067 }, { 0x5978, 0x109de9067 } } },
	  KD_OK, true, 0x109de9980, 0x1000, 3 },
	{ "PAE, 2 MiB", { KD_PAGING_X86_PAE, 0x185020, 0, 0, 0 }, 0x8012f980,
	  { .entry = { { 0x185030, 0x4001 }, { 0x4000, 0x2000001e3 } } },
	  KD_OK, true, 0x20012f980, 0x200000, 2 },
	{ "ARM64, a process", { KD_PAGING_ARM64, 0x5000000001ad000, 0x77000, 0, 0 }, 0x12345678,
	  { .entry = { { 0x1ad000, 0x10003 }, { 0x10000, 0x20003 }, { 0x20488, 0x30003 }, { 0x30a28, 0x60000000abc743 } } },
	  KD_OK, true, 0xabc678, 0x1000, 4 },
	{ "ARM64, the kernel, 2 MiB", { KD_PAGING_ARM64, 0x1ad000, 0x77000, 0, 0 }, 0xfffff80012345678,
	  { .entry = { { 0x77f80, 0x10003 }, { 0x10000, 0x20003 }, { 0x20488, 0x4c00701 } } },
	  KD_OK, true, 0x4d45678, 0x200000, 3 },
	{ "ARM64, a block at the last level is none", { KD_PAGING_ARM64, 0x1ad000, 0, 0, 0 }, 0,
	  { .entry = { { 0x1ad000, 0x10003 }, { 0x10000, 0x20003 }, { 0x20000, 0x30003 }, { 0x30000, 0xabc701 } } },
	  KD_OK, false, 0, 0, 4 },
	// clang-format on
};

static void test_rows(void)
{
	for (size_t i = 0; i < COUNT(rows); i++) {
		const struct row *r = &rows[i];
		struct tables tables = r->memory;
		struct kd_memory memory = { read_tables, &tables };
		struct kd_page_walk walk = { .count = 99 };

		CHECK_EQ(r->name,
			 -kd_page_walk(&r->tables, &memory, r->address, &walk),
			 -r->status);
		if (r->status != KD_OK) {
			CHECK_EQ(r->name, walk.count, 99);
			continue;
		}
		CHECK_EQ(r->name, walk.is_mapped, r->is_mapped);
		CHECK_EQ(r->name, walk.physical, r->physical);
		CHECK_EQ(r->name, walk.page_size, r->page_size);
		CHECK_EQ(r->name, walk.count, r->count);
		CHECK_EQ(r->name, tables.reads, r->count);
	}
}

/* Whatever the tables hold, the way down ends after their levels. */
static void test_garbage(void)
{
	uint64_t seed = 1;

	for (unsigned i = 0; i < 20000; i++) {
		struct tables tables = { 0 };
		struct kd_memory memory = { read_tables, &tables };
		struct kd_page_tables t = {
			.paging = (enum kd_paging)(check_random(&seed) % 5),
			.root = check_random(&seed) & 0x7000,
			.kernel_root = check_random(&seed) & 0x7000,
		};
		struct kd_page_walk walk;
		unsigned size = kd_paging_entry_size(t.paging);

		for (size_t e = 0; e < ENTRIES; e++) {
			tables.entry[e].at = check_random(&seed) & 0x7000;
			tables.entry[e].value =
				(check_random(&seed) & 0x70c3) | 1;
		}
		if (kd_page_walk(&t, &memory, 0, &walk) != KD_OK)
			continue;
		CHECK(walk.count <= kd_paging_levels(t.paging));
		CHECK(tables.reads == walk.count && size <= 8);
		CHECK(!walk.is_mapped || walk.page_size >= 0x1000);
	}
}

static void test_tables_of(void)
{
	static const struct {
		const char *name;
		enum kd_arch arch;
		uint64_t cr4;
		enum kd_status status;
		enum kd_paging paging;
	} wanted[] = {
		// clang-format off
		{ "x64",            KD_ARCH_X64,   0x6f8,  KD_OK, KD_PAGING_X64 },
		{ "x64, LA57",      KD_ARCH_X64,   0x16f8, KD_OK, KD_PAGING_X64_5 },
		{ "x86",            KD_ARCH_X86,   0x6d8,  KD_OK, KD_PAGING_X86 },
		{ "x86, PAE",       KD_ARCH_X86,   0x6f8,  KD_OK, KD_PAGING_X86_PAE },
		{ "ARM64",          KD_ARCH_ARM64, 0,      KD_E_UNSUPPORTED, 0 },
		// clang-format on
	};

	for (size_t i = 0; i < COUNT(wanted); i++) {
		enum kd_arch arch = wanted[i].arch;
		struct kd_context c = { .arch = arch };
		struct kd_page_tables t;

		if (wanted[i].status == KD_OK)
			CHECK_EQ(wanted[i].name, -kd_page_tables_of(&c, &t),
				 -KD_E_NOT_FOUND);
		c.special_len = (uint16_t)kd_context_special_size(arch);
		if (wanted[i].status == KD_OK) {
			kd_register_set(&c, kd_register_find(arch, "cr3"),
					0x1ad002);
			kd_register_set(&c, kd_register_find(arch, "cr4"),
					wanted[i].cr4);
		}
		CHECK_EQ(wanted[i].name, -kd_page_tables_of(&c, &t),
			 -wanted[i].status);
		if (wanted[i].status != KD_OK)
			continue;
		CHECK_EQ(wanted[i].name, t.paging, wanted[i].paging);
		CHECK_EQ(wanted[i].name, t.root, 0x1ad002);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "where addresses lead", test_rows },
		{ "garbage", test_garbage },
		{ "control registers", test_tables_of },
	};

	return check_run("page walk", tests, COUNT(tests));
}
