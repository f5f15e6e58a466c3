#include "kd_commands.h"

/* Rows for running and stepping; in the order of names. */

// clang-format off
static const struct kd_command rows[] = {
	{ ".breakin", "[SECONDS]",                   "stop the running target; give up after 30 seconds, or as many as given", KD_WHILE_RUNNING, kd_run_break_in },
	{ "g",  "[= START] [ADDRESS ...]",           "let the target run, at most until one of up to 10 addresses",    KD_NEEDS_STOP, kd_run_go },
	{ "ga", "[= START] [ADDRESS ...]",           "as g, with the processor's own breakpoints",                     KD_NEEDS_STOP, kd_run_go },
	{ "gc", "",                                  "go on as before: from a breakpoint's commands",                  KD_NEEDS_STOP, kd_run_go_same },
	{ "gh", "[= START] [ADDRESS ...]",           "go on, and take the exception for handled",                      KD_NEEDS_STOP, kd_run_go },
	{ "gha", "[= START] [ADDRESS ...]",          "as gh, with the processor's own breakpoints",                    KD_NEEDS_STOP, kd_run_go },
	{ "gn", "[= START] [ADDRESS ...]",           "go on, and leave the exception to the target",                   KD_NEEDS_STOP, kd_run_go },
	{ "gna", "[= START] [ADDRESS ...]",          "as gn, with the processor's own breakpoints",                    KD_NEEDS_STOP, kd_run_go },
	{ "gu", "",                                  "run until this function has returned",                           KD_NEEDS_STOP, kd_run_go_up },
	{ "p",  "[r] [= START] [COUNT] [\"COMMANDS\"]", "step: an instruction, or a whole call; r turns registers on or off", KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_step },
	{ "pa", "[r] [= START] ADDRESS [\"COMMANDS\"]", "step over calls, to an address",                              KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_step },
	{ "pc", "[r] [= START] [COUNT] [\"COMMANDS\"]", "step over calls, to the next call",                           KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_step },
	{ "pct", "[r] [= START] [COUNT] [\"COMMANDS\"]", "step over calls, to the next call or return",                KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_step },
	{ "ph", "[r] [= START] [COUNT] [\"COMMANDS\"]", "step over calls, to the next branch of any kind",             KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_step },
	{ "pt", "[r] [= START] [COUNT] [\"COMMANDS\"]", "step over calls, to the next return",                         KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_step },
	{ "t",  "[r] [= START] [COUNT] [\"COMMANDS\"]", "trace: one instruction, into calls; r turns registers on or off", KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_step },
	{ "ta", "[r] [= START] ADDRESS [\"COMMANDS\"]", "trace into calls, to an address",                             KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_step },
	{ "tc", "[r] [= START] [COUNT] [\"COMMANDS\"]", "trace into calls, to the next call",                          KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_step },
	{ "tct", "[r] [= START] [COUNT] [\"COMMANDS\"]", "trace into calls, to the next call or return",               KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_step },
	{ "th", "[r] [= START] [COUNT] [\"COMMANDS\"]", "trace into calls, to the next branch of any kind",            KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_step },
	{ "tt", "[r] [= START] [COUNT] [\"COMMANDS\"]", "trace into calls, to the next return",                        KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_step },
	{ "wait", "[SECONDS]",                       "wait until the target stands still, at most so long",            KD_WHILE_RUNNING, kd_run_wait },
	{ "~",  "[N | * | . | #] [s | COMMAND]",     "list processors; Ns switches to one, with a command it is run there", KD_NEEDS_STOP, kd_run_processors },
};
// clang-format on

const struct kd_command_table kd_table_step = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
