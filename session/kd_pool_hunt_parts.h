#ifndef KD_POOL_HUNT_PARTS_H
#define KD_POOL_HUNT_PARTS_H

/** @file The inside of a hunt, for its own files. */

#include "kd_pool_hunt.h"
#include "kd_pool_images.h"
#include "kd_stack.h"

enum {
	KD_POOL_PLACES = 256,  /* code addresses whose function is known */
	KD_POOL_RETURNS = 64,  /* places to which allocations return */
	KD_POOL_PENDING = 128, /* allocations that have not returned */
	KD_POOL_CANDIDATES = 128,
};

/** Is an address in one of the pool's own functions? */
struct kd_pool_place {
	uint64_t pc;
	enum kd_pool_role role;
};

/** A hit, as its stack tells. */
struct kd_pool_hit {
	struct kd_pool_stack stack; /* pc, frames, site, is_free */
	bool is_outside;	    /* the pool's own frames are behind */
	uint64_t return_address, caller_sp; /* of what the site called */
	/* what may be the block that is freed, the likeliest first */
	uint64_t candidate[KD_POOL_CANDIDATES];
	size_t candidates;
};

struct kd_pool_pending {
	bool used;
	uint64_t thread, sp; /* behind the return */
	uint32_t stack;
};

struct kd_pool_hunt {
	struct kd_allocator mem;
	struct kd_pool_hunt_config config;
	struct kd_pool_ledger ledger;
	struct kd_pool_images images;
	struct kd_pool_place place[KD_POOL_PLACES];
	struct {
		uint64_t address;
		uint32_t breakpoint;
	} returns[KD_POOL_RETURNS];
	size_t return_count;
	struct kd_pool_pending pending[KD_POOL_PENDING];
	size_t pending_next;
	uint64_t hit_tag; /* where nt!PoolHitTag is */
	uint64_t began_us, stopped_us, stood_us, told_us;
	uint64_t pause_until_us; /* 0: it does not pause */
	unsigned pauses;
	uint64_t unclear;
	bool ended, rebooted;
	enum kd_pool_hunt_end end;
};

/**
 * What the stack of a stop tells.
 *
 * @return KD_E_NOT_FOUND if it is none of the pool's stops
 */
enum kd_status kd_pool_hit_read(struct kd_pool_hunt *h,
				const struct kd_stop *stop,
				struct kd_pool_hit *ret);

/** When a request that begins now is given up. */
uint64_t kd_pool_hunt_deadline(const struct kd_pool_hunt *h);

/*
 * kd_pool_hunt_blocks.c. What there is no room for is only counted, and is no
 * error.
 */

/** Count a hit; what allocates is waited for where it returns to. */
enum kd_status kd_pool_hunt_take_hit(struct kd_pool_hunt *h,
				     const struct kd_stop *stop,
				     const struct kd_pool_hit *hit);
/** Is it a stop where one is waited for? */
bool kd_pool_hunt_is_return(const struct kd_pool_hunt *h,
			    const struct kd_stop *stop);
/** Note the block that was allocated. */
enum kd_status kd_pool_hunt_take_return(struct kd_pool_hunt *h,
					const struct kd_stop *stop);

#endif
