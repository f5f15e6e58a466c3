#include "decode_talk.h"

#include "check.h"

#include <crashcart/crashcart.h>
#include <string.h>

#define MAPPED(last)                                                           \
	{                                                                      \
		[10] = 0xff, [11] = 0xff, [12] = 10, [15] = (last)             \
	}

static const struct kd_endpoint host = { MAPPED(1), 50000, 0 };
static const struct kd_endpoint target = { MAPPED(2), 50001, 0 };

struct talk {
	struct kd_capture_writer *w;
	struct kd_crypto *crypto;
	struct kd_net_key key;
	uint8_t data_key[KD_NET_KEY_SIZE];
	uint64_t now_us, seq;
};

static void say(struct talk *t, bool from_host, uint8_t channel,
		const void *body, size_t len)
{
	struct kd_net_plain plain = { .version = 5,
				      .channel = channel,
				      .seq = ++t->seq,
				      .from_host = from_host,
				      .body = body,
				      .len = len };
	uint8_t datagram[KD_NET_DATAGRAM_MAX];
	size_t sealed = 0;

	CHECK(kd_net_seal(t->crypto,
			  channel == KD_NET_CONTROL ? t->key.control
						    : t->data_key,
			  t->key.hmac, &plain, datagram, sizeof(datagram),
			  &sealed) == KD_OK);
	t->now_us += 1000;
	kd_capture_writer_trace(t->w, t->now_us, from_host, &target, datagram,
				sealed);
}

static void say_packet(struct talk *t, bool from_host, enum kd_packet_type type,
		       uint32_t id, const void *payload, size_t len)
{
	uint8_t body[2000];
	struct kd_writer w = kd_writer_over(body, sizeof(body));
	struct kd_packet_header h = {
		.leader = len ? KD_LEADER_DATA : KD_LEADER_CONTROL,
		.type = (uint16_t)type,
		.byte_count = (uint16_t)len,
		.id = id,
		.checksum = kd_packet_checksum(payload, len),
	};

	kd_packet_header_encode(&h, &w);
	kd_write_bytes(&w, payload, len);
	say(t, from_host, KD_NET_DATA, body, w.pos);
}

static void say_handshake(struct talk *t)
{
	uint8_t poke[KD_NET_POKE_SIZE] = { 1, 1, 7 };
	uint8_t response[KD_NET_RESPONSE_SIZE];
	static const uint8_t host_key[KD_NET_NONCE_SIZE] = { 9 };

	memcpy(poke + 34, target.address, 16);
	poke[50] = 0xc3;
	poke[51] = 0x51;
	memcpy(poke + 52, host.address, 16);
	poke[68] = 0xc3;
	poke[69] = 0x50;
	say(t, false, KD_NET_CONTROL, poke, sizeof(poke));
	t->seq--;
	kd_net_response_encode(poke + 2, host_key, response);
	say(t, true, KD_NET_CONTROL, response, sizeof(response));
	CHECK(kd_net_data_key(t->crypto, &t->key, response, t->data_key) ==
	      KD_OK);
	t->seq = 0;
}

static void say_requests(struct talk *t)
{
	struct kd_manipulate m = { .api = KD_API_READ_VIRTUAL,
				   .processor = 3,
				   .status = KD_NT_PENDING };
	uint8_t payload[200];
	struct kd_writer w = kd_writer_over(payload, sizeof(payload));

	m.u.memory.address = 0xfffff80000001000;
	m.u.memory.count = 16;
	kd_manipulate_encode(KD_ARCH_X64, &m, &w);
	say_packet(t, true, KD_PKT_STATE_MANIPULATE, 0x80000000, payload,
		   w.pos);
	w = kd_writer_over(payload, sizeof(payload));
	m.status = KD_NT_UNSUCCESSFUL;
	m.u.memory.actual = 3;
	m.data = (const uint8_t *)"abc";
	m.data_len = 3;
	kd_manipulate_encode(KD_ARCH_X64, &m, &w);
	say_packet(t, false, KD_PKT_STATE_MANIPULATE, 2, payload, w.pos);
	w = kd_writer_over(payload, sizeof(payload));
	m = (struct kd_manipulate){ .api = KD_API_CONTINUE2 };
	m.u.resume.status = KD_CONTINUE;
	m.u.resume.set.trace = true;
	m.u.resume.set.dr7 = 0x400;
	kd_manipulate_encode(KD_ARCH_X64, &m, &w);
	say_packet(t, true, KD_PKT_STATE_MANIPULATE, 0x80000002, payload,
		   w.pos);
}

static void say_print(struct talk *t)
{
	static const char text[] = "a\"b\\\x1b[2J\x9b\xe9\n";
	uint8_t payload[64];
	struct kd_writer w = kd_writer_over(payload, sizeof(payload));

	kd_write_le32(&w, KD_IO_PRINT);
	kd_write_le32(&w, 0);
	kd_write_le32(&w, sizeof(text) - 1);
	kd_write_le32(&w, 0);
	kd_write_bytes(&w, text, sizeof(text) - 1);
	say_packet(t, false, KD_PKT_DEBUG_IO, 0, payload, w.pos);
}

static void say_file(struct talk *t)
{
	static const uint8_t name[] = { 'x', 0, 0x9b, 0, 0xac, 0x20, 0, 0 };
	uint8_t payload[KD_FILE_IO_SIZE + sizeof(name)] = { 0x30, 0x34 };

	memcpy(payload + KD_FILE_IO_SIZE, name, sizeof(name));
	say_packet(t, false, KD_PKT_FILE_IO, 4, payload, sizeof(payload));
}

void decode_talk_make(const char *path)
{
	struct kd_capture_config config = { .kind = KD_LINK_DATAGRAM,
					    .local = host };
	struct kd_detail detail;
	struct talk t = { 0 };

	CHECK(kd_capture_writer_create(path, &config, &detail, &t.w) == KD_OK);
	CHECK(kd_crypto_create(NULL, &t.crypto) == KD_OK);
	CHECK(kd_net_key_parse(DECODE_TALK_KEY, &detail, &t.key) == KD_OK);
	say_handshake(&t);
	say(&t, false, KD_NET_DATA, "12 byte body", KD_NET_CHECK_SIZE);
	say_print(&t);
	say_packet(&t, true, KD_PKT_ACKNOWLEDGE, 0, NULL, 0);
	say_requests(&t);
	say_file(&t);
	say(&t, true, KD_NET_DATA, "b", 1);
	say(&t, true, KD_NET_CONTROL, "", 0);
	kd_capture_writer_trace(t.w, 20000, false, &target,
				(const uint8_t *)"DNS", 3);
	kd_crypto_destroy(t.crypto);
	kd_capture_writer_destroy(t.w);
}
