#include "kd_commands.h"

/* Rows for showing memory, and for registers; in the order of names. */

#define RANGE	 "[ADDRESS [L COUNT | END]]"
#define OPTIONS	 "[/c COLUMNS] [/p | /p[c] | /p[uc] | /p[wc]] " RANGE
#define PHYSICAL "[[c] | [uc] | [wc]] [-m] " RANGE

#define LIST	  "ADDRESS [COUNT [POINTERS]]"
#define SOME	  "[REGISTER[:[COUNT]TYPE] [= VALUE], ...]"
#define REGISTERS SOME " | . | $t0...$t19 = VALUE | $.u0...$.u9=TEXT"

// clang-format off
static const struct kd_command rows[] = {
	{ "!db",    PHYSICAL, "show physical memory as bytes and characters",                  KD_NEEDS_STOP, kd_run_dump_physical },
	{ "!dc",    PHYSICAL, "show physical memory as 4-byte values and characters",          KD_NEEDS_STOP, kd_run_dump_physical },
	{ "!dd",    PHYSICAL, "show physical memory as 4-byte values",                         KD_NEEDS_STOP, kd_run_dump_physical },
	{ "!dp",    PHYSICAL, "show physical memory as pointers",                              KD_NEEDS_STOP, kd_run_dump_physical },
	{ "!dq",    PHYSICAL, "show physical memory as 8-byte values",                         KD_NEEDS_STOP, kd_run_dump_physical },
	{ "!du",    PHYSICAL, "show physical memory as a string of UTF-16",                    KD_NEEDS_STOP, kd_run_dump_physical },
	{ "!dw",    PHYSICAL, "show physical memory as 2-byte values",                         KD_NEEDS_STOP, kd_run_dump_physical },
	{ "d",      OPTIONS,  "show memory as the last d command did",                         KD_NEEDS_STOP, kd_run_dump_again },
	{ "dD",     OPTIONS,  "show memory as reals of 8 bytes",                               KD_NEEDS_STOP, kd_run_dump },
	{ "dS",     RANGE,      "show what a UNICODE_STRING holds",                              KD_NEEDS_STOP, kd_run_dump_counted },
	{ "dW",     OPTIONS,  "show memory as 2-byte values and characters",                   KD_NEEDS_STOP, kd_run_dump },
	{ "da",     OPTIONS,  "show memory as a string of bytes",                              KD_NEEDS_STOP, kd_run_dump },
	{ "db",     OPTIONS,  "show memory as bytes and characters",                           KD_NEEDS_STOP, kd_run_dump },
	{ "dc",     OPTIONS,  "show memory as 4-byte values and characters",                   KD_NEEDS_STOP, kd_run_dump },
	{ "dd",     OPTIONS,  "show memory as 4-byte values",                                  KD_NEEDS_STOP, kd_run_dump },
	{ "dda",    OPTIONS,  "show what 4-byte pointers lead to, as a string of bytes",       KD_NEEDS_STOP, kd_run_dump_pointers },
	{ "ddp",    OPTIONS,  "show what 4-byte pointers lead to, as a value with its symbol", KD_NEEDS_STOP, kd_run_dump_pointers },
	{ "dds",    OPTIONS,  "show 4-byte values and the symbols that they mean",             KD_NEEDS_STOP, kd_run_dump_pointers },
	{ "ddu",    OPTIONS,  "show what 4-byte pointers lead to, as a string of UTF-16",      KD_NEEDS_STOP, kd_run_dump_pointers },
	{ "df",     OPTIONS,  "show memory as reals of 4 bytes",                               KD_NEEDS_STOP, kd_run_dump },
	{ "dl",     LIST,       "show a list from its first element on",                         KD_NEEDS_STOP, kd_run_dump_list },
	{ "dlb",    LIST,       "show a list backwards",                                         KD_NEEDS_STOP, kd_run_dump_list },
	{ "dp",     OPTIONS,  "show memory as pointers",                                       KD_NEEDS_STOP, kd_run_dump },
	{ "dpa",    OPTIONS,  "show what pointers lead to, as a string of bytes",              KD_NEEDS_STOP, kd_run_dump_pointers },
	{ "dpp",    OPTIONS,  "show what pointers lead to, as a value with its symbol",        KD_NEEDS_STOP, kd_run_dump_pointers },
	{ "dps",    OPTIONS,  "show values and the symbols that they mean",                    KD_NEEDS_STOP, kd_run_dump_pointers },
	{ "dpu",    OPTIONS,  "show what pointers lead to, as a string of UTF-16",             KD_NEEDS_STOP, kd_run_dump_pointers },
	{ "dq",     OPTIONS,  "show memory as 8-byte values",                                  KD_NEEDS_STOP, kd_run_dump },
	{ "dqa",    OPTIONS,  "show what 8-byte pointers lead to, as a string of bytes",       KD_NEEDS_STOP, kd_run_dump_pointers },
	{ "dqp",    OPTIONS,  "show what 8-byte pointers lead to, as a value with its symbol", KD_NEEDS_STOP, kd_run_dump_pointers },
	{ "dqs",    OPTIONS,  "show 8-byte values and the symbols that they mean",             KD_NEEDS_STOP, kd_run_dump_pointers },
	{ "dqu",    OPTIONS,  "show what 8-byte pointers lead to, as a string of UTF-16",      KD_NEEDS_STOP, kd_run_dump_pointers },
	{ "ds",     RANGE,      "show what an ANSI_STRING holds",                                KD_NEEDS_STOP, kd_run_dump_counted },
	{ "du",     OPTIONS,  "show memory as a string of UTF-16",                             KD_NEEDS_STOP, kd_run_dump },
	{ "dw",     OPTIONS,  "show memory as 2-byte values",                                  KD_NEEDS_STOP, kd_run_dump },
	{ "dyb",    OPTIONS,  "show memory as bits and bytes",                                 KD_NEEDS_STOP, kd_run_dump },
	{ "dyd",    OPTIONS,  "show memory as bits and 4-byte values",                         KD_NEEDS_STOP, kd_run_dump },
	{ "r",      REGISTERS,  "show registers, or change them",                               KD_NEEDS_STOP, kd_run_registers },
	{ "rF",     SOME,       "show the floating-point registers, or some",                   KD_NEEDS_STOP, kd_run_registers_masked },
	{ "rM",     "MASK",     "show the registers that a mask asks for, as rm explains it",   KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_registers_masked },
	{ "rX",     SOME,       "show the XMM registers, or some",                              KD_NEEDS_STOP, kd_run_registers_masked },
	{ "rm",     "[MASK | ?]",
	                        "show or set which registers r shows",                          KD_NEEDS_STOP, kd_run_register_mask },
};
// clang-format on

const struct kd_command_table kd_table_memory = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
