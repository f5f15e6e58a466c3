#ifndef SLOW_FILE_H
#define SLOW_FILE_H

/**
 * @file
 * Bytes that stand for a file. It counts what is touched and can have each
 * page asked for before it is there.
 */

#include "kd_memory.h"

#include <stdbool.h>

enum { SLOW_PAGE = 4096 };

struct slow_file {
	const uint8_t *bytes;
	size_t len;
	bool is_slow;	/* a page is there from the second time on */
	uint8_t *pages; /* 1: touched */
	size_t touched; /* pages */
	size_t pending; /* how often it said so */
};

void slow_file_init(struct slow_file *s, const uint8_t *bytes, size_t len,
		    bool is_slow);
void slow_file_deinit(struct slow_file *s);
struct kd_memory slow_file_as_memory(struct slow_file *s);

#endif
