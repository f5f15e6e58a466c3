/* Covers: protocol/kd_wire.c */
/* Covers: protocol/kd_engine.c */
/* Covers: protocol/kd_engine_receive.c */

#include "kd_wire.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool holds)
{
	if (!holds)
		abort();
}

/*
 * What goes out, put together again. Not by the framer: it is right to doubt
 * an acknowledgement whose id a hostile target chose to look like a leader.
 */
struct listener {
	uint8_t bytes[KD_HEADER_SIZE + KD_PAYLOAD_MAX + 1];
	size_t len;
};

/* Between packets there is nothing but break-in bytes. */
static void hear(struct listener *l, uint8_t byte)
{
	struct kd_reader in = kd_reader_over(l->bytes, l->len + 1);
	struct kd_packet_header h;
	size_t len = KD_HEADER_SIZE;

	if (!l->len && byte == KD_BREAKIN)
		return;
	l->bytes[l->len++] = byte;
	if (!kd_packet_header_decode(&h, &in))
		return;
	require(h.leader == KD_LEADER_DATA || h.leader == KD_LEADER_CONTROL);
	if (h.leader == KD_LEADER_DATA)
		len += h.byte_count + (size_t)1;
	else
		require(!h.byte_count && !h.checksum &&
			h.type >= KD_PKT_ACKNOWLEDGE && h.type <= KD_PKT_RESET);
	require(len <= sizeof(l->bytes));
	if (l->len < len)
		return;
	require(h.leader == KD_LEADER_CONTROL ||
		(byte == KD_TRAILER &&
		 kd_packet_checksum(l->bytes + KD_HEADER_SIZE, h.byte_count) ==
			 h.checksum));
	l->len = 0;
}

/* Take up to @p most bytes. */
static void take(struct kd_wire *w, uint64_t now_us, struct listener *l,
		 size_t most)
{
	struct kd_wire_output out;

	if (!kd_wire_pull(w, now_us, &out))
		return;
	require(out.count == 1 && out.chunk[0].len > 0);
	size_t n = most < out.chunk[0].len ? most : out.chunk[0].len;

	for (size_t i = 0; i < n; i++)
		hear(l, out.chunk[0].bytes[i]);
	kd_wire_sent(w, now_us, n);
}

static void listen(struct kd_wire *w, uint64_t now_us)
{
	struct kd_wire_event e;
	unsigned sum = 0;

	while (kd_wire_next(w, now_us, &e)) {
		require(e.kind != KD_WIRE_NOTHING);
		if (e.kind != KD_WIRE_PACKET)
			continue;
		require(e.len <= KD_PAYLOAD_MAX);
		sum += kd_packet_checksum(e.payload, e.len);
	}
	(void)sum;
}

/* What a session may ask of the wire, chosen by the input. */
static void ask(struct kd_wire *w, uint64_t now_us, uint8_t what)
{
	static const uint8_t payload[56] = { 0x30, 0x31 };
	enum kd_status status = KD_OK;

	switch (what % 6) {
	case 0:
	case 1:
	case 2:
		status = kd_wire_send(w, now_us, KD_PKT_STATE_MANIPULATE,
				      payload, sizeof(payload), what % 3);
		require(status == KD_OK || status == KD_E_STATE);
		require(kd_wire_is_busy(w));
		break;
	case 3:
		kd_wire_break_in(w, now_us);
		break;
	case 4:
		kd_wire_reset(w, now_us);
		break;
	default:
		kd_wire_drop_outstanding(w);
		require(!kd_wire_is_busy(w));
		break;
	}
}

/*
 * Each round: what to do, how far time goes, how many bytes arrive, and those
 * bytes. Whatever arrives, only whole packets and break-in bytes go out, and
 * the wire asks for no moment twice.
 */
static void play(struct kd_wire *w, const uint8_t *data, size_t len)
{
	struct kd_reader in = kd_reader_over(data, len);
	struct listener l = { .len = 0 };
	uint64_t now_us = 0;

	while (kd_reader_left(&in) >= 3) {
		uint8_t what = kd_read_u8(&in);
		uint64_t span = kd_read_u8(&in);
		size_t n = kd_read_u8(&in);

		now_us += span * span * 100;
		if (n > kd_reader_left(&in))
			n = kd_reader_left(&in);
		if (kd_wire_deadline(w) <= now_us) {
			kd_wire_tick(w, now_us);
			listen(w, now_us);
			require(kd_wire_deadline(w) > now_us);
		}
		kd_wire_feed(w, now_us, NULL, kd_read_bytes(&in, n), n);
		listen(w, now_us);
		if (what & 1)
			ask(w, now_us, what >> 4);
		take(w, now_us, &l, what & 2 ? 1u + (what >> 4) : SIZE_MAX);
	}
	/* all that was begun gets out, and then there is an end to it */
	for (unsigned i = 0; i < 64; i++)
		take(w, now_us, &l, SIZE_MAX);
	require(!l.len);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	const struct kd_wire_config config = {
		.kind = KD_LINK_STREAM,
		.baud = len && data[0] & 1 ? 9600 : 0,
		.max_resets = len ? data[0] >> 1 & 3 : 0,
	};
	struct kd_wire *w = malloc(kd_wire_size());

	if (!w)
		return 0;
	require(kd_wire_init(w, &config) == KD_OK);
	if (len)
		play(w, data + 1, len - 1);
	kd_wire_deinit(w);
	free(w);
	return 0;
}
