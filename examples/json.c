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

void json_utf8(struct json *j, const char *key, const char *text)
{
	json_key(j, key);
	putc('"', j->out);
	for (const char *at = text; *at; at++) {
		unsigned char c = (unsigned char)*at;
		unsigned char next = (unsigned char)at[1];

		if (c == 0xc2 && next < 0xa0) {
			put_character(j, next);
			at++;
		} else if (c < 0x80) {
			put_character(j, c);
		} else {
			putc(c, j->out);
		}
	}
	putc('"', j->out);
}
