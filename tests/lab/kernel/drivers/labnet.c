/* An innocent driver: packets come in bursts and go again. */
#include "nt.h"

enum { BURST = 12, BURST_US = 200000, FRAME = 0x5f0, RING = 0x3000 };

static const uint32_t LabNetTag = LAB_TAG('L', 'N', 'e', 't');
static const uint32_t LabNetRingTag = LAB_TAG('L', 'N', 'r', 'g');

uint64_t LabNetPackets;

static void LabNetReceive(void **packets, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		packets[i] = ExAllocatePoolWithTag(NonPagedPool,
						   FRAME / (i + 1), LabNetTag);
		LabNetPackets++;
	}
}

static void LabNetRelease(void **packets, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		if (packets[i])
			ExFreePoolWithTag(packets[i], LabNetTag);
}

static void LabNetThread(void *context)
{
	void *packets[BURST];

	(void)context;
	for (uint32_t round = 0;; round++) {
		uint32_t count = 1 + round % BURST;

		LabNetReceive(packets, count);
		KeDelayExecutionThread(BURST_US);
		LabNetRelease(packets, count);
	}
}

int32_t DriverEntry(struct _DRIVER_OBJECT *driver)
{
	void *ring = ExAllocatePoolWithTag(NonPagedPool, RING, LabNetRingTag);

	(void)driver;
	if (!ring)
		return STATUS_INSUFFICIENT_RESOURCES;
	(void)PsCreateSystemThread(LabNetThread, ring);
	DbgPrint("labnet: one adapter\n");
	return STATUS_SUCCESS;
}
