/*
 * The captured host plays its part again, packet for packet and at the same
 * times, against the stub with the captured machine behind it. What the stub
 * answers must be what Windows answered, but for fields that Windows left
 * uninitialised.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_capture.h"
#include "lab_host.h"

#include <stdio.h>
#include <string.h>

static const char *const file = "data/captures/windbg-uncut.pcapng.gz";
static const char *const key = "8.8.8.8";

/* The machines of the capture. */
static const uint8_t target[4] = { 192, 168, 2, 72 };
static const uint8_t host[4] = { 192, 168, 2, 1 };
enum {
	PORT = 51111,
	ANSWERS = 266, /* the first poke and all data datagrams */
	REQUESTS = 94, /* without one that was not heard the first time */
};

/* Bytes of a body that real senders leave to chance: from, to. */
struct chance {
	uint16_t type; /* 0: a poke */
	uint32_t state;
	size_t from, to;
};

static const struct chance chances[] = {
	// clang-format off
	{ 0,                       0,      2,   34 },  /* client key */
	{ LAB_PACKET_DEBUG_IO,     0,      12,  16 },
	{ LAB_PACKET_FILE_IO,      0,      28,  32 },
	{ LAB_PACKET_FILE_IO,      0,      48,  64 },
	{ LAB_PACKET_STATE_CHANGE, 0x3030, 12,  16 },
	{ LAB_PACKET_STATE_CHANGE, 0x3030, 40,  48 },  /* nested record */
	{ LAB_PACKET_STATE_CHANGE, 0x3030, 60,  64 },
	{ LAB_PACKET_STATE_CHANGE, 0x3030, 72,  184 }, /* unused parameters */
	{ LAB_PACKET_STATE_CHANGE, 0x3030, 188, 192 },
	{ LAB_PACKET_STATE_CHANGE, 0x3031, 12,  16 },
	{ LAB_PACKET_STATE_CHANGE, 0x3031, 36,  40 },
	{ LAB_PACKET_STATE_CHANGE, 0x3031, 65,  192 },
	// clang-format on
};

/* Overwrite what is left to chance, and the checksum, which follows it. */
static void blank(uint8_t *body, size_t len, bool poke)
{
	bool data = !poke && len > LAB_HEADER_SIZE &&
		    lab_get32(body) == LAB_LEADER_DATA;
	size_t start = data ? LAB_HEADER_SIZE : 0;
	uint16_t type = data ? lab_get16(body + LAB_HEADER_TYPE) : 0;

	if (!poke && !data)
		return;
	for (size_t i = 0; i < sizeof(chances) / sizeof(chances[0]); i++) {
		const struct chance *c = &chances[i];

		if (c->type != type || start + c->to > len ||
		    (c->state && c->state != lab_get32(body + start)))
			continue;
		memset(body + start + c->from, 0, c->to - c->from);
		if (data)
			memset(body + LAB_HEADER_CHECKSUM, 0, 4);
	}
}

struct replay {
	struct lab_stub *stub;
	uint8_t key[LAB_KEY_SIZE], data_key[LAB_KEY_SIZE];
	uint8_t client_key[LAB_KEY_SIZE]; /* of our target's poke */
	struct lab_clear clear;
	uint64_t now_us;
};

/* What the captured host said, said again under the keys of this session. */
static void say(struct replay *r, const struct lab_record *said,
		const uint8_t *body)
{
	uint8_t datagram[LAB_DATAGRAM_MAX];
	bool control = said->channel == LAB_CHANNEL_CONTROL;

	r->clear.version = 4;
	r->clear.channel = said->channel;
	r->clear.seq = said->seq;
	r->clear.from_host = true;
	memcpy(r->clear.body, body, said->len);
	if (control) {
		memcpy(r->clear.body + 2, r->client_key, LAB_KEY_SIZE);
		(void)lab_data_key(r->key, r->clear.body, said->len,
				   r->data_key);
	}
	r->clear.len = said->len;
	size_t len = lab_seal(r->key, control ? r->key : r->data_key, &r->clear,
			      datagram);

	lab_stub_feed(r->stub, r->now_us, datagram, len);
}

/* The target's next datagram, in r->clear. */
static bool hear(struct replay *r, bool poke)
{
	uint8_t datagram[LAB_DATAGRAM_MAX];
	size_t len;

	for (int tries = 0; tries < 8; tries++) {
		len = lab_stub_pull(r->stub, r->now_us, datagram,
				    sizeof(datagram));
		if (len && (lab_datagram_channel(datagram, len) ==
			    LAB_CHANNEL_CONTROL) == poke)
			return lab_unseal(r->key, poke ? r->key : r->data_key,
					  datagram, len, &r->clear);
		if (len)
			continue;
		uint64_t at = lab_stub_deadline(r->stub);

		r->now_us = at > r->now_us ? at : r->now_us;
	}
	return false;
}

static bool same(struct replay *r, const struct lab_record *said, uint8_t *body)
{
	bool poke = said->channel == LAB_CHANNEL_CONTROL;

	if (poke)
		memcpy(r->client_key, r->clear.body + 2, LAB_KEY_SIZE);
	blank(body, said->len, poke);
	blank(r->clear.body, r->clear.len, poke);
	return r->clear.len == said->len && r->clear.version == 4 &&
	       (poke || r->clear.seq == said->seq) &&
	       !memcmp(body, r->clear.body, said->len);
}

static void replay(const char *path, struct lab_capture *c)
{
	char error[300];
	struct replay r = { 0 };
	struct lab_machine *m =
		lab_machine_captured_create(path, key, error, sizeof(error));
	struct lab_stub_config config = {
		.dialect = LAB_KDNET,
		.machine = m,
		.version = 4,
		.target_port = PORT,
		.host_port = PORT,
	};
	size_t answers = 0;

	CHECK(m);
	if (!m)
		return;
	(void)lab_key_parse(key, r.key);
	memcpy(config.key, r.key, sizeof(r.key));
	memcpy(config.target_address, target, 4);
	memcpy(config.host_address, host, 4);
	r.stub = lab_stub_create(&config);
	for (size_t i = 0; i < c->count; i++) {
		const struct lab_record *said = &c->records[i];
		uint8_t body[LAB_DATAGRAM_MAX];
		char name[64];

		snprintf(name, sizeof(name), "datagram %zu", i + 1);
		memcpy(body, c->bytes + said->at, said->len);
		if (said->from_host && said->time_us > r.now_us)
			r.now_us = said->time_us;
		if (said->from_host) {
			say(&r, said, body);
			continue;
		}
		/* keep-alive pokes come by our clock, not by the capture's */
		if (said->channel && answers)
			continue;
		if (!CHECK_ROW(name, hear(&r, said->channel)) ||
		    !CHECK_ROW(name, same(&r, said, body)))
			break;
		answers++;
	}
	CHECK_EQ("answers", answers, ANSWERS);
	CHECK_EQ("requests", lab_stub_counters(r.stub)->requests, REQUESTS);
	lab_stub_destroy(r.stub);
	lab_machine_destroy(m);
}

static void test_answers_are_windows_own(void)
{
	const char *path = check_shared(file);
	struct lab_capture c;
	char error[300];
	bool read =
		path && lab_capture_read(&c, path, key, error, sizeof(error));

	if (!path)
		return;
	CHECK(read);
	if (!read)
		return;
	CHECK_EQ(NULL, c.count, 955);
	replay(path, &c);
	lab_capture_free(&c);
}

/* While the session lives, pokes name it and say the rest as before. */
static void test_keep_alive_poke(void)
{
	struct lab_host h;
	struct lab_heard said;
	struct lab_stub_config config = { .dialect = LAB_KDNET,
					  .target_port = PORT,
					  .host_port = PORT };
	const char *path = check_shared(file);
	struct lab_capture c;
	char error[300];

	if (!path ||
	    !CHECK(lab_capture_read(&c, path, key, error, sizeof(error))))
		return;
	memcpy(config.target_address, target, 4);
	memcpy(config.host_address, host, 4);
	lab_host_start(&h, config, lab_machine_static_create());
	CHECK(lab_host_stop(&h, &said));
	while (h.pokes < 2)
		(void)lab_host_hear(&h, h.now_us + 1000000, &said);
	for (size_t i = 0; i < c.count; i++) {
		const struct lab_record *r = &c.records[i];

		if (r->channel != LAB_CHANNEL_CONTROL || r->seq != 6)
			continue;
		CHECK_EQ("length", r->len, h.poke_len);
		blank(c.bytes + r->at, r->len, true);
		blank(h.poke, h.poke_len, true);
		CHECK(!memcmp(c.bytes + r->at, h.poke, sizeof(h.poke)));
	}
	CHECK_EQ(NULL, h.poke_seq, 6);
	lab_host_end(&h);
	lab_capture_free(&c);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "answers are Windows' own", test_answers_are_windows_own },
		{ "keep-alive poke", test_keep_alive_poke },
	};

	return check_run("lab capture", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
