#ifndef LAB_FRAME_H
#define LAB_FRAME_H

/**
 * @file
 * What the target hears: packets in a stream of bytes (KD-WIRE 1.5), and in
 * the body of a datagram (2.9).
 */

#include "lab_wire.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lab_heard_kind {
	LAB_HEARD_DATA,
	LAB_HEARD_BAD, /**< length, trailer or checksum is wrong */
	LAB_HEARD_ACK,
	LAB_HEARD_RESEND,
	LAB_HEARD_RESET,
	LAB_HEARD_BREAKIN,
	LAB_HEARD_OTHER, /**< a control packet of no known type */
};

struct lab_heard {
	enum lab_heard_kind kind;
	uint16_t type;
	uint32_t id;
	const uint8_t *payload; /**< until the next byte or datagram */
	size_t len;
};

enum lab_frame_state {
	LAB_FRAME_HUNT,
	LAB_FRAME_HEADER,
	LAB_FRAME_BODY,
};

/** Zero-filled is ready. */
struct lab_frame {
	enum lab_frame_state state;
	unsigned leaders;  /* equal leader bytes in a row */
	uint8_t leader;	   /* which */
	bool breakin;	   /* the last byte was 0x62, outside a packet */
	size_t have, want; /* bytes in buf */
	uint8_t buf[LAB_HEADER_SIZE + LAB_PAYLOAD_MAX + 1];
};

/** One byte of a stream; true if it completes something. */
bool lab_frame_byte(struct lab_frame *f, uint8_t byte, struct lab_heard *ret);
/** Whatever was begun does not count: a new call starts to listen. */
void lab_frame_forget(struct lab_frame *f);
/** Would silence mean something? */
bool lab_frame_minds_silence(const struct lab_frame *f);
/** No byte came for the byte timeout; true if that means something. */
bool lab_frame_silence(struct lab_frame *f, struct lab_heard *ret);

/** A whole datagram's body; false if it is to be ignored. */
bool lab_frame_body(const uint8_t *body, size_t len, struct lab_heard *ret);

/** Sum of the bytes, modulo 2^32. */
uint32_t lab_checksum(const uint8_t *bytes, size_t len);

#endif
