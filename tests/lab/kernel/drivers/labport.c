/* An innocent driver: it plays with a device's registers when told to. */
#include "hal.h"
#include "lab_contract.h"
#include "nt.h"

enum { POLL_US = 100000 };

static struct _DEVICE_OBJECT *LabPortDevice;
static struct _KEVENT LabPortTold;
static volatile bool LabPortRuns;

static void LabPortPoll(uint32_t round)
{
	WRITE_PORT_UCHAR(LAB_PORT_LATCH, (uint8_t)round);
	WRITE_PORT_ULONG(LAB_PORT_LATCH + 4, round);
	if (READ_PORT_UCHAR(LAB_PORT_LATCH) != (uint8_t)round)
		DbgPrint("labport: the latch does not hold\n");
	(void)READ_PORT_ULONG(LAB_PORT_COUNTER);
}

static void LabPortThread(void *context)
{
	(void)context;
	for (uint32_t round = 0;; round++) {
		(void)KeWaitForSingleObject(&LabPortTold,
					    LabPortRuns ? POLL_US : LabForever);
		if (LabPortRuns)
			LabPortPoll(round);
	}
}

static int32_t LabPortDeviceControl(struct _DEVICE_OBJECT *device,
				    struct _IRP *irp)
{
	(void)device;
	(void)irp;
	LabPortRuns = !LabPortRuns;
	KeSetEvent(&LabPortTold);
	return STATUS_SUCCESS;
}

int32_t DriverEntry(struct _DRIVER_OBJECT *driver)
{
	int32_t status = IoCreateDevice(driver, "\\Device\\LabPort",
					FILE_DEVICE_UNKNOWN, &LabPortDevice);

	if (status != STATUS_SUCCESS)
		return status;
	KeInitializeEvent(&LabPortTold);
	driver->MajorFunction[IRP_MJ_DEVICE_CONTROL] = LabPortDeviceControl;
	(void)PsCreateSystemThread(LabPortThread, NULL);
	return STATUS_SUCCESS;
}
