/* Pages of blocks, sound and damaged. */
#include "check.h"
#include "kd_cursor.h"
#include "pool_layout.h"

#include <string.h>

enum { BASE = 0x10000, UNITS = KD_POOL_PAGE / 16 };

/* Sizes of the blocks of a page in 16 bytes; the last one fills it up. */
struct row {
	const char *name;
	uint16_t size[6];
	uint16_t previous_of_third; /* 0xffff: as it should be */
	size_t blocks;
	enum kd_status end;
};

static const struct row rows[] = {
	{ "one block", { UNITS }, 0xffff, 1, KD_E_END },
	{ "three", { 4, 8, UNITS - 12 }, 0xffff, 3, KD_E_END },
	{ "no size", { 4, 0 }, 0xffff, 1, KD_E_FORMAT },
	{ "nothing at all", { 0 }, 0xffff, 0, KD_E_FORMAT },
	{ "beyond the page", { 4, UNITS - 3 }, 0xffff, 1, KD_E_FORMAT },
	{ "another previous", { 4, 8, UNITS - 12 }, 7, 2, KD_E_FORMAT },
	{ "absurd previous", { 4, 8, UNITS - 12 }, 0x1ff, 2, KD_E_FORMAT },
};

static void make(const struct row *r, struct kd_pool_page *page)
{
	size_t at = 0;
	uint16_t previous = 0;

	memset(page, 0, sizeof(*page));
	page->layout = &pool_layout.header;
	page->address = BASE;
	for (size_t i = 0; i < 6 && r->size[i]; i++) {
		struct kd_writer w = kd_writer_over(page->bytes + at, 16);

		if (i == 2 && r->previous_of_third != 0xffff)
			previous = r->previous_of_third;
		kd_write_u8(&w, (uint8_t)previous);
		kd_write_u8(&w, (uint8_t)(previous >> 8));
		kd_write_u8(&w, (uint8_t)r->size[i]);
		/* every second one is free; the size's ninth bit is below */
		kd_write_u8(&w,
			    (uint8_t)((i % 2 ? 0 : 3 << 1) | r->size[i] >> 8));
		kd_write_le32(&w, kd_pool_tag_of("Blk?") | 0x80000000u);
		previous = r->size[i];
		at += (size_t)r->size[i] * 16;
		if (at >= KD_POOL_PAGE)
			break;
	}
}

static void test_pages(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_pool_page page;
		struct kd_pool_block b;
		size_t n = 0;
		uint64_t at = BASE;
		enum kd_status st;

		make(&rows[i], &page);
		while ((st = kd_pool_page_next(&page, &b)) == KD_OK) {
			CHECK_EQ(rows[i].name, b.address, at);
			CHECK_EQ(rows[i].name, b.size, rows[i].size[n] * 16);
			CHECK_EQ(rows[i].name, b.type, n % 2 ? 0 : 3);
			CHECK_EQ(rows[i].name, b.tag, kd_pool_tag_of("Blk?"));
			CHECK_ROW(rows[i].name, b.is_protected);
			at += b.size;
			n++;
		}
		CHECK_EQ(rows[i].name, n, rows[i].blocks);
		CHECK_EQ(rows[i].name, -st, -rows[i].end);
	}
}

static void test_members(void)
{
	static const uint8_t bytes[] = { 0x21, 0x43, 0x65, 0x87 };
	static const struct {
		const char *name;
		struct kd_pool_member m;
		uint64_t want;
	} members[] = {
		{ "none", { false, 0, 4, 0, 0 }, 0 },
		{ "a byte", { true, 1, 1, 0, 0 }, 0x43 },
		{ "all", { true, 0, 4, 0, 0 }, 0x87654321 },
		{ "bits", { true, 0, 2, 4, 8 }, 0x32 },
		{ "beyond", { true, 2, 4, 0, 0 }, 0 },
		{ "far beyond", { true, 4000, 8, 0, 0 }, 0 },
	};

	for (size_t i = 0; i < sizeof(members) / sizeof(members[0]); i++)
		CHECK_EQ(
			members[i].name,
			kd_pool_member_get(&members[i].m, bytes, sizeof(bytes)),
			members[i].want);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "pages", test_pages },
		{ "members", test_members },
	};

	return check_run("pool blocks", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
