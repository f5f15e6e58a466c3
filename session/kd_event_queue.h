#ifndef KD_EVENT_QUEUE_H
#define KD_EVENT_QUEUE_H

/**
 * @file
 * Events that nobody has taken yet, with their bytes, in a fixed space. When
 * it fills up, because blocking calls run for long and nobody asks for
 * events, the news go (prints and the like) before the turning points.
 */

#include "kd_event.h"

#include <stddef.h>

enum { KD_EVENT_SLOTS = 64, KD_EVENT_BYTES = 49152 };

struct kd_event_queue {
	size_t first, count;
	size_t used;	  /* bytes, in the order of the events */
	bool taken;	  /* the first event has been handed out */
	uint64_t dropped; /* events that found no room */
	struct kd_event slot[KD_EVENT_SLOTS];
	size_t len[KD_EVENT_SLOTS];
	uint8_t bytes[KD_EVENT_BYTES];
};

/**
 * Add a copy of @p e and of its bytes (text, path or answer data).
 *
 * What merely informs (prints, modules, files) may fill three quarters and
 * is dropped then; for anything else the oldest event makes room.
 */
void kd_event_queue_push(struct kd_event_queue *q, const struct kd_event *e,
			 const void *bytes, size_t len);

/** The oldest event; its pointers hold until the next call. */
bool kd_event_queue_take(struct kd_event_queue *q, struct kd_event *ret);

/** Is there one to take? */
bool kd_event_queue_ready(const struct kd_event_queue *q);

/** Is there one of a kind to take? */
bool kd_event_queue_holds(const struct kd_event_queue *q,
			  enum kd_event_kind kind);

/** Somebody asks for a stop, while one waits to be told of. */
void kd_event_queue_want_stop(struct kd_event_queue *q);

/** Forget the events of a kind: a blocking call has told of them. */
void kd_event_queue_forget(struct kd_event_queue *q, enum kd_event_kind kind);

#endif
