#include "kd_commands.h"

/* Rows for drivers, devices and IRPs; in the order of names. */

// clang-format off
static const struct kd_command rows[] = {
	{ "!devobj",   "ADDRESS | NAME",         "show a device object",                               KD_NEEDS_STOP, kd_run_device },
	{ "!devstack", "ADDRESS | NAME",         "show the devices above and below a device",          KD_NEEDS_STOP, kd_run_device_stack },
	{ "!drvobj",   "ADDRESS | NAME [FLAGS]", "show a driver object; 1: its devices, 2: its routines, 4: stacks of its devices",
	                                                                                               KD_NEEDS_STOP, kd_run_driver },
	{ "!irp",      "ADDRESS [1]",            "show an IRP and what it has for each driver; 1: all of it",
	                                                                                               KD_NEEDS_STOP, kd_run_irp },
};
// clang-format on

const struct kd_command_table kd_table_io = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
