#include "kd_session_parts.h"

#include <string.h>

enum { PAGE = 4096 };

size_t kd_reads_packet(const struct kd_session *s)
{
	return s->kind == KD_LINK_STREAM ? KD_READ_MAX_STREAM : KD_READ_MAX_NET;
}

uint32_t kd_reads_mapping(unsigned flags)
{
	enum { BY_ITSELF, CACHED, UNCACHED, COMBINED }; /* KD-WIRE 4.2 */

	if (flags & KD_ACCESS_MAP_CACHED)
		return CACHED;
	if (flags & KD_ACCESS_MAP_UNCACHED)
		return UNCACHED;
	return flags & KD_ACCESS_MAP_COMBINED ? COMBINED : BY_ITSELF;
}

static bool is_physical(const struct kd_request *r)
{
	return r->flags & KD_ACCESS_PHYSICAL;
}

static bool is_cached(const struct kd_request *r)
{
	return !(r->flags & KD_ACCESS_UNCACHED);
}

/* A long read leaves what is known to be of use in the cache. */
static bool fills(const struct kd_session *s, const struct kd_request *r)
{
	return is_cached(r) && r->len <= s->cache.slots * s->cache.packet / 4;
}

/* Bytes still needed, as far as one packet and its page limit carry. */
static size_t needed(const struct kd_session *s, const struct kd_request *r)
{
	size_t need = r->len - r->got;
	size_t to_page = PAGE - (size_t)((r->address + r->got) % PAGE);

	if (need > kd_reads_packet(s))
		need = kd_reads_packet(s);
	return r->to_page && need > to_page ? to_page : need;
}

static void finish(struct kd_request *r, enum kd_status status,
		   uint32_t nt_status)
{
	r->done = (struct kd_done){ .status = r->got ? KD_OK : status,
				    .nt_status = nt_status,
				    .len = r->got };
}

bool kd_reads_next(struct kd_session *s, struct kd_request *r)
{
	bool physical = is_physical(r);

	while (is_cached(r) && r->got < r->len) {
		size_t n = kd_memory_cache_copy(
			&s->cache, physical, r->address + r->got,
			r->buf + r->got, r->len - r->got);

		if (!n)
			break;
		s->counters.cache_hits++;
		r->got += n;
	}
	if (r->got == r->len) {
		finish(r, KD_OK, 0);
		return false;
	}
	uint64_t address = r->address + r->got;
	size_t ask = needed(s, r);

	/* physical memory may be a device's: not a byte more than wanted */
	if (fills(s, r) && !physical && !r->exact)
		ask = kd_memory_cache_ahead(&s->cache, address, ask);
	if (is_cached(r))
		s->counters.cache_misses++;
	r->m = (struct kd_manipulate){
		.api = physical ? KD_API_READ_PHYSICAL : KD_API_READ_VIRTUAL,
		.processor = s->stop.processor,
		.u.memory = { .address = address,
			      .count = (uint32_t)ask,
			      .actual = physical ? kd_reads_mapping(r->flags)
						 : 0 },
	};
	return true;
}

/* It cannot be read like that: ask for less, if there is less to ask for. */
static bool narrower(const struct kd_session *s, struct kd_request *r)
{
	size_t need = needed(s, r);

	if (r->m.u.memory.count > need) {
		r->exact = true;
		return true;
	}
	if (!r->to_page) {
		r->to_page = true;
		return needed(s, r) < need;
	}
	return false;
}

bool kd_reads_answer(struct kd_session *s, struct kd_request *r,
		     const struct kd_manipulate *m)
{
	size_t got = m->u.memory.actual;
	bool no = m->status >> 31;

	/* a failure may carry the part that could be read (KD-WIRE 4.3) */
	if (got > m->data_len)
		got = m->data_len;
	if (got > r->m.u.memory.count)
		got = r->m.u.memory.count;
	if (!got) {
		if (narrower(s, r))
			return false;
		finish(r, no ? KD_E_TARGET : KD_E_PROTOCOL, m->status);
		return true;
	}
	if (fills(s, r))
		kd_memory_cache_fill(&s->cache, is_physical(r),
				     r->address + r->got, m->data, got);
	size_t use = r->len - r->got < got ? r->len - r->got : got;

	memcpy(r->buf + r->got, m->data, use);
	r->got += use;
	if (r->got == r->len) {
		finish(r, KD_OK, 0);
		return true;
	}
	return false;
}
