#ifndef KD_UTF16_H
#define KD_UTF16_H

/** @file Windows text for people here: UTF-16LE bytes to UTF-8. */

#include "kd_status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * Convert up to a NUL or @p len bytes; an odd last byte is ignored, an
 * unpaired surrogate becomes U+FFFD. Cut to fit at a character, and always
 * terminated.
 *
 * @param cap  bytes of @p out, 1 or more
 * @return bytes written, the terminator not counted
 */
KD_API size_t kd_utf16_to_utf8(const uint8_t *bytes, size_t len, char *out,
			       size_t cap);

/**
 * Convert UTF-8 to UTF-16LE bytes, without a terminator. What is no UTF-8
 * becomes U+FFFD, byte by byte.
 *
 * @param cap      bytes of @p out
 * @param ret_len  bytes written
 * @return KD_E_SPACE if it does not fit; @p out may be half filled then
 */
KD_API KD_MUST_USE enum kd_status kd_utf16_from_utf8(const char *text,
						     size_t len, uint8_t *out,
						     size_t cap,
						     size_t *ret_len);

#endif
