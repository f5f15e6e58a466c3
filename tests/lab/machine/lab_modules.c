#include "lab_modules.h"

#include <stdio.h>
#include <string.h>

enum { GRANULE = 64 << 10 };

/* Room for an image among the others; 0: there is none. */
static uint64_t find_room(const struct lab_modules *l,
			  const struct lab_region *images, uint32_t size)
{
	uint64_t at = images->virtual_address;
	uint64_t end = at + images->size;
	size_t i = 0;

	while (i < LAB_MODULES_MAX && size <= end - at) {
		const struct lab_mapped *m = &l->slot[i].mapped;

		if (!l->slot[i].used || at >= m->base + m->size ||
		    m->base >= at + size) {
			i++;
			continue;
		}
		at = (m->base + m->size + GRANULE - 1) &
		     ~(uint64_t)(GRANULE - 1);
		i = 0;
		if (at > end)
			return 0;
	}
	return size <= end - at ? at : 0;
}

static struct lab_module *find_slot(struct lab_modules *l)
{
	for (size_t i = 0; i < LAB_MODULES_MAX; i++)
		if (!l->slot[i].used)
			return &l->slot[i];
	return NULL;
}

/* Those that a new one can import from. */
static size_t list(const struct lab_modules *l,
		   struct lab_mapped ret[LAB_MODULES_MAX])
{
	size_t count = 0;

	for (size_t i = 0; i < LAB_MODULES_MAX; i++)
		if (l->slot[i].used)
			ret[count++] = l->slot[i].mapped;
	return count;
}

uint32_t lab_modules_load(struct lab_modules *l, const struct lab_memory *m,
			  const struct lab_pe *pe, const char *name,
			  uint64_t *ret_base)
{
	struct lab_mapped others[LAB_MODULES_MAX];
	struct lab_module *slot = find_slot(l);
	uint64_t base =
		find_room(l, lab_memory_region(m, LAB_REGION_IMAGES), pe->size);
	uint8_t *bytes = base ? lab_memory_at(m, base, pe->size) : NULL;
	const char *missing;

	if (!slot || !bytes)
		return LAB_STATUS_NO_MEMORY;
	snprintf(slot->name, sizeof(slot->name), "%s", name);
	if (!lab_pe_map(pe, slot->name, base, bytes, &slot->mapped)) {
		memset(bytes, 0, pe->size);
		return LAB_STATUS_NO_IMAGE;
	}
	if (!lab_mapped_bind(&slot->mapped, others, list(l, others),
			     &missing)) {
		memset(bytes, 0, pe->size);
		return LAB_STATUS_NO_ENTRY;
	}
	slot->used = true;
	*ret_base = base;
	return 0;
}

uint32_t lab_modules_unload(struct lab_modules *l, uint64_t base,
			    uint32_t *ret_size)
{
	for (size_t i = 0; i < LAB_MODULES_MAX; i++) {
		struct lab_module *slot = &l->slot[i];

		if (!slot->used || slot->mapped.base != base)
			continue;
		memset(slot->mapped.bytes, 0, slot->mapped.size);
		slot->used = false;
		*ret_size = slot->mapped.size;
		return 0;
	}
	return LAB_STATUS_BAD_ADDRESS;
}
