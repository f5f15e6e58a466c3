#ifndef KD_ADDRESS_SPACE_H
#define KD_ADDRESS_SPACE_H

/**
 * @file
 * Reading another process's memory. The target itself sees only that of the
 * process which it runs; here the page tables of any other one are gone down
 * by physical reads.
 */

#include "kd_page_walk.h"
#include "kd_session_ops.h"

/** The target's physical memory, until @p deadline_us. */
struct kd_physical {
	struct kd_session *session;
	uint64_t deadline_us;
};

/** Read through it; @p p must outlive the result. */
KD_API struct kd_memory kd_physical_memory(struct kd_physical *p);

/**
 * From now on kd_session_read() takes addresses of user mode for those of this
 * process, until the target runs. Writes to them are refused meanwhile: the
 * target would write to the process that it runs.
 *
 * @param tables  copied; NULL: those of the process that it runs, as usual
 */
KD_API void kd_session_set_address_space(struct kd_session *s,
					 const struct kd_page_tables *tables);
/** What was set; NULL: nothing. */
KD_API const struct kd_page_tables *kd_session_address_space(
	const struct kd_session *s);

#endif
