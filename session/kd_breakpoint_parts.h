#ifndef KD_BREAKPOINT_PARTS_H
#define KD_BREAKPOINT_PARTS_H

/**
 * @file
 * The inside of breakpoints: what is wanted (struct kd_breakpoint), what is
 * in the target (struct kd_place), and the way from one to the other. A group
 * of functions for each file, as in kd_session_parts.h.
 */

#include "kd_breakpoints.h"
#include "kd_host_step.h"
#include "kd_journal.h"

struct kd_request;

enum {
	KD_TABLE_SLOTS = 32, /* of the target's table (KD-WIRE 8.4) */
	KD_PLACE_BYTES = 4,  /* of the longest breakpoint instruction */
	KD_DEBUG_REGISTERS = 4,
	/* What the target deletes of its table: from PC on (KD-WIRE 8.4). */
	KD_TABLE_CLEARED = 16,
	KD_INSTRUCTION_MAX = 16, /* x64's have 15 bytes at most */
};

/* ---- what is in the target ---- */

/** An address where software breakpoints are, or were. */
struct kd_place {
	uint64_t address;
	enum kd_breakpoint_place how; /* never KD_PLACE_REGISTER */
	bool wanted;
	bool failed;	/* not to be tried again in this run */
	bool no_table;	/* the table does not take it: not in this run */
	bool doubtful;	/* a restart swallowed the answer to its insertion */
	bool journaled; /* the journal has it */
	enum kd_change_kind journaled_as;
	/* the bytes beneath, once they were read */
	bool has_original, read_tried;
	uint8_t original[KD_PLACE_BYTES];
	/* somebody wrote over it: the table's entry restores other bytes */
	bool rewrite;
	/* of the table; also the last, when the target has dropped it */
	bool has_handle;
	uint32_t handle;
};

/** What the one request under way is for. */
enum kd_insertion_step {
	KD_INSERTION_NOTHING,
	KD_INSERTION_READ,
	KD_INSERTION_SWEEP, /* an entry of the table that may be nobody's */
	KD_INSERTION_FREE_STALE, /* the entry that it had, if still there */
	KD_INSERTION_WRITE_TABLE,
	KD_INSERTION_RESTORE_TABLE,
	KD_INSERTION_PATCH,
	KD_INSERTION_UNPATCH,
};

/** A step that a processor has to make before it counts as gone on. */
struct kd_pass {
	/* the place at address is out while the target runs this once */
	bool now;
	uint64_t address;
	/* the step was begun by this thread, and has not been reported */
	bool owed;
	uint64_t owed_address, thread;
	/* instead of that step */
	enum {
		KD_PASS_BEGUN,
		KD_PASS_READS,
		KD_PASS_READ,
		KD_PASS_WRITES,
		KD_PASS_DONE,
		KD_PASS_ENDED, /* or not possible */
	} step;
	struct kd_host_step host;
	uint8_t bytes[8];
	struct kd_context after;
};

/** What the debug registers hold, as far as they are ours. */
struct kd_debug_set {
	unsigned on; /* a bit each */
	uint64_t address[KD_DEBUG_REGISTERS];
	uint64_t dr7;
};

struct kd_debug {
	struct kd_debug_set in; /* the target, or on its way there */
	unsigned were_on;	/* some time ago */
	bool loading;
	bool failed; /* not to be tried again in this run */
	unsigned processor;
};

struct kd_breakpoints {
	struct kd_breakpoint *at; /* ascending ids */
	size_t count, room;
	struct kd_place *place; /* twice as much room */
	size_t place_count, place_room;
	bool table_refused; /* the target has none */
	bool leaving;	    /* none is wanted any more */
	struct kd_pass pass;
	uint32_t sweep; /* the next handle to be given back; 0: none */
	uint64_t sweep_until_us;
	bool swept; /* what a dead debugger left is gone */
	struct kd_debug debug;
	bool applying; /* while the target stands still */
	/* the request under way: a step, and for which place */
	enum kd_insertion_step step;
	size_t step_place;
	uint8_t bytes[KD_PLACE_BYTES]; /* that are read */
};

/* ---- kd_breakpoints.c: the list ---- */

struct kd_breakpoint *kd_breakpoints_find(struct kd_session *s, uint32_t id);
void kd_breakpoints_deinit(struct kd_session *s);
/** Another boot: nothing is in the target, and most addresses are void. */
void kd_breakpoints_rebooted(struct kd_session *s);
/** Before the target runs: spent ones go, and places learn who wants them. */
void kd_breakpoints_settle_places(struct kd_session *s);
/** A module of the stop; true if one waits for it by symbol. */
bool kd_breakpoints_module(struct kd_session *s, const char *path, size_t len,
			   uint64_t base, bool loaded);

/** A request for any of this has ended. */
void kd_breakpoints_ended(struct kd_session *s, uint64_t now_us,
			  const struct kd_request *r);

/* ---- kd_places.c ---- */

/** NULL if there is none. */
struct kd_place *kd_places_find(struct kd_session *s, uint64_t address);
/** Found or made, not in the target yet; NULL if there is no room. */
struct kd_place *kd_places_get(struct kd_session *s, uint64_t address);
bool kd_places_any_in(const struct kd_session *s);
/** Show the original bytes in a copy of virtual memory. */
void kd_places_hide(const struct kd_session *s, uint64_t address,
		    uint8_t *bytes, size_t len);
/** Keep breakpoint instructions in what is about to be written. */
void kd_places_keep(const struct kd_session *s, uint64_t address,
		    uint8_t *bytes, size_t len);
/** It was written: the bytes beneath are these now. */
void kd_places_written(struct kd_session *s, uint64_t address,
		       const uint8_t *bytes, size_t len);
/** Does the range hold a byte of one that is in? */
bool kd_places_overlap(const struct kd_session *s, uint64_t address,
		       uint64_t len);
/** How much of the range is in front of the first such byte. */
uint64_t kd_places_clear(const struct kd_session *s, uint64_t address,
			 uint64_t len);
/** The target stopped at @p pc, and has dropped what is there. */
void kd_places_stopped(struct kd_session *s, uint64_t pc);
/** Tell the journal. */
bool kd_places_about_to(struct kd_session *s, struct kd_place *p,
			enum kd_change_kind kind);
void kd_places_undone(struct kd_session *s, struct kd_place *p);
/** Another boot: none of them is in. */
void kd_places_forget(struct kd_session *s);

/* ---- kd_insertion.c ---- */

/** Begin to bring the target to what is wanted. */
void kd_insertion_begin(struct kd_session *s, uint64_t now_us);
/** Make the next request for it; false if nothing is left to do. */
bool kd_insertion_next(struct kd_session *s, uint64_t now_us);
void kd_insertion_ended(struct kd_session *s, uint64_t now_us,
			const struct kd_request *r);

/** A breakpoint could not be inserted: remember, and tell once. */
void kd_insertion_failed(struct kd_session *s, uint64_t now_us,
			 struct kd_breakpoint *b, enum kd_status status,
			 uint32_t nt_status);
/** Give back what a dead debugger left in the table. As next. */
bool kd_insertion_reclaim(struct kd_session *s, uint64_t now_us);

/* ---- kd_debug_registers.c ---- */

/** Kind, size and alignment. */
bool kd_debug_registers_can(const struct kd_breakpoint_spec *spec);
/** One that is free. */
enum kd_status kd_debug_registers_take(struct kd_session *s, uint32_t *ret);
/** Make the next request to bring them to what is wanted; false: none. */
bool kd_debug_registers_next(struct kd_session *s);
void kd_debug_registers_ended(struct kd_session *s, uint64_t now_us,
			      const struct kd_request *r);
/**
 * Does going on at @p pc need the resume flag, so as not to be stopped again?
 * It is set there already where the target sees to it.
 */
bool kd_debug_registers_resumes(const struct kd_session *s, uint64_t pc);
/** Which of ours the stop's Dr6 names; a bit each. */
unsigned kd_debug_registers_hit(const struct kd_session *s);
/** Of the stop, with what is wanted in it. */
uint64_t kd_debug_registers_dr7(const struct kd_session *s);

/* ---- kd_pass.c ---- */

/** Of the processor that goes on, as it is to go on. */
uint64_t kd_pass_pc(const struct kd_session *s);
/**
 * A breakpoint where it stands has had its hit: the instruction beneath is
 * to be executed first.
 *
 * @param executes  false if the target is to handle an exception instead
 */
void kd_pass_begin(struct kd_session *s, bool executes);
/** Carry it out; false while a request for that is under way. */
bool kd_pass_next(struct kd_session *s);
void kd_pass_ended(struct kd_session *s, const struct kd_request *r);
/** The registers could not be written. */
void kd_pass_fall_back(struct kd_session *s);

/* ---- kd_hits.c ---- */

/**
 * Which breakpoints stand behind the stop: fills its list. False: only ones
 * that it is not to be stopped by.
 */
bool kd_hits_find(struct kd_session *s);

#endif
