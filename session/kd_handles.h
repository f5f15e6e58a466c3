#ifndef KD_HANDLES_H
#define KD_HANDLES_H

/**
 * @file
 * Tables of handles, by the types of the kernel's PDB ("nt" among the
 * symbols). Every function that returns a status passes on what kd_typed.h
 * says, KD_E_PENDING among it, with its outputs untouched.
 */

#include "kd_typed.h"

/** A _HANDLE_TABLE. */
struct kd_handle_table {
	uint64_t address;
	uint64_t top;	 /**< of its entries, or of pointers to such pages */
	unsigned levels; /**< of pages with pointers above them: 0 to 2 */
	uint64_t limit;	 /**< no handle is this or more */
	bool has_count;
	uint64_t count; /**< handles in use */
	/* how its entries are laid out */
	struct kd_typed entry;
	uint64_t entry_size, body;
};

/** Bits of handle attributes; OBJ_INHERIT of ntdef.h. */
enum { KD_HANDLE_INHERITED = 2 };

/** An entry of a table. */
struct kd_handle {
	uint64_t value, entry;
	uint64_t object; /**< 0: it is free */
	uint64_t access, attributes;
	uint64_t next_free; /**< what a free one says of the next */
};

/** The table at an address. @return KD_E_FORMAT if its levels are none */
KD_API KD_MUST_USE enum kd_status kd_handle_table_at(
	struct kd_symbols *s, uint64_t address, struct kd_handle_table *ret);

/**
 * A handle.
 *
 * @return KD_E_END if the table ends before it, or has no page for it
 */
KD_API KD_MUST_USE enum kd_status kd_handle_at(const struct kd_handle_table *t,
					       uint64_t value,
					       struct kd_handle *ret);

/**
 * The next entry that is there, free or not.
 *
 * @param value  of the last one, moves on only on KD_OK; begins as 0
 * @return KD_E_END behind the last
 */
KD_API KD_MUST_USE enum kd_status kd_handle_next(
	const struct kd_handle_table *t, uint64_t *value,
	struct kd_handle *ret);

#endif
