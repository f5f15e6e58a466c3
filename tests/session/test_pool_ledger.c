#include "check.h"
#include "kd_pool_ledger.h"

#define BLOCK(n) (UINT64_C(0xffffca8000000000) + 16 * (uint64_t)(n))

static uint32_t hit(struct kd_pool_ledger *l, uint64_t caller, bool is_free)
{
	struct kd_pool_stack s = { .pc = { 1, 2, caller },
				   .frames = 3,
				   .site = 2,
				   .is_free = is_free };
	uint32_t stack = UINT32_MAX;

	CHECK_EQ(NULL, kd_pool_ledger_hit(l, &s, &stack), KD_OK);
	return stack;
}

static uint32_t take(struct kd_pool_ledger *l, uint64_t caller, uint64_t block)
{
	uint32_t stack = hit(l, caller, false);

	CHECK_EQ(NULL, kd_pool_ledger_allocated(l, stack, block), KD_OK);
	return stack;
}

static void test_pairs(void)
{
	struct kd_pool_ledger l;

	kd_pool_ledger_init(&l, NULL);
	CHECK(!kd_pool_ledger_find(&l, BLOCK(1)));
	uint32_t a = take(&l, 0xa, BLOCK(1)), b = take(&l, 0xb, BLOCK(2));

	CHECK_EQ("the same stack", take(&l, 0xa, BLOCK(3)), a);
	CHECK(a != b);
	CHECK_EQ("no memory", take(&l, 0xa, 0), a);
	uint32_t f = hit(&l, 0xa, true);

	CHECK_ROW("who frees is another", f != a);
	kd_pool_ledger_freed(&l, f, BLOCK(1));
	kd_pool_ledger_freed(&l, f, BLOCK(9));
	CHECK_EQ(NULL, l.allocs, 4);
	CHECK_EQ(NULL, l.frees, 1);
	CHECK_EQ(NULL, l.stack[a].hits, 3);
	CHECK_EQ(NULL, l.stack[a].failed, 1);
	CHECK_EQ(NULL, l.stack[a].freed, 1);
	CHECK_EQ(NULL, l.stack[a].live, 1);
	CHECK_EQ(NULL, l.stack[b].live, 1);
	CHECK_EQ("from before", l.stack[f].earlier, 1);
	/* allocated again: that it was freed was not seen */
	take(&l, 0xb, BLOCK(3));
	CHECK_EQ(NULL, l.stack[a].live, 0);
	CHECK_EQ(NULL, l.stack[a].gone, 1);
	CHECK_EQ(NULL, l.stack[b].live, 2);
	CHECK_EQ(NULL, l.lives, 2);
	kd_pool_ledger_deinit(&l);
}

static void test_measures(void)
{
	struct kd_pool_ledger l;

	kd_pool_ledger_init(&l, NULL);
	uint32_t a = take(&l, 0xa, BLOCK(1)), b = take(&l, 0xb, BLOCK(2)), f,
		 order[3];

	take(&l, 0xb, BLOCK(3));
	f = hit(&l, 0xf, true);
	kd_pool_ledger_measured(&l, kd_pool_ledger_find(&l, BLOCK(1)), 4096);
	kd_pool_ledger_measured(&l, kd_pool_ledger_find(&l, BLOCK(2)), 32);
	kd_pool_ledger_measured(&l, kd_pool_ledger_find(&l, BLOCK(2)), 48);
	CHECK_EQ(NULL, l.stack[b].live_bytes, 48);
	kd_pool_ledger_rank(&l, order);
	CHECK_EQ("most bytes", order[0], a);
	CHECK_EQ("more blocks", order[1], b);
	CHECK_EQ("who frees", order[2], f);
	kd_pool_ledger_sweep(&l);
	CHECK_ROW("not there any more", !kd_pool_ledger_find(&l, BLOCK(3)));
	CHECK_EQ(NULL, l.stack[b].gone, 1);
	kd_pool_ledger_freed(&l, f, BLOCK(1));
	CHECK_EQ("its bytes went with it", l.stack[a].live_bytes, 0);
	kd_pool_ledger_deinit(&l);
}

enum { BLOCKS = 600, ROUNDS = 20000 };

/* Against an array of all blocks: what is in the table, and whose it is. */
static void test_table(void)
{
	bool live[BLOCKS] = { false };
	struct kd_pool_ledger l;
	uint64_t random = 6;
	size_t count = 0, swept = 0;
	uint32_t f;

	kd_pool_ledger_init(&l, NULL);
	f = hit(&l, 0xf, true);
	for (size_t i = 0; i < ROUNDS; i++) {
		size_t n = (size_t)(check_random(&random) % BLOCKS);

		if (live[n]) {
			kd_pool_ledger_freed(&l, f, BLOCK(n));
			count--;
		} else {
			take(&l, 0xa + n % 7, BLOCK(n));
			count++;
		}
		live[n] = !live[n];
		CHECK_EQ("count", l.lives, count);
	}
	for (size_t n = 0; n < BLOCKS; n++) {
		struct kd_pool_live *b = kd_pool_ledger_find(&l, BLOCK(n));

		CHECK_EQ("live", b != NULL, live[n]);
		if (b && n % 3) {
			kd_pool_ledger_measured(&l, b, 16);
			swept++;
		}
	}
	CHECK_EQ("each was known", l.stack[f].earlier, 0);
	kd_pool_ledger_sweep(&l);
	CHECK_EQ("what was measured is left", l.lives, swept);
	for (size_t n = 0; n < BLOCKS; n++)
		CHECK_EQ("left", kd_pool_ledger_find(&l, BLOCK(n)) != NULL,
			 live[n] && n % 3);
	kd_pool_ledger_deinit(&l);
}

static void test_bounds(void)
{
	struct kd_pool_stack s = { .frames = 1 };
	struct kd_pool_ledger l;
	uint32_t stack = 0;

	kd_pool_ledger_init(&l, NULL);
	for (s.pc[0] = 1; s.pc[0] <= KD_POOL_STACKS_MAX; s.pc[0]++)
		CHECK_EQ(NULL, kd_pool_ledger_hit(&l, &s, &stack), KD_OK);
	CHECK(!l.is_full);
	CHECK_EQ(NULL, -kd_pool_ledger_hit(&l, &s, &stack), -KD_E_SPACE);
	CHECK(l.is_full);
	CHECK_EQ("counted", l.allocs, KD_POOL_STACKS_MAX + 1);
	s.pc[0] = 1;
	CHECK_EQ("one that is known", kd_pool_ledger_hit(&l, &s, &stack),
		 KD_OK);
	kd_pool_ledger_deinit(&l);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "pairs", test_pairs },
		{ "measures", test_measures },
		{ "table", test_table },
		{ "bounds", test_bounds },
	};

	return check_run("pool ledger", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
