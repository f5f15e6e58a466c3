#ifndef DECODE_FACT_H
#define DECODE_FACT_H

/** @file One datagram or packet, taken apart once for every way to print it. */

#include <crashcart/crashcart.h>

/* Which member of a fact holds the message. */
enum decode_body {
	BODY_NONE, /* no packet, a control packet, or one that is too short */
	BODY_MANIPULATE,
	BODY_STATE_CHANGE,
	BODY_DEBUG_IO,
	BODY_FILE_IO,
	BODY_CONTROL_REQUEST,
	BODY_TRACE_IO,
};

struct decode_fact {
	uint64_t index;	   /* of the datagram; streams: of the packet */
	uint64_t wall_us;  /* microseconds since 1970 */
	uint64_t since_us; /* since the first */
	enum kd_link_kind kind;
	size_t len; /* of the datagram */
	struct kd_endpoint from, to;
	struct kd_tap_message message;
	enum decode_body body;
	uint32_t api; /* of every body */
	const char *api_name;
	struct kd_manipulate manipulate;
	struct kd_state_change state_change;
	struct kd_debug_io debug_io;
	struct kd_file_io file_io;
	struct kd_control_request control_request;
	struct kd_trace_io trace_io;
};

/** Fill in from body on, by the message. */
void decode_fact_fill(struct decode_fact *f);

/** Is it a transfer of memory or control space? */
bool decode_fact_is_transfer(const struct decode_fact *f);

/** The bytes that a transfer carries: written, or read and in the answer. */
size_t decode_fact_data_len(const struct decode_fact *f);

/** Of a file request that opens: its name as UTF-8, terminated. */
enum { DECODE_NAME_MAX = 3 * KD_PAYLOAD_MAX / 2 + 1 };
bool decode_fact_file_name(const struct decode_fact *f,
			   char out[DECODE_NAME_MAX]);

#endif
