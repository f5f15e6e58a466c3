#include "kd_commands.h"

/* Rows for stacks, contexts and functions; in the order of names. */

#define STACK "[b|c|d|f|L|M|n|p|P|v...] [COUNT] | = STACK [PC] [COUNT]"

// clang-format off
static const struct kd_command rows[] = {
	{ ".cxr",     "[ADDRESS]", "use the registers of a context record; without one, the processor's",    KD_NEEDS_STOP, kd_run_context_record },
	{ ".ecxr",    "",          "use the registers that the kernel has kept at a bug check",              KD_NEEDS_STOP, kd_run_context_stored },
	{ ".fnent",   "ADDRESS",   "show what is known of a function's frame, to unwind it",                 KD_NEEDS_STOP, kd_run_function_entry },
	{ ".frame",   "[/c] [/r] [NUMBER]",
	                           "choose or show the function whose variables are meant; /r: and registers", KD_NEEDS_STOP, kd_run_frame },
	{ ".kframes", "[COUNT]",   "show or set how many frames k shows at most",                            KD_NEEDS_NOTHING, kd_run_stack_depth },
	{ ".lines",   "[-e | -d | -t]",
	                           "show lines of source or do not; without an option, the other way",        KD_NEEDS_NOTHING, kd_run_lines },
	{ ".srcpath", "[+] [FOLDER;...]",
	                           "show, set or extend where sources are looked for",                        KD_TAKES_LINE | KD_TAKES_SUFFIX, kd_run_source_path },
	{ ".thread",  "[/p] [/r] [ADDRESS]",
	                           "use the registers of a thread; /p: the memory of its process; /r: its images", KD_NEEDS_STOP, kd_run_thread },
	{ ".trap",    "[ADDRESS]", "use the registers of a trap frame; without one, the processor's",        KD_NEEDS_STOP, kd_run_trap_frame },
	{ "dv",       "[/i] [/t] [/v | /V] [PATTERN]",
	                           "show parameters and variables; .frame chooses the function",              KD_NEEDS_STOP, kd_run_locals },
	{ "k",        STACK,       "show the stack: who called whom",                                        KD_NEEDS_STOP | KD_TAKES_SUFFIX, kd_run_stack },
	{ "lsa",      "ADDRESS | . [, FIRST [, COUNT]]",
	                           "show the source that code was made from",                                 KD_NEEDS_STOP, kd_run_list_source },
	{ "ub",       "[ADDRESS [L COUNT]]",
	                           "disassemble what stands before an address",                              KD_NEEDS_STOP, kd_run_unassemble_back },
	{ "uf",       "[/c] [/i] [/m] [/o] [ADDRESS]",
	                           "disassemble a function, block by block; /c: only its calls",             KD_NEEDS_STOP, kd_run_unassemble_function },
};
// clang-format on

const struct kd_command_table kd_table_stack = {
	rows,
	sizeof(rows) / sizeof(rows[0]),
};
