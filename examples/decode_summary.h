#ifndef DECODE_SUMMARY_H
#define DECODE_SUMMARY_H

/** @file What a capture held, all in all. */

#include "decode_fact.h"

#include <stdio.h>

enum {
	DECODE_TYPES = 12, /* packet types that have a number of their own */
	DECODE_KINDS = KD_TAP_OTHER + 1,
	DECODE_WHYS = KD_TAP_WHY_CUT + 1,
};

/** Zero-filled is ready. */
struct decode_summary {
	uint64_t datagrams, authentic; /* KDNET */
	uint64_t messages;	       /* of byte streams */
	uint64_t kind[DECODE_KINDS];
	uint64_t why[DECODE_WHYS];
	uint64_t type[DECODE_TYPES + 1]; /* the last: all others */
	uint64_t checksums_held, checksums_wrong;
	uint64_t keys; /* data keys that proved themselves */
	uint64_t noise_bytes;
};

void decode_summary_add(struct decode_summary *s, const struct decode_fact *f);

/** @param c  of the file; NULL if it could not even be opened */
void decode_summary_print(FILE *out, const struct decode_summary *s,
			  const struct kd_capture_counters *c);

#endif
