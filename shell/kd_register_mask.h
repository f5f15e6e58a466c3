#ifndef KD_REGISTER_MASK_H
#define KD_REGISTER_MASK_H

/** @file Which registers "r" shows: the bits of "rm" and "rM". */

#include "kd_context.h"
#include "kd_text.h"

enum kd_register_mask {
	KD_MASK_SHORT = 0x1,   /**< integer registers of 32 bits */
	KD_MASK_INTEGER = 0x2, /**< integer registers */
	KD_MASK_FLOAT = 0x4,
	KD_MASK_SEGMENT = 0x8,
	KD_MASK_MMX = 0x10,
	KD_MASK_DEBUG = 0x20,
	KD_MASK_XMM = 0x40,
	KD_MASK_CONTROL = 0x80,
	KD_MASK_DESCRIPTOR = 0x100,
};

enum { KD_MASKED_TEXT_MAX = 6144 };

/** What a bare "r" shows. */
unsigned kd_register_mask_default(enum kd_arch arch);
/** The bits that mean something there. */
unsigned kd_register_mask_known(enum kd_arch arch);

/** What a bit stands for: the i-th, lowest first; false behind the last. */
bool kd_register_mask_at(enum kd_arch arch, size_t i, unsigned *ret_bit,
			 const char **ret_name);

/**
 * Append the registers that a mask asks for: lines that end in a newline.
 *
 * @return false if nothing is known of the architecture's registers
 */
bool kd_format_masked(struct kd_text *out, const struct kd_context *c,
		      unsigned mask);

#endif
