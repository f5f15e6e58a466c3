#include "kd_simulated.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	PULL_MAX = 16384,
	/* ticks of a peer that stays due at one moment; then time moves on */
	TICKS_AT_ONCE = 16,
	US_PER_SECOND = 1000000,
};

/* What is on its way: a datagram, or a piece of a stream. */
struct parcel {
	struct parcel *next;
	uint64_t due_us;
	size_t len;
	size_t taken; /* bytes that receive has handed out already */
	uint8_t bytes[];
};

struct parcels {
	struct parcel *first;
	struct parcel **end;
};

/* One direction. */
struct lane {
	bool outgoing;
	struct parcels queue; /* they arrive in this order */
	/* of KD_FATE_LATE, until the next has been put into the queue */
	struct parcels held;
	uint64_t index;
	/* The line is busy since then, with so many bytes. */
	uint64_t busy_since_us;
	uint64_t busy_bytes;
};

struct simulated {
	struct kd_link link;
	struct kd_simulated_config config;
	uint64_t now_us;
	struct lane to_peer, to_us;
	uint8_t pulled[PULL_MAX];
};

static struct simulated *of(struct kd_link *l)
{
	return (struct simulated *)l;
}

/* The moment at which the line has carried all that was put on it. */
static uint64_t line_free_us(const struct simulated *s, const struct lane *lane)
{
	uint64_t rate = s->config.bytes_per_second;
	uint64_t bytes = lane->busy_bytes;

	if (!rate)
		return lane->busy_since_us;
	/* rounded up, and whole seconds first, so that nothing overflows */
	return lane->busy_since_us + bytes / rate * US_PER_SECOND +
	       (bytes % rate * US_PER_SECOND + rate - 1) / rate;
}

/* Put @p len bytes on the line; when do they arrive at its far end? */
static uint64_t carry(const struct simulated *s, struct lane *lane, size_t len)
{
	/* not if it is free just now: the part of a microsecond still counts */
	if (line_free_us(s, lane) < s->now_us) {
		lane->busy_since_us = s->now_us;
		lane->busy_bytes = 0;
	}
	lane->busy_bytes += len;
	return kd_clock_after(line_free_us(s, lane), s->config.latency_us);
}

static struct parcel *parcel_create(const uint8_t *bytes, size_t len,
				    uint64_t due_us)
{
	struct parcel *p = calloc(1, sizeof(*p) + len);

	if (!p)
		return NULL;
	p->due_us = due_us;
	p->len = len;
	memcpy(p->bytes, bytes, len);
	return p;
}

static struct parcel *take_first(struct parcels *list)
{
	struct parcel *p = list->first;

	list->first = p->next;
	if (!list->first)
		list->end = &list->first;
	return p;
}

static void parcels_init(struct parcels *list)
{
	list->first = NULL;
	list->end = &list->first;
}

static void parcels_deinit(struct parcels *list)
{
	while (list->first)
		free(take_first(list));
}

static void append(struct parcels *list, struct parcel *p)
{
	*list->end = p;
	list->end = &p->next;
}

/* Move all of @p from behind @p to; there none arrives before those. */
static void append_all(struct parcels *to, struct parcels *from)
{
	while (from->first) {
		struct parcel *p = take_first(from);

		p->next = NULL;
		append(to, p);
	}
}

static void corrupt(struct parcel *p, uint64_t index)
{
	/* another byte and bit each time, the same ones in each run */
	p->bytes[index * 7919 % p->len] ^= (uint8_t)(1u << index % 8);
}

/* Bytes up to the next cut, all of them for a datagram. */
static size_t piece_len(const struct simulated *s, size_t left)
{
	size_t piece = s->config.piece;

	if (s->link.kind == KD_LINK_DATAGRAM || !piece || piece > left)
		return left;
	return piece;
}

/* One crossing of a datagram or stretch that is not lost. */
static bool cross(struct simulated *s, struct lane *lane, const uint8_t *bytes,
		  size_t len, enum kd_simulated_fate fate, uint64_t index)
{
	struct parcels pieces;

	parcels_init(&pieces);
	for (size_t at = 0, n; at < len; at += n) {
		n = piece_len(s, len - at);
		struct parcel *p =
			parcel_create(bytes + at, n, carry(s, lane, n));

		if (!p) {
			parcels_deinit(&pieces);
			return false;
		}
		if (fate == KD_FATE_CORRUPT && at == 0)
			corrupt(p, index);
		append(&pieces, p);
	}
	if (fate == KD_FATE_LATE && !lane->held.first) {
		append_all(&lane->held, &pieces);
		return true;
	}
	append_all(&lane->queue, &pieces);
	append_all(&lane->queue, &lane->held);
	return true;
}

/* False if there is no memory. */
static bool post(struct simulated *s, struct lane *lane, const uint8_t *bytes,
		 size_t len)
{
	enum kd_simulated_fate fate = KD_FATE_ARRIVES;
	uint64_t index = lane->index++;

	if (s->config.fate)
		fate = s->config.fate(s->config.fate_ctx, lane->outgoing, index,
				      bytes, len);
	switch (fate) {
	case KD_FATE_LOST:
		carry(s, lane, len);
		return true;
	case KD_FATE_TWICE:
		if (!cross(s, lane, bytes, len, fate, index))
			return false;
		break;
	case KD_FATE_ARRIVES:
	case KD_FATE_CORRUPT:
	case KD_FATE_LATE:
		break;
	}
	return cross(s, lane, bytes, len, fate, index);
}

/* ---- the peer ---- */

static void pull_from_peer(struct simulated *s)
{
	const struct kd_simulated_peer *peer = &s->config.peer;
	size_t n;

	while ((n = peer->pull(peer->ctx, s->now_us, s->pulled, PULL_MAX)) > 0)
		/* without memory it is lost, as on any bad line */
		(void)post(s, &s->to_us, s->pulled, n);
}

/* All that the peer does at this moment. */
static void run_peer(struct simulated *s)
{
	const struct kd_simulated_peer *peer = &s->config.peer;
	struct parcels *queue = &s->to_peer.queue;

	while (queue->first && queue->first->due_us <= s->now_us) {
		struct parcel *p = take_first(queue);

		peer->feed(peer->ctx, s->now_us, p->bytes, p->len);
		free(p);
		pull_from_peer(s);
	}
	for (int i = 0; i < TICKS_AT_ONCE; i++) {
		if (peer->deadline(peer->ctx) > s->now_us)
			break;
		peer->tick(peer->ctx, s->now_us);
		pull_from_peer(s);
	}
	pull_from_peer(s);
}

static uint64_t due_us(const struct lane *lane)
{
	return lane->queue.first ? lane->queue.first->due_us : KD_NEVER;
}

/* The next moment, after this one, at which something happens. */
static uint64_t next_us(const struct simulated *s)
{
	const struct kd_simulated_peer *peer = &s->config.peer;
	uint64_t next = peer->deadline(peer->ctx);

	if (next <= s->now_us)
		next = s->now_us + 1;
	if (due_us(&s->to_peer) < next)
		next = due_us(&s->to_peer);
	if (due_us(&s->to_us) < next)
		next = due_us(&s->to_us);
	return next;
}

/* ---- the link ---- */

static enum kd_status simulated_send(struct kd_link *l,
				     const struct kd_endpoint *to,
				     const struct kd_chunk *chunks,
				     size_t count, size_t *ret_sent)
{
	struct simulated *s = of(l);
	size_t sent = 0;

	for (size_t i = 0; i < count; i++) {
		bool datagram = l->kind == KD_LINK_DATAGRAM;

		if (datagram &&
		    (!to || !kd_endpoint_equal(to, &s->config.peer_address))) {
			sent++;
			continue;
		}
		if (chunks[i].len &&
		    !post(s, &s->to_peer, chunks[i].bytes, chunks[i].len)) {
			kd_detail_set_os(&l->detail, ENOMEM, "%s", l->name);
			return KD_E_OS;
		}
		sent += datagram ? 1 : chunks[i].len;
	}
	*ret_sent = sent;
	return KD_OK;
}

static enum kd_status simulated_receive(struct kd_link *l, uint8_t *buf,
					size_t cap,
					struct kd_endpoint *ret_from,
					size_t *ret_len)
{
	struct simulated *s = of(l);
	struct parcel *p = s->to_us.queue.first;
	size_t n;

	*ret_len = 0;
	if (!p || p->due_us > s->now_us)
		return KD_OK;
	n = p->len - p->taken < cap ? p->len - p->taken : cap;
	memcpy(buf, p->bytes + p->taken, n);
	p->taken += n;
	if (l->kind == KD_LINK_DATAGRAM)
		*ret_from = s->config.peer_address;
	/* of a datagram, what does not fit is gone, as from a socket */
	if (p->taken == p->len || l->kind == KD_LINK_DATAGRAM)
		free(take_first(&s->to_us.queue));
	*ret_len = n;
	return KD_OK;
}

static bool is_readable(int fd)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };

	return fd >= 0 && poll(&p, 1, 0) == 1;
}

static enum kd_status simulated_wait(struct kd_link *l, bool want_send,
				     int wake_fd, uint64_t until_us)
{
	struct simulated *s = of(l);

	if (want_send || is_readable(wake_fd))
		return KD_OK;
	for (;;) {
		uint64_t next;

		run_peer(s);
		if (due_us(&s->to_us) <= s->now_us || until_us <= s->now_us)
			return KD_OK;
		next = next_us(s);
		if (next == KD_NEVER && until_us == KD_NEVER)
			return KD_E_TIMEOUT;
		s->now_us = next < until_us ? next : until_us;
	}
}

static uint64_t simulated_now(struct kd_link *l)
{
	return of(l)->now_us;
}

static int simulated_descriptor(struct kd_link *l)
{
	(void)l;
	return -1;
}

static bool simulated_is_ours(struct kd_link *l, const struct kd_endpoint *e)
{
	const struct kd_endpoint *own = &of(l)->config.own_address;

	return own->port && kd_endpoint_equal(own, e);
}

static void lane_init(struct lane *lane, bool outgoing)
{
	*lane = (struct lane){ .outgoing = outgoing };
	parcels_init(&lane->queue);
	parcels_init(&lane->held);
}

static void lane_deinit(struct lane *lane)
{
	parcels_deinit(&lane->queue);
	parcels_deinit(&lane->held);
}

static void simulated_destroy(struct kd_link *l)
{
	struct simulated *s = of(l);

	lane_deinit(&s->to_peer);
	lane_deinit(&s->to_us);
	free(s);
}

enum kd_status kd_simulated_create(const struct kd_simulated_config *config,
				   struct kd_link **ret)
{
	static const struct kd_link_ops ops = {
		simulated_send,	   simulated_receive,	 simulated_wait,
		simulated_now,	   simulated_descriptor, simulated_is_ours,
		simulated_destroy,
	};
	static const struct kd_endpoint anybody = {
		.address = { [10] = 0xff, 0xff, 192, 0, 2, 2 },
		.port = 50000,
	};
	struct simulated *s = calloc(1, sizeof(*s));

	if (!s)
		return KD_E_NOMEM;
	s->link.ops = &ops;
	s->link.kind = config->kind;
	snprintf(s->link.name, sizeof(s->link.name), "simulated link");
	s->config = *config;
	if (!config->peer_address.port)
		s->config.peer_address = anybody;
	lane_init(&s->to_peer, true);
	lane_init(&s->to_us, false);
	*ret = &s->link;
	return KD_OK;
}
