#ifndef LAB_FILE_H
#define LAB_FILE_H

/**
 * @file
 * A file that comes from the host, piece by piece (KD-WIRE 6.4).
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Zero-filled: none. */
struct lab_file {
	uint64_t handle; /* the host's; 0: none is open */
	uint8_t *bytes;	 /* owned */
	size_t length, have;
};

enum lab_file_state {
	LAB_FILE_MORE,
	LAB_FILE_WHOLE,
	LAB_FILE_SHORT, /**< the host has no more, against its word */
};

/** False: it is too long. It is to be closed anyway. */
bool lab_file_open(struct lab_file *f, uint64_t handle, uint64_t length);
void lab_file_forget(struct lab_file *f);

/** Write a request for the next piece; its length. */
size_t lab_file_ask(const struct lab_file *f, uint8_t *out);
/** A piece has come. */
enum lab_file_state lab_file_take(struct lab_file *f, const uint8_t *bytes,
				  size_t len);

#endif
