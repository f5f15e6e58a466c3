#ifndef KD_X86_AHEAD_H
#define KD_X86_AHEAD_H

/**
 * @file
 * How the code goes on. For kd_x86_step() only.
 *
 * Frame data do not tell of epilogues, nor of what stands behind one; and
 * compilers move a frame's set-up behind the ways that do without it, so that
 * data go by addresses where only the way there counts. But nobody calls
 * where there is no frame: from such a place the code itself, followed
 * without executing any call, comes either to the return or to where the
 * frame is set up.
 */

#include "kd_memory.h"
#include "kd_x86_code.h"

enum { KD_X86_PUSHED_MAX = 24 };

/** A processor that looks ahead. What it pushes, only it can read. */
struct kd_x86_state {
	uint32_t eip, reg[KD_X86_REGISTERS];
	struct kd_memory memory;
	size_t count;
	struct {
		uint32_t address, value;
	} pushed[KD_X86_PUSHED_MAX];
};

/** kd_memory's read; @p ctx is a state. */
enum kd_status kd_x86_state_read(void *ctx, uint64_t address, void *buf,
				 size_t len);

/** What is known of the code around it. */
struct kd_x86_surroundings {
	/** Where frame data hold: the end of a prologue. 0: unknown. */
	uint32_t prolog_end;
	/** KD_OK: at an address is another function; KD_E_NOT_FOUND: not. */
	enum kd_status (*is_elsewhere)(void *ctx, uint32_t address);
	/** KD_OK: a call may have left it behind; KD_E_NOT_FOUND: not. */
	enum kd_status (*is_return)(void *ctx, uint32_t address);
	void *ctx; /**< of both */
};

/** Where a look ahead came to. */
enum kd_x86_ahead {
	KD_X86_AHEAD_RETURN, /**< esp leads to the return address */
	KD_X86_AHEAD_PROLOG_END,
};

/**
 * Follow the code, branches either way, up to the return.
 *
 * @param state  where to begin; on success, where it came to
 * @return KD_E_NOT_FOUND if all ways end at calls, or in code that cannot be
 *         read
 */
enum kd_status kd_x86_look_ahead(const struct kd_x86_surroundings *around,
				 struct kd_x86_state *state,
				 enum kd_x86_ahead *ret);

#endif
