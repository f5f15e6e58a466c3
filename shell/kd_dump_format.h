#ifndef KD_DUMP_FORMAT_H
#define KD_DUMP_FORMAT_H

/** @file The ways to write rows of memory. Nothing here knows a target. */

#include "kd_text.h"

#include <stdbool.h>
#include <stdint.h>

enum { KD_DUMP_COLUMNS_MAX = 128, KD_DUMP_ROW_MAX = 8 * KD_DUMP_COLUMNS_MAX };

/** Room for any row: 128 columns of 8 bytes, and their characters. */
enum { KD_DUMP_TEXT_MAX = 5120 };

enum kd_dump_style {
	KD_DUMP_NUMBERS, /**< in hexadecimal */
	KD_DUMP_STRING,	 /**< nothing but characters, up to a zero */
	KD_DUMP_REALS,
	KD_DUMP_BITS, /**< binary digits, then hexadecimal */
};

/** How one of the d commands shows memory. */
struct kd_dump_format {
	const char *name;
	uint8_t size;	 /**< bytes of an element: 1, 2, 4 or 8 */
	uint8_t per_row; /**< elements of a row */
	uint8_t count;	 /**< elements shown unless asked otherwise */
	bool characters; /**< ASCII at the end of a row */
	enum kd_dump_style style;
};

/** The format of "db" and so on; NULL if there is none. "dp" is by size. */
const struct kd_dump_format *kd_dump_format_find(const char *name,
						 unsigned pointer_size);

/** Memory as it was read: bytes that could not be read are not valid. */
struct kd_dump_bytes {
	const uint8_t *bytes;
	const bool *valid;
	size_t len;
};

/** The little-endian value of @p size bytes, up to 8. */
uint64_t kd_dump_value(const struct kd_dump_bytes *row, size_t at, size_t size);
/** Could all of these bytes be read? */
bool kd_dump_is_valid(const struct kd_dump_bytes *row, size_t at, size_t size);

/** Append one number: its digits, or as many '?'. */
void kd_dump_add_number(struct kd_text *out, const struct kd_dump_bytes *row,
			size_t at, size_t size);

/** Append characters in quotes, as da (@p size 1) and du (2) have them. */
void kd_dump_add_string(struct kd_text *out, const struct kd_dump_bytes *row,
			size_t size);

/**
 * Append one row without a newline. What could not be read is shown as '?'.
 *
 * @param row  at most size * per_row bytes
 */
void kd_format_dump_row(struct kd_text *out, const struct kd_dump_format *f,
			unsigned pointer_size, uint64_t address,
			const struct kd_dump_bytes *row);

/** The same as "!db" and its like write it: "#   e9000 000ea002 ....". */
void kd_format_physical_row(struct kd_text *out, const struct kd_dump_format *f,
			    uint64_t address, const struct kd_dump_bytes *row);

/** Append the lines above the rows of dyb and dyd; nothing for others. */
void kd_format_dump_head(struct kd_text *out, const struct kd_dump_format *f,
			 unsigned pointer_size);

#endif
