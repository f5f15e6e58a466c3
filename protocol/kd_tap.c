#include "kd_tap.h"

#include "kd_manipulate.h"
#include "kd_tap_stream.h"

enum {
	/* One in use and those offered since: responses get lost, and a host
	 * may answer each poke with another key (KD-WIRE 2.5). */
	KEYS = 5,
};

/* Two ends that talk KDNET. Which is the host, each datagram says itself. */
struct conversation {
	struct kd_endpoint a, b;
	uint64_t used_at; /* 0: free */
	size_t key_count;
	bool proven; /* data authenticated under key[0] */
	uint8_t key[KEYS][KD_NET_KEY_SIZE];
	enum kd_arch arch;
};

struct kd_tap {
	struct kd_allocator mem;
	struct kd_crypto *crypto; /* NULL: no key was given */
	struct kd_net_key key;
	uint64_t uses;
	struct conversation conversation[KD_TAP_CONVERSATIONS];
	uint8_t scratch[KD_NET_DATAGRAM_MAX];
	struct kd_tap_stream stream[2]; /* by from_host */
	enum kd_arch stream_arch;
};

enum kd_status kd_tap_create(const struct kd_allocator *mem,
			     const struct kd_net_key *key, struct kd_tap **ret)
{
	struct kd_tap *t;
	enum kd_status st;

	if (!mem)
		mem = kd_allocator_libc();
	t = mem->alloc(mem->ctx, sizeof(*t));
	if (!t)
		return KD_E_NOMEM;
	t->mem = *mem;
	if (key) {
		st = kd_crypto_create(mem, &t->crypto);
		if (st != KD_OK) {
			mem->release(mem->ctx, t);
			return st;
		}
		t->key = *key;
	}
	*ret = t;
	return KD_OK;
}

void kd_tap_destroy(struct kd_tap *t)
{
	struct kd_allocator mem;

	if (!t)
		return;
	mem = t->mem;
	kd_crypto_destroy(t->crypto);
	kd_crypto_wipe(t, sizeof(*t));
	mem.release(mem.ctx, t);
}

static struct conversation *find(struct kd_tap *t, const struct kd_endpoint *x,
				 const struct kd_endpoint *y)
{
	for (size_t i = 0; i < KD_TAP_CONVERSATIONS; i++) {
		struct conversation *c = &t->conversation[i];

		if (!c->used_at)
			continue;
		if ((kd_endpoint_equal(&c->a, x) &&
		     kd_endpoint_equal(&c->b, y)) ||
		    (kd_endpoint_equal(&c->a, y) &&
		     kd_endpoint_equal(&c->b, x))) {
			c->used_at = ++t->uses;
			return c;
		}
	}
	return NULL;
}

/* The conversation of these two; a free or the idlest place if it is new. */
static struct conversation *find_or_start(struct kd_tap *t,
					  const struct kd_endpoint *x,
					  const struct kd_endpoint *y)
{
	struct conversation *c = find(t, x, y);

	if (c)
		return c;
	c = &t->conversation[0];
	for (size_t i = 1; i < KD_TAP_CONVERSATIONS; i++) {
		if (t->conversation[i].used_at < c->used_at)
			c = &t->conversation[i];
	}
	kd_crypto_wipe(c->key, sizeof(c->key));
	*c = (struct conversation){ .a = *x, .b = *y, .used_at = ++t->uses };
	return c;
}

static bool has_key(const struct conversation *c,
		    const uint8_t key[KD_NET_KEY_SIZE])
{
	for (size_t i = 0; i < c->key_count; i++) {
		if (kd_crypto_equal(c->key[i], key, KD_NET_KEY_SIZE))
			return true;
	}
	return false;
}

/* Before the others that were offered, behind the one in use. */
static void insert_key(struct conversation *c,
		       const uint8_t key[KD_NET_KEY_SIZE])
{
	size_t at = c->proven ? 1 : 0;

	if (c->key_count < KEYS)
		c->key_count++;
	memmove(c->key[at + 1], c->key[at],
		(c->key_count - 1 - at) * KD_NET_KEY_SIZE);
	memcpy(c->key[at], key, KD_NET_KEY_SIZE);
}

/* A response went by: its key may be the next. Repeats of it change nothing. */
static enum kd_status offer_key(struct kd_tap *t, struct conversation *c,
				const uint8_t *response)
{
	uint8_t key[KD_NET_KEY_SIZE];
	enum kd_status st = kd_net_data_key(t->crypto, &t->key, response, key);

	if (st == KD_OK && !has_key(c, key))
		insert_key(c, key);
	kd_crypto_wipe(key, sizeof(key));
	return st;
}

/* Data authenticated under key[i]: it goes to the front. */
static bool prove_key(struct conversation *c, size_t i)
{
	uint8_t key[KD_NET_KEY_SIZE];
	bool fresh = i > 0 || !c->proven;

	memcpy(key, c->key[i], sizeof(key));
	memmove(c->key[1], c->key[0], i * sizeof(key));
	memcpy(c->key[0], key, sizeof(key));
	kd_crypto_wipe(key, sizeof(key));
	c->proven = true;
	return fresh;
}

static enum kd_status open_data(struct kd_tap *t, struct conversation *c,
				const uint8_t *bytes, size_t len,
				struct kd_net_plain *plain,
				struct kd_tap_message *ret)
{
	ret->why = c && c->key_count ? KD_TAP_WHY_FOREIGN : KD_TAP_WHY_UNKEYED;
	for (size_t i = 0; c && i < c->key_count; i++) {
		enum kd_status st =
			kd_net_open(t->crypto, c->key[i], t->key.hmac, bytes,
				    len, t->scratch, plain);

		if (st == KD_E_AUTH)
			continue;
		if (st == KD_OK)
			ret->rekeyed = prove_key(c, i);
		return st;
	}
	return KD_E_AUTH;
}

/* KD-WIRE 2.9: one packet, without a trailer. */
static void decode_packet(struct kd_reader *in, struct kd_tap_message *ret)
{
	struct kd_packet_header *h = &ret->header;

	ret->why = KD_TAP_WHY_BODY;
	if (!kd_packet_header_decode(h, in) ||
	    (h->leader != KD_LEADER_DATA && h->leader != KD_LEADER_CONTROL))
		return;
	ret->payload = kd_read_bytes(in, h->byte_count);
	if (!ret->payload)
		return;
	ret->kind = KD_TAP_PACKET;
	ret->why = KD_TAP_WHY_NONE;
	ret->len = h->byte_count;
	ret->checksum_ok =
		kd_packet_checksum(ret->payload, ret->len) == h->checksum;
}

static void decode_data(const struct kd_net_plain *plain,
			struct kd_tap_message *ret)
{
	struct kd_reader in = kd_reader_over(plain->body, plain->len);

	if (plain->from_host && plain->len == KD_BREAKIN_LEN &&
	    plain->body[0] == KD_BREAKIN) {
		ret->kind = KD_TAP_BREAKIN;
		ret->why = KD_TAP_WHY_NONE;
		return;
	}
	decode_packet(&in, ret);
	if (ret->kind == KD_TAP_OTHER && !plain->from_host &&
	    plain->len == KD_NET_CHECK_SIZE)
		ret->why = KD_TAP_WHY_CHECK;
}

static enum kd_status decode_control(struct kd_tap *t, struct conversation *c,
				     const struct kd_net_plain *plain,
				     struct kd_tap_message *ret)
{
	ret->why = KD_TAP_WHY_BODY;
	if (plain->from_host && !plain->len) {
		ret->why = KD_TAP_WHY_CONTACT;
	} else if (plain->from_host &&
		   kd_net_is_response(plain->body, plain->len)) {
		ret->kind = KD_TAP_RESPONSE;
		ret->why = KD_TAP_WHY_NONE;
		return offer_key(t, c, plain->body);
	} else if (!plain->from_host &&
		   kd_net_poke_decode(&ret->poke, plain->body, plain->len)) {
		ret->kind = KD_TAP_POKE;
		ret->why = KD_TAP_WHY_NONE;
	}
	return KD_OK;
}

/* The answer to GetVersion names the machine. */
static void learn_arch(enum kd_arch *arch, struct kd_tap_message *m)
{
	struct kd_reader in = kd_reader_over(m->payload, m->len);
	struct kd_manipulate request;

	if (m->kind == KD_TAP_PACKET && !m->from_host && m->checksum_ok &&
	    m->header.leader == KD_LEADER_DATA &&
	    m->header.type == KD_PKT_STATE_MANIPULATE &&
	    kd_manipulate_decode(*arch, &request, &in) &&
	    request.api == KD_API_GET_VERSION &&
	    request.status == KD_NT_SUCCESS)
		*arch = kd_arch_from_machine(request.u.version.machine);
	m->arch = *arch;
}

static enum kd_status decode_authentic(struct kd_tap *t, struct conversation *c,
				       const struct kd_net_plain *plain,
				       struct kd_tap_message *ret)
{
	ret->authentic = true;
	ret->from_host = plain->from_host;
	ret->version = plain->version;
	ret->channel = plain->channel;
	ret->seq = plain->seq;
	if (plain->channel == KD_NET_CONTROL)
		return decode_control(t, c, plain, ret);
	decode_data(plain, ret);
	learn_arch(&c->arch, ret);
	return KD_OK;
}

static bool has_mark(const uint8_t *bytes, size_t len)
{
	return len >= 6 && !memcmp(bytes, "MDBG", 4);
}

enum kd_status kd_tap_datagram(struct kd_tap *t, const struct kd_endpoint *from,
			       const struct kd_endpoint *to,
			       const uint8_t *bytes, size_t len,
			       struct kd_tap_message *ret)
{
	struct kd_tap_message m = { .kind = KD_TAP_OTHER };
	struct kd_net_plain plain;
	struct conversation *c = NULL;
	enum kd_status st;

	if (!has_mark(bytes, len))
		return KD_E_FORMAT;
	if (!kd_net_is_datagram(bytes, len)) {
		m.why = KD_TAP_WHY_MALFORMED;
		st = KD_E_AUTH;
	} else if (!t->crypto) {
		m.why = KD_TAP_WHY_NO_KEY;
		st = KD_E_AUTH;
	} else if (bytes[5] == KD_NET_CONTROL) {
		m.why = KD_TAP_WHY_FOREIGN;
		st = kd_net_open(t->crypto, t->key.control, t->key.hmac, bytes,
				 len, t->scratch, &plain);
		/* only now: forged datagrams must not push others out */
		if (st == KD_OK)
			c = find_or_start(t, from, to);
	} else {
		c = find(t, from, to);
		st = open_data(t, c, bytes, len, &plain, &m);
	}
	if (st == KD_OK)
		st = decode_authentic(t, c, &plain, &m);
	else if (st == KD_E_AUTH)
		st = KD_OK;
	if (st == KD_OK)
		*ret = m;
	return st;
}

void kd_tap_feed(struct kd_tap *t, bool from_host, const uint8_t *bytes,
		 size_t len)
{
	kd_tap_stream_feed(&t->stream[from_host], from_host, bytes, len);
}

void kd_tap_finish(struct kd_tap *t)
{
	kd_tap_stream_finish(&t->stream[0]);
	kd_tap_stream_finish(&t->stream[1]);
}

bool kd_tap_next(struct kd_tap *t, struct kd_tap_message *ret)
{
	for (size_t i = 0; i < 2; i++) {
		if (!kd_tap_stream_next(&t->stream[i], ret))
			continue;
		ret->from_host = i == 1;
		learn_arch(&t->stream_arch, ret);
		return true;
	}
	return false;
}
