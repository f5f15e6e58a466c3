#ifndef LINES_H
#define LINES_H

/** @file Lines out of a descriptor, without blocking past what is there. */

#include <stdbool.h>
#include <stddef.h>

enum { LINES_MAX = 65536 };

struct lines {
	int fd;
	bool ended;
	size_t len, used;
	char bytes[LINES_MAX];
};

enum lines_got { LINES_LINE, LINES_MORE, LINES_END };

/** A line that is complete already; LINES_MORE: read, then ask again. */
enum lines_got lines_next(struct lines *l, const char **ret);

/** Read once; may block if nothing is there. */
void lines_read(struct lines *l);

#endif
