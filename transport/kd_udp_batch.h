#ifndef KD_UDP_BATCH_H
#define KD_UDP_BATCH_H

/**
 * @file
 * Several datagrams per system call where the system can: an answer and the
 * acknowledgement before it come in together, an acknowledgement and the next
 * request go out together. kd_udp_batch_linux.c or kd_udp_batch_posix.c.
 */

#include "kd_link.h"
#include "kd_net.h"

#include <sys/socket.h>

enum { KD_UDP_BATCH = 8 };

struct kd_udp_datagram {
	struct sockaddr_storage from;
	bool truncated; /**< it was longer than bytes */
	size_t len;
	uint8_t bytes[KD_NET_DATAGRAM_MAX];
};

/** How many came, up to KD_UDP_BATCH; -1 with errno set if none. */
int kd_udp_receive_batch(int fd, struct kd_udp_datagram out[KD_UDP_BATCH]);

/** How many of @p count (1 or more) went out; -1 with errno set if none. */
int kd_udp_send_batch(int fd, const struct sockaddr_storage *to,
		      socklen_t to_len, const struct kd_chunk *chunks,
		      size_t count);

#endif
