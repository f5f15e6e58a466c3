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

static int32_t LabDiskRequest(struct _DEVICE_OBJECT *device, struct _IRP *irp)
{
	IoGetCurrentIrpStackLocation(irp)->Control |= SL_PENDING_RETURNED;
	device->CurrentIrp = irp;
	device->DeviceQueue.Busy = 1;
	return STATUS_PENDING;
}

static int32_t LabDiskFilterDone(struct _DEVICE_OBJECT *device,
				 struct _IRP *irp, void *context)
{
	(void)device;
	(void)irp;
	(void)context;
	return STATUS_SUCCESS;
}

/* The filter hands on what it is asked, and wants to hear of the end. */
static int32_t LabDiskDispatchRead(struct _DEVICE_OBJECT *device,
				   struct _IRP *irp)
{
	struct _IO_STACK_LOCATION *own = IoGetCurrentIrpStackLocation(irp);
	struct _IO_STACK_LOCATION *next = IoGetNextIrpStackLocation(irp);

	if (!device->Extension.AttachedTo)
		return LabDiskRequest(device, irp);
	next->MajorFunction = own->MajorFunction;
	next->Parameters = own->Parameters;
	next->CompletionRoutine = LabDiskFilterDone;
	next->Context = device;
	next->Control = SL_INVOKE_ON_ALL;
	return IofCallDriver(device->Extension.AttachedTo, irp);
}

static bool LabDiskFastIoCheck(struct _FILE_OBJECT *file, int64_t *offset,
			       uint32_t length)
{
	(void)file;
	(void)offset;
	(void)length;
	return false;
}

static struct _FAST_IO_DISPATCH LabDiskFastIo = {
	.SizeOfFastIoDispatch = sizeof(LabDiskFastIo),
	.FastIoCheckIfPossible = LabDiskFastIoCheck,
};

/* A request that the disk will never answer, for those who look at it. */
static void LabDiskAsk(struct _DEVICE_OBJECT *device)
{
	struct _IRP *irp = IoAllocateIrp(device);
	struct _IO_STACK_LOCATION *next;

	if (!irp)
		return;
	next = IoGetNextIrpStackLocation(irp);
	next->MajorFunction = IRP_MJ_READ;
	next->Parameters.Read.Length = SECTOR;
	next->Parameters.Read.ByteOffset = SECTOR * 5;
	(void)IofCallDriver(device, irp);
}

int32_t DriverEntry(struct _DRIVER_OBJECT *driver)
{
	struct _DEVICE_OBJECT *disk, *filter;

	driver->MajorFunction[IRP_MJ_READ] = LabDiskDispatchRead;
	driver->FastIoDispatch = &LabDiskFastIo;
	if (IoCreateDevice(driver, "\\Device\\LabDisk0", FILE_DEVICE_DISK,
			   &disk) != STATUS_SUCCESS ||
	    IoCreateDevice(driver, NULL, FILE_DEVICE_DISK, &filter) !=
		    STATUS_SUCCESS)
		return STATUS_INSUFFICIENT_RESOURCES;
	(void)IoAttachDeviceToDeviceStack(filter, disk);
	IoReportDevice(disk, "LAB\\Disk\\0", "labdisk");
	LabDiskAsk(filter);
	(void)PsCreateSystemThread(LabDiskThread, NULL);
	DbgPrint("labdisk: one disk of 2048 sectors\n");
	return STATUS_SUCCESS;
}
