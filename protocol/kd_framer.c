#include "kd_framer.h"

enum { LEADER_LEN = 4 };

static bool is_leader_byte(uint8_t b)
{
	return b == (KD_LEADER_DATA & 0xff) || b == (KD_LEADER_CONTROL & 0xff);
}

static bool is_letter(uint8_t b)
{
	return (b >= 0x20 && b < 0x7f) || (b >= '\b' && b <= '\r') || b == 0x1b;
}

/* How many equal leader bytes begin @p at, of at most four. */
static size_t leader_run(const uint8_t *at, size_t len)
{
	size_t n = 0;

	while (n < LEADER_LEN && n < len && is_leader_byte(at[n]) &&
	       at[n] == at[0])
		n++;
	return n;
}

/* The candidate's first byte begins no packet. */
static void skip_byte(struct kd_framer *f)
{
	f->noise++;
	f->passed++;
	f->letters += is_letter(f->raw[f->start]);
	f->start++;
}

/* Take from @p in until the candidate has @p n bytes, never more than that. */
static bool gather(struct kd_framer *f, struct kd_reader *in, size_t n)
{
	size_t held = f->have - f->start;

	f->want = n;
	if (held >= n)
		return true;
	if (!held)
		f->expired = false;
	if (f->expired)
		return false;
	if (n > sizeof(f->raw) - f->start) {
		memmove(f->raw, f->raw + f->start, held);
		f->start = 0;
		f->have = held;
	}
	size_t take = n - held;

	if (take > kd_reader_left(in))
		take = kd_reader_left(in);
	if (take)
		memcpy(f->raw + f->have, kd_read_bytes(in, take), take);
	f->have += take;
	return held + take == n;
}

/* Skip to four equal leader bytes; false if they are not here yet. */
static bool hunt_leader(struct kd_framer *f, struct kd_reader *in)
{
	for (;;) {
		size_t held = f->have - f->start;
		size_t run = leader_run(f->raw + f->start, held);

		if (run == LEADER_LEN)
			return true;
		if (run < held)
			skip_byte(f);
		else if (!gather(f, in, held + 1)) {
			if (!f->expired)
				return false;
			skip_byte(f);
		}
	}
}

/*
 * Control packets have no checksum. One that was cut off in its last fields
 * would swallow the beginning of the packet behind it: no id or checksum ever
 * holds a leader, so that one which does, or ends in one, gives itself away.
 */
static bool hides_leader(const uint8_t *head)
{
	for (size_t i = LEADER_LEN; i < KD_HEADER_SIZE; i++) {
		size_t run = leader_run(head + i, KD_HEADER_SIZE - i);

		if (run == LEADER_LEN || (run && i + run == KD_HEADER_SIZE))
			return true;
	}
	return false;
}

static bool is_plausible(const struct kd_packet_header *h, const uint8_t *head)
{
	if (h->leader == KD_LEADER_DATA)
		return h->byte_count <= KD_PAYLOAD_MAX;
	return h->byte_count == 0 && h->type >= KD_PKT_ACKNOWLEDGE &&
	       h->type <= KD_PKT_RESET && !hides_leader(head);
}

static enum kd_frame_kind reject(struct kd_framer *f, enum kd_reject why,
				 struct kd_frame *ret)
{
	skip_byte(f);
	ret->payload = NULL;
	ret->why = why;
	return KD_FRAME_REJECTED;
}

static enum kd_frame_kind accept(struct kd_framer *f, size_t len,
				 struct kd_frame *ret)
{
	ret->payload = f->raw + f->start + KD_HEADER_SIZE;
	f->told = len;
	return KD_FRAME_PACKET;
}

/* The header is here: wait for the rest and judge it. */
static enum kd_frame_kind finish(struct kd_framer *f, struct kd_reader *in,
				 struct kd_frame *ret)
{
	struct kd_packet_header *h = &ret->header;
	struct kd_reader head =
		kd_reader_over(f->raw + f->start, KD_HEADER_SIZE);

	kd_packet_header_decode(h, &head);
	if (!is_plausible(h, f->raw + f->start))
		return reject(f, KD_REJECT_HEADER, ret);
	if (h->leader == KD_LEADER_CONTROL)
		return accept(f, KD_HEADER_SIZE, ret);

	size_t len = KD_HEADER_SIZE + h->byte_count + (size_t)1;

	if (!gather(f, in, len))
		return f->expired ? reject(f, KD_REJECT_CUT, ret)
				  : KD_FRAME_NONE;

	const uint8_t *payload = f->raw + f->start + KD_HEADER_SIZE;

	if (payload[h->byte_count] != KD_TRAILER)
		return reject(f, KD_REJECT_TRAILER, ret);
	if (kd_packet_checksum(payload, h->byte_count) != h->checksum)
		return reject(f, KD_REJECT_CHECKSUM, ret);
	return accept(f, len, ret);
}

enum kd_frame_kind kd_framer_step(struct kd_framer *f, struct kd_reader *in,
				  struct kd_frame *ret)
{
	f->start += f->told;
	f->passed += f->told;
	f->told = 0;
	for (;;) {
		if (f->start == f->have)
			f->start = f->have = 0;
		if (!hunt_leader(f, in))
			return KD_FRAME_NONE;
		if (gather(f, in, KD_HEADER_SIZE))
			return finish(f, in, ret);
		if (!f->expired)
			return KD_FRAME_NONE;
		skip_byte(f);
	}
}

bool kd_framer_is_waiting(const struct kd_framer *f)
{
	return f->have > f->start + f->told;
}

void kd_framer_expire(struct kd_framer *f)
{
	f->expired = kd_framer_is_waiting(f);
}
