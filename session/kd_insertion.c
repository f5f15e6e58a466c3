#include "kd_session_parts.h"

#include <string.h>

/*
 * What is in the target is brought to what is wanted, one request at a time:
 * first out with what is not wanted, so that the table has room, then in.
 * An entry of the target's table is preferred, because it survives a page
 * that is not there, and a debugger that dies.
 */

enum { SWEEP_US = 2000000 };

void kd_insertion_begin(struct kd_session *s, uint64_t now_us)
{
	struct kd_breakpoints *b = &s->breakpoints;

	b->sweep_until_us = kd_clock_after(now_us, SWEEP_US);
	kd_breakpoints_settle_places(s);
	for (size_t i = 0; i < b->place_count; i++) {
		struct kd_place *p = &b->place[i];

		p->failed = p->no_table = false;
		p->read_tried = p->has_original;
	}
	b->debug.failed = b->debug.loading = false;
	b->applying = false;
}

static struct kd_request *ask(struct kd_session *s, uint32_t api,
			      enum kd_insertion_step step, size_t place)
{
	struct kd_request *r = kd_requests_new(s, KD_FOR_INSERTION);

	s->breakpoints.step = step;
	s->breakpoints.step_place = place;
	r->m.api = api;
	r->m.processor = s->stop.processor;
	return r;
}

static void write(struct kd_session *s, enum kd_insertion_step step,
		  size_t place, const uint8_t *bytes, size_t len)
{
	struct kd_request *r = ask(s, KD_API_WRITE_VIRTUAL, step, place);

	r->m.u.memory.address = s->breakpoints.place[place].address;
	r->m.u.memory.count = (uint32_t)len;
	r->m.data_len = len;
	memcpy(r->data, bytes, len);
}

static void restore(struct kd_session *s, enum kd_insertion_step step,
		    size_t place, uint32_t handle)
{
	struct kd_request *r = ask(s, KD_API_RESTORE_BREAKPOINT, step, place);

	r->m.u.breakpoint.handle = handle;
}

static bool owned(const struct kd_breakpoints *b, uint32_t handle)
{
	for (size_t i = 0; i < b->place_count; i++)
		if (b->place[i].how == KD_PLACE_TABLE &&
		    b->place[i].handle == handle)
			return true;
	return false;
}

static size_t in_table(const struct kd_breakpoints *b)
{
	size_t n = 0;

	for (size_t i = 0; i < b->place_count; i++)
		n += b->place[i].how == KD_PLACE_TABLE;
	return n;
}

/* ---- failure ---- */

/* It is told once, not in every run that it fails in. */
void kd_insertion_failed(struct kd_session *s, uint64_t now_us,
			 struct kd_breakpoint *b, enum kd_status status,
			 uint32_t nt_status)
{
	struct kd_event e = {
		.kind = KD_EV_BREAKPOINT_FAILED,
		.time_us = now_us,
		.breakpoint = { .id = b->id,
				.address = b->address,
				.status = status,
				.nt_status = nt_status },
	};

	if (b->error == KD_OK)
		kd_event_queue_push(&s->events, &e, NULL, 0);
	b->error = status;
	b->nt_status = nt_status;
}

static void note(struct kd_session *s, uint64_t now_us,
		 const struct kd_place *p, enum kd_status status,
		 uint32_t nt_status)
{
	struct kd_breakpoints *b = &s->breakpoints;

	for (size_t i = 0; i < b->count; i++) {
		struct kd_breakpoint *at = &b->at[i];

		if (at->spec.kind != KD_BREAKPOINT_SOFTWARE || !at->resolved ||
		    at->address != p->address)
			continue;
		if (status == KD_OK)
			at->error = KD_OK;
		else
			kd_insertion_failed(s, now_us, at, status, nt_status);
	}
}

static void fail(struct kd_session *s, uint64_t now_us, struct kd_place *p,
		 enum kd_status status, uint32_t nt_status)
{
	p->failed = true;
	note(s, now_us, p, status, nt_status);
}

/* ---- the next request ---- */

/* A far target is not held up for ever: the rest has time until it stops or
 * runs the next time. */
static bool sweep_next(struct kd_session *s, uint64_t now_us)
{
	struct kd_breakpoints *b = &s->breakpoints;

	while (b->sweep && b->sweep <= KD_TABLE_SLOTS) {
		if (now_us >= b->sweep_until_us)
			return false;
		uint32_t handle = b->sweep++;

		if (owned(b, handle))
			continue;
		restore(s, KD_INSERTION_SWEEP, 0, handle);
		return true;
	}
	b->sweep = 0;
	for (size_t i = 0; i < b->place_count; i++)
		b->place[i].doubtful = false;
	return false;
}

static bool is_to_be_in(const struct kd_breakpoints *b,
			const struct kd_place *p)
{
	return p->wanted && !(b->pass.now && b->pass.address == p->address);
}

static bool out_next(struct kd_session *s)
{
	struct kd_breakpoints *b = &s->breakpoints;
	size_t len;

	(void)kd_arch_breakpoint(kd_session_arch(s), &len);
	for (size_t i = 0; i < b->place_count; i++) {
		const struct kd_place *p = &b->place[i];

		if (p->failed ||
		    (p->how == KD_PLACE_OUT ? !p->rewrite : is_to_be_in(b, p)))
			continue;
		if (p->how == KD_PLACE_TABLE)
			restore(s, KD_INSERTION_RESTORE_TABLE, i, p->handle);
		else
			write(s, KD_INSERTION_UNPATCH, i, p->original, len);
		return true;
	}
	return false;
}

/* Into the table, or by hand; false: neither is possible. */
static bool put(struct kd_session *s, uint64_t now_us, size_t i)
{
	struct kd_breakpoints *b = &s->breakpoints;
	struct kd_place *p = &b->place[i];
	bool table = !b->table_refused && !p->no_table &&
		     in_table(b) < KD_TABLE_SLOTS;
	size_t len;
	const uint8_t *code = kd_arch_breakpoint(kd_session_arch(s), &len);

	if (!code || (!table && !p->has_original)) {
		fail(s, now_us, p, code ? KD_E_TARGET : KD_E_UNSUPPORTED,
		     KD_NT_UNSUCCESSFUL);
		return false;
	}
	if (!p->journaled &&
	    !kd_places_about_to(s, p,
				table ? KD_CHANGE_TABLE : KD_CHANGE_MEMORY)) {
		fail(s, now_us, p, KD_E_OS, 0);
		return false;
	}
	if (!table) {
		write(s, KD_INSERTION_PATCH, i, code, len);
		return true;
	}
	struct kd_request *r =
		ask(s, KD_API_WRITE_BREAKPOINT, KD_INSERTION_WRITE_TABLE, i);

	r->m.u.breakpoint.address = p->address;
	return true;
}

static void read_original(struct kd_session *s, size_t i)
{
	struct kd_breakpoints *b = &s->breakpoints;
	struct kd_request *r = ask(s, 0, KD_INSERTION_READ, i);

	(void)kd_arch_breakpoint(kd_session_arch(s), &r->len);
	b->place[i].read_tried = true;
	r->reads = true;
	r->address = b->place[i].address;
	r->buf = b->bytes;
}

static bool in_next(struct kd_session *s, uint64_t now_us)
{
	struct kd_breakpoints *b = &s->breakpoints;
	size_t len;

	for (size_t i = 0; i < b->place_count; i++) {
		struct kd_place *p = &b->place[i];

		if (p->how != KD_PLACE_OUT || p->failed || !is_to_be_in(b, p))
			continue;
		if (!p->read_tried &&
		    kd_arch_breakpoint(kd_session_arch(s), &len)) {
			read_original(s, i);
			return true;
		}
		if (put(s, now_us, i))
			return true;
	}
	return false;
}

/* A stop that came between swallowed the end of what was under way. */
static void doubt(struct kd_breakpoints *b)
{
	/* the sweep at attaching is about none, and there may be none */
	struct kd_place *p = b->place ? &b->place[b->step_place] : NULL;

	switch (b->step) {
	case KD_INSERTION_WRITE_TABLE:
		p->doubtful = true;
		b->sweep = 1;
		break;
	case KD_INSERTION_PATCH:
		/* it is written, or writing the original does no harm */
		p->how = KD_PLACE_PATCHED;
		break;
	case KD_INSERTION_NOTHING:
	case KD_INSERTION_READ:
	case KD_INSERTION_SWEEP:
	case KD_INSERTION_FREE_STALE:
	case KD_INSERTION_RESTORE_TABLE:
	case KD_INSERTION_UNPATCH:
		break; /* may be done twice */
	}
	b->step = KD_INSERTION_NOTHING;
}

bool kd_insertion_next(struct kd_session *s, uint64_t now_us)
{
	struct kd_breakpoints *b = &s->breakpoints;

	if (b->step != KD_INSERTION_NOTHING)
		doubt(b);
	return sweep_next(s, now_us) || out_next(s) || in_next(s, now_us) ||
	       kd_debug_registers_next(s);
}

bool kd_insertion_reclaim(struct kd_session *s, uint64_t now_us)
{
	struct kd_breakpoints *b = &s->breakpoints;

	if (!b->swept) {
		b->swept = true;
		b->sweep = 1;
		b->sweep_until_us = kd_clock_after(now_us, SWEEP_US);
	}
	return sweep_next(s, now_us);
}

/* ---- its end ---- */

static void table_answered(struct kd_session *s, uint64_t now_us,
			   struct kd_place *p, const struct kd_done *done)
{
	struct kd_breakpoints *b = &s->breakpoints;

	switch (done->status) {
	case KD_OK:
		p->how = KD_PLACE_TABLE;
		p->has_handle = true;
		p->handle = done->answer.u.breakpoint.handle;
		(void)kd_places_about_to(s, p, KD_CHANGE_TABLE);
		note(s, now_us, p, KD_OK, 0);
		break;
	case KD_E_TARGET:
		if (done->nt_status == KD_NT_NOT_IMPLEMENTED)
			b->table_refused = true;
		/* it may not have dropped the entry that it should have */
		if (p->has_handle && !owned(b, p->handle)) {
			restore(s, KD_INSERTION_FREE_STALE,
				(size_t)(p - b->place), p->handle);
			return;
		}
		p->no_table = true;
		kd_places_undone(s, p);
		break;
	default: /* it may be in, and its handle is not known */
		p->doubtful = true;
		b->sweep = 1;
		break;
	}
}

static void out_answered(struct kd_session *s, uint64_t now_us,
			 struct kd_place *p, const struct kd_done *done)
{
	bool table = p->how == KD_PLACE_TABLE;

	/* an entry that is not there any more is as good as restored */
	if (done->status == KD_OK || (table && done->status == KD_E_TARGET)) {
		p->how = KD_PLACE_OUT;
		p->rewrite &= table;
		if (!p->wanted && !p->rewrite)
			kd_places_undone(s, p);
	} else if (done->status == KD_E_TARGET) {
		fail(s, now_us, p, done->status, done->nt_status);
	}
}

static void patch_answered(struct kd_session *s, uint64_t now_us,
			   struct kd_place *p, const struct kd_done *done)
{
	if (done->status == KD_OK) {
		p->how = KD_PLACE_PATCHED;
		note(s, now_us, p, KD_OK, 0);
		return;
	}
	kd_places_undone(s, p);
	fail(s, now_us, p, done->status, done->nt_status);
}

void kd_insertion_ended(struct kd_session *s, uint64_t now_us,
			const struct kd_request *r)
{
	struct kd_breakpoints *b = &s->breakpoints;
	/* the sweep of the table is of no place of ours */
	struct kd_place *p = b->place ? &b->place[b->step_place] : NULL;
	enum kd_insertion_step step = b->step;
	const struct kd_done *done = &r->done;

	b->step = KD_INSERTION_NOTHING;
	switch (step) {
	case KD_INSERTION_NOTHING:
		break;
	case KD_INSERTION_READ:
		p->has_original = done->status == KD_OK && done->len == r->len;
		if (p->has_original)
			memcpy(p->original, b->bytes, r->len);
		break;
	case KD_INSERTION_SWEEP:
		if (done->status == KD_OK) {
			s->counters.breakpoints_reclaimed++;
			kd_memory_cache_flush(&s->cache);
		} else if (done->nt_status == KD_NT_NOT_IMPLEMENTED) {
			b->table_refused = true;
			b->sweep = KD_TABLE_SLOTS + 1;
		}
		break;
	case KD_INSERTION_FREE_STALE:
		p->has_handle = false;
		break;
	case KD_INSERTION_WRITE_TABLE:
		table_answered(s, now_us, p, done);
		break;
	case KD_INSERTION_RESTORE_TABLE:
	case KD_INSERTION_UNPATCH:
		out_answered(s, now_us, p, done);
		break;
	case KD_INSERTION_PATCH:
		patch_answered(s, now_us, p, done);
		break;
	}
}
