#include "check.h"
#include "pair.h"

#include <string.h>

static uint8_t buffer[65536];

/* Submit reads and the like as an engine user does, without blocking. */
static bool wait_done(struct pair *p, struct kd_done *ret)
{
	struct kd_event e;

	if (!pair_event(p, KD_EV_DONE, 30 * PAIR_SECOND, &e))
		return false;
	*ret = e.done;
	return true;
}

#define END (PAIR_MEMORY + PAIR_MEMORY_LEN)

// clang-format off
static const struct {
	const char *name;
	uint64_t address;
	size_t len;
	unsigned flags;
	bool whole_only;        /* the target gives all of a range or nothing */
	enum kd_status submit, status;
	size_t got;
} read_rows[] = {
	{ "a few bytes",          PAIR_MEMORY, 16, 0, false, KD_OK, KD_OK, 16 },
	{ "one byte",             PAIR_MEMORY + 5, 1, 0, false, KD_OK, KD_OK, 1 },
	{ "many packets",         PAIR_MEMORY + 3, 60000, 0, false, KD_OK, KD_OK, 60000 },
	{ "uncached",             PAIR_MEMORY + 3, 9000, KD_ACCESS_UNCACHED, false, KD_OK, KD_OK, 9000 },
	{ "physical",             PAIR_MEMORY + 3, 9000, KD_ACCESS_PHYSICAL, false, KD_OK, KD_OK, 9000 },
	{ "over the end",         END - 10, 64, 0, false, KD_OK, KD_OK, 10 },
	{ "far over the end",     END - 5000, 60000, 0, false, KD_OK, KD_OK, 5000 },
	{ "all or nothing",       END - 10, 10, 0, true, KD_OK, KD_OK, 10 },
	{ "over, all or nothing", END - 10, 64, 0, true, KD_OK, KD_OK, 10 },
	{ "far, all or nothing",  END - 5000, 60000, 0, true, KD_OK, KD_OK, 5000 },
	{ "uncached over the end", END - 10, 64, KD_ACCESS_UNCACHED, true, KD_OK, KD_OK, 10 },
	{ "nothing there",        END, 8, 0, false, KD_OK, KD_E_TARGET, 0 },
	{ "nothing there at all", 0, 8, 0, true, KD_OK, KD_E_TARGET, 0 },
	{ "the last byte",        UINT64_MAX, 1, 0, true, KD_OK, KD_E_TARGET, 0 },
	{ "no length",            PAIR_MEMORY, 0, 0, false, KD_E_ARG, KD_OK, 0 },
	{ "it wraps",             UINT64_MAX, 2, 0, false, KD_E_ARG, KD_OK, 0 },
	{ "unknown flag",         PAIR_MEMORY, 1, 4, false, KD_E_ARG, KD_OK, 0 },
};
// clang-format on

static bool is_memory(const uint8_t *bytes, uint64_t address, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (address + i != PAIR_BREAK &&
		    bytes[i] != pair_byte(address + i))
			return false;
	return true;
}

static void check_read(struct pair *p, size_t i)
{
	const char *row = read_rows[i].name;
	struct kd_done done = { 0 };
	uint32_t id = 0;

	memset(buffer, 0x5a, sizeof(buffer));
	p->script.script.whole_only = read_rows[i].whole_only;
	CHECK_EQ(row,
		 kd_session_submit_read(
			 p->session, pair_now(p), read_rows[i].address, buffer,
			 read_rows[i].len, read_rows[i].flags, &id),
		 read_rows[i].submit);
	if (read_rows[i].submit != KD_OK)
		return;
	CHECK_ROW(row, wait_done(p, &done));
	CHECK_EQ(row, done.request, id);
	CHECK_EQ(row, done.status, read_rows[i].status);
	CHECK_EQ(row, done.len, read_rows[i].got);
	if (done.status == KD_E_TARGET)
		CHECK_EQ(row, done.nt_status, KD_NT_UNSUCCESSFUL);
	CHECK_ROW(row, is_memory(buffer, read_rows[i].address, done.len));
	CHECK_EQ(row, buffer[read_rows[i].got], 0x5a);
}

static void reads_in(enum lab_dialect d)
{

	struct pair_config config = { .dialect = d, .latency_us = 100 };
	struct pair p;

	if (!pair_open_halted(&p, &config))
		return;
	for (size_t i = 0; i < sizeof(read_rows) / sizeof(read_rows[0]); i++) {
		check_read(&p, i);
		/* each row starts with nothing known */
		CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) ==
		      KD_OK);
		pair_halt(&p);
	}
	pair_close(&p);
}

static void test_reads(void)
{
	pair_both(reads_in);
}

/* As many as there are places; they end in the order of their asking. */
static void many_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .latency_us = 100 };
	uint32_t id[KD_REQUESTS_MAX + 1] = { 0 };
	struct pair p;
	struct kd_done done = { .request = 0 };

	if (!pair_open_halted(&p, &config))
		return;
	for (size_t i = 0; i < KD_REQUESTS_MAX; i++)
		CHECK_ROW(row, kd_session_submit_read(p.session, pair_now(&p),
						      PAIR_MEMORY + i * 8192,
						      buffer + i * 5000, 5000,
						      0, &id[i]) == KD_OK);
	CHECK_ROW(row, kd_session_submit_read(
			       p.session, pair_now(&p), PAIR_MEMORY, buffer, 1,
			       0, &id[KD_REQUESTS_MAX]) == KD_E_SPACE);
	for (size_t i = 0; i < KD_REQUESTS_MAX; i++) {
		CHECK_ROW(row, wait_done(&p, &done));
		CHECK_EQ(row, done.request, id[i]);
		CHECK_EQ(row, done.len, 5000);
		CHECK_ROW(row, is_memory(buffer + i * 5000,
					 PAIR_MEMORY + i * 8192, 5000));
	}
	pair_close(&p);
}

static void test_many(void)
{
	pair_both(many_in);
}

/* A forgotten request leaves its buffer alone, and the next one works. */
static void cancel_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .latency_us = 100 };
	uint32_t first = 0, second = 0, third = 0;
	struct pair p;
	struct kd_done done = { .request = 0 };

	if (!pair_open_halted(&p, &config))
		return;
	memset(buffer, 0x5a, sizeof(buffer));
	CHECK(kd_session_submit_read(p.session, pair_now(&p), PAIR_MEMORY,
				     buffer, 9000, 0, &first) == KD_OK);
	CHECK(kd_session_submit_read(p.session, pair_now(&p), PAIR_MEMORY,
				     buffer + 10000, 9000, 0,
				     &second) == KD_OK);
	CHECK(kd_session_submit_read(p.session, pair_now(&p), PAIR_MEMORY,
				     buffer + 20000, 9000, 0, &third) == KD_OK);
	kd_session_cancel(p.session, first);
	kd_session_cancel(p.session, second);
	kd_session_cancel(p.session, 0);
	kd_session_cancel(p.session, 99999);
	CHECK_ROW(row, wait_done(&p, &done));
	CHECK_EQ(row, done.request, third);
	CHECK_ROW(row, is_memory(buffer + 20000, PAIR_MEMORY, 9000));
	for (size_t i = 0; i < 20000; i++)
		CHECK_EQ(row, buffer[i], 0x5a);
	CHECK_EQ(row, pair_count(&p, KD_EV_DONE, PAIR_SECOND), 0);
	pair_close(&p);
}

static void test_cancel(void)
{
	pair_both(cancel_in);
}

// clang-format off
static const struct {
	const char *name;
	struct kd_manipulate m;
	enum kd_status submit, status;
	size_t len;
} one_rows[] = {
	{ "version",        { .api = KD_API_GET_VERSION }, KD_OK, KD_OK, 0 },
	{ "context",        { .api = KD_API_GET_CONTEXT }, KD_OK, KD_OK, 1232 },
	{ "no processor",   { .api = KD_API_GET_CONTEXT, .processor = 7 }, KD_OK, KD_E_TARGET, 0 },
	{ "control space",  { .api = KD_API_READ_CONTROL, .u.memory = { 2, 224, 0 } }, KD_OK, KD_OK, 224 },
	{ "not Continue",   { .api = KD_API_CONTINUE2 }, KD_E_ARG, KD_OK, 0 },
	{ "not Switch",     { .api = KD_API_SWITCH_PROCESSOR }, KD_E_ARG, KD_OK, 0 },
	{ "not Reboot",     { .api = KD_API_REBOOT }, KD_E_ARG, KD_OK, 0 },
	{ "data too long",  { .api = KD_API_WRITE_VIRTUAL, .data = buffer, .data_len = 3945 }, KD_E_ARG, KD_OK, 0 },
	{ "no such search", { .api = KD_API_CHECK_LOW_MEMORY }, KD_OK, KD_E_TARGET, 0 },
};
// clang-format on

static void one_packet_in(enum lab_dialect d)
{

	struct pair_config config = { .dialect = d, .latency_us = 100 };
	struct pair p;

	if (!pair_open_halted(&p, &config))
		return;
	for (size_t i = 0; i < sizeof(one_rows) / sizeof(one_rows[0]); i++) {
		const char *row = one_rows[i].name;
		struct kd_done done = { 0 };
		uint32_t id = 0;

		CHECK_EQ(row,
			 kd_session_submit(p.session, pair_now(&p),
					   &one_rows[i].m, &id),
			 one_rows[i].submit);
		if (one_rows[i].submit != KD_OK)
			continue;
		CHECK_ROW(row, wait_done(&p, &done));
		CHECK_EQ(row, done.request, id);
		CHECK_EQ(row, done.status, one_rows[i].status);
		CHECK_EQ(row, done.len, one_rows[i].len);
		CHECK_EQ(row, done.answer.api, one_rows[i].m.api);
	}
	pair_close(&p);
}

static void test_one_packet(void)
{
	pair_both(one_packet_in);
}

/* Nothing may be asked of a target that runs, and what waits ends. */
static void running_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d, .latency_us = 100 };
	struct kd_manipulate m = { .api = KD_API_GET_VERSION };
	uint32_t id[3] = { 0 };
	struct pair p;
	struct kd_done done = { .request = 0 };

	if (!pair_open_halted(&p, &config))
		return;
	for (size_t i = 0; i < 3; i++)
		CHECK(kd_session_submit_read(
			      p.session, pair_now(&p), PAIR_MEMORY, buffer,
			      9000, KD_ACCESS_UNCACHED, &id[i]) == KD_OK);
	CHECK_ROW(row, kd_session_resume(p.session, pair_now(&p),
					 KD_RESUME_GO) == KD_OK);
	CHECK_ROW(row, kd_session_submit(p.session, pair_now(&p), &m, &id[0]) ==
			       KD_E_STATE);
	CHECK_ROW(row,
		  kd_session_submit_read(p.session, pair_now(&p), PAIR_MEMORY,
					 buffer, 1, 0, &id[0]) == KD_E_STATE);
	for (size_t i = 0; i < 3; i++) {
		CHECK_ROW(row, wait_done(&p, &done));
		CHECK_EQ(row, done.status, KD_E_STATE);
	}
	pair_count(&p, KD_EV_NONE, PAIR_SECOND);
	CHECK_EQ(row, p.script.resumes, 1);
	CHECK_ROW(row, !kd_session_is_halted(p.session));
	pair_close(&p);
}

static void test_running(void)
{
	pair_both(running_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "reads", test_reads },     { "many", test_many },
		{ "cancel", test_cancel },   { "one packet", test_one_packet },
		{ "running", test_running },
	};

	return check_run("requests", tests, sizeof(tests) / sizeof(tests[0]));
}
