#ifndef KD_SYMBOL_STORE_H
#define KD_SYMBOL_STORE_H

/**
 * @file
 * Symbol paths: folders and chains of symbol stores, looked through in the
 * order in which they are written.
 *
 *   FOLDER              F/x.pdb, F/sys/x.pdb, F/symbols/sys/x.pdb
 *   srv*A*B*URL         store A, else B (then copied to A), else the web
 *                       server (then stored in B and A); an empty part is the
 *                       default store; also "symsrv*symsrv.dll*…"
 *   cache*C             store C, which also takes what is found behind it
 *
 * with ';' between them. A store's file is at "x.pdb/KEY/x.pdb", or, where its
 * root has a file index2.txt, at "x./x.pdb/KEY/x.pdb" (the first two
 * characters); "file.ptr" there says where it is instead. A web server is
 * asked only if the path names it. What comes from one is checked to be what
 * was asked for before it gets its name in a store; a download that was cut
 * off goes on where it was; no file is fetched twice at the same time, whoever
 * asks. A server that cannot be reached is not asked again by this store.
 */

#include "kd_download.h"
#include "kd_symbols.h"

struct kd_symbol_store;

struct kd_symbol_store_config {
	const char *path; /**< copied */
	/** What an empty part means; NULL: such parts are left out. Copied. */
	const char *default_store;
	kd_symbol_say_fn *say; /**< may be NULL */
	void *say_ctx;
	kd_download_progress_fn *progress; /**< may be NULL */
	void *progress_ctx;
	uint64_t connect_us; /**< to reach a server; 0 for 10 s */
	uint64_t stall_us;   /**< without a byte; 0 for 30 s */
	uint64_t largest;    /**< bytes of a file; 0 for 4 GiB */
};

/**
 * @param mem  NULL for the C library's
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_symbol_store_create(
	const struct kd_allocator *mem,
	const struct kd_symbol_store_config *config,
	struct kd_symbol_store **ret);
/** Accepts NULL. */
KD_API void kd_symbol_store_destroy(struct kd_symbol_store *s);

/**
 * Another path; servers that could not be reached may be now.
 *
 * @return KD_E_NOMEM, with the old path still in use
 */
KD_API KD_MUST_USE enum kd_status kd_symbol_store_set_path(
	struct kd_symbol_store *s, const char *path);
KD_API const char *kd_symbol_store_path(const struct kd_symbol_store *s);

/**
 * A kd_symbol_locator_fn; its context is the store. Fetches a file before it
 * tells its path, which may take long: see progress.
 */
KD_API enum kd_status kd_symbol_store_locate(void *store,
					     const struct kd_symbol_file *want,
					     unsigned attempt, char *path);

#endif
