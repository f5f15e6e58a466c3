#ifndef KD_SESSION_H
#define KD_SESSION_H

/**
 * @file
 * The debugger engine: one target, one wire, without I/O of its own. Two
 * ways to use it:
 *
 * - Engine: feed bytes and time, pull what to send, ask for the deadline and
 *   for events; submit requests and see them end as events. One thread can
 *   keep thousands of these busy.
 * - Blocking: kd_session_use_link() and the functions of kd_session_ops.h,
 *   which run the link until their answer is there.
 *
 * One thread at a time; nothing here calls back but log, trace and allocator.
 */

#include "kd_alloc.h"
#include "kd_context.h"
#include "kd_event.h"
#include "kd_link.h"
#include "kd_log.h"
#include "kd_net.h"
#include "kd_random.h"
#include "kd_trace.h"

struct kd_session;

struct kd_session_config {
	enum kd_link_kind kind;
	struct kd_log log;
	struct kd_trace trace;
	/** Bits per second of a serial line, for the time limits; or 0. */
	unsigned baud;
	/** RESETs to send while synchronising; 0 for no limit. */
	unsigned max_resets;
	/** KDNET only. Copied; the caller wipes its own. */
	struct kd_net_key key;
	struct kd_random random;
	/** Take a target that talks to another debugger. */
	bool takeover;
	/** Make first contact (KD-WIRE 2.6); port 0 for no. */
	struct kd_endpoint target;
	/** Stop the target as soon as it is attached (-b, -bonc). */
	bool break_on_attach;
	/** Stop at the next module load (-d), once. */
	bool stop_at_load;
	/** Most bytes of the memory cache; 0 for 1 MiB. */
	size_t cache_bytes;
	/** Is an address one of ours? May be NULL. */
	bool (*is_ours)(void *ctx, const struct kd_endpoint *e);
	void *is_ours_ctx;
};

/**
 * Make a session. All memory of the packet path is taken here.
 *
 * @param mem  NULL for the C library's
 * @return KD_E_NOMEM
 * @return KD_E_UNSUPPORTED for KDNET in a build without it
 */
KD_API KD_MUST_USE enum kd_status kd_session_create(
	const struct kd_allocator *mem, const struct kd_session_config *config,
	struct kd_session **ret);

/**
 * Free it and wipe its keys; NULL is accepted. Nothing is sent: to leave a
 * target in order, call kd_session_leave() first.
 */
KD_API void kd_session_destroy(struct kd_session *s);

/* ---- the engine ---- */

/**
 * Bytes arrived; @p from is a datagram's sender, else NULL. The bytes are
 * borrowed until kd_session_next_event() has returned false.
 */
KD_API void kd_session_feed(struct kd_session *s, uint64_t now_us,
			    const struct kd_endpoint *from,
			    const uint8_t *bytes, size_t len);

enum { KD_OUTPUT_CHUNKS = 4 };

/** What to send: one stretch of a stream, or several datagrams. */
struct kd_output {
	struct kd_chunk chunk[KD_OUTPUT_CHUNKS];
	size_t count;
	struct kd_endpoint to;
};

/** What to send next; false if nothing. Valid until kd_session_sent(). */
KD_API bool kd_session_pull(struct kd_session *s, uint64_t now_us,
			    struct kd_output *ret);
/** @p n bytes (stream) or datagrams of the last pull went out. */
KD_API void kd_session_sent(struct kd_session *s, uint64_t now_us, size_t n);
/** When to call kd_session_tick(), or KD_NEVER. */
KD_API uint64_t kd_session_deadline(const struct kd_session *s);
/** It is that late: retransmit, repeat a break-in, give up. */
KD_API void kd_session_tick(struct kd_session *s, uint64_t now_us);
/**
 * The next event; false if there is none. Call until false after each feed
 * and tick: what was fed is worked off here.
 */
KD_API bool kd_session_next_event(struct kd_session *s, uint64_t now_us,
				  struct kd_event *ret);

/* ---- requests ---- */

/** How a memory access is made. Combine with |. */
enum kd_access {
	KD_ACCESS_VIRTUAL = 0,
	KD_ACCESS_PHYSICAL = 1 << 0,
	/** Neither look into the cache nor fill it. */
	KD_ACCESS_UNCACHED = 1 << 1,
	/*
	 * How the target maps physical memory to get at it: as it likes, or in
	 * one of three ways. A device's is to be mapped without its caches.
	 */
	KD_ACCESS_MAP_CACHED = 1 << 4,
	KD_ACCESS_MAP_UNCACHED = 1 << 5,
	KD_ACCESS_MAP_COMBINED = 1 << 6, /**< writes are combined */
	KD_ACCESS_ALL = KD_ACCESS_PHYSICAL | KD_ACCESS_UNCACHED |
			KD_ACCESS_MAP_CACHED | KD_ACCESS_MAP_UNCACHED |
			KD_ACCESS_MAP_COMBINED,
};

/**
 * Read the halted target's memory into @p buf, which must live until the
 * request has ended. The read is split into as many packets as it takes; the
 * next leaves together with the acknowledgement of the last.
 *
 * The KD_EV_DONE's len is the number of bytes read: KD_OK with 1 or more, or
 * KD_E_TARGET if not even the first can be read.
 *
 * @return KD_E_ARG if @p len is 0, the range wraps or a flag is unknown
 * @return KD_E_STATE if the target runs or is not attached
 * @return KD_E_SPACE if KD_REQUESTS_MAX requests are waiting
 */
KD_API KD_MUST_USE enum kd_status kd_session_submit_read(
	struct kd_session *s, uint64_t now_us, uint64_t address, void *buf,
	size_t len, unsigned flags, uint32_t *ret_request);

/**
 * Any one-packet request of kd_manipulate.h: version, contexts, control
 * space, ports, MSRs, breakpoints, search… (not Continue and SwitchProcessor,
 * which have calls of their own). The data are copied.
 *
 * A target that starts anew (RESET, or its own SYNC) while it has a request
 * forgets it, or its answer. What may be done twice is then asked again:
 * virtual memory, contexts, control space, searches, reads of physical
 * memory. All else, so ports, MSRs, PCI, writes of physical memory and
 * breakpoints, ends with KD_E_LOST and a sentence in the detail: it may or
 * may not have been done. The session goes on.
 *
 * @return KD_E_ARG if the api has no answer or does not fit a packet
 * @return KD_E_STATE, KD_E_SPACE as above
 */
KD_API KD_MUST_USE enum kd_status kd_session_submit(
	struct kd_session *s, uint64_t now_us, const struct kd_manipulate *m,
	uint32_t *ret_request);

enum { KD_REQUESTS_MAX = 8 };

/** Forget a request; its answer is dropped when it comes. No event. */
KD_API void kd_session_cancel(struct kd_session *s, uint32_t request);

/**
 * Ask the running target to stop. It is repeated until it stops, whether
 * because of this or for another reason: the KD_EV_STOPPED's break_in tells.
 * If it was another reason, one stop that the request causes within two
 * seconds of going on is passed over. Harmless when it stands still already.
 * On a stream it also finds a target that runs and says nothing.
 *
 * @return KD_E_STATE over KDNET, if no target is attached
 */
KD_API KD_MUST_USE enum kd_status kd_session_break_in(struct kd_session *s,
						      uint64_t now_us);

/**
 * The target has been told to break in by itself: the next such stop is meant,
 * and not a leftover of kd_session_break_in() that is passed over.
 */
KD_API void kd_session_expect_break(struct kd_session *s);

/**
 * Let another processor of the halted target talk to us: stop, registers and
 * memory are as it sees them then. The request's KD_EV_DONE tells that it
 * does; KD_E_TARGET that the target has no such processor, or does not
 * switch. Other requests wait meanwhile. It is the same stop all the same:
 * going on starts at the processor that stopped (event_processor), but for
 * KD_RESUME_STEP, which is for the one that reports.
 *
 * @return KD_E_ARG if the stop says that there are not so many
 * @return KD_E_STATE, KD_E_SPACE as above
 */
KD_API KD_MUST_USE enum kd_status kd_session_submit_switch(
	struct kd_session *s, uint64_t now_us, unsigned processor,
	uint32_t *ret_request);

/** How to go on from a stop. */
enum kd_resume {
	/** g: handled where it is a breakpoint, as WinDbg decides. */
	KD_RESUME_GO,
	KD_RESUME_HANDLED,     /* gh; an assertion is stepped past */
	KD_RESUME_NOT_HANDLED, /* gn */
	KD_RESUME_STEP,	       /* one instruction by trap flag */
};

/**
 * Let the halted target run. A hard-coded breakpoint is stepped past first
 * (KD-WIRE 8.3), unless PC was moved away from it; Dr7 is kept as it was
 * reported. Requests that wait end with KD_E_STATE; one that the target works
 * on ends first. KD_EV_RUNNING tells when the target has it.
 *
 * @return KD_E_STATE if it is not halted
 */
KD_API KD_MUST_USE enum kd_status kd_session_resume(struct kd_session *s,
						    uint64_t now_us,
						    enum kd_resume how);

/** Answer a KD_EV_PROMPT; text is cut to what the target takes. */
KD_API KD_MUST_USE enum kd_status kd_session_answer_prompt(struct kd_session *s,
							   uint64_t now_us,
							   const char *text,
							   size_t len);

/** Reboot or crash (bug check 0xE2) the halted target. KD_E_STATE if not. */
KD_API KD_MUST_USE enum kd_status kd_session_reboot(struct kd_session *s,
						    uint64_t now_us);
KD_API KD_MUST_USE enum kd_status kd_session_crash(struct kd_session *s,
						   uint64_t now_us);

/* ---- what is known, without asking the target ---- */

KD_API bool kd_session_is_attached(const struct kd_session *s);
KD_API bool kd_session_is_halted(const struct kd_session *s);
/** The target is halted, and the KD_EV_STOPPED of it was not taken yet. */
KD_API bool kd_session_has_news_of_stop(const struct kd_session *s);
/** The stop that is held; NULL while the target runs. */
KD_API const struct kd_stop *kd_session_stop(const struct kd_session *s);
/** NULL before the first stop's GetVersion was answered. */
KD_API const struct kd_version *kd_session_version(const struct kd_session *s);
/** KD_ARCH_UNKNOWN before the version is known. */
KD_API enum kd_arch kd_session_arch(const struct kd_session *s);
/** KDNET's pinned target; port 0 if none. */
KD_API const struct kd_endpoint *kd_session_peer(const struct kd_session *s);
/** What stood behind the last failure. */
KD_API const struct kd_detail *kd_session_detail(const struct kd_session *s);

struct kd_session_counters {
	uint64_t requests; /**< manipulate packets sent, without repeats */
	uint64_t packets_in, packets_out, retransmitted, resends, resets;
	uint64_t cache_hits, cache_misses; /**< reads, packets */
	uint64_t files_served, files_refused, file_bytes;
	/** Instructions beneath breakpoints, carried out on this side. */
	uint64_t steps_here;
	/** Entries that a dead debugger had left in the target's table. */
	uint64_t breakpoints_reclaimed;
	/** Packets that were no answer to anything, or too short. */
	uint64_t odd;
	/** Events that nobody took in time. */
	uint64_t events_dropped;
};
KD_API void kd_session_get_counters(const struct kd_session *s,
				    struct kd_session_counters *ret);

#endif
