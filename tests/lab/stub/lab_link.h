#ifndef LAB_LINK_H
#define LAB_LINK_H

/**
 * @file
 * The target's packets: numbered in one of the two dialects (KD-WIRE 1.4,
 * 2.8), one outstanding at a time, and queued for sending, with the
 * misbehaviour that was asked for.
 */

#include "lab_kdnet.h"
#include "lab_ring.h"
#include "lab_stub.h"
#include "lab_wire.h"

struct lab_link {
	enum lab_dialect dialect;
	const struct lab_faults *faults;
	struct lab_kdnet *kdnet; /* NULL: a stream */
	struct lab_ring out;
	uint64_t random;

	uint32_t id;	   /* of the outstanding packet, or the next */
	uint32_t expected; /* from the host */
	bool outstanding;
	bool untold;	 /* the outstanding packet was never sent yet */
	bool reset_sent; /* a RESET that comes now answers ours */

	uint16_t type;
	size_t len; /* of the payload */
	uint8_t packet[LAB_HEADER_SIZE + LAB_PAYLOAD_MAX + 1];
	uint64_t packets, acks; /* so far, for the faults */
};

/** False if memory is short. @p kdnet is NULL for a stream. */
bool lab_link_init(struct lab_link *l, const struct lab_stub_config *config,
		   struct lab_kdnet *kdnet);
void lab_link_deinit(struct lab_link *l);
/** Ids as after a boot, or after giving up on the debugger. */
void lab_link_restart(struct lab_link *l);
/** After giving up: serial ids start anew, KDNET's go on (1.7, 2.8). */
void lab_link_give_up(struct lab_link *l);

/** Number a packet and send it; it is outstanding until acknowledged. */
void lab_link_send(struct lab_link *l, uint16_t type, const uint8_t *payload,
		   size_t len);
/** Send the outstanding packet again. */
void lab_link_repeat(struct lab_link *l);
/** Does this id acknowledge the outstanding packet? */
bool lab_link_acknowledges(const struct lab_link *l, uint32_t id);
/** The outstanding packet has arrived. */
void lab_link_arrived(struct lab_link *l);

void lab_link_ack(struct lab_link *l, uint32_t id);
void lab_link_resend(struct lab_link *l);
void lab_link_reset(struct lab_link *l);
/** RESET that is no answer to one of the host's. */
void lab_link_ask_reset(struct lab_link *l);
/** The host's RESET: what its id means is the dialect's. */
void lab_link_adopt(struct lab_link *l, uint32_t id);

enum lab_order { LAB_ORDER_DUPLICATE, LAB_ORDER_NEXT, LAB_ORDER_GAP };
enum lab_order lab_link_order(const struct lab_link *l, uint32_t id);
/** The expected packet was taken. */
void lab_link_took(struct lab_link *l);

#endif
