#include "kd_pool_hunt_parts.h"
#include "kd_session_parts.h"

#include <string.h>

enum {
	TAG_LEN = 4,
	SECOND_US = 1000000,
	HALT_US = 10 * SECOND_US,
	/* A share of the time means nothing before so much of it is over. */
	SHARE_FROM_US = SECOND_US / 5,
	PERCENT = 100,
};

enum kd_status kd_pool_hunt_create(const struct kd_allocator *mem,
				   const struct kd_pool_hunt_config *config,
				   struct kd_pool_hunt **ret)
{
	struct kd_pool_hunt *h;

	if (!config->stop || config->share_max >= PERCENT)
		return KD_E_ARG;
	if (!mem)
		mem = kd_allocator_libc();
	h = mem->alloc(mem->ctx, sizeof(*h));
	if (!h)
		return KD_E_NOMEM;
	h->mem = *mem;
	h->config = *config;
	h->images.code = &h->config.code;
	kd_pool_ledger_init(&h->ledger, mem);
	*ret = h;
	return KD_OK;
}

void kd_pool_hunt_destroy(struct kd_pool_hunt *h)
{
	if (!h)
		return;
	kd_pool_ledger_deinit(&h->ledger);

	struct kd_allocator mem = h->mem;

	mem.release(mem.ctx, h);
}

struct kd_pool_ledger *kd_pool_hunt_ledger(struct kd_pool_hunt *h)
{
	return &h->ledger;
}

static struct kd_session *session_of(const struct kd_pool_hunt *h)
{
	return h->config.code.session;
}

static uint64_t now_of(const struct kd_pool_hunt *h)
{
	return kd_ops_now(session_of(h));
}

uint64_t kd_pool_hunt_deadline(const struct kd_pool_hunt *h)
{
	return kd_clock_after(now_of(h), h->config.code.request_us);
}

/* A stop that nobody has been told of is still to come. */
static bool is_halted(const struct kd_pool_hunt *h)
{
	return kd_session_is_halted(session_of(h)) &&
	       !kd_session_has_news_of_stop(session_of(h));
}

void kd_pool_hunt_get_state(const struct kd_pool_hunt *h,
			    struct kd_pool_hunt_state *ret)
{
	*ret = (struct kd_pool_hunt_state){
		.ran_us = h->began_us ? now_of(h) - h->began_us : 0,
		.stood_us = h->stood_us,
		.pauses = h->pauses,
		.unclear = h->unclear,
		.ledger = &h->ledger,
	};
	if (h->stopped_us)
		ret->stood_us += now_of(h) - h->stopped_us;
	for (size_t i = 0; i < KD_POOL_PENDING; i++)
		ret->pending += h->pending[i].used;
}

static void end(struct kd_pool_hunt *h, enum kd_pool_hunt_end how)
{
	if (!h->ended)
		h->end = how;
	h->ended = true;
}

/* ---- the target's running and standing still ---- */

static enum kd_status go(struct kd_pool_hunt *h)
{
	enum kd_status st = kd_session_continue(session_of(h), KD_RESUME_GO,
						kd_pool_hunt_deadline(h));

	if (h->stopped_us)
		h->stood_us += now_of(h) - h->stopped_us;
	h->stopped_us = 0;
	return st;
}

/* Not in the journal, which knows what to restore since it was first set. */
static enum kd_status write_hit_tag(struct kd_pool_hunt *h, uint32_t tag)
{
	uint8_t bytes[TAG_LEN];
	size_t len;

	for (unsigned i = 0; i < TAG_LEN; i++)
		bytes[i] = (uint8_t)(tag >> 8 * i);
	return kd_session_write(session_of(h), h->hit_tag, bytes, TAG_LEN, 0,
				kd_pool_hunt_deadline(h), &len);
}

/*
 * Does the target stand still for more than its share of the time? What has
 * begun is seen to its end first.
 */
static bool is_too_slow(const struct kd_pool_hunt *h)
{
	struct kd_pool_hunt_state state;

	kd_pool_hunt_get_state(h, &state);
	return h->config.share_max && !state.pending &&
	       state.ran_us > SHARE_FROM_US &&
	       state.stood_us > state.ran_us / PERCENT * h->config.share_max;
}

/* Other allocations of the same calls would stop it there, too. */
static enum kd_status enable_returns(struct kd_pool_hunt *h, bool on)
{
	enum kd_status st = KD_OK;

	for (size_t i = 0; st == KD_OK && i < h->return_count; i++)
		st = kd_session_breakpoint_enable(session_of(h),
						  h->returns[i].breakpoint, on);
	return st;
}

/* Until the share is right again, its hits go unseen. */
static enum kd_status begin_pause(struct kd_pool_hunt *h)
{
	struct kd_pool_hunt_state state;
	uint64_t needed;

	kd_pool_hunt_get_state(h, &state);
	needed = state.stood_us / h->config.share_max * PERCENT;
	h->pause_until_us = kd_clock_after(h->began_us, needed);
	h->pauses++;
	enum kd_status st = enable_returns(h, false);

	return st == KD_OK ? write_hit_tag(h, KD_POOL_HIT_NONE) : st;
}

static enum kd_status end_pause(struct kd_pool_hunt *h)
{
	enum kd_status st = enable_returns(h, true);

	h->pause_until_us = 0;
	return st == KD_OK ? write_hit_tag(h, h->config.tag) : st;
}

static bool has_enough(const struct kd_pool_hunt *h)
{
	return h->config.hits_max &&
	       h->ledger.allocs + h->ledger.frees >= h->config.hits_max;
}

/* A stop that is no doing of ours. */
static enum kd_status pass_on(struct kd_pool_hunt *h, const struct kd_event *e)
{
	/* the one that was asked for, to end a pause */
	if (h->pause_until_us && e->stop.break_in &&
	    now_of(h) >= h->pause_until_us)
		return KD_OK;
	h->config.stop(h->config.ctx, e);
	if (is_halted(h))
		end(h, KD_POOL_HUNT_STOPPED);
	else
		h->stopped_us = 0;
	return KD_OK;
}

static enum kd_status on_stop(struct kd_pool_hunt *h, const struct kd_event *e)
{
	struct kd_pool_hit hit;
	enum kd_status st;

	h->stopped_us = now_of(h);
	if (kd_pool_hunt_is_return(h, &e->stop)) {
		st = kd_pool_hunt_take_return(h, &e->stop);
	} else {
		st = kd_pool_hit_read(h, &e->stop, &hit);
		if (st == KD_E_NOT_FOUND)
			st = pass_on(h, e);
		else if (st == KD_OK && has_enough(h))
			end(h, KD_POOL_HUNT_COUNT);
		else if (st == KD_OK)
			st = kd_pool_hunt_take_hit(h, &e->stop, &hit);
	}
	if (st != KD_OK || h->ended || !is_halted(h))
		return st;
	if (h->pause_until_us && now_of(h) >= h->pause_until_us)
		st = end_pause(h);
	else if (!h->pause_until_us && is_too_slow(h))
		st = begin_pause(h);
	return st == KD_OK ? go(h) : st;
}

static enum kd_status on_event(struct kd_pool_hunt *h, const struct kd_event *e)
{
	switch (e->kind) {
	case KD_EV_STOPPED:
		return on_stop(h, e);
	case KD_EV_REBOOTED:
		h->rebooted = true;
		end(h, KD_POOL_HUNT_REBOOTED);
		break;
	case KD_EV_MODULE_LOADED:
	case KD_EV_MODULE_UNLOADED:
		kd_pool_images_forget(&h->images);
		memset(h->place, 0, sizeof(h->place));
		break;
	default:
		break;
	}
	if (h->config.event)
		h->config.event(h->config.ctx, e);
	return e->kind == KD_EV_LOST ? KD_E_LOST : KD_OK;
}

static void tell(struct kd_pool_hunt *h)
{
	struct kd_pool_hunt_state state;

	if (!h->config.progress ||
	    now_of(h) - h->told_us < h->config.progress_us)
		return;
	h->told_us = now_of(h);
	kd_pool_hunt_get_state(h, &state);
	h->config.progress(h->config.ctx, &state);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

static uint64_t wake_us(const struct kd_pool_hunt *h)
{
	uint64_t until_us = kd_clock_after(h->began_us, h->config.span_us);

	if (h->pause_until_us && h->pause_until_us > now_of(h))
		until_us = earlier(until_us, h->pause_until_us);
	if (h->config.progress)
		until_us = earlier(
			until_us,
			kd_clock_after(h->told_us, h->config.progress_us));
	return until_us;
}

/* Nothing has happened until a deadline. */
static enum kd_status on_time(struct kd_pool_hunt *h)
{
	if (now_of(h) >= kd_clock_after(h->began_us, h->config.span_us))
		end(h, KD_POOL_HUNT_TIME);
	else if (h->pause_until_us && now_of(h) >= h->pause_until_us)
		return kd_session_break_in(session_of(h), now_of(h));
	return KD_OK;
}

static enum kd_status run(struct kd_pool_hunt *h)
{
	enum kd_status st = go(h);
	struct kd_event e;

	while (st == KD_OK && !h->ended) {
		struct kd_pool_hunt_state state;

		kd_pool_hunt_get_state(h, &state);
		if (has_enough(h) && !state.pending)
			end(h, KD_POOL_HUNT_COUNT);
		tell(h);
		if (h->ended)
			break;
		st = kd_session_wait_event(session_of(h), wake_us(h), &e);
		if (st == KD_OK)
			st = on_event(h, &e);
		if (st == KD_E_TIMEOUT && !is_halted(h))
			st = on_time(h);
	}
	if (st == KD_E_CANCELED) {
		end(h, KD_POOL_HUNT_CANCELED);
		st = KD_OK;
	}
	return st;
}

/* ---- the end, in which the cancel hook has no say ---- */

static enum kd_status halt(struct kd_pool_hunt *h)
{
	uint64_t until_us = kd_clock_after(now_of(h), HALT_US);
	enum kd_status st = kd_session_break_in(session_of(h), now_of(h));
	struct kd_event e;

	while (st == KD_OK && !is_halted(h) && !h->rebooted) {
		st = kd_session_wait_event(session_of(h), until_us, &e);
		if (st != KD_OK)
			break;
		/* a hit has not been worked off by the kernel: it does not
		 * count */
		if (e.kind != KD_EV_STOPPED)
			st = on_event(h, &e);
		else if (kd_pool_hunt_is_return(h, &e.stop))
			st = kd_pool_hunt_take_return(h, &e.stop);
	}
	return st;
}

static void remove_breakpoints(struct kd_pool_hunt *h)
{
	/* a reboot has taken them already */
	for (size_t i = 0; i < h->return_count; i++)
		if (kd_session_breakpoint_remove(
			    session_of(h), h->returns[i].breakpoint) != KD_OK)
			kd_debug(&session_of(h)->log,
				 "a breakpoint of the hunt is gone");
	h->return_count = 0;
}

static enum kd_status finish(struct kd_pool_hunt *h)
{
	struct kd_session *s = session_of(h);
	bool (*cancel)(void *) = s->cancel;
	enum kd_status st = KD_OK;

	s->cancel = NULL;
	if (!is_halted(h) && !h->rebooted)
		st = halt(h);
	remove_breakpoints(h);
	if (st == KD_OK && !h->rebooted)
		st = kd_pool_hit_tag_clear(&h->config.code);
	s->cancel = cancel;
	return st;
}

enum kd_status kd_pool_hunt_run(struct kd_pool_hunt *h,
				enum kd_pool_hunt_end *ret)
{
	const struct kd_pool_code *c = &h->config.code;
	struct kd_symbol symbol;
	enum kd_status st = KD_E_STATE, last;

	if (is_halted(h))
		st = kd_pool_hit_tag_set(c, h->config.tag);
	if (st == KD_OK)
		st = kd_symbols_by_name(c->symbols, "nt!PoolHitTag", &symbol);
	if (st != KD_OK)
		return st;
	h->hit_tag = symbol.address;
	h->began_us = h->told_us = now_of(h);
	st = run(h);
	last = finish(h);
	if (st == KD_OK)
		st = last;
	if (h->rebooted)
		end(h, KD_POOL_HUNT_REBOOTED);
	if (st != KD_OK && !h->rebooted)
		return st;
	*ret = h->end;
	return KD_OK;
}
