#ifndef KD_DOWNLOAD_H
#define KD_DOWNLOAD_H

/** @file One file from a web server; libcurl, or nothing. */

#include "kd_status.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/**
 * Told how a download is going, several times a second, also while nothing
 * comes; @p total is 0 while it is not known. Return false to stop it.
 */
typedef bool kd_download_progress_fn(void *ctx, const char *url, uint64_t done,
				     uint64_t total);

struct kd_download {
	const char *url; /**< "http://…" or "https://…" */
	/** Open for reading and writing; what is in it already is not asked for
	 * again. Not closed. */
	FILE *file;
	uint64_t largest;    /**< bytes; a longer file is refused */
	uint64_t connect_us; /**< to reach the server, at most */
	uint64_t stall_us;   /**< without a byte, at most */
	kd_download_progress_fn *progress; /**< may be NULL */
	void *ctx;
};

/**
 * Fetch it. Whatever happens, @p file holds the first bytes of what is at the
 * URL, or of what was there when an earlier call was cut off.
 *
 * @param detail  says what went wrong, without the URL; not NULL
 * @return KD_OK with all of it
 * @return KD_E_NOT_FOUND if the server has no such file
 * @return KD_E_TIMEOUT if a limit has passed; KD_E_CANCELED
 * @return KD_E_LOST if the server cannot be reached at all
 * @return KD_E_PENDING if it was cut off and a next call may bring more
 * @return KD_E_PROTOCOL if the server says anything else
 * @return KD_E_SPACE if it is too long
 * @return KD_E_OS if the file cannot be written; KD_E_NOMEM
 * @return KD_E_UNSUPPORTED in a build without libcurl
 */
KD_API KD_MUST_USE enum kd_status kd_download(const struct kd_download *d,
					      struct kd_detail *detail);

#endif
