/* Tags added up, compared and sorted. */
#include "check.h"
#include "kd_cursor.h"
#include "pool_layout.h"

#include <stdlib.h>

enum { ENTRY = 40 };

struct entry {
	const char *tag;
	uint32_t allocs[2], frees[2];
	uint64_t bytes[2];
};

static void put(uint8_t *at, const struct entry *e)
{
	struct kd_writer w = kd_writer_over(at, ENTRY);

	kd_write_le32(&w, 0);
	kd_write_le32(&w, *e->tag ? kd_pool_tag_of(e->tag) : 0);
	for (unsigned k = 0; k < 2; k++)
		kd_write_le32(&w, e->allocs[k]);
	for (unsigned k = 0; k < 2; k++)
		kd_write_le32(&w, e->frees[k]);
	for (unsigned k = 0; k < 2; k++)
		kd_write_le64(&w, e->bytes[k]);
}

static void add(struct kd_pool_tags *t, const struct entry *e, size_t count)
{
	uint8_t table[8 * ENTRY + 3] = { 0 };

	for (size_t i = 0; i < count; i++)
		put(table + i * ENTRY, &e[i]);
	/* what is left over is no entry */
	CHECK_EQ("add",
		 kd_pool_tags_add(t, &pool_layout.tracker, table,
				  count * ENTRY + 3),
		 KD_OK);
}

/* Two processors: what one allocated the other freed. */
static const struct entry one[] = {
	{ "Leak", { 10, 0 }, { 0, 0 }, { 1000, 0 } },
	{ "", { 1, 1 }, { 1, 1 }, { 1, 1 } },
	{ "AGP", { 1, 2 }, { 1, 0 }, { 0, 32 } },
	{ "Wrap", { 3, 0 }, { 0xfffffffe, 0 }, { 80, 0 } },
};
static const struct entry two[] = {
	{ "Leak", { 1, 0 }, { 7, 0 }, { (uint64_t)-600, 0 } },
	{ "Zzzz", { 5, 0 }, { 0, 0 }, { 500, 0 } },
	{ "Wrap", { 0, 0 }, { 3, 0 }, { 0, 0 } },
};

static void make(struct kd_pool_tags *t)
{
	kd_pool_tags_init(t, NULL);
	add(t, one, sizeof(one) / sizeof(one[0]));
	add(t, two, sizeof(two) / sizeof(two[0]));
	kd_pool_tags_complete(t, &pool_layout.tracker);
}

static void test_sums(void)
{
	struct kd_pool_tags t;
	const struct kd_pool_tag *row;

	make(&t);
	CHECK_EQ("tags", t.count, 4);
	row = kd_pool_tags_find(&t, kd_pool_tag_of("Leak"));
	if (CHECK(row != NULL)) {
		CHECK_EQ("allocs", row->use[0].allocs, 11);
		CHECK_EQ("frees", row->use[0].frees, 7);
		CHECK_EQ("bytes", row->use[0].bytes, 400);
		CHECK_EQ("left", kd_pool_outstanding(&row->use[0]), 4);
	}
	row = kd_pool_tags_find(&t, kd_pool_tag_of("Wrap"));
	if (CHECK(row != NULL)) /* 32 bits went round */
		CHECK_EQ("wrapped", kd_pool_outstanding(&row->use[0]), 2);
	CHECK(!kd_pool_tags_find(&t, kd_pool_tag_of("None")));
	kd_pool_tags_deinit(&t);
	CHECK(!kd_pool_tags_find(&t, 1));
}

static void test_orders(void)
{
	static const struct {
		enum kd_pool_order order;
		const char *first, *last;
	} rows[] = {
		{ KD_POOL_BY_TAG, "AGP ", "Zzzz" },
		{ KD_POOL_BY_NONPAGED, "Zzzz", "AGP " },
		{ KD_POOL_BY_PAGED, "AGP ", "Zzzz" },
		{ KD_POOL_BY_NONPAGED_GROWTH, "Leak", "Zzzz" },
		{ KD_POOL_BY_PAGED_GROWTH, "AGP ", "Zzzz" },
		{ KD_POOL_BY_GROWTH, "Leak", "Zzzz" },
	};
	static const struct entry old[] = {
		{ "Leak", { 2, 0 }, { 1, 0 }, { 100, 0 } },
		{ "Zzzz", { 5, 0 }, { 0, 0 }, { 600, 0 } },
	};
	struct kd_pool_tags t, before;
	struct kd_pool_rank rank[4];
	char text[KD_POOL_TAG_TEXT];

	make(&t);
	kd_pool_tags_init(&before, NULL);
	add(&before, old, 2);
	kd_pool_tags_complete(&before, &pool_layout.tracker);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		kd_pool_tags_rank(&t, &before, rows[i].order, rank);
		CHECK_TEXT(rows[i].first,
			   kd_pool_tag_text(rank[0].tag->tag, text),
			   rows[i].first);
		CHECK_TEXT(rows[i].last,
			   kd_pool_tag_text(rank[3].tag->tag, text),
			   rows[i].last);
	}
	CHECK_EQ("growth", rank[0].bytes[0], 300);
	CHECK_EQ("blocks", rank[0].outstanding[0], 3);
	CHECK_EQ("allocs", rank[0].allocs[0], 9);
	CHECK_EQ("shrunk", -rank[3].bytes[0], 100);
	kd_pool_tags_deinit(&before);
	kd_pool_tags_deinit(&t);
}

static void test_patterns(void)
{
	static const struct {
		const char *pattern, *tag;
		bool matches;
	} rows[] = {
		{ "Leak", "Leak", true },   { "leak", "Leak", false },
		{ "Lea?", "Leak", true },   { "L*", "Leak", true },
		{ "*k", "Leak", true },	    { "*e*k*", "Leak", true },
		{ "*x*", "Leak", false },   { "????", "Leak", true },
		{ "?????", "Leak", false }, { "AGP", "AGP", true },
		{ "AG?", "AGP", true },	    { "A*P", "AGPx", false },
		{ "Leaks", "Leak", false }, { "*", "", true },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_EQ(rows[i].pattern,
			 kd_pool_tag_matches(rows[i].pattern,
					     kd_pool_tag_of(rows[i].tag)),
			 rows[i].matches);
	char text[KD_POOL_TAG_TEXT];

	CHECK_TEXT("odd", kd_pool_tag_text(0x1b780a41, text), "A.x.");
}

/* More tags than anybody has: the rest is left out, and it is said so. */
static void test_too_many(void)
{
	enum { ENTRIES = 4096, ROUNDS = 40 };
	uint8_t *table = calloc(ENTRIES, ENTRY);
	struct kd_pool_tags t;

	kd_pool_tags_init(&t, NULL);
	for (uint32_t round = 0; table && round < ROUNDS; round++) {
		for (uint32_t i = 0; i < ENTRIES; i++) {
			struct kd_writer w =
				kd_writer_over(table + i * ENTRY, ENTRY);

			kd_write_le32(&w, 0);
			kd_write_le32(&w, 1 + round * ENTRIES + i);
		}
		CHECK_EQ("add",
			 kd_pool_tags_add(&t, &pool_layout.tracker, table,
					  ENTRIES * ENTRY),
			 KD_OK);
	}
	kd_pool_tags_complete(&t, &pool_layout.tracker);
	CHECK_EQ("tags", t.count, KD_POOL_TAGS_MAX);
	CHECK(t.is_cut);
	CHECK(t.room <= 2 * KD_POOL_TAGS_MAX);
	kd_pool_tags_deinit(&t);
	free(table);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "sums", test_sums },
		{ "orders", test_orders },
		{ "patterns", test_patterns },
		{ "too many", test_too_many },
	};

	return check_run("pool tags", tests, sizeof(tests) / sizeof(tests[0]));
}
