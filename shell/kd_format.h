#ifndef KD_FORMAT_H
#define KD_FORMAT_H

/**
 * @file
 * WinDbg's ways to write addresses, instructions and times. Nothing
 * here knows a target.
 */

#include "kd_text.h"

#include <stdbool.h>
#include <stdint.h>

enum { KD_ADDRESS_TEXT_MAX = 18 };

/** "fffff803`bb757020", or "bb757020" if pointers have 4 bytes. */
const char *kd_format_address(char out[KD_ADDRESS_TEXT_MAX], uint64_t address,
			      unsigned pointer_size);

/**
 * Append one instruction's line without a newline.
 *
 * @param bytes  its @p len bytes; none for memory that cannot be read
 */
void kd_format_instruction(struct kd_text *out, unsigned pointer_size,
			   uint64_t address, const uint8_t *bytes, size_t len,
			   const char *text);

/** Append "Wed Feb 28 17:16:23.051 2018 (UTC + 0:00)". */
void kd_format_time(struct kd_text *out, uint64_t since_1970_us);

/** The same in a zone so many hours east of there, "(UTC - 8:00)". */
void kd_format_time_in_zone(struct kd_text *out, uint64_t since_1970_us,
			    int hours);

/** Append "2005-02-28_09-05-50-935", for names of files. */
void kd_format_stamp(struct kd_text *out, uint64_t since_1970_us);

/** As kd_format_time(), of a FILETIME: tenths of a microsecond since 1601. */
void kd_format_filetime(struct kd_text *out, uint64_t filetime);

/** Append "Mon Jan  7 15:31:46 1985", as the C library writes times. */
void kd_format_crt_time(struct kd_text *out, uint32_t since_1970_s);

/** Append "0 days 0:00:20.534". */
void kd_format_uptime(struct kd_text *out, uint64_t us);

#endif
