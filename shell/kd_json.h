#ifndef KD_JSON_H
#define KD_JSON_H

/** @file JSON as it is written: one value after the other, commas set. */

#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Receives text as it comes: pieces of lines, UTF-8, already escaped. */
typedef void kd_sink_fn(void *ctx, const char *text, size_t len);

/** A sink whose context is a FILE. */
KD_API void kd_json_file_sink(void *file, const char *text, size_t len);

/** A text that is being written; begins zero-filled but for the sink. */
struct kd_json {
	kd_sink_fn *sink;
	void *ctx;
	bool comma; /**< one goes before the next value */
};

/*
 * One value each. The key is NULL for an element of an array, and for the
 * whole; it is a word of ours, which needs no escaping.
 */

/** Begin an object or array, by its bracket: '{' or '['. */
KD_API void kd_json_open(struct kd_json *j, const char *key, char bracket);
/** End it: '}' or ']'. */
KD_API void kd_json_close(struct kd_json *j, char bracket);
KD_API void kd_json_null(struct kd_json *j, const char *key);
KD_API void kd_json_bool(struct kd_json *j, const char *key, bool value);
KD_API void kd_json_number(struct kd_json *j, const char *key, uint64_t value);
/** "0x…", for addresses and values: more than JSON's numbers hold. */
KD_API void kd_json_hex(struct kd_json *j, const char *key, uint64_t value);
/** Bytes as hexadecimal digits, two each. */
KD_API void kd_json_digits(struct kd_json *j, const char *key,
			   const uint8_t *bytes, size_t len);
/**
 * Text from outside. Well-formed UTF-8 stays as it is, but for control
 * characters; any other byte is the character of its number.
 */
KD_API void kd_json_text(struct kd_json *j, const char *key, const char *text,
			 size_t len);
/** The same, NUL-terminated. */
KD_API void kd_json_string(struct kd_json *j, const char *key,
			   const char *text);
/** The same, where text is a code page's: each byte is a character. */
KD_API void kd_json_bytes(struct kd_json *j, const char *key, const char *text,
			  size_t len);
/** Text that is JSON already. */
KD_API void kd_json_raw(struct kd_json *j, const char *key, const char *text,
			size_t len);

#endif
