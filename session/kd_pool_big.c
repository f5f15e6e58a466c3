/* Allocations of whole pages: the table that knows them. */

#include "kd_pool_parts.h"

/* Of an entry's address: nothing is allocated there. */
enum { IS_FREE = 1 };

enum kd_status kd_pool_big_table(struct kd_pool *p,
				 struct kd_pool_big_table *ret)
{
	static const struct kd_pool_variable table = { "nt!PoolBigPageTable", 0,
						       0 };
	static const struct kd_pool_variable size = { "nt!PoolBigPageTableSize",
						      0, 0 };
	struct kd_pool_big_table t;
	enum kd_status st = kd_pool_variable(p, &table, &t.address);

	if (st == KD_OK)
		st = kd_pool_variable(p, &size, &t.entries);
	if (st != KD_OK)
		return st;
	if (!t.address || !t.entries || t.entries > KD_POOL_BIG_MAX) {
		kd_detail_set(&p->detail, "%s is %llu, which cannot be",
			      size.name, (unsigned long long)t.entries);
		return KD_E_FORMAT;
	}
	*ret = t;
	return KD_OK;
}

static bool decode(const struct kd_pool *p, const uint8_t *entry,
		   struct kd_pool_big *ret)
{
	const struct kd_pool_big_entry *l = &p->layout.big;
	uint64_t va = kd_pool_member_get(&l->va, entry, l->size);
	uint64_t bytes = kd_pool_member_get(&l->bytes, entry, l->size);

	if (!va || va & IS_FREE)
		return false;
	if (!l->bytes.there)
		bytes = kd_pool_member_get(&l->pages, entry, l->size) *
			KD_POOL_PAGE;
	if (p->pointer_size == 4)
		va = (uint64_t)(int64_t)(int32_t)va;
	if (bytes > UINT64_MAX - KD_POOL_PAGE)
		return false;
	*ret = (struct kd_pool_big){
		.address = va,
		.bytes = (bytes + KD_POOL_PAGE - 1) / KD_POOL_PAGE *
			 KD_POOL_PAGE,
		.tag = (uint32_t)kd_pool_member_get(&l->key, entry, l->size),
	};
	return true;
}

/* What cannot be read of the table is passed over. */
static enum kd_status tell_piece(struct kd_pool *p, uint64_t address,
				 uint8_t *bytes, size_t len,
				 kd_pool_big_fn *found, void *ctx,
				 bool *ret_ended)
{
	size_t size = p->layout.big.size;
	enum kd_status st = kd_pool_read(p, address, bytes, len);
	struct kd_pool_big big;

	if (st != KD_OK)
		return kd_pool_is_hole(st) ? KD_OK : st;
	for (size_t at = 0; at < len && !*ret_ended; at += size)
		if (decode(p, bytes + at, &big))
			*ret_ended = !found(ctx, &big);
	return KD_OK;
}

enum kd_status kd_pool_big_each(struct kd_pool *p, kd_pool_big_fn *found,
				void *ctx)
{
	const struct kd_allocator *mem = kd_allocator_libc();
	size_t size = p->layout.big.size, piece = KD_POOL_PIECE / size * size;
	struct kd_pool_big_table t;
	enum kd_status st = kd_pool_big_table(p, &t);
	uint64_t len, done = 0;
	bool ended = false;

	if (st != KD_OK)
		return st;
	uint8_t *bytes = mem->alloc(mem->ctx, piece);

	if (!bytes)
		return KD_E_NOMEM;
	for (len = t.entries * size; st == KD_OK && done < len && !ended;
	     done += piece) {
		size_t n = len - done < piece ? (size_t)(len - done) : piece;

		if (kd_session_is_canceled(p->session) ||
		    (p->progress && !p->progress(p->progress_ctx, done, len)))
			st = KD_E_CANCELED;
		else
			st = tell_piece(p, t.address + done, bytes, n, found,
					ctx, &ended);
	}
	mem->release(mem->ctx, bytes);
	return st;
}

/* ---- one of them ---- */

/* The target looks for the page's address among the entries. */
static enum kd_status search(struct kd_pool *p,
			     const struct kd_pool_big_table *t, uint64_t page,
			     struct kd_pool_big *ret)
{
	const struct kd_pool_big_entry *l = &p->layout.big;
	uint64_t end = t->address + t->entries * l->size, at = t->address, hit;
	uint8_t entry[KD_POOL_STRUCT_MAX], bytes[8];

	for (unsigned i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(page >> 8 * i);
	while (at < end && end - at >= p->pointer_size) {
		enum kd_status st = kd_session_search(
			p->session, at, end - at, bytes, p->pointer_size,
			KD_ACCESS_VIRTUAL, KD_NEVER, p->progress,
			p->progress_ctx, &hit);

		if (st != KD_OK)
			return st;
		uint64_t offset = hit - t->address;

		at = hit + 1;
		if (offset % l->size != l->va.offset)
			continue;
		st = kd_pool_read(p, hit - l->va.offset, entry, l->size);
		if (st != KD_OK)
			return st;
		if (decode(p, entry, ret) && ret->address == page)
			return KD_OK;
	}
	return KD_E_NOT_FOUND;
}

struct holder {
	uint64_t address;
	struct kd_pool_big *ret;
	bool there;
};

static bool holds(void *ctx, const struct kd_pool_big *big)
{
	struct holder *h = ctx;

	h->there = h->address - big->address < big->bytes;
	if (h->there)
		*h->ret = *big;
	return !h->there;
}

enum kd_status kd_pool_big_find(struct kd_pool *p, uint64_t address,
				struct kd_pool_big *ret)
{
	struct holder h = { address, ret, false };
	struct kd_pool_big_table t;
	enum kd_status st = kd_pool_big_table(p, &t);

	if (st != KD_OK)
		return st;
	st = search(p, &t, address - address % KD_POOL_PAGE, ret);
	if (st != KD_E_NOT_FOUND)
		return st;
	st = kd_pool_big_each(p, holds, &h);
	if (st == KD_OK && !h.there)
		return KD_E_END;
	return st;
}
