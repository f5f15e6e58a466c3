#ifndef KD_X86_PROGRAM_H
#define KD_X86_PROGRAM_H

/**
 * @file
 * The little programs of x86 frame data. For kd_x86_step() only.
 *
 * Words, separated by blanks, in postfix notation: numbers, registers
 * ("$eip"), variables ("$T0"), what the frame data say (".cbLocals"),
 * operators (+ - * / % @ ^), and "=".
 */

#include "kd_unwind_x86.h"

/** What a program starts from, and where it reads. */
struct kd_x86_program {
	const struct kd_pdb_frame *data;
	const struct kd_memory *memory;
	uint32_t callee_parameters;
	/** ".raSearch": where the return address stands. */
	enum kd_status (*search)(void *ctx, uint32_t *ret);
	void *ctx;
};

/**
 * Run it: @p context becomes the caller's.
 *
 * @return KD_E_FORMAT if it makes no sense, or tells no eip and esp
 * @return what the memory and the search say
 */
enum kd_status kd_x86_program_run(const struct kd_x86_program *p,
				  struct kd_context *context);

#endif
