/* Covers: protocol/kd_debug_io.c */

#include "kd_debug_io.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { WIRE_MAX = 1 << 16, SHORT_SIZE = 12 };

static void check_text(const struct kd_debug_io *d, const uint8_t *data,
		       size_t len)
{
	const uint8_t *text = (const uint8_t *)d->text;

	if (text < data + SHORT_SIZE || text > data + len ||
	    d->text_len > (size_t)(data + len - text))
		abort();
}

/*
 * Text lies behind the header and inside the packet, and an answer means the
 * same after it was written and read again.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t wire[WIRE_MAX];
	struct kd_reader in = kd_reader_over(data, len);
	struct kd_writer out = kd_writer_over(wire, sizeof(wire));
	struct kd_debug_io d, back;

	if (len > WIRE_MAX / 2)
		return 0;
	if (kd_debug_io_decode(&d, &in))
		check_text(&d, data, len);
	else if (len >= KD_DEBUG_IO_SIZE)
		abort();

	in = kd_reader_over(data, len);
	if (!kd_debug_io_decode_answer(&d, &in)) {
		if (len >= KD_DEBUG_IO_SIZE)
			abort();
		return 0;
	}
	check_text(&d, data, len);
	kd_debug_io_encode_answer(&d, &out);
	in = kd_reader_over(wire, out.pos);
	if (out.bad || !kd_debug_io_decode_answer(&back, &in) ||
	    back.api != d.api || back.processor != d.processor ||
	    back.prompt_len != d.prompt_len ||
	    back.max_answer != back.text_len || back.text_len != d.text_len ||
	    memcmp(back.text, d.text, d.text_len) != 0)
		abort();
	return 0;
}
