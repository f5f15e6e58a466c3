#include "kd_commands.h"

/* Rows for the pool and virtual memory; in the order of names. */

// clang-format off
static const struct kd_command rows[] = {
	{ "!pool",     "ADDRESS [FLAGS]",         "show the pool blocks around an address, or the large allocation there; flags 1: with contents, 2: only that one", KD_NEEDS_STOP, kd_run_pool },
	{ "!poolfind", "TAG [0|1]",               "find what a tag has in nonpaged (0) or paged (1) pool; '*' and '?' match others", KD_NEEDS_STOP, kd_run_pool_find },
	{ "!pooltag",  "TAG",                     "say whose tag it is, by the file that .pooltag names",         KD_NEEDS_NOTHING, kd_run_pool_tag },
	{ "!pooltop",  "[/i SECONDS] [/n ROUNDS] [/t TAGS] [/csv FILE]",
	                                          "let the target run, look at its pool now and then, and show which tags grow", KD_WHILE_RUNNING, kd_run_pool_top },
	{ "!poolused", "[/tCOUNT] [FLAGS [TAG]]", "show what each tag has of the pool; flags 1: with frees, 2 or 4: sort by nonpaged or paged, 8: the session's", KD_NEEDS_STOP, kd_run_pool_used },
	{ "!vm",       "[1]",                     "show how much memory there is and what has it; 1: without the processes", KD_NEEDS_STOP, kd_run_virtual_memory },
	{ ".pooltag",  "[FILE]",                  "take the names of pool tags from a pooltag.txt, or say how many are known", KD_TAKES_LINE, kd_run_pool_names },
};
// clang-format on

const struct kd_command_table kd_table_pool = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
