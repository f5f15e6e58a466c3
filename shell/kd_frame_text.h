#ifndef KD_FRAME_TEXT_H
#define KD_FRAME_TEXT_H

/** @file A stack, as k and its like show it. */

#include "kd_text.h"
#include "kd_walk.h"

/** What a row has; the letters are k's. */
struct kd_frame_columns {
	bool arguments;	 /**< b: what the caller left for arguments */
	bool clean;	 /**< c: names alone */
	bool memory;	 /**< f: bytes from the frame before */
	bool no_lines;	 /**< L */
	bool numbers;	 /**< n */
	bool parameters; /**< p: by name, with their values */
	bool below;	 /**< P: the same, each on a line of its own */
	bool verbose;	 /**< v: and how the frame was found */
};

/** The line above the rows. */
void kd_show_frame_header(struct kd_shell *sh,
			  const struct kd_frame_columns *columns);

/**
 * One row, and what programs get of it.
 *
 * @param before  the frame before it; NULL if it is the first
 */
void kd_show_frame(struct kd_shell *sh, const struct kd_frame_columns *columns,
		   const struct kd_stack_frame *before,
		   const struct kd_stack_frame *f);

/**
 * Append where a frame executes: "nt!KeBugCheckEx+0x12"; a bare address where
 * no module is.
 */
void kd_add_call_site(struct kd_shell *sh, const struct kd_stack_frame *f,
		      struct kd_text *out);

#endif
