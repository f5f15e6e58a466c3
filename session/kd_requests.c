#include "kd_session_parts.h"

#include <string.h>

enum {
	/* How long a target may take to answer what it has acknowledged. */
	ANSWER_US = 5000000,
	/* The probe is short: a target that stands still knows its version. */
	VERSION_US = 1000000,
	/* RESET is tried so often before the target counts as lost. */
	TRIES = 3,
	BITS_PER_BYTE = 10,
	FILL_PHYSICAL = 2, /* FillMemory's Flags (KD-WIRE 4.2) */
};

/* ---- places ---- */

struct kd_request *kd_requests_new(struct kd_session *s,
				   enum kd_purpose purpose)
{
	struct kd_request *r = NULL;

	if (purpose != KD_FOR_CALLER && purpose != KD_FOR_OPS)
		r = &s->request[KD_OWN_REQUEST];
	for (size_t i = 0; !r && i < KD_REQUESTS_MAX; i++)
		if (!s->request[i].id)
			r = &s->request[i];
	if (!r)
		return NULL;
	memset(r, 0, sizeof(*r));
	if (!++s->last_id)
		s->last_id++;
	r->id = s->last_id;
	r->purpose = purpose;
	return r;
}

static void tell_caller(struct kd_session *s, uint64_t now_us,
			const struct kd_request *r)
{
	struct kd_event e = { .kind = KD_EV_DONE,
			      .time_us = now_us,
			      .done = r->done };

	e.done.request = r->id;
	kd_event_queue_push(&s->events, &e, r->done.data,
			    r->reads || !r->done.data ? 0 : r->done.len);
}

static void keep_for_ops(struct kd_request *r)
{
	r->ended = true;
	r->done.request = r->id;
	if (r->reads || r->writes)
		return;
	r->got = r->done.len < r->len ? r->done.len : r->len;
	if (r->got)
		memcpy(r->buf, r->done.data, r->got);
	/* the bytes that came are in the session's packet buffer, which the
	 * next packet overwrites */
	r->done.data = NULL;
	r->done.answer.data = NULL;
	r->done.answer.data_len = 0;
}

/* r->done is filled: whoever asked is told. */
static void end(struct kd_session *s, uint64_t now_us, struct kd_request *r)
{
	uint32_t id = r->id;

	if (s->active.request == r)
		s->active = (struct kd_active){ .answer_by_us = KD_NEVER };
	if (r->done.status == KD_E_TARGET)
		s->detail.nt_status = r->done.nt_status;
	if (r->canceled) {
		r->id = 0;
		return;
	}
	switch (r->purpose) {
	case KD_FOR_OPS:
		keep_for_ops(r);
		return;
	case KD_FOR_CALLER:
		tell_caller(s, now_us, r);
		break;
	case KD_FOR_VERSION:
	case KD_FOR_UPTIME:
	case KD_FOR_BREAKPOINT:
	case KD_FOR_BREAK_ADDRESS:
	case KD_FOR_INSERTION:
	case KD_FOR_DEBUG_REGISTERS:
	case KD_FOR_PASS:
	case KD_FOR_REGISTERS:
	case KD_FOR_SWITCH: {
		/* what is told may need the place for the next question */
		struct kd_request ended = *r;

		r->id = 0;
		if (ended.purpose == KD_FOR_SWITCH)
			return;
		if (ended.purpose == KD_FOR_PASS) {
			kd_pass_ended(s, &ended);
			return;
		}
		if (ended.purpose == KD_FOR_INSERTION ||
		    ended.purpose == KD_FOR_DEBUG_REGISTERS) {
			kd_breakpoints_ended(s, now_us, &ended);
			return;
		}
		if (ended.purpose == KD_FOR_REGISTERS)
			kd_registers_ended(s, &ended);
		if (ended.purpose != KD_FOR_REGISTERS ||
		    (s->run == KD_RUN_SETTLING && !s->registers.busy))
			kd_stops_settle(s, now_us, &ended);
		return;
	}
	}
	if (r->id == id)
		r->id = 0;
}

static void end_with(struct kd_session *s, uint64_t now_us,
		     struct kd_request *r, enum kd_status status)
{
	r->done = (struct kd_done){ .status = status, .len = r->got };
	end(s, now_us, r);
}

void kd_requests_end_all(struct kd_session *s, uint64_t now_us,
			 enum kd_status status, bool but_active)
{
	for (size_t i = 0; i <= KD_REQUESTS_MAX; i++) {
		struct kd_request *r = &s->request[i];

		if (!r->id || r->ended ||
		    (but_active && s->active.request == r))
			continue;
		if (i != KD_OWN_REQUEST) {
			end_with(s, now_us, r, status);
			continue;
		}
		/* our own: nobody is to act on its end any more */
		s->registers.busy = false;
		r->canceled = true;
		end_with(s, now_us, r, status);
	}
}

void kd_session_cancel(struct kd_session *s, uint32_t request)
{
	for (size_t i = 0; i < KD_REQUESTS_MAX; i++) {
		struct kd_request *r = &s->request[i];

		if (!request || r->id != request)
			continue;
		r->canceled = true;
		r->buf = NULL;
		if (s->active.request != r)
			r->id = 0;
	}
}

/* ---- sending ---- */

static struct kd_request *next(struct kd_session *s)
{
	struct kd_request *own = &s->request[KD_OWN_REQUEST];
	struct kd_request *first = NULL;

	if (s->run != KD_RUN_HALTED && s->run != KD_RUN_SETTLING &&
	    s->run != KD_RUN_RESUMING)
		return NULL;
	if (own->id)
		return own;
	if (s->run != KD_RUN_HALTED)
		return NULL;
	for (size_t i = 0; i < KD_REQUESTS_MAX; i++) {
		struct kd_request *r = &s->request[i];

		/* ids wrap, so their distance decides */
		if (r->id && !r->ended &&
		    (!first || (int32_t)(r->id - first->id) < 0))
			first = r;
	}
	return first;
}

/* KD_E_STATE: there is no room just now. */
static enum kd_status send(struct kd_session *s, uint64_t now_us,
			   struct kd_request *r)
{
	struct kd_writer out = kd_writer_over(s->outgoing, sizeof(s->outgoing));
	enum kd_status status;

	r->m.status = KD_NT_PENDING;
	r->m.data = r->m.data_len ? r->data : NULL;
	kd_manipulate_encode(kd_session_arch(s), &r->m, &out);
	if (r->m.api == KD_API_WRITE_VIRTUAL &&
	    r->purpose != KD_FOR_INSERTION && !out.bad)
		kd_places_keep(s, r->m.u.memory.address,
			       s->outgoing + KD_MANIPULATE_SIZE, r->m.data_len);
	status =
		out.bad ? KD_E_SPACE
			: kd_wire_send(s->wire, now_us, KD_PKT_STATE_MANIPULATE,
				       out.base, out.pos, 0);
	if (status != KD_OK)
		return status;
	/* all that was asked for before has been answered by now */
	if (r->changes)
		kd_memory_cache_flush(&s->cache);
	s->counters.requests++;
	s->active.request = r;
	s->active.lost = false;
	/* the wire sees to its delivery; only then may an answer be due */
	s->active.answer_by_us = KD_NEVER;
	return KD_OK;
}

void kd_requests_start(struct kd_session *s, uint64_t now_us)
{
	while (!s->active.request) {
		bool own = s->request[KD_OWN_REQUEST].id;

		if (s->run == KD_RUN_RESUMING && !own && !s->registers.busy) {
			kd_resume_go(s, now_us);
			if (!s->request[KD_OWN_REQUEST].id)
				return;
		}
		struct kd_request *r = next(s);

		if (!r)
			return;
		if (r->reads && !kd_reads_next(s, r)) {
			end(s, now_us, r);
			continue;
		}
		if (r->writes)
			kd_writes_next(s, r);
		enum kd_status status = send(s, now_us, r);

		if (status == KD_E_STATE)
			return;
		if (status != KD_OK)
			end_with(s, now_us, r, status);
	}
}

/*
 * Does it do no harm if it is done a second time? What is not named here may:
 * a device sees each access, and a breakpoint is set only once.
 */
static bool may_repeat(const struct kd_manipulate *m)
{
	switch (m->api) {
	case KD_API_READ_VIRTUAL:
	case KD_API_WRITE_VIRTUAL:
	case KD_API_READ_PHYSICAL:
	case KD_API_GET_CONTEXT:
	case KD_API_SET_CONTEXT:
	case KD_API_GET_CONTEXT_EX:
	case KD_API_SET_CONTEXT_EX:
	case KD_API_READ_CONTROL:
	case KD_API_WRITE_CONTROL:
	case KD_API_GET_VERSION:
	case KD_API_SEARCH:
	case KD_API_QUERY:
	case KD_API_SWITCH_PROCESSOR:
		return true;
	case KD_API_FILL:
		return !(m->u.fill.flags & FILL_PHYSICAL);
	default:
		return false;
	}
}

static void end_in_doubt(struct kd_session *s, uint64_t now_us,
			 struct kd_request *r)
{
	kd_detail_set(&s->detail,
		      "the target started anew while it had %s, and may or "
		      "may not have done it",
		      kd_api_name(r->m.api));
	end_with(s, now_us, r, KD_E_LOST);
}

void kd_requests_again(struct kd_session *s, uint64_t now_us)
{
	struct kd_active a = s->active;

	if (!a.request)
		return;
	/* what our breakpoints find undone already is done */
	if (!may_repeat(&a.request->m) &&
	    (a.request->purpose != KD_FOR_INSERTION ||
	     a.request->m.api != KD_API_RESTORE_BREAKPOINT)) {
		end_in_doubt(s, now_us, a.request);
		return;
	}
	s->active.request = NULL;
	if (send(s, now_us, a.request) == KD_OK) {
		s->active.tries = a.tries;
		s->active.odd = a.odd;
		return;
	}
	/* the wire still has it */
	s->active = a;
	s->active.lost = false;
}

/* ---- answers ---- */

static uint64_t answer_time(const struct kd_session *s)
{
	const struct kd_request *r = s->active.request;
	/* with no request it is a RESET that is to be answered */
	uint64_t us =
		!r || r->purpose == KD_FOR_VERSION ? VERSION_US : ANSWER_US;

	if (s->baud)
		us += (uint64_t)KD_PAYLOAD_MAX * BITS_PER_BYTE * 1000000 /
		      s->baud;
	return us;
}

void kd_requests_delivered(struct kd_session *s, uint64_t now_us)
{
	if (s->active.request)
		s->active.answer_by_us = kd_clock_after(now_us, answer_time(s));
}

void kd_requests_restarted(struct kd_session *s, uint64_t now_us)
{
	s->active.lost = s->active.request;
	if (s->active.request || s->run == KD_RUN_RESUMING)
		s->active.answer_by_us = kd_clock_after(now_us, answer_time(s));
}

static bool failed(uint32_t nt_status)
{
	return nt_status >> 31;
}

/* Is it the answer to what we asked last? Targets may execute twice what
 * the wire had to repeat, so an answer to an older question can come. */
static bool matches(const struct kd_request *r, const struct kd_manipulate *m)
{
	if (m->api != r->m.api)
		return false;
	return (!r->reads && !r->writes) || failed(m->status) ||
	       m->u.memory.address == r->m.u.memory.address;
}

/* Nobody is to see our breakpoints, nor to overwrite them. */
static void see_beneath(struct kd_session *s, const struct kd_request *r,
			const struct kd_manipulate *m)
{
	uint64_t address = r->m.u.memory.address;
	size_t written = m->u.memory.actual;

	if (m->api == KD_API_READ_VIRTUAL && m->data_len)
		kd_places_hide(s, address, s->payload + KD_MANIPULATE_SIZE,
			       m->data_len);
	if (m->api != KD_API_WRITE_VIRTUAL || r->purpose == KD_FOR_INSERTION)
		return;
	if (written > r->m.data_len)
		written = r->m.data_len;
	kd_places_written(s, address, r->data, written);
}

void kd_requests_answer(struct kd_session *s, uint64_t now_us,
			const struct kd_manipulate *m)
{
	struct kd_request *r = s->active.request;

	if (!r || !matches(r, m)) {
		kd_warn(&s->log, "an answer (%s) that nobody waits for",
			kd_api_name(m->api));
		s->counters.odd++;
		s->active.odd += r != NULL;
		return;
	}
	see_beneath(s, r, m);
	if ((r->reads || r->writes) && !r->canceled) {
		bool own = r == &s->request[KD_OWN_REQUEST];
		bool ended = r->reads ? kd_reads_answer(s, r, m)
				      : kd_writes_answer(s, r, m);

		if (!ended) {
			/* there is more of it: the same place goes on */
			s->active =
				(struct kd_active){ .answer_by_us = KD_NEVER };
			if (!own && s->run != KD_RUN_HALTED)
				end_with(s, now_us, r, KD_E_STATE);
			return;
		}
	} else {
		r->done = (struct kd_done){
			.status = failed(m->status) ? KD_E_TARGET : KD_OK,
			.nt_status = m->status,
			.answer = *m,
			.data = m->data,
			.len = m->data_len,
		};
	}
	end(s, now_us, r);
}

void kd_requests_end_switch(struct kd_session *s, uint64_t now_us,
			    enum kd_status status)
{
	struct kd_request *r = s->active.request;

	r->done = (struct kd_done){
		.status = status,
		.nt_status =
			status == KD_OK ? KD_NT_SUCCESS : KD_NT_UNSUCCESSFUL,
	};
	end(s, now_us, r);
}

uint64_t kd_requests_deadline(const struct kd_session *s)
{
	return s->active.answer_by_us;
}

/*
 * A restart swallowed a Continue, or followed it. A target that stands still
 * says so when it is asked; one that runs chews the question up.
 */
static void continue_in_doubt(struct kd_session *s, uint64_t now_us)
{
	struct kd_active *a = &s->active;

	if (s->run != KD_RUN_RESUMING) {
		a->answer_by_us = KD_NEVER;
	} else if (a->tries) {
		kd_resume_ended(s, now_us);
	} else {
		a->tries++;
		a->answer_by_us = kd_clock_after(now_us, answer_time(s));
		kd_wire_reset(s->wire, now_us);
	}
}

/* Acknowledged but never answered: RESET makes the target say where it is. */
void kd_requests_tick(struct kd_session *s, uint64_t now_us)
{
	struct kd_active *a = &s->active;

	if (!a->request) {
		continue_in_doubt(s, now_us);
		return;
	}
	if (a->tries < TRIES) {
		a->tries++;
		a->answer_by_us = kd_clock_after(now_us, answer_time(s));
		kd_wire_reset(s->wire, now_us);
		/*
		 * On KDNET the answer itself may come again (0.3 rule 3); if
		 * it is the stop instead, the answer was lost for good.
		 */
		a->lost = true;
		return;
	}
	if (a->odd && a->request->purpose != KD_FOR_VERSION) {
		end_with(s, now_us, a->request, KD_E_PROTOCOL);
		kd_requests_start(s, now_us);
		return;
	}
	kd_conversation_lost(s, now_us);
}
