/*
 * The lab's pool: what its tables say is what there is, and the walk-through
 * of tags and code works as published.
 */
#include "check.h"
#include "lab_bytes.h"
#include "lab_contract.h"
#include "lab_scene.h"

#include <string.h>

enum { SECOND_US = 1000000, PAGE = 0x1000, TAGS_MAX = 64, EXPANSION = 64 };

static uint32_t tag_of(const char text[5])
{
	return lab_get32((const uint8_t *)text);
}

struct counted {
	uint64_t allocations, frees, bytes, paged_bytes;
};

static void add_table(struct lab_scene *s, uint64_t table, uint64_t entries,
		      uint32_t tag, struct counted *ret)
{
	const struct lab_offsets *o = s->offsets;

	for (uint64_t i = 0; i < entries; i++) {
		uint64_t at = table + i * o->tracker_size;

		if (lab_scene_read32(s, at + o->tracker_key) != tag)
			continue;
		ret->allocations +=
			lab_scene_read32(s, at + o->tracker_allocations);
		ret->frees += lab_scene_read32(s, at + o->tracker_frees);
		ret->bytes += lab_scene_read64(s, at + o->tracker_bytes);
		ret->paged_bytes +=
			lab_scene_read64(s, at + o->tracker_paged_bytes);
	}
}

static uint64_t variable(struct lab_scene *s, const char *name)
{
	return lab_scene_read64(s, lab_scene_symbol(s, name));
}

/* What the tables of tags say about one, added up. */
static struct counted count(struct lab_scene *s, const char text[5])
{
	uint64_t tables = lab_scene_symbol(s, "ExPoolTagTables");
	uint64_t entries = variable(s, "PoolTrackTableSize");
	uint64_t expansion = variable(s, "PoolTrackTableExpansion");
	struct counted sum = { 0 };

	for (size_t i = 0; i < s->offsets->tables; i++)
		add_table(s, lab_scene_read64(s, tables + i * 8), entries,
			  tag_of(text), &sum);
	CHECK_EQ("first table", lab_scene_read64(s, tables),
		 variable(s, "PoolTrackTable"));
	if (expansion)
		add_table(s, expansion,
			  variable(s, "PoolTrackTableExpansionSize"),
			  tag_of(text), &sum);
	return sum;
}

/* What the table of big allocations has of one. */
static struct counted count_big(struct lab_scene *s, const char text[5])
{
	const struct lab_offsets *o = s->offsets;
	uint64_t table = variable(s, "PoolBigPageTable");
	uint64_t entries = variable(s, "PoolBigPageTableSize");
	struct counted sum = { 0 };

	for (uint64_t i = 0; i < entries; i++) {
		uint64_t at = table + i * o->big_size;

		if (lab_scene_read64(s, at + o->big_va) & 1 ||
		    lab_scene_read32(s, at + o->big_key) != tag_of(text))
			continue;
		sum.allocations++;
		sum.bytes +=
			(lab_scene_read64(s, at + o->big_bytes) + PAGE - 1) /
			PAGE * PAGE;
	}
	return sum;
}

static void test_leak_is_counted(void)
{
	for (unsigned layout = 1; layout <= 2; layout++) {
		struct lab_scene s;

		if (!lab_scene_start(&s, layout, 2))
			return;
		struct counted before = count(&s, "Leak");

		lab_emulated_post(s.machine, LAB_COMMAND_LEAK);
		lab_scene_run(&s, 10 * SECOND_US);
		struct counted tags = count(&s, "Leak");
		struct counted big = count_big(&s, "Leak");
		uint32_t lost = lab_scene_read32(
			&s, lab_scene_symbol(&s, "MyfaultLost"));

		CHECK_EQ("lost", lost, 39);
		CHECK_EQ("outstanding", tags.allocations - tags.frees,
			 lost + 1);
		CHECK_EQ("entries", big.allocations,
			 tags.allocations - tags.frees);
		CHECK_EQ("bytes", tags.bytes, big.bytes);
		CHECK(tags.frees > before.frees);
		lab_emulated_post(s.machine, LAB_COMMAND_LEAK_STOP);
		lab_scene_run(&s, 2 * SECOND_US);
		CHECK(count(&s, "Leak").bytes <= tags.bytes + 2 * PAGE);
		lab_scene_end(&s);
	}
}

/* Bytes of _POOL_HEADER, whose bits offsetof() cannot name. */
static const struct {
	unsigned previous, size, type;
} header_bytes[] = { { 0, 2, 3 }, { 7, 4, 5 } };

enum { BLOCK = 16, PAGE_BLOCKS = PAGE / BLOCK };

/*
 * What blocks in this page have a tag. A page of blocks is a row without
 * gaps, each of which knows how long the one before it is.
 */
static uint64_t bytes_in_page(struct lab_scene *s, uint64_t page, uint32_t tag)
{
	unsigned at = 0, previous = 0;
	uint64_t sum = 0;

	while (at < PAGE_BLOCKS) {
		uint8_t header[BLOCK] = { 0 };

		(void)s->machine->ops->read_virtual(
			s->machine, page + at * BLOCK, header, sizeof(header));
		unsigned size = header[header_bytes[s->layout - 1].size];
		unsigned type = header[header_bytes[s->layout - 1].type];

		CHECK_EQ("previous",
			 header[header_bytes[s->layout - 1].previous],
			 previous);
		if (!CHECK(size > 1) || !CHECK(type < 3))
			break;
		if (type && lab_get32(header + s->offsets->header_tag) == tag)
			sum += size * BLOCK;
		previous = size;
		at += size;
	}
	CHECK_EQ("the page's end", at, PAGE_BLOCKS);
	return sum;
}

/* Does a page begin with a block? Free pages and big allocations do not. */
static bool is_row(struct lab_scene *s, uint64_t page)
{
	uint8_t header[BLOCK] = { 0 };

	(void)s->machine->ops->read_virtual(s->machine, page, header,
					    sizeof(header));
	return header[header_bytes[s->layout - 1].size] > 1 &&
	       !header[header_bytes[s->layout - 1].previous];
}

static void test_blocks_are_counted(void)
{
	static const char *const tags[] = { "LDsk", "LNet", "Proc",
					    "Thre", "MmLd", "Driv" };

	for (unsigned layout = 1; layout <= 2; layout++) {
		struct lab_scene s;

		if (!lab_scene_start(&s, layout, 2))
			return;
		lab_scene_run(&s, 5 * SECOND_US);
		uint64_t start = variable(&s, "MmNonPagedPoolStart");
		uint64_t end = variable(&s, "MmNonPagedPoolEnd");

		for (size_t i = 0; i < sizeof(tags) / sizeof(tags[0]); i++) {
			struct counted c = count(&s, tags[i]);
			uint64_t sum = 0;

			for (uint64_t page = start; page < end; page += PAGE)
				if (is_row(&s, page))
					sum += bytes_in_page(&s, page,
							     tag_of(tags[i]));
			CHECK_ROW(tags[i], c.bytes > 0);
			CHECK_EQ(tags[i], c.bytes, sum);
			CHECK_EQ(tags[i], c.paged_bytes, 0);
		}
		CHECK(count(&s, "LDca").paged_bytes > 0);
		lab_scene_end(&s);
	}
}

/* Where a tag stands in the images; its address there. */
static unsigned find_uses(struct lab_scene *s, uint32_t tag, uint64_t *ret,
			  unsigned most)
{
	unsigned hits = 0;
	uint8_t bytes[4];

	for (size_t n = 0; n < s->seen.count; n++)
		for (uint32_t i = 0; i + 4 < s->seen.module[n].size; i++) {
			uint64_t at = s->seen.module[n].base + i;

			if (s->machine->ops->read_virtual(s->machine, at, bytes,
							  4) == 4 &&
			    lab_get32(bytes) == tag && hits++ < most)
				ret[hits - 1] = at;
		}
	return hits;
}

/* Part 4: find the tag in the drivers' code, and make each use unique. */
static void test_tags_in_code(void)
{
	for (unsigned layout = 1; layout <= 2; layout++) {
		uint64_t use[2] = { 0 };
		struct lab_scene s;

		if (!lab_scene_start(&s, layout, 2))
			return;
		CHECK(lab_scene_break(&s));
		unsigned hits = find_uses(&s, tag_of("Leak"), use, 2);

		CHECK_EQ("uses", hits, 2);
		CHECK_TEXT("first", lab_unwind_name(&s.seen, use[0]),
			   "MyfaultTakeBuffer");
		CHECK_TEXT("second", lab_unwind_name(&s.seen, use[1]),
			   "MyfaultLeakMemory");
		lab_scene_write32(&s, use[0], tag_of("Lea1"));
		lab_scene_write32(&s, use[1], tag_of("Lea2"));
		struct counted before = count(&s, "Leak");

		lab_scene_go(&s);
		lab_emulated_post(s.machine, LAB_COMMAND_LEAK);
		lab_scene_run(&s, 5 * SECOND_US);
		struct counted one = count(&s, "Lea1"), two = count(&s, "Lea2");
		uint32_t lost = lab_scene_read32(
			&s, lab_scene_symbol(&s, "MyfaultLost"));

		CHECK_EQ("Leak", count(&s, "Leak").allocations,
			 before.allocations);
		CHECK_EQ("Lea1", one.allocations - one.frees, 1);
		CHECK_EQ("Lea2", two.allocations, lost);
		CHECK_EQ("Lea2", two.frees, 0);
		CHECK(lost > 10);
		lab_scene_end(&s);
	}
}

static void test_exhaustion(void)
{
	struct lab_scene s;

	if (!lab_scene_start(&s, 1, 2))
		return;
	lab_emulated_post(s.machine, LAB_COMMAND_LEAK);
	for (int i = 0; i < 6; i++)
		lab_emulated_post(s.machine, LAB_COMMAND_LEAK_FASTER);
	lab_scene_run(&s, 60 * SECOND_US);
	CHECK(lab_scene_read32(&s, lab_scene_symbol(&s, "ExPoolFailures")) >
	      100);
	CHECK(count(&s, "Leak").bytes > 15 << 20);
	/* what is left is in pieces too small */
	CHECK(variable(&s, "MmAllocatedNonPagedPool") > 3900);
	CHECK_EQ("available", variable(&s, "MmAvailablePages"),
		 variable(&s, "MmNumberOfPhysicalPages") -
			 variable(&s, "MmTotalCommittedPages"));
	CHECK(lab_scene_break(&s));
	lab_scene_end(&s);
}

/* A driver that comes and goes leaves nothing behind, however often. */
static void test_driver_comes_and_goes(void)
{
	struct lab_scene s;

	if (!lab_scene_start(&s, 2, 2))
		return;
	CHECK_EQ("before", variable(&s, "PoolTrackTableExpansion"), 0);
	for (unsigned i = 1; i <= 40; i++) {
		lab_emulated_post(s.machine, LAB_COMMAND_LOAD);
		lab_scene_run(&s, SECOND_US / 2);
		CHECK(!s.event.unload);
		s.seen.count--; /* no end of them */
		struct counted first = count(&s, "X00x");
		struct counted last = count(&s, "X39x");

		CHECK_EQ("first", first.paged_bytes, 0x30);
		CHECK_EQ("last", last.paged_bytes, 0x170);
		lab_emulated_post(s.machine, LAB_COMMAND_UNLOAD);
		lab_scene_run(&s, SECOND_US);
		CHECK(s.event.unload);
		CHECK_EQ("first", count(&s, "X00x").paged_bytes, 0);
		CHECK_EQ("last", count(&s, "X39x").paged_bytes, 0);
	}
	CHECK(variable(&s, "PoolTrackTableExpansion") != 0);
	CHECK_EQ("drivers", count(&s, "Driv").allocations, 44);
	CHECK_EQ("drivers", count(&s, "Driv").frees, 40);
	CHECK_EQ("devices", count(&s, "Devi").frees, 40);
	/* the last thread that ended is there until another one begins */
	struct counted threads = count(&s, "Thre");

	CHECK_EQ("threads", threads.frees, 39);
	CHECK_EQ("unloaded",
		 lab_scene_read32(&s,
				  lab_scene_symbol(&s, "MmLastUnloadedDriver")),
		 40);
	lab_scene_end(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "the leak is counted", test_leak_is_counted },
		{ "blocks are counted", test_blocks_are_counted },
		{ "tags in code", test_tags_in_code },
		{ "exhaustion", test_exhaustion },
		{ "a driver comes and goes", test_driver_comes_and_goes },
	};

	return check_run("lab pool", tests, sizeof(tests) / sizeof(tests[0]));
}
