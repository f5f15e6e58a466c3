#ifndef KD_TEXT_H
#define KD_TEXT_H

/**
 * @file
 * Text in a fixed buffer, and the escaping that stands between what a target
 * says and a terminal.
 */

#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>

/** A line being built in a buffer that somebody else owns. */
struct kd_text {
	char *base; /**< always terminated */
	size_t cap; /**< 1 or more */
	size_t len;
	bool is_cut; /**< some of it did not fit */
};

struct kd_text kd_text_over(char *base, size_t cap);

/** Append; what does not fit is cut off. */
void kd_text_add(struct kd_text *t, const char *format, ...) KD_PRINTF(2, 3);

/** Append spaces until the text is @p width long. */
void kd_text_pad(struct kd_text *t, size_t width);

/**
 * Bytes of the well-formed UTF-8 character that @p text begins with; 0 if
 * there is none.
 *
 * @param len  1 or more
 */
size_t kd_text_character(const char *text, size_t len);

/** Most bytes that one byte of input can become. */
enum { KD_ESCAPED_MAX = 4 };

/**
 * Make text safe to show.
 *
 * Newline and tab stay. A carriage return at the end of a line is dropped.
 * Other control characters, also those that UTF-8 can carry (U+0080 to
 * U+009F), become \xNN. Well-formed UTF-8 stays; any other byte from 0xa0 is
 * taken for the character of that number.
 *
 * @param len   bytes of @p text; several calls can follow one another where
 *              no character is cut in two
 * @param out   room for KD_ESCAPED_MAX times @p len bytes; not terminated
 * @return      bytes written
 */
size_t kd_text_escape(const char *text, size_t len, char *out);

/**
 * How many bytes from the start of @p text, at most @p most, end at a
 * character's end; @p most itself if there is no character's end near.
 */
size_t kd_text_cut(const char *text, size_t len, size_t most);

#endif
