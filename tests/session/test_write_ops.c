#include "check.h"
#include "kd_session_memory.h"
#include "pair.h"

#include <string.h>

/* Of the static machine: two pages of pool, and nothing behind them. */
#define POOL	 UINT64_C(0xffffca8000001000)
#define POOL_LEN UINT64_C(0x2000)
#define NOWHERE	 UINT64_C(0xffffca8000009000)
#define PHYSICAL UINT64_C(0x100000)

static uint8_t data[3 * 4096], back[3 * 4096];

/* The machine is the caller's to destroy. */
static bool open_static(struct pair *p, enum lab_dialect d,
			struct lab_machine *m, const struct lab_faults *faults)
{
	struct pair_config config = {
		.dialect = d, .machine = m, .latency_us = 100, .faults = *faults
	};

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7 + (i >> 8));
	return CHECK(m != NULL) && pair_open_halted(p, &config);
}

// clang-format off
static const struct {
	const char *name;
	uint64_t address;
	size_t len;
	unsigned flags;
	bool whole_writes;
	enum kd_status status;
	size_t wrote;
} write_rows[] = {
	{ "a byte",              POOL + 5, 1, 0, false, KD_OK, 1 },
	{ "many packets",        POOL + 3, 8000, 0, false, KD_OK, 8000 },
	{ "up to the end",       POOL + 0x1ff0, 16, 0, true, KD_OK, 16 },
	{ "over the end",        POOL + 0x1ff0, 17, 0, false, KD_E_TARGET, 16 },
	{ "over, whole writes",  POOL + 0x1ff0, 17, 0, true, KD_E_TARGET, 16 },
	{ "far over the end",    POOL + 100, 12000, 0, true, KD_E_TARGET, 8092 },
	{ "nothing there",       NOWHERE, 8, 0, false, KD_E_TARGET, 0 },
	{ "physical",            PHYSICAL + 3, 5000, KD_WRITE_PHYSICAL, false, KD_OK, 5000 },
	{ "physical, uncached",  PHYSICAL + 3, 4, KD_WRITE_PHYSICAL | KD_WRITE_MAP_UNCACHED, false, KD_OK, 4 },
	{ "no length",           POOL, 0, 0, false, KD_E_ARG, 0 },
	{ "it wraps",            UINT64_MAX, 2, 0, false, KD_E_ARG, 0 },
	{ "unknown flag",        POOL, 1, 1u << 30, false, KD_E_ARG, 0 },
	{ "physical, journaled", PHYSICAL, 1, KD_WRITE_PHYSICAL | KD_WRITE_JOURNALED, false, KD_E_ARG, 0 },
};
// clang-format on

/* What is read back is what was written: nothing stale is in the cache. */
static void check_write(enum lab_dialect d, size_t i)
{
	struct lab_faults faults = { .whole_writes =
					     write_rows[i].whole_writes };
	struct lab_machine *m = lab_machine_static_create();
	const char *row = write_rows[i].name;
	uint64_t at = write_rows[i].address;
	unsigned physical = write_rows[i].flags & KD_WRITE_PHYSICAL;
	size_t wrote = 77, n = 0;
	struct pair p;

	if (open_static(&p, d, m, &faults)) {
		if (write_rows[i].wrote)
			CHECK_EQ(row,
				 kd_session_read(p.session, at, back,
						 write_rows[i].wrote, physical,
						 KD_NEVER, &n),
				 KD_OK);
		CHECK_EQ(
			row,
			kd_session_write(p.session, at, data, write_rows[i].len,
					 write_rows[i].flags, KD_NEVER, &wrote),
			write_rows[i].status);
		CHECK_EQ(row, wrote, write_rows[i].wrote);
		if (wrote)
			CHECK_EQ(row,
				 kd_session_read(p.session, at, back, wrote,
						 physical, KD_NEVER, &n),
				 KD_OK);
		CHECK_ROW(row, !wrote || !memcmp(back, data, wrote));
		pair_close(&p);
	}
	lab_machine_destroy(m);
}

static void writes_in(enum lab_dialect d)
{
	for (size_t i = 0; i < sizeof(write_rows) / sizeof(write_rows[0]); i++)
		check_write(d, i);
}

static void test_writes(void)
{
	pair_both(writes_in);
}

/* As an engine's user does: a read that was asked for first sees the old
 * bytes, one that was asked for later the new. */
static void engine_in(enum lab_dialect d)
{
	struct lab_faults none = { 0 };
	struct lab_machine *m = lab_machine_static_create();
	uint8_t before[8] = { 0 }, after[8] = { 0 };
	uint32_t id[3] = { 0 };
	struct kd_event e;
	struct pair p;

	if (!open_static(&p, d, m, &none))
		return;
	uint64_t now_us = pair_now(&p);

	CHECK(kd_session_submit_read(p.session, now_us, POOL, before, 8, 0,
				     &id[0]) == KD_OK);
	CHECK(kd_session_submit_write(p.session, now_us, POOL, data, 5000, 0,
				      &id[1]) == KD_OK);
	CHECK(kd_session_submit_read(p.session, now_us, POOL, after, 8, 0,
				     &id[2]) == KD_OK);
	CHECK(kd_session_submit_write(p.session, now_us, POOL, data, 1,
				      KD_WRITE_JOURNALED, &id[0]) == KD_E_ARG);
	for (size_t i = 0; i < 3; i++) {
		CHECK(pair_event(&p, KD_EV_DONE, 30 * PAIR_SECOND, &e));
		CHECK_EQ(NULL, e.done.request, id[i]);
		CHECK_EQ(NULL, e.done.status, KD_OK);
		CHECK_EQ(NULL, e.done.len, i == 1 ? 5000 : 8);
	}
	CHECK(memcmp(before, data, 8) != 0);
	CHECK(!memcmp(after, data, 8));
	pair_close(&p);
	lab_machine_destroy(m);
}

static void test_engine(void)
{
	pair_both(engine_in);
}

static bool count_progress(void *ctx, uint64_t done, uint64_t total)
{
	unsigned *calls = ctx;

	return done <= total && ++*calls < 100;
}

static bool stop_at_once(void *ctx, uint64_t done, uint64_t total)
{
	(void)ctx;
	(void)done;
	(void)total;
	return false;
}

// clang-format off
static const struct {
	const char *name;
	uint64_t address, len;
	size_t pattern_len;
	unsigned flags;
	bool by_writes;
	enum kd_status status;
	uint64_t filled;
} fill_rows[] = {
	{ "by the target",         POOL + 1, 8000, 3, 0, false, KD_OK, 8000 },
	{ "by writes",             POOL + 1, 8000, 3, 0, true, KD_OK, 8000 },
	{ "over the end",          POOL + 1, 8192, 4, 0, false, KD_E_TARGET, 8191 },
	{ "over the end, writes",  POOL + 1, 8192, 4, 0, true, KD_E_TARGET, 8191 },
	{ "physical",              PHYSICAL, 4096, 512, KD_WRITE_PHYSICAL, false, KD_OK, 4096 },
	{ "physical, by writes",   PHYSICAL, 4096, 512, KD_WRITE_PHYSICAL, true, KD_OK, 4096 },
	{ "nothing there",         NOWHERE, 4, 1, 0, false, KD_E_TARGET, 0 },
	{ "no pattern",            POOL, 4, 0, 0, false, KD_E_ARG, 0 },
	{ "too long a pattern",    POOL, 4, 513, 0, false, KD_E_ARG, 0 },
	{ "no length",             POOL, 0, 1, 0, false, KD_E_ARG, 0 },
};
// clang-format on

static void check_fill(enum lab_dialect d, size_t i)
{
	struct lab_faults faults = { .no_accelerators =
					     fill_rows[i].by_writes };
	struct lab_machine *m = lab_machine_static_create();
	const char *row = fill_rows[i].name;
	uint64_t filled = 77;
	unsigned calls = 0;
	size_t n = 0;
	struct pair p;

	if (open_static(&p, d, m, &faults)) {
		CHECK_EQ(row,
			 kd_session_fill(p.session, fill_rows[i].address,
					 fill_rows[i].len, data,
					 fill_rows[i].pattern_len,
					 fill_rows[i].flags, KD_NEVER,
					 count_progress, &calls, &filled),
			 fill_rows[i].status);
		CHECK_EQ(row, filled, fill_rows[i].filled);
		CHECK_ROW(row,
			  (calls > 0) == (fill_rows[i].status != KD_E_ARG));
		if (filled)
			CHECK_EQ(row,
				 kd_session_read(
					 p.session, fill_rows[i].address, back,
					 (size_t)filled, fill_rows[i].flags,
					 KD_NEVER, &n),
				 KD_OK);
		for (size_t k = 0; k < filled; k++)
			if (back[k] != data[k % fill_rows[i].pattern_len]) {
				CHECK_EQ(row, k, filled);
				break;
			}
		CHECK_EQ(row,
			 kd_session_fill(p.session, POOL, 8, data, 1, 0,
					 KD_NEVER, stop_at_once, NULL, &filled),
			 KD_E_CANCELED);
		CHECK_EQ(row, filled, 0);
		pair_close(&p);
	}
	lab_machine_destroy(m);
}

static void fills_in(enum lab_dialect d)
{
	for (size_t i = 0; i < sizeof(fill_rows) / sizeof(fill_rows[0]); i++)
		check_fill(d, i);
}

static void test_fills(void)
{
	pair_both(fills_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "writes", test_writes },
		{ "engine", test_engine },
		{ "fills", test_fills },
	};

	return check_run("write ops", tests, sizeof(tests) / sizeof(tests[0]));
}
