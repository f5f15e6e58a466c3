#include "kd_json.h"

#include "kd_text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

void kd_json_file_sink(void *file, const char *text, size_t len)
{
	fwrite(text, 1, len, file);
}

static void put(struct kd_json *j, const char *text)
{
	j->sink(j->ctx, text, strlen(text));
}

static void put_key(struct kd_json *j, const char *key)
{
	if (j->comma)
		put(j, ",");
	if (key) {
		put(j, "\"");
		put(j, key);
		put(j, "\":");
	}
	j->comma = true;
}

void kd_json_open(struct kd_json *j, const char *key, char bracket)
{
	put_key(j, key);
	j->sink(j->ctx, &bracket, 1);
	j->comma = false;
}

void kd_json_close(struct kd_json *j, char bracket)
{
	j->sink(j->ctx, &bracket, 1);
	j->comma = true;
}

void kd_json_null(struct kd_json *j, const char *key)
{
	put_key(j, key);
	put(j, "null");
}

void kd_json_bool(struct kd_json *j, const char *key, bool value)
{
	put_key(j, key);
	put(j, value ? "true" : "false");
}

void kd_json_number(struct kd_json *j, const char *key, uint64_t value)
{
	char text[24];

	put_key(j, key);
	snprintf(text, sizeof(text), "%" PRIu64, value);
	put(j, text);
}

void kd_json_hex(struct kd_json *j, const char *key, uint64_t value)
{
	char text[24];

	put_key(j, key);
	snprintf(text, sizeof(text), "\"0x%" PRIx64 "\"", value);
	put(j, text);
}

void kd_json_digits(struct kd_json *j, const char *key, const uint8_t *bytes,
		    size_t len)
{
	put_key(j, key);
	put(j, "\"");
	for (size_t i = 0; i < len; i++) {
		char digits[3];

		snprintf(digits, sizeof(digits), "%02x", bytes[i]);
		put(j, digits);
	}
	put(j, "\"");
}

/* One character by its number, below 0x100. */
static void put_character(struct kd_json *j, unsigned c)
{
	char text[8];

	if (c == '"' || c == '\\')
		snprintf(text, sizeof(text), "\\%c", (int)c);
	else if (c < 0x20 || c >= 0x7f)
		snprintf(text, sizeof(text), "\\u%04x", c);
	else
		snprintf(text, sizeof(text), "%c", (int)c);
	put(j, text);
}

/* How much of a text can go out as it stands. */
static size_t plain(const char *text, size_t len)
{
	size_t n = 0;

	while (n < len && text[n] >= ' ' && text[n] < 0x7f && text[n] != '"' &&
	       text[n] != '\\')
		n++;
	return n;
}

void kd_json_text(struct kd_json *j, const char *key, const char *text,
		  size_t len)
{
	put_key(j, key);
	put(j, "\"");
	for (size_t at = 0; at < len;) {
		size_t n = plain(text + at, len - at);
		uint8_t first, second;

		j->sink(j->ctx, text + at, n);
		at += n;
		if (at == len)
			break;
		n = kd_text_character(text + at, len - at);
		first = (uint8_t)text[at];
		second = n > 1 ? (uint8_t)text[at + 1] : 0;
		if (n < 2)
			put_character(j, first);
		else if (first == 0xc2 && second < 0xa0)
			put_character(j, second);
		else
			j->sink(j->ctx, text + at, n);
		at += n ? n : 1;
	}
	put(j, "\"");
}

void kd_json_string(struct kd_json *j, const char *key, const char *text)
{
	kd_json_text(j, key, text, strlen(text));
}

void kd_json_bytes(struct kd_json *j, const char *key, const char *text,
		   size_t len)
{
	put_key(j, key);
	put(j, "\"");
	for (size_t at = 0; at < len;) {
		size_t n = plain(text + at, len - at);

		j->sink(j->ctx, text + at, n);
		at += n;
		if (at < len)
			put_character(j, (uint8_t)text[at++]);
	}
	put(j, "\"");
}

void kd_json_raw(struct kd_json *j, const char *key, const char *text,
		 size_t len)
{
	put_key(j, key);
	j->sink(j->ctx, text, len);
}
