#include "kd_devices.h"

#include <stdio.h>

/* What the structures say of themselves in Type: wdm.h. */
enum { IO_TYPE_DEVICE = 3, IO_TYPE_DRIVER = 4, IO_TYPE_IRP = 6 };

/* A member, and where its number goes. */
struct field {
	const char *path;
	uint64_t *to;
};

/* Members that this kernel does not have are 0. */
static enum kd_status take(const struct kd_typed *t, const struct field *fields,
			   size_t count)
{
	enum kd_status st = KD_OK;

	for (size_t i = 0; st == KD_OK && i < count; i++) {
		*fields[i].to = 0;
		st = kd_typed_field_u64(t, fields[i].path, fields[i].to);
		if (st == KD_E_NOT_FOUND)
			st = KD_OK;
	}
	return st;
}

/* The structure, read once; KD_E_FORMAT if it calls itself something else. */
static enum kd_status open_structure(struct kd_symbols *s, const char *name,
				     uint64_t address, uint64_t type,
				     struct kd_typed_copy *copy,
				     struct kd_typed *ret)
{
	struct kd_typed at;
	uint64_t own = 0;
	enum kd_status st = kd_typed_at(s, name, address, &at);

	if (st == KD_OK)
		st = kd_typed_copy(&at, copy, ret);
	if (st == KD_OK)
		st = kd_typed_field_u64(ret, "Type", &own);
	if (st == KD_OK && (own & 0xffff) != type)
		return KD_E_FORMAT;
	return st;
}

enum kd_status kd_driver_name(struct kd_symbols *s, uint64_t address,
			      char ret[KD_OBJECT_NAME_MAX])
{
	struct kd_typed at, name;
	enum kd_status st = kd_typed_at(s, "nt!_DRIVER_OBJECT", address, &at);

	if (st == KD_OK)
		st = kd_typed_field(&at, "DriverName", &name);
	return st == KD_OK ? kd_typed_unicode(&name, ret) : st;
}

static enum kd_status take_majors(const struct kd_typed *t,
				  uint64_t ret[KD_MAJOR_FUNCTIONS])
{
	struct kd_typed functions, function;
	enum kd_status st = kd_typed_field(t, "MajorFunction", &functions);

	for (uint64_t i = 0; st == KD_OK && i < KD_MAJOR_FUNCTIONS; i++) {
		st = kd_typed_index(&functions, i, &function);
		if (st == KD_OK)
			st = kd_typed_u64(&function, &ret[i]);
	}
	return st;
}

enum kd_status kd_driver_read(struct kd_symbols *s, uint64_t address,
			      struct kd_driver *ret)
{
	struct kd_driver d = { .address = address };
	const struct field fields[] = {
		{ "DeviceObject", &d.first_device },
		{ "DriverExtension", &d.extension },
		{ "DriverInit", &d.init },
		{ "DriverStartIo", &d.start_io },
		{ "DriverUnload", &d.unload },
		{ "FastIoDispatch", &d.fast_io },
	};
	struct kd_typed_copy copy;
	struct kd_typed t, name;
	enum kd_status st = open_structure(s, "nt!_DRIVER_OBJECT", address,
					   IO_TYPE_DRIVER, &copy, &t);

	if (st == KD_OK)
		st = take(&t, fields, sizeof(fields) / sizeof(fields[0]));
	if (st == KD_OK)
		st = take_majors(&t, d.major);
	if (st == KD_OK)
		st = kd_typed_field(&t, "DriverName", &name);
	if (st == KD_OK)
		st = kd_typed_unicode(&name, d.name);
	if (st == KD_OK && d.extension)
		st = kd_typed_field_u64(&t, "DriverExtension.AddDevice",
					&d.add_device);
	if (st == KD_OK)
		*ret = d;
	return st;
}

/* What newer kernels keep in an extension that is theirs alone. */
static enum kd_status take_extension(const struct kd_typed *t,
				     struct kd_device *d)
{
	uint64_t flags = 0;
	const struct field fields[] = {
		{ "DeviceObjectExtension.AttachedTo", &d->lower },
		{ "DeviceObjectExtension.DeviceNode", &d->device_node },
		{ "DeviceObjectExtension.Dope", &d->dope },
		{ "DeviceObjectExtension.ExtensionFlags", &flags },
	};
	enum kd_status st = KD_OK;

	if (d->object_extension)
		st = take(t, fields, sizeof(fields) / sizeof(fields[0]));
	d->extension_flags = (uint32_t)flags;
	return st;
}

enum kd_status kd_device_read(struct kd_symbols *s, uint64_t address,
			      struct kd_device *ret)
{
	struct kd_device d = { .address = address };
	uint64_t type, flags, characteristics, references, busy;
	const struct field fields[] = {
		{ "DriverObject", &d.driver },
		{ "NextDevice", &d.next },
		{ "AttachedDevice", &d.upper },
		{ "CurrentIrp", &d.current_irp },
		{ "DeviceExtension", &d.extension },
		{ "DeviceObjectExtension", &d.object_extension },
		{ "Vpb", &d.vpb },
		{ "SecurityDescriptor", &d.security },
		{ "DeviceType", &type },
		{ "Flags", &flags },
		{ "Characteristics", &characteristics },
		{ "ReferenceCount", &references },
		{ "DeviceQueue.Busy", &busy },
	};
	struct kd_typed_copy copy;
	struct kd_typed t, queue;
	enum kd_status st = open_structure(s, "nt!_DEVICE_OBJECT", address,
					   IO_TYPE_DEVICE, &copy, &t);

	if (st == KD_OK)
		st = take(&t, fields, sizeof(fields) / sizeof(fields[0]));
	if (st == KD_OK)
		st = kd_typed_field(&t, "DeviceQueue.DeviceListHead", &queue);
	if (st == KD_OK)
		st = take_extension(&t, &d);
	if (st != KD_OK)
		return st;
	d.type = (uint32_t)type;
	d.flags = (uint32_t)flags;
	d.characteristics = (uint32_t)characteristics;
	d.references = (int32_t)(uint32_t)references;
	d.is_busy = busy & 0xff;
	d.queue = queue.address;
	*ret = d;
	return KD_OK;
}

enum kd_status kd_irp_read(struct kd_symbols *s, uint64_t address,
			   struct kd_irp *ret)
{
	struct kd_irp i = { .address = address };
	uint64_t flags, status, count, current, mode, canceled, pending;
	const struct field fields[] = {
		{ "MdlAddress", &i.mdl },
		{ "AssociatedIrp.SystemBuffer", &i.system_buffer },
		{ "Tail.Overlay.Thread", &i.thread },
		{ "Tail.Overlay.CurrentStackLocation", &i.current_location },
		{ "Tail.Overlay.OriginalFileObject", &i.file },
		{ "IoStatus.Status", &status },
		{ "IoStatus.Information", &i.information },
		{ "ThreadListEntry.Flink", &i.thread_list[0] },
		{ "ThreadListEntry.Blink", &i.thread_list[1] },
		{ "CancelRoutine", &i.cancel_routine },
		{ "UserBuffer", &i.user_buffer },
		{ "Flags", &flags },
		{ "StackCount", &count },
		{ "CurrentLocation", &current },
		{ "RequestorMode", &mode },
		{ "Cancel", &canceled },
		{ "PendingReturned", &pending },
	};
	struct kd_typed_copy copy;
	struct kd_typed t, location;
	enum kd_status st =
		open_structure(s, "nt!_IRP", address, IO_TYPE_IRP, &copy, &t);

	if (st == KD_OK)
		st = take(&t, fields, sizeof(fields) / sizeof(fields[0]));
	if (st == KD_OK)
		st = kd_typed_at(s, "nt!_IO_STACK_LOCATION", 0, &location);
	if (st == KD_OK)
		st = kd_typed_size(&location, &i.location_size);
	if (st != KD_OK)
		return st;
	i.flags = (uint32_t)flags;
	i.status = (uint32_t)status;
	/* CHARs, whatever the PDB calls them */
	i.stack_count = (int8_t)(uint8_t)count;
	i.current = (int8_t)(uint8_t)current;
	i.from_user_mode = mode & 0xff;
	i.is_canceled = canceled & 0xff;
	i.pending_returned = pending & 0xff;
	*ret = i;
	return KD_OK;
}

enum kd_status kd_irp_location_read(struct kd_symbols *s,
				    const struct kd_irp *irp, int number,
				    struct kd_irp_location *ret)
{
	struct kd_irp_location l = {
		.address = irp->current_location +
			   irp->location_size *
				   (uint64_t)(int64_t)(number - irp->current),
	};
	uint64_t major, minor, flags, control;
	const struct field fields[] = {
		{ "MajorFunction", &major },
		{ "MinorFunction", &minor },
		{ "Flags", &flags },
		{ "Control", &control },
		{ "DeviceObject", &l.device },
		{ "FileObject", &l.file },
		{ "CompletionRoutine", &l.routine },
		{ "Context", &l.context },
		{ "Parameters.Others.Argument1", &l.argument[0] },
		{ "Parameters.Others.Argument2", &l.argument[1] },
		{ "Parameters.Others.Argument3", &l.argument[2] },
		{ "Parameters.Others.Argument4", &l.argument[3] },
	};
	struct kd_typed_copy copy;
	struct kd_typed at, t;
	enum kd_status st =
		kd_typed_at(s, "nt!_IO_STACK_LOCATION", l.address, &at);

	if (st == KD_OK)
		st = kd_typed_copy(&at, &copy, &t);
	if (st == KD_OK)
		st = take(&t, fields, sizeof(fields) / sizeof(fields[0]));
	if (st != KD_OK)
		return st;
	l.major = (uint8_t)major;
	l.minor = (uint8_t)minor;
	l.flags = (uint8_t)flags;
	l.control = (uint8_t)control;
	*ret = l;
	return KD_OK;
}
