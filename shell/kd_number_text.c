#include "kd_number_text.h"

#include "kd_format.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define DOUBLE_SIGN	UINT64_C(0x8000000000000000)
#define DOUBLE_EXPONENT UINT64_C(0x7ff0000000000000)
#define DOUBLE_FRACTION UINT64_C(0x000fffffffffffff)
#define DOUBLE_QUIET	UINT64_C(0x0008000000000000)

bool kd_number_is_short(uint64_t value, unsigned pointer_size)
{
	return pointer_size == 4 &&
	       (value <= UINT32_MAX || value >= 0xffffffff80000000);
}

void kd_format_value(struct kd_text *out, uint64_t value, unsigned pointer_size)
{
	char text[KD_ADDRESS_TEXT_MAX];
	bool is_short = kd_number_is_short(value, pointer_size);

	kd_text_add(out, "%s",
		    kd_format_address(text, value, is_short ? 4 : 8));
}

/* ---- real numbers ---- */

uint64_t kd_real_widen(uint32_t bits)
{
	uint64_t sign = (uint64_t)(bits >> 31) << 63, whole;
	uint64_t fraction = (uint64_t)(bits & 0x7fffff) << 29;
	float f;
	double d;

	/* converting a value that is no number would change it */
	if ((bits & 0x7f800000) == 0x7f800000)
		return sign | DOUBLE_EXPONENT | fraction;
	memcpy(&f, &bits, sizeof(f));
	d = (double)f;
	memcpy(&whole, &d, sizeof(whole));
	return whole;
}

static const char *not_a_number(uint64_t bits)
{
	uint64_t fraction = bits & DOUBLE_FRACTION;

	if (!fraction)
		return "#INF";
	if (bits & DOUBLE_SIGN && fraction == DOUBLE_QUIET)
		return "#IND";
	return fraction & DOUBLE_QUIET ? "#QNAN" : "#SNAN";
}

void kd_format_real(struct kd_text *out, const struct kd_real_format *f,
		    uint64_t bits)
{
	int precision = f->precision < 0 ? 6 : f->precision;
	char text[KD_REAL_TEXT_MAX];
	const char *exponent;
	double d;

	if ((bits & DOUBLE_EXPONENT) == DOUBLE_EXPONENT) {
		kd_text_add(out, "%s1.%s", bits & DOUBLE_SIGN ? "-" : "",
			    not_a_number(bits));
		return;
	}
	memcpy(&d, &bits, sizeof(d));
	if ((f->conversion | 0x20) == 'f')
		snprintf(text, sizeof(text), "%.*f", precision, d);
	else if ((f->conversion | 0x20) == 'e')
		snprintf(text, sizeof(text), "%.*e", precision, d);
	else
		snprintf(text, sizeof(text), "%.*g", precision, d);
	exponent = strchr(text, 'e');
	if (!exponent || strlen(exponent) != 4) {
		kd_text_add(out, "%s", text);
		return;
	}
	kd_text_add(out, "%.*s0%s", (int)(exponent - text) + 2, text,
		    exponent + 2);
}

/* ---- .formats ---- */

static void add_octal(struct kd_text *out, uint64_t v, bool is_short)
{
	if (is_short)
		kd_text_add(out, "  Octal:   %011" PRIo64 "\n", v & UINT32_MAX);
	else
		kd_text_add(out, "  Octal:   %022" PRIo64 "\n", v);
}

static void add_binary(struct kd_text *out, uint64_t v, unsigned bits)
{
	kd_text_add(out, "  Binary: ");
	for (unsigned i = bits; i; i--) {
		if (i % 8 == 0)
			kd_text_add(out, " ");
		kd_text_add(out, "%c", v >> (i - 1) & 1 ? '1' : '0');
	}
	kd_text_add(out, "\n");
}

static void add_characters(struct kd_text *out, uint64_t v, unsigned bits)
{
	kd_text_add(out, "  Chars:   ");
	for (unsigned i = bits; i; i -= 8) {
		char c = (char)(v >> (i - 8) & 0x7f);
		bool plain = !(v >> (i - 8) & 0x80) && c >= ' ' && c != 0x7f;

		kd_text_add(out, "%c", plain ? c : '.');
	}
	kd_text_add(out, "\n");
}

/* 31 bits are a time of the C library's, 63 one of Windows. */
static void add_time(struct kd_text *out, uint64_t v, bool is_short)
{
	kd_text_add(out, "  Time:    ");
	if (v <= INT32_MAX)
		kd_format_crt_time(out, (uint32_t)v);
	else if (is_short || v <= UINT32_MAX)
		kd_text_add(out, "***** Invalid");
	else if (v >> 63)
		kd_text_add(out, "***** Invalid FILETIME");
	else
		kd_format_filetime(out, v);
	kd_text_add(out, "\n");
}

void kd_format_number(struct kd_text *out, uint64_t value,
		      unsigned pointer_size)
{
	static const struct kd_real_format general = { 'g', -1 };
	bool is_short = kd_number_is_short(value, pointer_size);
	unsigned bits = is_short ? 32 : 64;

	kd_text_add(out, "  Hex:     ");
	kd_format_value(out, value, pointer_size);
	kd_text_add(out, "\n  Decimal: %" PRId64 "\n", (int64_t)value);
	add_octal(out, value, is_short);
	add_binary(out, value, bits);
	add_characters(out, value, bits);
	add_time(out, value, is_short);
	kd_text_add(out, "  Float:   low ");
	kd_format_real(out, &general, kd_real_widen((uint32_t)value));
	kd_text_add(out, " high ");
	kd_format_real(out, &general, kd_real_widen((uint32_t)(value >> 32)));
	kd_text_add(out, "\n  Double:  ");
	kd_format_real(out, &general, value);
	kd_text_add(out, "\n");
}
