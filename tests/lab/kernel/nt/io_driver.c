/* Drivers, their devices, and what is asked of them. */
#include "ki.h"

enum {
	DRIVER_TAG = LAB_TAG('D', 'r', 'i', 'v'),
	DEVICE_TAG = LAB_TAG('D', 'e', 'v', 'i')
};

static struct _DEVICE_OBJECT *IopDevices;

int32_t IopXxxControlFile(struct _DEVICE_OBJECT *device, uint32_t code);

static int32_t IopInvalidDeviceRequest(struct _DEVICE_OBJECT *device,
				       struct _IRP *irp)
{
	(void)device;
	irp->Status = STATUS_INVALID_DEVICE_REQUEST;
	return irp->Status;
}

struct _DRIVER_OBJECT *IopLoadDriver(const char *path)
{
	enum { FUNCTIONS = 28, DRIVER_OBJECT = 4 };
	struct _KLDR_DATA_TABLE_ENTRY *entry = MmLoadSystemImage(path);
	struct _DRIVER_OBJECT *driver =
		entry ? ExAllocatePoolWithTag(NonPagedPool, sizeof(*driver),
					      DRIVER_TAG)
		      : NULL;

	if (!driver)
		return NULL;
	memset(driver, 0, sizeof(*driver));
	driver->Type = DRIVER_OBJECT;
	driver->Size = sizeof(*driver);
	driver->DriverStart = entry->DllBase;
	driver->DriverSize = entry->SizeOfImage;
	driver->DriverSection = entry;
	for (size_t i = 0; i < FUNCTIONS; i++)
		driver->MajorFunction[i] = IopInvalidDeviceRequest;
	entry->Driver = driver;
	int32_t (*initialize)(struct _DRIVER_OBJECT *) =
		(int32_t(*)(struct _DRIVER_OBJECT *))entry->EntryPoint;

	if (initialize(driver) == STATUS_SUCCESS)
		return driver;
	IopUnloadDriver(driver);
	return NULL;
}

static void forget_devices(struct _DRIVER_OBJECT *driver)
{
	struct _DEVICE_OBJECT **link = &IopDevices, *device;

	while ((device = *link)) {
		if (device->DriverObject != driver) {
			link = &device->NextDevice;
			continue;
		}
		*link = device->NextDevice;
		ExFreePoolWithTag(device, DEVICE_TAG);
	}
}

void IopUnloadDriver(struct _DRIVER_OBJECT *driver)
{
	if (driver->DriverUnload)
		driver->DriverUnload(driver);
	forget_devices(driver);
	MmUnloadSystemImage(driver->DriverSection);
	ExFreePoolWithTag(driver, DRIVER_TAG);
}

int32_t IoCreateDevice(struct _DRIVER_OBJECT *driver, const char *name,
		       struct _DEVICE_OBJECT **ret)
{
	struct _DEVICE_OBJECT *device = ExAllocatePoolWithTag(
		NonPagedPool, sizeof(*device), DEVICE_TAG);

	if (!device)
		return STATUS_INSUFFICIENT_RESOURCES;
	memset(device, 0, sizeof(*device));
	device->Type = 3;
	device->Size = sizeof(*device);
	device->DriverObject = driver;
	device->DeviceName = name;
	device->NextDevice = IopDevices;
	IopDevices = driver->DeviceObject = device;
	*ret = device;
	return STATUS_SUCCESS;
}

struct _DEVICE_OBJECT *IoGetDevice(const char *name)
{
	struct _DEVICE_OBJECT *device = IopDevices;

	for (; device; device = device->NextDevice) {
		size_t i = 0;

		while (name[i] && name[i] == device->DeviceName[i])
			i++;
		if (name[i] == device->DeviceName[i])
			return device;
	}
	return NULL;
}

int32_t IofCallDriver(struct _DEVICE_OBJECT *device, struct _IRP *irp)
{
	int32_t status =
		device->DriverObject->MajorFunction[irp->MajorFunction](device,
									irp);

	irp->Status = status;
	return status;
}

int32_t IopXxxControlFile(struct _DEVICE_OBJECT *device, uint32_t code)
{
	enum { IRP_TAG = LAB_TAG('I', 'r', 'p', ' '), TYPE = 6 };
	struct _IRP *irp =
		ExAllocatePoolWithTag(NonPagedPool, sizeof(*irp), IRP_TAG);

	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	memset(irp, 0, sizeof(*irp));
	irp->Type = TYPE;
	irp->Size = sizeof(*irp);
	irp->MajorFunction = IRP_MJ_DEVICE_CONTROL;
	irp->IoControlCode = code;
	irp->Thread = KeGetCurrentPrcb()->CurrentThread;
	int32_t status = IofCallDriver(device, irp);

	ExFreePoolWithTag(irp, IRP_TAG);
	return status;
}

int32_t NtDeviceIoControlFile(struct _DEVICE_OBJECT *device, uint32_t code)
{
	return IopXxxControlFile(device, code);
}
