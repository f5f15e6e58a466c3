#include "kd_pool_growth.h"

static struct kd_pool_use use_of(const struct kd_pool_tags *t, uint32_t tag)
{
	const struct kd_pool_tag *row = kd_pool_tags_find(t, tag);
	struct kd_pool_use sum = { 0 };

	for (size_t kind = 0; row && kind < KD_POOL_KINDS; kind++) {
		sum.allocs += row->use[kind].allocs;
		sum.frees += row->use[kind].frees;
		sum.bytes += row->use[kind].bytes;
	}
	return sum;
}

void kd_pool_growth_of(const struct kd_pool_tags *samples, size_t count,
		       uint32_t tag, struct kd_pool_growth *ret)
{
	struct kd_pool_growth g = { .tag = tag };
	struct kd_pool_use before;

	if (count)
		before = use_of(&samples[0], tag);
	for (size_t i = 1; i < count; i++) {
		struct kd_pool_use now = use_of(&samples[i], tag);
		int64_t more = (int64_t)(now.bytes - before.bytes);

		g.allocs += now.allocs - before.allocs;
		g.frees += now.frees - before.frees;
		g.bytes = (int64_t)((uint64_t)g.bytes + (uint64_t)more);
		g.rises += more > 0;
		if (more < 0 && more < -g.largest_drop)
			g.largest_drop = more == INT64_MIN ? INT64_MAX : -more;
		before = now;
	}
	*ret = g;
}

bool kd_pool_growth_is_leak(const struct kd_pool_growth *g, size_t count)
{
	return count > 1 && g->bytes > g->largest_drop &&
	       3 * (size_t)g->rises >= 2 * (count - 1);
}

bool kd_pool_find_growth(const struct kd_pool_tags *samples, size_t count,
			 struct kd_pool_growth *ret)
{
	const struct kd_pool_tags *last;
	bool found = false;

	if (!count)
		return false;
	last = &samples[count - 1];
	for (size_t i = 0; i < last->count; i++) {
		struct kd_pool_growth g;

		kd_pool_growth_of(samples, count, last->row[i].tag, &g);
		if (!kd_pool_growth_is_leak(&g, count) ||
		    (found && g.bytes <= ret->bytes))
			continue;
		*ret = g;
		found = true;
	}
	return found;
}
