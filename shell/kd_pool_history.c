#include "kd_pool_history.h"

#include <string.h>

void kd_pool_history_init(struct kd_pool_history *h,
			  const struct kd_allocator *mem)
{
	*h = (struct kd_pool_history){ .mem = *mem };
}

void kd_pool_history_deinit(struct kd_pool_history *h)
{
	if (h->row)
		h->mem.release(h->mem.ctx, h->row);
	h->row = NULL;
}

static void append(struct kd_pool_past *past, uint64_t bytes)
{
	if (past->count == KD_POOL_HISTORY) {
		memmove(past->bytes, past->bytes + 1,
			sizeof(past->bytes) - sizeof(past->bytes[0]));
		past->count--;
	}
	past->bytes[past->count++] = bytes;
}

enum kd_status kd_pool_history_add(struct kd_pool_history *h,
				   const struct kd_pool_tags *last,
				   const struct kd_pool_tags *tags)
{
	struct kd_pool_past *row;

	row = h->mem.alloc(h->mem.ctx, (tags->count + 1) * sizeof(*row));
	if (!row)
		return KD_E_NOMEM;
	for (size_t i = 0; i < tags->count; i++) {
		const struct kd_pool_tag *t = &tags->row[i];
		const struct kd_pool_tag *old =
			last ? kd_pool_tags_find(last, t->tag) : NULL;

		if (old)
			row[i] = h->row[old - last->row];
		else
			row[i].count = h->samples;
		append(&row[i], t->use[KD_POOL_NONPAGED].bytes +
					t->use[KD_POOL_PAGED].bytes);
	}
	kd_pool_history_deinit(h);
	h->row = row;
	h->samples += h->samples < KD_POOL_HISTORY;
	return KD_OK;
}

const char *kd_pool_history_bars(const struct kd_pool_history *h,
				 const struct kd_pool_tags *tags,
				 const struct kd_pool_tag *tag,
				 char out[KD_POOL_BARS_TEXT])
{
	static const char *const bars[] = { "▁", "▂", "▃", "▄",
					    "▅", "▆", "▇", "█" };
	const struct kd_pool_past *past = &h->row[tag - tags->row];
	uint64_t least = UINT64_MAX, most = 0;

	for (unsigned i = 0; i < past->count; i++) {
		least = past->bytes[i] < least ? past->bytes[i] : least;
		most = past->bytes[i] > most ? past->bytes[i] : most;
	}
	out[0] = '\0';
	for (unsigned i = 0; i < past->count; i++) {
		double part = most > least ? (double)(past->bytes[i] - least) /
						     (double)(most - least)
					   : 0;

		strcat(out, bars[(size_t)(part * 7 + 0.5)]);
	}
	return out;
}
