#ifndef KD_FRAMER_H
#define KD_FRAMER_H

/**
 * @file
 * Finds KD packets in a stream of bytes (KD-WIRE 1.1, 1.5). Bytes that are no
 * packet are skipped; a candidate that turns out to be none is searched again
 * from its second byte, so that a false leader hides no packet behind it.
 */

#include "kd_packet.h"

enum {
	/* header, payload, trailer: the longest thing on a stream */
	KD_FRAME_MAX = KD_HEADER_SIZE + KD_PAYLOAD_MAX + 1,
};

enum kd_frame_kind {
	KD_FRAME_NONE,	   /**< all was consumed; more is needed */
	KD_FRAME_PACKET,   /**< one whole packet, length and sum verified */
	KD_FRAME_REJECTED, /**< looked like one and is none; see why */
};

enum kd_reject {
	KD_REJECT_HEADER,   /**< a header that no sender writes: noise */
	KD_REJECT_TRAILER,  /**< a data packet without its last byte */
	KD_REJECT_CHECKSUM, /**< a data packet with damaged bytes */
	KD_REJECT_CUT,	    /**< a data packet whose rest never came */
};

struct kd_frame {
	struct kd_packet_header header;
	const uint8_t *payload; /**< PACKET: until the next step */
	enum kd_reject why;	/**< REJECTED */
};

/** Zero-filled is ready. The fields are the framer's own business. */
struct kd_framer {
	uint8_t raw[KD_FRAME_MAX];
	size_t start;	  /* of the candidate */
	size_t have;	  /* end of the bytes in raw */
	size_t told;	  /* bytes of the packet that was told last */
	size_t want;	  /* bytes that the candidate is to have */
	bool expired;	  /* what is in raw will not get longer */
	uint64_t passed;  /* bytes before the candidate */
	uint64_t noise;	  /* bytes that were no packet */
	uint64_t letters; /* those of them that text is made of */
};

/**
 * Consume bytes up to the next thing worth telling; call until it is NONE.
 *
 * However the bytes are cut, the same packets are told.
 */
enum kd_frame_kind kd_framer_step(struct kd_framer *f, struct kd_reader *in,
				  struct kd_frame *ret);

/** Is there a begun candidate that waits for more bytes? */
bool kd_framer_is_waiting(const struct kd_framer *f);

/**
 * Nothing came for too long: give the begun candidate up. The steps that
 * follow search its bytes for whole packets.
 */
void kd_framer_expire(struct kd_framer *f);

#endif
