#ifndef LAB_HOST_H
#define LAB_HOST_H

/**
 * @file
 * A debugger's side for testing the stub: it does what a test tells it, packet
 * by packet, in simulated time, and nothing by itself but keying KDNET.
 */

#include "lab_crypto.h"
#include "lab_frame.h"
#include "lab_machine.h"
#include "lab_stub.h"

struct lab_host {
	struct lab_machine *machine; /* owned */
	struct lab_stub *stub;
	enum lab_dialect dialect;
	uint64_t now_us;
	uint32_t id; /* of the next data packet */
	struct lab_frame frame;

	uint8_t key[LAB_KEY_SIZE], data_key[LAB_KEY_SIZE];
	bool mute; /* does not answer pokes */
	bool keyed;
	uint64_t sent;
	unsigned pokes, checks;
	uint8_t nonce; /* of the next response */
	uint8_t poke[344];
	size_t poke_len;
	uint64_t poke_seq;
	struct lab_clear clear;
	uint64_t digest;		    /* of every byte that came */
	uint8_t datagram[LAB_DATAGRAM_MAX]; /* the last that came or went */
	size_t datagram_len;
};

/** The dialect's defaults for what @p config leaves zero. */
void lab_host_start(struct lab_host *h, struct lab_stub_config config,
		    struct lab_machine *machine);
void lab_host_end(struct lab_host *h);

void lab_host_bytes(struct lab_host *h, const uint8_t *bytes, size_t len);
void lab_host_data(struct lab_host *h, uint16_t type, uint32_t id,
		   const uint8_t *payload, size_t len);
void lab_host_control(struct lab_host *h, uint16_t type, uint32_t id);
void lab_host_break_in(struct lab_host *h);
/** Answer the last poke. */
void lab_host_respond(struct lab_host *h);

/**
 * What the target says next, waiting for it until @p until_us of simulated
 * time. False: nothing.
 */
bool lab_host_hear(struct lab_host *h, uint64_t until_us,
		   struct lab_heard *ret);
/** The next data packet of a type, within ten seconds, acknowledged. */
bool lab_host_take(struct lab_host *h, uint16_t type, struct lab_heard *ret);
/** A request of 56 bytes and data, and its reply. */
bool lab_host_ask(struct lab_host *h, uint32_t api,
		  const uint8_t fields[LAB_MANIPULATE_UNION_SIZE],
		  const uint8_t *data, size_t len, struct lab_heard *ret);
/** Continue what is stopped. */
void lab_host_continue(struct lab_host *h);
/** A reply's status. */
uint32_t lab_host_status(const struct lab_heard *reply);
/** Go through the boot of the static machine, and then break in. */
bool lab_host_stop(struct lab_host *h, struct lab_heard *ret);
/** Start a static machine and stop it; asserts that it does. */
void lab_host_start_stopped(struct lab_host *h, enum lab_dialect dialect,
			    struct lab_heard *ret);

#endif
