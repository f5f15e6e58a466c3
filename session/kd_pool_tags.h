#ifndef KD_POOL_TAGS_H
#define KD_POOL_TAGS_H

/**
 * @file
 * Who has how much of the pool, by tag: what the kernel's tables of tags say,
 * added up. Nothing here reads a target; kd_pool.h does.
 */

#include "kd_alloc.h"
#include "kd_pool_layout.h"

enum kd_pool_kind { KD_POOL_NONPAGED, KD_POOL_PAGED, KD_POOL_KINDS };

/** Since the target booted. */
struct kd_pool_use {
	uint64_t allocs, frees;
	uint64_t bytes; /**< that are allocated now */
};

struct kd_pool_tag {
	uint32_t tag; /**< its first character is the lowest byte */
	struct kd_pool_use use[KD_POOL_KINDS];
};

/** A snapshot of all tags. */
struct kd_pool_tags {
	struct kd_allocator mem;
	/** In the order of their characters, once they are complete. */
	struct kd_pool_tag *row;
	size_t count, room;
	unsigned tables;     /**< that were added up */
	unsigned unreadable; /**< tables that could not be read */
	uint64_t requests;   /**< that the target was asked for this */
	bool is_cut;	     /**< there were more than KD_POOL_TAGS_MAX */
};

/** More tags than this are not believed in; the rest is left out. */
enum { KD_POOL_TAGS_MAX = 1 << 16 };

/** @param mem  NULL for the C library's; copied */
KD_API void kd_pool_tags_init(struct kd_pool_tags *t,
			      const struct kd_allocator *mem);
/** Free the rows. */
KD_API void kd_pool_tags_deinit(struct kd_pool_tags *t);

/**
 * Add entries of a table. Processors have tables of their own, and what one
 * allocated another may free, so that only sums mean something.
 *
 * @param bytes  whole entries; what is left over is not looked at
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_pool_tags_add(
	struct kd_pool_tags *t, const struct kd_pool_tracker *layout,
	const uint8_t *bytes, size_t len);

/** All tables were added: a row for each tag, in order. */
KD_API void kd_pool_tags_complete(struct kd_pool_tags *t,
				  const struct kd_pool_tracker *layout);

/** The row of a tag, among complete ones; NULL if it has none. */
KD_API const struct kd_pool_tag *kd_pool_tags_find(const struct kd_pool_tags *t,
						   uint32_t tag);

/** Allocations that were not freed. */
KD_API uint64_t kd_pool_outstanding(const struct kd_pool_use *u);

/** What rows are sorted by; the largest first, but for tags. */
enum kd_pool_order {
	KD_POOL_BY_TAG,
	KD_POOL_BY_NONPAGED,	    /**< bytes */
	KD_POOL_BY_PAGED,	    /**< bytes */
	KD_POOL_BY_NONPAGED_GROWTH, /**< bytes since another snapshot */
	KD_POOL_BY_PAGED_GROWTH,    /**< bytes since another snapshot */
	KD_POOL_BY_GROWTH,	    /**< of both pools together */
};

/** A row's place in an order, and what became of it meanwhile. */
struct kd_pool_rank {
	const struct kd_pool_tag *tag;
	/** Bytes, and allocations that were not freed, since then. */
	int64_t bytes[KD_POOL_KINDS], outstanding[KD_POOL_KINDS];
	/** Allocations and frees since then. */
	uint64_t allocs[KD_POOL_KINDS], frees[KD_POOL_KINDS];
};

/**
 * Sort the rows of a snapshot, and compare it with an earlier one.
 *
 * @param before  NULL: with a time when nothing was allocated
 * @param out     room for t->count
 */
KD_API void kd_pool_tags_rank(const struct kd_pool_tags *t,
			      const struct kd_pool_tags *before,
			      enum kd_pool_order order,
			      struct kd_pool_rank *out);

enum { KD_POOL_TAG_TEXT = 5 };

/** A tag's four characters, terminated; '.' for what is no ASCII. */
KD_API const char *kd_pool_tag_text(uint32_t tag, char out[KD_POOL_TAG_TEXT]);

/** The tag that a text of at most four characters means: "AGP" is "AGP ". */
KD_API uint32_t kd_pool_tag_of(const char *text);

/**
 * Does a tag match? Case counts; '*' is any number of characters, '?' one.
 * A pattern of less than four characters stands for itself and spaces.
 */
KD_API bool kd_pool_tag_matches(const char *pattern, uint32_t tag);

/** Has the pattern a '*' or '?'? */
KD_API bool kd_pool_tag_is_pattern(const char *pattern);

#endif
