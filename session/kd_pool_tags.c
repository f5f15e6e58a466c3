#include "kd_pool_tags.h"

#include <stdlib.h>
#include <string.h>

enum { ROOM_FIRST = 512, ROOM_MOST = 2 * KD_POOL_TAGS_MAX };

void kd_pool_tags_init(struct kd_pool_tags *t, const struct kd_allocator *mem)
{
	*t = (struct kd_pool_tags){ .mem = mem ? *mem : *kd_allocator_libc() };
}

void kd_pool_tags_deinit(struct kd_pool_tags *t)
{
	if (t->row)
		t->mem.release(t->mem.ctx, t->row);
	t->row = NULL;
	t->count = t->room = 0;
}

/* The order of characters: the lowest byte is the first. */
static uint32_t as_read(uint32_t tag)
{
	return tag << 24 | (tag & 0xff00) << 8 | (tag >> 8 & 0xff00) |
	       tag >> 24;
}

static int by_tag(const void *a, const void *b)
{
	uint32_t x = as_read(((const struct kd_pool_tag *)a)->tag);
	uint32_t y = as_read(((const struct kd_pool_tag *)b)->tag);

	return (x > y) - (x < y);
}

static void add_use(struct kd_pool_use *to, const struct kd_pool_use *from)
{
	to->allocs += from->allocs;
	to->frees += from->frees;
	to->bytes += from->bytes;
}

/* One row for each tag. */
static void unite(struct kd_pool_tags *t)
{
	size_t n = 0;

	if (!t->count)
		return;
	qsort(t->row, t->count, sizeof(*t->row), by_tag);
	for (size_t i = 1; i < t->count; i++) {
		if (t->row[i].tag != t->row[n].tag) {
			t->row[++n] = t->row[i];
			continue;
		}
		for (size_t k = 0; k < KD_POOL_KINDS; k++)
			add_use(&t->row[n].use[k], &t->row[i].use[k]);
	}
	t->count = n + 1;
}

static enum kd_status grow(struct kd_pool_tags *t)
{
	size_t room = t->room ? t->room * 2 : ROOM_FIRST;
	struct kd_pool_tag *row = t->mem.alloc(t->mem.ctx, room * sizeof(*row));

	if (!row)
		return KD_E_NOMEM;
	if (t->row) {
		memcpy(row, t->row, t->count * sizeof(*row));
		t->mem.release(t->mem.ctx, t->row);
	}
	t->row = row;
	t->room = room;
	return KD_OK;
}

/* Room for one more; is_cut if there is none any more. */
static enum kd_status make_room(struct kd_pool_tags *t)
{
	if (t->count < t->room)
		return KD_OK;
	unite(t);
	if (t->count > KD_POOL_TAGS_MAX) {
		t->count = KD_POOL_TAGS_MAX;
		t->is_cut = true;
	}
	if (t->count <= t->room / 2 && t->room)
		return KD_OK;
	return t->room < ROOM_MOST ? grow(t) : KD_OK;
}

static struct kd_pool_use use_of(const struct kd_pool_tracker *layout,
				 size_t kind, const uint8_t *entry)
{
	size_t size = layout->size;

	return (struct kd_pool_use){
		kd_pool_member_get(&layout->allocs[kind], entry, size),
		kd_pool_member_get(&layout->frees[kind], entry, size),
		kd_pool_member_get(&layout->bytes[kind], entry, size),
	};
}

enum kd_status kd_pool_tags_add(struct kd_pool_tags *t,
				const struct kd_pool_tracker *layout,
				const uint8_t *bytes, size_t len)
{
	size_t size = layout->size;

	for (size_t at = 0; size && len - at >= size; at += size) {
		uint32_t tag = (uint32_t)kd_pool_member_get(&layout->key,
							    bytes + at, size);
		enum kd_status st;

		if (!tag)
			continue;
		st = make_room(t);
		if (st != KD_OK)
			return st;
		struct kd_pool_tag *row = &t->row[t->count++];

		row->tag = tag;
		for (size_t k = 0; k < KD_POOL_KINDS; k++)
			row->use[k] = use_of(layout, k, bytes + at);
	}
	return KD_OK;
}

/* Sums of narrow numbers wrap as these do. */
static uint64_t cut(uint64_t value, const struct kd_pool_member *m)
{
	return m->size >= 8 ? value
			    : value & ((UINT64_C(1) << 8 * m->size) - 1);
}

void kd_pool_tags_complete(struct kd_pool_tags *t,
			   const struct kd_pool_tracker *layout)
{
	unite(t);
	if (t->count > KD_POOL_TAGS_MAX) {
		t->count = KD_POOL_TAGS_MAX;
		t->is_cut = true;
	}
	for (size_t i = 0; i < t->count; i++)
		for (size_t k = 0; k < KD_POOL_KINDS; k++) {
			struct kd_pool_use *u = &t->row[i].use[k];

			u->allocs = cut(u->allocs, &layout->allocs[k]);
			u->frees = cut(u->frees, &layout->frees[k]);
			u->bytes = cut(u->bytes, &layout->bytes[k]);
		}
}

const struct kd_pool_tag *kd_pool_tags_find(const struct kd_pool_tags *t,
					    uint32_t tag)
{
	const struct kd_pool_tag key = { .tag = tag };

	if (!t->count)
		return NULL;
	return bsearch(&key, t->row, t->count, sizeof(*t->row), by_tag);
}

/* Frees may be ahead where a counter of 32 bits went round once more often. */
uint64_t kd_pool_outstanding(const struct kd_pool_use *u)
{
	if (u->allocs >= u->frees)
		return u->allocs - u->frees;
	return (uint32_t)(u->allocs - u->frees);
}

static struct kd_pool_rank compare(const struct kd_pool_tag *now,
				   const struct kd_pool_tag *before)
{
	static const struct kd_pool_tag nothing;
	struct kd_pool_rank r = { .tag = now };

	if (!before)
		before = &nothing;
	for (size_t k = 0; k < KD_POOL_KINDS; k++) {
		const struct kd_pool_use *u = &now->use[k];
		const struct kd_pool_use *old = &before->use[k];

		r.bytes[k] = (int64_t)(u->bytes - old->bytes);
		r.outstanding[k] = (int64_t)(kd_pool_outstanding(u) -
					     kd_pool_outstanding(old));
		r.allocs[k] = u->allocs - old->allocs;
		r.frees[k] = u->frees - old->frees;
	}
	return r;
}

/* ---- one comparison for each order ---- */

static int by_name(const void *a, const void *b)
{
	return by_tag(((const struct kd_pool_rank *)a)->tag,
		      ((const struct kd_pool_rank *)b)->tag);
}

static int more_first(int64_t a, int64_t b, const void *x, const void *y)
{
	return a != b ? (a < b) - (a > b) : by_name(x, y);
}

static int by_used(const void *x, const void *y, enum kd_pool_kind kind)
{
	const struct kd_pool_tag *a = ((const struct kd_pool_rank *)x)->tag;
	const struct kd_pool_tag *b = ((const struct kd_pool_rank *)y)->tag;
	uint64_t m = a->use[kind].bytes, n = b->use[kind].bytes;

	return m != n ? (m < n) - (m > n) : by_name(x, y);
}

static int by_nonpaged(const void *x, const void *y)
{
	return by_used(x, y, KD_POOL_NONPAGED);
}

static int by_paged(const void *x, const void *y)
{
	return by_used(x, y, KD_POOL_PAGED);
}

static int by_nonpaged_growth(const void *x, const void *y)
{
	const struct kd_pool_rank *a = x, *b = y;

	return more_first(a->bytes[KD_POOL_NONPAGED],
			  b->bytes[KD_POOL_NONPAGED], x, y);
}

static int by_paged_growth(const void *x, const void *y)
{
	const struct kd_pool_rank *a = x, *b = y;

	return more_first(a->bytes[KD_POOL_PAGED], b->bytes[KD_POOL_PAGED], x,
			  y);
}

static int64_t grown(const struct kd_pool_rank *r)
{
	return (int64_t)((uint64_t)r->bytes[KD_POOL_NONPAGED] +
			 (uint64_t)r->bytes[KD_POOL_PAGED]);
}

static int by_growth(const void *x, const void *y)
{
	return more_first(grown(x), grown(y), x, y);
}

void kd_pool_tags_rank(const struct kd_pool_tags *t,
		       const struct kd_pool_tags *before,
		       enum kd_pool_order order, struct kd_pool_rank *out)
{
	static int (*const orders[])(const void *, const void *) = {
		[KD_POOL_BY_TAG] = by_name,
		[KD_POOL_BY_NONPAGED] = by_nonpaged,
		[KD_POOL_BY_PAGED] = by_paged,
		[KD_POOL_BY_NONPAGED_GROWTH] = by_nonpaged_growth,
		[KD_POOL_BY_PAGED_GROWTH] = by_paged_growth,
		[KD_POOL_BY_GROWTH] = by_growth,
	};

	for (size_t i = 0; i < t->count; i++)
		out[i] = compare(
			&t->row[i],
			before ? kd_pool_tags_find(before, t->row[i].tag)
			       : NULL);
	if (t->count)
		qsort(out, t->count, sizeof(*out), orders[order]);
}

/* ---- tags as text ---- */

enum { TAG_LEN = KD_POOL_TAG_TEXT - 1 };

const char *kd_pool_tag_text(uint32_t tag, char out[KD_POOL_TAG_TEXT])
{
	for (unsigned i = 0; i < TAG_LEN; i++) {
		uint32_t c = tag >> 8 * i & 0xff;

		out[i] = c < ' ' || c > '~' ? '.' : (char)c;
	}
	out[TAG_LEN] = '\0';
	return out;
}

uint32_t kd_pool_tag_of(const char *text)
{
	uint32_t tag = 0;

	for (unsigned i = 0; i < TAG_LEN; i++) {
		tag |= (uint32_t)(unsigned char)(*text ? *text : ' ') << 8 * i;
		text += *text != '\0';
	}
	return tag;
}

bool kd_pool_tag_is_pattern(const char *pattern)
{
	return strpbrk(pattern, "*?") != NULL;
}

bool kd_pool_tag_matches(const char *pattern, uint32_t tag)
{
	const char *star = NULL, *at = pattern;
	unsigned i = 0, retry = 0;

	if (!kd_pool_tag_is_pattern(pattern))
		return strlen(pattern) <= TAG_LEN &&
		       kd_pool_tag_of(pattern) == tag;
	while (i < TAG_LEN) {
		uint32_t c = tag >> 8 * i & 0xff;

		if (*at == '*') {
			star = at++;
			retry = i;
		} else if (*at == '?' || (*at && (unsigned char)*at == c)) {
			at++;
			i++;
		} else if (star) {
			at = star + 1;
			i = ++retry;
		} else {
			/* what is left of the tag may be its spaces */
			return !*at &&
			       tag >> 8 * i == UINT32_C(0x20202020) >> 8 * i;
		}
	}
	while (*at == '*')
		at++;
	return !*at;
}
