/* Drivers, their devices, and what is asked of them. */
#include "ki.h"

enum {
	DRIVER_TAG = LAB_TAG('D', 'r', 'i', 'v'),
	DEVICE_TAG = LAB_TAG('D', 'e', 'v', 'i'),
	IRP_TAG = LAB_TAG('I', 'r', 'p', ' '),
	/* what these structures call themselves in Type */
	IO_TYPE_DEVICE = 3,
	IO_TYPE_DRIVER = 4,
	IO_TYPE_IRP = 6,
	IO_TYPE_DEVICE_OBJECT_EXTENSION = 13,
	IO_TYPE_DEVICE_QUEUE = 20,
	DO_DEVICE_HAS_NAME = 0x40,
};

int32_t IopXxxControlFile(struct _DEVICE_OBJECT *device, uint32_t code);

static int32_t IopInvalidDeviceRequest(struct _DEVICE_OBJECT *device,
				       struct _IRP *irp)
{
	(void)device;
	irp->IoStatus.Status = STATUS_INVALID_DEVICE_REQUEST;
	return STATUS_INVALID_DEVICE_REQUEST;
}

/* "\\Driver\\labdisk", of "\\SystemRoot\\System32\\drivers\\labdisk.sys" */
static void driver_name(const char *path, char *to, size_t size)
{
	static const char folder[] = "\\Driver\\";
	size_t len = sizeof(folder) - 1;
	const char *name = path;

	memcpy(to, folder, len);
	for (; *path; path++)
		if (*path == '\\')
			name = path + 1;
	while (*name && *name != '.' && len + 1 < size)
		to[len++] = *name++;
	to[len] = '\0';
}

static struct _DRIVER_OBJECT *create_driver(const char *path)
{
	enum { FUNCTIONS = 28, NAME_MAX = 40 };
	struct _DRIVER_OBJECT *driver;
	char name[NAME_MAX];

	driver_name(path, name, sizeof(name));
	driver = ObCreateObject(LAB_OBJECT_DRIVER, sizeof(*driver), DRIVER_TAG,
				name);
	if (!driver)
		return NULL;
	driver->Type = IO_TYPE_DRIVER;
	driver->Size = sizeof(*driver);
	driver->DriverName = RtlWiden(name, driver->NameBuffer, NAME_MAX);
	driver->DriverExtension = &driver->Extension;
	driver->Extension.DriverObject = driver;
	for (size_t i = 0; i < FUNCTIONS; i++)
		driver->MajorFunction[i] = IopInvalidDeviceRequest;
	return driver;
}

struct _DRIVER_OBJECT *IopLoadDriver(const char *path)
{
	struct _KLDR_DATA_TABLE_ENTRY *entry = MmLoadSystemImage(path);
	struct _DRIVER_OBJECT *driver = entry ? create_driver(path) : NULL;

	if (!driver)
		return NULL;
	driver->DriverStart = entry->DllBase;
	driver->DriverSize = entry->SizeOfImage;
	driver->DriverSection = entry;
	driver->DriverInit =
		(int32_t(*)(struct _DRIVER_OBJECT *))entry->EntryPoint;
	entry->Driver = driver;
	if (driver->DriverInit(driver) == STATUS_SUCCESS)
		return driver;
	IopUnloadDriver(driver);
	return NULL;
}

static void delete_devices(struct _DRIVER_OBJECT *driver)
{
	struct _DEVICE_OBJECT *device;

	while ((device = driver->DeviceObject)) {
		driver->DeviceObject = device->NextDevice;
		ObDereferenceObjectWithTag(device, DEVICE_TAG);
	}
}

void IopUnloadDriver(struct _DRIVER_OBJECT *driver)
{
	if (driver->DriverUnload)
		driver->DriverUnload(driver);
	delete_devices(driver);
	MmUnloadSystemImage(driver->DriverSection);
	ObDereferenceObjectWithTag(driver, DRIVER_TAG);
}

int32_t IoCreateDevice(struct _DRIVER_OBJECT *driver, const char *name,
		       uint32_t type, struct _DEVICE_OBJECT **ret)
{
	struct _DEVICE_OBJECT *device = ObCreateObject(
		LAB_OBJECT_DEVICE, sizeof(*device), DEVICE_TAG, name);

	if (!device)
		return STATUS_INSUFFICIENT_RESOURCES;
	device->Type = IO_TYPE_DEVICE;
	device->Size = sizeof(*device);
	device->DriverObject = driver;
	device->DeviceType = type;
	device->Flags = name ? DO_DEVICE_HAS_NAME : 0;
	device->StackSize = 1;
	device->DeviceQueue.Type = IO_TYPE_DEVICE_QUEUE;
	device->DeviceQueue.Size = sizeof(device->DeviceQueue);
	InitializeListHead(&device->DeviceQueue.DeviceListHead);
	device->DeviceObjectExtension = &device->Extension;
	device->Extension.Type = IO_TYPE_DEVICE_OBJECT_EXTENSION;
	device->Extension.DeviceObject = device;
	device->NextDevice = driver->DeviceObject;
	driver->DeviceObject = device;
	*ret = device;
	return STATUS_SUCCESS;
}

struct _DEVICE_OBJECT *IoAttachDeviceToDeviceStack(
	struct _DEVICE_OBJECT *source, struct _DEVICE_OBJECT *target)
{
	while (target->AttachedDevice)
		target = target->AttachedDevice;
	target->AttachedDevice = source;
	source->Extension.AttachedTo = target;
	source->StackSize = (int8_t)(target->StackSize + 1);
	return target;
}

struct _DEVICE_OBJECT *IoGetDevice(const char *name)
{
	return ObReferenceObjectByName(name);
}

struct _IRP *IoAllocateIrp(struct _DEVICE_OBJECT *device)
{
	size_t size =
		sizeof(struct _IRP) +
		(size_t)device->StackSize * sizeof(struct _IO_STACK_LOCATION);
	struct _IRP *irp = ExAllocatePoolWithTag(NonPagedPool, size, IRP_TAG);
	struct _ETHREAD *thread = CONTAINING_RECORD(
		KeGetCurrentPrcb()->CurrentThread, struct _ETHREAD, Tcb);

	if (!irp)
		return NULL;
	memset(irp, 0, size);
	irp->Type = IO_TYPE_IRP;
	irp->Size = (uint16_t)size;
	irp->StackCount = device->StackSize;
	irp->CurrentLocation = (int8_t)(device->StackSize + 1);
	irp->Tail.Overlay.CurrentStackLocation =
		(struct _IO_STACK_LOCATION *)(irp + 1) + device->StackSize;
	irp->Tail.Overlay.Thread = thread;
	InsertTailList(&thread->IrpList, &irp->ThreadListEntry);
	return irp;
}

void IoFreeIrp(struct _IRP *irp)
{
	RemoveEntryList(&irp->ThreadListEntry);
	ExFreePoolWithTag(irp, IRP_TAG);
}

int32_t IofCallDriver(struct _DEVICE_OBJECT *device, struct _IRP *irp)
{
	struct _IO_STACK_LOCATION *location =
		--irp->Tail.Overlay.CurrentStackLocation;

	irp->CurrentLocation--;
	location->DeviceObject = device;
	int32_t status =
		device->DriverObject->MajorFunction[location->MajorFunction](
			device, irp);

	if (status != STATUS_PENDING)
		irp->IoStatus.Status = status;
	return status;
}

int32_t IopXxxControlFile(struct _DEVICE_OBJECT *device, uint32_t code)
{
	struct _IRP *irp = IoAllocateIrp(device);
	struct _IO_STACK_LOCATION *next;

	if (!irp)
		return STATUS_INSUFFICIENT_RESOURCES;
	next = IoGetNextIrpStackLocation(irp);
	next->MajorFunction = IRP_MJ_DEVICE_CONTROL;
	next->Parameters.DeviceIoControl.IoControlCode = code;
	int32_t status = IofCallDriver(device, irp);

	IoFreeIrp(irp);
	return status;
}

int32_t NtDeviceIoControlFile(struct _DEVICE_OBJECT *device, uint32_t code)
{
	return IopXxxControlFile(device, code);
}

void IoReportDevice(struct _DEVICE_OBJECT *device, const char *instance,
		    const char *service)
{
	enum { NAME_MAX = 32 };
	static struct _DEVICE_NODE node;

	node.PhysicalDeviceObject = device;
	node.InstancePath = RtlWiden(instance, node.NameBuffer[0], NAME_MAX);
	node.ServiceName = RtlWiden(service, node.NameBuffer[1], NAME_MAX);
	device->Extension.DeviceNode = &node;
}
