#ifndef KD_POOL_HUNT_H
#define KD_POOL_HUNT_H

/**
 * @file
 * Who allocates and frees a pool tag: the target runs with nt!PoolHitTag set,
 * and at each of its stops the stack is taken and the target goes on.
 *
 * The stop is an `int 3` in the kernel's own code. It is stepped past, and not
 * replaced by nop and a breakpoint as one does by hand: the registers have to
 * be read for the stack and the PC written either way, so that a hit costs the
 * same, and nothing has to be put back.
 *
 * Which block was allocated is known when the allocation returns to its
 * caller: a breakpoint waits there, and takes the return value. Which one is
 * freed is found among the registers at the hit, those of the pool's own
 * frames, and the words that their callers left for parameters: the first
 * that is a block which was seen being allocated.
 */

#include "kd_event.h"
#include "kd_pool_ledger.h"
#include "kd_pool_sites.h"

struct kd_pool_hunt;

/** Where a hunt stands. */
struct kd_pool_hunt_state {
	/** Since it began, by the link's clock, and how much of it the target
	 * stood still. */
	uint64_t ran_us, stood_us;
	/** Allocations that have not returned yet, so that their block is not
	 * known. */
	size_t pending;
	/** How often it paused because the target stood still too much; what
	 * happened meanwhile was not seen. */
	unsigned pauses;
	/** Hits whose stack could not be walked to a caller. */
	uint64_t unclear;
	const struct kd_pool_ledger *ledger;
};

struct kd_pool_hunt_config {
	struct kd_pool_code code; /**< copied */
	uint32_t tag;
	uint64_t span_us;  /**< how long it runs at most */
	uint64_t hits_max; /**< 0: as many as there are */
	/** Percent of the time for which the target may stand still at hits:
	 * 1 to 99; 0: as long as it takes. */
	unsigned share_max;
	/**
	 * The target stands still for another reason. If it runs on when this
	 * returns, so does the hunt; else it ends.
	 */
	void (*stop)(void *ctx, const struct kd_event *event);
	/** Whatever else happens; may be NULL. */
	void (*event)(void *ctx, const struct kd_event *event);
	/** Now and then; may be NULL. Must not use the session. */
	void (*progress)(void *ctx, const struct kd_pool_hunt_state *state);
	uint64_t progress_us; /**< how often */
	void *ctx;	      /**< of all three */
};

/** Why it has ended. */
enum kd_pool_hunt_end {
	KD_POOL_HUNT_TIME,     /**< span_us */
	KD_POOL_HUNT_COUNT,    /**< hits_max */
	KD_POOL_HUNT_CANCELED, /**< as the cancel hook said */
	KD_POOL_HUNT_STOPPED,  /**< by something else, where it stands now */
	KD_POOL_HUNT_REBOOTED, /**< another boot: it does not stand still */
};

/**
 * @param mem  NULL for the C library's; copied
 * @return KD_E_NOMEM
 * @return KD_E_ARG if there is no stop hook, or share_max is over 99
 */
KD_API KD_MUST_USE enum kd_status kd_pool_hunt_create(
	const struct kd_allocator *mem,
	const struct kd_pool_hunt_config *config, struct kd_pool_hunt **ret);
/** Accepts NULL. Nothing is sent. */
KD_API void kd_pool_hunt_destroy(struct kd_pool_hunt *h);

/**
 * Hunt, from a stop to another one. nt!PoolHitTag is none afterwards, and no
 * breakpoint of ours is left, unless the target was lost: then the journal
 * knows. If the cancel hook says so, it ends in the same order.
 *
 * @return KD_E_STATE if the target runs
 * @return KD_E_NOT_FOUND if there is no nt!PoolHitTag
 * @return KD_E_TIMEOUT if the target does not stop any more
 * @return KD_E_LOST, KD_E_OS, KD_E_NOMEM, or what else keeps it from it
 */
KD_API KD_MUST_USE enum kd_status kd_pool_hunt_run(struct kd_pool_hunt *h,
						   enum kd_pool_hunt_end *ret);

/** What it has seen; valid until it is destroyed. */
KD_API void kd_pool_hunt_get_state(const struct kd_pool_hunt *h,
				   struct kd_pool_hunt_state *ret);

/** The ledger, to be measured: the sizes of blocks are the pool's business. */
KD_API struct kd_pool_ledger *kd_pool_hunt_ledger(struct kd_pool_hunt *h);

#endif
