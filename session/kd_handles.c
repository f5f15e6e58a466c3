#include "kd_handles.h"

#include "kd_cursor.h"

enum {
	PAGE = 4096, /* the unit of a table, on every kernel */
	STEP = 4,    /* a handle's low bits are its owner's */
	LEVELS = 3,  /* low bits of TableCode */
	LEVELS_MAX = 2,
	OBJECT_BITS = 7, /* low bits of a pointer to an object's header */
	ENTRY_MIN = 8,
	ENTRY_MAX = 64,
	LIMIT = 1 << 26, /* 2^24 handles are Windows' own limit */
};

/* A member; 0 where this kernel has not that. */
static enum kd_status any(const struct kd_typed *t, const char *first,
			  const char *second, bool *ret_has, uint64_t *ret)
{
	enum kd_status st = kd_typed_field_u64(t, first, ret);

	if (st == KD_E_NOT_FOUND)
		st = kd_typed_field_u64(t, second, ret);
	*ret_has = st == KD_OK;
	if (st == KD_E_NOT_FOUND)
		*ret = 0;
	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

enum kd_status kd_handle_table_at(struct kd_symbols *s, uint64_t address,
				  struct kd_handle_table *ret)
{
	struct kd_handle_table t = { .address = address };
	struct kd_typed table;
	uint64_t code = 0, limit = 0;
	enum kd_status st = kd_typed_at(s, "nt!_HANDLE_TABLE", address, &table);

	if (st == KD_OK)
		st = kd_typed_field_u64(&table, "TableCode", &code);
	if (st == KD_OK)
		st = kd_typed_field_u64(&table, "NextHandleNeedingPool",
					&limit);
	if (st == KD_OK)
		st = any(&table, "HandleCount", "FreeLists[0].HandleCount",
			 &t.has_count, &t.count);
	if (st == KD_OK)
		st = kd_typed_at(s, "nt!_HANDLE_TABLE_ENTRY", 0, &t.entry);
	if (st == KD_OK)
		st = kd_typed_size(&t.entry, &t.entry_size);
	if (st == KD_OK)
		st = kd_types_offset(s, "nt!_OBJECT_HEADER", "Body", &t.body);
	if (st != KD_OK)
		return st;
	t.levels = (unsigned)(code & LEVELS);
	t.top = code & ~(uint64_t)LEVELS;
	t.limit = limit < LIMIT ? limit : LIMIT;
	if (t.levels > LEVELS_MAX || t.entry_size < ENTRY_MIN ||
	    t.entry_size > ENTRY_MAX)
		return KD_E_FORMAT;
	*ret = t;
	return KD_OK;
}

static enum kd_status read_pointer(const struct kd_handle_table *t,
				   uint64_t address, uint64_t *ret)
{
	uint8_t bytes[8] = { 0 };
	struct kd_reader in = kd_reader_over(bytes, sizeof(bytes));
	enum kd_status st = t->entry.memory.read(t->entry.memory.ctx, address,
						 bytes, t->entry.pointer_size);

	if (st == KD_OK)
		*ret = kd_read_le64(&in);
	/* 32-bit addresses are sign-extended everywhere */
	if (st == KD_OK && t->entry.pointer_size == 4)
		*ret = (uint64_t)(int64_t)(int32_t)(uint32_t)*ret;
	return st;
}

/* Down to the page of entries that has an index; 0: there is none. */
static enum kd_status find_page(const struct kd_handle_table *t,
				uint64_t number, uint64_t *ret)
{
	uint64_t fanout = PAGE / t->entry.pointer_size, at = t->top;
	enum kd_status st = KD_OK;

	for (unsigned level = t->levels; st == KD_OK && at && level; level--) {
		uint64_t below = level == 2 ? fanout : 1, which;

		which = number / below;
		number %= below;
		if (which >= fanout)
			return KD_E_END;
		st = read_pointer(t, at + which * t->entry.pointer_size, &at);
	}
	if (st == KD_OK && (!at || (!t->levels && number)))
		return KD_E_END;
	if (st == KD_OK)
		*ret = at;
	return st;
}

/* Before Windows 8: the header's address, with attributes in low bits. */
static enum kd_status read_pointer_object(const struct kd_handle_table *t,
					  const struct kd_typed *entry,
					  uint64_t *ret)
{
	uint64_t header;
	enum kd_status st = kd_typed_field_u64(entry, "Object", &header);

	if (st != KD_OK)
		return st;
	header &= ~(uint64_t)OBJECT_BITS;
	*ret = header ? header + t->body : 0;
	return KD_OK;
}

/*
 * The object of an entry, 0 of a free one. Since Windows 8 there are the upper
 * bits of a header's address, which is aligned to 16 or 8 bytes.
 */
static enum kd_status read_object(const struct kd_handle_table *t,
				  const struct kd_typed *entry, uint64_t *ret)
{
	unsigned shift = entry->pointer_size == 8 ? 4 : 3, width;
	struct kd_typed bits;
	uint64_t header;
	enum kd_status st = kd_typed_field(entry, "ObjectPointerBits", &bits);

	if (st == KD_E_NOT_FOUND)
		return read_pointer_object(t, entry, ret);
	if (st == KD_OK)
		st = kd_typed_u64(&bits, &header);
	if (st != KD_OK)
		return st;
	header <<= shift;
	width = bits.bit_count + shift;
	if (header && width < 64 && header >> (width - 1) & 1)
		header |= UINT64_MAX << width;
	*ret = header ? header + t->body : 0;
	return KD_OK;
}

static enum kd_status read_entry(const struct kd_handle_table *t,
				 uint64_t address, struct kd_handle *h)
{
	struct kd_typed entry = t->entry;
	bool has;
	enum kd_status st;

	entry.address = address;
	h->entry = address;
	st = read_object(t, &entry, &h->object);
	if (st == KD_OK)
		st = any(&entry, "GrantedAccessBits", "GrantedAccess", &has,
			 &h->access);
	if (st == KD_OK)
		st = any(&entry, "Attributes", "ObAttributes", &has,
			 &h->attributes);
	if (st == KD_OK)
		st = any(&entry, "NextFreeHandleEntry", "NextFreeTableEntry",
			 &has, &h->next_free);
	h->attributes &= OBJECT_BITS;
	return st;
}

enum kd_status kd_handle_at(const struct kd_handle_table *t, uint64_t value,
			    struct kd_handle *ret)
{
	uint64_t in_page = PAGE / t->entry_size, page = 0;
	uint64_t number = value / STEP;
	struct kd_handle h = { .value = value & ~(uint64_t)(STEP - 1) };
	enum kd_status st = KD_E_END;

	/* the first entry of a page is the kernel's own */
	if (value < t->limit && number % in_page)
		st = find_page(t, number / in_page, &page);
	if (st == KD_OK)
		st = read_entry(t, page + number % in_page * t->entry_size, &h);
	if (st == KD_OK)
		*ret = h;
	return st;
}

enum kd_status kd_handle_next(const struct kd_handle_table *t, uint64_t *value,
			      struct kd_handle *ret)
{
	uint64_t in_page = PAGE / t->entry_size;
	uint64_t at = *value + STEP;
	enum kd_status st = KD_E_END;

	while (at < t->limit) {
		st = kd_handle_at(t, at, ret);
		if (st != KD_E_END)
			break;
		/* nothing there: its page's own entry, or there is no page */
		at += at / STEP % in_page
			      ? STEP * (in_page - at / STEP % in_page)
			      : STEP;
	}
	if (st == KD_OK)
		*value = at;
	return st;
}
