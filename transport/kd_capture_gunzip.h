#ifndef KD_CAPTURE_GUNZIP_H
#define KD_CAPTURE_GUNZIP_H

/** @file Gzip files become plain ones, as far as they are sound. */

#include "kd_status.h"

#include <stdint.h>
#include <stdio.h>

/**
 * Inflate @p in into an unnamed temporary file, which stands at its start.
 *
 * A file that is damaged on the way is success as well: what came before is
 * there, and @p ret_damage says what happened at which offset.
 *
 * @param max         most bytes to write
 * @param detail      filled on failure
 * @param ret_damage  a sentence; its text is "" if all was well
 * @return KD_E_OS if reading or writing fails
 * @return KD_E_SPACE if there are more than @p max bytes
 * @return KD_E_NOMEM
 */
KD_MUST_USE enum kd_status kd_capture_gunzip(FILE *in, uint64_t max,
					     struct kd_detail *detail,
					     struct kd_detail *ret_damage,
					     FILE **ret);

#endif
