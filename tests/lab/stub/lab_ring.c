#include "lab_ring.h"
#include "lab_bytes.h"

#include <stdlib.h>
#include <string.h>

bool lab_ring_init(struct lab_ring *r, size_t cap)
{
	*r = (struct lab_ring){ .bytes = malloc(cap), .cap = cap };
	return r->bytes;
}

void lab_ring_deinit(struct lab_ring *r)
{
	free(r->bytes);
	r->bytes = NULL;
}

void lab_ring_clear(struct lab_ring *r)
{
	r->head = r->used = r->items = 0;
}

bool lab_ring_write(struct lab_ring *r, const uint8_t *bytes, size_t len)
{
	if (len > r->cap - r->used)
		return false;
	for (size_t i = 0; i < len; i++)
		r->bytes[(r->head + r->used + i) % r->cap] = bytes[i];
	r->used += len;
	return true;
}

size_t lab_ring_read(struct lab_ring *r, uint8_t *out, size_t cap)
{
	size_t len = r->used < cap ? r->used : cap;

	for (size_t i = 0; i < len; i++)
		out[i] = r->bytes[(r->head + i) % r->cap];
	r->head = (r->head + len) % r->cap;
	r->used -= len;
	return len;
}

bool lab_ring_push(struct lab_ring *r, const uint8_t *bytes, size_t len)
{
	uint8_t prefix[4];

	if (len > UINT32_MAX || sizeof(prefix) + len > r->cap - r->used)
		return false;
	lab_put32(prefix, (uint32_t)len);
	(void)lab_ring_write(r, prefix, sizeof(prefix));
	(void)lab_ring_write(r, bytes, len);
	r->items++;
	return true;
}

size_t lab_ring_pop(struct lab_ring *r, uint8_t *out, size_t cap)
{
	uint8_t prefix[4] = { 0 };

	if (!r->items)
		return 0;
	(void)lab_ring_read(r, prefix, sizeof(prefix));
	size_t len = lab_get32(prefix);
	size_t got = lab_ring_read(r, out, len < cap ? len : cap);
	uint8_t lost;

	for (size_t i = got; i < len; i++)
		(void)lab_ring_read(r, &lost, 1);
	r->items--;
	return got;
}
