#ifndef KD_POOL_H
#define KD_POOL_H

/**
 * @file
 * The pool of a halted target: its tables of tags, the blocks of a page,
 * allocations of whole pages, and where a tag is in all of it.
 *
 * Structures are where the kernel's PDB says, variables where its symbols or
 * KDBG say. What the target says about lengths is not believed without limit.
 *
 * Each call here reads what it needs, and passes on what reading returns,
 * KD_E_CANCELED among it. Where the source of memory answers KD_E_PENDING, a
 * call can be made again, if what was read before is kept. Besides,
 * KD_E_NOT_FOUND  the kernel has no such structure or variable,
 * KD_E_FORMAT     what the target says cannot be, and
 * KD_E_NOMEM; the detail has a sentence about each.
 */

#include "kd_pool_tags.h"
#include "kd_session_memory.h"

/** Where the pool is read from. Members are for reading but for progress. */
struct kd_pool {
	struct kd_session *session;
	struct kd_symbols *symbols;
	struct kd_memory memory;
	unsigned pointer_size;
	struct kd_pool_layout layout;
	uint64_t kdbg; /**< address of KDBG; 0: there is none */
	/** Asked now and then during long reads; NULL: nobody is. */
	kd_progress_fn *progress;
	void *progress_ctx;
	struct kd_detail detail;
};

/**
 * Learn where things are. Nothing is held; it is worth keeping for several
 * calls at one stop, and void when the target has rebooted.
 *
 * @param symbols  with nt among its modules
 * @param memory   of the halted target
 * @param ret      detail is set on failure, too
 * @return KD_E_STATE if the target runs, or its version is not known
 */
KD_API KD_MUST_USE enum kd_status kd_pool_open(struct kd_session *session,
					       struct kd_symbols *symbols,
					       struct kd_memory memory,
					       struct kd_pool *ret);

enum { KD_POOL_PAGE = 4096 }; /* on x64, x86 and ARM64 */

/* ---- tags ---- */

enum kd_pool_scope { KD_POOL_SYSTEM, KD_POOL_SESSION };

/** Entries of a table, and tables: more are not believed in. */
enum { KD_POOL_TABLE_MAX = 1 << 16, KD_POOL_TABLES_MAX = 64 };

/**
 * Read all tags: the first table, those of the other processors, and the
 * expansion; or the current session's table. Each is read as a whole, so that
 * a table of 512 entries costs as many requests as its bytes have packets.
 *
 * @param tags  initialised; filled and completed, its rows from before gone
 */
KD_API KD_MUST_USE enum kd_status kd_pool_read_tags(struct kd_pool *p,
						    enum kd_pool_scope scope,
						    struct kd_pool_tags *tags);

/* ---- blocks ---- */

struct kd_pool_block {
	uint64_t address;	 /**< of its header */
	uint32_t size, previous; /**< bytes, header included */
	uint32_t tag;
	uint32_t type; /**< as its header has it; 0: free */
	bool is_protected;
};

/** A page of blocks, which are a row without gaps. */
struct kd_pool_page {
	const struct kd_pool_header *layout;
	uint64_t address;
	uint32_t at, previous; /**< bytes */
	uint8_t bytes[KD_POOL_PAGE];
};

/** Begin with the page that holds @p address. */
KD_API KD_MUST_USE enum kd_status kd_pool_page_read(struct kd_pool *p,
						    uint64_t address,
						    struct kd_pool_page *ret);
/**
 * The next block.
 *
 * @param page  moves on only on KD_OK
 * @return KD_E_END at the end of the page
 * @return KD_E_FORMAT where no block can be: it has no size, goes beyond the
 *         page, or says something else about the one before it
 */
KD_API KD_MUST_USE enum kd_status kd_pool_page_next(struct kd_pool_page *page,
						    struct kd_pool_block *ret);

/* ---- allocations of whole pages ---- */

struct kd_pool_big {
	uint64_t address;
	uint64_t bytes; /**< whole pages */
	uint32_t tag;
};

/** Where their table is. */
struct kd_pool_big_table {
	uint64_t address, entries;
};

/** @return KD_E_FORMAT also for a table larger than KD_POOL_BIG_MAX entries */
KD_API KD_MUST_USE enum kd_status kd_pool_big_table(
	struct kd_pool *p, struct kd_pool_big_table *ret);
enum { KD_POOL_BIG_MAX = 1 << 24 };

/**
 * Told of each; false ends it. Must not change the target, may read it.
 */
typedef bool kd_pool_big_fn(void *ctx, const struct kd_pool_big *big);

/** Tell of all that are allocated, in the order of the table. */
KD_API KD_MUST_USE enum kd_status kd_pool_big_each(struct kd_pool *p,
						   kd_pool_big_fn *found,
						   void *ctx);

/**
 * The one that begins with the page of @p address, or holds it. The target
 * looks for the page itself: no hash has to be known.
 *
 * @return KD_E_END if there is none
 */
KD_API KD_MUST_USE enum kd_status kd_pool_big_find(struct kd_pool *p,
						   uint64_t address,
						   struct kd_pool_big *ret);

/* ---- all of it ---- */

/** A pool's addresses, in whole pages; end is behind the last. */
struct kd_pool_region {
	uint64_t start, end;
};

KD_API KD_MUST_USE enum kd_status kd_pool_region(struct kd_pool *p,
						 enum kd_pool_kind kind,
						 struct kd_pool_region *ret);

typedef bool kd_pool_block_fn(void *ctx, const struct kd_pool_block *block);

/**
 * Tell of all blocks in a pool whose tag matches. The target looks for a tag
 * without wildcards; else every page is read. A page that is no row of blocks
 * is passed over from where it is none.
 *
 * @return KD_OK, also if told to end; KD_E_ARG if @p pattern is ""
 */
KD_API KD_MUST_USE enum kd_status kd_pool_find_blocks(
	struct kd_pool *p, const struct kd_pool_region *region,
	const char *pattern, kd_pool_block_fn *found, void *ctx);

#endif
