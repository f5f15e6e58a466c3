/* Covers: session/kd_pool_tags.c session/kd_pool_layout.c */
/* Covers: session/kd_pool_blocks.c session/kd_pool_names.c */

#include "kd_pool.h"
#include "kd_pool_names.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* A member as the input has it: within its structure, or beyond. */
static struct kd_pool_member member(const uint8_t *d)
{
	return (struct kd_pool_member){ .there = d[0] & 1,
					.offset = d[1],
					.size = (uint8_t)(1 << d[2] % 4),
					.bit_position = d[3] % 8,
					.bit_count = d[3] >> 4 };
}

enum { MEMBER = 4, HEAD = 12 * MEMBER };

/* However a table is cut up, its sums are the same. */
static void check_tags(const struct kd_pool_tracker *l, const uint8_t *data,
		       size_t len)
{
	struct kd_pool_tags whole, parts;

	kd_pool_tags_init(&whole, NULL);
	kd_pool_tags_init(&parts, NULL);
	if (kd_pool_tags_add(&whole, l, data, len) != KD_OK)
		abort();
	for (size_t at = 0; len - at >= l->size; at += l->size)
		if (kd_pool_tags_add(&parts, l, data + at, l->size) != KD_OK)
			abort();
	kd_pool_tags_complete(&whole, l);
	kd_pool_tags_complete(&parts, l);
	if (whole.count != parts.count ||
	    (whole.count && memcmp(whole.row, parts.row,
				   whole.count * sizeof(*whole.row)) != 0))
		abort();
	for (size_t i = 0; i < whole.count; i++)
		if (kd_pool_tags_find(&whole, whole.row[i].tag) !=
		    &whole.row[i])
			abort();
	kd_pool_tags_deinit(&whole);
	kd_pool_tags_deinit(&parts);
}

/* Blocks follow one another, and none leaves its page. */
static void check_page(const struct kd_pool_header *l, const uint8_t *data,
		       size_t len)
{
	struct kd_pool_page page = { .layout = l };
	struct kd_pool_block b;
	uint64_t at = 0;

	memcpy(page.bytes, data, len < KD_POOL_PAGE ? len : KD_POOL_PAGE);
	while (kd_pool_page_next(&page, &b) == KD_OK) {
		if (b.address != at || !b.size || b.size % l->size ||
		    b.size > KD_POOL_PAGE - at)
			abort();
		at += b.size;
	}
}

/* Each line that was taken is found by its own tag, or by another's. */
static void check_names(const uint8_t *data, size_t len)
{
	struct kd_pool_names n;

	kd_pool_names_init(&n, NULL);
	if (kd_pool_names_parse(&n, (const char *)data, len) == KD_OK)
		for (size_t i = 0; i < n.count && i < 64; i++)
			if (strlen(n.row[i].tag) <= 4 &&
			    !kd_pool_tag_is_pattern(n.row[i].tag) &&
			    !kd_pool_names_find(&n,
						kd_pool_tag_of(n.row[i].tag)))
				abort();
	kd_pool_names_deinit(&n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct kd_pool_layout l = { 0 };

	check_names(data, len);
	if (len < HEAD + 1)
		return 0;
	l.tracker.size = (uint16_t)(1 + data[HEAD] % 64);
	l.header.size = data[HEAD] & 0x80 ? 16 : 8;
	l.tracker.key = member(data);
	for (size_t k = 0; k < KD_POOL_KINDS; k++) {
		l.tracker.allocs[k] = member(data + (1 + k) * MEMBER);
		l.tracker.frees[k] = member(data + (3 + k) * MEMBER);
		l.tracker.bytes[k] = member(data + (5 + k) * MEMBER);
	}
	l.header.block_size = member(data + 7 * MEMBER);
	l.header.previous_size = member(data + 8 * MEMBER);
	l.header.pool_type = member(data + 9 * MEMBER);
	l.header.tag = member(data + 10 * MEMBER);
	check_tags(&l.tracker, data + HEAD + 1, len - HEAD - 1);
	check_page(&l.header, data + HEAD + 1, len - HEAD - 1);
	return 0;
}
