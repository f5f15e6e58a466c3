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
