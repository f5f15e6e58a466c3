#include "lab_host.h"
#include "check.h"
#include "lab_bytes.h"

#include <string.h>

enum {
	RESPONSE_SIZE = 322,
	PATIENCE_US = 10000000,
	KEYED_BYTE = 0x5a,
};

void lab_host_start(struct lab_host *h, struct lab_stub_config config,
		    struct lab_machine *machine)
{
	*h = (struct lab_host){
		.machine = machine,
		.dialect = config.dialect,
		.id = config.dialect == LAB_SERIAL ? LAB_SERIAL_INITIAL_ID
						   : LAB_NET_HOST_ID,
	};
	config.machine = machine;
	(void)lab_key_parse("1.2.3.4", h->key);
	memcpy(config.key, h->key, sizeof(config.key));
	h->stub = lab_stub_create(&config);
	lab_stub_tick(h->stub, 0);
}

void lab_host_end(struct lab_host *h)
{
	lab_stub_destroy(h->stub);
	lab_machine_destroy(h->machine);
}

static void seal(struct lab_host *h, enum lab_channel channel, uint64_t seq,
		 const uint8_t *body, size_t len)
{
	struct lab_clear *c = &h->clear;

	c->version = 5;
	c->channel = (uint8_t)channel;
	c->seq = seq;
	c->from_host = true;
	memmove(c->body, body, len);
	c->len = len;
	h->datagram_len = lab_seal(
		h->key, channel == LAB_CHANNEL_DATA ? h->data_key : h->key, c,
		h->datagram);
	lab_stub_feed(h->stub, h->now_us, h->datagram, h->datagram_len);
}

void lab_host_respond(struct lab_host *h)
{
	uint8_t body[RESPONSE_SIZE] = { 1, 2 };

	memcpy(body + 2, h->poke + 2, 32);
	memset(body + 34, KEYED_BYTE + h->nonce++, 32);
	(void)lab_data_key(h->key, body, sizeof(body), h->data_key);
	h->keyed = true;
	h->sent = 0;
	seal(h, LAB_CHANNEL_CONTROL, h->poke_seq, body, sizeof(body));
}

void lab_host_bytes(struct lab_host *h, const uint8_t *bytes, size_t len)
{
	if (h->dialect == LAB_SERIAL)
		lab_stub_feed(h->stub, h->now_us, bytes, len);
	else
		seal(h, LAB_CHANNEL_DATA, ++h->sent, bytes, len);
}

void lab_host_break_in(struct lab_host *h)
{
	static const uint8_t byte = LAB_BREAKIN_BYTE;

	lab_host_bytes(h, &byte, 1);
}

void lab_host_control(struct lab_host *h, uint16_t type, uint32_t id)
{
	uint8_t packet[LAB_HEADER_SIZE] = { 0x69, 0x69, 0x69, 0x69 };

	lab_put16(packet + 4, type);
	lab_put32(packet + 8, id);
	lab_host_bytes(h, packet, sizeof(packet));
}

void lab_host_data(struct lab_host *h, uint16_t type, uint32_t id,
		   const uint8_t *payload, size_t len)
{
	uint8_t packet[LAB_HEADER_SIZE + LAB_PAYLOAD_MAX + 1] = { 0x30, 0x30,
								  0x30, 0x30 };

	lab_put16(packet + 4, type);
	lab_put16(packet + 6, (unsigned)len);
	lab_put32(packet + 8, id);
	lab_put32(packet + 12, lab_checksum(payload, len));
	memcpy(packet + LAB_HEADER_SIZE, payload, len);
	packet[LAB_HEADER_SIZE + len] = LAB_TRAILER_BYTE;
	lab_host_bytes(h, packet,
		       LAB_HEADER_SIZE + len + (h->dialect == LAB_SERIAL));
}

/* Keys, or a packet. */
static bool hear_datagram(struct lab_host *h, struct lab_heard *ret)
{
	int channel = lab_datagram_channel(h->datagram, h->datagram_len);

	if (channel == LAB_CHANNEL_CONTROL) {
		if (!lab_unseal(h->key, h->key, h->datagram, h->datagram_len,
				&h->clear))
			return false;
		h->pokes++;
		h->poke_len = h->clear.len;
		h->poke_seq = h->clear.seq;
		memcpy(h->poke, h->clear.body, sizeof(h->poke));
		/* port 0: it has no session */
		if (!h->mute && !lab_get16_be(h->poke + 86))
			lab_host_respond(h);
		return false;
	}
	if (channel != LAB_CHANNEL_DATA ||
	    !lab_unseal(h->key, h->data_key, h->datagram, h->datagram_len,
			&h->clear))
		return false;
	h->checks += h->clear.len == 12;
	return lab_frame_body(h->clear.body, h->clear.len, ret);
}

static void digest(struct lab_host *h, const uint8_t *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		h->digest = (h->digest ^ bytes[i]) * UINT64_C(0x100000001b3);
}

static bool hear_now(struct lab_host *h, struct lab_heard *ret)
{
	uint8_t byte;

	if (h->dialect == LAB_SERIAL) {
		while (lab_stub_pull(h->stub, h->now_us, &byte, 1)) {
			digest(h, &byte, 1);
			if (lab_frame_byte(&h->frame, byte, ret))
				return true;
		}
		return false;
	}
	while ((h->datagram_len = lab_stub_pull(h->stub, h->now_us, h->datagram,
						sizeof(h->datagram)))) {
		digest(h, h->datagram, h->datagram_len);
		if (hear_datagram(h, ret))
			return true;
	}
	return false;
}

bool lab_host_hear(struct lab_host *h, uint64_t until_us, struct lab_heard *ret)
{
	while (!hear_now(h, ret)) {
		uint64_t at = lab_stub_deadline(h->stub);

		if (at > until_us) {
			if (until_us > h->now_us)
				h->now_us = until_us;
			return false;
		}
		h->now_us = at > h->now_us ? at : h->now_us + 1;
		lab_stub_tick(h->stub, h->now_us);
	}
	return true;
}

bool lab_host_take(struct lab_host *h, uint16_t type, struct lab_heard *ret)
{
	uint64_t until = h->now_us + PATIENCE_US;
	uint8_t body[LAB_DATAGRAM_MAX];

	while (lab_host_hear(h, until, ret)) {
		if (ret->kind != LAB_HEARD_DATA)
			continue;
		/* the acknowledgement uses the place of the datagram */
		if (h->dialect == LAB_KDNET) {
			memcpy(body, h->clear.body, h->clear.len);
			lab_host_control(h, LAB_PACKET_ACKNOWLEDGE, ret->id);
			memcpy(h->clear.body, body, sizeof(body));
		} else {
			lab_host_control(h, LAB_PACKET_ACKNOWLEDGE,
					 ret->id & ~(uint32_t)LAB_SYNC);
		}
		if (ret->type == type)
			return true;
	}
	return false;
}

static void next_id(struct lab_host *h)
{
	h->id = h->dialect == LAB_SERIAL ? h->id ^ 1 : h->id + 2;
}

bool lab_host_ask(struct lab_host *h, uint32_t api,
		  const uint8_t fields[LAB_MANIPULATE_UNION_SIZE],
		  const uint8_t *data, size_t len, struct lab_heard *ret)
{
	uint8_t request[LAB_PAYLOAD_MAX] = { 0 };

	lab_put32(request, api);
	lab_put32(request + LAB_MANIPULATE_STATUS, 0x103);
	if (fields)
		memcpy(request + LAB_MANIPULATE_UNION, fields,
		       LAB_MANIPULATE_UNION_SIZE);
	if (len)
		memcpy(request + LAB_MANIPULATE_SIZE, data, len);
	lab_host_data(h, LAB_PACKET_MANIPULATE, h->id, request,
		      LAB_MANIPULATE_SIZE + len);
	next_id(h);
	return !ret || lab_host_take(h, LAB_PACKET_MANIPULATE, ret);
}

void lab_host_continue(struct lab_host *h)
{
	uint8_t fields[LAB_MANIPULATE_UNION_SIZE] = { 0 };

	lab_put32(fields, 0x00010002);
	(void)lab_host_ask(h, LAB_API_CONTINUE, fields, NULL, 0, NULL);
}

/* Say to the boot's questions what lets it go on. */
static void answer(struct lab_host *h, const struct lab_heard *said)
{
	uint8_t reply[LAB_FILE_SIZE];

	if (said->type == LAB_PACKET_STATE_CHANGE)
		lab_host_continue(h);
	if (said->type != LAB_PACKET_FILE_IO)
		return;
	memcpy(reply, said->payload, sizeof(reply));
	lab_put32(reply + LAB_FILE_STATUS, 0xc000000f);
	lab_host_data(h, LAB_PACKET_FILE_IO, h->id, reply, sizeof(reply));
	next_id(h);
}

bool lab_host_stop(struct lab_host *h, struct lab_heard *ret)
{
	static const char up[] = "Lab kernel is up";
	uint8_t said[LAB_PAYLOAD_MAX];

	while (lab_host_hear(h, h->now_us + PATIENCE_US, ret)) {
		if (ret->kind != LAB_HEARD_DATA)
			continue;
		memcpy(said, ret->payload, ret->len);
		ret->payload = said;
		lab_host_control(h, LAB_PACKET_ACKNOWLEDGE,
				 h->dialect == LAB_SERIAL
					 ? ret->id & ~(uint32_t)LAB_SYNC
					 : ret->id);
		if (ret->type == LAB_PACKET_DEBUG_IO &&
		    !memcmp(said + LAB_IO_SIZE, up, sizeof(up) - 1)) {
			lab_host_break_in(h);
			return lab_host_take(h, LAB_PACKET_STATE_CHANGE, ret);
		}
		answer(h, ret);
	}
	return false;
}

uint32_t lab_host_status(const struct lab_heard *reply)
{
	return lab_get32(reply->payload + LAB_MANIPULATE_STATUS);
}

void lab_host_start_stopped(struct lab_host *h, enum lab_dialect dialect,
			    struct lab_heard *ret)
{
	struct lab_stub_config config = { .dialect = dialect };

	lab_host_start(h, config, lab_machine_static_create());
	CHECK(lab_host_stop(h, ret));
}
