#ifndef KD_JOURNAL_FILE_H
#define KD_JOURNAL_FILE_H

/**
 * @file
 * Journals in files: one for each target, in a folder of the user's. Nobody
 * else can read them; only one program at a time has one; a file with nothing
 * outstanding is removed.
 */

#include "kd_net.h"
#include "kd_session_journal.h"

enum { KD_JOURNAL_PATH_MAX = 1024, KD_JOURNAL_NAME_MAX = 96 };

/**
 * Where journals are by default: crashcart/journals below $XDG_STATE_HOME, or
 * below ~/.local/state.
 *
 * @return KD_E_NOT_FOUND if neither XDG_STATE_HOME nor HOME is set
 * @return KD_E_SPACE if the path is too long
 */
KD_API KD_MUST_USE enum kd_status kd_journal_folder(
	char ret[KD_JOURNAL_PATH_MAX]);

/**
 * What a target's file is called: after a hash of its key, from which the key
 * cannot be had; without one, after its link.
 *
 * @param key   KDNET's; NULL: none
 * @param link  kd_link.name
 * @return KD_E_NOMEM, KD_E_UNSUPPORTED as kd_crypto_create()
 */
KD_API KD_MUST_USE enum kd_status kd_journal_name(
	const struct kd_net_key *key, const char *link,
	char ret[KD_JOURNAL_NAME_MAX]);

struct kd_journal_file;

/**
 * Open a target's file, if there is one; it is made when it is needed.
 *
 * @param mem  NULL for the C library's
 * @return KD_E_STATE if another program has it
 * @return KD_E_OS if it cannot be opened, or is not the user's own
 * @return KD_E_SPACE if the path is too long; KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_journal_file_open(
	const struct kd_allocator *mem, const char *folder, const char *name,
	struct kd_detail *detail, struct kd_journal_file **ret);
/** Close it; what is in it stays. NULL is accepted. */
KD_API void kd_journal_file_close(struct kd_journal_file *f);

KD_API const char *kd_journal_file_path(const struct kd_journal_file *f);
/** For kd_session_use_journal(); the file must outlive the session. */
KD_API struct kd_journal_store kd_journal_file_store(struct kd_journal_file *f);

#endif
