#include "kd_shell_state.h"

#include <string.h>

enum { CHARACTERS_MAX = 4096, PIECE = 64, UTF8_MAX = 4 };

struct string {
	uint64_t address;
	size_t len; /* bytes that it has at most */
	bool wide;
};

/* UTF-16 that stands alone becomes UTF-8; half of a pair stays as it is. */
static size_t put_utf8(uint32_t c, char out[UTF8_MAX])
{
	if (c < 0x80) {
		out[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = (char)(0xc0 | c >> 6);
		out[1] = (char)(0x80 | (c & 0x3f));
		return 2;
	}
	if (c < 0x10000) {
		out[0] = (char)(0xe0 | c >> 12);
		out[1] = (char)(0x80 | (c >> 6 & 0x3f));
		out[2] = (char)(0x80 | (c & 0x3f));
		return 3;
	}
	out[0] = (char)(0xf0 | c >> 18);
	out[1] = (char)(0x80 | (c >> 12 & 0x3f));
	out[2] = (char)(0x80 | (c >> 6 & 0x3f));
	out[3] = (char)(0x80 | (c & 0x3f));
	return 4;
}

static void add_wide(struct kd_buffer *out, uint16_t unit, uint16_t *high)
{
	char text[UTF8_MAX];
	uint32_t c = unit;

	if (unit >= 0xd800 && unit < 0xdc00) {
		*high = unit;
		return;
	}
	if (*high && unit >= 0xdc00 && unit < 0xe000)
		c = 0x10000 + ((uint32_t)(*high & 0x3ff) << 10) +
		    (unit & 0x3ff);
	*high = 0;
	kd_buffer_add(out, text, put_utf8(c, text));
}

/* Characters up to a zero; false behind it. */
static bool add_piece(struct kd_buffer *out, const uint8_t *bytes, size_t len,
		      bool wide, uint16_t *high)
{
	struct kd_reader in = kd_reader_over(bytes, len);

	while (kd_reader_left(&in) >= (wide ? 2U : 1U)) {
		uint16_t unit = wide ? kd_read_le16(&in) : kd_read_u8(&in);
		char c = (char)unit;

		if (!unit)
			return false;
		if (wide)
			add_wide(out, unit, high);
		else
			kd_buffer_add(out, &c, 1);
	}
	return true;
}

static enum kd_status read_characters(struct kd_shell *sh,
				      const struct string *s,
				      struct kd_buffer *out)
{
	uint8_t bytes[PIECE];
	size_t done = 0, got;
	uint16_t high = 0;

	while (done < s->len) {
		size_t len = s->len - done < PIECE ? s->len - done : PIECE;
		enum kd_status st =
			kd_shell_read(sh, s->address + done, bytes, len, &got);

		if (st != KD_OK)
			return st;
		/* a short read may cut a character: the rest comes again */
		if (s->wide && got > 1)
			got &= ~(size_t)1;
		if (!add_piece(out, bytes, got, s->wide, &high))
			break;
		done += got;
	}
	return KD_OK;
}

/* Length, maximum length, and where the characters are. */
static enum kd_status read_struct(struct kd_shell *sh, uint64_t address,
				  struct string *ret)
{
	unsigned pointer = kd_shell_pointer_size(sh);
	uint8_t bytes[16];
	struct kd_reader in = kd_reader_over(bytes, pointer * 2);
	enum kd_status st =
		kd_shell_read_all(sh, address, false, bytes, pointer * 2);

	if (st != KD_OK)
		return st;
	ret->len = kd_read_le16(&in);
	kd_read_bytes(&in, pointer - 2);
	ret->address = pointer == 4
			       ? kd_address_extend(kd_read_le32(&in), pointer)
			       : kd_read_le64(&in);
	return KD_OK;
}

enum kd_status kd_shell_read_string(struct kd_shell *sh, uint64_t address,
				    enum kd_string_kind kind,
				    struct kd_buffer *out)
{
	bool wide =
		kind == KD_STRING_UNICODE || kind == KD_STRING_UNICODE_STRUCT;
	struct string s = { kd_address_extend(address,
					      kd_shell_pointer_size(sh)),
			    (size_t)CHARACTERS_MAX << wide, wide };
	char text[KD_ADDRESS_TEXT_MAX];
	enum kd_status st = KD_OK;

	if (!kd_session_is_halted(sh->session))
		st = KD_E_STATE;
	else if (kind == KD_STRING_ANSI_STRUCT ||
		 kind == KD_STRING_UNICODE_STRUCT)
		st = read_struct(sh, s.address, &s);
	if (st == KD_OK)
		st = read_characters(sh, &s, out);
	if (st == KD_OK)
		return st;
	return kd_shell_fail(
		sh, st, "Cannot read the string at %s",
		kd_format_address(text, address, kd_shell_pointer_size(sh)));
}
