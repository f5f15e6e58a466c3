#ifndef LAB_TARGET_H
#define LAB_TARGET_H

/**
 * @file
 * The stub's inside, shared by lab_stub.c (time, input, retries) and
 * lab_conversation.c (what is said and why).
 */

#include "lab_file.h"
#include "lab_frame.h"
#include "lab_kdnet.h"
#include "lab_link.h"
#include "lab_service.h"

/** What the target is at. */
enum lab_phase {
	LAB_PHASE_RUNS,	  /**< polls for a break-in now and then */
	LAB_PHASE_SENDS,  /**< awaits an acknowledgement */
	LAB_PHASE_WANTS,  /**< awaits what its question asks for */
	LAB_PHASE_SERVES, /**< works on a request and hears nothing */
};

/** Why the outstanding packet was sent. */
enum lab_purpose {
	LAB_PURPOSE_SAY,       /**< then it runs on */
	LAB_PURPOSE_ASK,       /**< then it wants what the question asks for */
	LAB_PURPOSE_REPLY,     /**< then it wants the next request */
	LAB_PURPOSE_INTERRUPT, /**< then it replies */
};

struct lab_stub {
	struct lab_stub_config config;
	struct lab_machine *machine;
	struct lab_stub_counters counters;
	struct lab_kdnet kdnet;
	struct lab_link link;
	struct lab_service service;

	struct lab_ring in;
	size_t ring_max; /* datagrams */
	struct lab_frame frame;
	uint8_t datagram[LAB_DATAGRAM_MAX];

	uint64_t now_us;
	uint64_t byte_us;	/* when the last byte was taken */
	uint64_t poll_us;	/* not polled before */
	uint64_t busy_us;	/* until then it serves */
	uint64_t retransmit_us; /* then the packet is sent again */
	uint64_t boot_us;	/* until then it is deaf and silent */

	enum lab_phase phase;
	enum lab_purpose purpose;
	unsigned tries;
	bool met;	    /* a debugger was heard since the boot */
	bool not_present;   /* given up on it (KD-WIRE 1.7) */
	bool break_pending; /* a break-in came at the wrong time */
	bool report_again;  /* the stop is reported twice */

	uint64_t no_garbage; /* a random state that yields zeros */

	struct lab_event event;
	uint16_t question_type;
	uint8_t question[LAB_PAYLOAD_MAX];
	size_t question_len;
	struct lab_file file; /* that the host gives us */
};

/** The machine did something: say it, ask it, or stop. */
void lab_target_happen(struct lab_stub *t);
/** The user wants a stop; false if the machine does not listen. */
bool lab_target_break_in(struct lab_stub *t);
/** The outstanding packet has arrived. */
void lab_target_arrived(struct lab_stub *t);
/** Nobody acknowledged it. */
void lab_target_gave_up(struct lab_stub *t);
/** May the target give up on the outstanding packet? */
bool lab_target_may_give_up(const struct lab_stub *t);
/** Ask the question again, as a new packet. */
void lab_target_ask_again(struct lab_stub *t);
/** What the question asked for has come. */
void lab_target_got(struct lab_stub *t, const struct lab_heard *h);
/** The type of packet that answers the question, and its least size. */
uint16_t lab_target_wanted(const struct lab_stub *t, size_t *ret_least);
/** The time of service is over. */
void lab_target_served(struct lab_stub *t);

#endif
