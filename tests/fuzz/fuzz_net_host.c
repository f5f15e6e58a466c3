/* Covers: protocol/kd_net_host.c */

/*
 * Pokes and data, genuine and forged, in any order: what is forged never
 * changes whether and with whom we are keyed, nothing is handed out twice,
 * and nothing but the target's own is handed out at all.
 */

#include "kd_cursor.h"
#include "kd_net_host.h"
#include "net_target.h"

#include <stdlib.h>

enum { SEQUENCES = 64, BODY = 24 };

struct world {
	struct kd_net_host host;
	struct net_target target;
	uint64_t now_us;
	uint64_t handed_out[NET_TARGET_RESPONSES]; /* bit per number */
	uint8_t random;
};

static void require(bool holds)
{
	if (!holds)
		abort();
}

static bool fill(void *ctx, uint8_t *out, size_t len)
{
	struct world *w = ctx;

	memset(out, w->random++, len);
	return true;
}

static struct kd_endpoint endpoint(uint8_t last)
{
	return (struct kd_endpoint){
		.address = { [10] = 0xff, 0xff, 10, 0, 0, last }, .port = 50000
	};
}

static bool is_ours(void *ctx, const struct kd_endpoint *e)
{
	(void)ctx;
	return e->address[15] == 1;
}

static void give(struct world *w, uint8_t who, struct kd_net_host_event *e)
{
	struct kd_endpoint from = endpoint((uint8_t)(2 + who % 2));

	kd_net_host_feed(&w->host, w->now_us, &from, w->target.wire,
			 w->target.wire_len, e);
}

/* The datagram in hand, with one bit changed. */
static void give_forged(struct world *w, uint8_t who, uint16_t bit)
{
	const struct kd_endpoint peer = *kd_net_host_peer(&w->host);
	bool keyed = kd_net_host_is_keyed(&w->host);
	struct kd_net_host_event e;
	struct kd_chunk chunk;
	struct kd_endpoint to;

	if (!w->target.wire_len)
		return;
	bit = (uint16_t)(bit % (w->target.wire_len * 8));
	w->target.wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
	give(w, who, &e);
	w->target.wire[bit / 8] ^= (uint8_t)(1 << bit % 8);
	require(e.kind != KD_NET_HOST_BODY);
	require(kd_net_host_is_keyed(&w->host) == keyed);
	require(kd_endpoint_equal(kd_net_host_peer(&w->host), &peer));
	require(!kd_net_host_pull(&w->host, &chunk, &to));
}

static void give_poke(struct world *w, uint8_t who, uint8_t nonce,
		      uint8_t session)
{
	struct kd_endpoint self = endpoint((uint8_t)(2 + who % 2));
	struct kd_endpoint host = endpoint(1);
	struct kd_endpoint held = endpoint(session & 3);
	struct kd_net_host_event e;
	struct kd_chunk chunk;
	struct kd_net_plain plain;
	struct kd_endpoint to;

	if (!(session & 4))
		held.port = 0;
	net_target_poke(&w->target, nonce, &self, &host, &held);
	give(w, who, &e);
	require(e.kind != KD_NET_HOST_BODY);
	if (!kd_net_host_pull(&w->host, &chunk, &to))
		return;
	require(kd_endpoint_equal(&to, &self));
	require(net_target_feed(&w->target, chunk.bytes, chunk.len, &plain) >=
		NET_TARGET_GOT_RESPONSE);
}

static void give_data(struct world *w, uint8_t who, uint8_t key, uint8_t seq)
{
	static const uint8_t body[BODY] = "data";
	uint64_t bit = (uint64_t)1 << seq % SEQUENCES;
	struct kd_net_host_event e;

	if (!w->target.responses)
		return;
	key = (uint8_t)(key % w->target.responses);
	net_target_data(&w->target, key, seq % SEQUENCES, body, sizeof(body));
	give(w, who, &e);
	if (e.kind != KD_NET_HOST_BODY)
		return;
	require(kd_net_host_is_keyed(&w->host));
	require(e.len == BODY && !memcmp(e.body, body, BODY));
	require(!(w->handed_out[key] & bit));
	w->handed_out[key] |= bit;
}

/* What we seal opens for the target, and proves nothing when it comes back. */
static void send_and_reflect(struct world *w, uint8_t who)
{
	bool keyed = kd_net_host_is_keyed(&w->host);
	struct kd_net_host_event e;

	if (kd_net_host_seal(&w->host, (const uint8_t *)"b", 1, w->target.wire,
			     sizeof(w->target.wire),
			     &w->target.wire_len) != KD_OK)
		return;
	give(w, who, &e);
	require(e.kind != KD_NET_HOST_BODY);
	require(kd_net_host_is_keyed(&w->host) == keyed);
}

static void let_time_pass(struct world *w, uint8_t quarters)
{
	struct kd_net_host_event e;
	struct kd_net_plain plain;
	struct kd_chunk chunk;
	struct kd_endpoint to;

	w->now_us += quarters * UINT64_C(250000);
	if (kd_net_host_deadline(&w->host) > w->now_us)
		return;
	kd_net_host_tick(&w->host, w->now_us, &e);
	require(e.kind != KD_NET_HOST_BODY);
	require(kd_net_host_deadline(&w->host) > w->now_us);
	if (kd_net_host_pull(&w->host, &chunk, &to))
		require(net_target_feed(&w->target, chunk.bytes, chunk.len,
					&plain) == NET_TARGET_GOT_CONTACT);
}

static void run(struct world *w, struct kd_reader *in)
{
	/* a key's number stays the same while no more than these are made */
	while (kd_reader_left(in) >= 4 &&
	       w->target.responses < NET_TARGET_RESPONSES) {
		uint8_t act = kd_read_u8(in), who = kd_read_u8(in);
		uint8_t a = kd_read_u8(in), b = kd_read_u8(in);

		switch (act % 5) {
		case 0:
			give_poke(w, who, a, b);
			break;
		case 1:
			give_data(w, who, a, b);
			break;
		case 2:
			give_forged(w, who, (uint16_t)(a | b << 8));
			break;
		case 3:
			send_and_reflect(w, who);
			break;
		default:
			let_time_pass(w, a);
			break;
		}
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct kd_reader in = kd_reader_over(data, len);
	uint8_t options = kd_read_u8(&in);
	struct world w = { .now_us = 1 };
	struct kd_net_host_config config = {
		.random = { fill, &w },
		.takeover = options & 1,
		.is_ours = options & 2 ? is_ours : NULL,
	};

	require(net_target_init(&w.target));
	config.key = w.target.key;
	if (options & 4)
		config.target = endpoint(2);
	require(kd_net_host_init(&w.host, &config) == KD_OK);
	run(&w, &in);
	kd_net_host_deinit(&w.host);
	net_target_deinit(&w.target);
	return 0;
}
