/* The regions of memory that the machine laid out. */
#include "ki.h"

struct lab_loader *KeLoaderBlock;
uint64_t MmLowestPhysicalPage, MmHighestPhysicalPage, MmNumberOfPhysicalPages;
uint64_t MmAvailablePages, MmResidentAvailablePages;

static struct _PHYSICAL_MEMORY_DESCRIPTOR MiPhysicalMemory;
struct _PHYSICAL_MEMORY_DESCRIPTOR *MmPhysicalMemoryBlock = &MiPhysicalMemory;

static uint64_t MiSystemUsed, MiStacksUsed;

const struct lab_region *MiRegion(enum lab_region_kind kind)
{
	for (size_t i = 0; i < LAB_REGIONS_MAX; i++)
		if (KeLoaderBlock->region[i].kind == (uint64_t)kind)
			return &KeLoaderBlock->region[i];
	KeBugCheckEx(0x7d, (uint64_t)kind, 0, 0, 0); /* INSTALL_MORE_MEMORY */
}

void *MiAllocateSystem(size_t size, size_t alignment)
{
	const struct lab_region *r = MiRegion(LAB_REGION_SYSTEM);
	uint64_t at = (MiSystemUsed + alignment - 1) / alignment * alignment;

	if (at + size > r->size)
		KeBugCheckEx(0x7d, size, at, 0, 0);
	MiSystemUsed = at + size;
	return (void *)(r->virtual_address + at);
}

void *MiAllocateStack(void)
{
	const struct lab_region *r = MiRegion(LAB_REGION_STACKS);
	uint64_t at = r->virtual_address + MiStacksUsed + PAGE_SIZE;

	if (MiStacksUsed + PAGE_SIZE + LAB_STACK_SIZE > r->size)
		KeBugCheckEx(0x7d, LAB_STACK_SIZE, MiStacksUsed, 0, 0);
	MiMapPages(MmSystemPageDirectory, at,
		   r->physical + MiStacksUsed + PAGE_SIZE, LAB_STACK_SIZE,
		   MI_WRITE | MI_NO_EXECUTE);
	MiStacksUsed += PAGE_SIZE + LAB_STACK_SIZE;
	return (void *)(at + LAB_STACK_SIZE);
}

void MiInitialize(void)
{
	static const enum lab_region_kind whole[] = {
		LAB_REGION_BOOT,	LAB_REGION_SHARED,
		LAB_REGION_PAGE_TABLES, LAB_REGION_SYSTEM,
		LAB_REGION_PAGED_POOL,	LAB_REGION_NONPAGED_POOL,
	};

	/* the first page is nobody's */
	MmLowestPhysicalPage = 1;
	MmHighestPhysicalPage = LAB_RAM_SIZE / PAGE_SIZE - 1;
	MmNumberOfPhysicalPages = MmAvailablePages = MmHighestPhysicalPage;
	MmResidentAvailablePages = MmAvailablePages;
	MiPhysicalMemory = (struct _PHYSICAL_MEMORY_DESCRIPTOR){
		.NumberOfRuns = 1,
		.NumberOfPages = MmNumberOfPhysicalPages,
		.Run = { { MmLowestPhysicalPage, MmNumberOfPhysicalPages } },
	};
	MmSystemPageDirectory = MiCreateAddressSpace();
	for (size_t i = 0; i < sizeof(whole) / sizeof(whole[0]); i++) {
		const struct lab_region *r = MiRegion(whole[i]);

		MiMapPages(MmSystemPageDirectory, r->virtual_address,
			   r->physical, r->size, MI_WRITE | MI_NO_EXECUTE);
	}
	/* their tables are there before other address spaces share them */
	for (size_t i = 0; i < LAB_REGIONS_MAX; i++)
		MiMapPages(MmSystemPageDirectory,
			   KeLoaderBlock->region[i].virtual_address, 0, 0, 0);
}
