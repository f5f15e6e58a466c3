#include "kd_memory.h"
#include "kd_cursor.h"

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

enum kd_status kd_memory_read_le(const struct kd_memory *m, uint64_t address,
				 unsigned size, uint64_t *ret)
{
	uint8_t bytes[8];
	struct kd_reader in = kd_reader_over(bytes, size);
	enum kd_status st = m->read(m->ctx, address, bytes, size);

	if (st == KD_OK)
		*ret = size == 4 ? kd_read_le32(&in) : kd_read_le64(&in);
	return st;
}
