#ifndef KD_CAPTURE_FRAME_H
#define KD_CAPTURE_FRAME_H

/** @file From a captured frame to the UDP datagram or stretch within. */

#include "kd_capture.h"

/** LINKTYPE_RTAC_SERIAL: time, event, line states, footer; then the bytes. */
enum {
	KD_RTAC_HEADER_SIZE = 12,
	KD_RTAC_TX_START = 1,
	KD_RTAC_RX_START = 2,
	KD_RTAC_TX_END = 3,
	KD_RTAC_RX_END = 4,
};

enum kd_capture_verdict {
	KD_VERDICT_GIVEN,
	KD_VERDICT_NOT_UDP,
	KD_VERDICT_FRAGMENT,
	KD_VERDICT_MALFORMED,
	KD_VERDICT_CUT, /**< too short by the capture's limit for its headers */
	KD_VERDICT_UNKNOWN_LINK,
};

/** Can frames of this DLT be read? */
bool kd_capture_frame_is_known(int dlt);

/**
 * Find the datagram or stretch in one frame.
 *
 * @param len     bytes that the capture kept
 * @param was_len bytes that were on the wire
 * @param ret     kind, from, to, cut, from_host, bytes and len are filled if
 *                the verdict is KD_VERDICT_GIVEN
 */
enum kd_capture_verdict kd_capture_frame_parse(int dlt, const uint8_t *bytes,
					       size_t len, size_t was_len,
					       struct kd_capture_record *ret);

#endif
