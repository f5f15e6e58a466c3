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

/*
 * A hostile target over KDNET that knows the key: its datagrams authenticate,
 * and what is in them lies. It pokes when it likes, and takes whichever
 * response it likes.
 */

#include "hostile.h"
#include "net_target.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

struct net {
	struct net_target target;
	uint64_t seq; /* of the data channel */
	size_t key;   /* of its responses, the one in use */
	uint8_t random;
};

static const struct kd_endpoint self = {
	.address = { [10] = 0xff, 0xff, 192, 0, 2, 2 },
	.port = 50000,
};
static const struct kd_endpoint host = {
	.address = { [10] = 0xff, 0xff, 192, 0, 2, 1 },
	.port = 50000,
};

static bool fill(void *ctx, uint8_t *out, size_t len)
{
	struct net *n = ctx;

	memset(out, n->random++, len);
	return true;
}

static uint32_t after(uint32_t id)
{
	return id + 2;
}

static uint32_t ack_id(const struct hostile *t, unsigned low)
{
	return t->request_id - low * 2;
}

static uint32_t restart(struct hostile *t, bool other_way)
{
	if (other_way)
		t->next_id += 4;
	return t->next_id;
}

static void feed(struct hostile *t)
{
	const struct net *n = t->wire_ctx;

	/* what does not fit a datagram cannot be said */
	if (n->target.wire_len)
		hostile_feed(t, &self, n->target.wire, n->target.wire_len);
}

static void say(struct hostile *t, const uint8_t *packet, size_t len)
{
	struct net *n = t->wire_ctx;

	if (!n->target.responses)
		return;
	net_target_data(&n->target, n->key, ++n->seq, packet, len);
	feed(t);
}

static void poke(struct hostile *t, uint8_t nonce, bool keeps_session)
{
	static const struct kd_endpoint none = { .port = 0 };
	struct net *n = t->wire_ctx;

	net_target_poke(&n->target, nonce, &self, &host,
			keeps_session ? &host : &none);
	feed(t);
}

/* Bytes in a sealed datagram, and what else is not a packet. */
static void raw(struct hostile *t, uint8_t how, const uint8_t *bytes,
		size_t len)
{
	struct net *n = t->wire_ctx;

	switch (how % 4) {
	case 0:
		say(t, bytes, len);
		break;
	case 1:
		poke(t, len ? bytes[0] : 1, how & 4);
		break;
	case 2:
		if (!n->target.responses)
			break;
		n->key = (len ? bytes[0] : 0) % n->target.responses;
		n->seq = 0;
		break;
	default: /* not authentic */
		hostile_feed(t, &self, bytes, len);
		break;
	}
}

static void begin(struct hostile *t)
{
	poke(t, 1, false);
}

static void hear(struct hostile *t, const struct kd_chunk *chunk)
{
	struct net *n = t->wire_ctx;
	uint8_t scratch[KD_NET_DATAGRAM_MAX];
	struct kd_packet_header h;
	struct kd_net_plain plain;

	if (net_target_feed(&n->target, chunk->bytes, chunk->len, &plain) !=
	    NET_TARGET_GOT_NOTHING)
		return;
	for (size_t i = 0; i < n->target.responses; i++) {
		if (kd_net_open(n->target.crypto, n->target.data_keys[i],
				n->target.key.hmac, chunk->bytes, chunk->len,
				scratch, &plain) != KD_OK)
			continue;
		struct kd_reader in = kd_reader_over(plain.body, plain.len);

		/* a break-in is no packet */
		if (plain.len == 1)
			return;
		hostile_require(kd_packet_header_decode(&h, &in));
		hostile_require(kd_reader_left(&in) == h.byte_count);
		hostile_heard(t, &h, plain.body + KD_HEADER_SIZE);
		return;
	}
	/* all that the session sends is for one of its keys */
	hostile_require(n->target.responses == NET_TARGET_RESPONSES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const struct hostile_wire wire = {
		.first_id = 0,
		.after = after,
		.ack_id = ack_id,
		.restart = restart,
		.begin = begin,
		.say = say,
		.raw = raw,
		.hear = hear,
	};
	struct kd_session_config config = { .kind = KD_LINK_DATAGRAM };
	struct net net = { .seq = 0 };

	hostile_require(net_target_init(&net.target));
	config.key = net.target.key;
	config.random = (struct kd_random){ fill, &net };
	hostile_run(&wire, &net, &config, data, len);
	net_target_deinit(&net.target);
	return 0;
}
