#include "check.h"
#include "typed_scene.h"
#include "typed_types.h"

#include <string.h>

enum { X64 = 0x8664, SECOND = 0x100, THIRD = 0x200 };

static void put_outer(struct typed_scene *s)
{
	static const struct {
		size_t at;
		uint64_t value;
		size_t size;
	} values[] = {
		{ 0x00, TYPED_SCENE_DATA + SECOND, 8 },
		{ 0x08, TYPED_SCENE_DATA + THIRD, 8 },
		{ 0x10, 0x12345678, 4 },
		{ 0x14, 0xfffe, 2 },
		{ 0x18, 1, 4 },
		{ 0x20, 2, 4 },
		{ 0x28, 3, 4 },
		{ 0x30, TYPED_SCENE_DATA + SECOND, 8 },
		{ 0x38, 0xa8, 4 }, /* Middle 5, Low -8 */
		{ 0x3c, 0xffffffff, 4 },
		{ 0x40, 2, 2 },
		{ 0x48, 0x8877665544332211, 8 },
		{ 0x50, 77, 4 },
		{ 0x58, 0x80001000, 4 },
		{ 0x78, 1, 1 },
		{ 0x79, 0x80, 1 },
	};

	for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
		typed_scene_put(s, values[i].at, values[i].value,
				values[i].size);
	typed_scene_put(s, SECOND, TYPED_SCENE_DATA + THIRD, 8);
	typed_scene_put(s, SECOND + 8, TYPED_SCENE_DATA, 8);
	typed_scene_put(s, SECOND + 0x10, 22, 4);
	typed_scene_put(s, SECOND + 0x30, TYPED_SCENE_DATA + THIRD, 8);
	typed_scene_put(s, THIRD, TYPED_SCENE_DATA, 8);
	typed_scene_put(s, THIRD + 8, TYPED_SCENE_DATA + SECOND, 8);
	typed_scene_put(s, THIRD + 0x10, 33, 4);
}

static bool open_made(struct typed_scene *s)
{
	struct maker m = { 0 };

	typed_types_make(&m);
	if (!typed_scene_open_made(s, &m, X64))
		return false;
	put_outer(s);
	return true;
}

// clang-format off
/* Members of the first, and what is there. */
static const struct {
	const char *path;
	enum kd_status field, number;
	const char *type;
	uint64_t at, size, count, value;
} field_rows[] = {
	{ "Links",        KD_OK, KD_E_ARG, "_LIST_ENTRY", 0x00, 16, 0, 0 },
	{ "Links.Flink",  KD_OK, KD_OK, "Ptr64 _LIST_ENTRY", 0x00, 8, 0, TYPED_SCENE_DATA + SECOND },
	{ "links.blink",  KD_OK, KD_OK, "Ptr64 _LIST_ENTRY", 0x08, 8, 0, TYPED_SCENE_DATA + THIRD },
	{ "Inner",        KD_OK, KD_OK, "_INNER", 0x10, 8, 0, 0x0000fffe12345678 },
	{ "Inner.a",      KD_OK, KD_OK, "Uint4B", 0x10, 4, 0, 0x12345678 },
	{ "Inner.b",      KD_OK, KD_OK, "Int2B", 0x14, 2, 0, 0xfffffffffffffffe },
	{ "Rows",         KD_OK, KD_E_ARG, "[3] _INNER", 0x18, 24, 3, 0 },
	{ "Rows[2].a",    KD_OK, KD_OK, "Uint4B", 0x28, 4, 0, 3 },
	{ "Rows[0x1].a",  KD_OK, KD_OK, "Uint4B", 0x20, 4, 0, 2 },
	{ "Rows[9]",      KD_OK, KD_OK, "_INNER", 0x60, 8, 0, 0 },
	{ "Next",         KD_OK, KD_OK, "Ptr64 _OUTER", 0x30, 8, 0, TYPED_SCENE_DATA + SECOND },
	{ "Next.Inner.a", KD_OK, KD_OK, "Uint4B", SECOND + 0x10, 4, 0, 22 },
	{ "Next->Inner.a", KD_OK, KD_OK, "Uint4B", SECOND + 0x10, 4, 0, 22 },
	{ "Next->Next.Inner.a", KD_OK, KD_OK, "Uint4B", THIRD + 0x10, 4, 0, 33 },
	{ "Next[0].Inner.a", KD_OK, KD_OK, "Uint4B", SECOND + 0x10, 4, 0, 22 },
	{ "Next[1].Inner.a", KD_OK, KD_OK, "Uint4B", SECOND + 0xa0, 4, 0, 0 },
	{ "Middle",       KD_OK, KD_OK, "Uint4B", 0x38, 4, 0, 5 },
	{ "Low",          KD_OK, KD_OK, "Int4B", 0x38, 4, 0, 0xfffffffffffffff8 },
	{ "Value",        KD_OK, KD_OK, "Int4B", 0x3c, 4, 0, 0xffffffffffffffff },
	{ "Kind",         KD_OK, KD_OK, "_ENUM", 0x40, 2, 0, 2 },
	{ "Fixed",        KD_OK, KD_OK, "Uint8B", 0x48, 8, 0, 0x8877665544332211 },
	{ "a",            KD_OK, KD_OK, "Uint4B", 0x50, 4, 0, 77 },
	{ "Narrow",       KD_OK, KD_OK, "Ptr32 Void", 0x58, 4, 0, 0xffffffff80001000 },
	{ "Text",         KD_OK, KD_E_ARG, "[8] Char", 0x60, 8, 8, 0 },
	{ "Call",         KD_OK, KD_OK, "Ptr64     void", 0x70, 8, 0, 0 },
	{ "Yes",          KD_OK, KD_OK, "Bool", 0x78, 1, 0, 1 },
	{ "Letter",       KD_OK, KD_OK, "Char", 0x79, 1, 0, 0xffffffffffffff80 },
	{ "Nosuch",       KD_E_NOT_FOUND, 0, "'_OUTER' has no member 'Nosuch'", 0, 0, 0, 0 },
	{ "Inner.c",      KD_E_NOT_FOUND, 0, "'_INNER' has no member 'c'", 0, 0, 0, 0 },
	{ "Lin",          KD_E_NOT_FOUND, 0, "'_OUTER' has no member 'Lin'", 0, 0, 0, 0 },
	{ "Value.x",      KD_E_NOT_FOUND, 0, "'Int4B' has no member 'x'", 0, 0, 0, 0 },
	{ "Value[0]",     KD_E_ARG, 0, "what is there is no array", 0, 0, 0, 0 },
	{ "Rows[",        KD_E_ARG, 0, "the path of members is not understood at '['", 0, 0, 0, 0 },
	{ "Rows[]",       KD_E_ARG, 0, "the path of members is not understood at '[]'", 0, 0, 0, 0 },
	{ "Rows[g]",      KD_E_ARG, 0, "the path of members is not understood at '[g]'", 0, 0, 0, 0 },
	{ "Rows[99999999999999999999]", KD_E_ARG, 0, "the path of members is not understood at '[99999999999999999999]'", 0, 0, 0, 0 },
	{ "Rows[1]a",     KD_E_ARG, 0, "the path of members is not understood at 'a'", 0, 0, 0, 0 },
	{ "",             KD_E_ARG, 0, "the path of members is not understood at 'its end'", 0, 0, 0, 0 },
	{ "Inner.",       KD_E_ARG, 0, "the path of members is not understood at 'its end'", 0, 0, 0, 0 },
	{ "Inner-a",      KD_E_ARG, 0, "the path of members is not understood at '-a'", 0, 0, 0, 0 },
};
// clang-format on

static void check_place(size_t i, const struct kd_typed *f)
{
	const char *row = field_rows[i].path;
	uint64_t size = 0, count = 0, value = 0;
	char text[64] = "";

	CHECK_EQ(row, f->address, TYPED_SCENE_DATA + field_rows[i].at);
	CHECK_EQ(row, kd_typed_type_text(f, text, sizeof(text)), KD_OK);
	CHECK_TEXT(row, text, field_rows[i].type);
	CHECK_EQ(row, kd_typed_size(f, &size), KD_OK);
	CHECK_EQ(row, size, field_rows[i].size);
	CHECK_EQ(row, kd_typed_count(f, &count), KD_OK);
	CHECK_EQ(row, count, field_rows[i].count);
	CHECK_EQ(row, kd_typed_u64(f, &value), field_rows[i].number);
	CHECK_EQ(row, value, field_rows[i].value);
}

static void fields(void)
{
	static struct typed_scene s;
	struct kd_typed t, f;

	if (!open_made(&s))
		return;
	CHECK_EQ("at",
		 kd_typed_at(s.symbols, "nt!_OUTER", TYPED_SCENE_DATA, &t),
		 KD_OK);
	for (size_t i = 0; i < sizeof(field_rows) / sizeof(field_rows[0]);
	     i++) {
		const char *row = field_rows[i].path;
		enum kd_status st = kd_typed_field(&t, row, &f);

		CHECK_EQ(row, -st, -field_rows[i].field);
		if (st == KD_OK)
			check_place(i, &f);
		else
			CHECK_TEXT(row, kd_typed_detail(s.symbols)->text,
				   field_rows[i].type);
	}
	CHECK_EQ("a forward one", kd_typed_field(&t, "Nowhere", &f), KD_OK);
	f = (struct kd_typed){ 0 };
	CHECK_EQ("is not defined", kd_typed_at(s.symbols, "nt!_NOWHERE", 0, &f),
		 KD_E_NOT_FOUND);
	typed_scene_close(&s);
}

// clang-format off
static const struct {
	const char *name;
	enum kd_status status;
	const char *text; /* the type's, or the sentence */
	uint64_t size;
} type_rows[] = {
	{ "nt!_OUTER",          KD_OK, "_OUTER", 0x90 },
	{ "_OUTER",             KD_OK, "_OUTER", 0x90 },
	{ "!_OUTER",            KD_OK, "_OUTER", 0x90 },
	{ "NT!_OUTER",          KD_OK, "_OUTER", 0x90 },
	{ "struct nt!_OUTER",   KD_OK, "_OUTER", 0x90 },
	{ "nt!OUTER",           KD_OK, "_OUTER", 0x90 },
	{ "nt!_OUTER *",        KD_OK, "Ptr64 _OUTER", 8 },
	{ "nt!_OUTER**",        KD_OK, "Ptr64 Ptr64 _OUTER", 8 },
	{ "unsigned char",      KD_OK, "UChar", 1 },
	{ "ULONG",              KD_OK, "Uint4B", 4 },
	{ "nt!Uint8B",          KD_OK, "Uint8B", 8 },
	{ "PVOID",              KD_OK, "Ptr64 Void", 8 },
	{ "char*",              KD_OK, "Ptr64 Char", 8 },
	{ "void",               KD_OK, "Void", 0 },
	{ "_ENUM",              KD_OK, "_ENUM", 2 },
	{ "nt!_NOSUCH",         KD_E_NOT_FOUND, "there is no type 'nt!_NOSUCH'", 0 },
	{ "_NOSUCH",            KD_E_NOT_FOUND, "there is no type '_NOSUCH'", 0 },
	{ "hal!_OUTER",         KD_E_NOT_FOUND, "there is no module 'hal'", 0 },
	{ "",                   KD_E_NOT_FOUND, "'' is no type's name", 0 },
	{ "*",                  KD_E_NOT_FOUND, "'*' is no type's name", 0 },
};
// clang-format on

static void types(void)
{
	static struct typed_scene s;

	if (!open_made(&s))
		return;
	for (size_t i = 0; i < sizeof(type_rows) / sizeof(type_rows[0]); i++) {
		const char *row = type_rows[i].name;
		char text[64] = "";
		uint64_t size = 0;
		struct kd_typed t;
		enum kd_status st = kd_typed_at(s.symbols, row, 0, &t);

		CHECK_EQ(row, -st, -type_rows[i].status);
		if (st == KD_OK) {
			CHECK_EQ(row,
				 kd_typed_type_text(&t, text, sizeof(text)),
				 KD_OK);
			CHECK_EQ(row, kd_typed_size(&t, &size), KD_OK);
		}
		CHECK_TEXT(row,
			   st == KD_OK ? text
				       : kd_typed_detail(s.symbols)->text,
			   type_rows[i].text);
		CHECK_EQ(row, size, type_rows[i].size);
	}
	typed_scene_close(&s);
}

static void symbols(void)
{
	static struct typed_scene s;
	struct kd_typed t;
	uint64_t v = 0;

	if (!open_made(&s))
		return;
	CHECK_EQ("g_outer", kd_typed_symbol(s.symbols, "nt!g_outer", &t),
		 KD_OK);
	CHECK_EQ("g_outer", t.address, TYPED_SCENE_DATA);
	CHECK_EQ("its member", kd_typed_field_u64(&t, "Inner.a", &v), KD_OK);
	CHECK_EQ("its member", v, 0x12345678);
	CHECK_EQ("g_public", kd_typed_symbol(s.symbols, "nt!g_public", &t),
		 KD_OK);
	CHECK_EQ("g_public", t.address, TYPED_SCENE_DATA + 0x800);
	CHECK_EQ("has no type", t.type, 0);
	CHECK_EQ("nor a number", kd_typed_u64(&t, &v), KD_E_NOT_FOUND);
	CHECK_EQ("none", kd_typed_symbol(s.symbols, "nt!nosuch", &t),
		 KD_E_NOT_FOUND);
	CHECK_EQ("offset",
		 kd_types_offset(s.symbols, "nt!_OUTER", "Rows[1].b", &v),
		 KD_OK);
	CHECK_EQ("offset", v, 0x24);
	CHECK_EQ("behind a pointer",
		 kd_types_offset(s.symbols, "nt!_OUTER", "Next.Inner", &v),
		 KD_E_ARG);
	bool has = false;

	CHECK_EQ("has", kd_types_has_field(s.symbols, "_OUTER", "Kind", &has),
		 KD_OK);
	CHECK(has);
	CHECK_EQ("has not", kd_types_has_field(s.symbols, "_OUTER", "No", &has),
		 KD_OK);
	CHECK(!has);
	CHECK_EQ("no type", kd_types_has_field(s.symbols, "_NO", "No", &has),
		 KD_E_NOT_FOUND);
	typed_scene_close(&s);
}

/* A structure is read once; where its pointers lead is read as ever. */
static void copies(void)
{
	static struct typed_scene s;
	static struct kd_typed_copy copy;
	struct kd_typed t, c;
	uint64_t v = 0;
	unsigned reads;

	if (!open_made(&s))
		return;
	CHECK_EQ("at",
		 kd_typed_at(s.symbols, "nt!_OUTER", TYPED_SCENE_DATA, &t),
		 KD_OK);
	reads = s.reads;
	CHECK_EQ("copy", kd_typed_copy(&t, &copy, &c), KD_OK);
	CHECK_EQ("one read", s.reads - reads, 1);
	CHECK_EQ("member", kd_typed_field_u64(&c, "Rows[2].a", &v), KD_OK);
	CHECK_EQ("member", v, 3);
	CHECK_EQ("none for members", s.reads - reads, 1);
	CHECK_EQ("behind", kd_typed_field_u64(&c, "Next->Inner.a", &v), KD_OK);
	CHECK_EQ("behind", v, 22);
	CHECK_EQ("a read behind", s.reads - reads, 2);
	CHECK_EQ("outside", kd_typed_field_u64(&c, "Rows[31].a", &v), KD_OK);
	CHECK_EQ("outside", v, 22); /* of the second one */
	CHECK_EQ("a read outside", s.reads - reads, 3);
	t.address = 0;
	CHECK_EQ("nothing there", kd_typed_copy(&t, &copy, &c), KD_E_TARGET);
	typed_scene_close(&s);
}

// clang-format off
static const struct {
	const char *name, *type, *link;
	uint64_t head;
	enum kd_status init;
	uint64_t entries[4]; /* their Inner.a; 0 behind the last */
	enum kd_status end;
} list_rows[] = {
	{ "LIST_ENTRY",  "_OUTER", "Links",       TYPED_SCENE_DATA, KD_OK, { 22, 33 }, KD_E_END },
	{ "Flink",       "_OUTER", "Links.Flink", TYPED_SCENE_DATA, KD_OK, { 22, 33 }, KD_E_END },
	{ "backwards",   "_OUTER", "Links.Blink", TYPED_SCENE_DATA, KD_OK, { 33, 22 }, KD_E_END },
	{ "single",      "_OUTER", "Next",        TYPED_SCENE_DATA + 0x30, KD_OK, { 22, 33 }, KD_E_END },
	{ "ring",        "_OUTER", "Links",       TYPED_SCENE_DATA + 0x300, KD_OK, { 22, 33, 0x12345678, 22 }, KD_E_FORMAT },
	{ "no memory",   "_OUTER", "Links",       0x1000, KD_OK, { 0 }, KD_E_TARGET },
	{ "no link",     "_OUTER", "Value",       TYPED_SCENE_DATA, KD_E_ARG, { 0 }, KD_OK },
	{ "other",       "_OUTER", "Nowhere",     TYPED_SCENE_DATA, KD_E_ARG, { 0 }, KD_OK },
	{ "no member",   "_OUTER", "No",          TYPED_SCENE_DATA, KD_E_NOT_FOUND, { 0 }, KD_OK },
	{ "no type",     "_NO",    "No",          TYPED_SCENE_DATA, KD_E_NOT_FOUND, { 0 }, KD_OK },
};
// clang-format on

static void lists(void)
{
	static struct typed_scene s;

	if (!open_made(&s))
		return;
	typed_scene_put(&s, 0x300, TYPED_SCENE_DATA + SECOND, 8);
	for (size_t i = 0; i < sizeof(list_rows) / sizeof(list_rows[0]); i++) {
		const char *row = list_rows[i].name;
		struct kd_typed_list l;
		struct kd_typed t;
		enum kd_status st = kd_typed_list_init(
			&l, s.symbols, list_rows[i].head, list_rows[i].type,
			list_rows[i].link);
		size_t n = 0;

		CHECK_EQ(row, -st, -list_rows[i].init);
		if (st != KD_OK)
			continue;
		while (n < 16 && (st = kd_typed_list_next(&l, &t)) == KD_OK) {
			uint64_t v = 0;

			CHECK_EQ(row, kd_typed_field_u64(&t, "Inner.a", &v),
				 KD_OK);
			if (n < 4)
				CHECK_EQ(row, v, list_rows[i].entries[n]);
			n++;
		}
		CHECK_EQ(row, -st, -list_rows[i].end);
		CHECK_ROW(row, n >= 4 || !list_rows[i].entries[n]);
	}
	typed_scene_close(&s);
}

/* Each step says that it waits until the bytes are here, and then goes on. */
static void pending(void)
{
	static struct typed_scene s;
	struct kd_typed t, f;
	struct kd_typed_list l;
	uint64_t v = 0;
	enum kd_status st;

	if (!open_made(&s))
		return;
	CHECK_EQ("at",
		 kd_typed_at(s.symbols, "nt!_OUTER", TYPED_SCENE_DATA, &t),
		 KD_OK);
	s.is_slow = true;
	f.address = 1;
	CHECK_EQ("waits", kd_typed_field(&t, "Next->Inner.a", &f),
		 KD_E_PENDING);
	CHECK_EQ("untouched", f.address, 1);
	CHECK_EQ("goes on", kd_typed_field(&t, "Next->Inner.a", &f), KD_OK);
	CHECK_EQ("waits", kd_typed_u64(&f, &v), KD_E_PENDING);
	CHECK_EQ("untouched", v, 0);
	CHECK_EQ("goes on", kd_typed_u64(&f, &v), KD_OK);
	CHECK_EQ("the value", v, 22);
	CHECK_EQ("list",
		 kd_typed_list_init(&l, s.symbols, TYPED_SCENE_DATA, "_OUTER",
				    "Links"),
		 KD_OK);
	for (v = 0;
	     (st = kd_typed_list_next(&l, &t)) == KD_OK || st == KD_E_PENDING;)
		v += st == KD_OK;
	CHECK_EQ("all of it", v, 2);
	typed_scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "types by name", types },
		{ "members", fields },
		{ "symbols and offsets", symbols },
		{ "a structure is read once", copies },
		{ "lists", lists },
		{ "nothing is there yet", pending },
	};

	return check_run("typed", tests, sizeof(tests) / sizeof(tests[0]));
}
