/*
 * Types as dt spells them, and their sizes. Both follow a chain of records,
 * of pointers to arrays of pointers, whose length is bounded: a damaged file
 * can tie it into a ring.
 */

#include "kd_pdb_parts.h"
#include "kd_text.h"

#include <inttypes.h>

enum { CHAIN_MAX = 64 };

const char *kd_type_kind_word(enum kd_type_kind kind)
{
	switch (kind) {
	case KD_TYPE_STRUCT:
		return "struct";
	case KD_TYPE_CLASS:
		return "class";
	case KD_TYPE_UNION:
		return "union";
	case KD_TYPE_ENUM:
		return "enum";
	case KD_TYPE_BASIC:
	case KD_TYPE_POINTER:
	case KD_TYPE_ARRAY:
	case KD_TYPE_MODIFIER:
	case KD_TYPE_BITS:
	case KD_TYPE_FUNCTION:
	case KD_TYPE_OTHER:
		break;
	}
	return NULL;
}

static enum kd_status endless(struct kd_pdb *pdb, uint32_t index)
{
	return kd_pdb_damaged(pdb,
			      "type 0x%" PRIx32 " is more than %d types deep",
			      index, CHAIN_MAX);
}

/* The size of what was only announced is with the definition. */
static enum kd_status defined_size(struct kd_pdb *pdb,
				   const struct kd_pdb_type *t, uint64_t *ret)
{
	struct kd_pdb_type definition = { 0 };
	enum kd_status st = kd_pdb_type_definition(pdb, t, &definition);

	if (st == KD_OK || st == KD_E_NOT_FOUND) {
		*ret = definition.size;
		return KD_OK;
	}
	return st;
}

enum kd_status kd_pdb_type_size(struct kd_pdb *pdb, uint32_t index,
				uint64_t *ret)
{
	uint32_t at = index;

	for (int i = 0; i < CHAIN_MAX; i++) {
		struct kd_pdb_type t;
		enum kd_status st = kd_pdb_type_at(pdb, at, &t);

		if (st != KD_OK)
			return st;
		switch (t.kind) {
		case KD_TYPE_STRUCT:
		case KD_TYPE_CLASS:
		case KD_TYPE_UNION:
			if (t.is_forward)
				return defined_size(pdb, &t, ret);
			*ret = t.size;
			return KD_OK;
		case KD_TYPE_BASIC:
		case KD_TYPE_POINTER:
		case KD_TYPE_ARRAY:
			*ret = t.size;
			return KD_OK;
		case KD_TYPE_ENUM:
		case KD_TYPE_MODIFIER:
		case KD_TYPE_BITS:
			at = t.of;
			break;
		case KD_TYPE_FUNCTION:
		case KD_TYPE_OTHER:
			*ret = 0;
			return KD_OK;
		}
	}
	return endless(pdb, index);
}

/* dt spells what a function returns as C does, and only that of it. */
static const char *c_name(const char *name)
{
	// clang-format off
	static const struct {
		const char *dt, *c;
	} names[] = {
		{ "Void",   "void" },
		{ "Bool",   "bool" },
		{ "Char",   "char" },
		{ "UChar",  "unsigned char" },
		{ "Wchar",  "wchar_t" },
		{ "Int2B",  "short" },
		{ "Uint2B", "unsigned short" },
		{ "Int4B",  "long" },
		{ "Uint4B", "unsigned long" },
		{ "Int8B",  "int64" },
		{ "Uint8B", "unsigned int64" },
		{ "Float",  "float" },
	};
	// clang-format on

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (!strcmp(names[i].dt, name))
			return names[i].c;
	}
	return name;
}

static enum kd_status put_array(struct kd_pdb *pdb, struct kd_text *out,
				const struct kd_pdb_type *t)
{
	uint64_t element;
	enum kd_status st = kd_pdb_type_size(pdb, t->of, &element);

	if (st != KD_OK)
		return st;
	kd_text_add(out, "[%" PRIu64 "] ", element ? t->size / element : 0);
	return KD_OK;
}

/* How one type of the chain is spelled; *at is the next one, or 0. */
static enum kd_status put_type(struct kd_pdb *pdb, struct kd_text *out,
			       unsigned *stars, bool *returns, uint32_t *at)
{
	struct kd_pdb_type t;
	enum kd_status st = kd_pdb_type_at(pdb, *at, &t);

	if (st != KD_OK)
		return st;
	*at = t.of;
	switch (t.kind) {
	case KD_TYPE_POINTER:
		if (*returns)
			++*stars;
		else
			kd_text_add(out, "Ptr%" PRIu64 " ", t.size * 8);
		return KD_OK;
	case KD_TYPE_ARRAY:
		return put_array(pdb, out, &t);
	case KD_TYPE_FUNCTION:
		kd_text_add(out, "    ");
		*returns = true;
		return KD_OK;
	case KD_TYPE_MODIFIER:
	case KD_TYPE_BITS:
		return KD_OK;
	case KD_TYPE_BASIC:
	case KD_TYPE_STRUCT:
	case KD_TYPE_CLASS:
	case KD_TYPE_UNION:
	case KD_TYPE_ENUM:
		kd_text_add(out, "%s", *returns ? c_name(t.name) : t.name);
		break;
	case KD_TYPE_OTHER:
		kd_text_add(out, "<unknown>");
		break;
	}
	*at = 0;
	return KD_OK;
}

enum kd_status kd_pdb_type_text(struct kd_pdb *pdb, uint32_t index, char *buf,
				size_t cap)
{
	struct kd_text out;
	unsigned stars = 0;
	bool returns = false;
	uint32_t at = index;
	int i = 0;

	if (!cap)
		return KD_E_SPACE;
	out = kd_text_over(buf, cap);
	do {
		enum kd_status st = put_type(pdb, &out, &stars, &returns, &at);

		if (st != KD_OK)
			return st;
		if (++i > CHAIN_MAX)
			return endless(pdb, index);
	} while (at);
	while (stars--)
		kd_text_add(&out, "*");
	return out.is_cut ? KD_E_SPACE : KD_OK;
}
