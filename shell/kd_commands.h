#ifndef KD_COMMANDS_H
#define KD_COMMANDS_H

/**
 * @file
 * The command tables. A command is one row in a kd_table_*.c and one function;
 * state is checked, and help and completion are made, from the row.
 */

#include "kd_shell_state.h"

/**
 * What a command needs of the target, and how much of a line belongs to it: up
 * to a ';' outside of quotes unless it says otherwise. Combine with |.
 */
enum kd_command_trait {
	KD_NEEDS_NOTHING = 0,
	KD_NEEDS_STOP = 1 << 0, /**< the target stands still */
	KD_TAKES_LINE = 1 << 1, /**< all that is left */
	/** With KD_TAKES_LINE: but with most switches only up to the ';'. */
	KD_TAKES_ALIAS = 1 << 2,
	KD_TAKES_BLOCKS = 1 << 3, /**< its { blocks } */
	/**
	 * What directly follows its name belongs to it, where no other name
	 * is meant: "lmvm", "k5", "~1s", "bp7".
	 */
	KD_TAKES_SUFFIX = 1 << 4,
	/** It is of use while the target runs, also behind "g". */
	KD_WHILE_RUNNING = 1 << 5,
	/** Digits may directly follow its name: "n10". */
	KD_TAKES_NUMBER = 1 << 6,
};

enum { KD_COMMAND_NAME_MAX = 20 };

struct kd_command {
	const char *name;
	const char *usage; /**< the arguments only; "" when there are none */
	const char *help;  /**< one line, no full stop */
	unsigned traits;   /**< enum kd_command_trait */
	/**
	 * @param self  its own row, for functions that serve several
	 * @param args  without spaces around; "" if there are none
	 * @return KD_OK, or a failure that the function has talked about
	 */
	enum kd_status (*run)(struct kd_shell *sh,
			      const struct kd_command *self, const char *args);
};

/** Rows in the order of their names. */
struct kd_command_table {
	const struct kd_command *rows;
	size_t count;
};

extern const struct kd_command_table kd_table_breakpoints, kd_table_edit,
	kd_table_events, kd_table_hunt, kd_table_io, kd_table_kernel,
	kd_table_language, kd_table_machine, kd_table_memory, kd_table_pool,
	kd_table_run, kd_table_service, kd_table_shell, kd_table_stack,
	kd_table_step, kd_table_symbols, kd_table_types;

/** The i-th row, by name; NULL behind the last. */
const struct kd_command *kd_command_at(size_t i);
/** By name: exactly, or else in any case; NULL if there is none. */
const struct kd_command *kd_command_find(const char *name);
/**
 * The longest name that @p name begins with, of those whose traits allow what
 * follows it; or NULL.
 */
const struct kd_command *kd_command_find_start(const char *name);
/** The command whose name is nearest; NULL if none is near. */
const struct kd_command *kd_command_nearest(const char *name);

typedef enum kd_status kd_run_fn(struct kd_shell *sh,
				 const struct kd_command *self,
				 const char *args);

/* kd_command_data.c */
kd_run_fn kd_run_dump, kd_run_dump_again, kd_run_dump_physical;
/* kd_command_pointers.c: pointers and what they lead to */
kd_run_fn kd_run_dump_pointers;
/* kd_command_edit.c: e, f and their families */
kd_run_fn kd_run_enter, kd_run_enter_again, kd_run_enter_physical, kd_run_fill;
/* kd_command_list.c: dl, ds, dS */
kd_run_fn kd_run_dump_list, kd_run_dump_counted;
/* kd_command_copy.c */
kd_run_fn kd_run_move, kd_run_compare;
/* kd_command_search.c */
kd_run_fn kd_run_search;
/* kd_command_code.c */
kd_run_fn kd_run_unassemble;
/* kd_command_registers.c */
kd_run_fn kd_run_registers;
/* kd_command_register_mask.c: which registers are shown */
kd_run_fn kd_run_register_mask, kd_run_registers_masked;
/* kd_command_symbols.c */
kd_run_fn kd_run_examine, kd_run_nearest;
/* kd_command_type.c */
kd_run_fn kd_run_type;
/* kd_command_reload.c */
kd_run_fn kd_run_reload, kd_run_load_symbols, kd_run_symbol_path,
	kd_run_symbol_fix, kd_run_sym;
/* kd_command_headers.c */
kd_run_fn kd_run_headers, kd_run_module_info;
/* kd_command_memory_file.c */
kd_run_fn kd_run_write_file, kd_run_read_file;
/* kd_command_ports.c: MSRs and ports */
kd_run_fn kd_run_read_msr, kd_run_write_msr, kd_run_read_port,
	kd_run_write_port;
/* kd_command_exception.c */
kd_run_fn kd_run_exception_record;
/* kd_command_processor_block.c, …_locks.c, …_object.c, …_handle.c, …_peb.c */
kd_run_fn kd_run_pcr, kd_run_prcb, kd_run_irql, kd_run_idt, kd_run_locks;
kd_run_fn kd_run_object, kd_run_handle, kd_run_peb;
/* kd_command_process.c, …_thread.c, …_stacks.c, …_paging.c */
kd_run_fn kd_run_process, kd_run_process_context, kd_run_show_thread,
	kd_run_running, kd_run_stacks, kd_run_pte, kd_run_virtual_to_physical;
/* kd_command_bug_check.c, kd_command_analyze.c */
kd_run_fn kd_run_bug_check, kd_run_analyze;
/* kd_command_error.c */
kd_run_fn kd_run_error;
/* kd_command_system.c */
kd_run_fn kd_run_effective_machine, kd_run_clear_screen, kd_run_time;
/* kd_command_irp.c, …_device.c, …_driver.c */
kd_run_fn kd_run_irp, kd_run_device, kd_run_device_stack, kd_run_driver;
/* kd_command_each_module.c */
kd_run_fn kd_run_each_module;
/* kd_command_cpp.c */
kd_run_fn kd_run_evaluate_cpp;
/* kd_command_modules.c */
kd_run_fn kd_run_list_modules;
/* kd_command_run.c: those that let the target go */
kd_run_fn kd_run_reboot, kd_run_crash, kd_run_quit, kd_run_quit_detach;
/* kd_command_breakpoints.c, …_list.c, …_edit.c */
kd_run_fn kd_run_breakpoint_set, kd_run_breakpoint_list,
	kd_run_breakpoint_commands, kd_run_breakpoint_change,
	kd_run_breakpoint_renumber, kd_run_breakpoint_commands_set,
	kd_run_breakpoint_condition_set, kd_run_breakpoint_pattern;
/* kd_command_events.c */
kd_run_fn kd_run_last_event;
/* kd_event_log.c */
kd_run_fn kd_run_event_log;
/* kd_command_filters.c */
kd_run_fn kd_run_filters, kd_run_filter_set, kd_run_filters_reset;
/* kd_command_go.c */
kd_run_fn kd_run_go, kd_run_go_up, kd_run_go_same;
/* kd_command_context.c: registers that are not a processor's */
kd_run_fn kd_run_context_record, kd_run_context_stored, kd_run_thread,
	kd_run_trap_frame;
/* kd_command_frame.c, kd_command_fnent.c */
kd_run_fn kd_run_frame, kd_run_function_entry;
/* kd_command_function.c */
kd_run_fn kd_run_unassemble_back, kd_run_unassemble_function;
/* kd_command_locals.c, kd_command_source.c */
kd_run_fn kd_run_locals, kd_run_lines, kd_run_list_source, kd_run_source_path;
/* kd_command_stack.c */
kd_run_fn kd_run_stack, kd_run_stack_depth;
/* kd_command_step.c */
kd_run_fn kd_run_step;
/* kd_command_wait.c */
kd_run_fn kd_run_wait, kd_run_break_in;
/* kd_command_processor.c */
kd_run_fn kd_run_processors;
/* kd_command_alias.c */
kd_run_fn kd_run_alias_set, kd_run_alias_list, kd_run_alias_delete;
/* kd_command_expression.c: numbers */
kd_run_fn kd_run_evaluate, kd_run_formats, kd_run_radix;
/* kd_command_foreach.c */
kd_run_fn kd_run_foreach;
/* kd_command_loop.c */
kd_run_fn kd_run_while, kd_run_for, kd_run_repeat, kd_run_break;
/* kd_command_print.c */
kd_run_fn kd_run_echo, kd_run_printf;
/* kd_command_branch.c */
kd_run_fn kd_run_if, kd_run_else, kd_run_either, kd_run_block, kd_run_catch,
	kd_run_comment;
/* kd_command_file.c: scripts */
kd_run_fn kd_run_script_lines, kd_run_script_block, kd_run_script_arguments;
/* kd_command_pool_hit.c, kd_command_pool_hunt.c */
kd_run_fn kd_run_pool_hit_tag, kd_run_pool_hunt;
/* kd_command_undo.c, kd_command_kdfiles.c */
kd_run_fn kd_run_undo, kd_run_kdfiles;
/* kd_command_poolused.c, kd_command_pool.c, kd_command_pooltag.c,
 * kd_command_pooltop.c, kd_command_vm.c */
kd_run_fn kd_run_pool_used, kd_run_pool, kd_run_pool_find, kd_run_pool_names,
	kd_run_pool_tag, kd_run_pool_top, kd_run_virtual_memory;
/* kd_command_shell.c: those about the debugger itself */
kd_run_fn kd_run_vertarget, kd_run_version, kd_run_help, kd_run_log_open,
	kd_run_log_close;

#endif
