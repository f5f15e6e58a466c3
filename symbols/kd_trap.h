#ifndef KD_TRAP_H
#define KD_TRAP_H

/**
 * @file
 * Trap frames: what a kernel keeps of the registers that it interrupted. Where
 * it keeps them, its PDB tells (_KTRAP_FRAME), and nobody else.
 */

#include "kd_context.h"
#include "kd_memory.h"
#include "kd_pdb.h"

enum {
	KD_TRAP_MEMBERS_MAX = 48,
	KD_TRAP_SIZE_MAX = 1024, /* bytes; larger ones are not believed */
};

/** Where a trap frame has which register. */
struct kd_trap_layout {
	enum kd_arch arch;
	uint32_t size; /**< bytes of a trap frame */
	uint32_t pc;   /**< offset of rip, eip or pc */
	/** x86: where the processor pushes esp, if it was another stack's. */
	uint32_t hardware_esp;
	size_t count;
	struct {
		const struct kd_register *reg;
		uint32_t offset;
	} member[KD_TRAP_MEMBERS_MAX];
};

/**
 * Learn it from the kernel's PDB.
 *
 * @return KD_E_NOT_FOUND if the PDB has no _KTRAP_FRAME, or not one of this
 *         architecture
 * @return KD_E_FORMAT, KD_E_PENDING and what reading the PDB returns
 */
KD_API KD_MUST_USE enum kd_status kd_trap_layout_read(
	struct kd_pdb *pdb, enum kd_arch arch, struct kd_trap_layout *ret);

/**
 * The registers that were interrupted. Those that the frame does not hold keep
 * their values.
 *
 * @param address  of the trap frame
 * @param context  whole; untouched on failure
 * @return KD_E_ARG if the context is of another architecture
 * @return what the memory says
 */
KD_API KD_MUST_USE enum kd_status kd_trap_apply(
	const struct kd_trap_layout *layout, const struct kd_memory *memory,
	uint64_t address, struct kd_context *context);

#endif
