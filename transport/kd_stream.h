#ifndef KD_STREAM_H
#define KD_STREAM_H

/**
 * @file
 * What all byte-stream links share: non-blocking I/O on one descriptor, and
 * coming back after it was lost. Private to transport/; a kind of stream
 * embeds struct kd_stream as its first member and brings its own ops.
 */

#include "kd_link.h"

struct kd_stream;

struct kd_stream_ops {
	/**
	 * Begin one try to open it; must not block.
	 *
	 * @param ret_fd  non-blocking, close-on-exec
	 * @return KD_OK if it is open
	 * @return KD_E_PENDING if it is connecting: writable when it is decided
	 * @return KD_E_LOST if it is not there now, KD_E_OS if trying again
	 *         will not help; the link's detail says why
	 */
	enum kd_status (*start)(struct kd_stream *s, int *ret_fd);
	/**
	 * The try that was pending failed: fill the link's detail. NULL if
	 * start never leaves one pending.
	 */
	void (*explain)(struct kd_stream *s, int os_error);
	/** Put back what start changed, and close. */
	void (*close)(struct kd_stream *s, int fd);
	/** Why it ended, for people, when the system gives no reason. */
	const char *gone;
};

enum kd_stream_state {
	KD_STREAM_CLOSED, /**< the next try is due at next_us */
	KD_STREAM_CONNECTING,
	KD_STREAM_OPEN,
	KD_STREAM_DEAD, /**< for good */
};

struct kd_stream {
	struct kd_link link;
	const struct kd_stream_ops *ops;
	bool reconnect;
	/** Tries that make a round: addresses of a TCP host; else 1. */
	size_t tries;
	/** The open descriptor is a socket; set by start. */
	bool is_socket;

	/* the rest is kd_stream.c's own */
	enum kd_stream_state state;
	int fd;
	size_t tried;	     /* of this round */
	uint64_t round_us;   /* when it began */
	uint64_t next_us;    /* CLOSED */
	uint64_t give_up_us; /* CONNECTING */
	bool was_open;
	bool half_sent; /* the last stretch went out in part */
	bool swallow;	/* its rest is of no use on a new connection */
};

/**
 * Open @p s, whose kind has filled the fields above, with the bound of five
 * seconds if it does not reconnect; else it may still be closed on return.
 *
 * @p s was allocated by calloc() and is freed on failure, and by destroy.
 *
 * @return KD_E_OS
 */
KD_MUST_USE enum kd_status kd_stream_open(struct kd_stream *s,
					  struct kd_detail *detail,
					  struct kd_link **ret);

/** Make @p fd non-blocking and close-on-exec; false with errno set. */
KD_MUST_USE bool kd_stream_prepare(int fd);

#endif
