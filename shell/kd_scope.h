#ifndef KD_SCOPE_H
#define KD_SCOPE_H

/**
 * @file
 * Whose registers and whose variables commands mean. Mostly it is the stopped
 * processor in its innermost function; .cxr, .trap and .thread set other
 * registers, .frame another function, until the target runs or a processor is
 * switched to.
 */

#include "kd_context.h"

struct kd_shell;

struct kd_scope {
	bool is_set; /* the registers are these, not the processor's */
	struct kd_context context;
	uint32_t frame; /* the function's, counted from 0 */
};

/** Back to the processor's registers, innermost function, and process. */
void kd_scope_reset(struct kd_shell *sh);
/** From now on these registers are meant, and their innermost function. */
void kd_scope_set(struct kd_shell *sh, const struct kd_context *context);
/**
 * Are registers meant that a command has set? Not where a command names a
 * processor itself, as "1k" does.
 */
bool kd_scope_is_set(const struct kd_shell *sh);

/** The registers of kd_shell_processor(), whatever a command has set. */
enum kd_status kd_shell_processor_context(struct kd_shell *sh,
					  struct kd_context *ret);

#endif
