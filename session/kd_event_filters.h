#ifndef KD_EVENT_FILTERS_H
#define KD_EVENT_FILTERS_H

/**
 * @file
 * What to do when something happens in a target: stop, tell of it, or pass it
 * over; and whether an exception counts as handled when the target goes on.
 * WinDbg's sx commands are made of this (controlling-exceptions-and-events.md
 * of its documentation has the names and the defaults), and so is a program
 * that wants a target to stop for some things only:
 *
 *     kd_event_filters_init(&filters);
 *     kd_event_filters_find(&filters, "ld", &row);
 *     filters.row[row].when = KD_WHEN_BREAK;
 *     kd_session_use_filters(session, &filters);
 *     …
 *     verdict = kd_event_filters_judge(&filters, &event);
 *     if (event.kind == KD_EV_STOPPED && !verdict.stops)
 *             kd_session_resume(session, now_us, KD_RESUME_GO);
 *
 * A session that was given filters holds the loads that they want to stop
 * for, stops at the start of a boot if they say so, and lets exceptions go on
 * as handled or not. What stops is told by judging its event.
 */

#include "kd_session.h"

/** When somebody wants to be stopped by it. */
enum kd_when {
	KD_WHEN_BREAK,	       /**< sxe: at once */
	KD_WHEN_SECOND_CHANCE, /**< sxd: an exception that nobody handled */
	KD_WHEN_OUTPUT,	       /**< sxn: never, but tell of it */
	KD_WHEN_IGNORE,	       /**< sxi: never */
};

/** The filters that have a name of their own; the exceptions come between. */
enum kd_filter_row {
	KD_FILTER_CREATE_THREAD, /* the first four, and SYSTEM_ERROR, */
	KD_FILTER_EXIT_THREAD,	 /* never happen in kernel mode */
	KD_FILTER_CREATE_PROCESS,
	KD_FILTER_EXIT_PROCESS,
	KD_FILTER_LOAD,
	KD_FILTER_UNLOAD,
	KD_FILTER_SYSTEM_ERROR,
	KD_FILTER_INITIAL_BREAK,
	KD_FILTER_INITIAL_LOAD,
	KD_FILTER_OUTPUT,
	KD_FILTER_BUG_CHECK, /**< ours: "bug" */
	KD_FILTER_EXCEPTIONS,
	KD_FILTER_OTHER = KD_FILTER_EXCEPTIONS + 28, /**< "*" */
	/** From here on: exceptions that were given by number. */
	KD_FILTER_NUMBERED,
	KD_FILTERS_MAX = KD_FILTER_NUMBERED + 32,
};

/** What a row is about; the texts are constants. */
struct kd_filter_info {
	const char *name;  /**< "av"; NULL for an exception by number */
	const char *title; /**< "Access violation" */
	/** Its name when only the handling is meant ("bpec"), or NULL. */
	const char *handling_name;
	uint32_t code; /**< of an exception; else 0 */
};

enum { KD_FILTER_PATTERN_MAX = 64 };

struct kd_event_filter {
	enum kd_when when;
	bool handled; /**< exceptions: how the target goes on */
	/** Of ld, ud and out: only what is so named, or printed; "": all. */
	char pattern[KD_FILTER_PATTERN_MAX];
};

struct kd_event_filters {
	struct kd_event_filter row[KD_FILTERS_MAX];
	uint32_t code[KD_FILTERS_MAX - KD_FILTER_NUMBERED];
	size_t count; /**< rows in use */
	/**
	 * Stop at each load and unload, whatever their rows say: somebody has
	 * work to do there. Such a stop is kd_stop.passing.
	 */
	bool hold_loads;
};

/** As WinDbg begins, in kernel mode. */
KD_API void kd_event_filters_init(struct kd_event_filters *f);

/** What the row is about; @p row is less than f->count. */
KD_API struct kd_filter_info kd_event_filters_info(
	const struct kd_event_filters *f, size_t row);

/**
 * The first row of a name, or handling name, in any case.
 *
 * @return KD_E_NOT_FOUND if there is none
 */
KD_API KD_MUST_USE enum kd_status kd_event_filters_find(
	const struct kd_event_filters *f, const char *name, size_t *ret_row);

/** An exception's row: "*" if it has none of its own. */
KD_API size_t kd_event_filters_exception(const struct kd_event_filters *f,
					 uint32_t code);

/**
 * An exception's row; one is made for it if there is none, as "*" is.
 *
 * @return KD_E_SPACE if there are 32 already
 */
KD_API KD_MUST_USE enum kd_status kd_event_filters_add(
	struct kd_event_filters *f, uint32_t code, size_t *ret_row);

/** Can what the row is about happen in kernel mode? */
KD_API bool kd_event_filter_happens(size_t row);

struct kd_verdict {
	bool shows; /**< it is worth telling */
	/** Stop, or stay stopped. What nobody filters neither does nor hides.
	 */
	bool stops;
	bool filtered; /**< row says what decided */
	size_t row;
	bool second_chance;
};

/**
 * What to do about an event. A stop that somebody asked for always stops. A
 * print that stops needs a kd_session_break_in().
 */
KD_API struct kd_verdict kd_event_filters_judge(
	const struct kd_event_filters *f, const struct kd_event *event);

/** How an exception is left by KD_RESUME_GO. */
KD_API bool kd_event_filters_handles(const struct kd_event_filters *f,
				     uint32_t code);

/**
 * Have the session follow these, which must outlive it; NULL, as it begins:
 * it stops for every exception and no load.
 */
KD_API void kd_session_use_filters(struct kd_session *s,
				   const struct kd_event_filters *filters);

#endif
