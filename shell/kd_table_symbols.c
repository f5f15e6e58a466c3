#include "kd_commands.h"

/* Rows for code and modules; in the order of names. */

#define RANGE "[ADDRESS [L COUNT | END]]"

// clang-format off
static const struct kd_command rows[] = {
	{ "lm",         "[v|o|l|e|u|k|c|1m|sm|i|n|f|p|t|D...] [a ADDRESS | m PATTERN | M PATTERN]",
	                             "list the modules, and where their symbols come from",  KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_list_modules },
	{ "u",          RANGE,       "disassemble",                                          KD_NEEDS_STOP,    kd_run_unassemble },
};
// clang-format on

const struct kd_command_table kd_table_symbols = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
