#include "lab_frame.h"
#include "lab_bytes.h"

#include <string.h>

uint32_t lab_checksum(const uint8_t *bytes, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += bytes[i];
	return sum;
}

static bool control(const uint8_t *header, struct lab_heard *ret)
{
	*ret = (struct lab_heard){ .id = lab_get32(header + LAB_HEADER_ID) };
	switch (lab_get16(header + LAB_HEADER_TYPE)) {
	case LAB_PACKET_ACKNOWLEDGE:
		ret->kind = LAB_HEARD_ACK;
		break;
	case LAB_PACKET_RESEND:
		ret->kind = LAB_HEARD_RESEND;
		break;
	case LAB_PACKET_RESET:
		ret->kind = LAB_HEARD_RESET;
		break;
	default:
		ret->kind = LAB_HEARD_OTHER;
		break;
	}
	return true;
}

static bool bad(struct lab_heard *ret)
{
	*ret = (struct lab_heard){ .kind = LAB_HEARD_BAD };
	return true;
}

/* A data packet whose payload is there. */
static bool data(const uint8_t *packet, struct lab_heard *ret)
{
	size_t len = lab_get16(packet + LAB_HEADER_COUNT);
	const uint8_t *payload = packet + LAB_HEADER_SIZE;

	if (lab_checksum(payload, len) !=
	    lab_get32(packet + LAB_HEADER_CHECKSUM))
		return bad(ret);
	*ret = (struct lab_heard){
		.kind = LAB_HEARD_DATA,
		.type = lab_get16(packet + LAB_HEADER_TYPE),
		.id = lab_get32(packet + LAB_HEADER_ID),
		.payload = payload,
		.len = len,
	};
	return true;
}

static void hunt(struct lab_frame *f, uint8_t byte)
{
	if (byte != LAB_DATA_BYTE && byte != LAB_CONTROL_BYTE) {
		f->leaders = 0;
		f->breakin = byte == LAB_BREAKIN_BYTE;
		return;
	}
	f->breakin = false;
	f->leaders = f->leaders && byte == f->leader ? f->leaders + 1 : 1;
	f->leader = byte;
	if (f->leaders < 4)
		return;
	f->leaders = 0;
	memset(f->buf, byte, 4);
	f->have = 4;
	f->want = LAB_HEADER_SIZE;
	f->state = LAB_FRAME_HEADER;
}

static bool header_done(struct lab_frame *f, struct lab_heard *ret)
{
	size_t len = lab_get16(f->buf + LAB_HEADER_COUNT);

	f->state = LAB_FRAME_HUNT;
	if (f->leader == LAB_CONTROL_BYTE)
		return control(f->buf, ret);
	if (!len || len > LAB_PAYLOAD_MAX)
		return bad(ret);
	f->want = LAB_HEADER_SIZE + len + 1;
	f->state = LAB_FRAME_BODY;
	return false;
}

bool lab_frame_byte(struct lab_frame *f, uint8_t byte, struct lab_heard *ret)
{
	switch (f->state) {
	case LAB_FRAME_HUNT:
		hunt(f, byte);
		return false;

	case LAB_FRAME_HEADER:
		f->buf[f->have++] = byte;
		/* 1.5: a RESEND is obeyed before the rest of it is read */
		if (f->have == LAB_HEADER_COUNT &&
		    f->leader == LAB_CONTROL_BYTE &&
		    lab_get16(f->buf + LAB_HEADER_TYPE) == LAB_PACKET_RESEND) {
			f->state = LAB_FRAME_HUNT;
			*ret = (struct lab_heard){ .kind = LAB_HEARD_RESEND };
			return true;
		}
		return f->have == f->want && header_done(f, ret);

	case LAB_FRAME_BODY:
		f->buf[f->have++] = byte;
		if (f->have < f->want)
			return false;
		f->state = LAB_FRAME_HUNT;
		if (byte != LAB_TRAILER_BYTE)
			return bad(ret);
		return data(f->buf, ret);
	}
	return false;
}

void lab_frame_forget(struct lab_frame *f)
{
	f->state = LAB_FRAME_HUNT;
	f->leaders = 0;
	f->breakin = false;
}

bool lab_frame_minds_silence(const struct lab_frame *f)
{
	return f->breakin || f->leaders || f->state != LAB_FRAME_HUNT;
}

bool lab_frame_silence(struct lab_frame *f, struct lab_heard *ret)
{
	bool breakin = f->breakin, body = f->state == LAB_FRAME_BODY;

	lab_frame_forget(f);
	if (breakin) {
		*ret = (struct lab_heard){ .kind = LAB_HEARD_BREAKIN };
		return true;
	}
	return body && bad(ret);
}

bool lab_frame_body(const uint8_t *body, size_t len, struct lab_heard *ret)
{
	if (len == 1 && body[0] == LAB_BREAKIN_BYTE) {
		*ret = (struct lab_heard){ .kind = LAB_HEARD_BREAKIN };
		return true;
	}
	if (len < LAB_HEADER_SIZE)
		return false;
	switch (lab_get32(body + LAB_HEADER_LEADER)) {
	case LAB_LEADER_CONTROL:
		return control(body, ret);
	case LAB_LEADER_DATA:
		break;
	default:
		return false;
	}
	if (lab_get16(body + LAB_HEADER_COUNT) > len - LAB_HEADER_SIZE)
		return bad(ret);
	return data(body, ret);
}
