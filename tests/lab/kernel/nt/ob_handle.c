/* Tables of handles: pages of entries, below as many pages as are asked for. */
#include "ki.h"

enum {
	STEP = 4,
	IN_PAGE = PAGE_SIZE / sizeof(union _HANDLE_TABLE_ENTRY),
};

static union _HANDLE_TABLE_ENTRY *new_page(void)
{
	return MiAllocateSystem(PAGE_SIZE, PAGE_SIZE);
}

static void enter(union _HANDLE_TABLE_ENTRY *entry, const char *path,
		  uint32_t attributes, uint32_t access)
{
	struct _OBJECT_HEADER *header = CONTAINING_RECORD(
		ObReferenceObjectByName(path), struct _OBJECT_HEADER, Body);

	header->HandleCount++;
	header->PointerCount++;
	*entry = (union _HANDLE_TABLE_ENTRY)LAB_HANDLE_ENTRY(header, attributes,
							     access);
}

struct _HANDLE_TABLE *ObCreateHandleTable(struct _EPROCESS *process,
					  uint32_t levels)
{
	enum { INHERIT = 2, ALL = 0xf000f, READ = 3 };
	struct _HANDLE_TABLE *table =
		MiAllocateSystem(sizeof(*table), sizeof(uint64_t));
	union _HANDLE_TABLE_ENTRY *leaf = new_page(), *second;
	void **above, *top = leaf;

	table->QuotaProcess = process;
	/* the first entry of a page is nobody's, and the third is free */
	enter(&leaf[1], "\\Device", INHERIT, ALL);
	enter(&leaf[2], "\\Driver", 0, READ);
	for (uint32_t i = 0; i < levels; i++) {
		above = (void **)new_page();
		above[0] = top;
		top = above;
		if (i > 0)
			continue;
		second = new_page();
		above[1] = second;
		enter(&second[IN_PAGE - 1], "\\FileSystem", 0, READ);
	}
	table->TableCode = (uintptr_t)top | levels;
	table->NextHandleNeedingPool = (levels ? 2 : 1) * IN_PAGE * STEP;
	LAB_HANDLE_COUNT(table) = levels ? 3 : 2;
	return table;
}
