#ifndef LAB_RING_H
#define LAB_RING_H

/**
 * @file
 * A queue of bytes with a fixed capacity, and the same as a queue of
 * datagrams. One ring is used in one of the two ways, never both.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lab_ring {
	uint8_t *bytes;
	size_t cap, head, used;
	size_t items; /* datagrams */
};

/** False if memory is short. */
bool lab_ring_init(struct lab_ring *r, size_t cap);
void lab_ring_deinit(struct lab_ring *r);
void lab_ring_clear(struct lab_ring *r);

/** All of them or, if there is no room, none and false. */
bool lab_ring_write(struct lab_ring *r, const uint8_t *bytes, size_t len);
/** At most @p cap of the oldest bytes; how many. */
size_t lab_ring_read(struct lab_ring *r, uint8_t *out, size_t cap);

bool lab_ring_push(struct lab_ring *r, const uint8_t *bytes, size_t len);
/** The oldest datagram, cut to @p cap; its length, 0 if there is none. */
size_t lab_ring_pop(struct lab_ring *r, uint8_t *out, size_t cap);

#endif
