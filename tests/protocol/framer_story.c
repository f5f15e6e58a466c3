#include "framer_story.h"

void framer_tell(struct kd_framer *f, struct kd_reader *in,
		 struct framer_story *s)
{
	struct kd_frame frame;
	enum kd_frame_kind kind;

	while ((kind = kd_framer_step(f, in, &frame)) != KD_FRAME_NONE) {
		if (kind == KD_FRAME_REJECTED)
			continue;
		if (s->count < sizeof(s->types) - 1)
			s->types[s->count] =
				"0123456789abcdef"[frame.header.type & 15];
		s->count++;
		s->fold = s->fold * 31 + frame.header.type;
		s->fold = s->fold * 31 + frame.header.id;
		for (size_t i = 0; i < frame.header.byte_count; i++)
			s->fold = s->fold * 31 + frame.payload[i];
	}
}

struct framer_story framer_told_whole(struct kd_framer *f, const uint8_t *bytes,
				      size_t len)
{
	struct framer_story s = { .count = 0 };
	struct kd_reader in = kd_reader_over(bytes, len);
	struct kd_reader none = kd_reader_over(NULL, 0);

	framer_tell(f, &in, &s);
	kd_framer_expire(f);
	framer_tell(f, &none, &s);
	return s;
}
