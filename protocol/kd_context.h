#ifndef KD_CONTEXT_H
#define KD_CONTEXT_H

/**
 * @file
 * Register files: CONTEXT and KSPECIAL_REGISTERS of each architecture as the
 * wire carries them (KD-WIRE 5), with named access. To add an architecture:
 * its number in kd_arch.h, a table in kd_context_NAME.c, a row in
 * kd_context.c, its control report in kd_control_report.c, its Continue2 in
 * kd_manipulate.c, and rows in their tests.
 */

#include "kd_arch.h"
#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	KD_CONTEXT_X64_SIZE = 1232,
	KD_CONTEXT_X86_SIZE = 716,
	KD_CONTEXT_ARM_SIZE = 416,
	KD_CONTEXT_ARM64_SIZE = 912,
	KD_CONTEXT_MAX = 1232,
	KD_SPECIAL_X64_SIZE = 224, /* as Windows 10 1511 sends it; newer 240 */
	KD_SPECIAL_X86_SIZE = 84,
	KD_SPECIAL_ARM64_SIZE = 160,
	KD_SPECIAL_MAX = 240,
};

/** One register: its place in the bytes of a context or special block. */
struct kd_register {
	const char *name; /**< lower case, as WinDbg spells it */
	uint16_t offset;
	uint8_t size; /**< bytes: 1 to 8, or 10 and 16 for vectors */
	/** In KSPECIAL_REGISTERS, not in CONTEXT. */
	bool special;
	/**
	 * Bits, for parts and second names such as "zf", "eax", "al", "x29";
	 * whole if width is 0.
	 */
	uint8_t bit, width;
};

/** The registers of one processor, as the target sent them. */
struct kd_context {
	enum kd_arch arch;
	uint16_t len;	      /**< valid bytes of CONTEXT; 0 if not read */
	uint16_t special_len; /**< valid bytes of the special block, or 0 */
	uint8_t bytes[KD_CONTEXT_MAX];
	uint8_t special[KD_SPECIAL_MAX];
};

/** Bytes of CONTEXT on the wire; 0 for an unknown architecture. */
KD_API size_t kd_context_size(enum kd_arch arch);
/** Bytes of KSPECIAL_REGISTERS to ask for; 0 if there are none. */
KD_API size_t kd_context_special_size(enum kd_arch arch);

/** The table of an architecture's registers and how many there are. */
KD_API const struct kd_register *kd_context_registers(enum kd_arch arch,
						      size_t *ret_count);

/** By name, in any case; NULL if there is none. Knows parts: eax, al, zf. */
KD_API const struct kd_register *kd_register_find(enum kd_arch arch,
						  const char *name);

/** How many bits it has: 64 for "rax", 8 for "al", 1 for "zf". */
KD_API unsigned kd_register_bits(const struct kd_register *r);

/** False if the context does not hold the register, or it is over 8 bytes. */
KD_API bool kd_register_get(const struct kd_context *c,
			    const struct kd_register *r, uint64_t *ret);
enum { KD_REGISTER_BYTES_MAX = 16 };

/**
 * The bytes of a whole register of any width, as the target has them.
 *
 * @param out  r->size bytes of it are filled
 * @return false if the context does not hold it, or it is a part
 */
KD_API bool kd_register_get_bytes(const struct kd_context *c,
				  const struct kd_register *r,
				  uint8_t out[KD_REGISTER_BYTES_MAX]);
/**
 * Change a whole register of any width.
 *
 * @param bytes  r->size of them count, as the target has them
 * @return as get_bytes
 */
KD_API bool kd_register_set_bytes(struct kd_context *c,
				  const struct kd_register *r,
				  const uint8_t bytes[KD_REGISTER_BYTES_MAX]);
/** As get; a part leaves the other bits. Values are cut to the width. */
KD_API bool kd_register_set(struct kd_context *c, const struct kd_register *r,
			    uint64_t value);

/** Shorthands for every architecture; 0 if not there. */
KD_API uint64_t kd_context_pc(const struct kd_context *c);
KD_API uint64_t kd_context_sp(const struct kd_context *c);
KD_API bool kd_context_set_pc(struct kd_context *c, uint64_t pc);

#endif
