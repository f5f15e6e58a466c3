#ifndef KD_TAP_H
#define KD_TAP_H

/**
 * @file
 * Listening in, without I/O: follows KDNET conversations and byte streams
 * from outside, as a capture holds them, and hands out what each datagram or
 * packet says. Nothing is judged by ids or sequence numbers: what was on the
 * wire is shown, repeats and all.
 */

#include "kd_alloc.h"
#include "kd_arch.h"
#include "kd_net.h"
#include "kd_packet.h"

enum kd_tap_kind {
	KD_TAP_POKE,	 /**< see poke */
	KD_TAP_RESPONSE, /**< the host's answer to one */
	KD_TAP_PACKET,	 /**< a KD packet; see header and payload */
	KD_TAP_BREAKIN,	 /**< the one byte that stops a running target */
	KD_TAP_OTHER,	 /**< see why */
};

/** Why a KD_TAP_OTHER is nothing else. */
enum kd_tap_why {
	KD_TAP_WHY_NONE,
	KD_TAP_WHY_MALFORMED, /**< KDNET's mark, but not its form; or cut */
	KD_TAP_WHY_NO_KEY,    /**< the tap was given none */
	KD_TAP_WHY_FOREIGN,   /**< does not authenticate */
	KD_TAP_WHY_UNKEYED,   /**< data of a session whose handshake, and so
				 whose data key, was not seen */
	KD_TAP_WHY_CHECK,     /**< the target's first datagram after keying */
	KD_TAP_WHY_CONTACT,   /**< an empty control datagram of the host */
	KD_TAP_WHY_BODY,      /**< authentic, but of no known form */
	KD_TAP_WHY_NOISE,     /**< stream: len bytes that are no packet */
	KD_TAP_WHY_CHECKSUM,  /**< stream: a data packet with damaged bytes */
	KD_TAP_WHY_TRAILER,   /**< stream: a data packet without its end */
	KD_TAP_WHY_CUT,	      /**< stream: a data packet in part */
};

/** What one datagram, or one piece of a stream, says. */
struct kd_tap_message {
	enum kd_tap_kind kind;
	enum kd_tap_why why;
	/** Datagrams: the next four are valid only if it is set. */
	bool authentic;
	bool from_host; /**< streams: always valid */
	uint8_t version;
	uint8_t channel; /**< enum kd_net_channel */
	uint64_t seq;
	/** Datagrams: this one proved a new data key. */
	bool rekeyed;
	struct kd_net_poke poke;
	struct kd_packet_header header; /**< PACKET; streams: also of damage */
	const uint8_t *payload;		/**< PACKET: until the next call */
	size_t len;			/**< of the payload; NOISE: bytes */
	bool checksum_ok;		/**< PACKET */
	/** Of the target, once its version went by: decodes Continue2. */
	enum kd_arch arch;
};

struct kd_tap;

/** Conversations that are followed at once; the idlest gives way. */
enum { KD_TAP_CONVERSATIONS = 256 };

/**
 * Make a tap. It takes one block of memory, and none afterwards.
 *
 * @param mem  NULL for the C library's
 * @param key  copied; NULL if there are only streams to follow
 * @return KD_E_NOMEM
 * @return KD_E_UNSUPPORTED for a key in a build without KDNET
 */
KD_API KD_MUST_USE enum kd_status kd_tap_create(const struct kd_allocator *mem,
						const struct kd_net_key *key,
						struct kd_tap **ret);

/** Wipe keys and clear text, and free; NULL is accepted. */
KD_API void kd_tap_destroy(struct kd_tap *t);

/**
 * One UDP datagram went by.
 *
 * @return KD_OK: see @p ret, also where it is not authentic
 * @return KD_E_FORMAT if it does not start as KDNET does ("MDBG")
 * @return KD_E_NOMEM if the cryptography fails for lack of it
 */
KD_API KD_MUST_USE enum kd_status kd_tap_datagram(
	struct kd_tap *t, const struct kd_endpoint *from,
	const struct kd_endpoint *to, const uint8_t *bytes, size_t len,
	struct kd_tap_message *ret);

/**
 * A stretch of a stream went by.
 *
 * @param bytes  must live until kd_tap_next() has said false
 */
KD_API void kd_tap_feed(struct kd_tap *t, bool from_host, const uint8_t *bytes,
			size_t len);

/** The streams are at their end: what began will not be completed. */
KD_API void kd_tap_finish(struct kd_tap *t);

/** What the streams say; call until false after each feed and finish. */
KD_API bool kd_tap_next(struct kd_tap *t, struct kd_tap_message *ret);

#endif
