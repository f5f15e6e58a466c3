#ifndef KD_SHELL_BREAKPOINTS_H
#define KD_SHELL_BREAKPOINTS_H

/**
 * @file
 * What the shell knows of the session's breakpoints beyond what the session
 * does: how each was set, its commands and its condition.
 */

#include "kd_breakpoints.h"
#include "kd_handler.h"

/** How a breakpoint was set. */
enum kd_breakpoint_sort {
	KD_SORT_BP, /**< at an address */
	KD_SORT_BU, /**< at what an expression is worth, now or later */
	KD_SORT_BA, /**< by a debug register */
};

struct kd_shell_breakpoint {
	uint32_t id; /**< the session's */
	enum kd_breakpoint_sort sort;
	char *expression; /**< of "bu"; else NULL */
	char *commands;	  /**< or NULL */
	char *condition;  /**< of "/w"; or NULL */
	uint64_t process; /**< of "/p"; 0: any */
	/*
	 * Passes and one-shot of those with a condition or process: only what
	 * meets it counts, and only the shell knows.
	 */
	bool by_shell, once;
	uint64_t passes, left;
};

struct kd_shell_breakpoints {
	struct kd_shell_breakpoint *rows;
	size_t count, cap;
};

/** By id; NULL if it was not set here. Valid until one is added or dropped. */
struct kd_shell_breakpoint *kd_shell_breakpoint_find(struct kd_shell *sh,
						     uint32_t id);
/**
 * Keep one. Its texts are the shell's then.
 *
 * @return KD_E_NOMEM; the texts stay the caller's
 */
enum kd_status kd_shell_breakpoint_keep(struct kd_shell *sh,
					const struct kd_shell_breakpoint *b);
/** Forget one, if it is kept; the session keeps it. */
void kd_shell_breakpoint_drop(struct kd_shell *sh, uint32_t id);
/** Forget those that the session does not have any more. */
void kd_shell_breakpoints_sweep(struct kd_shell *sh);
/** Forget all; the session keeps them. */
void kd_shell_breakpoints_deinit(struct kd_shell *sh);

/** What is worth telling of a hit. */
struct kd_hit {
	bool stops;	 /**< somebody is to see it */
	bool has_number; /**< of one that has no commands */
	uint32_t number;
	bool goes; /**< a command let the target go on, as how says */
	enum kd_resume how;
};

/**
 * Breakpoints were hit: count, see what their conditions say, and run the
 * commands of all that are left, in the order of their ids.
 */
struct kd_hit kd_shell_breakpoints_hit(struct kd_shell *sh,
				       const struct kd_stop *stop);

/** A module came: those that wait for a symbol of it learn where it is. */
void kd_shell_breakpoints_resolve(struct kd_shell *sh);

/** An expression's value, without a word if it has none. */
enum kd_status kd_shell_evaluate_quietly(struct kd_shell *sh, const char **at,
					 uint64_t *ret);

#endif
