#ifndef KD_IO_TEXT_H
#define KD_IO_TEXT_H

/** @file What the commands about drivers, devices and IRPs share. */

#include "kd_devices.h"
#include "kd_kernel_text.h"
#include "kd_shell_state.h"

enum { KD_IO_ADDRESS_MAX = 17 };

/** "fffffa804a3b0060", or "00000000" for 0 and where 8 digits do. */
const char *kd_io_address(char out[KD_IO_ADDRESS_MAX],
			  const struct kd_shell *sh, uint64_t address);

/** "@p what at …: why"; returns @p st. Ctrl-C has been told of already. */
enum kd_status kd_io_fail(struct kd_shell *sh, enum kd_status st,
			  const char *what, uint64_t address);

/**
 * Is that only about the place that was read, so that what is there can be
 * left out? Not what ends all reading, as Ctrl-C does.
 */
bool kd_io_is_local(enum kd_status st);

/**
 * Take an object: its address, its name, or an expression.
 *
 * @param at       moved behind it and the spaces that follow
 * @param folders  where a name without a path may be; ends with NULL
 * @return what has been talked about
 */
enum kd_status kd_io_take_object(struct kd_shell *sh, const char **at,
				 const char *const folders[], uint64_t *ret);

/** What a driver calls itself; "" where that cannot be read. */
enum kd_status kd_io_driver_name(struct kd_shell *sh, uint64_t driver,
				 char ret[KD_OBJECT_NAME_MAX]);
/** The name of a device's driver; "" where that cannot be read. */
enum kd_status kd_io_driver_of(struct kd_shell *sh, uint64_t device,
			       char ret[KD_OBJECT_NAME_MAX]);
/** A device's own name; "" if it has none. */
enum kd_status kd_io_device_name(struct kd_shell *sh, uint64_t device,
				 char ret[KD_OBJECT_NAME_MAX]);

/** "IRP_MJ_READ"; "N/A" for a number without a name. */
const char *kd_irp_major_name(unsigned major);
/** "IRP_MN_START_DEVICE"; "N/A" for what has no name. */
const char *kd_irp_minor_name(unsigned major, unsigned minor);

/** The stack that a device belongs to, as !devstack shows it. */
enum kd_status kd_io_show_stack(struct kd_shell *sh, uint64_t device);

#endif
