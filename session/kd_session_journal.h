#ifndef KD_SESSION_JOURNAL_H
#define KD_SESSION_JOURNAL_H

/**
 * @file
 * Never leave a mess. Whatever a session changes in a target (breakpoints,
 * and memory that is written with KD_WRITE_JOURNALED) is noted before the
 * change goes out, and struck off when it has been undone. kd_session_leave()
 * undoes what is left. A session that dies leaves its notes behind, if it was
 * given somewhere to keep them; the next one finds them.
 */

#include "kd_journal.h"
#include "kd_session_ops.h"

/**
 * Where a journal outlives the program. kd_journal_file.h has one of files;
 * the session does no such thing itself.
 */
struct kd_journal_store {
	/**
	 * All that was appended and not removed since.
	 *
	 * @param ret_text  NULL if there is nothing; the store's, until its
	 *                  next call
	 */
	enum kd_status (*load)(void *ctx, struct kd_detail *detail,
			       const char **ret_text, size_t *ret_len);
	/**
	 * Add lines. They must survive this program's death, and this
	 * machine's if @p safe, when it returns KD_OK.
	 */
	enum kd_status (*append)(void *ctx, const char *text, size_t len,
				 bool safe, struct kd_detail *detail);
	/** Nothing is outstanding any more. */
	void (*remove)(void *ctx);
	void *ctx;
};

/**
 * Keep the journal there, and read what another session left behind. Before
 * anything is changed; @p store is copied.
 *
 * @return KD_E_FORMAT if what is there is no journal: it is not touched, and
 *         this session's journal is kept in memory alone
 * @return KD_E_STATE if something has been changed already
 * @return KD_E_NOMEM, KD_E_SPACE, or what the store returns
 */
KD_API KD_MUST_USE enum kd_status kd_session_use_journal(
	struct kd_session *s, const struct kd_journal_store *store);

/** What another session left behind. */
struct kd_leftover {
	enum kd_boot_match boot;
	size_t changes; /**< KD_BOOT_OTHER: they went with that boot */
};

/**
 * At the first stop of a target: is what was left behind about this boot? If
 * the target has been rebooted since, it is dropped. Blocks.
 *
 * @param ret  changes is 0 if nothing was left behind, or it was asked before
 * @return KD_E_STATE if the target runs
 */
KD_API KD_MUST_USE enum kd_status kd_session_find_leftover(
	struct kd_session *s, uint64_t deadline_us, struct kd_leftover *ret);

/** The n-th change that is outstanding, in the order in which they were made;
 * NULL behind the last. Valid until the next call that takes the session. */
KD_API const struct kd_change *kd_session_change_at(const struct kd_session *s,
						    size_t n);

/** How undoing a change went. */
enum kd_undo {
	KD_UNDO_DONE,	 /**< it is as it was */
	KD_UNDO_ALREADY, /**< it was, already */
	KD_UNDO_FOREIGN, /**< somebody has changed it again: left alone */
	KD_UNDO_FAILED,	 /**< it cannot be reached; it stays in the journal */
};

/**
 * Told of each change that was looked at; @p foreign of its bytes hold
 * neither what we wrote nor what was there before. Must not use the session.
 */
typedef void kd_undo_fn(void *ctx, const struct kd_change *change,
			enum kd_undo how, size_t foreign);

/** Which changes are meant; this session's breakpoints never are. */
enum kd_whose {
	KD_WHOSE_OURS, /**< what this session has edited */
	KD_WHOSE_ALL,  /**< and all that another session left behind */
};

/**
 * Undo changes, the last first. A byte is restored only where the target
 * still holds what was written.
 *
 * @param told  may be NULL
 * @return KD_OK if none failed; what the first failure was, otherwise: the
 *         others are tried nevertheless, unless the target was lost or the
 *         time is up
 * @return KD_E_STATE if the target runs
 */
KD_API KD_MUST_USE enum kd_status kd_session_undo(struct kd_session *s,
						  enum kd_whose whose,
						  uint64_t deadline_us,
						  kd_undo_fn *told, void *ctx);

/**
 * Undo what this session has edited within a range, the last first; other
 * changes stay. As kd_session_undo().
 *
 * @param len  bytes; an edit that lies partly outside is not meant
 */
KD_API KD_MUST_USE enum kd_status kd_session_undo_edits(
	struct kd_session *s, uint64_t address, uint64_t len,
	uint64_t deadline_us, kd_undo_fn *told, void *ctx);

/**
 * Forget what was there before: edited memory stays as it is, also when we
 * leave, and nothing that another session left behind is undone any more. This
 * session's breakpoints are not meant.
 *
 * @return how many changes were forgotten
 */
KD_API size_t kd_session_keep_changes(struct kd_session *s);

#endif
