#ifndef KD_DEBUG_IO_H
#define KD_DEBUG_IO_H

/** @file DbgPrint and DbgPrompt: packet type 3 (KD-WIRE 6.1). */

#include "kd_cursor.h"
#include "kd_status.h"

enum {
	KD_DEBUG_IO_SIZE = 16,
	KD_IO_PRINT = 0x3230,  /* DbgKdPrintStringApi */
	KD_IO_PROMPT = 0x3231, /* DbgKdGetStringApi */
};

struct kd_debug_io {
	uint32_t api;
	uint16_t processor_level;
	uint16_t processor;
	uint32_t max_answer; /**< prompt: bytes that the target can take;
				answer: bytes given */
	const char *text;    /**< not terminated; the answer's text in one */
	size_t text_len;
	uint32_t prompt_len; /**< answers keep the prompt's own length */
};

/**
 * Decode what a target sends; the 12-byte headers of some stubs' prints are
 * known too. Text that is cut off is taken as far as it goes.
 *
 * @return false if it is shorter than its header
 */
KD_API bool kd_debug_io_decode(struct kd_debug_io *d, struct kd_reader *in);

/** Decode what a host sends: the answer to a prompt. False as above. */
KD_API bool kd_debug_io_decode_answer(struct kd_debug_io *d,
				      struct kd_reader *in);

/** Encode the answer to a prompt; max_answer is written as text_len. */
KD_API void kd_debug_io_encode_answer(const struct kd_debug_io *d,
				      struct kd_writer *out);

#endif
