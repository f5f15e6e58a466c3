#include "check.h"
#include "pair.h"

#include <string.h>

/* A 12-byte UNICODE_STRING's text, and one with a surrogate pair. */
#define STRINGS UINT64_C(0xffffa00000000000)

static const uint8_t strings[] = {
	/* 0: Length 6, Buffer at +0x20 */
	6, 0, 8, 0, 0, 0, 0, 0, 0x20, 0, 0, 0, 0, 0xa0, 0xff, 0xff,
	/* 0x10: Length 4, Buffer at +0x28 */
	4, 0, 4, 0, 0, 0, 0, 0, 0x28, 0, 0, 0, 0, 0xa0, 0xff, 0xff,
	/* 0x20 */ 'a', 0, 0xe9, 0, 'c', 0, 0, 0,
	/* 0x28: U+1F41B */ 0x3d, 0xd8, 0x1b, 0xdc
};

static const struct pair_data data = { STRINGS, strings, sizeof(strings) };

static void reads_in(enum lab_dialect d)
{
	struct pair_config config = { .dialect = d, .latency_us = 100 };
	struct pair p;
	uint64_t pointer = 7;
	char text[32] = "";

	config.script.data = &data;
	config.script.data_count = 1;
	if (!pair_open_halted(&p, &config))
		return;
	CHECK(kd_session_read_pointer(p.session, STRINGS + 8, KD_NEVER,
				      &pointer) == KD_OK);
	CHECK_EQ(NULL, pointer, STRINGS + 0x20);
	CHECK(kd_session_read_pointer(p.session, STRINGS + sizeof(strings) - 4,
				      KD_NEVER, &pointer) == KD_E_TARGET);
	CHECK_EQ(NULL, pointer, STRINGS + 0x20);
	CHECK(kd_session_read_unicode_string(p.session, STRINGS, KD_NEVER, text,
					     sizeof(text)) == KD_OK);
	CHECK_TEXT(NULL, text,
		   "a\xc3\xa9"
		   "c");
	CHECK(kd_session_read_unicode_string(p.session, STRINGS, KD_NEVER, text,
					     3) == KD_OK);
	CHECK_TEXT("cut at a character", text, "a");
	CHECK(kd_session_read_unicode_string(p.session, STRINGS + 0x10,
					     KD_NEVER, text,
					     sizeof(text)) == KD_OK);
	CHECK_TEXT(NULL, text, "\xf0\x9f\x90\x9b");
	CHECK(kd_session_read_unicode_string(p.session, 0x1000, KD_NEVER, text,
					     sizeof(text)) == KD_E_TARGET);
	CHECK_EQ(NULL, kd_session_detail(p.session)->nt_status,
		 KD_NT_UNSUCCESSFUL);
	CHECK(kd_session_read_unicode_string(p.session, STRINGS, KD_NEVER, text,
					     0) == KD_E_ARG);
	pair_close(&p);
}

static void test_reads(void)
{
	pair_both(reads_in);
}

static void registers_in(enum lab_dialect d)
{
	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .latency_us = 100 };
	struct kd_session_counters before, after;
	struct pair p;
	struct kd_context c, again;

	if (!pair_open_halted(&p, &config))
		return;
	CHECK(kd_session_get_context(p.session, 0, KD_NEVER, &c) == KD_OK);
	CHECK_EQ(row, c.arch, KD_ARCH_X64);
	CHECK_EQ(row, c.len, KD_CONTEXT_X64_SIZE);
	CHECK_EQ(row, c.special_len, 224);
	CHECK_EQ(row, c.special[200], 200);
	CHECK_EQ(row, kd_context_sp(&c), PAIR_MEMORY + 0x8000);
	kd_session_get_counters(p.session, &before);
	CHECK(kd_session_get_context(p.session, 0, KD_NEVER, &again) == KD_OK);
	kd_session_get_counters(p.session, &after);
	CHECK_EQ(row, after.requests, before.requests);
	CHECK(!memcmp(&c, &again, sizeof(c)));
	CHECK(kd_session_get_context(p.session, 9, KD_NEVER, &c) ==
	      KD_E_TARGET);
	c.len--;
	CHECK(kd_session_set_context(p.session, 0, &c, KD_NEVER) == KD_E_ARG);
	CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) == KD_OK);
	CHECK(kd_session_get_context(p.session, 0, KD_NEVER, &c) == KD_E_STATE);
	pair_close(&p);
}

static void test_registers(void)
{
	pair_both(registers_in);
}

static void requests_in(enum lab_dialect d)
{
	struct pair_config config = { .dialect = d, .latency_us = 100 };
	struct kd_manipulate m = { .api = KD_API_READ_CONTROL,
				   .u.memory = { 2, 224, 0 } };
	uint8_t bytes[224] = { 0 };
	struct pair p;
	struct kd_version v = { 0 };
	size_t len = 0;

	if (!pair_open_halted(&p, &config))
		return;
	CHECK(kd_session_request(p.session, &m, KD_NEVER, &m, bytes,
				 sizeof(bytes), &len) == KD_OK);
	CHECK_EQ(NULL, len, 224);
	CHECK_EQ(NULL, bytes[100], 100);
	CHECK_EQ(NULL, m.u.memory.actual, 224);
	m.u.memory.address = 77;
	CHECK(kd_session_request(p.session, &m, KD_NEVER, &m, bytes,
				 sizeof(bytes), &len) == KD_E_TARGET);
	CHECK(kd_session_get_version(p.session, KD_NEVER, &v) == KD_OK);
	CHECK_EQ(NULL, v.build, 22621);
	pair_close(&p);
}

static void test_requests(void)
{
	pair_both(requests_in);
}

static bool yes(void *ctx)
{
	return *(const bool *)ctx;
}

/* A deadline, a wish to stop: the call ends, and the session still works. */
static void ends_early_in(enum lab_dialect d)
{
	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .latency_us = 1000 };
	static uint8_t bytes[100000];
	bool stop = false;
	struct pair p;
	struct kd_stop at;
	size_t len = 0;

	if (!pair_open_halted(&p, &config))
		return;
	uint64_t start = pair_now(&p);

	CHECK_ROW(row,
		  kd_session_read(p.session, PAIR_MEMORY, bytes, sizeof(bytes),
				  0, start + 7000, &len) == KD_E_TIMEOUT);
	CHECK_EQ(row, pair_now(&p), start + 7000);
	kd_session_set_cancel(p.session, yes, &stop, -1);
	stop = true;
	CHECK_ROW(row, kd_session_read(p.session, PAIR_MEMORY, bytes,
				       sizeof(bytes), KD_ACCESS_UNCACHED,
				       KD_NEVER, &len) == KD_E_CANCELED);
	stop = false;
	CHECK_EQ(row, len, 0);
	CHECK_ROW(row,
		  kd_session_read(p.session, PAIR_MEMORY, bytes, sizeof(bytes),
				  0, KD_NEVER, &len) == KD_OK);
	CHECK_EQ(row, len, sizeof(bytes));
	for (size_t i = 0; i < len; i++)
		if (PAIR_MEMORY + i != PAIR_BREAK)
			CHECK_EQ(row, bytes[i], pair_byte(PAIR_MEMORY + i));
	CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) == KD_OK);
	CHECK_ROW(row, kd_session_wait_stop(p.session, pair_now(&p) + 1000,
					    &at) == KD_E_TIMEOUT);
	pair_close(&p);
}

static void test_ends_early(void)
{
	pair_both(ends_early_in);
}

/* What blocking calls tell is no event any more; all else is kept. */
static void events_in(enum lab_dialect d)
{
	static const struct lab_event talk[] = {
		{ .kind = LAB_EVENT_PRINT, .text = "first", .len = 5 },
		{ .kind = LAB_EVENT_PRINT, .text = "second", .len = 6 },
	};
	const char *row = pair_dialect_name(d);
	struct pair_config config = {
		.dialect = d,
		.latency_us = 100,
		.script = { .events = talk, .count = 2 },
	};
	struct pair p;
	struct kd_stop stop;
	struct kd_event e;

	if (!pair_open(&p, &config))
		return;
	CHECK(pair_event(&p, KD_EV_ATTACHED, 10 * PAIR_SECOND, &e));
	CHECK(kd_session_wait_stop(p.session, pair_now(&p) + PAIR_SECOND,
				   &stop) == KD_E_TIMEOUT);
	CHECK(kd_session_halt(p.session, pair_now(&p) + 10 * PAIR_SECOND,
			      &stop) == KD_OK);
	CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) == KD_OK);
	CHECK(pair_event(&p, KD_EV_PRINT, 0, &e));
	CHECK_EQ(row, e.text_len, 5);
	CHECK(pair_event(&p, KD_EV_PRINT, 0, &e));
	CHECK_EQ(row, e.text_len, 6);
	CHECK(kd_session_wait_event(p.session, pair_now(&p), &e) ==
	      KD_E_TIMEOUT);
	pair_close(&p);
}

static void test_events(void)
{
	pair_both(events_in);
}

static void leave_in(enum lab_dialect d)
{
	const char *row = pair_dialect_name(d);

	for (int how = KD_LEAVE_RUNNING; how <= KD_LEAVE_AS_IS; how++) {
		struct pair_config config = { .dialect = d, .latency_us = 100 };
		struct pair p;

		if (!pair_open_halted(&p, &config))
			return;
		CHECK_ROW(row, kd_session_leave(p.session, (enum kd_leave)how,
						KD_NEVER) == KD_OK);
		CHECK_EQ(row, p.script.resumes, how == KD_LEAVE_RUNNING);
		CHECK_EQ(row, p.script.stopped, how == KD_LEAVE_AS_IS);
		pair_close(&p);
	}
}

static void test_leave(void)
{
	pair_both(leave_in);
}

static void test_no_link(void)
{
	struct kd_session_config config = { .kind = KD_LINK_STREAM };
	struct kd_session *s = NULL;
	struct kd_event e;
	struct kd_stop stop;
	uint8_t byte;
	size_t len;

	CHECK(kd_session_create(NULL, &config, &s) == KD_OK);
	CHECK(kd_session_poll(s) == KD_E_ARG);
	CHECK(kd_session_wait_event(s, 0, &e) == KD_E_ARG);
	CHECK(kd_session_halt(s, 0, &stop) == KD_E_ARG);
	CHECK(kd_session_continue(s, KD_RESUME_GO, 0) == KD_E_ARG);
	CHECK(kd_session_read(s, 0, &byte, 1, 0, 0, &len) == KD_E_ARG);
	kd_session_destroy(s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "reads", test_reads },
		{ "registers", test_registers },
		{ "requests", test_requests },
		{ "ends early", test_ends_early },
		{ "events", test_events },
		{ "leave", test_leave },
		{ "no link", test_no_link },
	};

	return check_run("session ops", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
