/*
 * Types as C spells them, which is how x and ln do. A type is a chain of
 * records, of an array of pointers to something, whose length is bounded: a
 * damaged file can tie it into a ring.
 */

#include "kd_pdb_parts.h"
#include "kd_text.h"

#include <inttypes.h>

enum {
	CHAIN_MAX = 64,
	PARAMETERS_MAX = 256,
	LEAF_ARGUMENTS = 0x1201, /* LF_ARGLIST */
	POINTER = -1,		 /* a link that is no array */
};

/* The basic types, whose names for dt do not tell int from long. */
static const char *basic_name(const struct kd_pdb_type *t)
{
	// clang-format off
	static const struct {
		uint32_t index;
		const char *name;
	} names[] = {
		{ 0x00, "..." }, /* behind the last parameter */
		{ 0x03, "void" },
		{ 0x10, "char" },
		{ 0x11, "short" },
		{ 0x12, "long" },
		{ 0x13, "int64" },
		{ 0x20, "unsigned char" },
		{ 0x21, "unsigned short" },
		{ 0x22, "unsigned long" },
		{ 0x23, "unsigned int64" },
		{ 0x30, "bool" },
		{ 0x40, "float" },
		{ 0x41, "double" },
		{ 0x68, "char" },
		{ 0x69, "unsigned char" },
		{ 0x70, "char" },
		{ 0x71, "wchar_t" },
		{ 0x72, "short" },
		{ 0x73, "unsigned short" },
		{ 0x74, "int" },
		{ 0x75, "unsigned int" },
		{ 0x76, "int64" },
		{ 0x77, "unsigned int64" },
	};
	// clang-format on

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].index == t->index)
			return names[i].name;
	return t->name;
}

/* What a chain ends in. */
static void put_end(struct kd_text *out, const struct kd_pdb_type *t)
{
	switch (t->kind) {
	case KD_TYPE_BASIC:
		kd_text_add(out, "%s", basic_name(t));
		break;
	case KD_TYPE_STRUCT:
	case KD_TYPE_CLASS:
	case KD_TYPE_UNION:
	case KD_TYPE_ENUM:
		kd_text_add(out, "%s %s", kd_type_kind_word(t->kind), t->name);
		break;
	case KD_TYPE_FUNCTION:
		kd_text_add(out, "<function>");
		break;
	case KD_TYPE_POINTER:
	case KD_TYPE_ARRAY:
	case KD_TYPE_MODIFIER:
	case KD_TYPE_BITS:
	case KD_TYPE_OTHER:
		kd_text_add(out, "<unknown>");
		break;
	}
}

/* From the inside out; but of arrays of arrays the outer one goes first. */
static void put_links(struct kd_text *out, const int64_t *links, size_t count)
{
	if (count)
		kd_text_add(out, " ");
	while (count) {
		size_t first = count - 1;

		if (links[first] == POINTER) {
			kd_text_add(out, "*");
			count--;
			continue;
		}
		while (first && links[first - 1] != POINTER)
			first--;
		for (size_t i = first; i < count; i++)
			kd_text_add(out, "[%" PRId64 "]", links[i]);
		count = first;
	}
}

static enum kd_status count_of(struct kd_pdb *pdb, const struct kd_pdb_type *t,
			       int64_t *ret)
{
	uint64_t all = t->size, one;
	enum kd_status st = kd_pdb_type_size(pdb, t->of, &one);

	if (st == KD_OK)
		*ret = one ? (int64_t)(all / one & INT64_MAX) : 0;
	return st;
}

static enum kd_status put_type(struct kd_pdb *pdb, struct kd_text *out,
			       uint32_t index)
{
	int64_t links[CHAIN_MAX];
	size_t count = 0;
	struct kd_pdb_type t;
	uint32_t at = index;

	for (int i = 0; i < CHAIN_MAX; i++) {
		enum kd_status st = KD_OK;

		if (at)
			st = kd_pdb_type_at(pdb, at, &t);
		else
			t = (struct kd_pdb_type){ .name = "..." };
		if (st != KD_OK)
			return st;
		if (t.kind == KD_TYPE_POINTER)
			links[count++] = POINTER;
		else if (t.kind == KD_TYPE_ARRAY)
			st = count_of(pdb, &t, &links[count++]);
		else if (t.kind != KD_TYPE_MODIFIER && t.kind != KD_TYPE_BITS) {
			put_end(out, &t);
			put_links(out, links, count);
			return KD_OK;
		}
		if (st != KD_OK)
			return st;
		at = t.of;
	}
	return kd_pdb_damaged(pdb,
			      "type 0x%" PRIx32 " is more than %d types deep",
			      index, CHAIN_MAX);
}

enum kd_status kd_pdb_type_c_text(struct kd_pdb *pdb, uint32_t index, char *buf,
				  size_t cap)
{
	struct kd_text out;
	enum kd_status st;

	if (!cap)
		return KD_E_SPACE;
	out = kd_text_over(buf, cap);
	st = put_type(pdb, &out, index);
	return st == KD_OK && out.is_cut ? KD_E_SPACE : st;
}

/* Parameter number @p i; *count is how many there are. */
static enum kd_status parameter(struct kd_pdb *pdb, uint32_t list, uint32_t i,
				uint32_t *count, uint32_t *ret)
{
	struct kd_reader in;
	enum kd_status st =
		kd_pdb_read_type(pdb, &pdb->types, list, pdb->record, &in);

	if (st != KD_OK)
		return st;
	if (kd_read_le16(&in) != LEAF_ARGUMENTS)
		return kd_pdb_damaged(
			pdb, "type 0x%" PRIx32 " is no list of parameters",
			list);
	*count = kd_read_le32(&in);
	if (i >= *count)
		return KD_OK;
	kd_read_bytes(&in, (size_t)i * 4);
	*ret = kd_read_le32(&in);
	return in.bad ? kd_pdb_damaged(pdb,
				       "the list of parameters 0x%" PRIx32
				       " is cut short",
				       list)
		      : KD_OK;
}

enum kd_status kd_pdb_parameters_text(struct kd_pdb *pdb, uint32_t index,
				      char *buf, size_t cap)
{
	struct kd_text out;
	struct kd_pdb_type t;
	uint32_t count = 1, type = 0;
	enum kd_status st = cap ? kd_pdb_type_at(pdb, index, &t) : KD_E_SPACE;

	if (st != KD_OK)
		return st;
	if (t.kind != KD_TYPE_FUNCTION || t.parameters < KD_PDB_BASIC_END)
		return KD_E_NOT_FOUND;
	out = kd_text_over(buf, cap);
	kd_text_add(&out, "(");
	for (uint32_t i = 0; i < count && i < PARAMETERS_MAX; i++) {
		st = parameter(pdb, t.parameters, i, &count, &type);
		if (st != KD_OK)
			return st;
		if (!count)
			break;
		kd_text_add(&out, i ? ", " : "");
		st = put_type(pdb, &out, type);
		if (st != KD_OK)
			return st;
	}
	kd_text_add(&out, count ? ")" : "void)");
	return out.is_cut ? KD_E_SPACE : KD_OK;
}
