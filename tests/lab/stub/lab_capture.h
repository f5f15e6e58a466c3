#ifndef LAB_CAPTURE_H
#define LAB_CAPTURE_H

/**
 * @file
 * A recorded KDNET conversation in clear: pcapng with Ethernet frames, packed
 * by gzip, opened with its key.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One authentic datagram. */
struct lab_record {
	uint64_t time_us; /* since the first */
	bool from_host;
	uint8_t channel;
	uint64_t seq;
	size_t at, len; /* of the body, in bytes */
};

struct lab_capture {
	struct lab_record *records;
	size_t count;
	uint8_t *bytes; /* all bodies */
	size_t len;
};

/** False, and a sentence in @p error, if it is not that. */
bool lab_capture_read(struct lab_capture *c, const char *path, const char *key,
		      char *error, size_t error_cap);
void lab_capture_free(struct lab_capture *c);

#endif
