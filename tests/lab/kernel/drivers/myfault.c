/*
 * The driver that does everything wrong, as the one of the same name does
 * that people learn debugging with.
 */
#include "myfault.h"
#include "nt.h"

enum { MANUALLY_INITIATED_CRASH = 0xe2, BUFFER_US = 500000 };

static struct _DEVICE_OBJECT *MyfaultDevice;

static void MyfaultRead(void *context)
{
	volatile const uint32_t *address = context;

	DbgPrint("myfault: read %x\n", *address);
}

static void MyfaultReadNowhere(void)
{
	MyfaultRead((void *)0x18);
}

static void MyfaultCatch(void)
{
	if (!KeTryCall(MyfaultRead, (void *)0x18))
		DbgPrint("myfault: caught it\n");
}

static void MyfaultCrash(void)
{
	KeBugCheckEx(MANUALLY_INITIATED_CRASH, (uint64_t)MyfaultDevice, 1, 2,
		     3);
}

static int32_t MyfaultDeviceControl(struct _DEVICE_OBJECT *device,
				    struct _IRP *irp)
{
	(void)device;
	switch (IoGetCurrentIrpStackLocation(irp)
			->Parameters.DeviceIoControl.IoControlCode) {
	case IOCTL_MYFAULT_CRASH:
		MyfaultCrash();
		return STATUS_SUCCESS;
	case IOCTL_MYFAULT_FAULT:
		MyfaultReadNowhere();
		return STATUS_SUCCESS;
	case IOCTL_MYFAULT_CATCH:
		MyfaultCatch();
		return STATUS_SUCCESS;
	case IOCTL_MYFAULT_BREAK:
		DbgBreakPoint();
		return STATUS_SUCCESS;
	case IOCTL_MYFAULT_ASSERT:
		DbgRaiseAssertionFailure();
		return STATUS_SUCCESS;
	case IOCTL_MYFAULT_LEAK:
		MyfaultLeakMemory();
		return STATUS_SUCCESS;
	default:
		return STATUS_INVALID_DEVICE_REQUEST;
	}
}

static void MyfaultTimerThread(void *context)
{
	(void)context;
	for (;;) {
		void *buffer = MyfaultTakeBuffer();

		KeDelayExecutionThread(BUFFER_US);
		if (buffer)
			ExFreePoolWithTag(buffer, 0);
	}
}

int32_t DriverEntry(struct _DRIVER_OBJECT *driver)
{
	int32_t status = IoCreateDevice(driver, "\\Device\\MyFault",
					FILE_DEVICE_UNKNOWN, &MyfaultDevice);

	if (status != STATUS_SUCCESS)
		return status;
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = MyfaultDeviceControl;
	(void)PsCreateSystemThread(MyfaultTimerThread, NULL);
	DbgPrint("myfault: ready to do harm\n");
	return STATUS_SUCCESS;
}
