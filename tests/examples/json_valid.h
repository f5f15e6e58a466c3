#ifndef JSON_VALID_H
#define JSON_VALID_H

/** @file Is it JSON? Enough of a parser for one object on a line. */

#include <stdbool.h>
#include <stddef.h>

/** One object of RFC 8259 whose values are no objects or arrays. */
bool json_is_valid(const char *text, size_t len);

#endif
