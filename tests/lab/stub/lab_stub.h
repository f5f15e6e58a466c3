#ifndef LAB_STUB_H
#define LAB_STUB_H

/**
 * @file
 * The target's side of the KD protocol, without I/O, written from KD-WIRE.md
 * alone: it shares no source with the debugger's side. Behind it stands a
 * machine (lab_machine.h). The links are in lab_net.c, lab_stream.c.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lab_dialect { LAB_SERIAL, LAB_KDNET };

struct lab_machine;

/** Misbehaviour, each by name in KD-WIRE 1 and 10; all off when zero. */
struct lab_faults {
	/* bit n: the n-th data packet sent (0 to 63) … */
	uint64_t lose_packet;	 /* … is not sent the first time */
	uint64_t repeat_packet;	 /* … is sent twice */
	uint64_t corrupt_packet; /* … has a wrong checksum the first time */
	uint64_t lose_ack;	 /* the n-th ACK is not sent */
	uint64_t repeat_ack;	 /* the n-th ACK is sent twice */
	uint64_t wrong_ack; /* the n-th ACK has another id, then comes right */
	uint64_t reset_before; /* RESET is sent before the n-th packet */
	uint64_t sync_on;      /* the n-th packet restarts ids with SYNC */
	uint64_t skip_id;      /* the n-th packet leaves one id out (KDNET) */
	uint64_t noise_before; /* noise with leader bytes comes first */
	bool always_sync;      /* every state change carries SYNC */
	bool short_failures;   /* unsupported APIs get 16 bytes */
	bool no_context_ex;    /* GetContextEx fails */
	bool no_context;       /* GetContext and SetContext fail */
	bool no_continue2;     /* Continue2 is refused */
	bool long_replies;     /* trailing bytes behind every reply */
	bool print_in_request; /* a print between ACK and reply */
	bool two_stops;	       /* a break-in reports twice */
	bool no_accelerators;  /* SearchMemory and FillMemory fail */
	bool search_skips;     /* SearchMemory goes on behind a gap */
	bool whole_writes;     /* all or nothing is written */
	bool hide_breakpoints; /* reads show what is beneath them */
	bool never_ack;	       /* hears nothing any more */
	bool late_responses;   /* KDNET: one to the poke before is taken */
};

struct lab_stub_config {
	enum lab_dialect dialect;
	struct lab_machine *machine; /**< not owned */
	uint8_t key[32];	     /**< KDNET: control key */
	uint8_t version;	     /**< KDNET version byte; 0 for 5 */
	uint8_t target_address[4], host_address[4];
	uint16_t target_port, host_port;
	/** Of client keys and garbage; 0: unused fields are zeros. */
	uint64_t seed;
	uint64_t service_us;	   /**< per request */
	uint64_t poke_interval_us; /**< 0 for 3 s */
	uint64_t retransmit_us;	   /**< 0 for 500 ms */
	uint64_t byte_timeout_us;  /**< stream: silence; 0 for 1 s */
	unsigned receive_ring;	   /**< KDNET datagrams; 0 for 32 */
	/** A boot does not wait for a debugger, but gives up on it. */
	bool no_wait;
	struct lab_faults faults;
};

struct lab_stub;

/** NULL if memory is short. It starts at the first tick. */
struct lab_stub *lab_stub_create(const struct lab_stub_config *config);
void lab_stub_destroy(struct lab_stub *t);

/** Bytes arrived: one datagram, or any stretch of a stream. */
void lab_stub_feed(struct lab_stub *t, uint64_t now_us, const uint8_t *bytes,
		   size_t len);
/** What to send: one datagram or a stretch; 0 if there is nothing. */
size_t lab_stub_pull(struct lab_stub *t, uint64_t now_us, uint8_t *out,
		     size_t cap);
uint64_t lab_stub_deadline(struct lab_stub *t); /* UINT64_MAX: never */
void lab_stub_tick(struct lab_stub *t, uint64_t now_us);

/* What a test asks for by hand. */

/** Misbehave like this from now on; n-th counts from here. */
void lab_stub_misbehave(struct lab_stub *t, const struct lab_faults *faults);
/** It sends RESET, and starts anew what it was at. */
void lab_stub_reset(struct lab_stub *t, uint64_t now_us);
/** It sends RESEND, whatever it is at. */
void lab_stub_resend(struct lab_stub *t, uint64_t now_us);

/** The target reboots: ids, session and machine start anew. */
void lab_stub_reboot(struct lab_stub *t, uint64_t now_us);
/** The session port field of its pokes names this other debugger. */
void lab_stub_hold_for(struct lab_stub *t, const uint8_t address[4],
		       uint16_t port);

/** The session is with a host at this address: its pokes say so. */
void lab_stub_name_host(struct lab_stub *t, const uint8_t address[4],
			uint16_t port);

/** How the machine is, as somebody in front of it would say. */
enum lab_condition {
	LAB_RUNS,
	LAB_STANDS, /**< still, until a debugger lets it go */
	LAB_ASKS,   /**< and waits for an answer */
};
enum lab_condition lab_stub_condition(const struct lab_stub *t);

/** What was seen, for tests to check. */
struct lab_stub_counters {
	uint64_t requests, resends_in, resets_in, breakins, duplicates,
		not_authentic, replayed, ring_dropped, bad_packets, gave_up,
		sessions; /* KDNET responses accepted */
};
const struct lab_stub_counters *lab_stub_counters(const struct lab_stub *t);

#endif
