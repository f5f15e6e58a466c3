#include "kd_commands.h"

/* Rows for changing, comparing and searching memory; in the order of names. */

#define MEMORY	"[/p | /p[c] | /p[uc] | /p[wc]] ADDRESS "
#define VALUES	MEMORY "VALUE..."
#define STRING	MEMORY "\"TEXT\""
#define DEVICE	"[[c] | [uc] | [wc]] ADDRESS VALUE..."
#define RANGE	"ADDRESS (L COUNT | END) "
#define PATTERN RANGE "BYTE..."

// clang-format off
static const struct kd_command rows[] = {
	{ "!eb", DEVICE,  "change bytes in physical memory",               KD_NEEDS_STOP, kd_run_enter_physical },
	{ "!ed", DEVICE,  "change 4-byte values in physical memory",       KD_NEEDS_STOP, kd_run_enter_physical },
	{ "c",   RANGE "ADDRESS",
	                  "show where two places in memory differ",        KD_NEEDS_STOP, kd_run_compare },
	{ "e",   VALUES,  "change memory as the last e command did",       KD_NEEDS_STOP, kd_run_enter_again },
	{ "eD",  VALUES,  "change memory to reals of 8 bytes",             KD_NEEDS_STOP, kd_run_enter },
	{ "ea",  STRING,  "change memory to a string of bytes",            KD_NEEDS_STOP, kd_run_enter },
	{ "eb",  VALUES,  "change bytes, which are put back when we leave",
	                                                                   KD_NEEDS_STOP, kd_run_enter },
	{ "ed",  VALUES,  "change 4-byte values, which are put back when we leave",
	                                                                   KD_NEEDS_STOP, kd_run_enter },
	{ "ef",  VALUES,  "change memory to reals of 4 bytes",             KD_NEEDS_STOP, kd_run_enter },
	{ "ep",  VALUES,  "change pointers, which are put back when we leave",
	                                                                   KD_NEEDS_STOP, kd_run_enter },
	{ "eq",  VALUES,  "change 8-byte values, which are put back when we leave",
	                                                                   KD_NEEDS_STOP, kd_run_enter },
	{ "eu",  STRING,  "change memory to a string of UTF-16",           KD_NEEDS_STOP, kd_run_enter },
	{ "ew",  VALUES,  "change 2-byte values, which are put back when we leave",
	                                                                   KD_NEEDS_STOP, kd_run_enter },
	{ "eza", STRING,  "change memory to a string of bytes and a zero", KD_NEEDS_STOP, kd_run_enter },
	{ "ezu", STRING,  "change memory to a string of UTF-16 and a zero",
	                                                                   KD_NEEDS_STOP, kd_run_enter },
	{ "f",   PATTERN, "fill memory with a pattern",                    KD_NEEDS_STOP, kd_run_fill },
	{ "fp",  "[[c] | [uc] | [wc]] " PATTERN,
	                  "fill physical memory with a pattern",           KD_NEEDS_STOP, kd_run_fill },
	{ "m",   RANGE "ADDRESS",
	                  "copy memory to another place",                  KD_NEEDS_STOP, kd_run_move },
	{ "s",   "[-[[w1srn HITSl LENGTH]](b|w|d|q|a|u|sa|su)] " RANGE "[VALUE... | \"TEXT\"]",
	                  "search memory for values or text",              KD_NEEDS_STOP, kd_run_search },
};
// clang-format on

const struct kd_command_table kd_table_edit = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
