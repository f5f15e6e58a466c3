#ifndef KD_ARCH_H
#define KD_ARCH_H

/** @file The machines that KD knows, by their PE machine numbers. */

#include "kd_status.h"

#include <stddef.h>
#include <stdint.h>

enum kd_arch {
	KD_ARCH_UNKNOWN = 0,
	KD_ARCH_X86 = 0x014c,	/* IMAGE_FILE_MACHINE_I386 */
	KD_ARCH_ARM = 0x01c4,	/* IMAGE_FILE_MACHINE_ARMNT */
	KD_ARCH_X64 = 0x8664,	/* IMAGE_FILE_MACHINE_AMD64 */
	KD_ARCH_ARM64 = 0xaa64, /* IMAGE_FILE_MACHINE_ARM64 */
};

/** KD_ARCH_UNKNOWN for a number that is none of ours. */
KD_API enum kd_arch kd_arch_from_machine(uint16_t machine);

/** "x64", "x86", "ARM", "ARM64" or "unknown". */
KD_API const char *kd_arch_name(enum kd_arch arch);

/** 8 or 4; 8 for an unknown one. */
KD_API unsigned kd_arch_pointer_size(enum kd_arch arch);

/**
 * The bytes of a hard-coded breakpoint, as they lie in memory: cc; BRK
 * #0xF000; … (KD-WIRE 8.3). NULL and 0 for an unknown architecture.
 */
KD_API const uint8_t *kd_arch_breakpoint(enum kd_arch arch, size_t *ret_len);

/**
 * The same of an instruction by which an assertion fails (NT_ASSERT): int 2Ch;
 * BRK #0xF001; and 0xDEFC on ARM, as winnt.h documents
 * DbgRaiseAssertionFailure.
 */
KD_API const uint8_t *kd_arch_assertion(enum kd_arch arch, size_t *ret_len);

#endif
