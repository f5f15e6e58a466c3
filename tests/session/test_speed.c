#include "check.h"
#include "pair.h"

/*
 * Round trips, counted in virtual time: a link with a latency and nothing
 * else that takes time, so that the clock shows how often we waited.
 */

enum { LATENCY = 5000, ROUND_TRIP = 2 * LATENCY, MIB = 1 << 20 };

static uint8_t buffer[MIB];

static bool open_halted(struct pair *p, enum lab_dialect dialect)
{
	struct pair_config config = { .dialect = dialect,
				      .latency_us = LATENCY };

	return pair_open_halted(p, &config);
}

/* Read len bytes in steps; the round trips that it took. */
static uint64_t trips(struct pair *p, uint64_t address, size_t len, size_t step,
		      unsigned flags)
{
	const char *row = step == len ? "at once" : "in steps";
	uint64_t start = pair_now(p);

	for (size_t at = 0; at < len; at += step) {
		size_t want = len - at < step ? len - at : step;
		size_t n = 0;

		CHECK_ROW(row,
			  kd_session_read(p->session, address + at, buffer + at,
					  want, flags, KD_NEVER, &n) == KD_OK);
		CHECK_EQ(row, n, want);
	}
	uint64_t took = pair_now(p) - start;

	CHECK_EQ(row, took % ROUND_TRIP, 0);
	return took / ROUND_TRIP;
}

static bool buffer_is(uint64_t address, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (address + i != PAIR_BREAK &&
		    buffer[i] != pair_byte(address + i))
			return false;
	return true;
}

// clang-format off
static const struct {
	const char *name;
	enum lab_dialect dialect;
	size_t step;
	uint64_t trips;
} mib_rows[] = {
	{ "serial, at once",          LAB_SERIAL, MIB,  266 },
	{ "serial, 4 KiB at a time",  LAB_SERIAL, 4096, 266 },
	{ "serial, 16 bytes a time",  LAB_SERIAL, 16,   266 },
	{ "KDNET, at once",           LAB_KDNET,  MIB,  957 },
	{ "KDNET, 4 KiB at a time",   LAB_KDNET,  4096, 957 },
	{ "KDNET, 16 bytes a time",   LAB_KDNET,  16,   957 },
};
// clang-format on

static void test_mib(void)
{
	for (size_t i = 0; i < sizeof(mib_rows) / sizeof(mib_rows[0]); i++) {
		struct pair p;
		uint64_t from = PAIR_MEMORY + 0x10000;

		if (!open_halted(&p, mib_rows[i].dialect))
			continue;
		CHECK_EQ(mib_rows[i].name,
			 trips(&p, from, MIB, mib_rows[i].step, 0),
			 mib_rows[i].trips);
		CHECK_ROW(mib_rows[i].name, buffer_is(from, MIB));
		pair_close(&p);
	}
}

static uint64_t time_of(struct pair *p, size_t reads)
{
	uint64_t start = pair_now(p);

	for (size_t i = 0; i < reads; i++) {
		size_t n = 0;

		CHECK(kd_session_read(p->session, PAIR_MEMORY, buffer, 8,
				      KD_ACCESS_UNCACHED, KD_NEVER,
				      &n) == KD_OK);
	}
	return pair_now(p) - start;
}

/* The acknowledgement and the next request leave together. */
static void thousand_reads_in(enum lab_dialect d)
{

	struct pair p;

	if (!open_halted(&p, d))
		return;
	uint64_t ten = time_of(&p, 10), thousand = time_of(&p, 1000);

	CHECK_EQ(pair_dialect_name(d), (thousand - ten) / ROUND_TRIP, 990);
	CHECK_EQ(pair_dialect_name(d), (thousand - ten) % ROUND_TRIP, 0);
	pair_close(&p);
}

static void test_thousand_reads(void)
{
	pair_both(thousand_reads_in);
}

/* What was read is not asked for again, until the target runs. */
static void cache_in(enum lab_dialect d)
{

	const char *row = pair_dialect_name(d);
	struct pair p;

	if (!open_halted(&p, d))
		return;
	CHECK_EQ(row, trips(&p, PAIR_MEMORY, 256, 256, 0), 1);
	CHECK_EQ(row, trips(&p, PAIR_MEMORY + 100, 300, 30, 0), 0);
	CHECK_EQ(row, trips(&p, PAIR_MEMORY, 256, 256, KD_ACCESS_UNCACHED), 1);
	CHECK_EQ(row, trips(&p, PAIR_MEMORY, 256, 256, KD_ACCESS_PHYSICAL), 1);
	CHECK(kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER) == KD_OK);
	pair_halt(&p);
	CHECK_EQ(row, trips(&p, PAIR_MEMORY, 256, 256, 0), 1);
	pair_close(&p);
}

static void test_cache(void)
{
	pair_both(cache_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "1 MiB", test_mib },
		{ "1,000 reads less 10", test_thousand_reads },
		{ "cache", test_cache },
	};

	return check_run("speed", tests, sizeof(tests) / sizeof(tests[0]));
}
