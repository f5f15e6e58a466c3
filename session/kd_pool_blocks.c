/* Blocks that share pages: one page's, and all of a tag. */

#include "kd_pool_parts.h"

/* Of a tag: whoever frees the block must name it. Not shown. */
#define PROTECTED UINT32_C(0x80000000)

enum kd_status kd_pool_page_read(struct kd_pool *p, uint64_t address,
				 struct kd_pool_page *ret)
{
	uint64_t page = address / KD_POOL_PAGE * KD_POOL_PAGE;
	enum kd_status st =
		p->memory.read(p->memory.ctx, page, ret->bytes, KD_POOL_PAGE);

	if (kd_pool_is_hole(st))
		kd_detail_set(&p->detail, "the page at %016llx is not there",
			      (unsigned long long)page);
	if (st != KD_OK)
		return st;
	ret->layout = &p->layout.header;
	ret->address = page;
	ret->at = ret->previous = 0;
	return KD_OK;
}

enum kd_status kd_pool_page_next(struct kd_pool_page *page,
				 struct kd_pool_block *ret)
{
	const struct kd_pool_header *l = page->layout;
	const uint8_t *header = page->bytes + page->at;
	uint64_t size, previous;
	uint32_t tag;

	if (page->at == KD_POOL_PAGE)
		return KD_E_END;
	if (KD_POOL_PAGE - page->at < l->size)
		return KD_E_FORMAT;
	size = kd_pool_member_get(&l->block_size, header, l->size);
	previous = kd_pool_member_get(&l->previous_size, header, l->size);
	if (!size || size > (KD_POOL_PAGE - page->at) / l->size ||
	    previous > KD_POOL_PAGE / l->size ||
	    previous * l->size != page->previous)
		return KD_E_FORMAT;
	tag = (uint32_t)kd_pool_member_get(&l->tag, header, l->size);
	*ret = (struct kd_pool_block){
		.address = page->address + page->at,
		.size = (uint32_t)size * l->size,
		.previous = page->previous,
		.tag = tag & ~PROTECTED,
		.type = (uint32_t)kd_pool_member_get(&l->pool_type, header,
						     l->size),
		.is_protected = tag & PROTECTED,
	};
	page->previous = ret->size;
	page->at += ret->size;
	return KD_OK;
}

/* ---- all of a tag ---- */

struct search {
	struct kd_pool *p;
	const struct kd_pool_region *region;
	const char *pattern;
	kd_pool_block_fn *found;
	void *ctx;
	uint64_t at;
	bool ended;
};

static bool go_on(void *ctx, uint64_t done, uint64_t total)
{
	const struct search *s = ctx;
	const struct kd_pool *p = s->p;

	(void)total;
	return !p->progress ||
	       p->progress(p->progress_ctx, s->at - s->region->start + done,
			   s->region->end - s->region->start);
}

/* All blocks of this page that match. */
static enum kd_status look_at_page(struct search *s, uint64_t address)
{
	struct kd_pool_page page;
	struct kd_pool_block block;
	enum kd_status st = kd_pool_page_read(s->p, address, &page);

	if (st != KD_OK)
		return kd_pool_is_hole(st) ? KD_OK : st;
	while (!s->ended && kd_pool_page_next(&page, &block) == KD_OK)
		if (kd_pool_tag_matches(s->pattern, block.tag))
			s->ended = !s->found(s->ctx, &block);
	return KD_OK;
}

/*
 * The next page that is worth a look; KD_E_NOT_FOUND if there is none. A tag
 * without wildcards is looked for by the target: three characters of it, as
 * protection changes the fourth.
 */
static enum kd_status next_page(struct search *s, uint64_t *ret)
{
	uint32_t tag = kd_pool_tag_of(s->pattern);
	const uint8_t bytes[] = { (uint8_t)tag, (uint8_t)(tag >> 8),
				  (uint8_t)(tag >> 16) };

	if (kd_pool_tag_is_pattern(s->pattern)) {
		*ret = s->at;
		return s->at < s->region->end ? KD_OK : KD_E_NOT_FOUND;
	}
	if (s->at >= s->region->end)
		return KD_E_NOT_FOUND;
	return kd_session_search(s->p->session, s->at, s->region->end - s->at,
				 bytes, sizeof(bytes), KD_ACCESS_VIRTUAL,
				 KD_NEVER, go_on, s, ret);
}

enum kd_status kd_pool_find_blocks(struct kd_pool *p,
				   const struct kd_pool_region *region,
				   const char *pattern, kd_pool_block_fn *found,
				   void *ctx)
{
	struct search s = {
		p, region, pattern, found, ctx, region->start, false
	};
	enum kd_status st = KD_OK;
	uint64_t hit;

	if (!*pattern)
		return KD_E_ARG;
	while (st == KD_OK && !s.ended) {
		if (kd_session_is_canceled(p->session) || !go_on(&s, 0, 0))
			return KD_E_CANCELED;
		st = next_page(&s, &hit);
		if (st == KD_E_NOT_FOUND)
			return KD_OK;
		if (st != KD_OK)
			break;
		hit -= hit % KD_POOL_PAGE;
		st = look_at_page(&s, hit);
		s.at = hit + KD_POOL_PAGE;
	}
	return st;
}
