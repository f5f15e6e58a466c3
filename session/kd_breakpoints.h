#ifndef KD_BREAKPOINTS_H
#define KD_BREAKPOINTS_H

/**
 * @file
 * Breakpoints of a session.
 *
 * Nothing here sends anything: a breakpoint that is added, changed or removed
 * gets into the target, or out of it, when the target is let run next. That
 * costs a request for each place that changed, and none if nothing did. Each
 * address has one place in the target, however many breakpoints share it.
 *
 * While breakpoints are in, nobody sees them: virtual reads and the
 * instructions of a stop show the original bytes, and virtual writes over
 * them go beneath. Physical accesses and the target's own search see what is
 * there.
 *
 * Going on from a breakpoint, the instruction beneath it has to be executed
 * first. Instructions on registers, the stack and the module's own data that
 * programs begin with are carried out on this side, with the breakpoint left
 * where it is: no other processor can pass it. For any other the breakpoint
 * is taken out for one step of its processor, and a processor that comes by
 * during this very step is not stopped (KD cannot hold it).
 *
 * What a dead debugger left in the target's table is given back at the first
 * stop that is announced: 32 requests, once for an attach, and none of them
 * in a boot that was seen to begin. They take two seconds at most; the rest
 * waits for the next run. kd_session_leave() takes every breakpoint out, and
 * stops a running target for that.
 */

#include "kd_session.h"

enum kd_breakpoint_kind {
	/** An instruction, by a breakpoint instruction in its place. */
	KD_BREAKPOINT_SOFTWARE,
	/* by debug registers: four in all, x64 and x86 only */
	KD_BREAKPOINT_EXECUTE,
	KD_BREAKPOINT_WRITE,
	KD_BREAKPOINT_READ_WRITE,
	KD_BREAKPOINT_IO,
};

enum {
	KD_BREAKPOINT_MODULE_MAX = 64, /* with its terminator */
	KD_BREAKPOINTS_MAX = 4096,
	/** Any processor. */
	KD_PROCESSOR_ANY = 0xffff,
};
/** An id that is to be chosen: the lowest that is free. */
#define KD_BREAKPOINT_ANY_ID UINT32_MAX
/** Ids of internal breakpoints have this bit. */
#define KD_BREAKPOINT_INTERNAL 0x80000000u

/** What is wanted. Zero-filled but for processor is a good start. */
struct kd_breakpoint_spec {
	/** Below KD_BREAKPOINT_INTERNAL, or KD_BREAKPOINT_ANY_ID. */
	uint32_t id;
	enum kd_breakpoint_kind kind;
	/** Address, or port of KD_BREAKPOINT_IO; counts if it has one. */
	uint64_t address;
	bool has_address;
	/** Bytes of a debug register's range: 1, 2, 4 or 8; else ignored. */
	unsigned size;
	/** Hits on another processor, or thread, are passed over unseen. */
	uint16_t processor; /**< or KD_PROCESSOR_ANY */
	uint64_t thread;    /**< as in struct kd_stop; 0 for any */
	/** It is gone once it has stopped the target. */
	bool once;
	/** For run control: not in the list, with an id of its own. */
	bool internal;
	/** It stops the target at this hit and after it; 0 is 1. */
	uint64_t passes;
	/**
	 * The module that it follows by base plus offset: without extension,
	 * as kd_module.name, in any case; "nt" is the kernel. Empty: it
	 * stays at its address, and has none any more after a reboot.
	 */
	char module[KD_BREAKPOINT_MODULE_MAX];
	uint64_t offset;
	/**
	 * The offset is not known, because it is that of a symbol: when the
	 * module comes the target is held (kd_stop.for_breakpoint), for
	 * kd_session_breakpoint_resolve().
	 */
	bool by_symbol;
	/** The caller's own; not looked at, not freed. */
	void *user;
};

/** How it is in the target. */
enum kd_breakpoint_place {
	KD_PLACE_OUT,	   /**< it is not */
	KD_PLACE_TABLE,	   /**< the target's own table; see handle */
	KD_PLACE_PATCHED,  /**< we wrote the instruction there */
	KD_PLACE_REGISTER, /**< a debug register; see handle */
};

/** One breakpoint as it is. */
struct kd_breakpoint {
	uint32_t id;
	struct kd_breakpoint_spec spec;
	bool enabled;
	/** False: its module is not loaded, or its address was a boot ago. */
	bool resolved;
	uint64_t address; /**< if resolved */
	/** Base of the module that it follows, while that is loaded. */
	uint64_t base;
	/** It was one-shot and has hit; the next run removes it. */
	bool spent;
	enum kd_breakpoint_place place;
	uint32_t handle; /**< of the table, or 0 to 3: debug register */
	/** Arrivals that were for it, those passed over by passes too. */
	uint64_t hits;
	/** Why the last try to insert it failed; KD_OK if it did not. */
	enum kd_status error;
	uint32_t nt_status;
};

/**
 * Add one, enabled. It is in the target when that is let run next.
 *
 * @return KD_E_ARG if the spec makes no sense: a size that is none of a
 *         debug register's, an address that is not a multiple of it, an
 *         execute breakpoint with a size other than 1, a port above 0xffff,
 *         an id that is taken, neither address nor module
 * @return KD_E_SPACE if all debug registers are taken, or there are
 *         KD_BREAKPOINTS_MAX breakpoints already
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_session_breakpoint_add(
	struct kd_session *s, const struct kd_breakpoint_spec *spec,
	uint32_t *ret_id);

/** KD_E_ARG if there is none of this id; so everywhere below. */
KD_API KD_MUST_USE enum kd_status kd_session_breakpoint_remove(
	struct kd_session *s, uint32_t id);
/**
 * One in the place of another, under its number and with its debug register if
 * both need one. Where that fails, the old one stays as it was.
 *
 * @param spec  its id and internal are not looked at
 * @return as kd_session_breakpoint_add() and remove
 */
KD_API KD_MUST_USE enum kd_status kd_session_breakpoint_replace(
	struct kd_session *s, uint32_t id,
	const struct kd_breakpoint_spec *spec);
/** A disabled one keeps its debug register, if it has one. */
KD_API KD_MUST_USE enum kd_status kd_session_breakpoint_enable(
	struct kd_session *s, uint32_t id, bool on);
/** Give it another number. KD_E_ARG also if @p to is taken, or internal. */
KD_API KD_MUST_USE enum kd_status kd_session_breakpoint_renumber(
	struct kd_session *s, uint32_t id, uint32_t to);
/** Where it is: of one that waited for its module, or any other. */
KD_API KD_MUST_USE enum kd_status kd_session_breakpoint_resolve(
	struct kd_session *s, uint32_t id, uint64_t address);
/** The pass at which it stops the target; counted hits start at 0 again. */
KD_API KD_MUST_USE enum kd_status kd_session_breakpoint_set_passes(
	struct kd_session *s, uint32_t id, uint64_t passes);

/** By id, internal ones too. The pointer is valid until the next call that
 * adds or removes one, or lets the target run. NULL if there is none. */
KD_API const struct kd_breakpoint *kd_session_breakpoint(
	const struct kd_session *s, uint32_t id);
/** How many there are, internal ones not counted. */
KD_API size_t kd_session_breakpoint_count(const struct kd_session *s);
/** In ascending order of their ids; NULL behind the last. */
KD_API const struct kd_breakpoint *kd_session_breakpoint_at(
	const struct kd_session *s, size_t index);

/**
 * A module is loaded, or is not any more: those that follow it learn where
 * they are. What the target tells is known already; this is for modules that
 * were there before us.
 *
 * @param name  as in struct kd_module
 */
KD_API void kd_session_breakpoints_module(struct kd_session *s,
					  const char *name, uint64_t base,
					  bool loaded);

#endif
