#include "kd_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

const char *kd_format_address(char out[KD_ADDRESS_TEXT_MAX], uint64_t address,
			      unsigned pointer_size)
{
	if (pointer_size == 4)
		snprintf(out, KD_ADDRESS_TEXT_MAX, "%08" PRIx32,
			 (uint32_t)address);
	else
		snprintf(out, KD_ADDRESS_TEXT_MAX, "%08" PRIx32 "`%08" PRIx32,
			 (uint32_t)(address >> 32), (uint32_t)address);
	return out;
}

// clang-format off
static const struct kd_dump_format dump_formats[] = {
	/* name  size per_row count characters string */
	{ "da",  1,   48,     240,  true,      true  },
	{ "db",  1,   16,     128,  true,      false },
	{ "dc",  4,   4,      32,   true,      false },
	{ "dd",  4,   4,      32,   false,     false },
	{ "dq",  8,   2,      16,   false,     false },
	{ "du",  2,   48,     240,  true,      true  },
	{ "dw",  2,   8,      64,   false,     false },
};
// clang-format on

const struct kd_dump_format *kd_dump_format_find(const char *name,
						 unsigned pointer_size)
{
	if (!strcmp(name, "dp"))
		name = pointer_size == 4 ? "dd" : "dq";
	for (size_t i = 0; i < sizeof(dump_formats) / sizeof(dump_formats[0]);
	     i++)
		if (!strcmp(dump_formats[i].name, name))
			return &dump_formats[i];
	return NULL;
}

static bool all_valid(const struct kd_dump_bytes *row, size_t at, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (at + i >= row->len || !row->valid[at + i])
			return false;
	return true;
}

static uint64_t element(const struct kd_dump_bytes *row, size_t at, size_t size)
{
	uint64_t v = 0;

	for (size_t i = size; i > 0; i--)
		v = v << 8 | row->bytes[at + i - 1];
	return v;
}

static void add_element(struct kd_text *out, const struct kd_dump_bytes *row,
			size_t at, size_t size)
{
	char address[KD_ADDRESS_TEXT_MAX];

	if (!all_valid(row, at, size))
		kd_text_add(out, "%.*s", size == 8 ? 17 : (int)size * 2,
			    size == 8 ? "????????`????????" : "????????");
	else if (size == 8)
		kd_text_add(
			out, "%s",
			kd_format_address(address, element(row, at, size), 8));
	else
		kd_text_add(out, "%0*" PRIx64, (int)size * 2,
			    element(row, at, size));
}

static void add_ascii(struct kd_text *out, const struct kd_dump_bytes *row)
{
	for (size_t i = 0; i < row->len; i++) {
		uint8_t b = row->bytes[i];

		if (!row->valid[i])
			kd_text_add(out, "?");
		else
			kd_text_add(out, "%c", b >= ' ' && b < 0x7f ? b : '.');
	}
}

#define FROM_1601_TO_1970_S UINT64_C(11644473600)

/* UTF-16 beyond ASCII is shown where it is a character by itself. */
static void add_utf16(struct kd_text *out, uint32_t c)
{
	if (c >= ' ' && c < 0x7f)
		kd_text_add(out, "%c", (char)c);
	else if (c < 0xa0 || (c >= 0xd800 && c < 0xe000) || c >= 0xfff0)
		kd_text_add(out, ".");
	else if (c < 0x800)
		kd_text_add(out, "%c%c", (char)(0xc0 | c >> 6),
			    (char)(0x80 | (c & 0x3f)));
	else
		kd_text_add(out, "%c%c%c", (char)(0xe0 | c >> 12),
			    (char)(0x80 | (c >> 6 & 0x3f)),
			    (char)(0x80 | (c & 0x3f)));
}

static void add_string(struct kd_text *out, const struct kd_dump_bytes *row,
		       size_t size)
{
	kd_text_add(out, "\"");
	for (size_t at = 0; size == 2 && at < row->len; at += 2) {
		if (all_valid(row, at, 2))
			add_utf16(out, (uint32_t)element(row, at, 2));
		else
			kd_text_add(out, "?");
	}
	if (size == 1)
		add_ascii(out, row);
	kd_text_add(out, "\"");
}

void kd_format_dump_row(struct kd_text *out, const struct kd_dump_format *f,
			unsigned pointer_size, uint64_t address,
			const struct kd_dump_bytes *row)
{
	char text[KD_ADDRESS_TEXT_MAX];
	size_t digits = f->size == 8 ? 17 : (size_t)f->size * 2;
	size_t start;

	kd_text_add(out, "%s  ",
		    kd_format_address(text, address, pointer_size));
	if (f->string) {
		add_string(out, row, f->size);
		return;
	}
	start = out->len;
	for (size_t at = 0; at < row->len; at += f->size) {
		if (at)
			kd_text_add(out, "%c",
				    f->size == 1 && at == 8 ? '-' : ' ');
		add_element(out, row, at, f->size);
	}
	if (!f->characters)
		return;
	kd_text_pad(out, start + f->per_row * (digits + 1) + 1);
	add_ascii(out, row);
}

void kd_format_instruction(struct kd_text *out, unsigned pointer_size,
			   uint64_t address, const uint8_t *bytes, size_t len,
			   const char *text)
{
	char at[KD_ADDRESS_TEXT_MAX];
	size_t start;

	kd_text_add(out, "%s ", kd_format_address(at, address, pointer_size));
	start = out->len;
	for (size_t i = 0; i < len; i++)
		kd_text_add(out, "%02x", bytes[i]);
	if (!len)
		kd_text_add(out, "??");
	kd_text_pad(out, start + 15);
	kd_text_add(out, " %s", len ? text : "???");
}

/* The Gregorian date of a day, counted from 1 January 1601. */
static void civil_date(uint64_t days, unsigned *year, unsigned *month,
		       unsigned *day)
{
	/* count from 1 March of year 0, so that leap days end a year */
	uint64_t shifted = days + 584694;
	uint64_t era = shifted / 146097;
	unsigned of_era = (unsigned)(shifted % 146097);
	unsigned y =
		(of_era - of_era / 1460 + of_era / 36524 - of_era / 146096) /
		365;
	unsigned of_year = of_era - (365 * y + y / 4 - y / 100);
	unsigned m = (5 * of_year + 2) / 153;

	*day = of_year - (153 * m + 2) / 5 + 1;
	*month = m < 10 ? m + 3 : m - 9;
	*year = (unsigned)(era * 400 + y) + (*month <= 2);
}

/* "Wed Feb 28 17:16:23"; returns the year, which comes last. */
static unsigned add_date(struct kd_text *out, uint64_t since_1601_s)
{
	static const char weekdays[] = "MonTueWedThuFriSatSun";
	static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
	uint64_t days = since_1601_s / 86400;
	unsigned of_day = (unsigned)(since_1601_s % 86400), year, month, day;

	civil_date(days, &year, &month, &day);
	kd_text_add(out, "%.3s %.3s %2u %02u:%02u:%02u",
		    weekdays + 3 * (days % 7), months + 3 * (month - 1), day,
		    of_day / 3600, of_day / 60 % 60, of_day % 60);
	return year;
}

static void add_time_ms(struct kd_text *out, uint64_t since_1601_ms)
{
	unsigned year = add_date(out, since_1601_ms / 1000);

	kd_text_add(out, ".%03u %u (UTC + 0:00)",
		    (unsigned)(since_1601_ms % 1000), year);
}

void kd_format_time(struct kd_text *out, uint64_t since_1970_us)
{
	add_time_ms(out, since_1970_us / 1000 + FROM_1601_TO_1970_S * 1000);
}

void kd_format_filetime(struct kd_text *out, uint64_t filetime)
{
	add_time_ms(out, filetime / 10000);
}

void kd_format_crt_time(struct kd_text *out, uint32_t since_1970_s)
{
	unsigned year = add_date(out, since_1970_s + FROM_1601_TO_1970_S);

	kd_text_add(out, " %u", year);
}

void kd_format_uptime(struct kd_text *out, uint64_t us)
{
	uint64_t seconds = us / 1000000;

	kd_text_add(out, "%" PRIu64 " days %u:%02u:%02u.%03u", seconds / 86400,
		    (unsigned)(seconds / 3600 % 24),
		    (unsigned)(seconds / 60 % 60), (unsigned)(seconds % 60),
		    (unsigned)(us / 1000 % 1000));
}
