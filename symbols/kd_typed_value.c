/* What is at a place: bytes and numbers, and where pointers lead. */

#include "kd_typed_parts.h"

#include "kd_cursor.h"
#include "kd_pdb_parts.h"
#include "kd_symbols_parts.h"

#include <string.h>

enum kd_status kd_typed_read(const struct kd_typed *t, void *buf, size_t len)
{
	if (!len)
		return KD_OK;
	return t->memory.read(t->memory.ctx, t->address, buf, len);
}

enum kd_status kd_typed_read_all(const struct kd_typed *t, void *buf,
				 size_t cap, size_t *ret_len)
{
	uint64_t size;
	enum kd_status st = kd_typed_size(t, &size);

	if (st != KD_OK)
		return st;
	if (size > cap)
		return KD_E_SPACE;
	st = kd_typed_read(t, buf, (size_t)size);
	if (st == KD_OK)
		*ret_len = (size_t)size;
	return st;
}

static enum kd_status read_copy(void *ctx, uint64_t address, void *buf,
				size_t len)
{
	const struct kd_typed_copy *c = ctx;
	uint64_t at = address - c->address;

	if (at >= c->len || len > c->len - at)
		return c->behind.read(c->behind.ctx, address, buf, len);
	memcpy(buf, c->bytes + at, len);
	return KD_OK;
}

enum kd_status kd_typed_copy(const struct kd_typed *t,
			     struct kd_typed_copy *copy, struct kd_typed *ret)
{
	uint64_t size;
	enum kd_status st = kd_typed_size(t, &size);

	if (st != KD_OK)
		return st;
	copy->behind = t->memory;
	copy->address = t->address;
	copy->len = 0;
	if (size > sizeof(copy->bytes))
		size = sizeof(copy->bytes);
	st = kd_typed_read(t, copy->bytes, (size_t)size);
	if (st != KD_OK)
		return st;
	copy->len = (size_t)size;
	*ret = *t;
	ret->memory = (struct kd_memory){ .read = read_copy, .ctx = copy };
	return KD_OK;
}

/* "Int4B" and "Char", but neither "Char16" nor "Uint4B". */
static bool is_signed_name(const char *name)
{
	return !strncmp(name, "Int", 3) || !strcmp(name, "Char") ||
	       !strcmp(name, "HRESULT");
}

/* What a number is stored as: bytes, 0 if it is none; and its sign. */
static enum kd_status storage(const struct kd_typed *t, uint64_t *ret_size,
			      bool *ret_signed)
{
	struct kd_typed at = *t;
	struct kd_pdb_type type = { 0 };
	enum kd_status st = KD_OK;

	for (int i = 0; i < KD_TYPED_CHAIN_MAX; i++) {
		st = kd_typed_type(&at, &type);
		if (st != KD_OK || type.kind != KD_TYPE_ENUM)
			break;
		at = kd_typed_of(&at, type.of, at.address);
	}
	if (st != KD_OK)
		return st;
	*ret_size = 0;
	*ret_signed = false;
	switch (type.kind) {
	case KD_TYPE_BASIC:
		*ret_signed = is_signed_name(type.name);
		*ret_size = type.size;
		break;
	case KD_TYPE_POINTER:
		*ret_signed = type.size == 4; /* as all addresses are */
		*ret_size = type.size;
		break;
	case KD_TYPE_STRUCT:
	case KD_TYPE_CLASS:
	case KD_TYPE_UNION:
		*ret_size = type.size;
		break;
	case KD_TYPE_ENUM:
	case KD_TYPE_ARRAY:
	case KD_TYPE_MODIFIER:
	case KD_TYPE_BITS:
	case KD_TYPE_FUNCTION:
	case KD_TYPE_OTHER:
		break;
	}
	return KD_OK;
}

static uint64_t little_endian(const uint8_t *bytes, uint64_t size)
{
	uint64_t v = 0;

	while (size)
		v = v << 8 | bytes[--size];
	return v;
}

/* From its highest bit of @p bits. */
static uint64_t extended(uint64_t v, unsigned bits, bool is_signed)
{
	if (bits >= 64)
		return v;
	v &= (UINT64_C(1) << bits) - 1;
	if (is_signed && bits && v >> (bits - 1))
		v |= ~((UINT64_C(1) << bits) - 1);
	return v;
}

enum kd_status kd_typed_u64(const struct kd_typed *t, uint64_t *ret)
{
	uint8_t bytes[8];
	uint64_t size, v;
	bool is_signed;
	enum kd_status st = storage(t, &size, &is_signed);

	if (st != KD_OK)
		return st;
	if (!size || size > sizeof(bytes))
		return kd_typed_refused(t->symbols, "what is there is no "
						    "number");
	st = kd_typed_read(t, bytes, (size_t)size);
	if (st != KD_OK)
		return st;
	v = little_endian(bytes, size);
	if (!t->bit_count) {
		*ret = extended(v, (unsigned)size * 8, is_signed);
		return KD_OK;
	}
	if (t->bit_position >= 64)
		return kd_typed_refused(t->symbols, "a bit field begins behind "
						    "its number's end");
	*ret = extended(v >> t->bit_position, t->bit_count, is_signed);
	return KD_OK;
}

enum kd_status kd_typed_i64(const struct kd_typed *t, int64_t *ret)
{
	uint64_t v;
	enum kd_status st = kd_typed_u64(t, &v);

	if (st == KD_OK)
		*ret = (int64_t)v;
	return st;
}

enum kd_status kd_typed_is_signed(const struct kd_typed *t, bool *ret)
{
	uint64_t size;
	bool is_signed;
	enum kd_status st = storage(t, &size, &is_signed);

	if (st == KD_OK)
		*ret = is_signed;
	return st;
}

enum kd_status kd_typed_field_u64(const struct kd_typed *t, const char *path,
				  uint64_t *ret)
{
	struct kd_typed f;
	enum kd_status st = kd_typed_field(t, path, &f);

	return st == KD_OK ? kd_typed_u64(&f, ret) : st;
}

enum kd_status kd_typed_deref(const struct kd_typed *t, struct kd_typed *ret)
{
	struct kd_pdb_type type;
	struct kd_typed r;
	uint64_t to;
	enum kd_status st = kd_typed_type(t, &type);

	if (st != KD_OK)
		return st;
	if (type.kind != KD_TYPE_POINTER)
		return kd_typed_refused(t->symbols,
					"what is there is no pointer");
	uint32_t of = type.of;

	st = kd_typed_u64(t, &to);
	if (st != KD_OK)
		return st;
	r = kd_typed_of(t, of, to);
	if (t->pointers)
		r.pointers = (uint8_t)(t->pointers - 1);
	/* it is elsewhere, not in a copy */
	r.memory = t->symbols->config.memory;
	*ret = r;
	return KD_OK;
}

enum kd_status kd_typed_count(const struct kd_typed *t, uint64_t *ret)
{
	struct kd_pdb_type type;
	uint64_t size, whole;
	enum kd_status st = kd_typed_type(t, &type);

	if (st != KD_OK)
		return st;
	if (type.kind != KD_TYPE_ARRAY) {
		*ret = 0;
		return KD_OK;
	}
	struct kd_typed element = kd_typed_of(t, type.of, t->address);

	whole = type.size;
	st = kd_typed_size(&element, &size);
	if (st == KD_OK)
		*ret = size ? whole / size : 0;
	return st;
}

enum kd_status kd_typed_index(const struct kd_typed *t, uint64_t index,
			      struct kd_typed *ret)
{
	struct kd_pdb_type type;
	struct kd_typed element;
	uint64_t size;
	enum kd_status st = kd_typed_type(t, &type);

	if (st != KD_OK)
		return st;
	if (type.kind == KD_TYPE_POINTER)
		st = kd_typed_deref(t, &element);
	else if (type.kind == KD_TYPE_ARRAY)
		element = kd_typed_of(t, type.of, t->address);
	else
		return kd_typed_refused(t->symbols, "what is there is no "
						    "array");
	if (st == KD_OK)
		st = kd_typed_size(&element, &size);
	if (st != KD_OK)
		return st;
	if (!size)
		return kd_typed_refused(t->symbols, "its elements have no "
						    "size");
	element.address += index * size;
	*ret = element;
	return KD_OK;
}
