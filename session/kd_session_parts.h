#ifndef KD_SESSION_PARTS_H
#define KD_SESSION_PARTS_H

/**
 * @file
 * The inside of a session, shared by the files of this folder only. Each
 * group of functions below is one file.
 */

#include "kd_breakpoint_parts.h"
#include "kd_bug_check.h"
#include "kd_debug_io.h"
#include "kd_event_filters.h"
#include "kd_event_queue.h"
#include "kd_memory_cache.h"
#include "kd_page_walk.h"
#include "kd_session_files.h"
#include "kd_session_journal.h"
#include "kd_session_memory.h"
#include "kd_wire.h"

/** What the target does, as far as we know. */
enum kd_run {
	KD_RUN_UNKNOWN, /* nothing has been heard yet, or not any more */
	KD_RUN_RUNNING,
	KD_RUN_SETTLING, /* it reported a stop that is not announced yet */
	KD_RUN_HALTED,
	KD_RUN_RESUMING, /* what comes before the Continue, and its delivery */
};

/** Who asked, and so who is told of the end. */
enum kd_purpose {
	KD_FOR_CALLER, /* a KD_EV_DONE */
	KD_FOR_OPS,    /* a blocking call that looks at the request itself */
	/* the session itself, in a place of its own */
	KD_FOR_VERSION,
	KD_FOR_UPTIME,
	KD_FOR_BREAKPOINT,
	KD_FOR_INSERTION,
	KD_FOR_DEBUG_REGISTERS,
	KD_FOR_PASS,
	KD_FOR_BREAK_ADDRESS,
	KD_FOR_REGISTERS,
	KD_FOR_SWITCH,
};

struct kd_request {
	uint32_t id; /* 0: this place is free */
	enum kd_purpose purpose;
	bool reads;    /* memory, in as many packets as it takes */
	bool writes;   /* likewise */
	bool canceled; /* only its answer is waited for */
	bool ended;    /* for KD_FOR_OPS: done is filled */
	struct kd_manipulate m;
	uint8_t data[KD_PAYLOAD_MAX - KD_MANIPULATE_SIZE];
	/* reads; or where a blocking call wants the answer's data */
	uint8_t *buf;
	const uint8_t *from; /* writes */
	size_t len, got;
	uint64_t address;
	unsigned flags;
	bool exact;   /* reading ahead failed: ask for no more than is needed */
	bool to_page; /* that failed too: ask up to the end of the page */
	bool changes; /* what has been read may not be true afterwards */
	struct kd_done done;
};

enum { KD_OWN_REQUEST = KD_REQUESTS_MAX };

/** The one request that the target works on. */
struct kd_active {
	struct kd_request *request; /* NULL: none */
	uint64_t answer_by_us;
	unsigned tries; /* how often time ran out */
	unsigned odd;	/* answers that were no answers to it */
	bool lost;	/* a restart swallowed it: again after the next stop */
};

/** Finding the target, and getting its attention (kd_attach.c). */
struct kd_attach {
	bool attached;
	bool break_wanted;
	bool break_expected; /* the target breaks in by itself */
	bool listen;	     /* for a while, before the first RESET */
	unsigned turn;	     /* counts what was done to be heard */
	unsigned resets;     /* sent while nothing was heard */
	uint64_t next_us;
	uint64_t quiet_until_us; /* no break-in byte goes out before */
	/*
	 * Break-in bytes by the wire's count, as far as the stop that each
	 * caused is known, or none is looked for any more. A byte beyond them
	 * stops the target again, once it runs.
	 */
	uint64_t bytes_settled;
	uint64_t surplus_until_us;
	/*
	 * Packets since it was attached, counted up to two. A stop that comes
	 * first, and soon, may be older than the last byte.
	 */
	unsigned said;
	uint64_t contact_until_us;
	uint64_t heard_us; /* the last packet */
};

enum { KD_BREAK_ADDRESS_BLOCK = 0x28 };

/** What tells one boot from the next where all else is the same
 * (kd_uptime.c). */
struct kd_uptime {
	bool asked;	/* in this stop */
	bool refused;	/* in this boot: there is none */
	uint64_t value; /* 100 ns, when it was asked for last; 0: not known */
	uint8_t bytes[8];
};

/** Where a break-in stops the kernel (kd_break_address.c). */
struct kd_break_address {
	enum {
		KD_BREAK_ADDRESS_NOT_ASKED,
		KD_BREAK_ADDRESS_NONE, /* the target does not tell */
		KD_BREAK_ADDRESS_KNOWN,
	} state;
	uint64_t address;
	unsigned blocks; /* looked at */
	uint8_t bytes[KD_BREAK_ADDRESS_BLOCK];
};

/** The way from a stop to the Continue's delivery (kd_resume.c). */
struct kd_going {
	enum kd_resume how;
	bool quiet; /* nobody knew of the stop */
	bool pass;  /* one step first, off a breakpoint */
	bool moved; /* that was done on the registers, here */
	uint32_t api;
	enum {
		KD_GOING_BACK,	/* to the processor that stopped */
		KD_GOING_OWNER, /* that one's PC, if another one steps */
		KD_GOING_OWNER_ADJUST,
		KD_GOING_PASS,
		KD_GOING_EXECUTE, /* what stands beneath a breakpoint */
		KD_GOING_CONTEXT,
		KD_GOING_ADJUST,
		KD_GOING_BREAKPOINTS,
		KD_GOING_CONTINUE,
		KD_GOING_SENT,
	} step;
};

/** What the target's SearchMemory is good for (kd_search_ops.c). */
enum kd_searcher {
	KD_SEARCHER_NOT_TRIED,
	KD_SEARCHER_NONE,
	KD_SEARCHER_STOPS, /* at what is not there, or nobody knows */
	KD_SEARCHER_SKIPS, /* what is not there */
};

/** A single step, and what became of its trap flag (kd_trap_flag.c). */
struct kd_step {
	enum {
		KD_STEP_NONE,
		KD_STEP_UNDER_WAY,
		/* another processor stopped: it is taken back */
		KD_STEP_CLEARING,
		KD_STEP_CLEARED,
		KD_STEP_LEFT, /* on the stack of an interrupted thread */
	} state;
	uint16_t processor;
	uint64_t thread;
};

/** What was changed in the target, and not undone yet (kd_changes.c). */
struct kd_changes {
	struct kd_journal journal;
	struct kd_journal_store store; /* zero-filled: only in memory */
	bool begun;		       /* the store has the first lines */
	struct kd_boot boot;	       /* that our changes are about */
	bool has_old;		       /* another session's are among them */
	struct kd_boot old_boot;
	bool looked; /* whether those are about this boot */
};

/** CONTEXT of one processor, until the target runs (kd_registers.c). */
struct kd_registers {
	bool busy;
	enum kd_status status; /* of what was done last */
	uint32_t nt_status;
	unsigned processor;
	size_t moved; /* bytes staged by the Ex forms */
	bool by_ex;
	struct kd_context context; /* len 0: not read */
};

enum { KD_STOP_TEXT_MAX = 1024, KD_PROCESSORS_MAX = 2048 };

struct kd_session {
	struct kd_allocator mem;
	struct kd_log log;
	enum kd_link_kind kind;
	struct kd_wire *wire; /* behind the session, in the same block */
	unsigned baud, max_resets;
	bool break_on_attach, stop_at_load;
	const struct kd_event_filters *filters; /* not owned; may be NULL */
	bool loaded; /* a load was heard of in this boot */
	bool (*is_ours)(void *ctx, const struct kd_endpoint *e);
	void *is_ours_ctx;

	enum kd_run run;
	bool restarted;	     /* both sides started anew since the last stop */
	uint64_t print_hash; /* of the last DbgPrint text */
	bool print_again;    /* the next packet may be that print again */
	bool prompted;	     /* a prompt waits for its answer */
	struct kd_debug_io prompt;
	struct kd_stop stop;
	struct kd_stop owner; /* that stop, while another processor reports */
	bool owner_reports;   /* it may say once more that it stands still */
	struct kd_step step;
	uint8_t raw_report[48];
	uint8_t code_at_pc[8]; /* where the report holds no instructions */
	struct kd_load_symbols load; /* of the stop; its path is stop_text */
	char stop_text[KD_STOP_TEXT_MAX];
	size_t stop_text_len;
	bool has_version, had_version;
	struct kd_version version;
	struct kd_uptime uptime;

	struct kd_attach attach;
	struct kd_break_address break_address;
	struct kd_breakpoints breakpoints;
	bool leaving;	   /* nobody is to be stopped for any more */
	bool no_continue2; /* the target refused it */
	bool crashed;	   /* it has announced a bug check */
	enum kd_searcher searcher;
	struct kd_going going;
	struct kd_registers registers;
	struct kd_active active;
	uint32_t last_id;
	struct kd_request request[KD_REQUESTS_MAX + 1];
	struct kd_memory_cache cache;
	bool has_address_space; /* until the target runs */
	struct kd_page_tables address_space;
	struct kd_changes changes;
	struct kd_file_server files;
	struct kd_bug_check_listener bug_check;
	struct kd_event_queue events;
	struct kd_session_counters counters;
	struct kd_detail detail;

	struct kd_link *link; /* of the blocking calls; not owned */
	bool (*cancel)(void *ctx);
	void *cancel_ctx;
	int wake_fd;

	uint8_t payload[KD_PAYLOAD_MAX]; /* the packet being handled */
	uint8_t outgoing[KD_PAYLOAD_MAX];
	uint8_t receive[8192]; /* what the link gives the blocking calls */
};

/* ---- kd_session.c ---- */

/** Tell of something that has no fields. */
void kd_session_tell(struct kd_session *s, uint64_t now_us,
		     enum kd_event_kind kind);
/** Tell of something with a text. */
void kd_session_tell_text(struct kd_session *s, uint64_t now_us,
			  enum kd_event_kind kind, const char *text,
			  size_t len);
/** Work off what was fed, until there is an event or nothing left. */
void kd_session_work(struct kd_session *s, uint64_t now_us, bool all);

/** Is the target to be stopped as soon as it boots? */
bool kd_session_breaks_at_boot(const struct kd_session *s);

/* ---- kd_conversation.c ---- */

/** One thing that the wire reports. */
void kd_conversation_hear(struct kd_session *s, uint64_t now_us,
			  const struct kd_wire_event *e);
/** Another boot: whatever was known is void. */
void kd_conversation_rebooted(struct kd_session *s, uint64_t now_us);
/** The target does not answer; keep listening. */
void kd_conversation_lost(struct kd_session *s, uint64_t now_us);

/* ---- kd_stops.c ---- */

void kd_stops_state_change(struct kd_session *s, uint64_t now_us,
			   const struct kd_state_change *c);
/** See which boot it is, and whether it hears us. */
void kd_stops_ask_version(struct kd_session *s);
/** A request of the session's own for settling has ended. */
void kd_stops_settle(struct kd_session *s, uint64_t now_us,
		     const struct kd_request *r);

/* ---- kd_uptime.c ---- */

/** Ask for it, where it is of use; false if it is not, or was asked for. */
bool kd_uptime_ask(struct kd_session *s);
/** True if it went back: then it is another boot. */
bool kd_uptime_went_back(struct kd_session *s, const struct kd_request *r);

/* ---- kd_break_address.c ---- */

/**
 * Find out, if that was not tried in this boot. False if a request was made
 * for it; its end is given as @p r.
 */
bool kd_break_address_find(struct kd_session *s, const struct kd_request *r);
bool kd_break_address_is(const struct kd_session *s, uint64_t pc);
bool kd_break_address_is_known(const struct kd_session *s);
void kd_break_address_forget(struct kd_session *s);

/* ---- kd_answers.c: what a target wants while it runs ---- */

void kd_answers_file(struct kd_session *s, uint64_t now_us, const uint8_t *p,
		     size_t len);
void kd_answers_control(struct kd_session *s, uint64_t now_us, const uint8_t *p,
			size_t len);
void kd_answers_debug_io(struct kd_session *s, uint64_t now_us,
			 const uint8_t *p, size_t len);

/* ---- kd_requests.c ---- */

/** A free place, zero-filled but for its id; NULL if all are taken. */
struct kd_request *kd_requests_new(struct kd_session *s,
				   enum kd_purpose purpose);
/** Send the next packet of the next request, if it may be sent now. */
void kd_requests_start(struct kd_session *s, uint64_t now_us);
/** A manipulate packet came. */
void kd_requests_answer(struct kd_session *s, uint64_t now_us,
			const struct kd_manipulate *m);
/** Our packet has arrived: from now on the answer may be waited for. */
void kd_requests_delivered(struct kd_session *s, uint64_t now_us);
/**
 * Both sides started anew: the wire has forgotten what was outstanding. The
 * stop is reported again soon, or somebody has to ask for it.
 */
void kd_requests_restarted(struct kd_session *s, uint64_t now_us);
/** The active request was swallowed by a restart; issue it again, if it may
 * be done twice. */
void kd_requests_again(struct kd_session *s, uint64_t now_us);
/** End all requests, or all but the active one. */
void kd_requests_end_all(struct kd_session *s, uint64_t now_us,
			 enum kd_status status, bool but_active);
/** The switch of processors that is under way has ended. */
void kd_requests_end_switch(struct kd_session *s, uint64_t now_us,
			    enum kd_status status);
uint64_t kd_requests_deadline(const struct kd_session *s);
void kd_requests_tick(struct kd_session *s, uint64_t now_us);

/**
 * The two kinds of request, for any purpose; errors as for the public calls.
 * @p buf receives the answer's data if the purpose is KD_FOR_OPS.
 */
enum kd_status kd_requests_read(struct kd_session *s, uint64_t now_us,
				enum kd_purpose purpose, uint64_t address,
				void *buf, size_t len, unsigned flags,
				uint32_t *ret);
enum kd_status kd_requests_ask(struct kd_session *s, uint64_t now_us,
			       enum kd_purpose purpose,
			       const struct kd_manipulate *m, void *buf,
			       size_t cap, uint32_t *ret);

enum kd_status kd_requests_write(struct kd_session *s, uint64_t now_us,
				 enum kd_purpose purpose, uint64_t address,
				 const void *bytes, size_t len, unsigned flags,
				 uint32_t *ret);

/* ---- kd_reads.c: a memory read becomes packets ---- */

/** Most data bytes of one packet of this link. */
size_t kd_reads_packet(const struct kd_session *s);
/** Of enum kd_access: what a request for physical memory says of caches. */
uint32_t kd_reads_mapping(unsigned flags);
/** Prepare the next packet; false if all is there already. */
bool kd_reads_next(struct kd_session *s, struct kd_request *r);
/** Take an answer; true if the read has ended (r->done). */
bool kd_reads_answer(struct kd_session *s, struct kd_request *r,
		     const struct kd_manipulate *m);

/* ---- kd_writes.c: the same for what is written ---- */

void kd_writes_next(struct kd_session *s, struct kd_request *r);
bool kd_writes_answer(struct kd_session *s, struct kd_request *r,
		      const struct kd_manipulate *m);

/* ---- kd_request_ops.c ---- */

/**
 * Wait for the end of a KD_FOR_OPS request, and give its place back. @p ret is
 * always filled: what was done before the deadline, too.
 */
enum kd_status kd_ops_finish(struct kd_session *s, uint32_t id,
			     uint64_t deadline_us, struct kd_done *ret);
/** The link's clock. */
uint64_t kd_ops_now(const struct kd_session *s);
/** Where the special registers are in control space. */
uint64_t kd_registers_special(enum kd_arch arch);

/* ---- kd_address_space.c ---- */

/** Is this an address of the process that is looked at? */
bool kd_address_space_has(const struct kd_session *s, uint64_t address,
			  unsigned flags);
/**
 * Where it is in physical memory, and, at most, how many bytes from there on.
 *
 * @return KD_E_TARGET if nothing is mapped there
 */
enum kd_status kd_address_space_find(struct kd_session *s, uint64_t address,
				     uint64_t deadline_us, uint64_t *ret,
				     size_t *len);

/* ---- kd_registers.c ---- */

/** Begin to read CONTEXT; registers.busy falls when it has ended. */
void kd_registers_fetch(struct kd_session *s, unsigned processor);
/** Begin to write registers.context back. */
void kd_registers_store(struct kd_session *s);
void kd_registers_ended(struct kd_session *s, const struct kd_request *r);
void kd_registers_forget(struct kd_session *s);

/* ---- kd_changes.c: whatever is changed in the target is told here ---- */

/**
 * Before the change goes out, so that it can be undone if we die. An entry of
 * the breakpoint table is told twice: again when its handle is known.
 *
 * @param change  its id and old are not looked at; its bytes are copied
 * @return whatever keeps it from being noted: then nothing is to be changed
 */
enum kd_status kd_changes_about_to(struct kd_session *s,
				   const struct kd_change *change);
/** It is as it was, or its memory is gone. Found by kind, address, length. */
void kd_changes_undone(struct kd_session *s, const struct kd_change *change);
/** The same by id. */
void kd_changes_strike(struct kd_session *s, uint32_t id);
/** Which boot it is, but for its times. */
void kd_changes_remember_boot(struct kd_session *s);
/** Forget all, also in the store. */
void kd_changes_drop(struct kd_session *s);
/** Another boot: what was changed went with the last. */
void kd_changes_rebooted(struct kd_session *s);
/** Has this session changed anything that is not undone? */
bool kd_changes_are_ours(const struct kd_session *s);

/* ---- kd_journal_ops.c ---- */

/** As kd_session_write() with KD_WRITE_JOURNALED, within one page. */
enum kd_status kd_changes_write(struct kd_session *s, uint64_t address,
				const uint8_t *bytes, size_t len,
				uint64_t deadline_us, size_t *ret_len);

/* ---- kd_write_ops.c ---- */

/** As kd_session_write(), without a word to the journal. */
enum kd_status kd_write_plainly(struct kd_session *s, uint64_t address,
				const uint8_t *bytes, size_t len,
				unsigned flags, uint64_t deadline_us,
				size_t *ret_len);

/* ---- kd_resume.c ---- */

void kd_resume_start(struct kd_session *s, uint64_t now_us, enum kd_resume how,
		     bool quiet);
/** Take the next step, if no request is under way. */
void kd_resume_go(struct kd_session *s, uint64_t now_us);
/** It runs: the Continue has arrived, or the target shows that it runs. */
void kd_resume_ended(struct kd_session *s, uint64_t now_us);
/** The target answered a Continue: it does not know this form. */
void kd_resume_refused(struct kd_session *s);

/* ---- kd_switch.c ---- */

/** Another processor reports than the one that stopped. */
bool kd_switch_is_away(const struct kd_session *s);
/** A state change while a switch is under way: true if it is its answer. */
bool kd_switch_hears(struct kd_session *s, uint64_t now_us,
		     const struct kd_state_change *c);
/** Ask for the processor that stopped; false if it reports already. */
bool kd_switch_back(struct kd_session *s);
/**
 * Is this the processor that stopped long ago, and says so once more because
 * another one was let step (KD-WIRE 8.6)?
 */
bool kd_switch_absorbs(struct kd_session *s);
enum kd_status kd_switch_submit(struct kd_session *s, uint64_t now_us,
				enum kd_purpose purpose, unsigned processor,
				uint32_t *ret);

/* ---- kd_trap_flag.c ---- */

/** The target goes on. */
void kd_trap_flag_went(struct kd_session *s);
/** It has stopped; false if registers are read or written first. */
bool kd_trap_flag_settle(struct kd_session *s);
/** Is the stop that of a flag which was left on a stack? True only once. */
bool kd_trap_flag_absorbs(struct kd_session *s);

/* ---- kd_pump.c: running the link for the blocking calls ---- */

/** What a blocking call waits for. */
typedef bool kd_reached_fn(const struct kd_session *s, const void *what);

/** KD_OK once it is reached, and all that is to be sent has been sent. */
enum kd_status kd_pump_until(struct kd_session *s, uint64_t deadline_us,
			     kd_reached_fn *reached, const void *what);

/* ---- kd_attach.c ---- */

void kd_attach_init(struct kd_session *s);
/** Something authentic was heard. */
void kd_attach_heard(struct kd_session *s, uint64_t now_us);
void kd_attach_keyed(struct kd_session *s, uint64_t now_us, unsigned keyed);
/** A stop is held: whose doing is it? */
void kd_attach_stopped(struct kd_session *s, uint64_t now_us);
/** The stop is over. */
void kd_attach_running(struct kd_session *s, uint64_t now_us);
/** Is the stop the fault of a break-in byte too many? True only once. */
bool kd_attach_absorbs(struct kd_session *s, uint64_t now_us);
/** A break-in byte went out, and its stop was not seen. */
bool kd_attach_has_surplus(const struct kd_session *s);
/** Whatever stops it from now on is passed over. */
void kd_attach_leave(struct kd_session *s, uint64_t now_us);
uint64_t kd_attach_deadline(const struct kd_session *s);
void kd_attach_tick(struct kd_session *s, uint64_t now_us);

#endif
