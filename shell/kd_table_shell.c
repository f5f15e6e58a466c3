#include "kd_commands.h"

/* Rows for the debugger itself, and what it talks to; in the order of names. */

// clang-format off
#define LOG "[/t] [/u] [FILE | /d]"

static const struct kd_command rows[] = {
	{ ".help",      "[COMMAND]", "list all commands, or explain one",                    KD_NEEDS_NOTHING, kd_run_help },
	{ ".logappend", LOG,         "copy what is shown to the end of a file",              KD_NEEDS_NOTHING, kd_run_log_open },
	{ ".logclose",  "",          "stop copying to the log file",                         KD_NEEDS_NOTHING, kd_run_log_close },
	{ ".logopen",   LOG,         "copy what is shown to a new file; /t: with the time in its name, /u: in UTF-16, /d: named by the target",KD_NEEDS_NOTHING, kd_run_log_open },
	{ "version",    "",          "show the target's version and this debugger's",        KD_NEEDS_NOTHING, kd_run_version },
	{ "vertarget",  "",          "show the target's version",                            KD_NEEDS_NOTHING, kd_run_vertarget },
};
// clang-format on

const struct kd_command_table kd_table_shell = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
