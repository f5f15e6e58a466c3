#include "kd_cpp_type.h"

#include "kd_format.h"
#include "kd_lexer.h"

#include <ctype.h>
#include <inttypes.h>
#include <string.h>

enum { WORDS_MAX = 4 };

const struct kd_cpp_type kd_cpp_bool = { .name = "bool", .size = 1 };
const struct kd_cpp_type kd_cpp_char = { .name = "char",
					 .size = 1,
					 .is_signed = true };
const struct kd_cpp_type kd_cpp_int = { .name = "int",
					.size = 4,
					.is_signed = true };
const struct kd_cpp_type kd_cpp_uint = { .name = "unsigned int", .size = 4 };
const struct kd_cpp_type kd_cpp_int64 = { .name = "int64",
					  .size = 8,
					  .is_signed = true };
const struct kd_cpp_type kd_cpp_uint64 = { .name = "unsigned int64",
					   .size = 8 };

// clang-format off
static const struct {
	const char *words; /* as they are written, one space between them */
	const char *name;
	uint8_t size;
	bool is_signed;
	uint8_t pointers;
} types[] = {
	{ "void",               "void",           0, false, 0 },
	{ "bool",               "bool",           1, false, 0 },
	{ "char",               "char",           1, true,  0 },
	{ "signed char",        "char",           1, true,  0 },
	{ "unsigned char",      "unsigned char",  1, false, 0 },
	{ "short",              "short",          2, true,  0 },
	{ "unsigned short",     "unsigned short", 2, false, 0 },
	{ "wchar_t",            "wchar_t",        2, false, 0 },
	{ "int",                "int",            4, true,  0 },
	{ "unsigned int",       "unsigned int",   4, false, 0 },
	{ "unsigned",           "unsigned int",   4, false, 0 },
	{ "long",               "long",           4, true,  0 },
	{ "unsigned long",      "unsigned long",  4, false, 0 },
	{ "long long",          "int64",          8, true,  0 },
	{ "unsigned long long", "unsigned int64", 8, false, 0 },
	{ "__int64",            "int64",          8, true,  0 },
	{ "int64",              "int64",          8, true,  0 },
	{ "unsigned __int64",   "unsigned int64", 8, false, 0 },
	{ "unsigned int64",     "unsigned int64", 8, false, 0 },
	{ "CHAR",               "char",           1, true,  0 },
	{ "UCHAR",              "unsigned char",  1, false, 0 },
	{ "BYTE",               "unsigned char",  1, false, 0 },
	{ "BOOLEAN",            "unsigned char",  1, false, 0 },
	{ "SHORT",              "short",          2, true,  0 },
	{ "USHORT",             "unsigned short", 2, false, 0 },
	{ "WORD",               "unsigned short", 2, false, 0 },
	{ "WCHAR",              "wchar_t",        2, false, 0 },
	{ "INT",                "int",            4, true,  0 },
	{ "UINT",               "unsigned int",   4, false, 0 },
	{ "LONG",               "long",           4, true,  0 },
	{ "ULONG",              "unsigned long",  4, false, 0 },
	{ "DWORD",              "unsigned long",  4, false, 0 },
	{ "NTSTATUS",           "long",           4, true,  0 },
	{ "LONG64",             "int64",          8, true,  0 },
	{ "LONGLONG",           "int64",          8, true,  0 },
	{ "ULONG64",            "unsigned int64", 8, false, 0 },
	{ "ULONGLONG",          "unsigned int64", 8, false, 0 },
	{ "DWORD64",            "unsigned int64", 8, false, 0 },
	{ "PVOID",              "void",           0, false, 1 },
};
// clang-format on

/* As wide as a pointer. */
static bool find_wide(const char *words, unsigned pointer_size,
		      struct kd_cpp_type *ret)
{
	bool wide = pointer_size == 8;

	if (!strcmp(words, "ULONG_PTR") || !strcmp(words, "SIZE_T") ||
	    !strcmp(words, "size_t"))
		*ret = wide ? kd_cpp_uint64 : kd_cpp_uint;
	else if (!strcmp(words, "LONG_PTR"))
		*ret = wide ? kd_cpp_int64 : kd_cpp_int;
	else
		return false;
	return true;
}

static bool find(const char *words, unsigned pointer_size,
		 struct kd_cpp_type *ret)
{
	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (!strcmp(types[i].words, words)) {
			*ret = (struct kd_cpp_type){
				.name = types[i].name,
				.size = types[i].size,
				.is_signed = types[i].is_signed,
				.pointers = types[i].pointers,
			};
			return true;
		}
	return find_wide(words, pointer_size, ret);
}

/* The longest row of words that is a type. */
bool kd_cpp_type_take(const char **at, unsigned pointer_size,
		      struct kd_cpp_type *ret)
{
	const char *from = *at + kd_spaces(*at), *end = NULL;
	char buf[64];
	struct kd_text words = kd_text_over(buf, sizeof(buf));

	for (size_t n = 0; n < WORDS_MAX; n++) {
		size_t len = 0;

		while (isalnum((unsigned char)from[len]) || from[len] == '_')
			len++;
		if (!len || isdigit((unsigned char)*from))
			break;
		kd_text_add(&words, "%s%.*s", n ? " " : "", (int)len, from);
		from += len;
		if (find(buf, pointer_size, ret))
			end = from;
		from += kd_spaces(from);
	}
	if (!end)
		return false;
	for (;;) {
		const char *star = end + kd_spaces(end);

		if (*star != '*' || ret->pointers == KD_CPP_POINTERS_MAX)
			break;
		ret->pointers++;
		end = star + 1;
	}
	*at = end;
	return true;
}

unsigned kd_cpp_type_size(const struct kd_cpp_type *t, unsigned pointer_size)
{
	return t->pointers ? pointer_size : t->size;
}

struct kd_cpp_value kd_cpp_convert(struct kd_cpp_type to, uint64_t bits,
				   unsigned pointer_size)
{
	unsigned width = kd_cpp_type_size(&to, pointer_size) * 8;

	if (!to.pointers && !strcmp(to.name, kd_cpp_bool.name))
		bits = bits != 0;
	else if (width && width < 64)
		bits &= (UINT64_C(1) << width) - 1;
	/* addresses of 32 bits are kept as all others here: sign-extended */
	if ((to.is_signed || to.pointers) && width && width < 64) {
		uint64_t sign = UINT64_C(1) << (width - 1);

		bits = (bits ^ sign) - sign;
	}
	return (struct kd_cpp_value){ .type = to, .bits = bits };
}

struct kd_cpp_type kd_cpp_common(const struct kd_cpp_type *a,
				 const struct kd_cpp_type *b)
{
	const struct kd_cpp_type *wide;

	if (a->pointers || b->pointers)
		return kd_cpp_uint64;
	/* an enumeration is a number of its width here */
	a = a->is_own ? &kd_cpp_int : a;
	b = b->is_own ? &kd_cpp_int : b;
	wide = a->size >= b->size ? a : b;
	if (wide->size < 4)
		return kd_cpp_int;
	if (a->size == b->size && !b->is_signed)
		return *b;
	return *wide;
}

static void add_character(struct kd_text *out, uint64_t bits)
{
	uint8_t c = (uint8_t)bits;

	kd_text_add(out, " '%c'", c >= ' ' && c < 0x7f ? c : '.');
}

void kd_cpp_format(struct kd_text *out, const struct kd_cpp_value *v,
		   unsigned pointer_size)
{
	char text[KD_ADDRESS_TEXT_MAX];

	kd_text_add(out, "%s", v->type.name);
	if (v->type.pointers) {
		kd_text_add(out, " %.*s", v->type.pointers, "********");
		kd_text_add(out, " 0x%s",
			    kd_format_address(text, v->bits, pointer_size));
	} else if (!v->type.size) {
		return;
	} else if (!strcmp(v->type.name, kd_cpp_bool.name)) {
		kd_text_add(out, " %s", v->bits ? "true" : "false");
	} else if (v->type.is_signed) {
		kd_text_add(out, " 0n%" PRId64, (int64_t)v->bits);
	} else if (v->bits >> 32) {
		kd_text_add(out, " 0x%" PRIx64 "`%08" PRIx32, v->bits >> 32,
			    (uint32_t)v->bits);
	} else {
		kd_text_add(out, " 0x%" PRIx64, v->bits);
	}
	if (!v->type.pointers && v->type.size == 1 &&
	    strcmp(v->type.name, kd_cpp_bool.name) != 0)
		add_character(out, v->bits);
}
