#ifndef KD_VECTOR_TEXT_H
#define KD_VECTOR_TEXT_H

/** @file Floating-point and vector registers as text. */

#include "kd_context.h"
#include "kd_text.h"

/** How the elements of a register are written: "16ub", "d". */
struct kd_vector_format {
	unsigned count; /**< of elements; 0: as many as it has */
	char kind;	/**< 'i' signed, 'u' unsigned, 'f' and 'd' reals */
	unsigned size;	/**< bytes of an element */
};

enum { KD_X87_SIZE = 10 };

/** How vectors are shown where nobody says how. */
extern const struct kd_vector_format kd_vector_reals;

/**
 * Take what stands behind a register's ':'.
 *
 * @param at  moved behind it; untouched if it is none
 */
bool kd_vector_format_take(const char **at, struct kd_vector_format *ret);

/** How many elements of that sort are meant: those that fit, or fewer. */
unsigned kd_vector_elements(const struct kd_register *r,
			    const struct kd_vector_format *f);

/**
 * A double in x87's 10 bytes, which hold each of them exactly.
 *
 * @param bits  of the double
 */
void kd_x87_encode(uint64_t bits, uint8_t out[KD_REGISTER_BYTES_MAX]);

/**
 * Append "xmm0=0 0 0 1", the highest element first as the register has it.
 *
 * @return false if the context does not hold it
 */
bool kd_format_vector(struct kd_text *out, const struct kd_context *c,
		      const struct kd_register *r,
		      const struct kd_vector_format *f);

/**
 * Append a register of any width in its own way: x87's as a real with its
 * sign, exponent and mantissa, vectors as four reals, others in hexadecimal.
 *
 * @return false if the context does not hold it
 */
bool kd_format_any_register(struct kd_text *out, const struct kd_context *c,
			    const struct kd_register *r);

#endif
