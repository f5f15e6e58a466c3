#ifndef LAB_MESSAGE_H
#define LAB_MESSAGE_H

/**
 * @file
 * What the target says of its own accord, as payloads (KD-WIRE 3, 6). Fields
 * that real targets leave uninitialised are filled from @p garbage: zeros
 * while it is 0.
 */

#include "lab_machine.h"

enum { LAB_PROMPT_MAX = 512 };

/** A stop of any kind; the report's stream is taken as it is. */
size_t lab_message_state(const struct lab_event *e, unsigned processors,
			 uint64_t *garbage, uint8_t *out, size_t cap);
/** A print, a prompt or a trace. */
size_t lab_message_io(const struct lab_event *e, uint64_t *garbage,
		      uint8_t *out, size_t cap);
/** May I have a file? */
size_t lab_message_create(const struct lab_event *e, uint64_t *garbage,
			  uint8_t *out, size_t cap);
/** Read from an open file, or close it. */
size_t lab_message_read(uint64_t handle, uint64_t offset, uint32_t len,
			uint8_t *out);
size_t lab_message_close(uint64_t handle, uint8_t *out);
/** May I have a debug register? */
size_t lab_message_control(uint8_t *out);

#endif
