/*
 * Page tables. The emulated processor does not walk them, the debugger does:
 * they say what is mapped where.
 */
#include "ki.h"

enum { ENTRIES = 512, KERNEL_HALF = 256, SELF = 0x1ed, LEVELS = 4 };

#define ADDRESS_BITS UINT64_C(0x000ffffffffff000)

uint64_t MmSystemPageDirectory;
/* Where the page tables are found through the entry that is themselves. */
uint64_t MmPteBase = UINT64_C(0xffff000000000000) | (uint64_t)SELF << 39;

static uint64_t MiTablesUsed;

static struct _MMPTE *table_at(uint64_t physical)
{
	const struct lab_region *r = MiRegion(LAB_REGION_PAGE_TABLES);

	return (struct _MMPTE *)(r->virtual_address + (physical - r->physical));
}

static uint64_t create_table(void)
{
	const struct lab_region *r = MiRegion(LAB_REGION_PAGE_TABLES);
	uint64_t physical = r->physical + MiTablesUsed;

	if (MiTablesUsed == r->size)
		KeBugCheckEx(0x7d, PAGE_SIZE, MiTablesUsed, 0, 0);
	MiTablesUsed += PAGE_SIZE;
	return physical;
}

static size_t index_at(uint64_t address, unsigned level)
{
	return address >> (12 + 9 * level) & (ENTRIES - 1);
}

/* The entry of the last level; tables on the way are made if @p create. */
static struct _MMPTE *find_entry(uint64_t top, uint64_t address, bool create)
{
	struct _MMPTE *table = table_at(top);

	for (unsigned level = LEVELS - 1; level; level--) {
		struct _MMPTE *entry = &table[index_at(address, level)];

		if (!entry->u.Long && create)
			entry->u.Long =
				create_table() | MI_VALID | MI_WRITE |
				(address >> 63 ? 0u : (unsigned)MI_USER);
		if (!entry->u.Hard.Valid)
			return NULL;
		table = table_at(entry->u.Long & ADDRESS_BITS);
	}
	return &table[index_at(address, 0)];
}

void MiMapPages(uint64_t top, uint64_t address, uint64_t physical, size_t size,
		uint64_t flags)
{
	struct _MMPTE *entry = find_entry(top, address, true);

	for (size_t at = 0; at < size; at += PAGE_SIZE, entry++) {
		/* a table's end is a page's */
		if ((uint64_t)entry % PAGE_SIZE == 0)
			entry = find_entry(top, address + at, true);
		entry->u.Long = (physical + at) | flags | MI_VALID;
	}
}

void MiUnmapPages(uint64_t top, uint64_t address, size_t size)
{
	for (size_t at = 0; at < size; at += PAGE_SIZE) {
		struct _MMPTE *entry = find_entry(top, address + at, false);

		if (entry)
			entry->u.Long = 0;
	}
}

uint64_t MmGetPhysicalAddress(const void *address)
{
	uint64_t at = (uint64_t)address;
	struct _MMPTE *entry = find_entry(KiReadCr3(), at, false);

	if (!entry || !entry->u.Hard.Valid)
		return 0;
	return (entry->u.Long & ADDRESS_BITS) | at % PAGE_SIZE;
}

uint64_t MiCreateAddressSpace(void)
{
	uint64_t top = create_table();
	struct _MMPTE *entries = table_at(top);

	if (MmSystemPageDirectory)
		memcpy(entries + KERNEL_HALF,
		       table_at(MmSystemPageDirectory) + KERNEL_HALF,
		       KERNEL_HALF * sizeof(*entries));
	entries[SELF].u.Long = top | MI_VALID | MI_WRITE | MI_NO_EXECUTE;
	return top;
}
