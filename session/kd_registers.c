#include "kd_session_parts.h"

#include <string.h>

/*
 * GetContext carries all in one packet. Where a target does not know it, the
 * Ex forms move the same bytes in pieces (KD-WIRE 4.4).
 */

static void ask(struct kd_session *s, enum kd_api api)
{
	struct kd_registers *g = &s->registers;
	struct kd_request *r = kd_requests_new(s, KD_FOR_REGISTERS);
	size_t size = kd_context_size(g->context.arch);
	size_t piece = size - g->moved;

	r->m.api = api;
	r->m.processor = (uint16_t)g->processor;
	if (api == KD_API_GET_CONTEXT_EX || api == KD_API_SET_CONTEXT_EX) {
		if (piece > kd_reads_packet(s))
			piece = kd_reads_packet(s);
		r->m.u.context_ex.offset = (uint32_t)g->moved;
		r->m.u.context_ex.count = (uint32_t)piece;
		/* the total, in both directions */
		r->m.u.context_ex.copied = (uint32_t)size;
	}
	if (api == KD_API_SET_CONTEXT || api == KD_API_SET_CONTEXT_EX) {
		memcpy(r->data, g->context.bytes + g->moved, piece);
		r->m.data_len = piece;
	}
}

void kd_registers_fetch(struct kd_session *s, unsigned processor)
{
	enum kd_arch arch = kd_session_arch(s);

	s->registers = (struct kd_registers){ .processor = processor,
					      .context.arch = arch };
	if (!kd_context_size(arch)) {
		s->registers.status = KD_E_UNSUPPORTED;
		return;
	}
	s->registers.busy = true;
	ask(s, KD_API_GET_CONTEXT);
}

void kd_registers_store(struct kd_session *s)
{
	s->registers.busy = true;
	s->registers.moved = 0;
	ask(s, s->registers.by_ex ? KD_API_SET_CONTEXT_EX : KD_API_SET_CONTEXT);
}

void kd_registers_forget(struct kd_session *s)
{
	s->registers = (struct kd_registers){ 0 };
}

static void end(struct kd_session *s, enum kd_status status, uint32_t nt_status)
{
	s->registers.busy = false;
	s->registers.status = status;
	s->registers.nt_status = nt_status;
	if (status != KD_OK)
		s->registers.context.len = 0;
}

/* A piece came, or all of it; ask for the rest. */
static void got(struct kd_session *s, const struct kd_done *done, size_t len)
{
	struct kd_registers *g = &s->registers;
	size_t size = kd_context_size(g->context.arch);

	if (len > size - g->moved)
		len = size - g->moved;
	if (!len || len > done->len) {
		end(s, KD_E_PROTOCOL, 0);
		return;
	}
	memcpy(g->context.bytes + g->moved, done->data, len);
	g->moved += len;
	if (g->moved < size) {
		ask(s, KD_API_GET_CONTEXT_EX);
		return;
	}
	g->context.len = (uint16_t)size;
	end(s, KD_OK, 0);
}

static void put(struct kd_session *s, const struct kd_request *r)
{
	struct kd_registers *g = &s->registers;

	g->moved += r->m.data_len;
	if (g->moved < g->context.len)
		ask(s, KD_API_SET_CONTEXT_EX);
	else
		end(s, KD_OK, 0);
}

void kd_registers_ended(struct kd_session *s, const struct kd_request *r)
{
	struct kd_registers *g = &s->registers;
	const struct kd_done *done = &r->done;

	if (done->status != KD_OK) {
		if (done->status == KD_E_TARGET &&
		    r->m.api == KD_API_GET_CONTEXT) {
			g->by_ex = true;
			ask(s, KD_API_GET_CONTEXT_EX);
			return;
		}
		end(s, done->status, done->nt_status);
		return;
	}
	switch (r->m.api) {
	case KD_API_GET_CONTEXT:
		got(s, done, kd_context_size(g->context.arch));
		break;
	case KD_API_GET_CONTEXT_EX:
		got(s, done, done->answer.u.context_ex.copied);
		break;
	case KD_API_SET_CONTEXT:
	case KD_API_SET_CONTEXT_EX:
		put(s, r);
		break;
	default:
		break;
	}
}
