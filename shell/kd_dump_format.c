#include "kd_dump_format.h"

#include "kd_format.h"
#include "kd_number_text.h"

#include <inttypes.h>
#include <string.h>

// clang-format off
static const struct kd_dump_format formats[] = {
	/* name  size per_row count characters style */
	{ "dD",  8,   3,      15,    false,     KD_DUMP_REALS },
	{ "dW",  2,   8,      64,    true,      KD_DUMP_NUMBERS },
	{ "da",  1,   48,     240,   true,      KD_DUMP_STRING },
	{ "db",  1,   16,     128,   true,      KD_DUMP_NUMBERS },
	{ "dc",  4,   4,      32,    true,      KD_DUMP_NUMBERS },
	{ "dd",  4,   4,      32,    false,     KD_DUMP_NUMBERS },
	{ "df",  4,   4,      16,    false,     KD_DUMP_REALS },
	{ "dq",  8,   2,      16,    false,     KD_DUMP_NUMBERS },
	{ "du",  2,   48,     240,   true,      KD_DUMP_STRING },
	{ "dw",  2,   8,      64,    false,     KD_DUMP_NUMBERS },
	{ "dyb", 1,   4,      32,    false,     KD_DUMP_BITS },
	{ "dyd", 4,   1,      8,     false,     KD_DUMP_BITS },
};
// clang-format on

const struct kd_dump_format *kd_dump_format_find(const char *name,
						 unsigned pointer_size)
{
	if (!strcmp(name, "dp"))
		name = pointer_size == 4 ? "dd" : "dq";
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (!strcmp(formats[i].name, name))
			return &formats[i];
	return NULL;
}

bool kd_dump_is_valid(const struct kd_dump_bytes *row, size_t at, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if (at + i >= row->len || !row->valid[at + i])
			return false;
	return true;
}

uint64_t kd_dump_value(const struct kd_dump_bytes *row, size_t at, size_t size)
{
	uint64_t v = 0;

	for (size_t i = size; i > 0; i--)
		v = v << 8 | row->bytes[at + i - 1];
	return v;
}

void kd_dump_add_number(struct kd_text *out, const struct kd_dump_bytes *row,
			size_t at, size_t size)
{
	char address[KD_ADDRESS_TEXT_MAX];

	if (!kd_dump_is_valid(row, at, size))
		kd_text_add(out, "%.*s", size == 8 ? 17 : (int)size * 2,
			    size == 8 ? "????????`????????" : "????????");
	else if (size == 8)
		kd_text_add(out, "%s",
			    kd_format_address(address,
					      kd_dump_value(row, at, size), 8));
	else
		kd_text_add(out, "%0*" PRIx64, (int)size * 2,
			    kd_dump_value(row, at, size));
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

void kd_dump_add_string(struct kd_text *out, const struct kd_dump_bytes *row,
			size_t size)
{
	kd_text_add(out, "\"");
	for (size_t at = 0; size == 2 && at < row->len; at += 2) {
		if (kd_dump_is_valid(row, at, 2))
			add_utf16(out, (uint32_t)kd_dump_value(row, at, 2));
		else
			kd_text_add(out, "?");
	}
	if (size == 1)
		add_ascii(out, row);
	kd_text_add(out, "\"");
}

/* Right-aligned, as wide as the longest of its sort. */
static void add_real(struct kd_text *out, const struct kd_dump_bytes *row,
		     size_t at, size_t size)
{
	struct kd_real_format f = { 'g', size == 4 ? 8 : 12 };
	char buf[KD_REAL_TEXT_MAX];
	struct kd_text real = kd_text_over(buf, sizeof(buf));
	uint64_t bits = kd_dump_value(row, at, size);

	if (kd_dump_is_valid(row, at, size))
		kd_format_real(&real, &f,
			       size == 4 ? kd_real_widen((uint32_t)bits)
					 : bits);
	else
		kd_text_add(&real, "????????");
	kd_text_add(out, "%*s", size == 4 ? 16 : 22, buf);
}

static void add_bits(struct kd_text *out, const struct kd_dump_bytes *row,
		     size_t at)
{
	if (!kd_dump_is_valid(row, at, 1)) {
		kd_text_add(out, "????????");
		return;
	}
	for (unsigned bit = 8; bit; bit--)
		kd_text_add(out, "%c", '0' + (row->bytes[at] >> (bit - 1) & 1));
}

/* Bytes in binary, the highest of an element first; then its digits. */
static void add_binary(struct kd_text *out, const struct kd_dump_format *f,
		       const struct kd_dump_bytes *row)
{
	size_t start = out->len;

	for (size_t at = 0; at < row->len; at += f->size)
		for (size_t i = f->size; i; i--) {
			add_bits(out, row, at + i - 1);
			kd_text_add(out, " ");
		}
	kd_text_pad(out, start + (size_t)f->per_row * f->size * 9);
	for (size_t at = 0; at < row->len; at += f->size) {
		kd_text_add(out, " ");
		kd_dump_add_number(out, row, at, f->size);
	}
}

/* @p gap  spaces between the numbers and their characters */
static void add_row(struct kd_text *out, const struct kd_dump_format *f,
		    const struct kd_dump_bytes *row, size_t gap)
{
	size_t digits = f->size == 8 ? 17 : (size_t)f->size * 2;
	size_t start = out->len;

	if (f->style == KD_DUMP_STRING) {
		kd_dump_add_string(out, row, f->size);
		return;
	}
	if (f->style == KD_DUMP_BITS) {
		add_binary(out, f, row);
		return;
	}
	for (size_t at = 0; at < row->len; at += f->size) {
		if (at)
			kd_text_add(out, "%c",
				    f->size == 1 && at % 16 == 8 ? '-' : ' ');
		if (f->style == KD_DUMP_REALS)
			add_real(out, row, at, f->size);
		else
			kd_dump_add_number(out, row, at, f->size);
	}
	if (!f->characters)
		return;
	kd_text_pad(out, start + f->per_row * (digits + 1) - 1 + gap);
	add_ascii(out, row);
}

void kd_format_dump_row(struct kd_text *out, const struct kd_dump_format *f,
			unsigned pointer_size, uint64_t address,
			const struct kd_dump_bytes *row)
{
	char text[KD_ADDRESS_TEXT_MAX];

	kd_text_add(out, "%s  ",
		    kd_format_address(text, address, pointer_size));
	add_row(out, f, row, 2);
}

void kd_format_physical_row(struct kd_text *out, const struct kd_dump_format *f,
			    uint64_t address, const struct kd_dump_bytes *row)
{
	kd_text_add(out, "#%8" PRIx64 " ", address);
	add_row(out, f, row, 1);
}

void kd_format_dump_head(struct kd_text *out, const struct kd_dump_format *f,
			 unsigned pointer_size)
{
	static const char *const of_bytes[] = { "76543210" };
	static const char *const of_dwords[] = { "10987654", "32109876",
						 "54321098", "76543210" };
	int margin = pointer_size == 4 ? 10 : 19;
	size_t columns = (size_t)f->size * f->per_row;

	if (f->style != KD_DUMP_BITS)
		return;
	/* the tens of a bit's number, each above the bit that begins them */
	for (size_t i = 0; f->size == 4 && i < columns; i++)
		kd_text_add(out, "%*s%zu",
			    !i	       ? margin + 1
			    : !(i % 4) ? 2
				       : 10,
			    "", 3 - i % 4);
	if (f->size == 4)
		kd_text_add(out, "\n");
	for (size_t i = 0; i < columns; i++)
		kd_text_add(out, "%*s%s", i ? 1 : margin, "",
			    f->size == 4 ? of_dwords[i % 4] : of_bytes[0]);
	kd_text_add(out, "\n");
	for (size_t i = 0; i < columns; i++)
		kd_text_add(out, "%*s--------", i ? 1 : margin, "");
	kd_text_add(out, "\n");
}
