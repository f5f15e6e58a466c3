#include "kd_transport.h"

#include <stdlib.h>
#include <string.h>

/*
 * libserialport refuses pseudo-terminals, which have no rate to set anyway:
 * they are opened as the byte pipes that they are.
 */
static bool is_pseudo_terminal(const char *device)
{
	static const char *const prefixes[] = {
		"/dev/pts/",  /* Linux */
		"/dev/ttys0", /* macOS: ttys000 and up */
	};
	char *real = realpath(device, NULL);
	bool found = false;

	if (!real)
		return false;
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		found |= !strncmp(real, prefixes[i], strlen(prefixes[i]));
	free(real);
	return found;
}

enum kd_status kd_connect_open(const struct kd_connect *c,
			       struct kd_detail *detail, struct kd_link **ret)
{
	switch (c->kind) {
	case KD_CONNECT_NET:
		return kd_udp_open(c->port, detail, ret);
	case KD_CONNECT_SERIAL:
		if (is_pseudo_terminal(c->path))
			return kd_path_open(c->path, c->reconnect, detail, ret);
		return kd_serial_open(c->path, c->baud, c->reconnect, detail,
				      ret);
	case KD_CONNECT_PATH:
		return kd_path_open(c->path, c->reconnect, detail, ret);
	case KD_CONNECT_TCP:
		return kd_tcp_open(c->path, c->port, c->reconnect, detail, ret);
	}
	kd_detail_set(detail, "no such kind of link");
	return KD_E_UNSUPPORTED;
}
