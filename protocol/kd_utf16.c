#include "kd_utf16.h"

#include "kd_cursor.h"

enum { REPLACEMENT = 0xfffd };

static uint32_t next_character(struct kd_reader *in)
{
	uint32_t first = kd_read_le16(in);

	if (first < 0xd800 || first > 0xdfff)
		return first;
	if (first > 0xdbff || kd_reader_left(in) < 2)
		return REPLACEMENT;

	struct kd_reader ahead = *in;
	uint32_t second = kd_read_le16(&ahead);

	if (second < 0xdc00 || second > 0xdfff)
		return REPLACEMENT; /* and let the second speak for itself */
	*in = ahead;
	return 0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00);
}

static size_t encode_utf8(uint32_t c, char out[4])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}

	size_t more = c < 0x800 ? 1 : c < 0x10000 ? 2 : 3;
	static const uint8_t lead[] = { 0, 0xc0, 0xe0, 0xf0 };

	out[0] = (char)(lead[more] | c >> (6 * more));
	for (size_t i = 1; i <= more; i++)
		out[i] = (char)(0x80 | (c >> (6 * (more - i)) & 0x3f));
	return more + 1;
}

size_t kd_utf16_to_utf8(const uint8_t *bytes, size_t len, char *out, size_t cap)
{
	struct kd_reader in = kd_reader_over(bytes, len);
	size_t at = 0;

	while (kd_reader_left(&in) >= 2) {
		char piece[4];
		uint32_t c = next_character(&in);
		size_t n = encode_utf8(c, piece);

		if (!c || n >= cap - at)
			break;
		memcpy(out + at, piece, n);
		at += n;
	}
	out[at] = 0;
	return at;
}

/* One character of UTF-8, in the shortest form only; steps over it. */
static uint32_t take_utf8(const uint8_t **at, const uint8_t *end)
{
	static const uint32_t least[] = { 0, 0x80, 0x800, 0x10000 };
	const uint8_t *from = *at;
	uint32_t c = *from;
	size_t more = c >= 0xf0 ? 3 : c >= 0xe0 ? 2 : 1;

	*at = from + 1;
	if (c < 0x80)
		return c;
	if (c < 0xc2 || c > 0xf4 || (size_t)(end - from) <= more)
		return REPLACEMENT;
	c &= 0x3fu >> more;
	for (size_t i = 1; i <= more; i++) {
		if ((from[i] & 0xc0) != 0x80)
			return REPLACEMENT;
		c = c << 6 | (from[i] & 0x3f);
	}
	if (c < least[more] || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		return REPLACEMENT;
	*at = from + more + 1;
	return c;
}

enum kd_status kd_utf16_from_utf8(const char *text, size_t len, uint8_t *out,
				  size_t cap, size_t *ret_len)
{
	const uint8_t *at = (const uint8_t *)text, *end = at + len;
	struct kd_writer w = kd_writer_over(out, cap);

	while (at < end) {
		uint32_t c = take_utf8(&at, end);

		if (c >= 0x10000) {
			kd_write_le16(&w, (uint16_t)(0xd7c0 + (c >> 10)));
			c = 0xdc00 | (c & 0x3ff);
		}
		kd_write_le16(&w, (uint16_t)c);
	}
	if (w.bad)
		return KD_E_SPACE;
	*ret_len = w.pos;
	return KD_OK;
}
