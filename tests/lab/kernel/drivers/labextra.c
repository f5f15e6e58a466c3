/* A driver that comes and goes while the machine runs. */
#include "nt.h"

enum { TAGS = 40, BEAT_US = 250000 };

static struct _DEVICE_OBJECT *LabExtraDevice;
static struct _KEVENT LabExtraStop, LabExtraStopped;
static void *LabExtraBlocks[TAGS];

/* So many tags that the kernel's table has to grow. */
static uint32_t LabExtraTag(uint32_t number)
{
	return LAB_TAG('X', '0' + number / 10, '0' + number % 10, 'x');
}

uint64_t LabExtraBeats;

static void LabExtraThread(void *context)
{
	(void)context;
	while (KeWaitForSingleObject(&LabExtraStop, BEAT_US) == STATUS_TIMEOUT)
		LabExtraBeats++;
	KeSetEvent(&LabExtraStopped);
}

static void LabExtraUnload(struct _DRIVER_OBJECT *driver)
{
	(void)driver;
	KeSetEvent(&LabExtraStop);
	(void)KeWaitForSingleObject(&LabExtraStopped, LabForever);
	/* the thread's last steps are in this image */
	KeDelayExecutionThread(BEAT_US);
	for (uint32_t i = 0; i < TAGS; i++)
		if (LabExtraBlocks[i])
			ExFreePoolWithTag(LabExtraBlocks[i], LabExtraTag(i));
	DbgPrint("labextra: gone\n");
}

int32_t DriverEntry(struct _DRIVER_OBJECT *driver)
{
	int32_t status = IoCreateDevice(driver, "\\Device\\LabExtra",
					FILE_DEVICE_UNKNOWN, &LabExtraDevice);

	if (status != STATUS_SUCCESS)
		return status;
	KeInitializeEvent(&LabExtraStop);
	KeInitializeEvent(&LabExtraStopped);
	driver->DriverUnload = LabExtraUnload;
	for (uint32_t i = 0; i < TAGS; i++)
		LabExtraBlocks[i] = ExAllocatePoolWithTag(
			PagedPool, 0x20 + i * 8, LabExtraTag(i));
	(void)PsCreateSystemThread(LabExtraThread, NULL);
	DbgPrint("labextra: here\n");
	return STATUS_SUCCESS;
}
