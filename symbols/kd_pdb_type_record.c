/*
 * What a type record says, and the basic types, which have none.
 */

#include "kd_pdb_parts.h"

#include <inttypes.h>

/* Kinds of records, with the names that people will search for. */
enum leaf {
	LEAF_MODIFIER = 0x1001,	 /* LF_MODIFIER */
	LEAF_POINTER = 0x1002,	 /* LF_POINTER */
	LEAF_PROCEDURE = 0x1008, /* LF_PROCEDURE */
	LEAF_METHOD = 0x1009,	 /* LF_MFUNCTION */
	LEAF_BITS = 0x1205,	 /* LF_BITFIELD */
	LEAF_ARRAY = 0x1503,	 /* LF_ARRAY */
	LEAF_CLASS = 0x1504,	 /* LF_CLASS */
	LEAF_STRUCT = 0x1505,	 /* LF_STRUCTURE */
	LEAF_UNION = 0x1506,	 /* LF_UNION */
	LEAF_ENUM = 0x1507,	 /* LF_ENUM */
	LEAF_INTERFACE = 0x1519, /* LF_INTERFACE */
	/* of compilers since Visual Studio 2019; no public header names them,
	 * tools that read them do */
	LEAF_CLASS_2 = 0x1608,	   /* LF_CLASS2 */
	LEAF_STRUCT_2 = 0x1609,	   /* LF_STRUCTURE2 */
	LEAF_UNION_2 = 0x160a,	   /* LF_UNION2 */
	LEAF_INTERFACE_2 = 0x160b, /* LF_INTERFACE2 */
};

/* Numbers of 0x8000 and above are these, with the number behind. */
enum number_leaf {
	NUMBER_FIRST = 0x8000,
	NUMBER_CHAR = 0x8000,
	NUMBER_SHORT = 0x8001,
	NUMBER_USHORT = 0x8002,
	NUMBER_LONG = 0x8003,
	NUMBER_ULONG = 0x8004,
	NUMBER_QUAD = 0x8009,
	NUMBER_UQUAD = 0x800a,
};

enum {
	PROPERTY_FORWARD = 1 << 7,
	PROPERTY_UNIQUE_NAME = 1 << 9,
	POINTER_LEN_SHIFT = 13, /* 6 bits of a pointer's attributes */
	BASIC_MODE_SHIFT = 8,	/* what of a basic type's index is a pointer */
};

// clang-format off
static const struct {
	uint8_t index;
	uint8_t size;
	const char *name; /* as dt spells it */
} basic_types[] = {
	{ 0x00, 0,  "<no type>" }, /* T_NOTYPE */
	{ 0x03, 0,  "Void" },      /* T_VOID */
	{ 0x08, 4,  "HRESULT" },   /* T_HRESULT */
	{ 0x10, 1,  "Char" },      /* T_CHAR */
	{ 0x11, 2,  "Int2B" },     /* T_SHORT */
	{ 0x12, 4,  "Int4B" },     /* T_LONG */
	{ 0x13, 8,  "Int8B" },     /* T_QUAD */
	{ 0x14, 16, "Int16B" },    /* T_OCT */
	{ 0x20, 1,  "UChar" },     /* T_UCHAR */
	{ 0x21, 2,  "Uint2B" },    /* T_USHORT */
	{ 0x22, 4,  "Uint4B" },    /* T_ULONG */
	{ 0x23, 8,  "Uint8B" },    /* T_UQUAD */
	{ 0x24, 16, "Uint16B" },   /* T_UOCT */
	{ 0x30, 1,  "Bool" },      /* T_BOOL08 */
	{ 0x31, 2,  "Bool" },      /* T_BOOL16 */
	{ 0x32, 4,  "Bool" },      /* T_BOOL32 */
	{ 0x33, 8,  "Bool" },      /* T_BOOL64 */
	{ 0x40, 4,  "Float" },     /* T_REAL32 */
	{ 0x41, 8,  "Float" },     /* T_REAL64 */
	{ 0x42, 10, "Float" },     /* T_REAL80 */
	{ 0x43, 16, "Float" },     /* T_REAL128 */
	{ 0x68, 1,  "Char" },      /* T_INT1 */
	{ 0x69, 1,  "UChar" },     /* T_UINT1 */
	{ 0x70, 1,  "Char" },      /* T_RCHAR */
	{ 0x71, 2,  "Wchar" },     /* T_WCHAR */
	{ 0x72, 2,  "Int2B" },     /* T_INT2 */
	{ 0x73, 2,  "Uint2B" },    /* T_UINT2 */
	{ 0x74, 4,  "Int4B" },     /* T_INT4 */
	{ 0x75, 4,  "Uint4B" },    /* T_UINT4 */
	{ 0x76, 8,  "Int8B" },     /* T_INT8 */
	{ 0x77, 8,  "Uint8B" },    /* T_UINT8 */
	{ 0x78, 16, "Int16B" },    /* T_INT16 */
	{ 0x79, 16, "Uint16B" },   /* T_UINT16 */
	{ 0x7a, 2,  "Char16" },    /* T_CHAR16 */
	{ 0x7b, 4,  "Char32" },    /* T_CHAR32 */
	{ 0x7c, 1,  "Char8" },     /* T_CHAR8 */
};

/* Sizes of pointers to basic types, by the mode in the index. */
static const uint8_t basic_pointer_sizes[16] = {
	[1] = 2, [2] = 4, [3] = 4, [4] = 4, [5] = 6, [6] = 8, [7] = 16,
};
// clang-format on

bool kd_pdb_basic_type(uint32_t index, struct kd_pdb_type *ret)
{
	uint32_t mode = index >> BASIC_MODE_SHIFT;

	if (index >= KD_PDB_BASIC_END)
		return false;
	if (mode) {
		*ret = (struct kd_pdb_type){ .index = index,
					     .kind = KD_TYPE_POINTER,
					     .name = "",
					     .unique_name = "",
					     .size = basic_pointer_sizes[mode],
					     .of = index & 0xff };
		return true;
	}
	for (size_t i = 0; i < sizeof(basic_types) / sizeof(basic_types[0]);
	     i++) {
		if (basic_types[i].index != index)
			continue;
		*ret = (struct kd_pdb_type){ .index = index,
					     .kind = KD_TYPE_BASIC,
					     .name = basic_types[i].name,
					     .unique_name = "",
					     .size = basic_types[i].size };
		return true;
	}
	return false;
}

uint64_t kd_pdb_read_number(struct kd_reader *in)
{
	uint16_t leaf = kd_read_le16(in);

	if (leaf < NUMBER_FIRST)
		return leaf;
	switch (leaf) {
	case NUMBER_CHAR:
		return (uint64_t)(int64_t)(int8_t)kd_read_u8(in);
	case NUMBER_SHORT:
		return (uint64_t)(int64_t)(int16_t)kd_read_le16(in);
	case NUMBER_USHORT:
		return kd_read_le16(in);
	case NUMBER_LONG:
		return (uint64_t)(int64_t)(int32_t)kd_read_le32(in);
	case NUMBER_ULONG:
		return kd_read_le32(in);
	case NUMBER_QUAD:
	case NUMBER_UQUAD:
		return kd_read_le64(in);
	default: /* floating point and the like: nothing that counts bytes */
		in->bad = true;
		return 0;
	}
}

/* A structure, class, union or enumeration, from behind its kind. */
static void decode_user(struct kd_reader *in, struct kd_pdb_type *t)
{
	kd_read_le16(in); /* number of fields */
	uint16_t properties = kd_read_le16(in);

	t->is_forward = properties & PROPERTY_FORWARD;
	if (t->kind == KD_TYPE_ENUM)
		t->of = kd_read_le32(in);
	t->field_list = kd_read_le32(in);
	if (t->kind == KD_TYPE_STRUCT || t->kind == KD_TYPE_CLASS)
		kd_read_le64(in); /* derivation list, shape of vtable */
	if (t->kind != KD_TYPE_ENUM)
		t->size = kd_pdb_read_number(in);
	t->name = kd_pdb_read_text(in);
	if (properties & PROPERTY_UNIQUE_NAME)
		t->unique_name = kd_pdb_read_text(in);
}

/* The same by newer compilers: more properties, and a number of fields of
 * varying length behind the rest. */
static void decode_user_2(struct kd_reader *in, struct kd_pdb_type *t)
{
	uint32_t properties = kd_read_le32(in);

	t->is_forward = properties & PROPERTY_FORWARD;
	t->field_list = kd_read_le32(in);
	if (t->kind != KD_TYPE_UNION)
		kd_read_le64(in); /* derivation list, shape of vtable */
	kd_pdb_read_number(in);	  /* number of fields */
	t->size = kd_pdb_read_number(in);
	t->name = kd_pdb_read_text(in);
	if (properties & PROPERTY_UNIQUE_NAME)
		t->unique_name = kd_pdb_read_text(in);
}

static void decode_pointer(struct kd_reader *in, struct kd_pdb_type *t)
{
	t->of = kd_read_le32(in);
	t->size = kd_read_le32(in) >> POINTER_LEN_SHIFT & 0x3f;
}

static void decode_array(struct kd_reader *in, struct kd_pdb_type *t)
{
	t->of = kd_read_le32(in);
	kd_read_le32(in); /* type of the index */
	t->size = kd_pdb_read_number(in);
}

static void decode_bits(struct kd_reader *in, struct kd_pdb_type *t)
{
	t->of = kd_read_le32(in);
	t->bit_count = kd_read_u8(in);
	t->bit_position = kd_read_u8(in);
}

static void decode_of(struct kd_reader *in, struct kd_pdb_type *t)
{
	t->of = kd_read_le32(in);
}

static void decode_procedure(struct kd_reader *in, struct kd_pdb_type *t)
{
	t->of = kd_read_le32(in);
	kd_read_le32(in); /* calling convention, attributes, count */
	t->parameters = kd_read_le32(in);
}

static void decode_method(struct kd_reader *in, struct kd_pdb_type *t)
{
	t->of = kd_read_le32(in);
	kd_read_le64(in); /* class, this */
	kd_read_le32(in); /* calling convention, attributes, count */
	t->parameters = kd_read_le32(in);
}

// clang-format off
static const struct {
	uint16_t leaf;
	enum kd_type_kind kind;
	void (*decode)(struct kd_reader *in, struct kd_pdb_type *t);
} records[] = {
	{ LEAF_MODIFIER,  KD_TYPE_MODIFIER, decode_of },
	{ LEAF_POINTER,   KD_TYPE_POINTER,  decode_pointer },
	{ LEAF_PROCEDURE, KD_TYPE_FUNCTION, decode_procedure },
	{ LEAF_METHOD,    KD_TYPE_FUNCTION, decode_method },
	{ LEAF_BITS,      KD_TYPE_BITS,     decode_bits },
	{ LEAF_ARRAY,     KD_TYPE_ARRAY,    decode_array },
	{ LEAF_CLASS,     KD_TYPE_CLASS,    decode_user },
	{ LEAF_STRUCT,    KD_TYPE_STRUCT,   decode_user },
	{ LEAF_INTERFACE, KD_TYPE_CLASS,    decode_user },
	{ LEAF_UNION,     KD_TYPE_UNION,    decode_user },
	{ LEAF_ENUM,      KD_TYPE_ENUM,     decode_user },
	{ LEAF_CLASS_2,   KD_TYPE_CLASS,    decode_user_2 },
	{ LEAF_STRUCT_2,  KD_TYPE_STRUCT,   decode_user_2 },
	{ LEAF_UNION_2,   KD_TYPE_UNION,    decode_user_2 },
	{ LEAF_INTERFACE_2, KD_TYPE_CLASS,  decode_user_2 },
};
// clang-format on

static void decode_record(struct kd_reader *in, struct kd_pdb_type *t)
{
	uint16_t leaf = kd_read_le16(in);

	t->kind = KD_TYPE_OTHER;
	t->name = t->unique_name = "";
	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		if (records[i].leaf != leaf)
			continue;
		t->kind = records[i].kind;
		records[i].decode(in, t);
		return;
	}
}

enum kd_status kd_pdb_decode_type(struct kd_pdb *pdb, uint32_t index,
				  uint8_t *buf, struct kd_pdb_type *ret)
{
	struct kd_pdb_type t = { .index = index };
	struct kd_reader in;

	if (index < KD_PDB_BASIC_END)
		return kd_pdb_basic_type(index, ret) ? KD_OK : KD_E_NOT_FOUND;
	enum kd_status st = kd_pdb_read_type(pdb, &pdb->types, index, buf, &in);

	if (st != KD_OK)
		return st;
	decode_record(&in, &t);
	if (in.bad)
		return kd_pdb_damaged(pdb,
				      "the record of type 0x%" PRIx32
				      " is cut short or not understood",
				      index);
	*ret = t;
	return KD_OK;
}

enum kd_status kd_pdb_type_at(struct kd_pdb *pdb, uint32_t index,
			      struct kd_pdb_type *ret)
{
	return kd_pdb_decode_type(pdb, index, pdb->record, ret);
}
