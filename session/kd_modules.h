#ifndef KD_MODULES_H
#define KD_MODULES_H

/** @file The target's list of loaded modules. */

#include "kd_session_ops.h"

struct kd_module {
	uint64_t entry; /**< address of its KLDR_DATA_TABLE_ENTRY; 0: none */
	uint64_t base;
	uint64_t entry_point;
	uint32_t size;
	char name[64];	/**< without extension, as WinDbg names modules */
	char image[64]; /**< file name: "ntoskrnl.exe" */
	char path[260];
};

/** Where a walk stands. Zero-filled starts at the head. */
struct kd_module_walk {
	uint64_t head, at;
	size_t count;
	/** Why it ended early; KD_OK at the true end. */
	enum kd_status why;
	uint64_t unreadable; /**< the address that could not be read */
};

/**
 * The next module of PsLoadedModuleList.
 *
 * The links are checked: a list that does not come back to its head within
 * 4096 entries ends with KD_E_PROTOCOL. The kernel itself is named "nt".
 *
 * @return KD_E_END after the last
 * @return KD_E_TARGET if the list goes on but cannot be read (walk->why)
 * @return KD_E_UNSUPPORTED if the target names no list
 */
KD_API KD_MUST_USE enum kd_status kd_session_next_module(
	struct kd_session *s, struct kd_module_walk *walk, uint64_t deadline_us,
	struct kd_module *ret);

#endif
