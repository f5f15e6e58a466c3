#include "kd_commands.h"

/* Rows for code and modules; in the order of names. */

#define RANGE "[ADDRESS [L COUNT | END]]"

// clang-format off
static const struct kd_command rows[] = {
	{ "lm",         "[a ADDRESS | m PATTERN]",
	                             "list the loaded modules, by address",                  KD_NEEDS_STOP,    kd_run_list_modules },
	{ "u",          RANGE,       "disassemble",                                          KD_NEEDS_STOP,    kd_run_unassemble },
};
// clang-format on

const struct kd_command_table kd_table_symbols = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
