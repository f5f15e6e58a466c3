#ifndef KD_RUN_FOR_H
#define KD_RUN_FOR_H

/** @file Let a target run for a while, and have it stand still again. */

#include "kd_run_control.h"

/** Why it stands still. */
enum kd_run_for_end {
	KD_RUN_FOR_TIME,     /**< the time is over, and it was broken into */
	KD_RUN_FOR_STOPPED,  /**< something else stopped it: the stop tells */
	KD_RUN_FOR_CANCELED, /**< as the cancel hook said; broken into */
	KD_RUN_FOR_REBOOTED, /**< another boot: it does not stand still */
};

struct kd_run_for_result {
	enum kd_run_for_end end;
	struct kd_stop stop; /**< unless it rebooted */
};

/**
 * Let it go on from the stop at which it stands, and stop it when the time is
 * over or the cancel hook says so, which has no say in the stopping.
 *
 * @param span_us  that it runs, by the link's clock
 * @param hooks    event is told what happens meanwhile, but stops; request_us
 *                 is the longest time for the target to stop; decode and
 *                 stepped are not used
 * @return KD_E_STATE if it runs already
 * @return KD_E_TIMEOUT if it does not stop
 * @return KD_E_LOST, KD_E_OS, or what hooks->event returned
 */
KD_API KD_MUST_USE enum kd_status kd_session_run_for(
	struct kd_session *s, uint64_t span_us,
	const struct kd_run_hooks *hooks, struct kd_run_for_result *ret);

#endif
