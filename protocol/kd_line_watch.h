#ifndef KD_LINE_WATCH_H
#define KD_LINE_WATCH_H

/**
 * @file
 * Why a byte stream brings no packets: nothing comes, text comes (firmware,
 * another speed), noise comes (wrong speed), or our own bytes come back.
 * Watches until the first packet, and tells each reason once.
 */

#include "kd_clock.h"
#include "kd_notice.h"

#include <stdbool.h>
#include <stddef.h>

enum { KD_LINE_WATCH_OURS = 128 };

/** Zero-filled is ready. The fields are its own business. */
struct kd_line_watch {
	bool settled; /* a packet was here: nothing to explain */
	bool heard;
	bool started;
	uint64_t silent_at_us;
	uint64_t noise, letters; /* those that were judged */
	/* what we sent last, and how much of it has come back so far */
	uint8_t ours[KD_LINE_WATCH_OURS];
	size_t ours_len, echoed;
	size_t packet_echoed; /* bytes since the last break-in */
	bool reset_echoed, break_in_echoed;
	uint32_t told; /* bit per enum kd_notice */
};

/** We sent these bytes. */
void kd_line_watch_sent(struct kd_line_watch *w, const uint8_t *bytes,
			size_t len);

/** These bytes arrived. KD_NOTICE_ECHO, or KD_NOTICE_NONE. */
enum kd_notice kd_line_watch_heard(struct kd_line_watch *w,
				   const uint8_t *bytes, size_t len);

/**
 * So many bytes were no packet until now, so many of them letters.
 * KD_NOTICE_TEXT, KD_NOTICE_NOISE, or KD_NOTICE_NONE.
 */
enum kd_notice kd_line_watch_noise(struct kd_line_watch *w, uint64_t noise,
				   uint64_t letters);

/** A packet that only a target sends was here: all is well. */
void kd_line_watch_settle(struct kd_line_watch *w);

uint64_t kd_line_watch_deadline(const struct kd_line_watch *w);
/** KD_NOTICE_SILENCE, or KD_NOTICE_NONE. */
enum kd_notice kd_line_watch_tick(struct kd_line_watch *w, uint64_t now_us);

#endif
