#include "kd_commands.h"

/* Rows for types; in the order of names. */

// clang-format off
static const struct kd_command rows[] = {
	{ "dt", "[-a|-b|-c|-l|-n|-o|-p|-r|-s|-v|-y...] [MODULE!]NAME [FIELD...] [ADDRESS] [-l FIELD]",
	        "show a type's members, and what is in them at an address", KD_NEEDS_STOP, kd_run_type },
};
// clang-format on

const struct kd_command_table kd_table_types = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
