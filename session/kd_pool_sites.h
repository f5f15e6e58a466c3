#ifndef KD_POOL_SITES_H
#define KD_POOL_SITES_H

/**
 * @file
 * Who uses a pool tag: the places in loaded modules where it stands, and
 * giving each of them a tag of its own, so that the kernel counts for them
 * apart. And nt!PoolHitTag, at which the kernel stops.
 *
 * All of it is about a halted target. What is changed is in the journal.
 * Beside its own errors each call returns what kd_session_memory.h says, and
 * KD_E_NOMEM; session's detail has a sentence about KD_E_ARG and
 * KD_E_NOT_FOUND.
 */

#include "kd_code.h"
#include "kd_session_memory.h"
#include "kd_symbols.h"

/** What these calls work with. */
struct kd_pool_code {
	struct kd_session *session;
	/** With all modules that are to be looked through. */
	struct kd_symbols *symbols;
	/** kd_disasm_code(), or NULL: no place is known to be an immediate. */
	kd_code_fn *decode;
	uint64_t request_us; /**< longest time for one answer */
	/** Of a search: bytes of modules. NULL: nobody is told. */
	kd_progress_fn *progress;
	void *progress_ctx;
};

/** What a function of the kernel does with the pool. */
enum kd_pool_role {
	KD_POOL_ROLE_UNKNOWN,
	KD_POOL_ROLE_NONE,
	KD_POOL_ROLE_INSIDE, /**< may stand between two of the pool's own */
	KD_POOL_ROLE_ALLOCATES,
	KD_POOL_ROLE_FREES,
};

/**
 * By the kernel's own convention: executive functions begin with Ex, and those
 * of the pool say so: ExAllocatePoolWithTag, ExpAllocateBigPool, ExFreePool,
 * ExDeferredFreePool, ...
 */
KD_API enum kd_pool_role kd_pool_role_of(const char *name);

/** A place where a tag's four bytes stand. */
struct kd_pool_site {
	uint64_t address; /**< of the tag's first byte */
	uint64_t module;  /**< base */
	/** Start of the function that it is in; 0: in none that is known. */
	uint64_t function;
	/** It is a number that an instruction holds, and which begins here. */
	bool is_immediate;
	uint64_t instruction;
	/** Of the function that is called next: what the tag is for. */
	enum kd_pool_role role;
	uint32_t old; /**< the tag that stood there */
	uint32_t tag; /**< that stands there now */
};

enum { KD_POOL_SITES_MAX = 256 };

/**
 * Find the places where a tag stands, in the order of addresses. The target
 * does the searching: one or two requests for each module, if it looks behind
 * gaps in memory, else a few more; and one for each place. Then code is read
 * from the start of its function on, to see whether it is part of an
 * instruction.
 *
 * @param sites    room for @p cap
 * @param ret      how many were filled in
 * @param ret_cut  there are more
 */
KD_API KD_MUST_USE enum kd_status kd_pool_tag_sites(
	const struct kd_pool_code *c, uint32_t tag, struct kd_pool_site *sites,
	size_t cap, size_t *ret, bool *ret_cut);

/**
 * Can these places be given tags of their own without harm? Only if all of
 * them allocate. Who frees may name the tag, too, and the kernel stops
 * (BAD_POOL_CALLER) where that is not the block's; and what a tag in data is
 * used for, nobody knows.
 */
KD_API bool kd_pool_sites_are_safe(const struct kd_pool_site *sites,
				   size_t count);

/** Is a tag taken already, so that no place is to be given it? */
typedef bool kd_pool_taken_fn(void *ctx, uint32_t tag);

/**
 * Give each place a tag of its own: the last character becomes 1 to 9, A to Z,
 * a to z, whatever is not taken. One byte of each place is written.
 *
 * @param force  also places that are not safe to be changed
 * @param taken  NULL: none is
 * @return KD_E_ARG if kd_pool_sites_are_safe() denies it, and it is not forced:
 *         nothing has been changed
 * @return KD_E_SPACE if there are not enough tags: likewise
 * @return or why writing failed; what was written has been undone
 */
KD_API KD_MUST_USE enum kd_status kd_pool_retag(const struct kd_pool_code *c,
						struct kd_pool_site *sites,
						size_t count, bool force,
						kd_pool_taken_fn *taken,
						void *ctx);

/**
 * Undo kd_pool_retag(). The cancel hook has no say in it.
 *
 * @return what the first failure was; the others are tried nevertheless
 */
KD_API KD_MUST_USE enum kd_status kd_pool_retag_undo(
	const struct kd_pool_code *c, struct kd_pool_site *sites, size_t count);

/** What nt!PoolHitTag is when nothing is to be hit (as published). */
#define KD_POOL_HIT_NONE 0xffffff0fu

/**
 * The tag whose allocations and frees stop the target.
 *
 * @return KD_E_NOT_FOUND if this kernel has no such thing, or no symbols
 */
KD_API KD_MUST_USE enum kd_status kd_pool_hit_tag_get(
	const struct kd_pool_code *c, uint32_t *ret);
KD_API KD_MUST_USE enum kd_status kd_pool_hit_tag_set(
	const struct kd_pool_code *c, uint32_t tag);
/** None, whoever has set it. The cancel hook has no say in it. */
KD_API KD_MUST_USE enum kd_status kd_pool_hit_tag_clear(
	const struct kd_pool_code *c);

/**
 * The start of the function that holds an address. What a linker has put
 * apart from its function belongs to it, if unwind data says so.
 *
 * @param pe  the image that holds it; NULL: go by symbols alone
 * @return KD_E_NOT_FOUND if there is none known
 */
KD_API KD_MUST_USE enum kd_status kd_pool_function_at(
	const struct kd_pool_code *c, const struct kd_pe *pe, uint64_t address,
	uint64_t *ret);

#endif
