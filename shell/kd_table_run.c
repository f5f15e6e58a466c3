#include "kd_commands.h"

/* Rows for letting the target go, and leaving it; in the order of names. */

// clang-format off
static const struct kd_command rows[] = {
	{ ".crash",     "[/y]",      "crash the target with bug check 0xE2, after asking; /y: without", KD_NEEDS_STOP,    kd_run_crash },
	{ ".reboot",    "",          "reboot the target",                                    KD_NEEDS_STOP,    kd_run_reboot },
	{ "q",          "",          "undo what we changed, let the target run, and leave",  KD_NEEDS_NOTHING, kd_run_quit },
	{ "qd",         "",          "undo what we changed and leave the target as it is",   KD_NEEDS_NOTHING, kd_run_quit_detach },
};
// clang-format on

const struct kd_command_table kd_table_run = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
