#include "lab_bytes.h"
#include "lab_static.h"

#include <string.h>

/* One instruction a row; a target's displacement of 4 bytes is appended. */
static const struct instruction {
	const char *name; /* a function, or a label that starts with '.' */
	const char *bytes;
	uint8_t len;
	const char *target;
} code[] = {
	// clang-format off
	{ "DbgBreakPointWithStatus", "\xcc", 1, NULL },
	{ NULL,               "\xc3", 1, NULL },
	{ "DbgPrint",         "\x48\x89\x4c\x24\x08", 5, NULL },
	{ NULL,               "\x48\x83\xec\x28", 4, NULL },
	{ NULL,               "\xcd\x2d", 2, NULL },
	{ NULL,               "\xcc", 1, NULL },
	{ NULL,               "\x48\x83\xc4\x28", 4, NULL },
	{ NULL,               "\xc3", 1, NULL },
	{ "DbgLoadImageSymbols", "\xcd\x2d", 2, NULL },
	{ ".load",            "\xcc", 1, NULL },
	{ NULL,               "\xc3", 1, NULL },
	{ "KeBugCheckEx",     "\x48\x89\x4c\x24\x08", 5, NULL },
	{ NULL,               "\x48\x89\x54\x24\x10", 5, NULL },
	{ NULL,               "\x48\x83\xec\x28", 4, NULL },
	{ NULL,               "\xb9\x04\x00\x00\x00", 5, NULL },
	{ NULL,               "\xe8", 1, "DbgBreakPointWithStatus" },
	{ ".crashed",         "\x48\x83\xc4\x28", 4, NULL },
	{ NULL,               "\xc3", 1, NULL },
	{ "KeClockTick",      "\x48\x83\xec\x28", 4, NULL },
	{ NULL,               "\xb9\x01\x00\x00\x00", 5, NULL },
	{ NULL,               "\xe8", 1, "DbgBreakPointWithStatus" },
	{ ".broken",          "\x48\x83\xc4\x28", 4, NULL },
	{ NULL,               "\xc3", 1, NULL },
	{ "LabTick",          "\x53", 1, NULL },
	{ NULL,               "\x48\x83\xec\x20", 4, NULL },
	{ NULL,               "\x48\x8d\x0d", 3, ".text" },
	{ NULL,               "\xe8", 1, "DbgPrint" },
	{ NULL,               "\x48\x83\xc4\x20", 4, NULL },
	{ NULL,               "\x5b", 1, NULL },
	{ NULL,               "\xc3", 1, NULL },
	{ "KiIdleLoop",       "\x48\x83\xec\x28", 4, NULL },
	{ ".idle",            "\xfb", 1, NULL },
	{ NULL,               "\xf3\x90", 2, NULL },
	{ NULL,               "\xe8", 1, "KeClockTick" },
	{ ".clocked",         "\xe8", 1, "LabTick" },
	{ ".ticked",          "\xe9", 1, ".idle" },
	// clang-format on
};

enum {
	ALIGNMENT = 16,
	DISPLACEMENT = 4,
	ROWS = sizeof(code) / sizeof(code[0]),
	/* in the image: an export directory's parts */
	EXPORTS = LAB_STATIC_CONST + 0x100,
	EXPORT_ADDRESSES = EXPORTS + 40,
	EXPORT_NAMES = EXPORT_ADDRESSES + 0x60,
	EXPORT_ORDINALS = EXPORT_NAMES + 0x60,
	EXPORT_TEXT = EXPORT_ORDINALS + 0x40,
	TICK_TEXT = LAB_STATIC_CONST + 0x80,
};

static const char tick_text[] = "lab: %u s, the clock ticks\n";

static size_t length(const struct instruction *i)
{
	return i->len + (i->target ? DISPLACEMENT : 0u);
}

static bool is_function(const struct instruction *i)
{
	return i->name && i->name[0] != '.';
}

/* Where row @p row is in the image: functions start at multiples of 16. */
static size_t place(size_t row)
{
	size_t at = LAB_STATIC_CODE;

	for (size_t i = 0; i <= row; i++) {
		if (is_function(&code[i]))
			at = (at + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
		if (i < row)
			at += length(&code[i]);
	}
	return at;
}

uint64_t lab_static_symbol(const char *name)
{
	if (!strcmp(name, ".text"))
		return LAB_STATIC_NT + TICK_TEXT;
	for (size_t i = 0; i < ROWS; i++)
		if (code[i].name && !strcmp(code[i].name, name))
			return LAB_STATIC_NT + place(i);
	return 0;
}

size_t lab_static_instruction(uint64_t address)
{
	for (size_t i = 0; i < ROWS; i++)
		if (LAB_STATIC_NT + place(i) == address)
			return length(&code[i]);
	return 0;
}

/* Names must be in order for those who search: the fewest moves do it. */
static size_t sorted_functions(size_t rows[ROWS])
{
	size_t count = 0;

	for (size_t i = 0; i < ROWS; i++) {
		if (!is_function(&code[i]))
			continue;
		size_t at = count++;

		for (; at && strcmp(code[i].name, code[rows[at - 1]].name) < 0;
		     at--)
			rows[at] = rows[at - 1];
		rows[at] = i;
	}
	return count;
}

static void build_exports(uint8_t *nt)
{
	size_t rows[ROWS], text = EXPORT_TEXT;
	size_t count = sorted_functions(rows);

	memcpy(nt + text, "ntoskrnl.exe", 13);
	lab_put32(nt + EXPORTS + 12, (uint32_t)text);
	lab_put32(nt + EXPORTS + 16, 1); /* ordinal base */
	lab_put32(nt + EXPORTS + 20, (uint32_t)count);
	lab_put32(nt + EXPORTS + 24, (uint32_t)count);
	lab_put32(nt + EXPORTS + 28, EXPORT_ADDRESSES);
	lab_put32(nt + EXPORTS + 32, EXPORT_NAMES);
	lab_put32(nt + EXPORTS + 36, EXPORT_ORDINALS);
	text += 13;
	for (size_t i = 0; i < count; i++) {
		size_t len = strlen(code[rows[i]].name) + 1;

		lab_put32(nt + EXPORT_ADDRESSES + i * 4,
			  (uint32_t)place(rows[i]));
		lab_put32(nt + EXPORT_NAMES + i * 4, (uint32_t)text);
		lab_put16(nt + EXPORT_ORDINALS + i * 2, (unsigned)i);
		memcpy(nt + text, code[rows[i]].name, len);
		text += len;
	}
}

void lab_static_build_code(struct lab_static *s)
{
	uint8_t *nt = s->bytes; /* it comes first */

	memset(nt + LAB_STATIC_CODE, 0xcc, LAB_STATIC_PAGE);
	memcpy(nt + TICK_TEXT, tick_text, sizeof(tick_text));
	for (size_t i = 0; i < ROWS; i++) {
		size_t at = place(i), end = at + length(&code[i]);

		memcpy(nt + at, code[i].bytes, code[i].len);
		if (code[i].target)
			lab_put32(nt + end - DISPLACEMENT,
				  (uint32_t)(lab_static_symbol(code[i].target) -
					     (LAB_STATIC_NT + end)));
	}
	build_exports(nt);
}
