#include "json.h"

#include <inttypes.h>
#include <string.h>

void json_key(struct json *j, const char *key)
{
	if (j->comma)
		putc(',', j->out);
	if (key)
		fprintf(j->out, "\"%s\":", key);
	j->comma = true;
}

void json_open(struct json *j, const char *key, char bracket)
{
	json_key(j, key);
	putc(bracket, j->out);
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	putc(bracket, j->out);
	j->comma = true;
}

void json_null(struct json *j, const char *key)
{
	json_key(j, key);
	fputs("null", j->out);
}

void json_bool(struct json *j, const char *key, bool value)
{
	json_key(j, key);
	fputs(value ? "true" : "false", j->out);
}

void json_number(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	fprintf(j->out, "%" PRIu64, value);
}

void json_hex(struct json *j, const char *key, uint64_t value)
{
	json_key(j, key);
	fprintf(j->out, "\"0x%" PRIx64 "\"", value);
}

static void put_character(struct json *j, unsigned c)
{
	if (c == '"' || c == '\\')
		fprintf(j->out, "\\%c", (int)c);
	else if (c < 0x20 || (c >= 0x7f && c < 0x100))
		fprintf(j->out, "\\u%04x", c);
	else
		putc((int)c, j->out);
}

void json_bytes(struct json *j, const char *key, const char *text, size_t len)
{
	json_key(j, key);
	putc('"', j->out);
	for (size_t i = 0; i < len; i++)
		put_character(j, (unsigned char)text[i]);
	putc('"', j->out);
}

void json_text(struct json *j, const char *key, const char *text)
{
	json_bytes(j, key, text, strlen(text));
}

/* Bytes of the character that is at a place, if it is UTF-8; else 0. */
static size_t utf8_length(const char *at)
{
	unsigned char first = (unsigned char)at[0];
	size_t len = first < 0x80	? 1
		     : first >> 5 == 6	? 2
		     : first >> 4 == 14 ? 3
		     : first >> 3 == 30 ? 4
					: 0;
	/* what is left of the first byte, and the least of that length */
	static const struct {
		unsigned mask;
		unsigned least;
	} rows[] = { { 0, 0 },
		     { 0x7f, 0 },
		     { 0x1f, 0x80 },
		     { 0xf, 0x800 },
		     { 7, 0x10000 } };
	unsigned value = first & rows[len].mask;

	for (size_t i = 1; i < len; i++) {
		unsigned char next = (unsigned char)at[i];

		if (next >> 6 != 2) /* a NUL, too */
			return 0;
		value = value << 6 | (next & 0x3f);
	}
	if (value < rows[len].least || value > 0x10ffff ||
	    (value >= 0xd800 && value < 0xe000))
		return 0;
	return len;
}

void json_utf8(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	putc('"', j->out);
	while (*text) {
		size_t len = utf8_length(text);
		unsigned char c = (unsigned char)text[0];

		if (len == 2 && c == 0xc2 && (unsigned char)text[1] < 0xa0)
			put_character(j, (unsigned char)text[1]);
		else if (len > 1)
			fwrite(text, 1, len, j->out);
		else
			put_character(j, c);
		text += len ? len : 1;
	}
	putc('"', j->out);
}
