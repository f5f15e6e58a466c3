#ifndef JSON_H
#define JSON_H

/** @file JSON as it is written: one value after the other, commas set. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/** A text that is being written; begins zero-filled but for out. */
struct json {
	FILE *out;
	bool comma; /* one goes before the next value */
};

/*
 * One value each. The key is NULL for an element of an array, and for the
 * whole.
 */

/** Begin an object or array, by its bracket: '{' or '['. */
void json_open(struct json *j, const char *key, char bracket);
/** End it: '}' or ']'. */
void json_close(struct json *j, char bracket);
/** The key alone, where the value is written by hand. */
void json_key(struct json *j, const char *key);
void json_null(struct json *j, const char *key);
void json_bool(struct json *j, const char *key, bool value);
void json_number(struct json *j, const char *key, uint64_t value);
/** "0x…", for addresses and values: more than JSON's numbers hold. */
void json_hex(struct json *j, const char *key, uint64_t value);
/** Text from outside: each byte is the character of its number. */
void json_bytes(struct json *j, const char *key, const char *text, size_t len);
/** The same, NUL-terminated. */
void json_text(struct json *j, const char *key, const char *text);
/** UTF-8 stays as it is, but for the control characters from U+0080 on. A byte
 * that is none is the character of its number. */
void json_utf8(struct json *j, const char *key, const char *text);

#endif
