#include "kd_cpp_place.h"

#include <string.h>

enum { CHAIN_MAX = 64 };

/* C++'s name for a basic type, by its index in PDBs (T_CHAR and so on). */
static bool basic_type(uint32_t index, struct kd_cpp_type *ret)
{
	// clang-format off
	static const struct {
		uint8_t index, size;
		bool is_signed;
		const char *name;
	} rows[] = {
		{ 0x03, 0, false, "void" },
		{ 0x08, 4, true,  "HRESULT" },
		{ 0x10, 1, true,  "char" },
		{ 0x11, 2, true,  "short" },
		{ 0x12, 4, true,  "long" },
		{ 0x13, 8, true,  "int64" },
		{ 0x20, 1, false, "unsigned char" },
		{ 0x21, 2, false, "unsigned short" },
		{ 0x22, 4, false, "unsigned long" },
		{ 0x23, 8, false, "unsigned int64" },
		{ 0x30, 1, false, "bool" },
		{ 0x68, 1, true,  "char" },
		{ 0x69, 1, false, "unsigned char" },
		{ 0x70, 1, true,  "char" },
		{ 0x71, 2, false, "wchar_t" },
		{ 0x72, 2, true,  "short" },
		{ 0x73, 2, false, "unsigned short" },
		{ 0x74, 4, true,  "int" },
		{ 0x75, 4, false, "unsigned int" },
		{ 0x76, 8, true,  "int64" },
		{ 0x77, 8, false, "unsigned int64" },
	};
	// clang-format on

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].index != index)
			continue;
		*ret = (struct kd_cpp_type){ .name = rows[i].name,
					     .size = rows[i].size,
					     .is_signed = rows[i].is_signed };
		return true;
	}
	return false;
}

/* A structure, array, function or enumeration, or a number of another sort. */
static enum kd_status own_type(const struct kd_typed *t,
			       const struct kd_pdb_type *type,
			       struct kd_cpp_type *ret)
{
	bool is_enum = type->kind == KD_TYPE_ENUM;
	uint64_t size;
	enum kd_status st = kd_typed_size(t, &size);

	if (st != KD_OK)
		return st;
	*ret = (struct kd_cpp_type){
		.name = "",
		.size = size < UINT32_MAX ? (uint32_t)size : UINT32_MAX,
		.is_own = true,
		.is_enum = is_enum,
		.of = *t,
	};
	return is_enum ? kd_typed_is_signed(t, &ret->is_signed) : KD_OK;
}

enum kd_status kd_cpp_type_of(const struct kd_typed *t, struct kd_cpp_type *ret)
{
	struct kd_typed at = *t;
	struct kd_cpp_type found;
	struct kd_pdb_type type = { 0 };
	unsigned pointers = t->pointers;
	enum kd_status st = KD_OK;

	at.pointers = 0;
	at.bit_position = at.bit_count = 0;
	for (int i = 0; i < CHAIN_MAX; i++) {
		st = kd_typed_type(&at, &type);
		if (st != KD_OK || type.kind != KD_TYPE_POINTER)
			break;
		pointers++;
		at.type = type.of;
	}
	if (st != KD_OK)
		return st;
	if (pointers > KD_CPP_POINTERS_MAX)
		return KD_E_UNSUPPORTED;
	if (type.kind != KD_TYPE_BASIC || !basic_type(type.index, &found))
		st = own_type(&at, &type, &found);
	found.of = at;
	if (st != KD_OK)
		return st;
	found.pointers = (uint8_t)pointers;
	*ret = found;
	return KD_OK;
}

enum kd_status kd_cpp_load(const struct kd_typed *place, bool is_unused,
			   struct kd_cpp_value *ret)
{
	struct kd_cpp_value v = { .is_place = true, .place = *place };
	enum kd_status st = kd_cpp_type_of(place, &v.type);

	if (st != KD_OK)
		return st;
	if (!kd_cpp_is_number(&v) || !kd_cpp_type_size(&v.type, 8))
		v.bits = place->address;
	else if (!is_unused)
		st = kd_typed_u64(place, &v.bits);
	if (st == KD_OK)
		*ret = v;
	return st;
}

bool kd_cpp_is_number(const struct kd_cpp_value *v)
{
	return v->type.pointers || !v->type.is_own || v->type.is_enum;
}

enum kd_status kd_cpp_decay(struct kd_cpp_value *v)
{
	struct kd_pdb_type type;
	struct kd_typed element;
	enum kd_status st;

	if (!v->is_place || kd_cpp_is_number(v))
		return KD_OK;
	st = kd_typed_type(&v->place, &type);
	if (st != KD_OK)
		return st;
	element = v->place;
	if (type.kind == KD_TYPE_ARRAY)
		element.type = type.of;
	else if (type.kind != KD_TYPE_FUNCTION)
		return KD_OK;
	st = kd_cpp_type_of(&element, &v->type);
	if (st != KD_OK)
		return st;
	v->type.pointers++;
	v->bits = v->place.address;
	v->is_place = false;
	return KD_OK;
}

enum kd_status kd_cpp_address_of(struct kd_cpp_value *v)
{
	if (!v->is_place || v->place.bit_count ||
	    v->type.pointers == KD_CPP_POINTERS_MAX)
		return KD_E_ARG;
	v->type.pointers++;
	v->bits = v->place.address;
	v->is_place = false;
	return KD_OK;
}

struct kd_typed kd_cpp_target(const struct kd_cpp_value *pointer)
{
	struct kd_typed to = pointer->type.of;

	to.pointers = (uint8_t)(pointer->type.pointers - 1);
	to.address = pointer->bits;
	return to;
}

enum kd_status kd_cpp_member(struct kd_cpp_value *v, const char *name,
			     size_t len, bool is_unused)
{
	char path[KD_TYPED_NAME_MAX];
	struct kd_typed at, member;
	enum kd_status st;

	if (!v->type.is_own || v->type.pointers > 1 || len >= sizeof(path) ||
	    (!v->type.pointers && !v->is_place))
		return KD_E_ARG;
	at = v->type.pointers ? kd_cpp_target(v) : v->place;
	memcpy(path, name, len);
	path[len] = '\0';
	st = kd_typed_field(&at, path, &member);
	return st == KD_OK ? kd_cpp_load(&member, is_unused, v) : st;
}
