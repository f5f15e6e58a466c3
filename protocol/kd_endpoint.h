#ifndef KD_ENDPOINT_H
#define KD_ENDPOINT_H

/** @file An IP address and port, as KDNET's own messages carry them. */

#include "kd_status.h"

#include <stdbool.h>
#include <stdint.h>

/** IPv4 is carried as IPv4-mapped IPv6: ten 00, two ff, four address bytes. */
struct kd_endpoint {
	uint8_t address[16];
	uint16_t port;	/**< in the host's byte order; 0 means none */
	uint32_t scope; /**< IPv6 link-local interface index, else 0 */
};

enum { KD_ENDPOINT_TEXT_MAX = 64 };

/** "192.168.2.1:50000" or "[fe80::1%2]:50000"; returns @p out. */
KD_API const char *kd_endpoint_text(const struct kd_endpoint *e,
				    char out[KD_ENDPOINT_TEXT_MAX]);

/** The address without the port: "192.168.2.1"; returns @p out. */
KD_API const char *kd_endpoint_address_text(const struct kd_endpoint *e,
					    char out[KD_ENDPOINT_TEXT_MAX]);

/** Same address and port; the scope is not compared. */
KD_API bool kd_endpoint_equal(const struct kd_endpoint *a,
			      const struct kd_endpoint *b);

#endif
