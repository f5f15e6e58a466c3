#ifndef KD_STEPPING_H
#define KD_STEPPING_H

/** @file What the shell keeps of stepping, and of "g" with addresses. */

#include "kd_run_control.h"

/** As many as WinDbg takes. */
enum { KD_GO_ADDRESSES = 10 };

struct kd_stepping {
	bool shows_registers;	   /* "pr" and its like turn it */
	struct kd_run_control run; /* the last one, for gc */
	bool by_steps;		   /* it was run last; else "g" */
	bool blocks;		   /* it is run just now, around this */
	bool again;		   /* gc: it is to go on */
	/* of "g ADDRESS": gone when the target stands still */
	uint32_t breakpoint[KD_GO_ADDRESSES];
	unsigned breakpoints;
};

struct kd_shell;

/** Let a run go on until it ends; @p command is run then, unless NULL. */
enum kd_status kd_shell_step(struct kd_shell *sh, const char *command);

/** It stands at @p pc now: $ip, $previouspc, and where u begins. */
void kd_shell_note_place(struct kd_shell *sh, uint64_t pc);

/** The target stands still: what "g ADDRESS" has set is taken out. */
void kd_shell_forget_go(struct kd_shell *sh);

/** "= ADDRESS" moves the PC; *at is moved behind it. */
enum kd_status kd_shell_take_start(struct kd_shell *sh, const char **at);

#endif
