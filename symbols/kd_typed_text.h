#ifndef KD_TYPED_TEXT_H
#define KD_TYPED_TEXT_H

/**
 * @file
 * What is at a typed place, as WinDbg's dt writes it: "0n5", "0x12",
 * "0xfffffa80`9209a060 _DEVICE_OBJECT", "_UNICODE_STRING "text"".
 */

#include "kd_typed.h"

/** Room for any value that is written; longer strings are cut. */
enum { KD_TYPED_TEXT_MAX = 2048 };

/** How values are written. Zero-filled will do. */
struct kd_typed_style {
	/** Told before the symbol at an address is looked up; may be NULL. */
	void (*before_symbol)(void *ctx, uint64_t address);
	void *ctx;
};

/**
 * The value, without what is inside of structures. What cannot be read is
 * "????". Text of the target is as it is there: to be escaped for a terminal.
 *
 * @param style  may be NULL
 * @param buf    receives text, terminated, cut to @p cap bytes, 1 or more
 * @return what kd_typed.h says, of the PDB; memory that is not there is none
 */
KD_API KD_MUST_USE enum kd_status kd_typed_text(
	const struct kd_typed *t, const struct kd_typed_style *style, char *buf,
	size_t cap);

/**
 * What is in a structure that everybody knows, behind a space: " [ 0x… - 0x… ]"
 * of a LIST_ENTRY, the text of a string; "" of any other. As kd_typed_text().
 */
KD_API KD_MUST_USE enum kd_status kd_typed_contents_text(
	const struct kd_typed *t, char *buf, size_t cap);

/**
 * Its type as dt writes it where no value is shown: as kd_typed_type_text(),
 * and of bit fields "Pos 3, 1 Bit".
 *
 * @return KD_E_SPACE
 */
KD_API KD_MUST_USE enum kd_status kd_typed_kind_text(const struct kd_typed *t,
						     char *buf, size_t cap);

/**
 * The name of an enumeration's value: the first of several, "" if it has none.
 *
 * @param name  receives it, terminated
 */
KD_API KD_MUST_USE enum kd_status kd_typed_enum_name(
	const struct kd_typed *t, uint64_t value, char name[KD_TYPED_NAME_MAX]);

#endif
