#include "check.h"
#include "pdb_scene.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum { NO_FIELDS = 0, FORWARD = 0x80, UNIQUE = 0x200 };

/* Indexes of what make_types() makes, in its order. */
enum {
	POINTER_64 = 0x1000,
	POINTER_32,
	CONST_CHAR,
	TEXT_POINTER,
	INNER,
	INNER_ARRAY,
	MATRIX,
	ENUM_LIST,
	ENUM,
	BITS,
	ARGUMENTS,
	FUNCTION,
	FUNCTION_POINTER,
	FORWARD_OUTER,
	OUTER_POINTER,
	OUTER_ARRAY,
	RING,
	OUTER_REST,
	OUTER_LIST,
	OUTER,
	FORWARD_LOCAL,
	LOCAL,
	OTHER_LOCAL,
	UNDEFINED,
};

static void pointer(struct maker *m, uint32_t to, uint32_t len)
{
	maker_type(m, 0x1002);
	maker_u32(m, MAKER_TYPES, to);
	maker_u32(m, MAKER_TYPES, len << 13);
	maker_type_end(m, NULL);
}

static void array(struct maker *m, uint32_t of, uint16_t len)
{
	maker_type(m, 0x1503);
	maker_u32(m, MAKER_TYPES, of);
	maker_u32(m, MAKER_TYPES, 0x22);
	maker_u16(m, MAKER_TYPES, len);
	maker_text(m, MAKER_TYPES, "");
	maker_type_end(m, NULL);
}

static void make_enum(struct maker *m)
{
	maker_type(m, 0x1203);
	maker_u16(m, MAKER_TYPES, 0x1502); /* -1 in 8 bits */
	maker_u16(m, MAKER_TYPES, 3);
	maker_u16(m, MAKER_TYPES, 0x8000);
	maker_u8(m, MAKER_TYPES, 0xff);
	maker_text(m, MAKER_TYPES, "Minus");
	maker_u8(m, MAKER_TYPES, 0xf3);
	maker_u16(m, MAKER_TYPES, 0xf1f2);
	maker_u16(m, MAKER_TYPES, 0x1502); /* 0xfffffffe in 32 bits */
	maker_u16(m, MAKER_TYPES, 3);
	maker_u16(m, MAKER_TYPES, 0x8004);
	maker_u32(m, MAKER_TYPES, 0xfffffffe);
	maker_text(m, MAKER_TYPES, "Large");
	maker_type_end(m, NULL);
	maker_type(m, 0x1507);
	maker_u16(m, MAKER_TYPES, 2);
	maker_u16(m, MAKER_TYPES, 0);
	maker_u32(m, MAKER_TYPES, 0x21);
	maker_u32(m, MAKER_TYPES, ENUM_LIST);
	maker_text(m, MAKER_TYPES, "_ENUM");
	maker_type_end(m, "_ENUM");
}

static void make_function(struct maker *m)
{
	maker_type(m, 0x1205);
	maker_u32(m, MAKER_TYPES, 0x22);
	maker_u8(m, MAKER_TYPES, 3); /* bits */
	maker_u8(m, MAKER_TYPES, 5); /* from this one on */
	maker_type_end(m, NULL);
	maker_type(m, 0x1201);
	maker_u32(m, MAKER_TYPES, 0);
	maker_type_end(m, NULL);
	maker_type(m, 0x1008);
	maker_u32(m, MAKER_TYPES, POINTER_64); /* it returns an int* */
	maker_u32(m, MAKER_TYPES, 0);
	maker_u32(m, MAKER_TYPES, ARGUMENTS);
	maker_type_end(m, NULL);
	pointer(m, FUNCTION, 8);
}

/* A class of one field of each kind, whose list goes on in another one. */
static void make_fields(struct maker *m)
{
	maker_type(m, 0x1203); /* OUTER_REST */
	maker_u16(m, MAKER_TYPES, 0x150e);
	maker_u16(m, MAKER_TYPES, 3);
	maker_u32(m, MAKER_TYPES, 0x30);
	maker_text(m, MAKER_TYPES, "shared");
	maker_u8(m, MAKER_TYPES, 0xf1);
	maker_u16(m, MAKER_TYPES, 0x1511); /* a method in a new slot */
	maker_u16(m, MAKER_TYPES, 0x13);
	maker_u32(m, MAKER_TYPES, FUNCTION);
	maker_u32(m, MAKER_TYPES, 8);
	maker_text(m, MAKER_TYPES, "run");
	maker_member(m, "tail", MATRIX, 0x40);
	maker_type_end(m, NULL);

	maker_type(m, 0x1203); /* OUTER_LIST */
	maker_u16(m, MAKER_TYPES, 0x1400);
	maker_u16(m, MAKER_TYPES, 3);
	maker_u32(m, MAKER_TYPES, INNER);
	maker_u16(m, MAKER_TYPES, 0x10);
	maker_u16(m, MAKER_TYPES, 0xf1f2);
	maker_u16(m, MAKER_TYPES, 0x1409);
	maker_u16(m, MAKER_TYPES, 0);
	maker_u32(m, MAKER_TYPES, POINTER_64);
	maker_member(m, "flags", BITS, 4);
	maker_u16(m, MAKER_TYPES, 0x1404);
	maker_u16(m, MAKER_TYPES, 0);
	maker_u32(m, MAKER_TYPES, OUTER_REST);
	maker_type_end(m, NULL);
	maker_struct(m, "_OUTER", 0, OUTER_LIST, 0x100);
}

/* Two structures of one name, each local to a function. */
static void make_local(struct maker *m, const char *unique, uint16_t properties,
		       uint16_t size)
{
	maker_type(m, 0x1505);
	maker_u16(m, MAKER_TYPES, 0);
	maker_u16(m, MAKER_TYPES, (uint16_t)(properties | UNIQUE | 0x100));
	for (int i = 0; i < 3; i++)
		maker_u32(m, MAKER_TYPES, 0);
	maker_u16(m, MAKER_TYPES, size);
	maker_text(m, MAKER_TYPES, "_LOCAL");
	maker_text(m, MAKER_TYPES, unique);
	maker_type_end(m, unique);
}

static void make_types(struct maker *m)
{
	pointer(m, 0x74, 8);
	pointer(m, 0x03, 4);
	maker_type(m, 0x1001); /* const */
	maker_u32(m, MAKER_TYPES, 0x10);
	maker_u16(m, MAKER_TYPES, 1);
	maker_type_end(m, NULL);
	pointer(m, CONST_CHAR, 8);
	maker_struct(m, "_INNER", 0, NO_FIELDS, 12);
	array(m, INNER, 36);
	array(m, INNER_ARRAY, 72);
	make_enum(m);
	make_function(m);
	maker_struct(m, "_OUTER", FORWARD, NO_FIELDS, 0);
	pointer(m, FORWARD_OUTER, 8);
	array(m, FORWARD_OUTER, 0x300);
	pointer(m, RING, 8);
	make_fields(m);
	make_local(m, ".?AU_LOCAL@one", FORWARD, 0);
	make_local(m, ".?AU_LOCAL@one", 0, 24);
	make_local(m, ".?AU_LOCAL@two", 0, 48);
	maker_struct(m, "_UNDEFINED", FORWARD, NO_FIELDS, 0);
}

// clang-format off
static const struct {
	const char *text;
	uint32_t type;
	uint64_t size;
} text_rows[] = {
	{ "Void",             0x03,  0 },
	{ "Char",             0x10,  1 },
	{ "UChar",            0x20,  1 },
	{ "Wchar",            0x71,  2 },
	{ "Int2B",            0x11,  2 },
	{ "Uint4B",           0x22,  4 },
	{ "Int8B",            0x76,  8 },
	{ "Uint8B",           0x23,  8 },
	{ "Float",            0x41,  8 },
	{ "Bool",             0x30,  1 },
	{ "Ptr64 Void",       0x603, 8 },
	{ "Ptr32 Uint4B",     0x475, 4 },
	{ "Ptr64 Int4B",      POINTER_64, 8 },
	{ "Ptr32 Void",       POINTER_32, 4 },
	{ "Char",             CONST_CHAR, 1 },
	{ "Ptr64 Char",       TEXT_POINTER, 8 },
	{ "_INNER",           INNER, 12 },
	{ "[3] _INNER",       INNER_ARRAY, 36 },
	{ "[2] [3] _INNER",   MATRIX, 72 },
	{ "_ENUM",            ENUM, 2 },
	{ "Uint4B",           BITS, 4 },
	{ "Ptr64     long*",  FUNCTION_POINTER, 8 },
	{ "_OUTER",           FORWARD_OUTER, 0x100 },
	{ "Ptr64 _OUTER",     OUTER_POINTER, 8 },
	{ "[3] _OUTER",       OUTER_ARRAY, 0x300 },
	{ "<unknown>",        ARGUMENTS, 0 },
	{ "_LOCAL",           FORWARD_LOCAL, 24 },
	{ "_UNDEFINED",       UNDEFINED, 0 },
};

static const struct {
	enum kd_field_kind kind;
	const char *name, *type;
	uint64_t offset;
	uint8_t bit_position, bit_count;
} field_rows[] = {
	{ KD_FIELD_BASE,   "",       "_INNER",      0x10, 0, 0 },
	{ KD_FIELD_VTABLE, "",       "Ptr64 Int4B", 0,    0, 0 },
	{ KD_FIELD_MEMBER, "flags",  "Uint4B",      4,    5, 3 },
	{ KD_FIELD_STATIC, "shared", "Bool",        0,    0, 0 },
	{ KD_FIELD_MEMBER, "tail",   "[2] [3] _INNER", 0x40, 0, 0 },
};

static const struct {
	const char *name;
	uint32_t type; /* 0: not found */
} name_rows[] = {
	{ "_INNER",         INNER },
	{ "_ENUM",          ENUM },
	{ "_OUTER",         OUTER },
	{ ".?AU_LOCAL@one", LOCAL },
	{ ".?AU_LOCAL@two", OTHER_LOCAL },
	{ "_UNDEFINED",     0 },
	{ "_inner",         0 },
	{ "_INNE",          0 },
	{ "",               0 },
	{ "Void",           0 },
};
// clang-format on

static void test_text(void)
{
	struct pdb_scene s = { 0 };
	char text[64];
	uint64_t size;

	make_types(&s.maker);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	for (size_t i = 0; i < sizeof(text_rows) / sizeof(text_rows[0]); i++) {
		const char *row = text_rows[i].text;
		uint32_t type = text_rows[i].type;

		CHECK_EQ(row, kd_pdb_type_text(s.pdb, type, text, sizeof(text)),
			 0);
		CHECK_TEXT(row, text, row);
		CHECK_EQ(row, kd_pdb_type_size(s.pdb, type, &size), 0);
		CHECK_EQ(row, size, text_rows[i].size);
		CHECK_ROW(row, kd_pdb_type_text(s.pdb, type, text,
						strlen(row)) == KD_E_SPACE);
		CHECK_EQ(row,
			 kd_pdb_type_text(s.pdb, type, text, strlen(row) + 1),
			 0);
	}
	pdb_scene_close(&s);
}

/* What leads to itself, or nowhere. */
static void test_damaged_chain(void)
{
	struct pdb_scene s = { 0 };
	char text[1024];
	uint64_t size;

	make_types(&s.maker);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	CHECK(kd_pdb_type_text(s.pdb, RING, text, sizeof(text)) == KD_E_FORMAT);
	CHECK_TEXT("ring", kd_pdb_get_detail(s.pdb)->text,
		   "type 0x1010 is more than 64 types deep");
	CHECK(kd_pdb_type_text(s.pdb, 0x9999, text, sizeof(text)) ==
	      KD_E_NOT_FOUND);
	CHECK(kd_pdb_type_text(s.pdb, 0xff, text, sizeof(text)) ==
	      KD_E_NOT_FOUND);
	CHECK(kd_pdb_type_size(s.pdb, UNDEFINED + 1, &size) == KD_E_NOT_FOUND);
	CHECK(kd_pdb_type_text(s.pdb, INNER, text, 0) == KD_E_SPACE);
	pdb_scene_close(&s);
}

static void test_fields(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_type t;
	struct kd_pdb_field f;
	char text[64];

	make_types(&s.maker);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	CHECK_EQ("_OUTER", kd_pdb_type_by_name(s.pdb, "_OUTER", &t), 0);
	struct kd_pdb_fields at = kd_pdb_fields_of(&t);

	for (size_t i = 0; i < sizeof(field_rows) / sizeof(field_rows[0]);
	     i++) {
		const char *row = field_rows[i].type;

		if (!CHECK_EQ(row, kd_pdb_next_field(s.pdb, &at, &f), 0))
			break;
		CHECK_TEXT(row, f.name, field_rows[i].name);
		CHECK_ROW(row, f.kind == field_rows[i].kind);
		CHECK_EQ(row, f.offset, field_rows[i].offset);
		CHECK_EQ(row, f.bit_position, field_rows[i].bit_position);
		CHECK_EQ(row, f.bit_count, field_rows[i].bit_count);
		CHECK_EQ(row,
			 kd_pdb_type_text(s.pdb, f.type, text, sizeof(text)),
			 0);
		CHECK_TEXT(row, text, row);
	}
	CHECK(kd_pdb_next_field(s.pdb, &at, &f) == KD_E_END);
	CHECK(kd_pdb_next_field(s.pdb, &at, &f) == KD_E_END);
	pdb_scene_close(&s);
}

static void test_enumerators(void)
{
	struct pdb_scene s = { 0 };
	struct kd_pdb_type t;
	struct kd_pdb_field f;

	make_types(&s.maker);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	CHECK_EQ("_ENUM", kd_pdb_type_by_name(s.pdb, "_ENUM", &t), 0);
	struct kd_pdb_fields at = kd_pdb_fields_of(&t);

	CHECK_EQ("Minus", kd_pdb_next_field(s.pdb, &at, &f), 0);
	CHECK_TEXT("Minus", f.name, "Minus");
	CHECK_EQ("Minus", f.value, UINT64_MAX);
	CHECK(f.kind == KD_FIELD_ENUMERATOR);
	CHECK_EQ("Large", kd_pdb_next_field(s.pdb, &at, &f), 0);
	CHECK_EQ("Large", f.value, 0xfffffffe);
	CHECK(kd_pdb_next_field(s.pdb, &at, &f) == KD_E_END);
	pdb_scene_close(&s);
}

static void check_names(struct pdb_scene *s)
{
	struct kd_pdb_type t;

	for (size_t i = 0; i < sizeof(name_rows) / sizeof(name_rows[0]); i++) {
		const char *row = name_rows[i].name;
		enum kd_status st = kd_pdb_type_by_name(s->pdb, row, &t);

		CHECK_EQ(row, st, name_rows[i].type ? KD_OK : KD_E_NOT_FOUND);
		if (st == KD_OK)
			CHECK_EQ(row, t.index, name_rows[i].type);
	}
}

static void test_names(void)
{
	struct pdb_scene s = { 0 };

	make_types(&s.maker);
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	check_names(&s);
	pdb_scene_close(&s);
}

/* Without the stream of hashes it is slower, and the same. */
static void test_no_hashes(void)
{
	struct pdb_scene s = { 0 };

	make_types(&s.maker);
	maker_finish(&s.maker);
	memset(s.maker.streams[MAKER_TYPES].bytes + 20, 0xff, 2);
	CHECK_EQ("open", pdb_scene_open_finished(&s, 512), 0);
	check_names(&s);
	pdb_scene_close(&s);
}

/* Lists of fields that go on in each other. */
static void test_endless_list(void)
{
	struct pdb_scene s = { 0 };
	struct maker *m = &s.maker;
	struct kd_pdb_field f;

	for (uint32_t i = 0; i < 2; i++) {
		maker_type(m, 0x1203);
		maker_u16(m, MAKER_TYPES, 0x1404);
		maker_u16(m, MAKER_TYPES, 0);
		maker_u32(m, MAKER_TYPES, MAKER_FIRST_TYPE + 1 - i);
		maker_type_end(m, NULL);
	}
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	struct kd_pdb_fields at = kd_pdb_fields_of(
		&(struct kd_pdb_type){ .field_list = MAKER_FIRST_TYPE });

	CHECK(kd_pdb_next_field(s.pdb, &at, &f) == KD_E_FORMAT);
	at = kd_pdb_fields_of(&(struct kd_pdb_type){ .field_list = 0x22 });
	CHECK(kd_pdb_next_field(s.pdb, &at, &f) == KD_E_FORMAT);
	CHECK_TEXT("no list", kd_pdb_get_detail(s.pdb)->text,
		   "type 0x22 is no list of fields, but used as one");
	pdb_scene_close(&s);
}

/* Records of newer compilers: wider properties, and counts that vary. */
static void put_newer(struct maker *m, uint16_t leaf, uint32_t properties,
		      const char *name, uint32_t size)
{
	maker_type(m, leaf);
	maker_u32(m, MAKER_TYPES, properties);
	maker_u32(m, MAKER_TYPES, 0);
	if (leaf != 0x160a) /* a union is derived from nothing */
		maker_zeros(m, MAKER_TYPES, 8);
	maker_u16(m, MAKER_TYPES, 0x8004); /* 70000 fields */
	maker_u32(m, MAKER_TYPES, 70000);
	maker_u16(m, MAKER_TYPES, 0x8004);
	maker_u32(m, MAKER_TYPES, size);
	maker_text(m, MAKER_TYPES, name);
	if (properties & UNIQUE)
		maker_text(m, MAKER_TYPES, ".?AU_S@@");
	maker_type_end(m, name);
}

static void test_newer(void)
{
	static const struct {
		uint16_t leaf;
		enum kd_type_kind kind;
		const char *name;
	} rows[] = {
		{ 0x1608, KD_TYPE_CLASS, "_C" },
		{ 0x1609, KD_TYPE_STRUCT, "_S" },
		{ 0x160a, KD_TYPE_UNION, "_U" },
		{ 0x160b, KD_TYPE_CLASS, "_I" },
	};
	struct pdb_scene s = { 0 };
	struct kd_pdb_type t;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		put_newer(&s.maker, rows[i].leaf, FORWARD | 0x10000,
			  rows[i].name, 0);
		put_newer(&s.maker, rows[i].leaf, UNIQUE | 0x10000,
			  rows[i].name, 100000 + (uint32_t)i);
	}
	CHECK_EQ("open", pdb_scene_open(&s, 512), 0);
	for (uint32_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *row = rows[i].name;

		if (!CHECK_EQ(row, kd_pdb_type_by_name(s.pdb, row, &t), 0))
			continue;
		CHECK_EQ(row, t.index, 0x1000 + 2 * i + 1);
		CHECK_EQ(row, t.kind, rows[i].kind);
		CHECK_EQ(row, t.size, 100000 + i);
		CHECK_TEXT(row, t.name, row);
		CHECK_TEXT(row, t.unique_name, ".?AU_S@@");
		CHECK_EQ(row, kd_pdb_type_at(s.pdb, 0x1000 + 2 * i, &t), 0);
		CHECK_EQ(row, t.is_forward, true);
	}
	pdb_scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "text", test_text },
		{ "damaged chain", test_damaged_chain },
		{ "fields", test_fields },
		{ "enumerators", test_enumerators },
		{ "names", test_names },
		{ "no hashes", test_no_hashes },
		{ "endless list", test_endless_list },
		{ "newer records", test_newer },
	};

	return check_run("pdb types", tests, sizeof(tests) / sizeof(tests[0]));
}
