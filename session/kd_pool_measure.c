#include "kd_pool_measure.h"

struct measuring {
	struct kd_pool_ledger *ledger;
	const uint32_t *tags;
	size_t count;
};

static bool has_tag(const struct measuring *m, uint32_t tag)
{
	for (size_t i = 0; i < m->count; i++)
		if (m->tags[i] == tag)
			return true;
	return false;
}

static bool is_big(uint64_t block)
{
	return block % KD_POOL_PAGE == 0;
}

static bool on_big(void *ctx, const struct kd_pool_big *big)
{
	struct measuring *m = ctx;
	struct kd_pool_live *b = kd_pool_ledger_find(m->ledger, big->address);

	if (b && has_tag(m, big->tag))
		kd_pool_ledger_measured(m->ledger, b, big->bytes);
	return true;
}

/* All blocks of the page, so that it is read once. */
static enum kd_status measure_page(struct kd_pool *p, struct measuring *m,
				   uint64_t address)
{
	struct kd_pool_page page;
	struct kd_pool_block block;
	enum kd_status st = kd_pool_page_read(p, address, &page);

	while (st == KD_OK) {
		struct kd_pool_live *b;

		st = kd_pool_page_next(&page, &block);
		if (st != KD_OK)
			break;
		b = kd_pool_ledger_find(m->ledger,
					block.address + p->layout.header.size);
		if (b && block.type && has_tag(m, block.tag))
			kd_pool_ledger_measured(m->ledger, b, block.size);
	}
	/* a page that is gone, or is another thing now */
	return st == KD_E_END || st == KD_E_FORMAT || st == KD_E_TARGET ? KD_OK
									: st;
}

enum kd_status kd_pool_measure(struct kd_pool *p, struct kd_pool_ledger *l,
			       const uint32_t *tags, size_t count)
{
	struct measuring m = { .ledger = l, .tags = tags, .count = count };
	enum kd_status st = KD_OK;
	bool has_big = false;

	for (size_t i = 0; st == KD_OK && i < l->live_room; i++) {
		uint64_t block = l->live[i].address;

		if (block && is_big(block))
			has_big = true;
		else if (block && !l->live[i].measured)
			st = measure_page(p, &m, block);
	}
	if (st == KD_OK && has_big)
		st = kd_pool_big_each(p, on_big, &m);
	if (st == KD_OK)
		kd_pool_ledger_sweep(l);
	return st;
}
