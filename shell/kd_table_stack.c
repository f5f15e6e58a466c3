#include "kd_commands.h"

/* Rows for stacks and contexts; in the order of names. */

#define STACK "[b|c|d|f|L|n|p|P|v...] [COUNT] | = STACK [PC] [COUNT]"

// clang-format off
static const struct kd_command rows[] = {
	{ ".kframes", "[COUNT]", "show or set how many frames k shows at most", KD_NEEDS_NOTHING, kd_run_stack_depth },
	{ "k",        STACK,     "show the stack: who called whom",             KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_stack },
};
// clang-format on

const struct kd_command_table kd_table_stack = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
