#include "lab_link.h"
#include "lab_bytes.h"
#include "lab_frame.h"

#include <string.h>

enum { OUT_BYTES = 1 << 16, NOISE_SIZE = 48 };

void lab_link_restart(struct lab_link *l)
{
	if (l->dialect == LAB_SERIAL) {
		l->id = LAB_SERIAL_INITIAL_ID | LAB_SYNC;
		l->expected = LAB_SERIAL_INITIAL_ID;
	} else {
		l->id = LAB_NET_INITIAL_ID;
		l->expected = LAB_NET_HOST_ID;
	}
	l->outstanding = l->reset_sent = false;
}

void lab_link_give_up(struct lab_link *l)
{
	if (l->dialect == LAB_SERIAL)
		lab_link_restart(l);
	else
		lab_link_arrived(l);
}

bool lab_link_init(struct lab_link *l, const struct lab_stub_config *config,
		   struct lab_kdnet *kdnet)
{
	*l = (struct lab_link){
		.dialect = config->dialect,
		.faults = &config->faults,
		.kdnet = kdnet,
		.random = config->seed ? config->seed : 1,
	};
	lab_link_restart(l);
	return lab_ring_init(&l->out, OUT_BYTES);
}

void lab_link_deinit(struct lab_link *l)
{
	lab_ring_deinit(&l->out);
}

static bool fault(uint64_t bits, uint64_t index)
{
	return index < 64 && bits >> index & 1;
}

static void emit(struct lab_link *l, const uint8_t *bytes, size_t len)
{
	if (l->kdnet)
		lab_kdnet_say(l->kdnet, bytes, len);
	else
		(void)lab_ring_write(&l->out, bytes, len);
}

static void emit_control(struct lab_link *l, uint16_t type, uint32_t id)
{
	uint8_t packet[LAB_HEADER_SIZE] = { 0 };

	lab_put32(packet, LAB_LEADER_CONTROL);
	lab_put16(packet + LAB_HEADER_TYPE, type);
	lab_put32(packet + LAB_HEADER_ID, id);
	emit(l, packet, sizeof(packet));
}

static void emit_packet(struct lab_link *l)
{
	/* 2.9: no trailer in datagrams */
	emit(l, l->packet, LAB_HEADER_SIZE + l->len + (l->kdnet ? 0 : 1));
}

/* Noise that holds leaders of both kinds, one of them whole. */
static void emit_noise(struct lab_link *l)
{
	static const uint8_t leaders[] = { 0x30, 0x30, 0x30, 0x69, 0x69,
					   0x30, 0x30, 0x30, 0x30 };
	uint8_t noise[NOISE_SIZE];

	lab_fill_random(&l->random, noise, sizeof(noise));
	memcpy(noise + 8, leaders, sizeof(leaders));
	if (l->kdnet)
		(void)lab_ring_push(&l->out, noise, sizeof(noise));
	else
		(void)lab_ring_write(&l->out, noise, sizeof(noise));
}

static void put_header(struct lab_link *l)
{
	uint8_t *p = l->packet;

	lab_put32(p + LAB_HEADER_LEADER, LAB_LEADER_DATA);
	lab_put16(p + LAB_HEADER_TYPE, l->type);
	lab_put16(p + LAB_HEADER_COUNT, (unsigned)l->len);
	lab_put32(p + LAB_HEADER_ID, l->id);
	lab_put32(p + LAB_HEADER_CHECKSUM,
		  lab_checksum(p + LAB_HEADER_SIZE, l->len));
	p[LAB_HEADER_SIZE + l->len] = LAB_TRAILER_BYTE;
}

/* Restart both streams in mid-session: the serial dialect alone can. */
static void restart_with_sync(struct lab_link *l)
{
	if (l->dialect != LAB_SERIAL)
		return;
	l->id = LAB_SERIAL_INITIAL_ID | LAB_SYNC;
	l->expected = LAB_SERIAL_INITIAL_ID;
}

/* The first time that a packet is sent is when most faults strike. */
static void tell(struct lab_link *l)
{
	const struct lab_faults *f = l->faults;
	uint64_t n = l->packets++;

	l->untold = false;
	if (fault(f->sync_on, n) ||
	    (f->always_sync && l->type == LAB_PACKET_STATE_CHANGE))
		restart_with_sync(l);
	if (fault(f->noise_before, n))
		emit_noise(l);
	if (fault(f->reset_before, n))
		lab_link_ask_reset(l);
	if (fault(f->skip_id, n) && l->dialect == LAB_KDNET)
		l->id += 2;
	put_header(l);
	if (fault(f->lose_packet, n))
		return;
	if (fault(f->corrupt_packet, n))
		l->packet[LAB_HEADER_CHECKSUM] ^= 0xff;
	emit_packet(l);
	if (fault(f->repeat_packet, n))
		emit_packet(l);
}

void lab_link_repeat(struct lab_link *l)
{
	if (!l->outstanding || (l->kdnet && !l->kdnet->keyed))
		return;
	if (l->untold) {
		tell(l);
		return;
	}
	put_header(l); /* the id may have changed by a RESET */
	emit_packet(l);
}

void lab_link_send(struct lab_link *l, uint16_t type, const uint8_t *payload,
		   size_t len)
{
	l->type = type;
	l->len = len < LAB_PAYLOAD_MAX ? len : LAB_PAYLOAD_MAX;
	memcpy(l->packet + LAB_HEADER_SIZE, payload, l->len);
	l->outstanding = l->untold = true;
	lab_link_repeat(l);
}

bool lab_link_acknowledges(const struct lab_link *l, uint32_t id)
{
	if (l->dialect == LAB_SERIAL)
		return id == (l->id & ~(uint32_t)LAB_SYNC);
	return id == l->id;
}

void lab_link_arrived(struct lab_link *l)
{
	if (l->dialect == LAB_SERIAL)
		l->id = (l->id & ~(uint32_t)LAB_SYNC) ^ 1;
	else
		l->id += 2;
	l->outstanding = false;
}

void lab_link_ack(struct lab_link *l, uint32_t id)
{
	const struct lab_faults *f = l->faults;
	uint64_t n = l->acks++;

	if (fault(f->lose_ack, n))
		return;
	if (fault(f->wrong_ack, n))
		emit_control(l, LAB_PACKET_ACKNOWLEDGE, id ^ 3);
	emit_control(l, LAB_PACKET_ACKNOWLEDGE, id);
	if (fault(f->repeat_ack, n))
		emit_control(l, LAB_PACKET_ACKNOWLEDGE, id);
}

void lab_link_resend(struct lab_link *l)
{
	emit_control(l, LAB_PACKET_RESEND, 0);
}

void lab_link_reset(struct lab_link *l)
{
	/* 0.3.1 */
	emit_control(l, LAB_PACKET_RESET, l->dialect == LAB_SERIAL ? 0 : l->id);
}

void lab_link_ask_reset(struct lab_link *l)
{
	if (l->dialect == LAB_SERIAL)
		l->id = l->expected = LAB_SERIAL_INITIAL_ID;
	lab_link_reset(l);
	l->reset_sent = true;
}

void lab_link_adopt(struct lab_link *l, uint32_t id)
{
	if (l->dialect == LAB_SERIAL)
		l->id = l->expected = LAB_SERIAL_INITIAL_ID;
	else
		l->expected = id;
}

enum lab_order lab_link_order(const struct lab_link *l, uint32_t id)
{
	if (id == l->expected)
		return LAB_ORDER_NEXT;
	/* 0.3.2: a gap is known as such in KDNET's dialect alone */
	if (l->dialect == LAB_SERIAL || id - l->expected > UINT32_MAX / 2)
		return LAB_ORDER_DUPLICATE;
	return LAB_ORDER_GAP;
}

void lab_link_took(struct lab_link *l)
{
	if (l->dialect == LAB_SERIAL)
		l->expected ^= 1;
	else
		l->expected += 2;
}
