#ifndef KD_ADDRESS_H
#define KD_ADDRESS_H

/** @file Between endpoints and the system's addresses. Private. */

#include "kd_endpoint.h"

#include <stddef.h>
#include <sys/socket.h>

/** False if it is neither IPv4 nor IPv6. */
bool kd_address_from(const struct sockaddr_storage *from,
		     struct kd_endpoint *ret);

/**
 * IPv4 becomes an IPv4 address, or an IPv4-mapped one if @p ipv6_socket.
 * Returns the length to give to the system.
 */
socklen_t kd_address_to(const struct kd_endpoint *e, bool ipv6_socket,
			struct sockaddr_storage *ret);

/**
 * The local address that datagrams to @p peer leave from; its port is 0.
 * Nothing is sent. False if there is no way to the peer.
 */
bool kd_address_towards(const struct kd_endpoint *peer,
			struct kd_endpoint *ret);

/**
 * All addresses of a host, the system's favourite first. May ask the network
 * and block for as long as that takes.
 *
 * @param ret_count  1 to @p cap
 * @return KD_E_OS if the host is unknown; @p detail has a sentence
 */
KD_MUST_USE enum kd_status kd_address_lookup(const char *host, uint16_t port,
					     struct kd_detail *detail,
					     struct kd_endpoint *out,
					     size_t cap, size_t *ret_count);

#endif
