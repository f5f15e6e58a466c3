#include "kd_commands.h"

/* Rows for the kernel's own objects; in the order of names. */

// clang-format off
static const struct kd_command rows[] = {
	{ "!handle",  "[HANDLE [FLAGS [PROCESS [TYPE]]]]",
	                            "show what a process has handles to; 4: free ones, 10: the kernel's own",
	                                                                                        KD_NEEDS_STOP, kd_run_handle },
	{ "!idt",     "[-a | VECTOR]",
	                            "show who handles interrupts and exceptions",               KD_NEEDS_STOP, kd_run_idt },
	{ "!irql",    "[PROCESSOR]",
	                            "show the IRQL at which the debugger stopped it",           KD_NEEDS_STOP, kd_run_irql },
	{ "!locks",   "[-d] [-v] [ADDRESS]",
	                            "show resources that threads hold; -d: all, -v: threads",   KD_NEEDS_STOP, kd_run_locks },
	{ "!object",  "ADDRESS [FLAGS] | PATH",
	                            "show an object's type, counts and name; directories",      KD_NEEDS_STOP, kd_run_object },
	{ "!pcr",     "[PROCESSOR]",
	                            "show a processor's control region",                        KD_NEEDS_STOP, kd_run_pcr },
	{ "!peb",     "[ADDRESS]",
	                            "show a process's own block: images, parameters, environment",
	                                                                                        KD_NEEDS_STOP, kd_run_peb },
	{ "!prcb",    "[PROCESSOR]",
	                            "show a processor's control block",                         KD_NEEDS_STOP, kd_run_prcb },
	{ "!process", "[/s SESSION] [ADDRESS | ID | 0 | -1 [FLAGS [IMAGE]]]",
	                            "show processes, and as much of them as FLAGS say",         KD_NEEDS_STOP, kd_run_process },
	{ "!pte",     "ADDRESS [LAST]",
	                            "show the page table entries of an address, or of several", KD_NEEDS_STOP, kd_run_pte },
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
