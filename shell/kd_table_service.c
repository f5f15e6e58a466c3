#include "kd_commands.h"

/* Rows for what is done for the target; in the order of names. */

// clang-format off
static const struct kd_command rows[] = {
	{ ".kdfiles", "[MAPFILE | -m OLD NEW | -s FILE | -c]",
	                          "replace drivers by files of this machine as the target loads them",
	                                                                     KD_NEEDS_NOTHING, kd_run_kdfiles },
	{ ".undo",    "[-l | -k]", "take back what was changed and not undone; -l lists it, -k lets it stay",
	                                                                     KD_NEEDS_NOTHING, kd_run_undo },
};
// clang-format on

const struct kd_command_table kd_table_service = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
