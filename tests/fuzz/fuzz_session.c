/* Covers: session/kd_answers.c */
/* Covers: session/kd_attach.c */
/* Covers: session/kd_break_address.c */
/* Covers: session/kd_bug_check.c */
/* Covers: session/kd_conversation.c */
/* Covers: session/kd_reads.c */
/* Covers: session/kd_registers.c */
/* Covers: session/kd_requests.c */
/* Covers: session/kd_resume.c */
/* Covers: session/kd_stops.c */

/* A hostile target on a stream. */

#include "hostile.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { FRAME_MAX = KD_HEADER_SIZE + KD_PAYLOAD_MAX + 1 };

#define INITIAL_ID UINT32_C(0x80800000)
#define SYNC	   UINT32_C(0x800)

struct stream {
	uint8_t heard[FRAME_MAX];
	size_t len;
};

static uint32_t after(uint32_t id)
{
	return (id & ~SYNC) ^ 1;
}

static uint32_t ack_id(const struct hostile *t, unsigned low)
{
	(void)t;
	return INITIAL_ID | low;
}

static uint32_t restart(struct hostile *t, bool other_way)
{
	t->next_id = INITIAL_ID | (other_way ? SYNC : 0);
	return 0;
}

static void say(struct hostile *t, const uint8_t *packet, size_t len)
{
	uint8_t frame[FRAME_MAX];
	struct kd_writer out = kd_writer_over(frame, sizeof(frame));

	kd_write_bytes(&out, packet, len);
	if (packet[0] == (KD_LEADER_DATA & 0xff))
		kd_write_u8(&out, KD_TRAILER);
	hostile_feed(t, NULL, frame, out.pos);
}

static void raw(struct hostile *t, uint8_t how, const uint8_t *bytes,
		size_t len)
{
	(void)how;
	hostile_feed(t, NULL, bytes, len);
}

static void hear_byte(struct hostile *t, uint8_t byte)
{
	struct stream *s = t->wire_ctx;
	size_t len = KD_HEADER_SIZE;
	struct kd_packet_header h;

	if (!s->len && byte == KD_BREAKIN)
		return;
	hostile_require(s->len < sizeof(s->heard));
	s->heard[s->len++] = byte;
	struct kd_reader in = kd_reader_over(s->heard, s->len);

	if (!kd_packet_header_decode(&h, &in))
		return;
	if (h.leader == KD_LEADER_DATA)
		len += h.byte_count + (size_t)1;
	if (s->len < len)
		return;
	s->len = 0;
	hostile_heard(t, &h, s->heard + KD_HEADER_SIZE);
}

static void hear(struct hostile *t, const struct kd_chunk *chunk)
{
	for (size_t i = 0; i < chunk->len; i++)
		hear_byte(t, chunk->bytes[i]);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct hostile_wire wire = {
		.is_stream = true,
		.first_id = INITIAL_ID | SYNC,
		.after = after,
		.ack_id = ack_id,
		.restart = restart,
		.say = say,
		.raw = raw,
		.hear = hear,
	};
	struct kd_session_config config = { .kind = KD_LINK_STREAM };
	struct stream stream = { .len = 0 };

	hostile_run(&wire, &stream, &config, data, len);
	return 0;
}
