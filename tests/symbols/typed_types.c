#include "typed_types.h"

enum { FORWARD = 0x80, CHAR = 0x10, WORD = 0x21, ULONG = 0x22, LONG = 0x12 };

static uint32_t pointer(struct maker *m, uint32_t to)
{
	uint32_t index = maker_type(m, 0x1002);

	maker_u32(m, MAKER_TYPES, to);
	maker_u32(m, MAKER_TYPES, 8 << 13);
	maker_type_end(m, NULL);
	return index;
}

static uint32_t array(struct maker *m, uint32_t of, uint16_t len)
{
	uint32_t index = maker_type(m, 0x1503);

	maker_u32(m, MAKER_TYPES, of);
	maker_u32(m, MAKER_TYPES, 0x23);
	maker_u16(m, MAKER_TYPES, len);
	maker_text(m, MAKER_TYPES, "");
	maker_type_end(m, NULL);
	return index;
}

static uint32_t bits(struct maker *m, uint32_t of, uint8_t count, uint8_t from)
{
	uint32_t index = maker_type(m, 0x1205);

	maker_u32(m, MAKER_TYPES, of);
	maker_u8(m, MAKER_TYPES, count);
	maker_u8(m, MAKER_TYPES, from);
	maker_type_end(m, NULL);
	return index;
}

static uint32_t make_enum(struct maker *m)
{
	static const char *const names[] = { "One", "Two" };
	uint32_t list = maker_type(m, 0x1203), index;

	for (uint16_t i = 0; i < 2; i++) {
		maker_u16(m, MAKER_TYPES, 0x1502);
		maker_u16(m, MAKER_TYPES, 3);
		maker_u16(m, MAKER_TYPES, (uint16_t)(i + 1));
		maker_text(m, MAKER_TYPES, names[i]);
		maker_u16(m, MAKER_TYPES, 0xf1f2);
	}
	maker_type_end(m, NULL);
	index = maker_type(m, 0x1507);
	maker_u16(m, MAKER_TYPES, 2);
	maker_u16(m, MAKER_TYPES, 0);
	maker_u32(m, MAKER_TYPES, WORD);
	maker_u32(m, MAKER_TYPES, list);
	maker_text(m, MAKER_TYPES, "_ENUM");
	maker_type_end(m, "_ENUM");
	return index;
}

static uint32_t modifier(struct maker *m, uint32_t of)
{
	uint32_t index = maker_type(m, 0x1001);

	maker_u32(m, MAKER_TYPES, of);
	maker_u16(m, MAKER_TYPES, 1);
	maker_type_end(m, NULL);
	return index;
}

static uint32_t function(struct maker *m)
{
	uint32_t arguments = maker_type(m, 0x1201), index;

	maker_u32(m, MAKER_TYPES, 0);
	maker_type_end(m, NULL);
	index = maker_type(m, 0x1008);
	maker_u32(m, MAKER_TYPES, 0x03);
	maker_u32(m, MAKER_TYPES, 0);
	maker_u32(m, MAKER_TYPES, arguments);
	maker_type_end(m, NULL);
	return index;
}

static uint32_t make_struct(struct maker *m, const char *name, uint16_t size,
			    const char *const names[], const uint32_t types[],
			    const uint16_t offsets[])
{
	uint32_t list = maker_type(m, 0x1203);

	for (size_t i = 0; names[i]; i++)
		maker_member(m, names[i], types[i], offsets[i]);
	maker_type_end(m, NULL);
	return maker_struct(m, name, 0, list, size);
}

static void make_symbols(struct maker *m, uint32_t outer)
{
	size_t start = maker_symbol(m, MAKER_SYMBOLS, 0x110d); /* S_GDATA32 */

	maker_u32(m, MAKER_SYMBOLS, outer);
	maker_u32(m, MAKER_SYMBOLS, 0);
	maker_u16(m, MAKER_SYMBOLS, 2);
	maker_text(m, MAKER_SYMBOLS, "g_outer");
	maker_symbol_end(m, MAKER_SYMBOLS, start);
	maker_global(m, "g_outer", start);
	start = maker_symbol(m, MAKER_SYMBOLS, 0x1108); /* S_UDT */
	maker_u32(m, MAKER_SYMBOLS, outer);
	maker_text(m, MAKER_SYMBOLS, "OUTER");
	maker_symbol_end(m, MAKER_SYMBOLS, start);
	maker_global(m, "OUTER", start);
	maker_section(m, MAKER_SECTIONS, ".text", 0x1000, 0x1000);
	maker_section(m, MAKER_SECTIONS, ".data", 0x2000, 0x1000);
	maker_public(m, "code", 1, 0x10);
	maker_public(m, "g_outer", 2, 0);
	maker_public(m, "g_public", 2, 0x800);
}

void typed_types_make(struct maker *m)
{
	uint32_t announced = maker_struct(m, "_LIST_ENTRY", FORWARD, 0, 0);
	uint32_t link = pointer(m, announced);
	uint32_t entry = make_struct(
		m, "_LIST_ENTRY", 16,
		(const char *const[]){ "Flink", "Blink", NULL },
		(const uint32_t[]){ link, link }, (const uint16_t[]){ 0, 8 });
	uint32_t inner = make_struct(
		m, "_INNER", 8, (const char *const[]){ "a", "b", NULL },
		(const uint32_t[]){ ULONG, 0x11 }, (const uint16_t[]){ 0, 4 });
	uint32_t any = make_struct(
		m, "_ANY", 8, (const char *const[]){ "", NULL },
		(const uint32_t[]){ inner }, (const uint16_t[]){ 0 });
	uint32_t string =
		make_struct(m, "_UNICODE_STRING", 16,
			    (const char *const[]){ "Length", "MaximumLength",
						   "Buffer", NULL },
			    (const uint32_t[]){ WORD, WORD, 0x671 },
			    (const uint16_t[]){ 0, 2, 8 });
	uint32_t self = maker_struct(m, "_OUTER", FORWARD, 0, 0);
	uint32_t nowhere = maker_struct(m, "_NOWHERE", FORWARD, 0, 0);
	const uint32_t types[] = {
		announced,
		inner,
		array(m, inner, 24),
		pointer(m, self),
		bits(m, ULONG, 3, 5),
		bits(m, LONG, 4, 0),
		LONG,
		make_enum(m),
		modifier(m, 0x23),
		any,
		0x403,
		array(m, CHAR, 8),
		pointer(m, nowhere),
		pointer(m, function(m)),
		0x30,
		CHAR,
		string,
	};
	static const char *const names[] = {
		"Links",   "Inner", "Rows",  "Next",   "Middle", "Low",
		"Value",   "Kind",  "Fixed", "",       "Narrow", "Text",
		"Nowhere", "Call",  "Yes",   "Letter", "Name",	 NULL,
	};
	static const uint16_t offsets[] = {
		0x00, 0x10, 0x18, 0x30, 0x38, 0x38, 0x3c, 0x40, 0x48,
		0x50, 0x58, 0x60, 0x68, 0x70, 0x78, 0x79, 0x80,
	};

	(void)entry;
	make_symbols(m, make_struct(m, "_OUTER", 0x90, names, types, offsets));
}
