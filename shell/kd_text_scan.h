#ifndef KD_TEXT_SCAN_H
#define KD_TEXT_SCAN_H

/** @file Long work over memory: telling how far it is, and looking for text. */

#include "kd_shell_state.h"

/** How far something that may take long has come. */
struct kd_long_run {
	const char *verb; /**< "Searched" */
	uint64_t total;	  /**< bytes */
	uint64_t base;	  /**< bytes before what is being done now */
	uint64_t next_us; /**< when to say something */
};

struct kd_long_run kd_long_run_begin(const struct kd_shell *sh,
				     const char *verb, uint64_t total);

/**
 * Say how far it is, now and then: on a line of its own, and never into text
 * that a script takes.
 *
 * @return false if the user has had enough
 */
bool kd_long_run_tell(struct kd_shell *sh, struct kd_long_run *r,
		      uint64_t done);

/** Looking for stretches of printable ASCII characters. */
struct kd_text_scan {
	struct kd_shell *sh;
	uint64_t start, len; /**< bytes */
	size_t size;	     /**< of a character: 1, or 2 for UTF-16 */
	uint64_t shortest;   /**< characters that count as text */
	struct kd_long_run *progress;
	/** Told of each; a failure ends the scan. */
	enum kd_status (*found)(void *ctx, uint64_t address, const char *text);
	void *ctx;
};

/** Over-long text is told in pieces. What cannot be read is passed over. */
enum kd_status kd_text_scan_run(const struct kd_text_scan *scan);

#endif
