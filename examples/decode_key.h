#ifndef DECODE_KEY_H
#define DECODE_KEY_H

/** @file Where a key comes from when no link string names it. */

#include <crashcart/crashcart.h>

/**
 * Read a key: "w.x.y.z", or "@FILE" with one in its first line.
 *
 * @param detail  filled on failure; never holds the key
 * @return KD_E_OS if the file cannot be read
 * @return KD_E_FORMAT, KD_E_UNSUPPORTED as kd_net_key_parse()
 */
KD_MUST_USE enum kd_status decode_key_read(const char *text,
					   struct kd_detail *detail,
					   struct kd_net_key *ret);

#endif
