#include "kd_text.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

struct kd_text kd_text_over(char *base, size_t cap)
{
	base[0] = '\0';
	return (struct kd_text){ .base = base, .cap = cap };
}

void kd_text_add(struct kd_text *t, const char *format, ...)
{
	size_t room = t->cap - t->len;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(t->base + t->len, room, format, args);
	va_end(args);
	if (n < 0)
		t->base[t->len] = '\0';
	else
		t->len += (size_t)n < room ? (size_t)n : room - 1;
	t->is_cut |= n < 0 || (size_t)n >= room;
}

void kd_text_pad(struct kd_text *t, size_t width)
{
	while (t->len < width && t->len + 1 < t->cap)
		t->base[t->len++] = ' ';
	t->base[t->len] = '\0';
}

/* Bytes of the character that a lead byte announces; 1 if it is none. */
static size_t announced(uint8_t lead)
{
	if (lead >= 0xc2 && lead <= 0xdf)
		return 2;
	if (lead >= 0xe0 && lead <= 0xef)
		return 3;
	if (lead >= 0xf0 && lead <= 0xf4)
		return 4;
	return 1;
}

size_t kd_text_character(const char *text, size_t len)
{
	const uint8_t *b = (const uint8_t *)text;
	size_t n = announced(b[0]);

	if (n == 1)
		return b[0] < 0x80;
	if (n > len)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((b[i] & 0xc0) != 0x80)
			return 0;
	/* overlong, surrogate, past U+10FFFF */
	if ((b[0] == 0xe0 && b[1] < 0xa0) || (b[0] == 0xed && b[1] > 0x9f) ||
	    (b[0] == 0xf0 && b[1] < 0x90) || (b[0] == 0xf4 && b[1] > 0x8f))
		return 0;
	return n;
}

static size_t put_hex(uint8_t byte, char *out)
{
	static const char digits[] = "0123456789abcdef";

	out[0] = '\\';
	out[1] = 'x';
	out[2] = digits[byte >> 4];
	out[3] = digits[byte & 15];
	return 4;
}

/* One byte that is no character of its own. */
static size_t put_byte(uint8_t byte, char *out)
{
	if (byte < 0xa0)
		return put_hex(byte, out);
	out[0] = (char)(0xc0 | byte >> 6);
	out[1] = (char)(0x80 | (byte & 0x3f));
	return 2;
}

size_t kd_text_escape(const char *text, size_t len, char *out)
{
	size_t done = 0, used = 0;

	while (done < len) {
		const uint8_t *b = (const uint8_t *)text + done;
		size_t left = len - done,
		       n = kd_text_character(text + done, left);

		if (b[0] == '\r' && (left == 1 || b[1] == '\n')) {
			done++;
			continue;
		}
		if (n == 2 && b[0] == 0xc2 && b[1] < 0xa0) {
			used += put_hex(b[1], out + used);
		} else if (n == 0 || b[0] == 0x7f ||
			   (b[0] < ' ' && b[0] != '\n' && b[0] != '\t')) {
			used += put_byte(b[0], out + used);
			n = 1;
		} else {
			memcpy(out + used, b, n);
			used += n;
		}
		done += n;
	}
	return used;
}

size_t kd_text_cut(const char *text, size_t len, size_t most)
{
	if (len <= most)
		return len;
	for (size_t back = 1; back < 4 && back <= most; back++) {
		uint8_t b = (uint8_t)text[most - back];

		if (announced(b) > back)
			return most - back ? most - back : most;
		if (b < 0x80 || b >= 0xc0)
			break;
	}
	/* a carriage return is judged together with what follows it */
	if (most > 1 && text[most - 1] == '\r')
		return most - 1;
	return most;
}
