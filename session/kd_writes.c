#include "kd_session_parts.h"

#include <string.h>

enum { PAGE = 4096 };

void kd_writes_next(struct kd_session *s, struct kd_request *r)
{
	bool physical = r->flags & KD_WRITE_PHYSICAL;
	uint64_t address = r->address + r->got;
	size_t to_page = PAGE - (size_t)(address % PAGE);
	size_t len = r->len - r->got;

	if (len > kd_reads_packet(s))
		len = kd_reads_packet(s);
	if (r->to_page && len > to_page)
		len = to_page;
	memcpy(r->data, r->from + r->got, len);
	r->m = (struct kd_manipulate){
		.api = physical ? KD_API_WRITE_PHYSICAL : KD_API_WRITE_VIRTUAL,
		.processor = s->stop.processor,
		.u.memory = { .address = address,
			      .count = (uint32_t)len,
			      .actual = physical ? kd_reads_mapping(r->flags)
						 : 0 },
		.data_len = len,
	};
}

static bool crosses_page(const struct kd_request *r)
{
	return r->m.u.memory.address % PAGE + r->m.u.memory.count > PAGE;
}

bool kd_writes_answer(struct kd_session *s, struct kd_request *r,
		      const struct kd_manipulate *m)
{
	size_t wrote = m->u.memory.actual;
	bool no = m->status >> 31;

	(void)s;
	if (wrote > r->m.u.memory.count)
		wrote = r->m.u.memory.count;
	r->got += wrote;
	r->done = (struct kd_done){ .nt_status = m->status, .len = r->got };
	if (r->got == r->len)
		return true;
	if (wrote)
		return false;
	/* it may have refused all for the sake of the second page */
	if (no && !r->to_page && crosses_page(r)) {
		r->to_page = true;
		return false;
	}
	r->done.status = no ? KD_E_TARGET : KD_E_PROTOCOL;
	return true;
}
