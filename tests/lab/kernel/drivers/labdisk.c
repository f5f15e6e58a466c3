/* An innocent driver: it reads, and gives back what it takes. */
#include "nt.h"

enum { DEPTH = 8, READ_US = 100000, SECTOR = 0x200 };

static const uint32_t LabDiskTag = LAB_TAG('L', 'D', 's', 'k');
static const uint32_t LabDiskCacheTag = LAB_TAG('L', 'D', 'c', 'a');

static void *LabDiskRead(uint32_t sector)
{
	uint32_t *buffer =
		ExAllocatePoolWithTag(NonPagedPool, SECTOR, LabDiskTag);

	for (size_t i = 0; buffer && i < SECTOR / sizeof(*buffer); i++)
		buffer[i] = sector;
	return buffer;
}

/* A ring of the last sectors, each let go when another takes its place. */
static void LabDiskThread(void *context)
{
	void *cache[DEPTH] = { 0 }, *note;

	(void)context;
	for (uint32_t sector = 0;; sector++) {
		void **slot = &cache[sector % DEPTH];

		note = ExAllocatePoolWithTag(PagedPool, 0x40 + sector % 3 * 16,
					     LabDiskCacheTag);
		if (*slot)
			ExFreePoolWithTag(*slot, LabDiskTag);
		*slot = LabDiskRead(sector);
		KeDelayExecutionThread(READ_US);
		if (note)
			ExFreePoolWithTag(note, LabDiskCacheTag);
	}
}

int32_t DriverEntry(struct _DRIVER_OBJECT *driver)
{
	(void)driver;
	(void)PsCreateSystemThread(LabDiskThread, NULL);
	DbgPrint("labdisk: one disk of 2048 sectors\n");
	return STATUS_SUCCESS;
}
