#include "kd_session_parts.h"

#include <string.h>

enum { CACHE_BYTES = 1 << 20 };

/* Where the wire starts behind the session: aligned for anything. */
static size_t wire_offset(void)
{
	size_t align = _Alignof(max_align_t);

	return (sizeof(struct kd_session) + align - 1) / align * align;
}

/* The wire asks us, and we ask whoever knows: a link may come later. */
static bool is_ours(void *ctx, const struct kd_endpoint *e)
{
	struct kd_session *s = ctx;

	if (s->is_ours)
		return s->is_ours(s->is_ours_ctx, e);
	if (s->link && s->link->ops->is_ours)
		return s->link->ops->is_ours(s->link, e);
	return true;
}

static enum kd_status init(struct kd_session *s,
			   const struct kd_session_config *config)
{
	struct kd_wire_config wire = {
		.mem = &s->mem,
		.kind = config->kind,
		.log = config->log,
		.trace = config->trace,
		.baud = config->baud,
		.max_resets = config->max_resets,
		.key = config->key,
		.random = config->random,
		.takeover = config->takeover,
		.target = config->target,
		.is_ours = is_ours,
		.is_ours_ctx = s,
	};

	s->log = config->log;
	s->kind = config->kind;
	s->baud = config->baud;
	s->max_resets = config->max_resets;
	s->break_on_attach = config->break_on_attach;
	s->stop_at_load = config->stop_at_load;
	s->is_ours = config->is_ours;
	s->is_ours_ctx = config->is_ours_ctx;
	s->active.answer_by_us = KD_NEVER;
	s->wake_fd = -1;
	kd_journal_init(&s->changes.journal, &s->mem);
	kd_file_server_init(&s->files, &s->mem);
	s->wire = (void *)((uint8_t *)s + wire_offset());
	enum kd_status status = kd_wire_init(s->wire, &wire);

	kd_net_key_wipe(&wire.key);
	if (status == KD_OK)
		kd_attach_init(s);
	return status;
}

bool kd_session_breaks_at_boot(const struct kd_session *s)
{
	if (s->leaving)
		return false;
	return s->break_on_attach ||
	       (s->filters &&
		s->filters->row[KD_FILTER_INITIAL_BREAK].when == KD_WHEN_BREAK);
}

bool kd_session_has_news_of_stop(const struct kd_session *s)
{
	return s->run == KD_RUN_HALTED &&
	       kd_event_queue_holds(&s->events, KD_EV_STOPPED);
}

void kd_session_use_filters(struct kd_session *s,
			    const struct kd_event_filters *filters)
{
	s->filters = filters;
}

enum kd_status kd_session_create(const struct kd_allocator *mem,
				 const struct kd_session_config *config,
				 struct kd_session **ret)
{
	if (!mem)
		mem = kd_allocator_libc();
	struct kd_session *s =
		mem->alloc(mem->ctx, wire_offset() + kd_wire_size());

	if (!s)
		return KD_E_NOMEM;
	s->mem = *mem;
	s->kind = config->kind;
	enum kd_status status = kd_memory_cache_init(
		&s->cache, mem,
		config->cache_bytes ? config->cache_bytes : CACHE_BYTES,
		kd_reads_packet(s));

	if (status == KD_OK)
		status = init(s, config);
	if (status != KD_OK) {
		kd_memory_cache_deinit(&s->cache, mem);
		mem->release(mem->ctx, s);
		return status;
	}
	*ret = s;
	return KD_OK;
}

void kd_session_destroy(struct kd_session *s)
{
	if (!s)
		return;
	struct kd_allocator mem = s->mem;

	kd_wire_deinit(s->wire);
	kd_memory_cache_deinit(&s->cache, &mem);
	kd_breakpoints_deinit(s);
	kd_journal_deinit(&s->changes.journal);
	kd_file_server_deinit(&s->files);
	mem.release(mem.ctx, s);
}

void kd_session_feed(struct kd_session *s, uint64_t now_us,
		     const struct kd_endpoint *from, const uint8_t *bytes,
		     size_t len)
{
	kd_wire_feed(s->wire, now_us, from, bytes, len);
}

bool kd_session_pull(struct kd_session *s, uint64_t now_us,
		     struct kd_output *ret)
{
	struct kd_wire_output out;

	if (!kd_wire_pull(s->wire, now_us, &out))
		return false;
	ret->count = out.count;
	ret->to = out.to;
	for (size_t i = 0; i < out.count && i < KD_OUTPUT_CHUNKS; i++)
		ret->chunk[i] = out.chunk[i];
	return true;
}

_Static_assert((int)KD_OUTPUT_CHUNKS == (int)KD_WIRE_CHUNKS,
	       "a pull hands on all that the wire has");

void kd_session_sent(struct kd_session *s, uint64_t now_us, size_t n)
{
	kd_wire_sent(s->wire, now_us, n);
}

static uint64_t earlier(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

uint64_t kd_session_deadline(const struct kd_session *s)
{
	return earlier(kd_wire_deadline(s->wire),
		       earlier(kd_attach_deadline(s), kd_requests_deadline(s)));
}

void kd_session_tick(struct kd_session *s, uint64_t now_us)
{
	if (now_us >= kd_wire_deadline(s->wire))
		kd_wire_tick(s->wire, now_us);
	if (now_us >= kd_requests_deadline(s))
		kd_requests_tick(s, now_us);
	if (now_us >= kd_attach_deadline(s))
		kd_attach_tick(s, now_us);
}

void kd_session_work(struct kd_session *s, uint64_t now_us, bool all)
{
	struct kd_wire_event e;

	while ((all || !kd_event_queue_ready(&s->events)) &&
	       kd_wire_next(s->wire, now_us, &e)) {
		kd_conversation_hear(s, now_us, &e);
		kd_requests_start(s, now_us);
	}
	kd_requests_start(s, now_us);
}

bool kd_session_next_event(struct kd_session *s, uint64_t now_us,
			   struct kd_event *ret)
{
	if (!kd_event_queue_ready(&s->events))
		kd_session_work(s, now_us, false);
	return kd_event_queue_take(&s->events, ret);
}

void kd_session_tell(struct kd_session *s, uint64_t now_us,
		     enum kd_event_kind kind)
{
	kd_session_tell_text(s, now_us, kind, NULL, 0);
}

void kd_session_tell_text(struct kd_session *s, uint64_t now_us,
			  enum kd_event_kind kind, const char *text, size_t len)
{
	struct kd_event e = { .kind = kind, .time_us = now_us };

	kd_event_queue_push(&s->events, &e, text, len);
}

bool kd_session_is_attached(const struct kd_session *s)
{
	return s->attach.attached;
}

bool kd_session_is_halted(const struct kd_session *s)
{
	return s->run == KD_RUN_HALTED;
}

const struct kd_stop *kd_session_stop(const struct kd_session *s)
{
	return s->run == KD_RUN_HALTED ? &s->stop : NULL;
}

const struct kd_version *kd_session_version(const struct kd_session *s)
{
	return s->has_version ? &s->version : NULL;
}

enum kd_arch kd_session_arch(const struct kd_session *s)
{
	return s->has_version ? kd_arch_from_machine(s->version.machine)
			      : KD_ARCH_UNKNOWN;
}

const struct kd_endpoint *kd_session_peer(const struct kd_session *s)
{
	return kd_wire_peer(s->wire);
}

const struct kd_detail *kd_session_detail(const struct kd_session *s)
{
	return &s->detail;
}

void kd_session_get_counters(const struct kd_session *s,
			     struct kd_session_counters *ret)
{
	const struct kd_wire_counters *w = kd_wire_counters(s->wire);

	*ret = s->counters;
	ret->packets_in = w->packets_in;
	ret->packets_out = w->packets_out;
	ret->retransmitted = w->retransmitted;
	ret->resends = w->resends_in + w->resends_out;
	ret->resets = w->resets_in + w->resets_out;
	ret->events_dropped = s->events.dropped;
}
