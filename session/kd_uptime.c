#include "kd_session_parts.h"

/*
 * On a stream nothing but what stands in memory tells one boot from the next,
 * where the kernel's addresses are not chosen anew: there is no key. Within
 * one boot the time since it began never goes back.
 */

/*
 * KUSER_SHARED_DATA.InterruptTime, where the kernel sees it: the same in every
 * Windows (Microsoft's wdm.h documents the structure).
 */
#define UPTIME_64 UINT64_C(0xfffff78000000008)
#define UPTIME_32 UINT64_C(0xffffffffffdf0008)

bool kd_uptime_ask(struct kd_session *s)
{
	struct kd_uptime *u = &s->uptime;
	unsigned size = kd_arch_pointer_size(kd_session_arch(s));

	if (s->kind != KD_LINK_STREAM || !s->has_version || !size || u->asked ||
	    u->refused)
		return false;
	struct kd_request *r = kd_requests_new(s, KD_FOR_UPTIME);

	u->asked = true;
	r->reads = true;
	r->address = size == 8 ? UPTIME_64 : UPTIME_32;
	r->buf = u->bytes;
	r->len = sizeof(u->bytes);
	r->flags = KD_ACCESS_UNCACHED;
	return true;
}

bool kd_uptime_went_back(struct kd_session *s, const struct kd_request *r)
{
	struct kd_uptime *u = &s->uptime;
	struct kd_reader in = kd_reader_over(u->bytes, sizeof(u->bytes));
	uint64_t before = u->value;

	u->refused = r->done.status == KD_E_TARGET;
	if (r->done.status != KD_OK || r->done.len < r->len)
		return false;
	u->value = kd_read_le64(&in);
	return u->value < before;
}
