#ifndef KD_SHELL_MEMORY_H
#define KD_SHELL_MEMORY_H

/** @file What the commands about memory share. */

#include "kd_dump_format.h"
#include "kd_shell_state.h"

/** Switches of d, e and their families. */
struct kd_memory_options {
	unsigned columns; /**< "/c N"; 0: as the format has it */
	unsigned access;  /**< enum kd_access; "/p" and its kinds */
};

/**
 * Take "/c N", "/p", "/p[c]", "/p[uc]", "/p[wc]", in any order.
 *
 * @param at  moved behind them and the spaces that follow
 * @return KD_E_ARG or KD_E_FORMAT for what is none of these; it has been said
 */
enum kd_status kd_memory_options_take(struct kd_shell *sh, const char **at,
				      struct kd_memory_options *ret);

/**
 * Take "[c]", "[uc]" or "[wc]", if it is here: how the target maps physical
 * memory meanwhile. Its bits are added to @p access.
 */
enum kd_status kd_memory_mapping_take(struct kd_shell *sh, const char **at,
				      unsigned *access);

/** As kd_session_read(), with the shell's deadline. */
enum kd_status kd_shell_read_at(struct kd_shell *sh, uint64_t address,
				unsigned access, void *buf, size_t len,
				size_t *ret_len);

/** Which bytes to read, and how. */
struct kd_stretch {
	uint64_t address;
	size_t len;
	unsigned access;
	size_t element;	 /**< bytes: what is tried alone behind a hole */
	size_t row;	 /**< bytes: how far from a hole that is worth it */
	bool one_by_one; /**< an element at a time: a device's memory */
};

/**
 * Read what can be read of a stretch, around holes.
 *
 * @param bytes  zero where they cannot be read
 * @param valid  which could
 * @return KD_OK, even if nothing can be read; else the link's failure
 */
enum kd_status kd_shell_read_around(struct kd_shell *sh,
				    const struct kd_stretch *s, uint8_t *bytes,
				    bool *valid);

/**
 * Record a row in the list that is open: an object for each run of bytes that
 * could be read, with "bytes", or could not, with "unreadable", their number.
 */
void kd_shell_record_row(struct kd_shell *sh, uint64_t address,
			 const struct kd_dump_bytes *row);

/**
 * Write it all; says where it could not.
 *
 * @param flags  enum kd_write
 */
enum kd_status kd_shell_write(struct kd_shell *sh, uint64_t address,
			      const void *bytes, size_t len, unsigned flags);

/** "Cannot read memory at …"; returns @p st. */
enum kd_status kd_shell_fail_read(struct kd_shell *sh, enum kd_status st,
				  uint64_t address);

/**
 * Where a d command without an address goes on: behind the last, or where the
 * target stands.
 */
uint64_t kd_shell_next_data(const struct kd_shell *sh);
/** Remember it. */
void kd_shell_set_next_data(struct kd_shell *sh, uint64_t address);

#endif
