#include "kd_commands.h"

/* Rows for hunting pool leaks; in the order of names. */

// clang-format off
static const struct kd_command rows[] = {
	{ "!poolhittag", "[TAG | off]", "stop the target where a pool tag is allocated or freed", KD_NEEDS_STOP, kd_run_pool_hit_tag },
	{ "!poolhunt", "[TAG] [/w SECONDS] [/s SECONDS] [/c HITS] [/l PERCENT] [/k] [/folded FILE] [/svg FILE]",
	  "find who leaks pool: watch tags for /w, tell their places apart (not with /k), collect stacks for /s or /c, at most /l of the time", KD_NEEDS_STOP, kd_run_pool_hunt },
};
// clang-format on

const struct kd_command_table kd_table_hunt = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
