#include "kd_vector_text.h"

#include "kd_cursor.h"
#include "kd_number_text.h"
#include "kd_register_text.h"

#include <float.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

/* x87's extended reals: 64 bits of mantissa, 15 of exponent, a sign. */
enum { X87_BIAS = 16383, X87_SPECIAL = 0x7fff };

#define X87_SIGN    0x8000u
#define X87_INTEGER UINT64_C(0x8000000000000000)

/* IEEE 754's doubles: 52 bits of fraction, 11 of exponent, a sign. */
enum { DOUBLE_BIAS = 1023, DOUBLE_SPECIAL = 0x7ff, DOUBLE_FRACTION = 52 };

const struct kd_vector_format kd_vector_reals = { 4, 'f', 4 };

// clang-format off
static const struct {
	const char *name;
	char kind;
	unsigned size;
} kinds[] = {
	{ "ib", 'i', 1 }, { "iw", 'i', 2 }, { "id", 'i', 4 }, { "iq", 'i', 8 },
	{ "ub", 'u', 1 }, { "uw", 'u', 2 }, { "ud", 'u', 4 }, { "uq", 'u', 8 },
	{ "f",  'f', 4 }, { "d",  'd', 8 },
};
// clang-format on

bool kd_vector_format_take(const char **at, struct kd_vector_format *ret)
{
	const char *from = *at;
	unsigned count = 0;

	for (; *from >= '0' && *from <= '9' && count < 100; from++)
		count = count * 10 + (unsigned)(*from - '0');
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		size_t len = strlen(kinds[i].name);

		if (strncmp(from, kinds[i].name, len) != 0 ||
		    (from[len] && !strchr(" \t,=", from[len])))
			continue;
		*ret = (struct kd_vector_format){ count, kinds[i].kind,
						  kinds[i].size };
		*at = from + len;
		return true;
	}
	return false;
}

static uint64_t element(const uint8_t *bytes, unsigned size)
{
	uint64_t v = 0;

	for (unsigned i = size; i; i--)
		v = v << 8 | bytes[i - 1];
	return v;
}

static void add_element(struct kd_text *out, const struct kd_vector_format *f,
			uint64_t v)
{
	static const struct kd_real_format general = { 'g', -1 };
	uint64_t sign = UINT64_C(1) << (f->size * 8 - 1);

	switch (f->kind) {
	case 'i': /* its sign fills the bits above it */
		kd_text_add(out, "%" PRId64, (int64_t)((v ^ sign) - sign));
		break;
	case 'u':
		kd_text_add(out, "%" PRIu64, v);
		break;
	case 'f':
		kd_format_real(out, &general, kd_real_widen((uint32_t)v));
		break;
	default:
		kd_format_real(out, &general, v);
		break;
	}
}

unsigned kd_vector_elements(const struct kd_register *r,
			    const struct kd_vector_format *f)
{
	unsigned fit = r->size / f->size;

	return f->count && f->count < fit ? f->count : fit;
}

bool kd_format_vector(struct kd_text *out, const struct kd_context *c,
		      const struct kd_register *r,
		      const struct kd_vector_format *f)
{
	uint8_t bytes[KD_REGISTER_BYTES_MAX];
	unsigned count = kd_vector_elements(r, f);

	if (!kd_register_get_bytes(c, r, bytes))
		return false;
	kd_text_add(out, "%s=", r->name);
	for (unsigned i = count; i; i--) {
		add_element(out, f,
			    element(bytes + (i - 1) * f->size, f->size));
		if (i > 1)
			kd_text_add(out, " ");
	}
	return true;
}

/* The nearest double: what is shown has no more digits than that. */
static double x87_value(uint16_t top, uint64_t mantissa)
{
	int exponent = top & X87_SPECIAL, power = exponent - X87_BIAS - 63;
	double v = (double)mantissa;

	if (exponent == X87_SPECIAL)
		v = mantissa << 1 ? (double)NAN : (double)INFINITY;
	/* a double leaves its range long before this ends */
	for (; power > 0 && v <= DBL_MAX && v > 0; power--)
		v *= 2;
	for (; power < 0 && v > 0; power++)
		v /= 2;
	return top & X87_SIGN ? -v : v;
}

void kd_x87_encode(uint64_t bits, uint8_t out[KD_REGISTER_BYTES_MAX])
{
	struct kd_writer w = kd_writer_over(out, KD_X87_SIZE);
	int exponent = (int)(bits >> DOUBLE_FRACTION) & DOUBLE_SPECIAL;
	uint64_t mantissa = bits << 11 & ~X87_INTEGER;
	unsigned sign = bits >> 63 ? X87_SIGN : 0;

	if (exponent) {
		mantissa |= X87_INTEGER;
	} else if (mantissa) {
		/* what a double cannot normalize is normal here */
		for (exponent = 1; !(mantissa & X87_INTEGER); exponent--)
			mantissa <<= 1;
	}
	if (exponent == DOUBLE_SPECIAL)
		exponent = X87_SPECIAL;
	else if (mantissa)
		exponent += X87_BIAS - DOUBLE_BIAS;
	kd_write_le64(&w, mantissa);
	kd_write_le16(&w, (uint16_t)(sign | (unsigned)exponent));
}

static bool add_x87(struct kd_text *out, const struct kd_context *c,
		    const struct kd_register *r)
{
	static const struct kd_real_format digits = { 'e', 16 };
	uint8_t bytes[KD_REGISTER_BYTES_MAX];
	struct kd_reader in = kd_reader_over(bytes, KD_X87_SIZE);
	uint64_t mantissa, bits;
	uint16_t top;
	double v;

	if (!kd_register_get_bytes(c, r, bytes))
		return false;
	mantissa = kd_read_le64(&in);
	top = kd_read_le16(&in);
	v = x87_value(top, mantissa);
	memcpy(&bits, &v, sizeof(bits));
	kd_text_add(out, "%s=%s", r->name, top & X87_SIGN ? "" : " ");
	kd_format_real(out, &digits, bits);
	kd_text_add(out, " (%u:%04x:%016" PRIx64 ")", top >> 15,
		    top & X87_SPECIAL, mantissa);
	return true;
}

bool kd_format_any_register(struct kd_text *out, const struct kd_context *c,
			    const struct kd_register *r)
{
	if (r->size == KD_X87_SIZE)
		return add_x87(out, c, r);
	if (r->size > 8)
		return kd_format_vector(out, c, r, &kd_vector_reals);
	return kd_format_register(out, c, r);
}
