/*
 * RAM, its regions, and the page tables that the debugger's addresses go
 * through.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_memory.h"

static void check_layout(const struct lab_memory *m)
{
	uint64_t end = LAB_PAGE;

	CHECK_EQ(NULL, m->regions, LAB_REGION_NONPAGED_POOL);
	for (size_t i = 0; i < m->regions; i++) {
		const struct lab_region *r = &m->region[i];

		CHECK_EQ("kinds in order", r->kind, i + 1);
		CHECK(r->physical >= end);
		CHECK(r->physical + r->size <= LAB_RAM_SIZE);
		CHECK_EQ("pages",
			 (r->physical | r->virtual_address | r->size) %
				 LAB_PAGE,
			 0);
		CHECK(r->virtual_address >> 47 == 0x1ffff);
		end = r->physical + r->size;
		for (size_t n = 0; n < i; n++)
			CHECK(m->region[n].virtual_address +
					      m->region[n].size <=
				      r->virtual_address ||
			      r->virtual_address + r->size <=
				      m->region[n].virtual_address);
	}
	CHECK_EQ("images",
		 lab_memory_region(m, LAB_REGION_IMAGES)->physical % 0x10000,
		 0);
	CHECK_EQ("shared",
		 lab_memory_region(m, LAB_REGION_SHARED)->virtual_address,
		 LAB_SHARED);
}

static void test_layout(void)
{
	struct lab_memory usual, other, again;

	CHECK(lab_memory_init(&usual, 0) && lab_memory_init(&other, 7) &&
	      lab_memory_init(&again, 7));
	check_layout(&usual);
	check_layout(&other);
	for (size_t i = 0; i < usual.regions; i++) {
		CHECK_EQ("same seed", other.region[i].virtual_address,
			 again.region[i].virtual_address);
		CHECK(usual.region[i].kind == LAB_REGION_SHARED ||
		      usual.region[i].virtual_address !=
			      other.region[i].virtual_address);
	}
	lab_memory_deinit(&usual);
	lab_memory_deinit(&other);
	lab_memory_deinit(&again);
}

static void test_addresses(void)
{
	struct lab_memory m;

	CHECK(lab_memory_init(&m, 0));
	const struct lab_region *r = lab_memory_region(&m, LAB_REGION_STACKS);
	uint64_t end = r->virtual_address + r->size;

	CHECK(lab_memory_at(&m, r->virtual_address, r->size) ==
	      m.ram + r->physical);
	CHECK(lab_memory_at(&m, end - 8, 8) != NULL);
	CHECK(lab_memory_at(&m, end - 8, 9) == NULL);
	CHECK(lab_memory_at(&m, end, 1) == NULL);
	CHECK(lab_memory_at(&m, r->virtual_address, UINT64_MAX) == NULL);
	CHECK_EQ(NULL, lab_memory_address(&m, r->physical + 5),
		 r->virtual_address + 5);
	CHECK_EQ("the first page is nowhere", lab_memory_address(&m, 0), 0);
	CHECK(lab_memory_ram(&m, LAB_RAM_SIZE - 1, 1) != NULL);
	CHECK(lab_memory_ram(&m, LAB_RAM_SIZE - 1, 2) == NULL);
	CHECK(lab_memory_ram(&m, UINT64_MAX, 2) == NULL);
	lab_memory_deinit(&m);
}

/* Four tables, one below the other, and a page at 0x9000. */
static void put_tables(struct lab_memory *m, uint64_t address)
{
	for (unsigned level = 0; level < 4; level++) {
		uint64_t index = address >> (39 - 9 * level) & 511;

		lab_put64(m->ram + 0x5000 + level * 0x1000 + index * 8,
			  (0x6000 + level * 0x1000) | 1);
	}
}

static void test_walk(void)
{
	static const struct {
		const char *name;
		uint64_t cr3, address;
		size_t want;
	} rows[] = {
		{ "first byte", 0x5000, 0xfffff80012345000, 0x1000 },
		{ "last byte", 0x5000, 0xfffff80012345fff, 1 },
		{ "flags in cr3", 0x5018, 0xfffff80012345000, 0x1000 },
		{ "next page", 0x5000, 0xfffff80012346000, 0 },
		{ "no such address", 0x5000, 0x1ff80012345000, 0 },
		{ "no tables", 0, 0xfffff80012345000, 0 },
		{ "tables where no memory is", 0xfffffffff000,
		  0xfffff80012345000, 0 },
	};
	struct lab_memory m;
	uint64_t physical = 0;

	CHECK(lab_memory_init(&m, 0));
	put_tables(&m, rows[0].address);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		size_t got = lab_memory_walk(&m, rows[i].cr3, rows[i].address,
					     &physical);

		CHECK_EQ(rows[i].name, got, rows[i].want);
		if (got)
			CHECK_EQ(rows[i].name, physical,
				 0x9000 + rows[i].address % LAB_PAGE);
	}
	lab_memory_deinit(&m);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "layout", test_layout },
		{ "addresses", test_addresses },
		{ "page tables", test_walk },
	};

	return check_run("lab memory", tests, sizeof(tests) / sizeof(tests[0]));
}
