#include "kd_buffer.h"

#include <string.h>

void kd_buffer_init(struct kd_buffer *b, const struct kd_allocator *mem)
{
	*b = (struct kd_buffer){ .mem = mem };
}

void kd_buffer_deinit(struct kd_buffer *b)
{
	if (b->base)
		b->mem->release(b->mem->ctx, b->base);
	b->base = NULL;
}

static bool reserve(struct kd_buffer *b, size_t len)
{
	size_t cap = b->cap ? b->cap : 256;
	char *base;

	if (len > KD_BUFFER_MAX - b->len)
		return false;
	while (cap <= b->len + len)
		cap *= 2;
	if (cap == b->cap)
		return true;
	base = b->mem->alloc(b->mem->ctx, cap);
	if (!base)
		return false;
	if (b->base) {
		memcpy(base, b->base, b->len);
		b->mem->release(b->mem->ctx, b->base);
	}
	b->base = base;
	b->cap = cap;
	return true;
}

void kd_buffer_add(struct kd_buffer *b, const char *text, size_t len)
{
	if (!len || b->failed)
		return;
	if (!reserve(b, len)) {
		b->failed = true;
		return;
	}
	memcpy(b->base + b->len, text, len);
	b->len += len;
	b->base[b->len] = '\0';
}

const char *kd_buffer_text(const struct kd_buffer *b)
{
	return b->base ? b->base : "";
}
