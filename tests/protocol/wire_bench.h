#ifndef WIRE_BENCH_H
#define WIRE_BENCH_H

/** @file A wire under test, and what it says and sends, as text. */

#include "kd_wire.h"

enum { WIRE_BENCH_TEXT = 512, WIRE_BENCH_FILL = 8 };

struct wire_bench {
	struct kd_wire *wire;
	uint64_t now_us;
	char text[WIRE_BENCH_TEXT];
};

void wire_bench_start(struct wire_bench *b,
		      const struct kd_wire_config *config);
void wire_bench_end(struct wire_bench *b);

/** Write a packet whose payload is 8 times @p fill; 0 for a control packet. */
void wire_bench_put(struct kd_writer *out, uint16_t type, uint32_t id,
		    char fill);

/** Feed bytes, and say what they bring about. */
void wire_bench_feed(struct wire_bench *b, const struct kd_endpoint *from,
		     const uint8_t *bytes, size_t len);
/** Feed one packet to a stream. */
void wire_bench_feed_packet(struct wire_bench *b, uint16_t type, uint32_t id,
			    char fill);
/** Queue a request of 8 times @p fill. */
enum kd_status wire_bench_send(struct wire_bench *b, char fill);
/** Go on to @p now_us, waking the wire when it asks for it. */
void wire_bench_run(struct wire_bench *b, uint64_t now_us);

/**
 * Say what happened: "P3a" a packet, D, U, R, "K1" keyed, "N8" a notice.
 */
void wire_bench_listen(struct wire_bench *b);
/** Pull one stretch, say its packets ("A80800000", "2:80800000q", "b"). */
bool wire_bench_pull(struct wire_bench *b);
/** Add a header's packet to the text. */
void wire_bench_say_packet(struct wire_bench *b, const uint8_t *packet,
			   size_t len);

#endif
