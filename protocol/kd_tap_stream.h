#ifndef KD_TAP_STREAM_H
#define KD_TAP_STREAM_H

/** @file The half of a tap that follows one direction of a byte stream. */

#include "kd_framer.h"
#include "kd_tap.h"

/* The fields are the module's own business. Zero-filled is ready. */
struct kd_tap_stream {
	struct kd_framer framer;
	struct kd_reader in; /* fed, not yet worked off */
	size_t breakins;     /* seen, not yet told */
	uint64_t noise_told; /* of framer.noise */
	bool has_packet;     /* found behind noise, which is told first */
	struct kd_frame packet;
	bool finished;
};

/* As kd_tap_feed(), kd_tap_finish() and kd_tap_next(), for one direction. */
void kd_tap_stream_feed(struct kd_tap_stream *s, bool from_host,
			const uint8_t *bytes, size_t len);
void kd_tap_stream_finish(struct kd_tap_stream *s);
bool kd_tap_stream_next(struct kd_tap_stream *s, struct kd_tap_message *ret);

#endif
