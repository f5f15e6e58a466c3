#include "hostile.h"

#include <stdlib.h>

enum {
	STEPS_MAX = 200,
	EVENTS_MAX = 1000, /* of one step */
	PULLS_MAX = 1000,
	READ_LEN = 5000,
};

void hostile_require(bool holds)
{
	if (!holds)
		abort();
}

static void work(struct hostile *t)
{
	struct kd_event e;
	struct kd_output out;
	unsigned events = 0, pulls = 0, sum = 0;

	while (kd_session_next_event(t->session, t->now_us, &e)) {
		hostile_require(++events < EVENTS_MAX);
		for (size_t i = 0; e.kind == KD_EV_PRINT && i < e.text_len; i++)
			sum += (unsigned char)e.text[i];
		if (e.kind != KD_EV_DONE || e.done.request != t->read)
			continue;
		hostile_require(e.done.len <= READ_LEN);
		hostile_require(e.done.status != KD_OK || e.done.len > 0);
		t->read = 0;
	}
	(void)sum;
	while (kd_session_pull(t->session, t->now_us, &out)) {
		hostile_require(++pulls < PULLS_MAX && out.count);
		for (size_t i = 0; i < out.count; i++)
			t->wire->hear(t, &out.chunk[i]);
		kd_session_sent(t->session, t->now_us,
				t->wire->is_stream ? out.chunk[0].len
						   : out.count);
	}
}

void hostile_feed(struct hostile *t, const struct kd_endpoint *from,
		  const uint8_t *bytes, size_t len)
{
	kd_session_feed(t->session, t->now_us, from, bytes, len);
	work(t);
}

void hostile_heard(struct hostile *t, const struct kd_packet_header *h,
		   const uint8_t *payload)
{
	if (h->leader != KD_LEADER_DATA)
		return;
	hostile_require(h->byte_count <= KD_PAYLOAD_MAX);
	t->request_id = h->id;
	t->request_len = h->byte_count;
	if (h->byte_count)
		memcpy(t->request, payload, h->byte_count);
}

static void say(struct hostile *t, uint32_t leader, uint16_t type, uint32_t id,
		const uint8_t *payload, size_t len)
{
	uint8_t packet[KD_HEADER_SIZE + KD_PAYLOAD_MAX];
	struct kd_writer out = kd_writer_over(packet, sizeof(packet));
	struct kd_packet_header h = {
		.leader = leader,
		.type = type,
		.byte_count = (uint16_t)len,
		.id = id,
		.checksum = kd_packet_checksum(payload, len),
	};

	kd_packet_header_encode(&h, &out);
	kd_write_bytes(&out, payload, len);
	hostile_require(!out.bad);
	t->wire->say(t, packet, out.pos);
}

static void say_data(struct hostile *t, uint16_t type, const uint8_t *payload,
		     size_t len)
{
	uint32_t id = t->next_id;

	t->next_id = t->wire->after(id);
	say(t, KD_LEADER_DATA, type, id, payload, len);
}

/*
 * The last request comes back as if a read had succeeded, with lies laid over
 * it; an odd one says how long the answer is.
 */
static void answer(struct hostile *t, const uint8_t *lies, size_t len)
{
	enum { COUNT = 24, ACTUAL = 28, LIES = 72 };
	uint8_t payload[KD_PAYLOAD_MAX] = { 0 };
	struct kd_reader in = kd_reader_over(payload, sizeof(payload));
	size_t size = KD_MANIPULATE_SIZE;

	memcpy(payload, t->request, t->request_len);
	memset(payload + 8, 0, 4); /* success, unless overwritten */
	memcpy(payload + ACTUAL, payload + COUNT, 4);
	kd_reader_seek(&in, COUNT);
	size += kd_read_le32(&in) % (sizeof(payload) - size + 1);
	for (size_t i = 0; i + 1 < len; i += 2)
		payload[lies[i] % LIES] = lies[i + 1];
	if (len % 2)
		size = lies[len - 1] * sizeof(payload) / 255;
	say_data(t, KD_PKT_STATE_MANIPULATE, payload, size);
}

static void stop(struct hostile *t, const uint8_t *lies, size_t len)
{
	uint8_t payload[KD_STATE_CHANGE_SIZE + 300] = { 0x30, 0x30 };

	/* STATUS_BREAKPOINT, and an int 3 in x64's report (3.1, 3.2) */
	payload[32] = 3;
	payload[35] = 0x80;
	payload[KD_CONTROL_REPORT_OFFSET + 20] = 1;
	payload[KD_CONTROL_REPORT_OFFSET + 24] = 0xcc;
	for (size_t i = 0; i + 1 < len; i += 2)
		payload[lies[i]] = lies[i + 1];
	say_data(t, KD_PKT_STATE_CHANGE64, payload,
		 KD_STATE_CHANGE_SIZE + len % 300);
}

static void ask(struct hostile *t, uint8_t what, const uint8_t *bytes,
		size_t len)
{
	struct kd_manipulate m = { .api = 0x3130u + (len ? bytes[0] : 0) };
	enum kd_status status = KD_OK;
	uint32_t id;

	switch (what % 7) {
	case 0:
		if (t->read)
			break;
		status = kd_session_submit_read(
			t->session, t->now_us, 0xfffff80000000ff0, t->buf,
			len % 2 ? READ_LEN : 4096, len % 4, &id);
		t->read = status == KD_OK ? id : 0;
		break;
	case 1:
		status = kd_session_submit(t->session, t->now_us, &m, &id);
		break;
	case 2:
		status = kd_session_resume(t->session, t->now_us,
					   (enum kd_resume)(len % 4));
		break;
	case 3:
		status = kd_session_break_in(t->session, t->now_us);
		break;
	case 4:
		kd_session_cancel(t->session, t->read);
		t->read = 0;
		break;
	case 5:
		status = kd_session_answer_prompt(t->session, t->now_us, "no",
						  len % 3);
		break;
	default:
		status = kd_session_crash(t->session, t->now_us);
		break;
	}
	(void)status;
	work(t);
}

static void acknowledge(struct hostile *t, uint8_t low)
{
	say(t, KD_LEADER_CONTROL, KD_PKT_ACKNOWLEDGE,
	    t->wire->ack_id(t, low % 2), NULL, 0);
}

static void control(struct hostile *t, uint8_t what)
{
	uint32_t id = 0;

	if (what & 8)
		id = t->wire->restart(t, what & 16);
	say(t, KD_LEADER_CONTROL, what & 8 ? KD_PKT_RESET : KD_PKT_RESEND, id,
	    NULL, 0);
}

static void step(struct hostile *t, uint8_t what, const uint8_t *p, size_t len)
{
	static const uint16_t types[] = { KD_PKT_DEBUG_IO, KD_PKT_FILE_IO,
					  KD_PKT_CONTROL_REQUEST,
					  KD_PKT_TRACE_IO, 77 };

	switch (what % 8) {
	case 0:
		acknowledge(t, what / 8);
		break;
	case 1:
		acknowledge(t, 0);
		acknowledge(t, 1);
		answer(t, p, len);
		break;
	case 2:
		stop(t, p, len);
		break;
	case 3:
		say_data(t, types[what / 8 % 5], p, len);
		break;
	case 4:
		t->wire->raw(t, what / 8, p, len);
		break;
	case 5:
		t->now_us += (uint64_t)100000 << what / 8 % 8;
		kd_session_tick(t->session, t->now_us);
		work(t);
		break;
	case 6:
		control(t, what);
		break;
	default:
		ask(t, what / 8, p, len);
		break;
	}
}

void hostile_run(const struct hostile_wire *wire, void *wire_ctx,
		 struct kd_session_config *config, const uint8_t *data,
		 size_t len)
{
	struct hostile t = { .wire = wire,
			     .wire_ctx = wire_ctx,
			     .next_id = wire->first_id };
	struct kd_reader in = kd_reader_over(data, len);

	config->cache_bytes = 65536;
	t.buf = malloc(READ_LEN);
	hostile_require(t.buf &&
			kd_session_create(NULL, config, &t.session) == KD_OK);
	if (wire->begin)
		wire->begin(&t);
	for (int i = 0; i < STEPS_MAX && kd_reader_left(&in); i++) {
		uint8_t what = kd_read_u8(&in);
		size_t n = kd_read_u8(&in);

		if (n > kd_reader_left(&in))
			n = kd_reader_left(&in);
		step(&t, what, in.base + in.pos, n);
		kd_reader_seek(&in, in.pos + n);
	}
	kd_session_destroy(t.session);
	free(t.buf);
}
