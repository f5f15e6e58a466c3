#include "kd_endpoint.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>

static const uint8_t mapped_prefix[12] = { 0, 0, 0, 0, 0,    0,
					   0, 0, 0, 0, 0xff, 0xff };

static bool is_mapped(const struct kd_endpoint *e)
{
	return !memcmp(e->address, mapped_prefix, sizeof(mapped_prefix));
}

const char *kd_endpoint_address_text(const struct kd_endpoint *e,
				     char out[KD_ENDPOINT_TEXT_MAX])
{
	char ip[INET6_ADDRSTRLEN] = "?";

	if (is_mapped(e)) {
		inet_ntop(AF_INET, e->address + 12, ip, sizeof(ip));
		snprintf(out, KD_ENDPOINT_TEXT_MAX, "%s", ip);
		return out;
	}
	inet_ntop(AF_INET6, e->address, ip, sizeof(ip));
	if (e->scope)
		snprintf(out, KD_ENDPOINT_TEXT_MAX, "%s%%%u", ip,
			 (unsigned)e->scope);
	else
		snprintf(out, KD_ENDPOINT_TEXT_MAX, "%s", ip);
	return out;
}

const char *kd_endpoint_text(const struct kd_endpoint *e,
			     char out[KD_ENDPOINT_TEXT_MAX])
{
	char ip[KD_ENDPOINT_TEXT_MAX];

	kd_endpoint_address_text(e, ip);
	snprintf(out, KD_ENDPOINT_TEXT_MAX,
		 is_mapped(e) ? "%.55s:%u" : "[%.53s]:%u", ip, e->port);
	return out;
}

bool kd_endpoint_equal(const struct kd_endpoint *a, const struct kd_endpoint *b)
{
	return a->port == b->port &&
	       !memcmp(a->address, b->address, sizeof(a->address));
}
