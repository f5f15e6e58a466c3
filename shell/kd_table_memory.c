#include "kd_commands.h"

/* Rows for memory and registers; in the order of names. */

#define RANGE "[ADDRESS [L COUNT | END]]"

// clang-format off
static const struct kd_command rows[] = {
	{ "da",         RANGE,       "show memory as a string of bytes",                     KD_NEEDS_STOP,    kd_run_dump },
	{ "db",         RANGE,       "show memory as bytes and characters",                  KD_NEEDS_STOP,    kd_run_dump },
	{ "dc",         RANGE,       "show memory as 4-byte values and characters",          KD_NEEDS_STOP,    kd_run_dump },
	{ "dd",         RANGE,       "show memory as 4-byte values",                         KD_NEEDS_STOP,    kd_run_dump },
	{ "dp",         RANGE,       "show memory as pointers",                              KD_NEEDS_STOP,    kd_run_dump },
	{ "dq",         RANGE,       "show memory as 8-byte values",                         KD_NEEDS_STOP,    kd_run_dump },
	{ "du",         RANGE,       "show memory as a string of UTF-16",                    KD_NEEDS_STOP,    kd_run_dump },
	{ "dw",         RANGE,       "show memory as 2-byte values",                         KD_NEEDS_STOP,    kd_run_dump },
	{ "r",          "[REGISTER[,REGISTER...]] | $t0...$t19 = EXPRESSION | $.u0...$.u9=TEXT",
	                             "show registers",                                       KD_NEEDS_STOP,    kd_run_registers },
};
// clang-format on

const struct kd_command_table kd_table_memory = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
