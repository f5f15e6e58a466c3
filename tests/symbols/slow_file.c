#include "slow_file.h"

#include <stdlib.h>
#include <string.h>

void slow_file_init(struct slow_file *s, const uint8_t *bytes, size_t len,
		    bool is_slow)
{
	*s = (struct slow_file){ .bytes = bytes,
				 .len = len,
				 .is_slow = is_slow,
				 .pages = calloc(len / SLOW_PAGE + 1, 1) };
	if (!s->pages)
		abort();
}

void slow_file_deinit(struct slow_file *s)
{
	free(s->pages);
	s->pages = NULL;
}

static enum kd_status read(void *ctx, uint64_t offset, void *buf, size_t len)
{
	struct slow_file *s = ctx;
	bool fetched = false;

	/* the reader knows the size */
	if (offset > s->len || len > s->len - offset)
		abort();
	for (uint64_t at = offset / SLOW_PAGE;
	     len && at <= (offset + len - 1) / SLOW_PAGE; at++) {
		if (s->pages[at])
			continue;
		s->pages[at] = 1;
		s->touched++;
		fetched = true;
	}
	if (fetched && s->is_slow) {
		s->pending++;
		return KD_E_PENDING;
	}
	memcpy(buf, s->bytes + offset, len);
	return KD_OK;
}

struct kd_memory slow_file_as_memory(struct slow_file *s)
{
	return (struct kd_memory){ read, s };
}
