#include "kd_event_queue.h"

#include <string.h>

static void drop_first(struct kd_event_queue *q)
{
	size_t len = q->len[q->first];

	memmove(q->bytes, q->bytes + len, q->used - len);
	q->used -= len;
	q->first = (q->first + 1) % KD_EVENT_SLOTS;
	q->count--;
	q->taken = false;
}

/* The event that was handed out has served: every call ends its pointers. */
static void let_go(struct kd_event_queue *q)
{
	if (q->taken)
		drop_first(q);
	while (q->count && q->slot[q->first].kind == KD_EV_NONE)
		drop_first(q);
}

static bool merely_informs(enum kd_event_kind kind)
{
	switch (kind) {
	case KD_EV_NONE:
	case KD_EV_NOTICE:
	case KD_EV_PRINT:
	case KD_EV_MODULE_LOADED:
	case KD_EV_MODULE_UNLOADED:
	case KD_EV_COMMAND:
	case KD_EV_FILE_REQUEST:
	case KD_EV_BREAKPOINT_FAILED:
		return true;
	case KD_EV_ATTACHED:
	case KD_EV_STOPPED:
	case KD_EV_RUNNING:
	case KD_EV_PROMPT:
	case KD_EV_BUG_CHECK:
	case KD_EV_DONE:
	case KD_EV_REBOOTED:
	case KD_EV_LOST:
		return false;
	}
	return true;
}

void kd_event_queue_push(struct kd_event_queue *q, const struct kd_event *e,
			 const void *bytes, size_t len)
{
	let_go(q);
	if (merely_informs(e->kind) &&
	    (q->count >= KD_EVENT_SLOTS / 4 * 3 ||
	     q->used + len > KD_EVENT_BYTES / 4 * 3)) {
		q->dropped++;
		return;
	}
	while (q->count == KD_EVENT_SLOTS ||
	       (q->count && q->used + len > KD_EVENT_BYTES)) {
		drop_first(q);
		q->dropped++;
	}
	size_t at = (q->first + q->count) % KD_EVENT_SLOTS;

	q->slot[at] = *e;
	q->len[at] = len;
	if (len)
		memcpy(q->bytes + q->used, bytes, len);
	q->used += len;
	q->count++;
}

bool kd_event_queue_ready(const struct kd_event_queue *q)
{
	for (size_t i = q->taken; i < q->count; i++)
		if (q->slot[(q->first + i) % KD_EVENT_SLOTS].kind != KD_EV_NONE)
			return true;
	return false;
}

bool kd_event_queue_holds(const struct kd_event_queue *q,
			  enum kd_event_kind kind)
{
	for (size_t i = q->taken; i < q->count; i++)
		if (q->slot[(q->first + i) % KD_EVENT_SLOTS].kind == kind)
			return true;
	return false;
}

void kd_event_queue_want_stop(struct kd_event_queue *q)
{
	for (size_t i = q->taken; i < q->count; i++) {
		struct kd_event *e = &q->slot[(q->first + i) % KD_EVENT_SLOTS];

		e->stop.wanted |= e->kind == KD_EV_STOPPED;
	}
}

bool kd_event_queue_take(struct kd_event_queue *q, struct kd_event *ret)
{
	let_go(q);
	if (!q->count)
		return false;
	size_t len = q->len[q->first];
	/* text is char, and nothing else than bytes */
	const char *text = (const char *)q->bytes;

	*ret = q->slot[q->first];
	q->taken = true;
	switch (ret->kind) {
	case KD_EV_DONE:
		ret->done.data = len ? q->bytes : NULL;
		ret->done.answer.data = ret->done.data;
		break;
	case KD_EV_MODULE_LOADED:
	case KD_EV_MODULE_UNLOADED:
		ret->module.path = text;
		ret->module.path_len = len;
		break;
	case KD_EV_NONE:
	case KD_EV_NOTICE:
	case KD_EV_ATTACHED:
	case KD_EV_STOPPED:
	case KD_EV_RUNNING:
	case KD_EV_PRINT:
	case KD_EV_PROMPT:
	case KD_EV_COMMAND:
	case KD_EV_FILE_REQUEST:
	case KD_EV_BUG_CHECK:
	case KD_EV_BREAKPOINT_FAILED:
	case KD_EV_REBOOTED:
	case KD_EV_LOST:
		ret->text = text;
		ret->text_len = len;
		break;
	}
	return true;
}

void kd_event_queue_forget(struct kd_event_queue *q, enum kd_event_kind kind)
{
	for (size_t i = q->taken; i < q->count; i++) {
		struct kd_event *e = &q->slot[(q->first + i) % KD_EVENT_SLOTS];

		if (e->kind == kind)
			e->kind = KD_EV_NONE;
	}
}
