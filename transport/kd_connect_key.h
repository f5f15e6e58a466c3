#ifndef KD_CONNECT_KEY_H
#define KD_CONNECT_KEY_H

/** @file key=@FILE. Private to transport/. */

#include "kd_net.h"

/**
 * Read a key from a file of at most 256 bytes: the key alone, white space
 * around it does not matter.
 *
 * @return KD_E_OS if it cannot be read, KD_E_FORMAT if it holds no key,
 *         KD_E_UNSUPPORTED as kd_net_key_parse()
 */
KD_MUST_USE enum kd_status kd_connect_read_key(const char *path,
					       struct kd_detail *detail,
					       struct kd_net_key *ret);

#endif
