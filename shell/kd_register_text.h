#ifndef KD_REGISTER_TEXT_H
#define KD_REGISTER_TEXT_H

/** @file Registers in WinDbg's layouts. */

#include "kd_context.h"
#include "kd_text.h"

enum { KD_REGISTERS_TEXT_MAX = 2048, KD_REGISTER_TEXT_MAX = 64 };

/**
 * Append what a bare "r" shows: general registers, flags, segments; lines
 * that end in a newline. A register that the context does not hold is shown
 * as 0.
 *
 * @return false if nothing is known of the architecture's registers
 */
bool kd_format_registers(struct kd_text *out, const struct kd_context *c);

/** The same without the segment registers, and these alone. */
bool kd_format_integers(struct kd_text *out, const struct kd_context *c);
void kd_format_segments(struct kd_text *out, const struct kd_context *c);

/**
 * Append a text in which a register's name in braces stands for its value in
 * hexadecimal, as wide as the register; {flags} is the line of flags.
 */
void kd_format_layout(struct kd_text *out, const struct kd_context *c,
		      const char *layout);

/**
 * Append one register, "rax=0000000000000001", "zf=1".
 *
 * @return false if the context does not hold it
 */
bool kd_format_register(struct kd_text *out, const struct kd_context *c,
			const struct kd_register *r);

#endif
