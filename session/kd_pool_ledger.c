#include "kd_pool_ledger.h"

#include <string.h>

enum { FIRST_ROOM = 64 };

void kd_pool_ledger_init(struct kd_pool_ledger *l,
			 const struct kd_allocator *mem)
{
	*l = (struct kd_pool_ledger){ .mem = mem ? *mem
						 : *kd_allocator_libc() };
}

void kd_pool_ledger_deinit(struct kd_pool_ledger *l)
{
	if (l->stack)
		l->mem.release(l->mem.ctx, l->stack);
	if (l->live)
		l->mem.release(l->mem.ctx, l->live);
	*l = (struct kd_pool_ledger){ .mem = l->mem };
}

/* ---- stacks ---- */

static bool are_alike(const struct kd_pool_stack *a,
		      const struct kd_pool_stack *b)
{
	return a->is_free == b->is_free && a->frames == b->frames &&
	       a->site == b->site &&
	       !memcmp(a->pc, b->pc, a->frames * sizeof(a->pc[0]));
}

static enum kd_status make_room(struct kd_pool_ledger *l)
{
	size_t room = l->stack_room ? 2 * l->stack_room : FIRST_ROOM;
	struct kd_pool_stack *more;

	if (l->stacks < l->stack_room)
		return KD_OK;
	if (l->stacks >= KD_POOL_STACKS_MAX)
		return KD_E_SPACE;
	more = l->mem.alloc(l->mem.ctx, room * sizeof(*more));
	if (!more)
		return KD_E_NOMEM;
	if (l->stack) {
		memcpy(more, l->stack, l->stacks * sizeof(*more));
		l->mem.release(l->mem.ctx, l->stack);
	}
	l->stack = more;
	l->stack_room = room;
	return KD_OK;
}

enum kd_status kd_pool_ledger_hit(struct kd_pool_ledger *l,
				  const struct kd_pool_stack *like,
				  uint32_t *ret)
{
	enum kd_status st;
	size_t i = 0;

	if (like->is_free)
		l->frees++;
	else
		l->allocs++;
	while (i < l->stacks && !are_alike(&l->stack[i], like))
		i++;
	if (i == l->stacks) {
		st = make_room(l);
		if (st != KD_OK) {
			l->is_full = true;
			return st;
		}
		l->stack[l->stacks++] = (struct kd_pool_stack){
			.frames = like->frames,
			.site = like->site,
			.is_free = like->is_free,
		};
		memcpy(l->stack[i].pc, like->pc,
		       like->frames * sizeof(like->pc[0]));
	}
	l->stack[i].hits++;
	*ret = (uint32_t)i;
	return KD_OK;
}

/* ---- blocks, in a table with linear probing ---- */

static size_t slot_of(uint64_t block, size_t room)
{
	uint64_t mixed = (block >> 4) * UINT64_C(0x9e3779b97f4a7c15);

	return (size_t)(mixed >> 32) & (room - 1);
}

/* Where it is, or where it would be put. */
static struct kd_pool_live *slot(struct kd_pool_live *table, size_t room,
				 uint64_t block)
{
	size_t i = slot_of(block, room);

	while (table[i].address && table[i].address != block)
		i = (i + 1) & (room - 1);
	return &table[i];
}

static enum kd_status grow(struct kd_pool_ledger *l)
{
	size_t room = l->live_room ? 2 * l->live_room : FIRST_ROOM;
	struct kd_pool_live *more;

	/* half of it stays free */
	if (2 * (l->lives + 1) <= l->live_room)
		return KD_OK;
	if (l->lives >= KD_POOL_LIVE_MAX)
		return KD_E_SPACE;
	more = l->mem.alloc(l->mem.ctx, room * sizeof(*more));
	if (!more)
		return KD_E_NOMEM;
	for (size_t i = 0; i < l->live_room; i++)
		if (l->live[i].address)
			*slot(more, room, l->live[i].address) = l->live[i];
	if (l->live)
		l->mem.release(l->mem.ctx, l->live);
	l->live = more;
	l->live_room = room;
	return KD_OK;
}

struct kd_pool_live *kd_pool_ledger_find(const struct kd_pool_ledger *l,
					 uint64_t block)
{
	struct kd_pool_live *b;

	if (!block || !l->live_room)
		return NULL;
	b = slot(l->live, l->live_room, block);
	return b->address ? b : NULL;
}

/* Take it out, and close the gap that it leaves in a row of probes. */
static void take_out(struct kd_pool_ledger *l, struct kd_pool_live *b)
{
	size_t mask = l->live_room - 1, gap = (size_t)(b - l->live);

	for (size_t i = (gap + 1) & mask; l->live[i].address;
	     i = (i + 1) & mask) {
		size_t home = slot_of(l->live[i].address, l->live_room);

		if (((i - home) & mask) < ((i - gap) & mask))
			continue;
		l->live[gap] = l->live[i];
		gap = i;
	}
	l->live[gap] = (struct kd_pool_live){ 0 };
	l->lives--;
}

/* It is not live any more. */
static void end_block(struct kd_pool_ledger *l, struct kd_pool_live *b,
		      bool seen)
{
	struct kd_pool_stack *owner = &l->stack[b->stack];

	owner->live--;
	owner->live_bytes -= b->bytes;
	if (seen)
		owner->freed++;
	else
		owner->gone++;
	take_out(l, b);
}

enum kd_status kd_pool_ledger_allocated(struct kd_pool_ledger *l,
					uint32_t stack, uint64_t block)
{
	struct kd_pool_live *known = kd_pool_ledger_find(l, block);
	enum kd_status st;

	if (!block) {
		l->stack[stack].failed++;
		return KD_OK;
	}
	if (known)
		end_block(l, known, false);
	st = grow(l);
	if (st != KD_OK) {
		l->is_full = true;
		return st;
	}
	*slot(l->live, l->live_room, block) =
		(struct kd_pool_live){ .address = block, .stack = stack };
	l->lives++;
	l->stack[stack].live++;
	return KD_OK;
}

void kd_pool_ledger_freed(struct kd_pool_ledger *l, uint32_t stack,
			  uint64_t block)
{
	struct kd_pool_live *b = kd_pool_ledger_find(l, block);

	if (b)
		end_block(l, b, true);
	else
		l->stack[stack].earlier++;
}

void kd_pool_ledger_measured(struct kd_pool_ledger *l, struct kd_pool_live *b,
			     uint64_t bytes)
{
	if (b->measured)
		l->stack[b->stack].live_bytes -= b->bytes;
	b->measured = true;
	b->bytes = bytes;
	l->stack[b->stack].live_bytes += bytes;
}

void kd_pool_ledger_sweep(struct kd_pool_ledger *l)
{
	/* where one is taken out, another may come to be */
	for (size_t i = 0; i < l->live_room;)
		if (l->live[i].address && !l->live[i].measured)
			end_block(l, &l->live[i], false);
		else
			i++;
}

/* ---- the order ---- */

static bool comes_before(const struct kd_pool_stack *a,
			 const struct kd_pool_stack *b)
{
	if (a->is_free != b->is_free)
		return b->is_free;
	if (a->live_bytes != b->live_bytes)
		return a->live_bytes > b->live_bytes;
	if (a->live != b->live)
		return a->live > b->live;
	return a->hits > b->hits;
}

void kd_pool_ledger_rank(const struct kd_pool_ledger *l, uint32_t *out)
{
	for (size_t i = 0; i < l->stacks; i++) {
		size_t at = i;

		for (; at && comes_before(&l->stack[i], &l->stack[out[at - 1]]);
		     at--)
			out[at] = out[at - 1];
		out[at] = (uint32_t)i;
	}
}
