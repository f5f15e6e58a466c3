#ifndef KD_NOTICE_H
#define KD_NOTICE_H

/**
 * @file
 * Why nothing happens yet: what a waiting user is told, each at most once.
 */

#include "kd_endpoint.h"
#include "kd_status.h"

enum kd_notice {
	KD_NOTICE_NONE,
	/** Nothing at all has arrived for three seconds. */
	KD_NOTICE_SILENCE,
	/** Datagrams arrive, but they are not KDNET. */
	KD_NOTICE_NOT_KDNET,
	/** KDNET datagrams arrive; none authenticates: wrong key. */
	KD_NOTICE_WRONG_KEY,
	/** An authentic poke that is configured for another host address. */
	KD_NOTICE_OTHER_ADDRESS,
	/** An authentic poke whose session belongs to another debugger. */
	KD_NOTICE_HELD,
	/** We answered pokes; no data came: something drops what we send. */
	KD_NOTICE_NO_DATA,
	/** A second machine with the same key; it is ignored. */
	KD_NOTICE_SECOND_TARGET,
	/** Bytes, but no packets: readable text. */
	KD_NOTICE_TEXT,
	/** Bytes, but no packets: noise. */
	KD_NOTICE_NOISE,
	/** Our own bytes come back. */
	KD_NOTICE_ECHO,
	/** The target is there but does not answer (retries used up). */
	KD_NOTICE_UNANSWERED,
	KD_NOTICE_COUNT
};

/** A notice and what it is about. */
struct kd_notice_report {
	enum kd_notice what;
	struct kd_endpoint from;  /**< sender, for datagrams */
	struct kd_endpoint other; /**< the address named, or session holder */
};

#endif
