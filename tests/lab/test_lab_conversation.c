/*
 * What the two machines do not do: prompts, traces, command strings, debug
 * registers, and a file that the host has.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_host.h"

#include <stdlib.h>
#include <string.h>

/* A machine of one event, which remembers what it was answered. */
struct scripted {
	struct lab_machine base;
	struct lab_event event;
	bool done, resumed, no_file;
	char answer[64];
	size_t answer_len;
};

static struct scripted *of(struct lab_machine *m)
{
	return (struct scripted *)m;
}

static bool run(struct lab_machine *m, uint64_t now_us, struct lab_event *ret)
{
	(void)now_us;
	if (of(m)->done)
		return false;
	*ret = of(m)->event;
	return of(m)->done = true;
}

static uint64_t next(struct lab_machine *m)
{
	return of(m)->done ? UINT64_MAX : 0;
}

static void resume(struct lab_machine *m, uint64_t now_us,
		   const struct lab_resume *how)
{
	(void)now_us;
	(void)how;
	of(m)->resumed = true;
}

static void answer(struct lab_machine *m, const char *text, size_t len)
{
	len = len < sizeof(of(m)->answer) ? len : sizeof(of(m)->answer);
	memcpy(of(m)->answer, text, len);
	of(m)->answer_len = len;
}

static void file_answer(struct lab_machine *m, const uint8_t *bytes, size_t len)
{
	of(m)->no_file = !bytes;
	if (bytes)
		answer(m, (const char *)bytes, len);
}

static void version(struct lab_machine *m, struct lab_version *ret)
{
	(void)m;
	*ret = (struct lab_version){ 0 };
}

static size_t read_virtual(struct lab_machine *m, uint64_t address,
			   uint8_t *out, size_t len)
{
	(void)m;
	(void)address;
	(void)out;
	(void)len;
	return 0;
}

static void destroy(struct lab_machine *m)
{
	free(of(m));
}

static struct scripted *start(struct lab_host *h, enum lab_event_kind kind,
			      const char *text, size_t len)
{
	static const struct lab_machine_ops ops = {
		.run = run,
		.next = next,
		.resume = resume,
		.answer = answer,
		.file_answer = file_answer,
		.version = version,
		.read_virtual = read_virtual,
		.destroy = destroy,
	};
	struct lab_stub_config config = { .dialect = LAB_KDNET };
	struct scripted *m = calloc(1, sizeof(*m));

	if (!m)
		abort();
	m->base.ops = &ops;
	m->event = (struct lab_event){ .kind = kind, .text = text, .len = len };
	lab_host_start(h, config, &m->base);
	return m;
}

static void say(struct lab_host *h, uint16_t type, const uint8_t *payload,
		size_t len)
{
	lab_host_data(h, type, h->id, payload, len);
	h->id += 2;
}

static void test_prompt(void)
{
	static const struct {
		const char *name;
		uint32_t says;
		size_t want;
	} rows[] = {
		{ "as long as it says", 1, 1 },
		{ "shorter than it says", 99, 2 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lab_host h;
		struct lab_heard said;
		uint8_t reply[LAB_IO_SIZE + 2] = { 0x31, 0x32 };
		struct scripted *m = start(&h, LAB_EVENT_PROMPT, "bitp? ", 6);

		CHECK(lab_host_take(&h, LAB_PACKET_DEBUG_IO, &said));
		CHECK_EQ("api", lab_get32(said.payload), LAB_IO_PROMPT);
		CHECK_EQ("most", lab_get32(said.payload + LAB_IO_READ), 512);
		CHECK(!lab_host_hear(&h, h.now_us + 1000000, &said));
		lab_put32(reply + LAB_IO_READ, rows[i].says);
		memcpy(reply + LAB_IO_SIZE, "ig", 2);
		say(&h, LAB_PACKET_DEBUG_IO, reply, sizeof(reply));
		CHECK_EQ(rows[i].name, m->answer_len, rows[i].want);
		CHECK(!memcmp(m->answer, "ig", rows[i].want));
		lab_host_end(&h);
	}
}

static void test_trace(void)
{
	struct lab_host h;
	struct lab_heard said;

	(void)start(&h, LAB_EVENT_TRACE, "1234", 4);
	CHECK(lab_host_take(&h, LAB_PACKET_TRACE_IO, &said));
	CHECK_EQ("api", lab_get32(said.payload), LAB_IO_TRACE);
	CHECK_EQ("length", lab_get32(said.payload + LAB_IO_LEN), 4);
	CHECK(!lab_host_hear(&h, h.now_us + 1000000, &said));
	lab_host_end(&h);
}

static void test_command_string(void)
{
	struct lab_host h;
	struct lab_heard said;
	struct scripted *m = start(&h, LAB_EVENT_COMMAND, "lab\0.echo", 10);

	CHECK(lab_host_take(&h, LAB_PACKET_STATE_CHANGE, &said));
	CHECK_EQ("kind", lab_get32(said.payload), LAB_STATE_COMMAND_STRING);
	CHECK_EQ("length", said.len, LAB_STATE_SIZE + 10);
	CHECK(!memcmp(said.payload + LAB_STATE_SIZE, "lab\0.echo", 10));
	lab_host_continue(&h);
	CHECK(m->resumed);
	lab_host_end(&h);
}

static void test_debug_register(void)
{
	struct lab_host h;
	struct lab_heard said;
	uint8_t reply[LAB_CONTROL_SIZE] = { 0x00, 0x43 };
	struct scripted *m = start(&h, LAB_EVENT_DEBUG_REGISTER, NULL, 0);

	CHECK(lab_host_take(&h, LAB_PACKET_CONTROL_REQUEST, &said));
	CHECK_EQ("api", lab_get32(said.payload), LAB_CONTROL_ASK);
	say(&h, LAB_PACKET_CONTROL_REQUEST, reply, sizeof(reply));
	CHECK_EQ("answered", m->answer_len, 1);
	CHECK_EQ("no", m->answer[0], '0');
	lab_host_end(&h);
}

static void test_file(void)
{
	struct lab_host h;
	struct lab_heard said;
	uint8_t reply[LAB_FILE_SIZE + 3] = { 0x30, 0x34 };
	struct scripted *m = start(&h, LAB_EVENT_FILE, "a.sys", 5);

	CHECK(lab_host_take(&h, LAB_PACKET_FILE_IO, &said));
	CHECK_EQ("create", lab_get32(said.payload), LAB_FILE_CREATE);
	CHECK_EQ("name", said.len, LAB_FILE_SIZE + 12);
	lab_put64(reply + LAB_FILE_CREATED, 77);
	lab_put64(reply + LAB_FILE_LENGTH, 3);
	say(&h, LAB_PACKET_FILE_IO, reply, LAB_FILE_SIZE);
	CHECK(lab_host_take(&h, LAB_PACKET_FILE_IO, &said));
	CHECK_EQ("read", lab_get32(said.payload), LAB_FILE_READ);
	CHECK_EQ("handle", lab_get64(said.payload + LAB_FILE_HANDLE), 77);
	CHECK_EQ("count", lab_get32(said.payload + LAB_FILE_COUNT), 3);
	memcpy(reply + LAB_FILE_SIZE, "MZ!", 3);
	say(&h, LAB_PACKET_FILE_IO, reply, sizeof(reply));
	CHECK(lab_host_take(&h, LAB_PACKET_FILE_IO, &said));
	CHECK_EQ("close", lab_get32(said.payload), LAB_FILE_CLOSE);
	say(&h, LAB_PACKET_FILE_IO, reply, LAB_FILE_SIZE);
	CHECK_EQ("content", m->answer_len, 3);
	CHECK(!memcmp(m->answer, "MZ!", 3) && !m->no_file);
	lab_host_end(&h);
}

/* As many pieces as it takes; fewer bytes than promised are no file. */
static void test_file_in_pieces(void)
{
	static const struct {
		const char *name;
		size_t promised, second;
		bool whole;
	} rows[] = {
		{ "two pieces", 1500, 476, true },
		{ "one is missing", 1500, 0, false },
	};
	uint8_t reply[LAB_FILE_SIZE + 1024] = { 0x30, 0x34 };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct lab_host h;
		struct lab_heard said;
		struct scripted *m = start(&h, LAB_EVENT_FILE, "a.sys", 5);

		m->no_file = rows[i].whole;
		CHECK(lab_host_take(&h, LAB_PACKET_FILE_IO, &said));
		lab_put64(reply + LAB_FILE_CREATED, 77);
		lab_put64(reply + LAB_FILE_LENGTH, rows[i].promised);
		say(&h, LAB_PACKET_FILE_IO, reply, LAB_FILE_SIZE);
		CHECK(lab_host_take(&h, LAB_PACKET_FILE_IO, &said));
		say(&h, LAB_PACKET_FILE_IO, reply, sizeof(reply));
		CHECK(lab_host_take(&h, LAB_PACKET_FILE_IO, &said));
		CHECK_EQ(rows[i].name, lab_get32(said.payload), LAB_FILE_READ);
		CHECK_EQ(rows[i].name,
			 lab_get64(said.payload + LAB_FILE_OFFSET), 1024);
		CHECK_EQ(rows[i].name, lab_get32(said.payload + LAB_FILE_COUNT),
			 476);
		say(&h, LAB_PACKET_FILE_IO, reply,
		    LAB_FILE_SIZE + rows[i].second);
		CHECK(lab_host_take(&h, LAB_PACKET_FILE_IO, &said));
		CHECK_EQ(rows[i].name, lab_get32(said.payload), LAB_FILE_CLOSE);
		CHECK_EQ(rows[i].name, m->no_file, !rows[i].whole);
		lab_host_end(&h);
	}
}

static void test_no_file(void)
{
	struct lab_host h;
	struct lab_heard said;
	uint8_t reply[LAB_FILE_SIZE] = { 0x30, 0x34, 0, 0, 0x0f, 0, 0, 0xc0 };
	struct scripted *m = start(&h, LAB_EVENT_FILE, "a.sys", 5);

	CHECK(lab_host_take(&h, LAB_PACKET_FILE_IO, &said));
	say(&h, LAB_PACKET_FILE_IO, reply, sizeof(reply));
	CHECK(m->no_file);
	lab_host_end(&h);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "prompt", test_prompt },
		{ "trace", test_trace },
		{ "command string", test_command_string },
		{ "debug register", test_debug_register },
		{ "file", test_file },
		{ "file in pieces", test_file_in_pieces },
		{ "no file", test_no_file },
	};

	return check_run("lab conversation", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
