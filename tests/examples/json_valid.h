#ifndef JSON_VALID_H
#define JSON_VALID_H

/**
 * @file
 * Is it JSON? Enough of a parser for one object on a line, as we write it:
 * without space, its numbers whole.
 */

#include <stdbool.h>
#include <stddef.h>

/** One object of RFC 8259. */
bool json_is_valid(const char *text, size_t len);

#endif
