#include "kd_session_parts.h"
#include "kd_utf16.h"

#include <string.h>

static struct kd_request *find(struct kd_session *s, uint32_t id)
{
	for (size_t i = 0; i < KD_REQUESTS_MAX; i++)
		if (s->request[i].id == id)
			return &s->request[i];
	return NULL;
}

static bool has_ended(const struct kd_session *s, const void *what)
{
	(void)s;
	return ((const struct kd_request *)what)->ended;
}

enum kd_status kd_ops_finish(struct kd_session *s, uint32_t id,
			     uint64_t deadline_us, struct kd_done *ret)
{
	struct kd_request *r = find(s, id);
	enum kd_status status = kd_pump_until(s, deadline_us, has_ended, r);

	if (status != KD_OK) {
		*ret = (struct kd_done){ .status = status, .len = r->got };
		kd_session_cancel(s, id);
		return status;
	}
	*ret = r->done;
	r->id = 0;
	if (ret->status == KD_E_TARGET)
		kd_detail_set(&s->detail, "the target answered 0x%08x",
			      (unsigned)ret->nt_status);
	s->detail.nt_status = ret->nt_status;
	return ret->status;
}

uint64_t kd_ops_now(const struct kd_session *s)
{
	return s->link->ops->now(s->link);
}

enum kd_status kd_session_read(struct kd_session *s, uint64_t address,
			       void *buf, size_t len, unsigned flags,
			       uint64_t deadline_us, size_t *ret_len)
{
	struct kd_done done;
	uint32_t id;

	if (!s->link)
		return KD_E_ARG;
	enum kd_status status = KD_OK;

	if (len && kd_address_space_has(s, address, flags)) {
		status = kd_address_space_find(s, address, deadline_us,
					       &address, &len);
		flags |= KD_ACCESS_PHYSICAL;
	}
	if (status == KD_OK)
		status = kd_requests_read(s, kd_ops_now(s), KD_FOR_OPS, address,
					  buf, len, flags, &id);
	if (status == KD_OK)
		status = kd_ops_finish(s, id, deadline_us, &done);
	if (status == KD_OK)
		*ret_len = done.len;
	return status;
}

/* All of it, or the status of the first byte that could not be read. */
static enum kd_status read_whole(struct kd_session *s, uint64_t address,
				 uint8_t *buf, size_t len, uint64_t deadline_us)
{
	while (len) {
		size_t n;
		enum kd_status status = kd_session_read(s, address, buf, len, 0,
							deadline_us, &n);

		if (status != KD_OK)
			return status;
		address += n;
		buf += n;
		len -= n;
	}
	return KD_OK;
}

enum kd_status kd_session_read_pointer(struct kd_session *s, uint64_t address,
				       uint64_t deadline_us, uint64_t *ret)
{
	unsigned size = kd_arch_pointer_size(kd_session_arch(s));
	uint8_t bytes[8];
	enum kd_status status =
		read_whole(s, address, bytes, size, deadline_us);

	if (status != KD_OK)
		return status;
	struct kd_reader in = kd_reader_over(bytes, size);

	/* 32-bit targets give pointers sign-extended everywhere else */
	*ret = size == 8 ? kd_read_le64(&in)
			 : (uint64_t)(int64_t)(int32_t)kd_read_le32(&in);
	return KD_OK;
}

enum kd_status kd_session_request(struct kd_session *s,
				  const struct kd_manipulate *m,
				  uint64_t deadline_us,
				  struct kd_manipulate *ret, void *data,
				  size_t cap, size_t *ret_len)
{
	struct kd_done done;
	uint32_t id;

	if (!s->link)
		return KD_E_ARG;
	enum kd_status status = kd_requests_ask(s, kd_ops_now(s), KD_FOR_OPS, m,
						data, cap, &id);

	if (status == KD_OK)
		status = kd_ops_finish(s, id, deadline_us, &done);
	if (status != KD_OK)
		return status;
	*ret = done.answer;
	*ret_len = done.len < cap ? done.len : cap;
	return KD_OK;
}

enum kd_status kd_session_get_version(struct kd_session *s,
				      uint64_t deadline_us,
				      struct kd_version *ret)
{
	struct kd_manipulate m = { .api = KD_API_GET_VERSION,
				   .processor = s->stop.processor };
	size_t len;

	if (!s->has_version) {
		enum kd_status status = kd_session_request(s, &m, deadline_us,
							   &m, NULL, 0, &len);

		if (status != KD_OK)
			return status;
		s->version = m.u.version;
		s->has_version = true;
		s->had_version = true;
	}
	*ret = s->version;
	return KD_OK;
}

enum kd_status kd_session_switch_processor(struct kd_session *s,
					   unsigned processor,
					   uint64_t deadline_us)
{
	struct kd_done done;
	uint32_t id;

	if (!s->link)
		return KD_E_ARG;
	enum kd_status status =
		kd_switch_submit(s, kd_ops_now(s), KD_FOR_OPS, processor, &id);

	return status == KD_OK ? kd_ops_finish(s, id, deadline_us, &done)
			       : status;
}

/* ---- strings ---- */

enum { STRING_MAX = 1024 }; /* bytes that are looked at */

enum kd_status kd_session_read_unicode_string(struct kd_session *s,
					      uint64_t address,
					      uint64_t deadline_us, char *out,
					      size_t cap)
{
	unsigned size = kd_arch_pointer_size(kd_session_arch(s));
	uint8_t bytes[STRING_MAX];
	uint64_t text;

	if (!cap)
		return KD_E_ARG;
	/* Length, MaximumLength, and Buffer at a pointer's alignment */
	enum kd_status status = read_whole(s, address, bytes, 2, deadline_us);

	if (status == KD_OK)
		status = kd_session_read_pointer(s, address + size, deadline_us,
						 &text);
	if (status != KD_OK)
		return status;
	struct kd_reader in = kd_reader_over(bytes, 2);
	size_t len = kd_read_le16(&in) & ~1u;

	/* a unit of UTF-16 is at least one byte of UTF-8 */
	if (len / 2 > cap)
		len = cap * 2;
	if (len > sizeof(bytes))
		len = sizeof(bytes);
	status = len ? read_whole(s, text, bytes, len, deadline_us) : KD_OK;
	if (status != KD_OK)
		return status;
	kd_utf16_to_utf8(bytes, len, out, cap);
	return KD_OK;
}

/* ---- registers ---- */

/* Where the special registers are in control space (KD-WIRE 4.5). */
enum { SPECIAL_X64 = 2, SPECIAL_X86 = KD_CONTEXT_X86_SIZE };

uint64_t kd_registers_special(enum kd_arch arch)
{
	return arch == KD_ARCH_X86 ? SPECIAL_X86 : SPECIAL_X64;
}

static bool registers_ended(const struct kd_session *s, const void *what)
{
	(void)what;
	return !s->registers.busy;
}

static void read_special(struct kd_session *s, uint64_t deadline_us)
{
	struct kd_registers *g = &s->registers;
	struct kd_context *c = &g->context;
	size_t size = kd_context_special_size(c->arch);
	struct kd_manipulate m = {
		.api = KD_API_READ_CONTROL,
		.processor = (uint16_t)g->processor,
		.u.memory = { .address = kd_registers_special(c->arch),
			      .count = (uint32_t)size },
	};
	size_t len;

	if (!size || kd_session_request(s, &m, deadline_us, &m, c->special,
					size, &len) != KD_OK)
		return;
	/* what was returned counts, not what else is in the packet */
	if (len > m.u.memory.actual)
		len = m.u.memory.actual;
	c->special_len = (uint16_t)len;
}

enum kd_status kd_session_get_context(struct kd_session *s, unsigned processor,
				      uint64_t deadline_us,
				      struct kd_context *ret)
{
	struct kd_registers *g = &s->registers;

	if (!s->link || processor > UINT16_MAX)
		return KD_E_ARG;
	if (s->run != KD_RUN_HALTED)
		return KD_E_STATE;
	if (!g->context.len || g->processor != processor) {
		kd_registers_fetch(s, processor);
		kd_requests_start(s, kd_ops_now(s));
		enum kd_status status =
			kd_pump_until(s, deadline_us, registers_ended, NULL);

		if (status != KD_OK)
			return status;
		if (g->status == KD_OK && g->context.len)
			read_special(s, deadline_us);
	}
	if (!g->context.len) {
		s->detail.nt_status = g->nt_status;
		return g->status == KD_OK ? KD_E_LOST : g->status;
	}
	*ret = g->context;
	return KD_OK;
}

enum kd_status kd_session_set_context(struct kd_session *s, unsigned processor,
				      const struct kd_context *c,
				      uint64_t deadline_us)
{
	struct kd_registers *g = &s->registers;
	struct kd_context old;
	/* the target takes one only after it has given one (KD-WIRE 4.4) */
	enum kd_status status =
		kd_session_get_context(s, processor, deadline_us, &old);

	if (status != KD_OK)
		return status;
	if (c->arch != old.arch || c->len != old.len)
		return KD_E_ARG;
	memcpy(g->context.bytes, c->bytes, c->len);
	kd_registers_store(s);
	kd_requests_start(s, kd_ops_now(s));
	status = kd_pump_until(s, deadline_us, registers_ended, NULL);
	if (status == KD_OK)
		status = g->status;
	return status == KD_OK && !g->context.len ? KD_E_LOST : status;
}
