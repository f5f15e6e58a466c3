#ifndef KD_DEVICES_H
#define KD_DEVICES_H

/**
 * @file
 * Drivers, devices and their requests, by the types of the kernel's PDB ("nt"
 * among the symbols). What this kernel has no member for is 0. Every function
 * that returns a status passes on what kd_typed.h says, KD_E_PENDING among it,
 * with its outputs untouched; and
 * - KD_E_FORMAT if what is there does not say of itself that it is one (its
 *   member Type)
 */

#include "kd_objects.h"

enum {
	KD_MAJOR_FUNCTIONS = 28, /* IRP_MJ_CREATE to IRP_MJ_PNP: wdm.h */
	KD_DEVICES_MAX = 4096,	 /* of one driver; more are not believed */
	KD_DEVICE_STACK_MAX = 64,
};

/** A DRIVER_OBJECT. */
struct kd_driver {
	uint64_t address;
	char name[KD_OBJECT_NAME_MAX]; /**< "\Driver\labdisk" */
	uint64_t first_device;
	uint64_t extension; /**< _DRIVER_EXTENSION */
	uint64_t add_device, init, start_io, unload;
	uint64_t fast_io; /**< _FAST_IO_DISPATCH */
	uint64_t major[KD_MAJOR_FUNCTIONS];
};

/** A DEVICE_OBJECT. */
struct kd_device {
	uint64_t address;
	uint64_t driver, next;
	uint64_t upper; /**< is attached to this one */
	uint64_t lower; /**< that this one is attached to */
	uint64_t current_irp;
	uint64_t extension, object_extension, vpb, device_node, dope, security;
	uint32_t type, flags, characteristics, extension_flags;
	int32_t references;
	bool is_busy;	/**< its queue */
	uint64_t queue; /**< address of the list of waiting IRPs */
};

/** An IRP. */
struct kd_irp {
	uint64_t address;
	uint64_t mdl, system_buffer, thread;
	uint32_t flags;
	uint32_t status; /**< NTSTATUS */
	uint64_t information;
	int stack_count, current; /**< current: from 1; above count: done */
	uint64_t current_location;
	uint64_t location_size; /**< bytes of each */
	bool pending_returned, is_canceled, from_user_mode;
	uint64_t cancel_routine, user_buffer, file;
	uint64_t thread_list[2]; /**< Flink, Blink */
};

/** What an IRP has for one driver: an IO_STACK_LOCATION. */
struct kd_irp_location {
	uint64_t address;
	uint8_t major, minor, flags, control;
	uint64_t device, file, routine, context;
	uint64_t argument[4];
};

/** @return KD_E_FORMAT if there is none */
KD_API KD_MUST_USE enum kd_status kd_driver_read(struct kd_symbols *s,
						 uint64_t address,
						 struct kd_driver *ret);
KD_API KD_MUST_USE enum kd_status kd_device_read(struct kd_symbols *s,
						 uint64_t address,
						 struct kd_device *ret);
KD_API KD_MUST_USE enum kd_status kd_irp_read(struct kd_symbols *s,
					      uint64_t address,
					      struct kd_irp *ret);
/** @param number  from 1, which is the last driver's */
KD_API KD_MUST_USE enum kd_status kd_irp_location_read(
	struct kd_symbols *s, const struct kd_irp *irp, int number,
	struct kd_irp_location *ret);

/** Only what a driver calls itself: "\Driver\labdisk". */
KD_API KD_MUST_USE enum kd_status kd_driver_name(struct kd_symbols *s,
						 uint64_t address,
						 char ret[KD_OBJECT_NAME_MAX]);

#endif
