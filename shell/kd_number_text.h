#ifndef KD_NUMBER_TEXT_H
#define KD_NUMBER_TEXT_H

/** @file Numbers as ".formats", "?" and ".printf" write them. */

#include "kd_text.h"

#include <stdbool.h>
#include <stdint.h>

enum { KD_FORMATS_TEXT_MAX = 1024, KD_REAL_TEXT_MAX = 400 };

/**
 * May it be shown as a number of 32 bits? Only where pointers have 4 bytes,
 * and if the upper half is zero or continues the sign.
 */
bool kd_number_is_short(uint64_t value, unsigned pointer_size);

/** Append "00000000`00000200", or "00000200" if it is short. */
void kd_format_value(struct kd_text *out, uint64_t value,
		     unsigned pointer_size);

/** Append all lines of ".formats" behind its first. */
void kd_format_number(struct kd_text *out, uint64_t value,
		      unsigned pointer_size);

/** How a real number is to be written. */
struct kd_real_format {
	char conversion; /**< 'e', 'f' or 'g', in either case */
	int precision;	 /**< digits, 0 to 60; -1: as many as is usual */
};

/**
 * Append a real number as Microsoft's C library does: exponents have three
 * digits, and what is no number is "1.#QNAN".
 *
 * @param bits  of a double
 */
void kd_format_real(struct kd_text *out, const struct kd_real_format *f,
		    uint64_t bits);

/** The bits of the double of the same value as a float's. */
uint64_t kd_real_widen(uint32_t bits);

#endif
