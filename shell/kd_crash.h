#ifndef KD_CRASH_H
#define KD_CRASH_H

/**
 * @file
 * A target that has stopped for good: which bug check it is, where it
 * happened, and what code is to be suspected.
 */

#include "kd_bug_checks.h"
#include "kd_event.h"
#include "kd_shell_state.h"

/**
 * What the target has kept of its bug check; code 0: there was none.
 *
 * @return KD_E_NOT_FOUND if the target does not say where it keeps that
 * @return or what reading it returns
 */
enum kd_status kd_shell_bug_check(struct kd_shell *sh,
				  struct kd_bug_check *ret);

/**
 * Name, meaning and parameters of a bug check; and what programs get of it.
 * Of a code that is not known only the parameters.
 */
void kd_show_bug_check(struct kd_shell *sh, const struct kd_bug_check *b);

/** Where registers have been found. */
enum kd_crash_registers {
	KD_CRASH_PROCESSOR, /**< the processor's as it stands */
	KD_CRASH_CONTEXT,   /**< a context record's */
	KD_CRASH_TRAP,	    /**< a trap frame's */
};

/** Code that is to be suspected. */
struct kd_suspect {
	bool found;
	bool is_kernel; /**< there is no other code than the kernel's own */
	uint64_t address;
	char symbol[KD_SYMBOL_TEXT_MAX]; /**< "myfault!MyfaultRead+0x4" */
	char module[KD_SYMBOL_MODULE_NAME_MAX];
	char image[KD_SYMBOL_MODULE_NAME_MAX];
};

/** What is known of it. */
struct kd_crash {
	struct kd_bug_check bug_check; /**< code 0: there was none */
	const struct kd_bug_check_meaning *meaning; /**< NULL: not known */
	enum kd_crash_registers registers;
	uint64_t registers_at;	   /**< the record's or frame's address */
	struct kd_context context; /**< where it happened */
	uint64_t record;	   /**< exception record; 0: there is none */
	uint64_t instruction;	   /**< that failed; 0: not known */
	struct kd_suspect suspect;
	/** The driver that Windows itself suspects; "" if it names none. */
	char driver[KD_SYMBOL_MODULE_NAME_MAX];
};

/**
 * Find out.
 *
 * @param b    of code 0 for a stop without a bug check
 * @return or why neither registers nor stack can be read at all: KD_E_CANCELED
 */
enum kd_status kd_crash_examine(struct kd_shell *sh,
				const struct kd_bug_check *b,
				struct kd_crash *ret);

/** Lines to run after an analysis of that, and what each shows. */
void kd_crash_show_next(struct kd_shell *sh, const struct kd_crash *c);
/** The same for a target that has not crashed, but may hang. */
void kd_crash_show_next_of_hang(struct kd_shell *sh);
/** Say so if the kernel's symbols are not there; nothing if they are. */
void kd_crash_show_missing_symbols(struct kd_shell *sh);

#endif
