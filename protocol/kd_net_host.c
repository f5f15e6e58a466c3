#include "kd_net_host.h"

#include <string.h>

enum {
	/* said before the target has said its own; KD-WIRE 2.1 */
	VERSION_NEWEST = 5,
	/* datagrams that may overtake one another; bits of receive_window */
	WINDOW = 64,
	/* pokes answered in vain before the user is told */
	VAIN_POKES = 2,
	/* a target pokes every 3 s (KD-WIRE 2.5): by then one should be here */
	SILENCE_US = 3000000,
	/* KD-WIRE 2.6 */
	CONTACT_US = 500000,
	/* An answered poke has that long to lead to data before contact is
	 * made again: each contact brings another poke, and its answer would
	 * make the one under way worthless. */
	PROOF_US = 3000000,
	/* a target that says nothing for that long is off (KD-WIRE 2.12) */
	GONE_US = 10000000,
};

enum kd_status kd_net_host_init(struct kd_net_host *h,
				const struct kd_net_host_config *config)
{
	struct kd_crypto *crypto;
	enum kd_status st = kd_crypto_create(config->mem, &crypto);

	if (st != KD_OK)
		return st;
	*h = (struct kd_net_host){ .config = *config, .crypto = crypto };
	return KD_OK;
}

void kd_net_host_deinit(struct kd_net_host *h)
{
	kd_crypto_destroy(h->crypto);
	kd_crypto_wipe(h, sizeof(*h));
}

/* The clock is told to us, so it starts with the first call that has it. */
static void start(struct kd_net_host *h, uint64_t now_us)
{
	if (h->started)
		return;
	h->started = true;
	h->silence_at_us = kd_clock_after(now_us, SILENCE_US);
	h->contact_at_us = h->config.target.port ? now_us : KD_NEVER;
}

static void notice(struct kd_net_host *h, enum kd_notice what,
		   const struct kd_endpoint *from,
		   const struct kd_endpoint *other,
		   struct kd_net_host_event *ret)
{
	uint32_t bit = (uint32_t)1 << what;

	if (h->noticed & bit || ret->kind != KD_NET_HOST_NOTHING)
		return;
	h->noticed |= bit;
	ret->kind = KD_NET_HOST_NOTICE;
	ret->notice.what = what;
	if (from)
		ret->notice.from = *from;
	if (other)
		ret->notice.other = *other;
}

bool kd_net_host_is_keyed(const struct kd_net_host *h)
{
	return h->current.valid;
}

const struct kd_endpoint *kd_net_host_peer(const struct kd_net_host *h)
{
	static const struct kd_endpoint nobody;

	if (h->current.valid)
		return &h->current.peer;
	return h->offered[0].valid ? &h->offered[0].peer : &nobody;
}

/* ---- the data channel ---- */

/* KD-WIRE 2.10: each number once, and none that is far behind. */
static bool is_fresh(struct kd_net_host_key *k, uint64_t seq)
{
	uint64_t distance;

	if (seq > k->receive_seq) {
		distance = seq - k->receive_seq;
		k->receive_window =
			distance < WINDOW ? k->receive_window << distance : 0;
		k->receive_window |= 1;
		k->receive_seq = seq;
		return true;
	}
	distance = k->receive_seq - seq;
	if (distance >= WINDOW || k->receive_window >> distance & 1)
		return false;
	k->receive_window |= (uint64_t)1 << distance;
	return true;
}

static void drop(struct kd_net_host_key *k)
{
	kd_crypto_wipe(k, sizeof(*k));
}

static const char *keyed_text(enum kd_net_keyed keyed)
{
	switch (keyed) {
	case KD_NET_KEYED_NO:
		break;
	case KD_NET_KEYED_FIRST:
		return "keyed with";
	case KD_NET_KEYED_TAKEN:
		return "took over the session of";
	case KD_NET_KEYED_AGAIN:
		return "keyed again with";
	case KD_NET_KEYED_ROLLOVER:
		return "keyed after a reboot with";
	}
	return "no new key for";
}

/*
 * A datagram came under an offered key, so the target has it: use it from
 * now on. Older offers are void. A newer one may still be on its way to the
 * target, which would then change keys once more in the same boot.
 */
static enum kd_net_keyed prove(struct kd_net_host *h, size_t index)
{
	char peer[KD_ENDPOINT_TEXT_MAX];

	h->current = h->offered[index];
	for (size_t i = 0; i < KD_NET_HOST_OFFERS; i++) {
		if (i < index &&
		    kd_endpoint_equal(&h->offered[i].peer, &h->current.peer))
			h->offered[i].kind = KD_NET_KEYED_AGAIN;
		else
			drop(&h->offered[i]);
	}
	h->own = (struct kd_endpoint){ 0 };
	h->contact_at_us = KD_NEVER;
	kd_info(&h->config.log, "%s %s", keyed_text(h->current.kind),
		kd_endpoint_text(&h->current.peer, peer));
	return h->current.kind;
}

/* The key that opens a datagram of the data channel; NULL if none does. */
static struct kd_net_host_key *open_data(struct kd_net_host *h,
					 const struct kd_endpoint *from,
					 const uint8_t *datagram, size_t len,
					 struct kd_net_plain *ret)
{
	struct kd_net_host_key *keys[] = { &h->current, &h->offered[0],
					   &h->offered[1] };
	bool known = false;

	for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
		if (!keys[i]->valid || !kd_endpoint_equal(&keys[i]->peer, from))
			continue;
		known = true;
		if (kd_net_open(h->crypto, keys[i]->data_key,
				h->config.key.hmac, datagram, len, h->scratch,
				ret) == KD_OK)
			return keys[i];
	}
	if (known)
		h->counters.not_authentic++;
	else
		h->counters.other_source++;
	return NULL;
}

static void feed_data(struct kd_net_host *h, uint64_t now_us,
		      const struct kd_endpoint *from, const uint8_t *datagram,
		      size_t len, struct kd_net_host_event *ret)
{
	struct kd_net_plain plain;
	struct kd_net_host_key *key = open_data(h, from, datagram, len, &plain);

	if (!key)
		return;
	h->counters.authentic++;
	/* before anything else: what we sealed ourselves proves nothing */
	if (plain.from_host) {
		h->counters.reflected++;
		return;
	}
	if (!is_fresh(key, plain.seq)) {
		h->counters.replayed++;
		return;
	}
	if (key != &h->current)
		ret->keyed = prove(h, (size_t)(key - h->offered));
	h->heard_us = now_us;
	if (plain.len == KD_NET_CHECK_SIZE) {
		/* the target trying the new key: no KD packet (KD-WIRE 2.9) */
		if (ret->keyed == KD_NET_KEYED_NO)
			return;
		plain.len = 0;
	}
	ret->kind = KD_NET_HOST_BODY;
	ret->body = plain.body;
	ret->len = plain.len;
}

/* ---- the control channel ---- */

/* Seal a control datagram into h->outgoing. */
static void send_control(struct kd_net_host *h, const struct kd_endpoint *to,
			 const struct kd_net_plain *plain)
{
	enum kd_status st = kd_net_seal(h->crypto, h->config.key.control,
					h->config.key.hmac, plain, h->outgoing,
					sizeof(h->outgoing), &h->outgoing_len);

	if (st != KD_OK) {
		h->outgoing_len = 0;
		kd_error(&h->config.log, "cannot seal a datagram: %s",
			 kd_status_text(st));
		return;
	}
	h->outgoing_to = *to;
}

static void send_response(struct kd_net_host *h,
			  const struct kd_net_host_key *k, uint64_t seq)
{
	uint8_t body[KD_NET_RESPONSE_SIZE];
	const struct kd_net_plain plain = {
		.version = k->version,
		.channel = KD_NET_CONTROL,
		.seq = seq,
		.from_host = true,
		.body = body,
		.len = sizeof(body),
	};

	kd_net_response_encode(k->client_key, k->host_key, body);
	send_control(h, &k->peer, &plain);
	h->counters.responses++;
	/* who knows the response and the key text knows the data key */
	kd_crypto_wipe(body, sizeof(body));
}

/* Random host key, and the data key that follows from it. */
static enum kd_status make_key(struct kd_net_host *h, struct kd_net_host_key *k)
{
	uint8_t response[KD_NET_RESPONSE_SIZE];
	enum kd_status st;

	st = kd_random_fill(&h->config.random, k->host_key,
			    sizeof(k->host_key));
	if (st != KD_OK)
		return st;
	kd_net_response_encode(k->client_key, k->host_key, response);
	st = kd_net_data_key(h->crypto, &h->config.key, response, k->data_key);
	kd_crypto_wipe(response, sizeof(response));
	return st;
}

/*
 * Answer a poke. The same poke gets the same answer, so that two of them
 * cannot leave the two sides with different keys.
 */
static void answer(struct kd_net_host *h, uint64_t now_us,
		   const struct kd_endpoint *from,
		   const struct kd_net_plain *plain,
		   const struct kd_net_poke *poke)
{
	struct kd_net_host_key k = { .valid = true,
				     .version = plain->version,
				     .peer = *from };
	enum kd_status st;

	for (size_t i = 0; i < KD_NET_HOST_OFFERS; i++) {
		const struct kd_net_host_key *o = &h->offered[i];

		if (o->valid && kd_endpoint_equal(&o->peer, from) &&
		    !memcmp(o->client_key, poke->client_key,
			    sizeof(o->client_key))) {
			send_response(h, o, plain->seq);
			return;
		}
	}
	memcpy(k.client_key, poke->client_key, sizeof(k.client_key));
	if (poke->session.port)
		k.kind = KD_NET_KEYED_TAKEN;
	else
		k.kind = h->current.valid ? KD_NET_KEYED_ROLLOVER
					  : KD_NET_KEYED_FIRST;
	st = make_key(h, &k);
	if (st != KD_OK) {
		kd_error(&h->config.log, "cannot make a key: %s",
			 kd_status_text(st));
		drop(&k);
		return;
	}
	h->offered[1] = h->offered[0];
	h->offered[0] = k;
	drop(&k);
	h->unproven_pokes++;
	if (!h->current.valid) {
		h->heard_us = now_us;
		if (h->contact_at_us != KD_NEVER)
			h->contact_at_us = kd_clock_after(now_us, PROOF_US);
	}
	send_response(h, &h->offered[0], plain->seq);
}

/* Is it we whom the target names as its debugger? */
static bool is_own_session(struct kd_net_host *h, const struct kd_endpoint *e)
{
	const struct kd_net_host_config *c = &h->config;

	/* Behind address translation the target knows us by an address that
	 * we do not: what it says first under a proven key means us. */
	if (h->current.valid && !h->own.port)
		h->own = *e;
	if (h->own.port && kd_endpoint_equal(&h->own, e))
		return true;
	if (!c->is_ours)
		return !h->own.port;
	return c->is_ours(c->is_ours_ctx, e);
}

/* The table in KD-WIRE 2.5, and rule 0.3.10. */
static bool wants_answer(struct kd_net_host *h, const struct kd_endpoint *from,
			 bool moved, const struct kd_net_poke *poke,
			 struct kd_net_host_event *ret)
{
	if (!poke->session.port) {
		/* the one that led to the current key, come late? */
		return !h->current.valid ||
		       memcmp(poke->client_key, h->current.client_key,
			      sizeof(poke->client_key));
	}
	if (is_own_session(h, &poke->session)) {
		/* keep-alive, unless it is of a session that we lost */
		return !h->current.valid || moved;
	}
	notice(h, KD_NOTICE_HELD, from, &poke->session, ret);
	/* once we were keyed somebody has taken it from us: two debuggers
	 * must not go on taking it from each other */
	return h->config.takeover && !h->current.valid;
}

static void feed_poke(struct kd_net_host *h, uint64_t now_us,
		      const struct kd_endpoint *from,
		      const struct kd_net_plain *plain,
		      const struct kd_net_poke *poke,
		      struct kd_net_host_event *ret)
{
	const struct kd_endpoint *peer = kd_net_host_peer(h);
	const struct kd_net_host_config *c = &h->config;
	bool moved = peer->port && !kd_endpoint_equal(peer, from);

	h->counters.pokes++;
	/* a target may come back with another address, but only if it left */
	if (moved && now_us - h->heard_us < GONE_US) {
		h->counters.other_source++;
		notice(h, KD_NOTICE_SECOND_TARGET, from, peer, ret);
		return;
	}
	if (!moved)
		h->heard_us = now_us;
	if (!wants_answer(h, from, moved, poke, ret))
		return;
	/* It reached us nevertheless, by address translation: answer. If we
	 * made contact, it is no wonder. */
	if (!h->current.valid && !c->target.port && c->is_ours &&
	    !c->is_ours(c->is_ours_ctx, &poke->host))
		notice(h, KD_NOTICE_OTHER_ADDRESS, from, &poke->host, ret);
	if (!h->current.valid && h->unproven_pokes >= VAIN_POKES)
		notice(h, KD_NOTICE_NO_DATA, from, NULL, ret);
	answer(h, now_us, from, plain, poke);
}

static void feed_control(struct kd_net_host *h, uint64_t now_us,
			 const struct kd_endpoint *from,
			 const uint8_t *datagram, size_t len,
			 struct kd_net_host_event *ret)
{
	struct kd_net_plain plain;
	struct kd_net_poke poke;

	if (kd_net_open(h->crypto, h->config.key.control, h->config.key.hmac,
			datagram, len, h->scratch, &plain) != KD_OK) {
		h->counters.not_authentic++;
		if (!h->counters.authentic)
			notice(h, KD_NOTICE_WRONG_KEY, from, NULL, ret);
		return;
	}
	h->counters.authentic++;
	if (plain.from_host)
		h->counters.reflected++;
	else if (kd_net_poke_decode(&poke, plain.body, plain.len))
		feed_poke(h, now_us, from, &plain, &poke, ret);
}

void kd_net_host_feed(struct kd_net_host *h, uint64_t now_us,
		      const struct kd_endpoint *from, const uint8_t *datagram,
		      size_t len, struct kd_net_host_event *ret)
{
	*ret = (struct kd_net_host_event){ 0 };
	start(h, now_us);
	h->counters.datagrams++;
	h->silence_at_us = KD_NEVER;
	if (!kd_net_is_datagram(datagram, len)) {
		h->counters.not_kdnet++;
		if (!h->counters.authentic)
			notice(h, KD_NOTICE_NOT_KDNET, from, NULL, ret);
		return;
	}
	/* The wrong key text shows on the control channel only: data of a
	 * session that was before us is sealed with a key we cannot know. */
	if (kd_net_channel(datagram) == KD_NET_DATA)
		feed_data(h, now_us, from, datagram, len, ret);
	else
		feed_control(h, now_us, from, datagram, len, ret);
}

bool kd_net_host_pull(struct kd_net_host *h, struct kd_chunk *ret,
		      struct kd_endpoint *ret_to)
{
	if (!h->outgoing_len)
		return false;
	*ret = (struct kd_chunk){ h->outgoing, h->outgoing_len };
	*ret_to = h->outgoing_to;
	h->outgoing_len = 0;
	return true;
}

enum kd_status kd_net_host_seal(struct kd_net_host *h, const uint8_t *body,
				size_t len, uint8_t *out, size_t cap,
				size_t *ret_len)
{
	struct kd_net_host_key *k =
		h->current.valid ? &h->current : &h->offered[0];
	enum kd_status st;

	if (!k->valid)
		return KD_E_STATE;
	const struct kd_net_plain plain = {
		.version = k->version,
		.channel = KD_NET_DATA,
		.seq = k->send_seq + 1,
		.from_host = true,
		.body = body,
		.len = len,
	};
	st = kd_net_seal(h->crypto, k->data_key, h->config.key.hmac, &plain,
			 out, cap, ret_len);
	if (st == KD_OK)
		k->send_seq++;
	return st;
}

uint64_t kd_net_host_deadline(const struct kd_net_host *h)
{
	if (!h->started)
		return 0;
	return h->contact_at_us < h->silence_at_us ? h->contact_at_us
						   : h->silence_at_us;
}

/* The empty control datagram that makes a target poke at once (2.6). */
static void make_contact(struct kd_net_host *h)
{
	const struct kd_net_plain plain = {
		.version = h->offered[0].valid ? h->offered[0].version
					       : VERSION_NEWEST,
		.channel = KD_NET_CONTROL,
		.seq = ++h->control_seq,
		.from_host = true,
	};

	send_control(h, &h->config.target, &plain);
}

void kd_net_host_tick(struct kd_net_host *h, uint64_t now_us,
		      struct kd_net_host_event *ret)
{
	*ret = (struct kd_net_host_event){ 0 };
	start(h, now_us);
	if (now_us >= h->contact_at_us) {
		h->contact_at_us = kd_clock_after(now_us, CONTACT_US);
		make_contact(h);
	}
	if (now_us >= h->silence_at_us) {
		h->silence_at_us = KD_NEVER;
		notice(h, KD_NOTICE_SILENCE, NULL, NULL, ret);
	}
}
