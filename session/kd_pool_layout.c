#include "kd_pool_layout.h"

#include "kd_cursor.h"
#include "kd_typed.h"

/* A member that is looked for; the first of its names that is there. */
struct wish {
	const char *type, *name;
	bool needed;
	struct kd_pool_member *ret;
};

static enum kd_status explain(struct kd_symbols *s, struct kd_detail *detail,
			      enum kd_status st)
{
	if (st == KD_E_NOT_FOUND || st == KD_E_FORMAT)
		*detail = *kd_typed_detail(s);
	return st;
}

static bool is_size(uint64_t size)
{
	return size == 1 || size == 2 || size == 4 || size == 8;
}

static enum kd_status find_size(struct kd_symbols *s, const char *type,
				struct kd_detail *detail, uint16_t *ret)
{
	struct kd_typed t;
	uint64_t size;
	enum kd_status st = kd_typed_at(s, type, 0, &t);

	if (st == KD_OK)
		st = kd_typed_size(&t, &size);
	if (st != KD_OK)
		return explain(s, detail, st);
	if (!size || size > KD_POOL_STRUCT_MAX) {
		kd_detail_set(detail, "%s has %llu bytes, which cannot be",
			      type, (unsigned long long)size);
		return KD_E_FORMAT;
	}
	*ret = (uint16_t)size;
	return KD_OK;
}

static enum kd_status find_member(struct kd_symbols *s, const struct wish *w,
				  struct kd_detail *detail)
{
	struct kd_typed t, field;
	uint64_t size;
	enum kd_status st = kd_typed_at(s, w->type, 0, &t);

	if (st == KD_OK)
		st = kd_typed_field(&t, w->name, &field);
	if (st == KD_E_NOT_FOUND && !w->needed) {
		*w->ret = (struct kd_pool_member){ 0 };
		return KD_OK;
	}
	if (st == KD_OK)
		st = kd_typed_size(&field, &size);
	if (st != KD_OK)
		return explain(s, detail, st);
	if (!is_size(size) || field.address > KD_POOL_STRUCT_MAX ||
	    field.bit_position + field.bit_count > size * 8) {
		kd_detail_set(detail, "%s.%s is no number", w->type, w->name);
		return KD_E_FORMAT;
	}
	*w->ret = (struct kd_pool_member){
		.there = true,
		.offset = (uint16_t)field.address,
		.size = (uint8_t)size,
		.bit_position = field.bit_position,
		.bit_count = field.bit_count,
	};
	return KD_OK;
}

static enum kd_status find_sizes(struct kd_symbols *s, struct kd_detail *detail,
				 struct kd_pool_layout *l)
{
	const struct {
		const char *type;
		uint16_t *ret;
	} rows[] = {
		{ "nt!_POOL_TRACKER_TABLE", &l->tracker.size },
		{ "nt!_POOL_HEADER", &l->header.size },
		{ "nt!_POOL_TRACKER_BIG_PAGES", &l->big.size },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		enum kd_status st =
			find_size(s, rows[i].type, detail, rows[i].ret);

		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}

enum kd_status kd_pool_layout_read(struct kd_symbols *s,
				   struct kd_detail *detail,
				   struct kd_pool_layout *ret)
{
	struct kd_pool_layout l = { 0 };
	struct kd_pool_tracker *t = &l.tracker;
	// clang-format off
	const struct wish wishes[] = {
		{ "nt!_POOL_TRACKER_TABLE",     "Key",            true,  &t->key },
		{ "nt!_POOL_TRACKER_TABLE",     "NonPagedAllocs", true,  &t->allocs[0] },
		{ "nt!_POOL_TRACKER_TABLE",     "NonPagedFrees",  true,  &t->frees[0] },
		{ "nt!_POOL_TRACKER_TABLE",     "NonPagedBytes",  true,  &t->bytes[0] },
		{ "nt!_POOL_TRACKER_TABLE",     "PagedAllocs",    true,  &t->allocs[1] },
		{ "nt!_POOL_TRACKER_TABLE",     "PagedFrees",     true,  &t->frees[1] },
		{ "nt!_POOL_TRACKER_TABLE",     "PagedBytes",     true,  &t->bytes[1] },
		{ "nt!_POOL_HEADER",            "BlockSize",      true,  &l.header.block_size },
		{ "nt!_POOL_HEADER",            "PreviousSize",   true,  &l.header.previous_size },
		{ "nt!_POOL_HEADER",            "PoolType",       true,  &l.header.pool_type },
		{ "nt!_POOL_HEADER",            "PoolTag",        true,  &l.header.tag },
		{ "nt!_POOL_TRACKER_BIG_PAGES", "Va",             true,  &l.big.va },
		{ "nt!_POOL_TRACKER_BIG_PAGES", "Key",            true,  &l.big.key },
		{ "nt!_POOL_TRACKER_BIG_PAGES", "NumberOfBytes",  false, &l.big.bytes },
		{ "nt!_POOL_TRACKER_BIG_PAGES", "NumberOfPages",  false, &l.big.pages },
	};
	// clang-format on
	enum kd_status st = find_sizes(s, detail, &l);

	for (size_t i = 0;
	     st == KD_OK && i < sizeof(wishes) / sizeof(wishes[0]); i++)
		st = find_member(s, &wishes[i], detail);
	if (st == KD_OK)
		*ret = l;
	return st;
}

uint64_t kd_pool_member_get(const struct kd_pool_member *m,
			    const uint8_t *bytes, size_t len)
{
	struct kd_reader in = kd_reader_over(bytes, len);
	uint64_t value = 0;

	if (!m->there)
		return 0;
	(void)kd_read_bytes(&in, m->offset);
	const uint8_t *at = kd_read_bytes(&in, m->size);

	if (!at)
		return 0;
	for (unsigned i = 0; i < m->size; i++)
		value |= (uint64_t)at[i] << 8 * i;
	if (!m->bit_count)
		return value;
	value >>= m->bit_position;
	return m->bit_count < 64 ? value & ((UINT64_C(1) << m->bit_count) - 1)
				 : value;
}
