#include "kd_commands.h"

/* Rows for breakpoints; in the order of names. */

#define SOFTWARE "[/1] [/p PROCESS] [/t THREAD] [/w \"CONDITION\"] "
#define COMMANDS " [\"COMMANDS\"]"

// clang-format off
static const struct kd_command rows[] = {
	{ ".bpcmds", "",                                               "show breakpoints as the commands that set them",           KD_NEEDS_NOTHING, kd_run_breakpoint_commands },
	{ "ba",      "[ID] e|r|w|i SIZE " SOFTWARE "[ADDRESS [PASSES]]" COMMANDS, "stop when something is executed, read, written or a port used", KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_breakpoint_set },
	{ "bc",      "ID...|*",                                        "remove breakpoints",                                       KD_NEEDS_NOTHING | KD_TAKES_SUFFIX, kd_run_breakpoint_change },
	{ "bd",      "ID...|*",                                        "disable breakpoints",                                      KD_NEEDS_NOTHING | KD_TAKES_SUFFIX, kd_run_breakpoint_change },
	{ "be",      "ID...|*",                                        "enable breakpoints",                                       KD_NEEDS_NOTHING | KD_TAKES_SUFFIX, kd_run_breakpoint_change },
	{ "bl",      "[/L] [ID...|\"PATTERN\"]",                       "list breakpoints",                                         KD_NEEDS_NOTHING | KD_TAKES_SUFFIX, kd_run_breakpoint_list },
	{ "bm",      "[/a] [/d] " SOFTWARE "MODULE!PATTERN [PASSES]" COMMANDS, "stop at each function whose name is of a pattern",   KD_NEEDS_STOP,    kd_run_breakpoint_pattern },
	{ "bp",      "[ID] " SOFTWARE "[ADDRESS [PASSES]]" COMMANDS,   "stop at an instruction, and run commands there",           KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_breakpoint_set },
	{ "br",      "OLD NEW...",                                     "give breakpoints other numbers",                           KD_NEEDS_NOTHING, kd_run_breakpoint_renumber },
	{ "bs",      "ID" COMMANDS,                                    "change a breakpoint's commands",                           KD_NEEDS_NOTHING, kd_run_breakpoint_commands_set },
	{ "bsc",     "ID CONDITION" COMMANDS,                          "change a breakpoint's condition and commands",             KD_NEEDS_STOP,    kd_run_breakpoint_condition_set },
	{ "bu",      "[ID] " SOFTWARE "[MODULE!NAME [PASSES]]" COMMANDS, "stop at a name, whenever its module is loaded",          KD_NEEDS_NOTHING | KD_TAKES_SUFFIX, kd_run_breakpoint_set },
};
// clang-format on

const struct kd_command_table kd_table_breakpoints = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
