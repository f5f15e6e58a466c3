#include "check.h"
#include "kd_breakpoints.h"
#include "kd_session_memory.h"
#include "pair.h"

#include <string.h>

/* The static machine's pool, two pages; gaps before and behind. */
#define POOL	 UINT64_C(0xffffca8000001000)
#define POOL_END (POOL + 0x2000)
#define KERNEL	 UINT64_C(0xfffff80312000000)
#define PHYSICAL UINT64_C(0x100000)

/* How a target takes to searching. */
static const struct {
	const char *name;
	struct lab_faults faults;
} targets[] = {
	{ "stops at gaps", { .print_in_request = false } },
	{ "skips gaps", { .search_skips = true } },
	{ "cannot search", { .no_accelerators = true } },
};

#define MARK	 "\x01Needle in the haystack"
#define MARK_LEN (sizeof(MARK) - 1)

// clang-format off
static const struct {
	const char *name;
	uint64_t at; /* where the mark is; 0: nowhere */
	uint64_t address, len;
	size_t pattern_len;
	unsigned flags;
	enum kd_status status;
} rows[] = {
	{ "at the start",       POOL, POOL, 0x2000, MARK_LEN, 0, KD_OK },
	{ "exactly",            POOL + 9, POOL + 9, MARK_LEN, MARK_LEN, 0, KD_OK },
	{ "one byte short",     POOL + 9, POOL + 9, MARK_LEN - 1, MARK_LEN, 0, KD_E_NOT_FOUND },
	{ "begins too early",   POOL + 9, POOL + 10, 0x1000, MARK_LEN, 0, KD_E_NOT_FOUND },
	{ "over two pages",     POOL + 0xff8, POOL, 0x2000, MARK_LEN, 0, KD_OK },
	{ "at the end",         POOL_END - MARK_LEN, POOL, 0x2000, MARK_LEN, 0, KD_OK },
	{ "behind a gap",       POOL + 100, POOL - 0x5123, 0x8000, MARK_LEN, 0, KD_OK },
	{ "before a gap",       POOL_END - MARK_LEN, POOL, 0x20000, MARK_LEN, 0, KD_OK },
	{ "behind a long gap",  POOL + 0x1234, POOL - 0x80000, 0x90000, MARK_LEN, 0, KD_OK },
	{ "nowhere, gaps",      0, POOL - 0x3000, 0x9000, MARK_LEN, 0, KD_E_NOT_FOUND },
	{ "one byte",           POOL + 0x30, POOL, 0x2000, 1, 0, KD_OK },
	{ "the end of all",     0, UINT64_MAX - 0x3fff, 0x4000, MARK_LEN, 0, KD_E_NOT_FOUND },
	{ "no pattern",         0, POOL, 1, 0, 0, KD_E_ARG },
	{ "no length",          0, POOL, 0, 1, 0, KD_E_ARG },
	{ "it wraps",           0, UINT64_MAX, 2, 1, 0, KD_E_ARG },
	{ "unknown flag",       0, POOL, 2, 1, 1u << 30, KD_E_ARG },
};
// clang-format on

static void check_row_of(struct pair *p, const char *target, size_t i)
{
	uint64_t found = 77;
	size_t n;

	CHECK_EQ(rows[i].name,
		 kd_session_fill(p->session, POOL, 0x2000, "z", 1, 0, KD_NEVER,
				 NULL, NULL, &found),
		 KD_OK);
	if (rows[i].at)
		CHECK_EQ(rows[i].name,
			 kd_session_write(p->session, rows[i].at, MARK,
					  MARK_LEN, 0, KD_NEVER, &n),
			 KD_OK);
	found = 77;
	if (!CHECK_EQ(rows[i].name,
		      kd_session_search(p->session, rows[i].address,
					rows[i].len, MARK, rows[i].pattern_len,
					rows[i].flags, KD_NEVER, NULL, NULL,
					&found),
		      rows[i].status))
		printf("  (a target that %s)\n", target);
	CHECK_EQ(rows[i].name, found,
		 rows[i].status == KD_OK ? rows[i].at : 77);
}

static void rows_in(enum lab_dialect d)
{
	for (size_t t = 0; t < sizeof(targets) / sizeof(targets[0]); t++) {
		struct pair_config config = {
			.dialect = d,
			.machine = lab_machine_static_create(),
			.latency_us = 100,
			.faults = targets[t].faults
		};
		struct pair p;

		if (CHECK(config.machine != NULL) &&
		    pair_open_halted(&p, &config)) {
			for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]);
			     i++)
				check_row_of(&p, targets[t].name, i);
			pair_close(&p);
		}
		lab_machine_destroy(config.machine);
	}
}

static void test_rows(void)
{
	pair_both(rows_in);
}

static bool thrice(void *ctx, uint64_t done, uint64_t total)
{
	unsigned *calls = ctx;

	return done <= total && ++*calls < 3;
}

/* Each hit is one request; a long search can be stopped. */
static void costs_in(enum lab_dialect d)
{
	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d,
				      .machine = lab_machine_static_create(),
				      .latency_us = 100 };
	struct kd_session_counters before, after;
	uint64_t found = 0, at = KERNEL;
	unsigned calls = 0;
	struct pair p;

	if (!pair_open_halted(&p, &config))
		return;
	CHECK(kd_session_search(p.session, at, 0x1000, "MZ", 2, 0, KD_NEVER,
				NULL, NULL, &found) == KD_OK);
	CHECK_EQ(row, found, KERNEL);
	kd_session_get_counters(p.session, &before);
	CHECK(kd_session_search(p.session, KERNEL + 0x1000, 0x3000, "\xcc", 1,
				0, KD_NEVER, NULL, NULL, &found) == KD_OK);
	kd_session_get_counters(p.session, &after);
	CHECK_EQ(row, after.requests - before.requests, 1);
	CHECK_EQ(row,
		 kd_session_search(p.session, 0x10000, UINT64_C(1) << 40, MARK,
				   MARK_LEN, 0, KD_NEVER, thrice, &calls,
				   &found),
		 KD_E_CANCELED);
	CHECK_EQ(row, calls, 3);
	CHECK_EQ(row,
		 kd_session_search(p.session, PHYSICAL, 0x10000, "MZ", 2,
				   KD_ACCESS_PHYSICAL, KD_NEVER, NULL, NULL,
				   &found),
		 KD_OK);
	pair_close(&p);
	lab_machine_destroy(config.machine);
}

static void test_costs(void)
{
	pair_both(costs_in);
}

#define MARK_AT (POOL + 0x100)

static bool finds(struct pair *p, uint64_t want)
{
	uint64_t found = 0;

	return kd_session_search(p->session, POOL, 0x2000, MARK, MARK_LEN, 0,
				 KD_NEVER, NULL, NULL, &found) == KD_OK &&
	       found == want;
}

/* Breakpoints that are in are neither seen nor overwritten. */
static void breakpoint_in(enum lab_dialect d)
{
	const char *row = pair_dialect_name(d);
	struct pair_config config = { .dialect = d,
				      .machine = lab_machine_static_create(),
				      .latency_us = 100 };
	struct kd_breakpoint_spec spec = { .id = KD_BREAKPOINT_ANY_ID,
					   .address = MARK_AT + 5,
					   .has_address = true,
					   .processor = KD_PROCESSOR_ANY };
	uint8_t bytes[MARK_LEN];
	uint64_t filled;
	uint32_t id;
	struct pair p;
	size_t n;

	if (!pair_open_halted(&p, &config))
		return;
	CHECK_EQ(row,
		 kd_session_write(p.session, MARK_AT, MARK, MARK_LEN, 0,
				  KD_NEVER, &n),
		 KD_OK);
	CHECK_EQ(row, kd_session_breakpoint_add(p.session, &spec, &id), KD_OK);
	CHECK_EQ(row, kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER),
		 KD_OK);
	CHECK_ROW(row, pair_halt(&p));
	CHECK_ROW(row, finds(&p, MARK_AT));
	CHECK_EQ(row,
		 kd_session_fill(p.session, MARK_AT, MARK_LEN, "ab", 2, 0,
				 KD_NEVER, NULL, NULL, &filled),
		 KD_OK);
	CHECK_ROW(row, !finds(&p, MARK_AT));
	CHECK_EQ(row, kd_session_breakpoint_remove(p.session, id), KD_OK);
	CHECK_EQ(row, kd_session_continue(p.session, KD_RESUME_GO, KD_NEVER),
		 KD_OK);
	CHECK_ROW(row, pair_halt(&p));
	CHECK_EQ(row,
		 kd_session_read(p.session, MARK_AT, bytes, sizeof(bytes), 0,
				 KD_NEVER, &n),
		 KD_OK);
	for (size_t i = 0; i < sizeof(bytes); i++)
		CHECK_EQ(row, bytes[i], i % 2 ? 'b' : 'a');
	pair_close(&p);
	lab_machine_destroy(config.machine);
}

static void test_breakpoint(void)
{
	pair_both(breakpoint_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "costs", test_costs },
		{ "breakpoint", test_breakpoint },
	};

	return check_run("search ops", tests, sizeof(tests) / sizeof(tests[0]));
}
