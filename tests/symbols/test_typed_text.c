#include "check.h"
#include "kd_typed_text.h"
#include "typed_scene.h"
#include "typed_types.h"

#include <string.h>

enum { X64 = 0x8664, TEXT_AT = 0x200 };

// clang-format off
/* What is put at a member, and how it is written. */
static const struct {
	const char *path;
	uint64_t value;
	size_t size;
	const char *text, *kind;
} rows[] = {
	{ "Inner.a",     0,          4, "0", "Uint4B" },
	{ "Inner.a",     9,          4, "9", "Uint4B" },
	{ "Inner.a",     10,         4, "0xa", "Uint4B" },
	{ "Inner.a",     0xffffffff, 4, "0xffffffff", "Uint4B" },
	{ "Inner.b",     5,          2, "0n5", "Int2B" },
	{ "Inner.b",     0xffff,     2, "0n-1", "Int2B" },
	{ "Fixed",       0x19c65c0000000003, 8, "0x19c65c00`00000003", "Uint8B" },
	{ "Fixed",       3,          8, "3", "Uint8B" },
	{ "Links",       1,          8, "_LIST_ENTRY [ 0x00000000`00000001 - 0x00000000`00000000 ]", "_LIST_ENTRY" },
	{ "Inner",       1,          8, "_INNER", "_INNER" },
	{ "Rows",        1,          8, "[3] _INNER", "[3] _INNER" },
	{ "Next",        0,          8, "(null) ", "Ptr64 _OUTER" },
	{ "Next",        0xfffffa809209a060, 8, "0xfffffa80`9209a060 _OUTER", "Ptr64 _OUTER" },
	{ "Nowhere",     1,          8, "0x00000000`00000001 _NOWHERE", "Ptr64 _NOWHERE" },
	{ "Narrow",      0x80001000, 4, "0x80001000 Void", "Ptr32 Void" },
	{ "Call",        TYPED_SCENE_BASE + 0x1010, 8, "0xfffff800`12341010     void  nt!code+0", "Ptr64     void" },
	{ "Call",        TYPED_SCENE_BASE + 0x1022, 8, "0xfffff800`12341022     void  nt!code+12", "Ptr64     void" },
	{ "Call",        0x10,       8, "0x00000000`00000010     void  ", "Ptr64     void" },
	{ "Middle",      0xa0,       4, "0y101", "Pos 5, 3 Bits" },
	{ "Low",         0x08,       4, "0y1000 (0n-8)", "Pos 0, 4 Bits" },
	{ "Kind",        2,          2, "0n2 ( Two )", "_ENUM" },
	{ "Kind",        7,          2, "0n7 (No matching name)", "_ENUM" },
	{ "Yes",         1,          1, "1", "Bool" },
	{ "Letter",      'b',        1, "98 'b'", "Char" },
	{ "Letter",      0xff,       1, "-1 ''", "Char" },
	{ "Text",        0x6d6574737953, 8, "[8]  \"System\"", "[8] Char" },
	{ "Text",        0x4847464544434241, 8, "[8]  \"ABCDEFGH\"", "[8] Char" },
	{ "Text",        0,          8, "[8]  \"\"", "[8] Char" },
	{ "Name",        0,          8, "_UNICODE_STRING \"\"", "_UNICODE_STRING" },
	{ "Name",        0x00060004, 8, "_UNICODE_STRING \"h\xc3\xa9\"", "_UNICODE_STRING" },
	{ "Name.Buffer", 0,          8, "(null) ", "Ptr64 Wchar" },
	{ "Name.Buffer", TYPED_SCENE_DATA + TEXT_AT, 8, "0xfffff800`12342200  \"h\xc3\xa9llo\"", "Ptr64 Wchar" },
	{ "Name.Buffer", 0x1000,     8, "0x00000000`00001000  \"--- memory read error at address 0x00000000`00001000 ---\"", "Ptr64 Wchar" },
};
// clang-format on

static bool open_made(struct typed_scene *s, struct kd_typed *ret)
{
	static const uint8_t text[] = { 'h', 0, 0xe9, 0, 'l', 0,
					'l', 0, 'o',  0, 0,   0 };
	struct maker m = { 0 };

	typed_types_make(&m);
	if (!typed_scene_open_made(s, &m, X64))
		return false;
	memcpy(s->memory + TINY_PE_PDATA + TEXT_AT, text, sizeof(text));
	return CHECK_EQ(
		"at",
		kd_typed_at(s->symbols, "nt!_OUTER", TYPED_SCENE_DATA, ret),
		KD_OK);
}

static void values(void)
{
	static struct typed_scene s;
	struct kd_typed t, f;

	if (!open_made(&s, &t))
		return;
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char text[KD_TYPED_TEXT_MAX] = "";

		if (!CHECK_EQ(rows[i].path,
			      kd_typed_field(&t, rows[i].path, &f), KD_OK))
			continue;
		/* a UNICODE_STRING's text is where the row after it says */
		typed_scene_put(&s, 0x88, TYPED_SCENE_DATA + TEXT_AT, 8);
		typed_scene_put(&s, (size_t)(f.address - TYPED_SCENE_DATA),
				rows[i].value, rows[i].size);
		CHECK_EQ(rows[i].path,
			 kd_typed_text(&f, NULL, text, sizeof(text)), KD_OK);
		CHECK_TEXT(rows[i].path, text, rows[i].text);
		CHECK_EQ(rows[i].path,
			 kd_typed_kind_text(&f, text, sizeof(text)), KD_OK);
		CHECK_TEXT(rows[i].path, text, rows[i].kind);
	}
	typed_scene_close(&s);
}

/* Wide text at an odd address: its characters lie across what is read. */
static void odd(void)
{
	enum { LETTERS = 40, AT = TEXT_AT + 0x81 };
	static struct typed_scene s;
	struct kd_typed t, f;
	char text[KD_TYPED_TEXT_MAX] = "";
	const char *at;

	if (!open_made(&s, &t))
		return;
	for (size_t i = 0; i < LETTERS; i++)
		typed_scene_put(&s, AT + 2 * i, 'a', 2);
	typed_scene_put(&s, 0x88, TYPED_SCENE_DATA + AT, 8);
	CHECK_EQ("field", kd_typed_field(&t, "Name.Buffer", &f), KD_OK);
	CHECK_EQ("text", kd_typed_text(&f, NULL, text, sizeof(text)), KD_OK);
	at = strchr(text, '"');
	if (CHECK_ROW(text, at != NULL))
		CHECK_EQ(text, strspn(at + 1, "a"), LETTERS);
	CHECK_ROW(text, at && !strcmp(at + 1 + LETTERS, "\""));
	typed_scene_close(&s);
}

// clang-format off
static const struct {
	const char *type, *text;
} absent_rows[] = {
	{ "ULONG", "????" },
	{ "_OUTER*", "????" },
	{ "_ENUM", "????" },
	{ "_LIST_ENTRY", "_LIST_ENTRY [ ???? - ???? ]" },
	{ "_UNICODE_STRING", "_UNICODE_STRING ????" },
	{ "_INNER", "_INNER" },
	{ "double", "????" },
	{ "void", "Void" },
	{ "UCHAR*", "????" },
};
// clang-format on

static void absent(void)
{
	static struct typed_scene s;
	struct kd_typed t;
	char text[KD_TYPED_TEXT_MAX], small[6];

	if (!open_made(&s, &t))
		return;
	for (size_t i = 0; i < sizeof(absent_rows) / sizeof(absent_rows[0]);
	     i++) {
		const char *row = absent_rows[i].type;

		CHECK_EQ(row, kd_typed_at(s.symbols, row, 0x1000, &t), KD_OK);
		CHECK_EQ(row, kd_typed_text(&t, NULL, text, sizeof(text)),
			 KD_OK);
		CHECK_TEXT(row, text, absent_rows[i].text);
	}
	/* it is cut, and waits as everything does */
	CHECK_EQ("cut", kd_typed_at(s.symbols, "_INNER", 0, &t), KD_OK);
	CHECK_EQ("cut", kd_typed_text(&t, NULL, small, sizeof(small)), KD_OK);
	CHECK_TEXT("cut", small, "_INNE");
	s.is_slow = true;
	CHECK_EQ("waits", kd_typed_at(s.symbols, "ULONG", TYPED_SCENE_DATA, &t),
		 KD_OK);
	CHECK_EQ("waits", kd_typed_text(&t, NULL, text, sizeof(text)),
		 KD_E_PENDING);
	CHECK_EQ("goes on", kd_typed_text(&t, NULL, text, sizeof(text)), KD_OK);
	typed_scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "values", values },
		{ "at an odd address", odd },
		{ "what is not there", absent },
	};

	return check_run("typed text", tests, sizeof(tests) / sizeof(tests[0]));
}
