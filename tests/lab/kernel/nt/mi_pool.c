/* The pages of the pools. */
#include "ex.h"

enum { PAGES_MAX = 4096 };

uint64_t MmAllocatedNonPagedPool, MmPagedPoolCommit; /* pages */
uint64_t MmTotalCommittedPages, MmPeakCommitment;

static struct {
	enum lab_region_kind region;
	uint64_t *used;
	size_t next; /* where the search goes on */
	uint8_t taken[PAGES_MAX];
} MiPools[LabPoolTypes] = {
	[NonPagedPool] = { .region = LAB_REGION_NONPAGED_POOL,
			   .used = &MmAllocatedNonPagedPool },
	[PagedPool] = { .region = LAB_REGION_PAGED_POOL,
			.used = &MmPagedPoolCommit },
};

static volatile int32_t MiPoolLock;

static size_t pages_of(enum _POOL_TYPE type)
{
	size_t pages = MiRegion(MiPools[type].region)->size / PAGE_SIZE;

	return pages < PAGES_MAX ? pages : PAGES_MAX;
}

static void commit(enum _POOL_TYPE type, int64_t pages)
{
	*MiPools[type].used += (uint64_t)pages;
	MmTotalCommittedPages += (uint64_t)pages;
	MmAvailablePages -= (uint64_t)pages;
	if (type == NonPagedPool)
		MmResidentAvailablePages -= (uint64_t)pages;
	if (MmPeakCommitment < MmTotalCommittedPages)
		MmPeakCommitment = MmTotalCommittedPages;
}

/* The first of @p count free pages from @p first on; SIZE_MAX: none. */
static size_t find_run(enum _POOL_TYPE type, size_t first, size_t count)
{
	size_t end = pages_of(type), run = 0;

	for (size_t i = first; i < end; i++) {
		run = MiPools[type].taken[i] ? 0 : run + 1;
		if (run == count)
			return i + 1 - count;
	}
	return SIZE_MAX;
}

void *MiAllocatePoolPages(enum _POOL_TYPE type, size_t count)
{
	uint64_t flags = KiAcquireLock(&MiPoolLock);
	size_t first = find_run(type, MiPools[type].next, count);

	if (first == SIZE_MAX)
		first = find_run(type, 0, count);
	if (first != SIZE_MAX) {
		memset(MiPools[type].taken + first, 1, count);
		MiPools[type].next = first + count;
		commit(type, (int64_t)count);
	}
	KiReleaseLock(&MiPoolLock, flags);
	if (first == SIZE_MAX)
		return NULL;
	return (void *)(MiRegion(MiPools[type].region)->virtual_address +
			first * PAGE_SIZE);
}

void MiFreePoolPages(enum _POOL_TYPE type, const void *address, size_t count)
{
	size_t first = ((uint64_t)address -
			MiRegion(MiPools[type].region)->virtual_address) /
		       PAGE_SIZE;
	uint64_t flags = KiAcquireLock(&MiPoolLock);

	memset(MiPools[type].taken + first, 0, count);
	commit(type, -(int64_t)count);
	KiReleaseLock(&MiPoolLock, flags);
}

enum _POOL_TYPE MmDeterminePoolType(const void *address)
{
	for (enum _POOL_TYPE type = NonPagedPool; type < LabPoolTypes; type++) {
		const struct lab_region *r = MiRegion(MiPools[type].region);

		if ((uint64_t)address - r->virtual_address < r->size)
			return type;
	}
	return LabPoolTypes;
}
