#include "kd_commands.h"

/* Rows for what is done when something happens; in the order of names. */

// clang-format off
static const struct kd_command rows[] = {
	{ ".eventlog", "", "show the latest modules and exceptions",                                                  KD_NEEDS_NOTHING, kd_run_event_log },
	{ ".lastevent", "", "say why the target stands still",                                                        KD_NEEDS_STOP, kd_run_last_event },
	{ "sx",  "[- [-c \"COMMANDS\"] [-c2 \"COMMANDS\"] EVENT]", "list event filters; sx- sets commands only",        KD_NEEDS_NOTHING, kd_run_filters },
	{ "sxd", "[-c \"COMMANDS\"] [-c2 \"COMMANDS\"] [-h] EVENT", "stop for an exception only if nobody handles it", KD_NEEDS_NOTHING, kd_run_filter_set },
	{ "sxe", "[-c \"COMMANDS\"] [-c2 \"COMMANDS\"] [-h] EVENT", "stop as soon as it happens; -h: as handled",      KD_NEEDS_NOTHING, kd_run_filter_set },
	{ "sxi", "[-c \"COMMANDS\"] [-c2 \"COMMANDS\"] [-h] EVENT", "neither stop for it nor tell of it",              KD_NEEDS_NOTHING, kd_run_filter_set },
	{ "sxn", "[-c \"COMMANDS\"] [-c2 \"COMMANDS\"] [-h] EVENT", "tell of it and go on",                            KD_NEEDS_NOTHING, kd_run_filter_set },
	{ "sxr", "", "put all event filters back as they were, commands too",                                          KD_NEEDS_NOTHING, kd_run_filters_reset },
};
// clang-format on

const struct kd_command_table kd_table_events = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
