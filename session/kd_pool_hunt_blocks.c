/* The blocks of a hunt: allocated ones from their hit to their return. */

#include "kd_pool_hunt_parts.h"
#include "kd_session_parts.h"

enum { BLOCK_HEADER = 2 /* pointers: what pools align blocks to */ };

/* A breakpoint stays at each place until the end: it hits again. */
static enum kd_status wait_at(struct kd_pool_hunt *h, uint64_t address)
{
	const struct kd_breakpoint_spec spec = {
		.kind = KD_BREAKPOINT_SOFTWARE,
		.address = address,
		.has_address = true,
		.processor = KD_PROCESSOR_ANY,
		.internal = true,
	};
	enum kd_status st;

	for (size_t i = 0; i < h->return_count; i++)
		if (h->returns[i].address == address)
			return KD_OK;
	if (h->return_count == KD_POOL_RETURNS)
		return KD_E_SPACE;
	st = kd_session_breakpoint_add(h->config.code.session, &spec,
				       &h->returns[h->return_count].breakpoint);
	if (st == KD_OK)
		h->returns[h->return_count++].address = address;
	return st;
}

/* What waits longest makes room: its thread may be gone. */
static void remember(struct kd_pool_hunt *h, const struct kd_stop *stop,
		     const struct kd_pool_hit *hit, uint32_t stack)
{
	struct kd_pool_pending *p;

	for (size_t i = 0; i < KD_POOL_PENDING; i++) {
		p = &h->pending[h->pending_next++ % KD_POOL_PENDING];
		if (!p->used)
			break;
	}
	*p = (struct kd_pool_pending){ .used = true,
				       .thread = stop->thread,
				       .sp = hit->caller_sp,
				       .stack = stack };
}

static uint64_t freed_block(const struct kd_pool_hunt *h,
			    const struct kd_pool_hit *hit)
{
	unsigned header =
		BLOCK_HEADER *
		kd_arch_pointer_size(kd_session_arch(h->config.code.session));

	for (size_t i = 0; i < hit->candidates; i++)
		if (kd_pool_ledger_find(&h->ledger, hit->candidate[i]))
			return hit->candidate[i];
	/* or where its header is */
	for (size_t i = 0; i < hit->candidates; i++)
		if (kd_pool_ledger_find(&h->ledger, hit->candidate[i] + header))
			return hit->candidate[i] + header;
	return 0;
}

/* What is too much to be kept is only counted. */
static enum kd_status only_count(enum kd_status st)
{
	return st == KD_E_SPACE ? KD_OK : st;
}

enum kd_status kd_pool_hunt_take_hit(struct kd_pool_hunt *h,
				     const struct kd_stop *stop,
				     const struct kd_pool_hit *hit)
{
	uint32_t stack;
	enum kd_status st = kd_pool_ledger_hit(&h->ledger, &hit->stack, &stack);

	if (st != KD_OK)
		return only_count(st);
	if (hit->stack.is_free) {
		kd_pool_ledger_freed(&h->ledger, stack, freed_block(h, hit));
		return KD_OK;
	}
	if (!hit->return_address) {
		h->unclear++;
		return KD_OK;
	}
	st = wait_at(h, hit->return_address);
	if (st == KD_OK)
		remember(h, stop, hit, stack);
	return only_count(st);
}

static const char *result_register(enum kd_arch arch)
{
	switch (arch) {
	case KD_ARCH_X64:
		return "rax";
	case KD_ARCH_X86:
		return "eax";
	case KD_ARCH_ARM64:
	case KD_ARCH_ARM:
	case KD_ARCH_UNKNOWN:
		break;
	}
	return "x0";
}

enum kd_status kd_pool_hunt_take_return(struct kd_pool_hunt *h,
					const struct kd_stop *stop)
{
	struct kd_context c;
	uint64_t block = 0;
	enum kd_status st =
		kd_session_get_context(h->config.code.session, stop->processor,
				       kd_pool_hunt_deadline(h), &c);

	if (st != KD_OK)
		return st;
	const struct kd_register *r =
		kd_register_find(c.arch, result_register(c.arch));

	if (!r || !kd_register_get(&c, r, &block))
		return KD_E_UNSUPPORTED;
	for (size_t i = 0; i < KD_POOL_PENDING; i++) {
		struct kd_pool_pending *p = &h->pending[i];

		if (!p->used || p->thread != stop->thread ||
		    p->sp != kd_context_sp(&c))
			continue;
		p->used = false;
		st = kd_pool_ledger_allocated(&h->ledger, p->stack, block);
		return only_count(st);
	}
	/* another tag's allocation, by the same call */
	return KD_OK;
}

bool kd_pool_hunt_is_return(const struct kd_pool_hunt *h,
			    const struct kd_stop *stop)
{
	for (unsigned b = 0; b < stop->breakpoint_count; b++)
		for (size_t i = 0; i < h->return_count; i++)
			if (stop->breakpoint[b] == h->returns[i].breakpoint)
				return true;
	return false;
}
