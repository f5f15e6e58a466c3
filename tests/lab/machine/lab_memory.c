#include "lab_memory.h"
#include "lab_bytes.h"

#include <stdlib.h>

/* Each begins anywhere in the first 64 GiB from its base on. */
static const struct {
	enum lab_region_kind kind;
	uint64_t base, size;
} layout[] = {
	// clang-format off
	{ LAB_REGION_BOOT,          UINT64_C(0xffff900000000000), 64 << 10 },
	{ LAB_REGION_SHARED,        LAB_SHARED,                   4 << 10 },
	{ LAB_REGION_PAGE_TABLES,   UINT64_C(0xffffa10000000000), 512 << 10 },
	{ LAB_REGION_SYSTEM,        UINT64_C(0xffffb70000000000), 512 << 10 },
	{ LAB_REGION_STACKS,        UINT64_C(0xffffbd0000000000), 1 << 20 },
	{ LAB_REGION_IMAGES,        UINT64_C(0xfffff80000000000), 2 << 20 },
	{ LAB_REGION_PAGED_POOL,    UINT64_C(0xffffe10000000000), 4 << 20 },
	{ LAB_REGION_NONPAGED_POOL, UINT64_C(0xffffca8000000000), 16 << 20 },
	// clang-format on
};

static void lay_out(struct lab_memory *m, uint64_t seed)
{
	enum { STEP = 2 << 20, STEPS = 1 << 15, ALIGN = 64 << 10 };
	uint64_t physical = LAB_PAGE;

	for (size_t i = 0; i < sizeof(layout) / sizeof(layout[0]); i++) {
		uint64_t steps = 1 + lab_random(&seed) % STEPS;

		if (layout[i].kind == LAB_REGION_SHARED)
			steps = 0;
		if (layout[i].kind == LAB_REGION_IMAGES)
			physical =
				(physical + ALIGN - 1) & ~(uint64_t)(ALIGN - 1);
		m->region[m->regions++] = (struct lab_region){
			.kind = layout[i].kind,
			.virtual_address = layout[i].base + steps * STEP,
			.physical = physical,
			.size = layout[i].size,
		};
		physical += layout[i].size;
	}
}

bool lab_memory_init(struct lab_memory *m, uint64_t seed)
{
	*m = (struct lab_memory){ .allocation = NULL };
	m->allocation = calloc(1, LAB_RAM_SIZE + LAB_PAGE);
	if (!m->allocation)
		return false;
	m->ram = (uint8_t *)m->allocation +
		 (LAB_PAGE - (uintptr_t)m->allocation % LAB_PAGE);
	lay_out(m, seed);
	return true;
}

void lab_memory_deinit(struct lab_memory *m)
{
	free(m->allocation);
	*m = (struct lab_memory){ .allocation = NULL };
}

const struct lab_region *lab_memory_region(const struct lab_memory *m,
					   enum lab_region_kind kind)
{
	for (size_t i = 0; i < m->regions; i++)
		if (m->region[i].kind == kind)
			return &m->region[i];
	return NULL;
}

uint8_t *lab_memory_ram(const struct lab_memory *m, uint64_t physical,
			uint64_t len)
{
	if (physical > LAB_RAM_SIZE || len > LAB_RAM_SIZE - physical)
		return NULL;
	return m->ram + physical;
}

uint8_t *lab_memory_at(const struct lab_memory *m, uint64_t address,
		       uint64_t len)
{
	for (size_t i = 0; i < m->regions; i++) {
		const struct lab_region *r = &m->region[i];
		uint64_t offset = address - r->virtual_address;

		if (offset < r->size && len <= r->size - offset)
			return m->ram + r->physical + offset;
	}
	return NULL;
}

uint64_t lab_memory_address(const struct lab_memory *m, uint64_t physical)
{
	for (size_t i = 0; i < m->regions; i++) {
		const struct lab_region *r = &m->region[i];

		if (physical - r->physical < r->size)
			return r->virtual_address + (physical - r->physical);
	}
	return 0;
}

size_t lab_memory_walk(const struct lab_memory *m, uint64_t cr3,
		       uint64_t address, uint64_t *ret_physical)
{
	enum { TOP_SHIFT = 39, PAGE_SHIFT = 12, BITS = 9, PRESENT = 1 };
	const uint64_t frame = UINT64_C(0x000ffffffffff000);
	uint64_t table = cr3 & frame;
	/* the 17 bits on top are all alike, or it is no address */
	uint64_t top = address >> 47;

	if (!cr3 || (top && top != 0x1ffff))
		return 0;
	for (int shift = TOP_SHIFT; shift >= PAGE_SHIFT; shift -= BITS) {
		uint64_t index = address >> shift & ((1 << BITS) - 1);
		const uint8_t *entry = lab_memory_ram(m, table + index * 8, 8);

		if (!entry || !(lab_get64(entry) & PRESENT))
			return 0;
		table = lab_get64(entry) & frame;
	}
	if (!lab_memory_ram(m, table, LAB_PAGE))
		return 0;
	*ret_physical = table + address % LAB_PAGE;
	return LAB_PAGE - address % LAB_PAGE;
}
