#ifndef KD_CONTEXT_LAYOUT_H
#define KD_CONTEXT_LAYOUT_H

/** @file What one architecture's file tells kd_context.c. */

#include "kd_context.h"

struct kd_context_layout {
	enum kd_arch arch;
	uint16_t size, special_size;
	const struct kd_register *registers;
	size_t count;
	uint16_t pc, sp; /**< offsets of pointer-sized registers */
};

/* Rows of a register table. */
#define WHOLE(name, offset, size)                                              \
	{                                                                      \
		name, offset, size, false, 0, 0                                \
	}
#define SPECIAL(name, offset, size)                                            \
	{                                                                      \
		name, offset, size, true, 0, 0                                 \
	}
#define PART(name, offset, size, bit, width)                                   \
	{                                                                      \
		name, offset, size, false, bit, width                          \
	}

extern const struct kd_context_layout kd_context_layout_x64;
extern const struct kd_context_layout kd_context_layout_x86;
extern const struct kd_context_layout kd_context_layout_arm;
extern const struct kd_context_layout kd_context_layout_arm64;

#endif
