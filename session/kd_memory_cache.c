#include "kd_memory_cache.h"

#include <string.h>

enum { PAGE = 4096 };

enum kd_status kd_memory_cache_init(struct kd_memory_cache *c,
				    const struct kd_allocator *mem,
				    size_t bound, size_t packet)
{
	size_t slots = bound / (packet + sizeof(struct kd_stretch));

	if (!slots)
		slots = 1;
	/* the stretches first, so that they are aligned */
	void *block =
		mem->alloc(mem->ctx, slots * (packet + sizeof(*c->stretch)));

	if (!block)
		return KD_E_NOMEM;
	*c = (struct kd_memory_cache){ .packet = packet,
				       .slots = slots,
				       .stretch = block,
				       .block = block };
	c->bytes = (uint8_t *)block + slots * sizeof(*c->stretch);
	return KD_OK;
}

void kd_memory_cache_deinit(struct kd_memory_cache *c,
			    const struct kd_allocator *mem)
{
	if (c->block)
		mem->release(mem->ctx, c->block);
	*c = (struct kd_memory_cache){ 0 };
}

void kd_memory_cache_flush(struct kd_memory_cache *c)
{
	c->used = 0;
	c->next = 0;
}

size_t kd_memory_cache_copy(const struct kd_memory_cache *c, bool physical,
			    uint64_t address, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < c->used; i++) {
		const struct kd_stretch *s = &c->stretch[i];
		/* far too large when the address is below the stretch */
		uint64_t skip = address - s->address;

		if (s->physical != physical || skip >= s->len)
			continue;
		if (len > s->len - skip)
			len = (size_t)(s->len - skip);
		memcpy(out, c->bytes + i * c->packet + skip, len);
		return len;
	}
	return 0;
}

void kd_memory_cache_fill(struct kd_memory_cache *c, bool physical,
			  uint64_t address, const uint8_t *bytes, size_t len)
{
	if (!len || len > c->packet)
		return;
	c->stretch[c->next] = (struct kd_stretch){ .address = address,
						   .len = (uint32_t)len,
						   .physical = physical };
	memcpy(c->bytes + c->next * c->packet, bytes, len);
	c->next = (c->next + 1) % c->slots;
	if (c->used < c->slots)
		c->used++;
}

static bool goes_on(const struct kd_memory_cache *c, uint64_t address)
{
	for (size_t i = 0; i < c->used; i++)
		if (!c->stretch[i].physical &&
		    c->stretch[i].address + c->stretch[i].len == address)
			return true;
	return false;
}

size_t kd_memory_cache_ahead(const struct kd_memory_cache *c, uint64_t address,
			     size_t want)
{
	/* bytes to the end of the last page touched; to the end of the
	 * address space, if the page is the last there is */
	uint64_t room = (((address + want - 1) | (PAGE - 1)) - address) + 1;

	if (goes_on(c, address)) {
		uint64_t to_end = 0 - address;

		room = to_end && to_end < c->packet ? to_end : c->packet;
	}
	if (room > c->packet)
		room = c->packet;
	return room < want ? want : (size_t)room;
}
