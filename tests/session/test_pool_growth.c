#include "check.h"
#include "kd_pool_growth.h"

enum { STEPS = 7 };

/* Bytes of a tag at each snapshot. */
static const struct {
	const char *name;
	uint64_t bytes[STEPS];
	int64_t growth;
	bool leaks;
} rows[] = {
	// clang-format off
	{ "steady",                { 5, 5, 5, 5, 5, 5, 5 },       0,  false },
	{ "leaks at each step",    { 1, 2, 3, 4, 5, 6, 7 },       6,  true },
	{ "leaks at most steps",   { 1, 2, 3, 3, 4, 4, 5 },       4,  true },
	{ "leaks, and is used",    { 9, 19, 15, 30, 40, 36, 50 }, 41, true },
	{ "one burst",             { 1, 1, 9, 9, 9, 9, 9 },       8,  false },
	{ "back and forth",        { 1, 9, 1, 9, 1, 9, 2 },       1,  false },
	{ "shrinks",               { 7, 6, 5, 4, 3, 2, 1 },       -6, false },
	{ "up and down again",     { 1, 2, 3, 4, 5, 6, 1 },       0,  false },
	{ "drops by what it grew", { 1, 3, 5, 7, 9, 1, 9 },       8,  false },
	// clang-format on
};

enum { ROWS = sizeof(rows) / sizeof(rows[0]) };

static void put(struct kd_pool_tags *t, struct kd_pool_tag *row, size_t step)
{
	for (size_t i = 0; i < ROWS; i++) {
		row[i] = (struct kd_pool_tag){ .tag = kd_pool_tag_of("Tag0") +
						      ((uint32_t)i << 24) };
		row[i].use[i % KD_POOL_KINDS] =
			(struct kd_pool_use){ 3 * step, step,
					      rows[i].bytes[step] };
	}
	*t = (struct kd_pool_tags){ .row = row, .count = ROWS };
}

static void test_rows(void)
{
	struct kd_pool_tag row[STEPS][ROWS];
	struct kd_pool_tags samples[STEPS];
	struct kd_pool_growth g;

	for (size_t step = 0; step < STEPS; step++)
		put(&samples[step], row[step], step);
	for (size_t i = 0; i < ROWS; i++) {
		kd_pool_growth_of(samples, STEPS, row[0][i].tag, &g);
		CHECK_EQ(rows[i].name, g.bytes, rows[i].growth);
		CHECK_EQ(rows[i].name, g.allocs, 3 * (STEPS - 1));
		CHECK_EQ(rows[i].name, g.frees, STEPS - 1);
		CHECK_EQ(rows[i].name, kd_pool_growth_is_leak(&g, STEPS),
			 rows[i].leaks);
	}
	CHECK(kd_pool_find_growth(samples, STEPS, &g));
	CHECK_EQ("the one that leaks most", g.tag, row[0][3].tag);
	CHECK_ROW("one snapshot tells nothing",
		  !kd_pool_find_growth(samples, 1, &g));
	CHECK_ROW("nor does none", !kd_pool_find_growth(samples, 0, &g));
}

/* A tag that comes up later began with nothing. */
static void test_new_tag(void)
{
	struct kd_pool_tag row = { .tag = 7, .use[0] = { 4, 0, 64 } };
	struct kd_pool_tags samples[2] = { { .count = 0 },
					   { .row = &row, .count = 1 } };
	struct kd_pool_growth g;

	CHECK(kd_pool_find_growth(samples, 2, &g));
	CHECK_EQ(NULL, g.bytes, 64);
	CHECK_EQ(NULL, g.allocs, 4);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "new tag", test_new_tag },
	};

	return check_run("pool growth", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
