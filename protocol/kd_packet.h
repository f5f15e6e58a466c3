#ifndef KD_PACKET_H
#define KD_PACKET_H

/**
 * @file
 * The 16-byte header before every KD payload, on every transport
 * (KD-WIRE 1.1 to 1.3). All fields are little-endian.
 */

#include "kd_cursor.h"
#include "kd_status.h"

/* Four equal bytes, so that a receiver can synchronise byte by byte. */
#define KD_LEADER_DATA	  0x30303030u /* PACKET_LEADER, "0000" */
#define KD_LEADER_CONTROL 0x69696969u /* CONTROL_PACKET_LEADER, "iiii" */

enum {
	KD_HEADER_SIZE = 16,
	KD_PAYLOAD_MAX = 4000,	   /* PACKET_MAX_SIZE, trailer not counted */
	KD_NET_PAYLOAD_MAX = 1152, /* what KDNET carries, contexts aside */
	KD_TRAILER = 0xaa,	   /* PACKET_TRAILING_BYTE; none on KDNET */
	KD_BREAKIN = 0x62,	   /* BREAKIN_PACKET_BYTE */
	KD_BREAKIN_LEN = 1,
};

/** PacketType: KD-WIRE 1.2. */
enum kd_packet_type {
	KD_PKT_UNUSED = 0,
	KD_PKT_STATE_CHANGE32 = 1, /* PACKET_TYPE_KD_STATE_CHANGE32 */
	KD_PKT_STATE_MANIPULATE = 2,
	KD_PKT_DEBUG_IO = 3,
	KD_PKT_ACKNOWLEDGE = 4,
	KD_PKT_RESEND = 5,
	KD_PKT_RESET = 6,
	KD_PKT_STATE_CHANGE64 = 7,
	KD_PKT_POLL_BREAKIN = 8,
	KD_PKT_TRACE_IO = 9,
	KD_PKT_CONTROL_REQUEST = 10,
	KD_PKT_FILE_IO = 11,
};

struct kd_packet_header {
	uint32_t leader;
	uint16_t type;
	uint16_t byte_count; /* of the payload, trailer not counted */
	uint32_t id;
	uint32_t checksum; /* sum of the payload's bytes, modulo 2^32 */
};

KD_API void kd_packet_header_encode(const struct kd_packet_header *h,
				    struct kd_writer *out);

/** False if there are fewer than 16 bytes; nothing else is judged. */
KD_API bool kd_packet_header_decode(struct kd_packet_header *h,
				    struct kd_reader *in);

/** Sum of the bytes, modulo 2^32. */
KD_API uint32_t kd_packet_checksum(const uint8_t *payload, size_t len);

/** "STATE_MANIPULATE" and the like; "UNKNOWN" for a type that nobody has. */
KD_API const char *kd_packet_type_name(unsigned type);

#endif
