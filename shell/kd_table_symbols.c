#include "kd_commands.h"

/* Rows for code and modules; in the order of names. */

#define RANGE "[ADDRESS [L COUNT | END]]"

// clang-format off
static const struct kd_command rows[] = {
	{ "!dh",       "[-f|-s|-a] ADDRESS",
	                             "show the headers of an image",                         KD_NEEDS_STOP,    kd_run_headers },
	{ "!lmi",      "MODULE",    "show what a module's headers say, and its symbols",    KD_NEEDS_STOP,    kd_run_module_info },
	{ "!sym",       "[noisy | quiet]",
	                             "say or do not say where symbols are looked for",       KD_NEEDS_NOTHING, kd_run_sym },
	{ ".reload",    "[/f|/i|/u|/l|/user] [MODULE[=BASE[,SIZE]]]",
	                             "forget modules and symbols, and read them anew",       KD_NEEDS_STOP,    kd_run_reload },
	{ ".symfix",    "[+] [FOLDER]",
	                             "look for symbols at Microsoft, keeping them in a folder",KD_NEEDS_NOTHING | KD_TAKES_SUFFIX, kd_run_symbol_fix },
	{ ".sympath",   "[+] [FOLDER;srv*FOLDER*URL...]",
	                             "show, set or extend where symbols are looked for",     KD_TAKES_LINE | KD_TAKES_SUFFIX, kd_run_symbol_path },
	{ "ld",         "MODULE",    "load a module's symbols now",                          KD_NEEDS_STOP,    kd_run_load_symbols },
	{ "lm",         "[v|o|l|e|u|k|c|1m|sm|i|n|f|p|t|D...] [a ADDRESS | m PATTERN | M PATTERN]",
	                             "list the modules, and where their symbols come from",  KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_list_modules },
	{ "ln",         "ADDRESS",   "show the symbols at and around an address",            KD_NEEDS_STOP,    kd_run_nearest },
	{ "u",          RANGE,       "disassemble",                                          KD_NEEDS_STOP,    kd_run_unassemble },
	{ "up",         RANGE,       "disassemble physical memory",                          KD_NEEDS_STOP,    kd_run_unassemble },
	{ "x",          "[/0|/1|/2|/v|/t|/s SIZE|/f|/d|/a|/A|/n|/N|/z|/Z|/q|/p] MODULE!SYMBOL | *",
	                             "show the symbols of a pattern; *: local variables",    KD_NEEDS_STOP,    kd_run_examine },
};
// clang-format on

const struct kd_command_table kd_table_symbols = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
