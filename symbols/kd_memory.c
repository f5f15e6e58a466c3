#include "kd_memory.h"

#include <string.h>

static enum kd_status read_bytes(void *ctx, uint64_t address, void *buf,
				 size_t len)
{
	const struct kd_memory_bytes *m = ctx;
	uint64_t at = address - m->address;

	if (at > m->len || len > m->len - at)
		return KD_E_NOT_FOUND;
	if (len)
		memcpy(buf, m->bytes + at, len);
	return KD_OK;
}

struct kd_memory kd_memory_over(struct kd_memory_bytes *bytes)
{
	return (struct kd_memory){ .read = read_bytes, .ctx = bytes };
}
