#include "kd_wire_parts.h"

enum {
	/* rule 0.3.13: a stream that stops in mid-packet for so long */
	GAP_US = 500000,
	GAP_BAUD = 115200,
	/* a stream may end in a serial line that is not known here */
	SLOWEST_BAUD = 9600,
	BYTE_BITS = 10, /* with start and stop bit */
	/* SetContext: a manipulate header and the longest CONTEXT (2.9) */
	NET_SEND_MAX = 56 + 1232,
};

size_t kd_wire_size(void)
{
	return sizeof(struct kd_wire);
}

enum kd_status kd_wire_init(struct kd_wire *w,
			    const struct kd_wire_config *config)
{
	struct kd_net_host_config net = {
		.mem = config->mem,
		.key = config->key,
		.random = config->random,
		.log = config->log,
		.takeover = config->takeover,
		.target = config->target,
		.is_ours = config->is_ours,
		.is_ours_ctx = config->is_ours_ctx,
	};
	enum kd_status status = KD_OK;

	memset(w, 0, sizeof(*w));
	w->kind = config->kind;
	w->baud = config->baud;
	w->log = config->log;
	w->trace = config->trace;
	kd_engine_init(&w->engine, config);
	if (w->kind == KD_LINK_DATAGRAM)
		status = kd_net_host_init(&w->net, &net);
	kd_net_key_wipe(&net.key);
	return status;
}

void kd_wire_deinit(struct kd_wire *w)
{
	if (w->kind == KD_LINK_DATAGRAM)
		kd_net_host_deinit(&w->net);
}

/* ---- events ---- */

static void push(struct kd_wire *w, const struct kd_wire_event *event)
{
	/* the owner reads them between the calls that make some */
	if (w->event_count < KD_WIRE_EVENTS)
		w->events[w->event_count++] = *event;
}

static void push_kind(struct kd_wire *w, enum kd_wire_event_kind kind)
{
	push(w, &(struct kd_wire_event){ .kind = kind });
}

static void push_notice(struct kd_wire *w, enum kd_notice what)
{
	struct kd_wire_event event = { .kind = KD_WIRE_NOTICE,
				       .notice = { .what = what } };

	if (what != KD_NOTICE_NONE)
		push(w, &event);
}

/* What the engine says, in the order in which it makes sense. */
static void push_engine(struct kd_wire *w, unsigned said)
{
	if (said & KD_ENGINE_RESTARTED)
		push_kind(w, KD_WIRE_RESTARTED);
	if (said & KD_ENGINE_UNDELIVERED) {
		push_kind(w, KD_WIRE_UNDELIVERED);
		if (!w->unanswered_told)
			push_notice(w, KD_NOTICE_UNANSWERED);
		w->unanswered_told = true;
	}
	if (said & KD_ENGINE_DELIVERED)
		push_kind(w, KD_WIRE_DELIVERED);
}

static bool take_event(struct kd_wire *w, struct kd_wire_event *ret)
{
	if (!w->event_count)
		return false;
	*ret = w->events[0];
	w->event_count--;
	memmove(w->events, w->events + 1,
		w->event_count * sizeof(w->events[0]));
	return true;
}

/* ---- what arrives ---- */

static void hear_packet(struct kd_wire *w, uint64_t now_us,
			const struct kd_packet_header *h,
			const uint8_t *payload)
{
	unsigned said = kd_engine_receive(&w->engine, now_us, h, payload);

	if (w->engine.synchronised)
		kd_line_watch_settle(&w->watch);
	push_engine(w, said);
	if (said & KD_ENGINE_FRESH)
		push(w, &(struct kd_wire_event){ .kind = KD_WIRE_PACKET,
						 .type = h->type,
						 .payload = payload,
						 .len = h->byte_count });
}

static bool work_stream(struct kd_wire *w, uint64_t now_us)
{
	struct kd_frame frame;
	uint64_t passed = w->framer.passed;
	enum kd_frame_kind kind = kd_framer_step(&w->framer, &w->in, &frame);

	if (w->framer.passed != passed)
		w->begun_us = now_us;
	w->engine.counters.noise_bytes = w->framer.noise;
	switch (kind) {
	case KD_FRAME_NONE:
		break;
	case KD_FRAME_PACKET:
		hear_packet(w, now_us, &frame.header, frame.payload);
		break;
	case KD_FRAME_REJECTED:
		/* an impossible header is noise, and nobody waits for it */
		if (frame.why != KD_REJECT_HEADER)
			kd_engine_rejected(&w->engine);
		break;
	}
	push_notice(w, kd_line_watch_noise(&w->watch, w->framer.noise,
					   w->framer.letters));
	return kind != KD_FRAME_NONE;
}

/* The body of a datagram is one packet, without a trailer (KD-WIRE 2.9). */
static void hear_body(struct kd_wire *w, uint64_t now_us, const uint8_t *body,
		      size_t len)
{
	struct kd_reader in = kd_reader_over(body, len);
	struct kd_packet_header h;

	/* the first datagram after keying is 12 bytes of something else */
	if (!kd_packet_header_decode(&h, &in))
		return;
	if (h.leader == KD_LEADER_CONTROL && !h.byte_count) {
		hear_packet(w, now_us, &h, body + KD_HEADER_SIZE);
		return;
	}
	if (h.leader != KD_LEADER_DATA) {
		kd_warn(&w->log, "a datagram of %zu bytes is no KD packet",
			len);
		return;
	}
	if (h.byte_count > kd_reader_left(&in) ||
	    kd_packet_checksum(body + KD_HEADER_SIZE, h.byte_count) !=
		    h.checksum) {
		kd_engine_rejected(&w->engine);
		return;
	}
	hear_packet(w, now_us, &h, body + KD_HEADER_SIZE);
}

static void hear_key(struct kd_wire *w, enum kd_net_keyed keyed)
{
	switch (keyed) {
	case KD_NET_KEYED_NO:
		return;
	case KD_NET_KEYED_ROLLOVER:
		kd_engine_restart(&w->engine);
		kd_engine_ask_again(&w->engine);
		break;
	case KD_NET_KEYED_FIRST:
		/* what it sent before it had the key is lost */
		kd_engine_ask_again(&w->engine);
		break;
	case KD_NET_KEYED_TAKEN:
	case KD_NET_KEYED_AGAIN:
		break;
	}
	push(w,
	     &(struct kd_wire_event){ .kind = KD_WIRE_KEYED, .keyed = keyed });
}

static void hear_net(struct kd_wire *w, uint64_t now_us,
		     const struct kd_net_host_event *event)
{
	switch (event->kind) {
	case KD_NET_HOST_NOTHING:
		break;
	case KD_NET_HOST_BODY:
		hear_key(w, event->keyed);
		hear_body(w, now_us, event->body, event->len);
		break;
	case KD_NET_HOST_NOTICE:
		push(w, &(struct kd_wire_event){ .kind = KD_WIRE_NOTICE,
						 .notice = event->notice });
		break;
	}
}

static bool work_datagram(struct kd_wire *w, uint64_t now_us)
{
	struct kd_net_host_event event;

	if (!w->datagram_waits)
		return false;
	w->datagram_waits = false;
	kd_net_host_feed(&w->net, now_us, &w->from, w->in.base, w->in.len,
			 &event);
	hear_net(w, now_us, &event);
	return true;
}

void kd_wire_feed(struct kd_wire *w, uint64_t now_us,
		  const struct kd_endpoint *from, const uint8_t *bytes,
		  size_t len)
{
	if (w->trace.write)
		w->trace.write(w->trace.ctx, now_us, false, from, bytes, len);
	w->engine.counters.bytes_in += len;
	w->in = kd_reader_over(bytes, len);
	w->heard_us = now_us;
	if (w->kind == KD_LINK_STREAM) {
		if (!kd_framer_is_waiting(&w->framer))
			w->begun_us = now_us;
		push_notice(w, kd_line_watch_heard(&w->watch, bytes, len));
	} else if (from) {
		w->from = *from;
		w->datagram_waits = true;
	}
}

bool kd_wire_next(struct kd_wire *w, uint64_t now_us, struct kd_wire_event *ret)
{
	while (!take_event(w, ret)) {
		bool more = w->kind == KD_LINK_STREAM
				    ? work_stream(w, now_us)
				    : work_datagram(w, now_us);

		if (!more && !w->event_count) {
			/* they were only borrowed */
			w->in = kd_reader_over(NULL, 0);
			return false;
		}
	}
	return true;
}

/* ---- what the session asks for ---- */

enum kd_status kd_wire_send(struct kd_wire *w, uint64_t now_us,
			    enum kd_packet_type type, const uint8_t *payload,
			    size_t len, unsigned flags)
{
	(void)now_us;
	if (w->kind == KD_LINK_DATAGRAM) {
		if (!kd_net_host_is_keyed(&w->net))
			return KD_E_STATE;
		if (len > NET_SEND_MAX)
			return KD_E_SPACE;
	}
	return kd_engine_send(&w->engine, type, payload, len, flags);
}

bool kd_wire_is_busy(const struct kd_wire *w)
{
	return kd_engine_is_busy(&w->engine);
}

void kd_wire_drop_outstanding(struct kd_wire *w)
{
	kd_engine_drop(&w->engine);
}

void kd_wire_break_in(struct kd_wire *w, uint64_t now_us)
{
	(void)now_us;
	kd_engine_break_in(&w->engine);
}

void kd_wire_cancel_break_in(struct kd_wire *w)
{
	kd_engine_cancel_break_in(&w->engine);
}

void kd_wire_reset(struct kd_wire *w, uint64_t now_us)
{
	kd_engine_reset(&w->engine, now_us);
}

bool kd_wire_is_synchronised(const struct kd_wire *w)
{
	if (w->kind == KD_LINK_DATAGRAM)
		return kd_net_host_is_keyed(&w->net);
	return w->engine.synchronised;
}

const struct kd_endpoint *kd_wire_peer(const struct kd_wire *w)
{
	return kd_net_host_peer(&w->net);
}

const struct kd_wire_counters *kd_wire_counters(const struct kd_wire *w)
{
	return &w->engine.counters;
}

/* ---- time ---- */

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/*
 * When a packet that was begun counts as cut off: after a gap, or when all of
 * it could have come by now. Without the latter a false header would swallow
 * whatever a target sends again and again without a gap.
 */
static uint64_t gap_deadline(const struct kd_wire *w)
{
	uint64_t gap = GAP_US;
	uint64_t byte_us =
		BYTE_BITS * 1000000 / (w->baud ? w->baud : SLOWEST_BAUD);

	if (!kd_framer_is_waiting(&w->framer))
		return KD_NEVER;
	if (w->baud && w->baud < GAP_BAUD)
		gap = gap * GAP_BAUD / w->baud;
	return earlier(
		kd_clock_after(w->heard_us, gap),
		kd_clock_after(w->begun_us, gap + w->framer.want * byte_us));
}

uint64_t kd_wire_deadline(const struct kd_wire *w)
{
	uint64_t engine = kd_engine_deadline(&w->engine);

	if (w->kind == KD_LINK_DATAGRAM)
		return earlier(engine, kd_net_host_deadline(&w->net));
	return earlier(engine, earlier(gap_deadline(w),
				       kd_line_watch_deadline(&w->watch)));
}

void kd_wire_tick(struct kd_wire *w, uint64_t now_us)
{
	/* what happened before is to be read first */
	if (w->event_count)
		return;
	push_engine(w, kd_engine_tick(&w->engine, now_us));
	if (w->kind == KD_LINK_DATAGRAM) {
		struct kd_net_host_event event;

		kd_net_host_tick(&w->net, now_us, &event);
		hear_net(w, now_us, &event);
		return;
	}
	if (now_us >= gap_deadline(w))
		kd_framer_expire(&w->framer);
	push_notice(w, kd_line_watch_tick(&w->watch, now_us));
}
