#include "kd_pool_images.h"
#include "kd_session_parts.h"

#include <string.h>

enum kd_status kd_pool_read_all(const struct kd_pool_code *c, uint64_t address,
				void *buf, size_t len)
{
	uint8_t *out = buf;

	while (len) {
		size_t got;
		enum kd_status st = kd_session_read(
			c->session, address, out, len, 0,
			kd_clock_after(kd_ops_now(c->session), c->request_us),
			&got);

		if (st != KD_OK)
			return st;
		address += got;
		out += got;
		len -= got;
	}
	return KD_OK;
}

static enum kd_status read_block(struct kd_pool_images *g, uint64_t address,
				 const struct kd_pool_image_block **ret)
{
	size_t i = (size_t)(address / KD_POOL_IMAGE_BLOCK) &
		   (KD_POOL_IMAGE_BLOCKS - 1);
	struct kd_pool_image_block *b = &g->block[i];

	if (b->address != address) {
		enum kd_status st;

		b->address = 0;
		st = kd_pool_read_all(g->code, address, b->bytes,
				      KD_POOL_IMAGE_BLOCK);
		if (st != KD_OK)
			return st;
		b->address = address;
	}
	*ret = b;
	return KD_OK;
}

static enum kd_status read_image(void *ctx, uint64_t address, void *buf,
				 size_t len)
{
	struct kd_pool_images *g = ctx;
	uint64_t at = address;
	uint8_t *out = buf;

	while (at - address < len) {
		size_t skip = (size_t)(at % KD_POOL_IMAGE_BLOCK);
		size_t n = KD_POOL_IMAGE_BLOCK - skip;
		const struct kd_pool_image_block *b;
		enum kd_status st = read_block(g, at - skip, &b);

		/* a block may go beyond what is there */
		if (st == KD_E_TARGET)
			return kd_pool_read_all(g->code, address, buf, len);
		if (st != KD_OK)
			return st;
		if (n > len - (size_t)(at - address))
			n = len - (size_t)(at - address);
		memcpy(out, b->bytes + skip, n);
		out += n;
		at += n;
	}
	return KD_OK;
}

void kd_pool_images_forget(struct kd_pool_images *g)
{
	g->count = 0;
	g->next = 0;
	for (size_t i = 0; i < KD_POOL_IMAGE_BLOCKS; i++)
		g->block[i].address = 0;
}

enum kd_status kd_pool_image_at(void *ctx, uint64_t address,
				const struct kd_pe **ret)
{
	struct kd_pool_images *g = ctx;
	const struct kd_pe *found;
	enum kd_status st;
	struct kd_pe *image;

	for (size_t i = 0; i < g->count; i++)
		if (address - g->image[i].base < g->image[i].size_of_image) {
			*ret = &g->image[i];
			return KD_OK;
		}
	st = kd_symbols_image_at(g->code->symbols, address, &found);
	if (st != KD_OK || !found) {
		if (st == KD_OK)
			*ret = NULL;
		return st;
	}
	/* one that a walk has in its hands is the last to be replaced */
	image = &g->image[g->next++ % KD_POOL_IMAGES_MAX];
	if (g->count < KD_POOL_IMAGES_MAX)
		g->count++;
	*image = *found;
	image->memory = (struct kd_memory){ read_image, g };
	*ret = image;
	return KD_OK;
}
