#include "kd_wire_parts.h"

/* What one stretch can hold: RESET, RESEND, ACKs, and a data packet. */
enum {
	STRETCH_MAX = (2 + KD_ENGINE_ACKS) * KD_HEADER_SIZE + KD_FRAME_MAX,
};

_Static_assert((int)STRETCH_MAX <= (int)KD_WIRE_OUT_MAX, "it has room");

/* One stretch: all that is due; or, if nothing is, a break-in byte. */
static void compose_stretch(struct kd_wire *w, uint64_t now_us)
{
	struct kd_writer out = kd_writer_over(w->out_bytes, KD_WIRE_OUT_MAX);
	uint8_t control[KD_HEADER_SIZE];
	struct kd_chunk body;

	while (kd_engine_pull(&w->engine, now_us, control, &body)) {
		kd_write_bytes(&out, body.bytes, body.len);
		if (body.bytes == control)
			continue;
		kd_write_u8(&out, KD_TRAILER);
		break;
	}
	if (!out.pos && kd_engine_pull_break_in(&w->engine))
		kd_write_u8(&out, KD_BREAKIN);
	w->out.chunk[0] = (struct kd_chunk){ w->out_bytes, out.pos };
	w->out.count = out.pos > 0;
}

/* Room for the next datagram of the batch. */
static uint8_t *next_room(struct kd_wire *w)
{
	return w->out_bytes + w->out.count * KD_NET_DATAGRAM_MAX;
}

static void add_sealed(struct kd_wire *w, const uint8_t *body, size_t len)
{
	uint8_t *room = next_room(w);
	size_t sealed;

	/* if it cannot be sealed, it is lost, as any datagram may be */
	if (kd_net_host_seal(&w->net, body, len, room, KD_NET_DATAGRAM_MAX,
			     &sealed) == KD_OK)
		w->out.chunk[w->out.count++] =
			(struct kd_chunk){ room, sealed };
}

/* A batch: what KDNET itself sends first, then packets, a break-in alone. */
static void compose_batch(struct kd_wire *w, uint64_t now_us)
{
	static const uint8_t break_in[] = { KD_BREAKIN };
	uint8_t control[KD_HEADER_SIZE];
	struct kd_chunk body;

	w->out.count = 0;
	if (kd_net_host_pull(&w->net, &body, &w->out.to)) {
		uint8_t *room = next_room(w);

		memcpy(room, body.bytes, body.len);
		w->out.chunk[w->out.count++] =
			(struct kd_chunk){ room, body.len };
		return;
	}
	if (!kd_net_host_is_keyed(&w->net))
		return;
	w->out.to = *kd_net_host_peer(&w->net);
	while (w->out.count < KD_WIRE_CHUNKS &&
	       kd_engine_pull(&w->engine, now_us, control, &body))
		add_sealed(w, body.bytes, body.len);
	if (!w->out.count && kd_engine_pull_break_in(&w->engine))
		add_sealed(w, break_in, sizeof(break_in));
}

bool kd_wire_pull(struct kd_wire *w, uint64_t now_us,
		  struct kd_wire_output *ret)
{
	if (!w->out.count) {
		if (w->kind == KD_LINK_STREAM)
			compose_stretch(w, now_us);
		else
			compose_batch(w, now_us);
	}
	if (!w->out.count)
		return false;
	*ret = w->out;
	return true;
}

static void gone(struct kd_wire *w, uint64_t now_us, const uint8_t *bytes,
		 size_t len)
{
	const struct kd_endpoint *peer =
		w->kind == KD_LINK_DATAGRAM ? &w->out.to : NULL;

	w->engine.counters.bytes_out += len;
	if (w->trace.write)
		w->trace.write(w->trace.ctx, now_us, true, peer, bytes, len);
}

void kd_wire_sent(struct kd_wire *w, uint64_t now_us, size_t n)
{
	struct kd_chunk *first = &w->out.chunk[0];

	if (!w->out.count || !n)
		return;
	if (w->kind == KD_LINK_STREAM) {
		if (n > first->len)
			n = first->len;
		gone(w, now_us, first->bytes, n);
		kd_line_watch_sent(&w->watch, first->bytes, n);
		first->bytes += n;
		first->len -= n;
		w->out.count = first->len > 0;
	} else {
		if (n > w->out.count)
			n = w->out.count;
		for (size_t i = 0; i < n; i++)
			gone(w, now_us, first[i].bytes, first[i].len);
		w->out.count -= n;
		memmove(first, first + n, w->out.count * sizeof(*first));
	}
	if (!w->out.count)
		kd_engine_sent(&w->engine, now_us);
}
