/* Numbers as dt writes them: "0n5", "0x12", "0y101", "0n2 ( Name )". */

#include "kd_typed_text_parts.h"

#include <inttypes.h>
#include <string.h>

void kd_typed_put_hex(struct kd_typed_out *o, uint64_t v)
{
	if (v >> 32)
		kd_typed_put(o, "0x%" PRIx32 "`%08" PRIx32, (uint32_t)(v >> 32),
			     (uint32_t)v);
	else
		kd_typed_put(o, "0x%" PRIx32, (uint32_t)v);
}

/* A number below 10 needs no prefix. */
static void put_unsigned(struct kd_typed_out *o, uint64_t v)
{
	if (v < 10)
		kd_typed_put(o, "%u", (unsigned)v);
	else
		kd_typed_put_hex(o, v);
}

void kd_typed_put_address(struct kd_typed_out *o, uint64_t v, uint64_t size)
{
	if (size > 4)
		kd_typed_put(o, "0x%08" PRIx32 "`%08" PRIx32,
			     (uint32_t)(v >> 32), (uint32_t)v);
	else
		kd_typed_put(o, "0x%08" PRIx32, (uint32_t)v);
}

/* "'b'"; nothing between the quotes of what is no character. */
static void put_character(struct kd_typed_out *o, uint64_t v)
{
	if (v >= 0x20 && v < 0x7f)
		kd_typed_put(o, " '%c'", (char)v);
	else
		kd_typed_put(o, " ''");
}

static enum kd_status put_real(struct kd_typed_out *o, const struct kd_typed *t,
			       uint64_t size)
{
	uint64_t bits;
	uint32_t narrow;
	float f;
	double d;
	enum kd_status st;

	if (size != 4 && size != 8) {
		kd_typed_put(o, "<%" PRIu64 " bytes>", size);
		return KD_OK;
	}
	st = kd_typed_u64(t, &bits);
	if (st != KD_OK)
		return kd_typed_unread(o, st);
	narrow = (uint32_t)bits;
	memcpy(&f, &narrow, sizeof(f));
	memcpy(&d, &bits, sizeof(d));
	kd_typed_put(o, "%g", size == 4 ? (double)f : d);
	return KD_OK;
}

static enum kd_status put_wide_integer(struct kd_typed_out *o,
				       const struct kd_typed *t)
{
	struct kd_typed half = *t;
	uint64_t low, high;
	enum kd_status st;

	half.type = 0x23; /* T_UQUAD */
	st = kd_typed_u64(&half, &low);
	half.address += 8;
	if (st == KD_OK)
		st = kd_typed_u64(&half, &high);
	if (st != KD_OK)
		return kd_typed_unread(o, st);
	kd_typed_put(o, "0x%016" PRIx64 "%016" PRIx64, high, low);
	return KD_OK;
}

enum kd_status kd_typed_put_basic(struct kd_typed_out *o,
				  const struct kd_typed *t,
				  const struct kd_pdb_type *type)
{
	const char *name = type->name; /* of a basic type: stays */
	bool is_signed;
	uint64_t v;
	enum kd_status st;

	if (!type->size) {
		kd_typed_put(o, "%s", name);
		return KD_OK;
	}
	if (!strcmp(name, "Float"))
		return put_real(o, t, type->size);
	if (type->size == 16)
		return put_wide_integer(o, t);
	st = kd_typed_is_signed(t, &is_signed);
	if (st == KD_OK)
		st = kd_typed_u64(t, &v);
	if (st != KD_OK)
		return kd_typed_unread(o, st);
	if (!strcmp(name, "Char")) {
		kd_typed_put(o, "%d", (int)(int64_t)v);
		put_character(o, v);
	} else if (!strcmp(name, "UChar") || !strncmp(name, "Wchar", 5) ||
		   !strncmp(name, "Char", 4)) {
		kd_typed_put(o, v ? "0x%x" : "%u", (unsigned)v);
		put_character(o, v);
	} else if (is_signed) {
		kd_typed_put(o, "0n%" PRId64, (int64_t)v);
	} else {
		put_unsigned(o, v);
	}
	return KD_OK;
}

enum kd_status kd_typed_put_bits(struct kd_typed_out *o,
				 const struct kd_typed *t)
{
	bool is_signed = false;
	uint64_t v;
	enum kd_status st = kd_typed_is_signed(t, &is_signed);

	if (st == KD_OK)
		st = kd_typed_u64(t, &v);
	if (st != KD_OK)
		return kd_typed_unread(o, st);
	kd_typed_put(o, "0y");
	for (unsigned i = t->bit_count < 64 ? t->bit_count : 64; i; i--)
		kd_typed_put(o, "%d", (int)(v >> (i - 1) & 1));
	if (is_signed && t->bit_count > 1)
		kd_typed_put(o, " (0n%" PRId64 ")", (int64_t)v);
	else if (t->bit_count > 4)
		kd_typed_put(o, v ? " (0x%" PRIx64 ")" : " (%" PRIu64 ")", v);
	return KD_OK;
}

enum kd_status kd_typed_enum_name(const struct kd_typed *t, uint64_t value,
				  char name[KD_TYPED_NAME_MAX])
{
	struct kd_typed_cursor at = { 0 };
	struct kd_typed_member m;
	uint64_t size, mask;
	enum kd_status st = kd_typed_size(t, &size);

	if (st != KD_OK)
		return st;
	mask = size < 8 ? (UINT64_C(1) << 8 * size) - 1 : UINT64_MAX;
	while ((st = kd_typed_next_member(t, &at, &m)) == KD_OK) {
		if (m.kind != KD_FIELD_ENUMERATOR ||
		    (m.value & mask) != (value & mask))
			continue;
		memcpy(name, m.name, sizeof(m.name));
		return KD_OK;
	}
	if (st != KD_E_END)
		return st;
	name[0] = '\0';
	return KD_OK;
}

enum kd_status kd_typed_put_enum(struct kd_typed_out *o,
				 const struct kd_typed *t)
{
	char name[KD_TYPED_NAME_MAX];
	uint64_t v;
	enum kd_status st = kd_typed_u64(t, &v);

	if (st != KD_OK)
		return kd_typed_unread(o, st);
	st = kd_typed_enum_name(t, v, name);
	if (st != KD_OK)
		return st;
	kd_typed_put(o, "0n%" PRId64, (int64_t)v);
	if (name[0])
		kd_typed_put(o, " ( %s )", name);
	else
		kd_typed_put(o, " (No matching name)");
	return KD_OK;
}
