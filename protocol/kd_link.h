#ifndef KD_LINK_H
#define KD_LINK_H

/**
 * @file
 * The interface of a link: what carries bytes between us and a target. The
 * folder transport/ has one file per kind; an embedder can bring its own. A
 * link never blocks but in wait, and owns the clock, so that the same session
 * runs in simulated time.
 */

#include "kd_clock.h"
#include "kd_endpoint.h"
#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>

enum kd_link_kind {
	KD_LINK_STREAM,	  /**< bytes in order: serial line, pipe, TCP */
	KD_LINK_DATAGRAM, /**< KDNET over UDP: cut, lost, out of order */
};

/** Bytes somebody else owns: one datagram, or a stretch of a stream. */
struct kd_chunk {
	const uint8_t *bytes;
	size_t len;
};

struct kd_link;

struct kd_link_ops {
	/**
	 * Send without blocking, @p count chunks in order.
	 *
	 * @param to       where to; ignored by streams
	 * @param ret_sent chunks sent (datagram) or bytes sent (stream); 0 if
	 *                 the system's buffer is full
	 * @return KD_E_LOST if the other end is gone and will not come back
	 * @return KD_E_OS if the system refuses (detail of the link)
	 */
	enum kd_status (*send)(struct kd_link *l, const struct kd_endpoint *to,
			       const struct kd_chunk *chunks, size_t count,
			       size_t *ret_sent);
	/**
	 * Receive without blocking: one datagram, or what a stream has.
	 * Call until it gives 0 before polling the descriptor: a link may
	 * hold more that it has received already.
	 *
	 * @param ret_from sender of a datagram; untouched by streams
	 * @param ret_len  bytes received; 0 if there is nothing now
	 * @return KD_E_LOST, KD_E_OS as for send
	 */
	enum kd_status (*receive)(struct kd_link *l, uint8_t *buf, size_t cap,
				  struct kd_endpoint *ret_from,
				  size_t *ret_len);
	/**
	 * Sleep until there is something to receive, room to send (if
	 * @p want_send), @p wake_fd (-1 for none) is readable, a signal
	 * arrives, or @p until_us. Spurious returns are allowed.
	 */
	enum kd_status (*wait)(struct kd_link *l, bool want_send, int wake_fd,
			       uint64_t until_us);
	/** The link's clock, in microseconds. */
	uint64_t (*now)(struct kd_link *l);
	/** The descriptor to poll for reading (and writing); -1 for none. */
	int (*descriptor)(struct kd_link *l);
	/** Is @p e one of this machine's own addresses with our port? */
	bool (*is_ours)(struct kd_link *l, const struct kd_endpoint *e);
	/** Close and free; the link is not touched afterwards. */
	void (*destroy)(struct kd_link *l);
};

/** Base of every link; the first member of each kind's own struct. */
struct kd_link {
	const struct kd_link_ops *ops;
	enum kd_link_kind kind;
	/** Bits per second of a real serial line, else 0. */
	unsigned baud;
	/** How people know it: "/dev/ttyUSB0", "UDP port 50000". */
	char name[128];
	/** What stood behind the last failure of an operation. */
	struct kd_detail detail;
};

/** Close and free; NULL is accepted. */
static inline void kd_link_destroy(struct kd_link *l)
{
	if (l)
		l->ops->destroy(l);
}

#endif
