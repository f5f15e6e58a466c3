#ifndef KD_MEMORY_H
#define KD_MEMORY_H

/**
 * @file
 * Where images and stacks are read from: a target's memory, a file, bytes.
 */

#include "kd_status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * Read @p len bytes at @p address, all or none.
 *
 * @return KD_OK with all of them in @p buf
 * @return KD_E_PENDING if they are on their way: whoever asked returns this,
 *         too, with its outputs untouched, and is called again later
 * @return any other error if they cannot be read
 */
typedef enum kd_status kd_memory_fn(void *ctx, uint64_t address, void *buf,
				    size_t len);

/** A source of bytes by address. Copied freely; ctx is not owned. */
struct kd_memory {
	kd_memory_fn *read;
	void *ctx;
};

/** Bytes somebody else owns, the first of them at @p address. */
struct kd_memory_bytes {
	uint64_t address;
	const uint8_t *bytes;
	size_t len;
};

/**
 * Read from @p bytes, which must outlive the result; what is outside of them
 * is KD_E_NOT_FOUND.
 */
KD_API struct kd_memory kd_memory_over(struct kd_memory_bytes *bytes);

/**
 * Read a little-endian number of @p size bytes, 4 or 8.
 *
 * @return what the source says of those bytes; @p ret untouched unless KD_OK
 */
KD_API KD_MUST_USE enum kd_status kd_memory_read_le(const struct kd_memory *m,
						    uint64_t address,
						    unsigned size,
						    uint64_t *ret);

/** An open file, whose offsets are the addresses. */
struct kd_memory_file;

/**
 * Map a file into memory: only what is read is loaded.
 *
 * A file that somebody cuts short while it is open ends the program, as with
 * any mapping; symbol stores replace files and do not change them.
 *
 * @param ret_detail  says what went wrong; may be NULL
 * @param ret         to be closed by kd_memory_file_close()
 * @return KD_E_OS if it cannot be opened or mapped, or is no regular file
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_memory_file_open(
	const char *path, struct kd_detail *ret_detail,
	struct kd_memory_file **ret);
/** Accepts NULL. */
KD_API void kd_memory_file_close(struct kd_memory_file *f);

/** Bytes. */
KD_API uint64_t kd_memory_file_size(const struct kd_memory_file *f);

/** Read from the file. What is past its end is KD_E_NOT_FOUND. */
KD_API struct kd_memory kd_memory_of_file(struct kd_memory_file *f);

#endif
