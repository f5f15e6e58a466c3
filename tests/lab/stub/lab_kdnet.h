#ifndef LAB_KDNET_H
#define LAB_KDNET_H

/**
 * @file
 * The target's side of a KDNET session (KD-WIRE 2.5 to 2.10): pokes, the
 * response, keys and sequence numbers. What a data datagram's body means is
 * not its business.
 */

#include "lab_crypto.h"
#include "lab_ring.h"
#include "lab_stub.h"

struct lab_kdnet {
	uint8_t control_key[LAB_KEY_SIZE];
	uint8_t data_key[LAB_KEY_SIZE];
	uint8_t version;
	uint8_t target_address[4], host_address[4];
	uint16_t target_port, host_port;
	uint64_t poke_interval_us, next_poke;
	uint64_t random;
	const struct lab_faults *faults;

	uint64_t poke_seq;
	uint8_t client_key[LAB_KEY_SIZE];
	uint8_t accepted[LAB_KEY_SIZE]; /* data key of the last response */
	bool keyed;
	uint64_t sent, heard; /* sequence numbers of the data channel */
	uint8_t session_address[4];
	uint16_t session_port;

	struct lab_ring *out; /* datagrams to send; not owned */
	struct lab_stub_counters *counters;
	struct lab_clear clear; /* the datagram at hand */
};

enum lab_kdnet_result {
	LAB_KDNET_NOTHING,
	LAB_KDNET_KEYED, /**< a response was accepted */
	LAB_KDNET_DATA,	 /**< k->clear has a body from the host */
};

void lab_kdnet_init(struct lab_kdnet *k, const struct lab_stub_config *config,
		    struct lab_ring *out, struct lab_stub_counters *counters);
/** The machine starts anew: no session, a new client key. */
void lab_kdnet_reboot(struct lab_kdnet *k, uint64_t now_us);
/** The live session's host, for the pokes to name. */
void lab_kdnet_name_host(struct lab_kdnet *k, const uint8_t address[4],
			 uint16_t port);
/** Another debugger's session is live. */
void lab_kdnet_hold_for(struct lab_kdnet *k, const uint8_t address[4],
			uint16_t port);

enum lab_kdnet_result lab_kdnet_hear(struct lab_kdnet *k, uint64_t now_us,
				     const uint8_t *datagram, size_t len);
/** Seal and queue a body on the data channel, if there is a session. */
void lab_kdnet_say(struct lab_kdnet *k, const uint8_t *body, size_t len);
/** Poke if it is time. */
void lab_kdnet_tick(struct lab_kdnet *k, uint64_t now_us);

#endif
