#ifndef KD_EVENT_LOG_H
#define KD_EVENT_LOG_H

/** @file The latest modules and exceptions, for ".eventlog". */

#include "kd_event.h"

enum { KD_EVENT_LOG_LINES = 16, KD_EVENT_LINE_MAX = 160 };

struct kd_event_log {
	struct kd_event_line {
		char text[KD_EVENT_LINE_MAX];
	} line[KD_EVENT_LOG_LINES];
	size_t first, count;
};

struct kd_shell;

/** Note an event, if it is of those that are kept; the oldest one goes. */
void kd_event_log_add(struct kd_shell *sh, const struct kd_event *e);

#endif
