/* Covers: protocol/kd_control_request.c */

#include "kd_control_request.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/*
 * A control request is written as it was read; a trace buffer's data lie
 * inside the packet.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct kd_reader in = kd_reader_over(data, len);
	struct kd_control_request c;
	struct kd_trace_io t;
	uint8_t wire[KD_CONTROL_REQUEST_SIZE];
	struct kd_writer out = kd_writer_over(wire, sizeof(wire));

	if (kd_control_request_decode(&c, &in) !=
	    (len >= KD_CONTROL_REQUEST_SIZE))
		abort();
	if (len >= KD_CONTROL_REQUEST_SIZE) {
		kd_control_request_encode(&c, &out);
		if (out.bad || memcmp(wire, data, sizeof(wire)) != 0)
			abort();
	}

	in = kd_reader_over(data, len);
	if (kd_trace_io_decode(&t, &in) != (len >= KD_TRACE_IO_SIZE))
		abort();
	if (len >= KD_TRACE_IO_SIZE && (t.data != data + KD_TRACE_IO_SIZE ||
					t.data_len > len - KD_TRACE_IO_SIZE))
		abort();
	return 0;
}
