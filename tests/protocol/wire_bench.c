#include "wire_bench.h"

#include "check.h"
#include "kd_framer.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

void wire_bench_start(struct wire_bench *b, const struct kd_wire_config *config)
{
	memset(b, 0, sizeof(*b));
	b->wire = malloc(kd_wire_size());
	if (!CHECK(b->wire != NULL))
		abort();
	CHECK_EQ("init", kd_wire_init(b->wire, config), KD_OK);
}

void wire_bench_end(struct wire_bench *b)
{
	kd_wire_deinit(b->wire);
	free(b->wire);
}

KD_PRINTF(2, 3)
static void say(struct wire_bench *b, const char *format, ...)
{
	size_t len = strlen(b->text);
	va_list args;

	va_start(args, format);
	vsnprintf(b->text + len, sizeof(b->text) - len, format, args);
	va_end(args);
}

void wire_bench_put(struct kd_writer *out, uint16_t type, uint32_t id,
		    char fill)
{
	uint8_t payload[WIRE_BENCH_FILL];
	size_t len = fill ? sizeof(payload) : 0;

	memset(payload, fill, sizeof(payload));
	const struct kd_packet_header h = {
		.leader = fill ? KD_LEADER_DATA : KD_LEADER_CONTROL,
		.type = type,
		.byte_count = (uint16_t)len,
		.id = id,
		.checksum = kd_packet_checksum(payload, len),
	};

	kd_packet_header_encode(&h, out);
	kd_write_bytes(out, payload, len);
}

void wire_bench_feed(struct wire_bench *b, const struct kd_endpoint *from,
		     const uint8_t *bytes, size_t len)
{
	kd_wire_feed(b->wire, b->now_us, from, bytes, len);
	wire_bench_listen(b);
}

void wire_bench_feed_packet(struct wire_bench *b, uint16_t type, uint32_t id,
			    char fill)
{
	uint8_t bytes[64];
	struct kd_writer out = kd_writer_over(bytes, sizeof(bytes));

	wire_bench_put(&out, type, id, fill);
	if (fill)
		kd_write_u8(&out, KD_TRAILER);
	wire_bench_feed(b, NULL, bytes, out.pos);
}

enum kd_status wire_bench_send(struct wire_bench *b, char fill)
{
	uint8_t payload[WIRE_BENCH_FILL];

	memset(payload, fill, sizeof(payload));
	return kd_wire_send(b->wire, b->now_us, KD_PKT_STATE_MANIPULATE,
			    payload, sizeof(payload), 0);
}

void wire_bench_run(struct wire_bench *b, uint64_t now_us)
{
	while (kd_wire_deadline(b->wire) <= now_us) {
		if (b->now_us < kd_wire_deadline(b->wire))
			b->now_us = kd_wire_deadline(b->wire);
		kd_wire_tick(b->wire, b->now_us);
		wire_bench_listen(b);
		if (kd_wire_deadline(b->wire) <= b->now_us)
			break;
	}
	b->now_us = now_us;
}

void wire_bench_listen(struct wire_bench *b)
{
	struct kd_wire_event e;

	while (kd_wire_next(b->wire, b->now_us, &e)) {
		switch (e.kind) {
		case KD_WIRE_NOTHING:
			say(b, "? ");
			break;
		case KD_WIRE_PACKET:
			say(b, "P%x%c ", e.type, e.len ? e.payload[0] : '-');
			break;
		case KD_WIRE_DELIVERED:
			say(b, "D ");
			break;
		case KD_WIRE_UNDELIVERED:
			say(b, "U ");
			break;
		case KD_WIRE_RESTARTED:
			say(b, "R ");
			break;
		case KD_WIRE_KEYED:
			say(b, "K%u ", e.keyed);
			break;
		case KD_WIRE_NOTICE:
			say(b, "N%d ", (int)e.notice.what);
			break;
		}
	}
}

void wire_bench_say_packet(struct wire_bench *b, const uint8_t *packet,
			   size_t len)
{
	struct kd_reader in = kd_reader_over(packet, len);
	struct kd_packet_header h;

	if (!kd_packet_header_decode(&h, &in)) {
		say(b, "%s ", len == 1 && *packet == KD_BREAKIN ? "b" : "?");
		return;
	}
	switch (h.type) {
	case KD_PKT_ACKNOWLEDGE:
		say(b, "A%x ", h.id);
		break;
	case KD_PKT_RESEND:
		say(b, "S%x ", h.id);
		break;
	case KD_PKT_RESET:
		say(b, "R%x ", h.id);
		break;
	default:
		say(b, "%x:%x%c ", h.type, h.id, packet[KD_HEADER_SIZE]);
		break;
	}
}

bool wire_bench_pull(struct wire_bench *b)
{
	struct kd_wire_output out;
	struct kd_framer f = { 0 };
	struct kd_frame frame;

	if (!kd_wire_pull(b->wire, b->now_us, &out))
		return false;
	CHECK_EQ("a stretch is one chunk", out.count, 1);
	struct kd_reader in =
		kd_reader_over(out.chunk[0].bytes, out.chunk[0].len);

	while (kd_framer_step(&f, &in, &frame) == KD_FRAME_PACKET)
		wire_bench_say_packet(b, frame.payload - KD_HEADER_SIZE,
				      KD_HEADER_SIZE + frame.header.byte_count);
	if (f.noise)
		wire_bench_say_packet(b, out.chunk[0].bytes, out.chunk[0].len);
	CHECK(!kd_framer_is_waiting(&f));
	kd_wire_sent(b->wire, b->now_us, out.chunk[0].len);
	return true;
}
