#ifndef KD_COMMANDS_H
#define KD_COMMANDS_H

/**
 * @file
 * The command table. A command is one row in kd_commands.c and one function;
 * state is checked, and help and completion are made, from the row.
 */

#include "kd_shell_state.h"

/** What a command needs of the target. */
enum kd_command_needs {
	KD_NEEDS_NOTHING,
	KD_NEEDS_STOP, /**< the target stands still */
};

struct kd_command {
	const char *name;
	const char *usage; /**< the arguments only; "" when there are none */
	const char *help;  /**< one line, no full stop */
	enum kd_command_needs needs;
	/**
	 * @param self  its own row, for functions that serve several
	 * @param args  without spaces around; "" if there are none
	 * @return KD_OK, or a failure that the function has talked about
	 */
	enum kd_status (*run)(struct kd_shell *sh,
			      const struct kd_command *self, const char *args);
};

/** The i-th row, by name; NULL behind the last. */
const struct kd_command *kd_command_at(size_t i);
/** By name: exactly, or else in any case; NULL if there is none. */
const struct kd_command *kd_command_find(const char *name);
/** The command whose name is nearest; NULL if none is near. */
const struct kd_command *kd_command_nearest(const char *name);

typedef enum kd_status kd_run_fn(struct kd_shell *sh,
				 const struct kd_command *self,
				 const char *args);

/* kd_command_data.c */
kd_run_fn kd_run_dump;
/* kd_command_code.c */
kd_run_fn kd_run_unassemble;
/* kd_command_registers.c */
kd_run_fn kd_run_registers;
/* kd_command_modules.c */
kd_run_fn kd_run_list_modules;
/* kd_command_run.c: those that let the target go */
kd_run_fn kd_run_go, kd_run_reboot, kd_run_crash, kd_run_quit,
	kd_run_quit_detach;
/* kd_command_shell.c: those about the debugger itself */
kd_run_fn kd_run_vertarget, kd_run_version, kd_run_echo, kd_run_help,
	kd_run_log_open, kd_run_log_close;

#endif
