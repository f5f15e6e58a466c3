#ifndef KD_DIALECT_H
#define KD_DIALECT_H

/**
 * @file
 * The two ways of numbering packets: serial lines toggle and synchronise with
 * a bit (KD-WIRE 1.4), KDNET counts in twos (KD-WIRE 2.8).
 */

#include "kd_link.h"

/** How the id of a packet stands to the one that is expected. */
enum kd_id_order {
	KD_ID_EXPECTED,
	KD_ID_BEHIND, /**< it was accepted before */
	KD_ID_AHEAD,  /**< something before it is missing */
};

struct kd_dialect {
	const char *name;
	/** Of the first packet that a host sends. */
	uint32_t first_id;
	/** A bit, no part of the id: the sender starts anew. 0: no such bit. */
	uint32_t sync;
	/**
	 * RESET carries id 0 and starts both sides anew; otherwise it carries
	 * the id that its receiver is to expect next, and nothing is lost
	 * (rule 0.3.1).
	 */
	bool reset_restarts;
	/** How long an acknowledgement may take, KD-WIRE 1.7. */
	uint32_t try_us;
	/** The id of the packet after this one. */
	uint32_t (*after)(uint32_t id);
	enum kd_id_order (*order)(uint32_t id, uint32_t expected);
};

/** The dialect that is spoken on this kind of link. */
const struct kd_dialect *kd_dialect_of(enum kd_link_kind kind);

#endif
