#include "kd_session_parts.h"

#include <string.h>

static enum kd_status may_submit(const struct kd_session *s)
{
	return s->run == KD_RUN_HALTED ? KD_OK : KD_E_STATE;
}

enum kd_status kd_requests_read(struct kd_session *s, uint64_t now_us,
				enum kd_purpose purpose, uint64_t address,
				void *buf, size_t len, unsigned flags,
				uint32_t *ret)
{
	if (!len || len - 1 > UINT64_MAX - address ||
	    (flags & ~(unsigned)KD_ACCESS_ALL))
		return KD_E_ARG;
	if (may_submit(s) != KD_OK)
		return KD_E_STATE;
	struct kd_request *r = kd_requests_new(s, purpose);

	if (!r)
		return KD_E_SPACE;
	r->reads = true;
	r->address = address;
	r->buf = buf;
	r->len = len;
	r->flags = flags;
	*ret = r->id;
	kd_requests_start(s, now_us);
	return KD_OK;
}

enum kd_status kd_requests_write(struct kd_session *s, uint64_t now_us,
				 enum kd_purpose purpose, uint64_t address,
				 const void *bytes, size_t len, unsigned flags,
				 uint32_t *ret)
{
	const unsigned all = KD_WRITE_ALL & ~(unsigned)KD_WRITE_JOURNALED;

	if (!len || len - 1 > UINT64_MAX - address || (flags & ~all))
		return KD_E_ARG;
	if (may_submit(s) != KD_OK)
		return KD_E_STATE;
	struct kd_request *r = kd_requests_new(s, purpose);

	if (!r)
		return KD_E_SPACE;
	r->writes = true;
	r->changes = true;
	r->address = address;
	r->from = bytes;
	r->len = len;
	r->flags = flags;
	*ret = r->id;
	kd_requests_start(s, now_us);
	return KD_OK;
}

enum kd_status kd_session_submit_write(struct kd_session *s, uint64_t now_us,
				       uint64_t address, const void *bytes,
				       size_t len, unsigned flags,
				       uint32_t *ret_request)
{
	return kd_requests_write(s, now_us, KD_FOR_CALLER, address, bytes, len,
				 flags, ret_request);
}

enum kd_status kd_session_submit_read(struct kd_session *s, uint64_t now_us,
				      uint64_t address, void *buf, size_t len,
				      unsigned flags, uint32_t *ret_request)
{
	return kd_requests_read(s, now_us, KD_FOR_CALLER, address, buf, len,
				flags, ret_request);
}

static bool changes_memory(uint32_t api)
{
	switch (api) {
	case KD_API_READ_VIRTUAL:
	case KD_API_READ_PHYSICAL:
	case KD_API_READ_CONTROL:
	case KD_API_GET_CONTEXT:
	case KD_API_GET_CONTEXT_EX:
	case KD_API_GET_VERSION:
	case KD_API_READ_MSR:
	case KD_API_SEARCH:
	case KD_API_QUERY:
		return false;
	default: /* also what reading a device's register may do */
		return true;
	}
}

static bool fits(const struct kd_session *s, const struct kd_manipulate *m)
{
	size_t most = kd_reads_packet(s);

	/* contexts travel whole, also over KDNET (KD-WIRE 2.9) */
	if (m->api == KD_API_SET_CONTEXT)
		most = KD_CONTEXT_MAX;
	return m->data_len <= most;
}

enum kd_status kd_requests_ask(struct kd_session *s, uint64_t now_us,
			       enum kd_purpose purpose,
			       const struct kd_manipulate *m, void *buf,
			       size_t cap, uint32_t *ret)
{
	if (!kd_api_has_answer(m->api) || !fits(s, m))
		return KD_E_ARG;
	if (may_submit(s) != KD_OK)
		return KD_E_STATE;
	struct kd_request *r = kd_requests_new(s, purpose);

	if (!r)
		return KD_E_SPACE;
	r->buf = buf;
	r->len = cap;
	r->m = *m;
	if (m->data_len)
		memcpy(r->data, m->data, m->data_len);
	r->changes = changes_memory(m->api);
	if (m->api == KD_API_SET_CONTEXT || m->api == KD_API_SET_CONTEXT_EX)
		kd_registers_forget(s);
	*ret = r->id;
	kd_requests_start(s, now_us);
	return KD_OK;
}

enum kd_status kd_session_submit(struct kd_session *s, uint64_t now_us,
				 const struct kd_manipulate *m,
				 uint32_t *ret_request)
{
	return kd_requests_ask(s, now_us, KD_FOR_CALLER, m, NULL, 0,
			       ret_request);
}
