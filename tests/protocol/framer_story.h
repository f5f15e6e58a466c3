#ifndef FRAMER_STORY_H
#define FRAMER_STORY_H

/** @file All that a framer tells of a stream, folded, to compare. */

#include "kd_framer.h"

struct framer_story {
	char types[64]; /* one hexadecimal digit for each packet */
	size_t count;
	uint64_t fold; /* of types, ids and payloads */
};

/** Work off @p in and add what the framer tells to @p s. */
void framer_tell(struct kd_framer *f, struct kd_reader *in,
		 struct framer_story *s);

/** The story of these bytes, then silence. */
struct framer_story framer_told_whole(struct kd_framer *f, const uint8_t *bytes,
				      size_t len);

#endif
