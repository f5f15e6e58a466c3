#include "check.h"
#include "kd_memory_cache.h"

#include <string.h>

enum { PACKET = 1096 };

/* A byte that says where it is from. */
static uint8_t at(uint64_t address)
{
	return (uint8_t)(address ^ address >> 8 ^ address >> 16);
}

static void fill(struct kd_memory_cache *c, bool physical, uint64_t address,
		 size_t len)
{
	uint8_t bytes[PACKET];

	for (size_t i = 0; i < len; i++)
		bytes[i] = at(address + i);
	kd_memory_cache_fill(c, physical, address, bytes, len);
}

static struct kd_memory_cache make(size_t bound)
{
	struct kd_memory_cache c = { 0 };

	CHECK(kd_memory_cache_init(&c, kd_allocator_libc(), bound, PACKET) ==
	      KD_OK);
	return c;
}

// clang-format off
static const struct {
	const char *name;
	bool physical;
	uint64_t address;
	size_t len, want;
} copy_rows[] = {
	{ "all of it",         false, 0x1000, PACKET, PACKET },
	{ "its middle",        false, 0x1010, 16, 16 },
	{ "over its end",      false, 0x1000 + PACKET - 4, 16, 4 },
	{ "behind it",         false, 0x1000 + PACKET, 1, 0 },
	{ "before it",         false, 0xfff, 16, 0 },
	{ "physical is apart", true,  0x1000, 16, 0 },
	{ "physical",          true,  0x9000, 64, 32 },
	{ "virtual is apart",  false, 0x9000, 16, 0 },
	{ "end of the world",  false, UINT64_MAX, 1, 1 },
};

/* with 0x1000..0x1447 and, physical, 0x9fe0..0x9fef known */
static const struct {
	const char *name;
	uint64_t address;
	size_t want, ahead;
} ahead_rows[] = {
	{ "somewhere: a packet",         0x20000, 8, PACKET },
	{ "stays in its page",           0x20ff0, 8, 16 },
	{ "stays in the pages touched",  0x20ffc, 8, PACKET },
	{ "what is wanted is more",      0x20000, 5000, 5000 },
	{ "goes on: a packet",           0x1000 + PACKET, 8, PACKET },
	{ "physical does not go on",     0x9ff0, 8, 16 },
	{ "the last page",               UINT64_MAX - 15, 8, 16 },
};
// clang-format on

static void test_copy(void)
{
	struct kd_memory_cache c = make(1 << 20);
	uint8_t out[PACKET];

	fill(&c, false, 0x1000, PACKET);
	fill(&c, true, 0x9000, 32);
	fill(&c, false, UINT64_MAX, 1);
	for (size_t i = 0; i < sizeof(copy_rows) / sizeof(copy_rows[0]); i++) {
		size_t n = kd_memory_cache_copy(&c, copy_rows[i].physical,
						copy_rows[i].address, out,
						copy_rows[i].len);

		CHECK_EQ(copy_rows[i].name, n, copy_rows[i].want);
		for (size_t j = 0; j < n; j++)
			CHECK_EQ(copy_rows[i].name, out[j],
				 at(copy_rows[i].address + j));
	}
	kd_memory_cache_flush(&c);
	CHECK_EQ(NULL, kd_memory_cache_copy(&c, false, 0x1000, out, 1), 0);
	kd_memory_cache_deinit(&c, kd_allocator_libc());
}

static void test_ahead(void)
{
	struct kd_memory_cache c = make(1 << 20);

	fill(&c, false, 0x1000, PACKET);
	fill(&c, true, 0x9fe0, 16);
	for (size_t i = 0; i < sizeof(ahead_rows) / sizeof(ahead_rows[0]); i++)
		CHECK_EQ(ahead_rows[i].name,
			 kd_memory_cache_ahead(&c, ahead_rows[i].address,
					       ahead_rows[i].want),
			 ahead_rows[i].ahead);
	/* a stretch just below the top goes on to it, and not past it */
	fill(&c, false, UINT64_MAX - 31, 16);
	CHECK_EQ(NULL, kd_memory_cache_ahead(&c, UINT64_MAX - 15, 8), 16);
	kd_memory_cache_deinit(&c, kd_allocator_libc());
}

/* The bound holds, and it is the oldest that goes. */
static void test_bound(void)
{
	struct kd_memory_cache c = make(10 * PACKET);
	uint8_t out[1];

	for (uint64_t i = 0; i < 100; i++)
		fill(&c, false, i * PACKET, PACKET);
	CHECK(c.slots * PACKET <= 10 * PACKET);
	CHECK_EQ(NULL, kd_memory_cache_copy(&c, false, 99 * PACKET, out, 1), 1);
	CHECK_EQ(NULL,
		 kd_memory_cache_copy(&c, false, (100 - c.slots) * PACKET, out,
				      1),
		 1);
	CHECK_EQ(NULL, kd_memory_cache_copy(&c, false, 0, out, 1), 0);
	kd_memory_cache_deinit(&c, kd_allocator_libc());
}

static void *no_memory(void *ctx, size_t len)
{
	(void)ctx;
	(void)len;
	return NULL;
}

static void test_no_memory(void)
{
	struct kd_allocator none = { no_memory, NULL, NULL };
	struct kd_memory_cache c = { 0 };

	CHECK(kd_memory_cache_init(&c, &none, 1, PACKET) == KD_E_NOMEM);
	kd_memory_cache_deinit(&c, &none);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "copy", test_copy },
		{ "ahead", test_ahead },
		{ "bound", test_bound },
		{ "no memory", test_no_memory },
	};

	return check_run("memory cache", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
