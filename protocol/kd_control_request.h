#ifndef KD_CONTROL_REQUEST_H
#define KD_CONTROL_REQUEST_H

/**
 * @file
 * A target asks for a debug register (packet type 10, KD-WIRE 6.3), and the
 * trace buffers that it may send (packet type 9, KD-WIRE 6.2).
 */

#include "kd_cursor.h"
#include "kd_status.h"

enum {
	KD_CONTROL_REQUEST_SIZE = 12,
	KD_CONTROL_HARDWARE_BREAKPOINT = 0x4300,
	KD_CONTROL_RELEASE_BREAKPOINT = 0x4301,
	KD_TRACE_IO_SIZE = 16,
	KD_TRACE_PRINT = 0x3330, /* DbgKdPrintTraceApi */
};

struct kd_control_request {
	uint32_t api;
	uint32_t breakpoint;
	uint32_t available; /**< answer; in a release: released */
};

/** False if it is shorter than 12 bytes. */
KD_API bool kd_control_request_decode(struct kd_control_request *c,
				      struct kd_reader *in);
KD_API void kd_control_request_encode(const struct kd_control_request *c,
				      struct kd_writer *out);

struct kd_trace_io {
	uint32_t api;
	uint16_t processor_level;
	uint16_t processor;
	const uint8_t *data;
	size_t data_len;
};

/** False if it is shorter than 16 bytes; data point into the payload. */
KD_API bool kd_trace_io_decode(struct kd_trace_io *t, struct kd_reader *in);

#endif
