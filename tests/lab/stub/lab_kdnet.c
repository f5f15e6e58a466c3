#include "lab_kdnet.h"
#include "lab_bytes.h"

#include <string.h>

/* 2.5: where the fields of a poke and a response are */
enum {
	POKE_CLIENT_KEY = 2,
	POKE_TARGET = 34,
	POKE_HOST = 52,
	POKE_SESSION = 70,
	POKE_SIZE = 344,
	RESPONSE_CLIENT_KEY = 2,
	RESPONSE_SIZE = 322,
	KIND_POKE = 1,
	KIND_RESPONSE = 2,
	CHECK_SIZE = 12, /* 2.9 */
	POKE_SEQ_STEP = 3,
	POKE_INTERVAL_US = 3000000,
	DEFAULT_VERSION = 5,
};

static void new_client_key(struct lab_kdnet *k)
{
	lab_fill_random(&k->random, k->client_key, sizeof(k->client_key));
}

void lab_kdnet_init(struct lab_kdnet *k, const struct lab_stub_config *config,
		    struct lab_ring *out, struct lab_stub_counters *counters)
{
	*k = (struct lab_kdnet){
		.version = config->version ? config->version : DEFAULT_VERSION,
		.target_port = config->target_port,
		.host_port = config->host_port,
		.poke_interval_us = config->poke_interval_us
					    ? config->poke_interval_us
					    : POKE_INTERVAL_US,
		.random = config->seed ^ UINT64_C(0x9e3779b97f4a7c15),
		.faults = &config->faults,
		.out = out,
		.counters = counters,
	};
	memcpy(k->control_key, config->key, sizeof(k->control_key));
	memcpy(k->target_address, config->target_address, 4);
	memcpy(k->host_address, config->host_address, 4);
	new_client_key(k);
}

void lab_kdnet_reboot(struct lab_kdnet *k, uint64_t now_us)
{
	k->keyed = false;
	k->session_port = 0;
	memset(k->session_address, 0, sizeof(k->session_address));
	memset(k->accepted, 0, sizeof(k->accepted));
	k->poke_seq = 0;
	new_client_key(k);
	k->next_poke = now_us;
}

void lab_kdnet_name_host(struct lab_kdnet *k, const uint8_t address[4],
			 uint16_t port)
{
	memcpy(k->session_address, address, 4);
	k->session_port = port;
}

void lab_kdnet_hold_for(struct lab_kdnet *k, const uint8_t address[4],
			uint16_t port)
{
	lab_kdnet_name_host(k, address, port);
	lab_fill_random(&k->random, k->data_key, sizeof(k->data_key));
	k->keyed = true;
}

/* IPv4 in IPv6's clothes, then the port. */
static void put_endpoint(uint8_t *at, const uint8_t address[4], uint16_t port)
{
	at[10] = at[11] = 0xff;
	memcpy(at + 12, address, 4);
	lab_put16_be(at + 16, port);
}

static void queue(struct lab_kdnet *k, const uint8_t aes_key[LAB_KEY_SIZE])
{
	uint8_t datagram[LAB_DATAGRAM_MAX];

	k->clear.version = k->version;
	k->clear.from_host = false;
	size_t len = lab_seal(k->control_key, aes_key, &k->clear, datagram);

	if (len)
		(void)lab_ring_push(k->out, datagram, len);
}

static void poke(struct lab_kdnet *k)
{
	uint8_t *body = k->clear.body;

	k->poke_seq += POKE_SEQ_STEP;
	lab_put32(k->client_key, lab_get32(k->client_key) + 1);
	memset(body, 0, POKE_SIZE);
	body[0] = 1;
	body[1] = KIND_POKE;
	memcpy(body + POKE_CLIENT_KEY, k->client_key, sizeof(k->client_key));
	put_endpoint(body + POKE_TARGET, k->target_address, k->target_port);
	put_endpoint(body + POKE_HOST, k->host_address, k->host_port);
	put_endpoint(body + POKE_SESSION, k->session_address, k->session_port);
	k->clear.len = POKE_SIZE;
	k->clear.channel = LAB_CHANNEL_CONTROL;
	k->clear.seq = k->poke_seq;
	queue(k, k->control_key);
}

void lab_kdnet_tick(struct lab_kdnet *k, uint64_t now_us)
{
	if (now_us < k->next_poke)
		return;
	poke(k);
	k->next_poke = now_us + k->poke_interval_us;
}

void lab_kdnet_say(struct lab_kdnet *k, const uint8_t *body, size_t len)
{
	if (!k->keyed || len > sizeof(k->clear.body))
		return;
	memcpy(k->clear.body, body, len);
	k->clear.len = len;
	k->clear.channel = LAB_CHANNEL_DATA;
	k->clear.seq = ++k->sent;
	queue(k, k->data_key);
}

/* 2.9: before any packet, eight zeros and the host's address backwards. */
static void say_check(struct lab_kdnet *k)
{
	uint8_t body[CHECK_SIZE] = { 0 };

	for (size_t i = 0; i < 4; i++)
		body[8 + i] = k->host_address[3 - i];
	lab_kdnet_say(k, body, sizeof(body));
}

/* To the poke that was sent last; or before it, if such are taken. */
static bool answers_poke(const struct lab_kdnet *k)
{
	const uint8_t *key = k->clear.body + RESPONSE_CLIENT_KEY;
	uint64_t late = k->poke_seq - k->clear.seq;

	if (late && (late != POKE_SEQ_STEP || !k->faults->late_responses))
		return false;
	return lab_get32(key) + (late ? 1 : 0) == lab_get32(k->client_key) &&
	       !memcmp(key + 4, k->client_key + 4, sizeof(k->client_key) - 4);
}

static enum lab_kdnet_result accept_response(struct lab_kdnet *k)
{
	const struct lab_clear *c = &k->clear;
	uint8_t key[LAB_KEY_SIZE];

	if (c->len != RESPONSE_SIZE || c->body[0] != 1 ||
	    c->body[1] != KIND_RESPONSE || !answers_poke(k) ||
	    !lab_data_key(k->control_key, c->body, c->len, key))
		return LAB_KDNET_NOTHING;
	/* said twice: the sequence numbers already used must stay used */
	if (!memcmp(key, k->accepted, sizeof(key)))
		return LAB_KDNET_NOTHING;
	memcpy(k->accepted, key, sizeof(key));
	memcpy(k->data_key, key, sizeof(key));
	memcpy(k->session_address, k->host_address, 4);
	k->session_port = k->host_port;
	k->keyed = true;
	k->counters->sessions++;
	k->sent = k->heard = 0;
	say_check(k);
	return LAB_KDNET_KEYED;
}

static enum lab_kdnet_result hear_control(struct lab_kdnet *k, uint64_t now_us)
{
	if (k->clear.len)
		return accept_response(k);
	/* 2.6: an empty body asks for a poke at once */
	poke(k);
	k->next_poke = now_us + k->poke_interval_us;
	return LAB_KDNET_NOTHING;
}

enum lab_kdnet_result lab_kdnet_hear(struct lab_kdnet *k, uint64_t now_us,
				     const uint8_t *datagram, size_t len)
{
	int channel = lab_datagram_channel(datagram, len);
	bool control = channel == LAB_CHANNEL_CONTROL;

	if ((!control && (channel != LAB_CHANNEL_DATA || !k->keyed)) ||
	    !lab_unseal(k->control_key, control ? k->control_key : k->data_key,
			datagram, len, &k->clear) ||
	    !k->clear.from_host) {
		k->counters->not_authentic++;
		return LAB_KDNET_NOTHING;
	}
	if (control)
		return hear_control(k, now_us);
	/* 2.10 */
	if (k->clear.seq <= k->heard) {
		k->counters->replayed++;
		return LAB_KDNET_NOTHING;
	}
	k->heard = k->clear.seq;
	return LAB_KDNET_DATA;
}
