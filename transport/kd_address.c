#include "kd_address.h"
#include "kd_transport.h"

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

enum { HOST_MAX = 256 };

enum { MAPPED_LEN = 12 }; /* bytes before the four of an IPv4 address */

static const uint8_t mapped_prefix[MAPPED_LEN] = { [10] = 0xff, [11] = 0xff };

bool kd_address_from(const struct sockaddr_storage *from,
		     struct kd_endpoint *ret)
{
	struct kd_endpoint e = { 0 };

	if (from->ss_family == AF_INET) {
		struct sockaddr_in in;

		memcpy(&in, from, sizeof(in));
		memcpy(e.address, mapped_prefix, MAPPED_LEN);
		memcpy(e.address + MAPPED_LEN, &in.sin_addr, 4);
		e.port = ntohs(in.sin_port);
	} else if (from->ss_family == AF_INET6) {
		struct sockaddr_in6 in6;

		memcpy(&in6, from, sizeof(in6));
		memcpy(e.address, &in6.sin6_addr, 16);
		e.port = ntohs(in6.sin6_port);
		e.scope = in6.sin6_scope_id;
	} else {
		return false;
	}
	*ret = e;
	return true;
}

socklen_t kd_address_to(const struct kd_endpoint *e, bool ipv6_socket,
			struct sockaddr_storage *ret)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
				  .sin_port = htons(e->port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
				    .sin6_port = htons(e->port),
				    .sin6_scope_id = e->scope };

	memset(ret, 0, sizeof(*ret));
	if (!ipv6_socket && !memcmp(e->address, mapped_prefix, MAPPED_LEN)) {
		memcpy(&in.sin_addr, e->address + MAPPED_LEN, 4);
		memcpy(ret, &in, sizeof(in));
		return sizeof(in);
	}
	memcpy(&in6.sin6_addr, e->address, 16);
	memcpy(ret, &in6, sizeof(in6));
	return sizeof(in6);
}

bool kd_address_towards(const struct kd_endpoint *peer, struct kd_endpoint *ret)
{
	struct sockaddr_storage address, own;
	socklen_t len = kd_address_to(peer, false, &address);
	socklen_t own_len = sizeof(own);
	int fd = socket(address.ss_family, SOCK_DGRAM, 0);
	bool known;

	if (fd < 0)
		return false;
	known = !connect(fd, (struct sockaddr *)&address, len) &&
		!getsockname(fd, (struct sockaddr *)&own, &own_len) &&
		kd_address_from(&own, ret);
	close(fd);
	if (known)
		ret->port = 0;
	return known;
}

enum kd_status kd_address_lookup(const char *host, uint16_t port,
				 struct kd_detail *detail,
				 struct kd_endpoint *out, size_t cap,
				 size_t *ret_count)
{
	/* one socket type, or each address comes once for each */
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct addrinfo *found = NULL;
	int failure = getaddrinfo(host, NULL, &hints, &found);
	size_t count = 0;

	if (failure) {
		int os_error = failure == EAI_SYSTEM ? errno : ENOENT;

		kd_detail_set(detail, "the host %.128s is not known: %.80s",
			      host, gai_strerror(failure));
		detail->os_error = os_error;
		return KD_E_OS;
	}
	for (const struct addrinfo *a = found; a && count < cap;
	     a = a->ai_next) {
		struct sockaddr_storage address = { 0 };

		if (a->ai_addrlen > sizeof(address))
			continue;
		memcpy(&address, a->ai_addr, a->ai_addrlen);
		if (kd_address_from(&address, &out[count]))
			out[count++].port = port;
	}
	freeaddrinfo(found);
	if (!count) {
		kd_detail_set(detail, "the host %.128s has no IP address",
			      host);
		detail->os_error = ENOENT;
		return KD_E_OS;
	}
	*ret_count = count;
	return KD_OK;
}

/* The colon before a port; NULL if there is none, as in an IPv6 address. */
static const char *find_port(const char *host, uint16_t *ret)
{
	const char *colon = strchr(host, ':');
	unsigned port = 0;

	if (!colon || strchr(colon + 1, ':'))
		return NULL;
	for (const char *c = colon + 1; *c; c++) {
		if (*c < '0' || *c > '9' || port > UINT16_MAX)
			return NULL;
		port = port * 10 + (unsigned)(*c - '0');
	}
	if (!port || port > UINT16_MAX)
		return NULL;
	*ret = (uint16_t)port;
	return colon;
}

enum kd_status kd_resolve(const char *host, uint16_t port,
			  struct kd_detail *detail, struct kd_endpoint *ret)
{
	const char *colon = find_port(host, &port);
	char name[HOST_MAX];
	size_t count;

	if (colon && (size_t)(colon - host) < sizeof(name)) {
		memcpy(name, host, (size_t)(colon - host));
		name[colon - host] = '\0';
		host = name;
	}
	return kd_address_lookup(host, port, detail, ret, 1, &count);
}
