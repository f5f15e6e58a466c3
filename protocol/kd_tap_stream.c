#include "kd_tap_stream.h"

static bool is_breakin(const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		if (bytes[i] != KD_BREAKIN)
			return false;
	}
	return len > 0;
}

void kd_tap_stream_feed(struct kd_tap_stream *s, bool from_host,
			const uint8_t *bytes, size_t len)
{
	/* break-ins are sent alone (KD-WIRE 1.8); within a packet it is data */
	if (from_host && !kd_framer_is_waiting(&s->framer) &&
	    is_breakin(bytes, len))
		s->breakins += len;
	else
		s->in = kd_reader_over(bytes, len);
}

void kd_tap_stream_finish(struct kd_tap_stream *s)
{
	kd_framer_expire(&s->framer);
	s->finished = true;
}

static void tell_packet(struct kd_tap_stream *s, struct kd_tap_message *ret)
{
	s->has_packet = false;
	*ret = (struct kd_tap_message){
		.kind = KD_TAP_PACKET,
		.header = s->packet.header,
		.payload = s->packet.payload,
		.len = s->packet.header.byte_count,
		.checksum_ok = true,
	};
}

static bool tell_noise(struct kd_tap_stream *s, struct kd_tap_message *ret)
{
	uint64_t noise = s->framer.noise - s->noise_told;

	if (!noise)
		return false;
	s->noise_told = s->framer.noise;
	*ret = (struct kd_tap_message){ .kind = KD_TAP_OTHER,
					.why = KD_TAP_WHY_NOISE,
					.len = (size_t)noise };
	return true;
}

/* False for what is just noise. */
static bool tell_damage(const struct kd_frame *f, struct kd_tap_message *ret)
{
	*ret = (struct kd_tap_message){ .kind = KD_TAP_OTHER,
					.header = f->header };
	switch (f->why) {
	case KD_REJECT_HEADER:
		return false;
	case KD_REJECT_TRAILER:
		ret->why = KD_TAP_WHY_TRAILER;
		break;
	case KD_REJECT_CHECKSUM:
		ret->why = KD_TAP_WHY_CHECKSUM;
		break;
	case KD_REJECT_CUT:
		ret->why = KD_TAP_WHY_CUT;
		break;
	}
	return true;
}

bool kd_tap_stream_next(struct kd_tap_stream *s, struct kd_tap_message *ret)
{
	if (s->breakins) {
		s->breakins--;
		*ret = (struct kd_tap_message){ .kind = KD_TAP_BREAKIN };
		return true;
	}
	while (!s->has_packet) {
		switch (kd_framer_step(&s->framer, &s->in, &s->packet)) {
		case KD_FRAME_NONE:
			return s->finished && tell_noise(s, ret);
		case KD_FRAME_REJECTED:
			if (tell_damage(&s->packet, ret))
				return true;
			break;
		case KD_FRAME_PACKET:
			s->has_packet = true;
			break;
		}
	}
	if (!tell_noise(s, ret))
		tell_packet(s, ret);
	return true;
}
