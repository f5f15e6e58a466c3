#include "kd_commands.h"

/* Rows for the kernel's own objects; in the order of names. */

// clang-format off
static const struct kd_command rows[] = {
	{ "!idt",     "[-a | VECTOR]",
	                            "show who handles interrupts and exceptions",               KD_NEEDS_STOP, kd_run_idt },
	{ "!irql",    "[PROCESSOR]",
	                            "show the IRQL at which the debugger stopped it",           KD_NEEDS_STOP, kd_run_irql },
	{ "!locks",   "[-d] [ADDRESS]",
	                            "show resources that threads hold; -d: all of them",        KD_NEEDS_STOP, kd_run_locks },
	{ "!pcr",     "[PROCESSOR]",
	                            "show a processor's control region",                        KD_NEEDS_STOP, kd_run_pcr },
	{ "!prcb",    "[PROCESSOR]",
	                            "show a processor's control block",                         KD_NEEDS_STOP, kd_run_prcb },
	{ "!process", "[/s SESSION] [ADDRESS | ID | 0 | -1 [FLAGS [IMAGE]]]",
	                            "show processes, and as much of them as FLAGS say",         KD_NEEDS_STOP, kd_run_process },
	{ "!pte",     "ADDRESS",    "show the page table entries of an address",                KD_NEEDS_STOP, kd_run_pte },
	{ "!running", "[-i] [-t]",  "show what processors run; idle ones, stacks",              KD_NEEDS_STOP, kd_run_running },
	{ "!stacks",  "[0 | 1 | 2 [TEXT]]",
	                            "show where each thread stands",                            KD_NEEDS_STOP, kd_run_stacks },
	{ "!thread",  "[-p] [-t] [ADDRESS | ID | -1 [FLAGS]]",
	                            "show a thread, what it waits for, and its stack",          KD_NEEDS_STOP, kd_run_show_thread },
	{ "!vtop",    "DIRECTORY | 0 ADDRESS",
	                            "say where an address is in physical memory",               KD_NEEDS_STOP, kd_run_virtual_to_physical },
	{ ".process", "[/i] [/p] [ADDRESS]",
	                            "show or set the process whose memory commands see",        KD_NEEDS_STOP, kd_run_process_context },
};
// clang-format on

const struct kd_command_table kd_table_kernel = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
