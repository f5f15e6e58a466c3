#ifndef PAIR_H
#define PAIR_H

/**
 * @file
 * A session and a lab target in one process, joined by a simulated link. The
 * target's machine follows a script, and writes down what is done to it.
 */

#include "kd_modules.h"
#include "kd_session_ops.h"
#include "kd_simulated.h"
#include "lab_machine.h"
#include "lab_stub.h"

/** Where the scripted machine has what. */
#define PAIR_MEMORY	UINT64_C(0xfffff80000010000)
#define PAIR_MEMORY_LEN UINT64_C(0x400000)
#define PAIR_BREAK	UINT64_C(0xfffff80000012345) /* an int 3 */
#define PAIR_KERNEL	UINT64_C(0xfffff80000010000)
#define PAIR_MODULES	UINT64_C(0xfffff8000007f000)
#define PAIR_DATA_LIST	UINT64_C(0xfffff8000007e000) /* of knows_break */
#define PAIR_SECOND	1000000u		     /* microseconds */

enum { PAIR_DATA_MAX = 64, PAIR_RESUMES_MAX = 64, PAIR_CONTEXT = 1232 };

/** The byte that the machine has at an address, breakpoint apart. */
uint8_t pair_byte(uint64_t address);

/** Bytes that differ from pair_byte(). */
struct pair_data {
	uint64_t address;
	const void *bytes;
	size_t len;
};

struct pair_script {
	/** What happens, one after the other, as the machine is let run. */
	const struct lab_event *events;
	size_t count;
	/** Waits before each. */
	uint64_t interval_us;
	const struct pair_data *data;
	size_t data_count;
	/** Partial reads: only a prefix; else all or nothing. */
	bool whole_only;
	bool deaf; /* break-ins do nothing */
	uint64_t modules;
	bool no_context;
	/** Its debugger data tell where a break-in stops. */
	bool knows_break;
};

struct pair_machine {
	struct lab_machine base;
	struct pair_script script;
	size_t at;
	uint64_t due_us;
	bool stopped;
	bool tracing; /* it stops behind the next instruction */
	uint64_t kernel;
	uint8_t context[PAIR_CONTEXT];
	/* what was done to it */
	size_t resumes, breaks, files, reboots, crashes;
	struct lab_resume resume[PAIR_RESUMES_MAX];
	uint64_t resumed_at[PAIR_RESUMES_MAX]; /* PC */
	char answer[PAIR_DATA_MAX];
};

/** Before its first boot. */
void pair_machine_init(struct pair_machine *m,
		       const struct pair_script *script);

struct pair_config {
	enum lab_dialect dialect;
	struct lab_faults faults;
	struct pair_script script;
	/** NULL: the scripted machine. */
	struct lab_machine *machine;
	struct kd_session_config session; /* kind, key, random are set here */
	const struct kd_allocator *mem;
	uint64_t latency_us, bytes_per_second, service_us, retransmit_us;
	size_t piece;
	enum kd_simulated_fate (*fate)(void *ctx, bool outgoing, uint64_t index,
				       const uint8_t *bytes, size_t len);
	void *fate_ctx;
	bool no_wait;
};

struct pair {
	struct pair_machine script;
	struct lab_stub *stub;
	struct kd_link *link;
	struct kd_session *session;
	uint8_t keys; /* where the next host key starts */
};

/** "serial" and "KDNET", for the rows' names. */
const char *pair_dialect_name(enum lab_dialect dialect);

/** Run a test in the serial dialect, and then in KDNET's. */
void pair_both(void (*run)(enum lab_dialect d));

/** False, and a failed check, if something cannot be made. */
bool pair_open(struct pair *p, const struct pair_config *config);
void pair_close(struct pair *p);
/** Another session in the place of one that is gone; kind and key as before. */
bool pair_session(struct pair *p, const struct pair_config *config,
		  const struct kd_session_config *session);

/** The link's time. */
uint64_t pair_now(const struct pair *p);

/** Wait for an event of this kind, at most this long; others are passed. */
bool pair_event(struct pair *p, enum kd_event_kind kind, uint64_t span_us,
		struct kd_event *ret);

/** Run for a while; the number of events of this kind. */
size_t pair_count(struct pair *p, enum kd_event_kind kind, uint64_t span_us);

/** Break in; false and a failed check if it does not stop in 30 s. */
bool pair_halt(struct pair *p);

/** Read a few bytes that are in no cache: true if they are right. */
bool pair_reads(struct pair *p);

/** These happen now, one after the other; @p interval_us before each next. */
void pair_happen(struct pair *p, const struct lab_event *events, size_t count,
		 uint64_t interval_us);

/** Both; nothing is left open if it fails. */
bool pair_open_halted(struct pair *p, const struct pair_config *config);

#endif
