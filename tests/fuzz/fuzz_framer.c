/* Covers: protocol/kd_framer.c */

#include "kd_framer.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static uint64_t fold(uint64_t sum, uint64_t v)
{
	return (sum ^ v) * 0x100000001b3u;
}

/* Everything that the framer tells, as one number. */
static uint64_t told(const uint8_t *data, size_t len, size_t piece)
{
	struct kd_framer f = { 0 };
	struct kd_frame frame = { .why = KD_REJECT_HEADER };
	enum kd_frame_kind kind;
	uint64_t sum = 0, good = 0;
	bool expired = false;

	for (size_t at = 0; !expired; at += piece) {
		size_t n = at < len ? len - at : 0;

		expired = !n;
		if (expired)
			kd_framer_expire(&f);
		struct kd_reader in = kd_reader_over(data + (n ? at : 0),
						     n < piece ? n : piece);

		while ((kind = kd_framer_step(&f, &in, &frame))) {
			sum = fold(sum, (uint64_t)kind << 32 |
						(uint64_t)frame.why << 16 |
						frame.header.type);
			sum = fold(sum, frame.header.id);
			if (kind == KD_FRAME_REJECTED)
				continue;
			good += (uint64_t)KD_HEADER_SIZE +
				frame.header.byte_count +
				(frame.header.leader == KD_LEADER_DATA);
			sum = fold(sum,
				   kd_packet_checksum(frame.payload,
						      frame.header.byte_count));
		}
	}
	/* every byte was part of a packet or noise */
	if (good + f.noise != len || f.letters > f.noise)
		abort();
	return fold(sum, f.noise);
}

/* However the bytes arrive, the framer tells the same story. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (!len)
		return 0;
	size_t piece = 1 + data[0] % 32;

	if (told(data + 1, len - 1, piece) != told(data + 1, len - 1, len))
		abort();
	return 0;
}
