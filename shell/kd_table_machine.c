#include "kd_commands.h"

/* Rows for files of memory, ports, exceptions and errors; in the order of
 * names. */

#define RANGE "ADDRESS (L COUNT | END)"

// clang-format off
static const struct kd_command rows[] = {
	{ "!analyze",         "[-v] [-hang] | -show CODE [PARAMETERS]", "say what a bug check or exception means, and who is suspected; -hang: what a hung target does",
	                                                                                                  KD_NEEDS_STOP,    kd_run_analyze },
	{ "!error",           "VALUE [1]",     "say what an error number means; 1: it is an NTSTATUS",   KD_NEEDS_NOTHING, kd_run_error },
	{ "!for_each_module", "[COMMANDS]",    "run commands for each module, with its @#Base and so on",KD_NEEDS_STOP,    kd_run_each_module },
	{ ".bugcheck",        "",              "show the bug check's code and parameters, and explain them", KD_NEEDS_STOP,    kd_run_bug_check },
	{ ".cls",             "",              "clear the screen",                                       KD_NEEDS_NOTHING, kd_run_clear_screen },
	{ ".effmach",         "[MACHINE]",     "say what machine registers and code are shown for",      KD_NEEDS_NOTHING, kd_run_effective_machine },
	{ ".exr",             "ADDRESS | -1",  "show an exception record, or the last exception",        KD_NEEDS_STOP,    kd_run_exception_record },
	{ ".readmem",         "FILE " RANGE,   "copy a file into memory",                                KD_NEEDS_STOP,    kd_run_read_file },
	{ ".time",            "[-h HOURS]",    "show the target's time, and how long it has been up; in a zone east of UTC",  KD_NEEDS_STOP,    kd_run_time },
	{ ".writemem",        "FILE " RANGE,   "copy memory into a file",                                KD_NEEDS_STOP,    kd_run_write_file },
	{ "??",               "EXPRESSION",    "show the value of an expression of C++",                 KD_NEEDS_NOTHING, kd_run_evaluate_cpp },
	{ "ib",               "PORT",          "read a port of 1 byte",                                  KD_NEEDS_STOP,    kd_run_read_port },
	{ "id",               "PORT",          "read a port of 4 bytes",                                 KD_NEEDS_STOP,    kd_run_read_port },
	{ "iw",               "PORT",          "read a port of 2 bytes",                                 KD_NEEDS_STOP,    kd_run_read_port },
	{ "ob",               "PORT VALUE",    "write a port of 1 byte",                                 KD_NEEDS_STOP,    kd_run_write_port },
	{ "od",               "PORT VALUE",    "write a port of 4 bytes",                                KD_NEEDS_STOP,    kd_run_write_port },
	{ "ow",               "PORT VALUE",    "write a port of 2 bytes",                                KD_NEEDS_STOP,    kd_run_write_port },
	{ "rdmsr",            "MSR",           "read a model-specific register",                         KD_NEEDS_STOP,    kd_run_read_msr },
	{ "wrmsr",            "MSR VALUE",     "write a model-specific register",                        KD_NEEDS_STOP,    kd_run_write_msr },
};
// clang-format on

const struct kd_command_table kd_table_machine = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
