#ifndef KD_ENGINE_H
#define KD_ENGINE_H

/**
 * @file
 * The link engine, without I/O: numbers and repeats what we send, sorts what
 * arrives into fresh, repeated and out of turn, and acknowledges (KD-WIRE 1.4
 * to 1.7, 2.8, rules 0.3). One engine for both dialects. It sees verified
 * packets; framing and sealing are its owner's.
 */

#include "kd_dialect.h"
#include "kd_wire.h"

enum {
	KD_ENGINE_SLOTS = 3,
	KD_ENGINE_ACKS = 4,
};

/** What a call brought about. Combined with |. */
enum kd_engine_event {
	KD_ENGINE_FRESH = 1 << 0,	/**< the packet is to be handed on */
	KD_ENGINE_DELIVERED = 1 << 1,	/**< ours has arrived */
	KD_ENGINE_UNDELIVERED = 1 << 2, /**< ours was given up */
	KD_ENGINE_RESTARTED = 1 << 3,	/**< both sides start anew */
};

/* The fields below are the engine's own business. */

/* A data packet of ours, from kd_engine_send() until it is acknowledged. */
struct kd_outgoing {
	uint8_t body[KD_HEADER_SIZE + KD_PAYLOAD_MAX]; /* as it is sent */
	size_t len;	/* of the body; 0: this slot is free */
	unsigned flags; /* enum kd_wire_flags */
	uint32_t turn;	/* lower ones came earlier */
};

/*
 * The packet that waits for its acknowledgement. A window of reads would keep
 * several of these, and put acknowledgements into acks[] before their time.
 */
struct kd_flight {
	struct kd_outgoing *packet; /* NULL: none */
	uint32_t id;
	bool due;	   /* to be sent, for the first time or again */
	bool leaving;	   /* handed out; kd_engine_sent() is to come */
	bool reset_tried;  /* RESET was the last resort */
	unsigned tries;	   /* sent because of time, the first included */
	unsigned repeats;  /* sent because the target asked */
	uint64_t until_us; /* the end of this try */
};

/* A data packet of the target, to know it again. */
struct kd_heard {
	bool valid;
	struct kd_packet_header header;
};

struct kd_engine {
	const struct kd_dialect *dialect;
	struct kd_log log;
	unsigned baud;
	unsigned max_resets;
	struct kd_wire_counters counters;

	struct kd_outgoing slot[KD_ENGINE_SLOTS];
	uint32_t turns;
	struct kd_flight flight;
	uint32_t next_id; /* of our next data packet */

	bool learned; /* is expected known? */
	uint32_t expected;
	struct kd_heard last; /* accepted, and none of ours since */
	bool synchronised;    /* something that only a target sends was here */

	uint32_t acks[KD_ENGINE_ACKS]; /* to be sent */
	size_t ack_count;
	bool has_acked;
	uint32_t last_ack;

	bool resend_due;
	unsigned resend_run; /* RESENDs without a good packet between */
	bool break_in_due;

	bool reset_due;
	bool reset_is_answer;
	size_t acks_before_reset; /* these go first */
	unsigned resets_asked;	  /* while not synchronised */
	bool reset_open;	  /* ours was sent and is not answered */
	uint64_t reset_sent_us;
	bool reset_answered; /* answered_us holds */
	uint64_t answered_us;
};

void kd_engine_init(struct kd_engine *e, const struct kd_wire_config *config);

/** The target is another one now (rebooted): forget ids and packets. */
void kd_engine_restart(struct kd_engine *e);

/**
 * Queue a data packet.
 *
 * @return KD_E_STATE if there is no free slot
 * @return KD_E_SPACE if it is longer than KD_PAYLOAD_MAX
 */
KD_MUST_USE enum kd_status kd_engine_send(struct kd_engine *e,
					  enum kd_packet_type type,
					  const uint8_t *payload, size_t len,
					  unsigned flags);
bool kd_engine_is_busy(const struct kd_engine *e);
void kd_engine_drop(struct kd_engine *e);
void kd_engine_reset(struct kd_engine *e, uint64_t now_us);
void kd_engine_break_in(struct kd_engine *e);
void kd_engine_cancel_break_in(struct kd_engine *e);
/** Ask the target to repeat what it waits for an acknowledgement of. */
void kd_engine_ask_again(struct kd_engine *e);

/**
 * A whole packet arrived whose length and checksum hold.
 *
 * @return kd_engine_event bits
 */
unsigned kd_engine_receive(struct kd_engine *e, uint64_t now_us,
			   const struct kd_packet_header *h,
			   const uint8_t *payload);
/** A damaged data packet arrived. */
void kd_engine_rejected(struct kd_engine *e);

/**
 * The next packet to send: header and, of a data packet, payload. False if
 * there is none. The bytes are valid until the next call of any function;
 * @p control is where those of a control packet are kept.
 */
bool kd_engine_pull(struct kd_engine *e, uint64_t now_us,
		    uint8_t control[KD_HEADER_SIZE], struct kd_chunk *ret);
/** Is a break-in byte to be sent, alone? It is forgotten by the call. */
bool kd_engine_pull_break_in(struct kd_engine *e);
/** All that was pulled has gone out: time starts to count. */
void kd_engine_sent(struct kd_engine *e, uint64_t now_us);

uint64_t kd_engine_deadline(const struct kd_engine *e);
/** @return kd_engine_event bits */
unsigned kd_engine_tick(struct kd_engine *e, uint64_t now_us);

/* Between the engine's two files. */

/* Our numbering starts anew; the target's is learned again. */
void kd_engine_start_anew(struct kd_engine *e);
void kd_engine_ask_for_reset(struct kd_engine *e);
/* Ours has arrived, or counts as if it had. */
unsigned kd_engine_land(struct kd_engine *e);

#endif
