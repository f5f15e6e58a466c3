#ifndef KD_SESSION_OPS_H
#define KD_SESSION_OPS_H

/**
 * @file
 * The blocking face of a session: each call runs the link until its answer
 * is there. Events that happen meanwhile (prints, stops) are kept for
 * kd_session_wait_event(). Each call sends the last acknowledgement before
 * it returns, so that a program which then does something else leaves no
 * target waiting.
 *
 * Every call with a deadline returns, besides its own errors:
 * KD_E_TIMEOUT if the deadline passes, KD_E_CANCELED if the cancel hook says
 * so, KD_E_LOST if the target or the link is gone, KD_E_OS if the system
 * refuses (kd_session_detail()).
 */

#include "kd_session.h"

/**
 * Use this link for blocking calls. The session does not own it. The link's
 * kind must be the session's.
 */
KD_API void kd_session_use_link(struct kd_session *s, struct kd_link *link);

/**
 * Asked between packets during blocking calls: true stops the call with
 * KD_E_CANCELED before its next request goes out. @p wake_fd becomes readable
 * when the answer may have changed (a signal's pipe); -1 for none.
 */
KD_API void kd_session_set_cancel(struct kd_session *s, bool (*cancel)(void *),
				  void *ctx, int wake_fd);

/** Has the caller had enough, as kd_session_set_cancel() lets it say? */
KD_API bool kd_session_is_canceled(const struct kd_session *s);

/** Send what there is, receive what there is, never wait. */
KD_API KD_MUST_USE enum kd_status kd_session_poll(struct kd_session *s);

/** The next event, waiting for it until the deadline. */
KD_API KD_MUST_USE enum kd_status kd_session_wait_event(struct kd_session *s,
							uint64_t deadline_us,
							struct kd_event *ret);

/**
 * Read memory.
 *
 * A long read is several requests; what cannot be read ends it early. A
 * failed cache line falls back to the exact range.
 *
 * @param ret_len  bytes read, 1 to @p len
 * @return KD_OK with one byte or more, even if fewer than @p len
 * @return KD_E_ARG if @p len is 0, the range wraps, or a flag is unknown
 * @return KD_E_STATE if the target runs or is not attached
 * @return KD_E_TARGET if the first byte cannot be read
 */
KD_API KD_MUST_USE enum kd_status kd_session_read(struct kd_session *s,
						  uint64_t address, void *buf,
						  size_t len, unsigned flags,
						  uint64_t deadline_us,
						  size_t *ret_len);

/** One little-endian pointer of the target's size; must be readable whole. */
KD_API KD_MUST_USE enum kd_status kd_session_read_pointer(struct kd_session *s,
							  uint64_t address,
							  uint64_t deadline_us,
							  uint64_t *ret);

/**
 * A UNICODE_STRING at @p address as UTF-8, cut to fit, terminated.
 */
KD_API KD_MUST_USE enum kd_status kd_session_read_unicode_string(
	struct kd_session *s, uint64_t address, uint64_t deadline_us, char *out,
	size_t cap);

/** One manipulate request; the answer's data go to @p data. */
KD_API KD_MUST_USE enum kd_status kd_session_request(
	struct kd_session *s, const struct kd_manipulate *m,
	uint64_t deadline_us, struct kd_manipulate *ret, void *data, size_t cap,
	size_t *ret_len);

/** Ask for the version; known already at a stop, so mostly no request. */
KD_API KD_MUST_USE enum kd_status kd_session_get_version(
	struct kd_session *s, uint64_t deadline_us, struct kd_version *ret);

/**
 * CONTEXT and special registers of a processor. GetContext brings it in one
 * packet; where it fails, GetContextEx brings the pieces. A target without
 * control space 2 gives special_len 0. Kept until the target runs, for one
 * processor.
 *
 * @return KD_E_STATE if the target runs
 * @return KD_E_TARGET if there is no such processor
 * @return KD_E_UNSUPPORTED if the architecture is unknown
 */
KD_API KD_MUST_USE enum kd_status kd_session_get_context(
	struct kd_session *s, unsigned processor, uint64_t deadline_us,
	struct kd_context *ret);

/**
 * Write CONTEXT back (special registers are not written).
 *
 * @return as kd_session_get_context()
 * @return KD_E_ARG if @p c is of another architecture or size
 */
KD_API KD_MUST_USE enum kd_status kd_session_set_context(
	struct kd_session *s, unsigned processor, const struct kd_context *c,
	uint64_t deadline_us);

/**
 * kd_session_submit_switch(), and wait until the processor reports. There is
 * no event of it: kd_session_stop() has changed.
 *
 * @return KD_E_ARG, KD_E_STATE, KD_E_TARGET as told there
 */
KD_API KD_MUST_USE enum kd_status kd_session_switch_processor(
	struct kd_session *s, unsigned processor, uint64_t deadline_us);

/**
 * Wait until the target stands still. What this call tells is no event any
 * more; other events are kept.
 */
KD_API KD_MUST_USE enum kd_status kd_session_wait_stop(struct kd_session *s,
						       uint64_t deadline_us,
						       struct kd_stop *ret);

/** kd_session_break_in() and wait for the stop. */
KD_API KD_MUST_USE enum kd_status kd_session_halt(struct kd_session *s,
						  uint64_t deadline_us,
						  struct kd_stop *ret);

/**
 * kd_session_resume() and wait until the target has it. There is no
 * KD_EV_RUNNING then.
 */
KD_API KD_MUST_USE enum kd_status kd_session_continue(struct kd_session *s,
						      enum kd_resume how,
						      uint64_t deadline_us);

/** How to leave a target. */
enum kd_leave {
	KD_LEAVE_RUNNING, /**< q: undo what we changed, let it run */
	KD_LEAVE_AS_IS,	  /**< qd: undo what we changed, touch nothing else */
};

/**
 * Undo what we changed and go; a target that runs is stopped for that, and
 * let run on. The session is of no use afterwards.
 *
 * A target that is to run may still have a break-in byte before it, which
 * would stop it with nobody there: then this waits for up to two seconds, and
 * lets it run on from that stop, too.
 */
KD_API KD_MUST_USE enum kd_status kd_session_leave(struct kd_session *s,
						   enum kd_leave how,
						   uint64_t deadline_us);

#endif
