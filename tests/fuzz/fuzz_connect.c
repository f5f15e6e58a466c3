/* Covers: transport/kd_connect.c */

#include "kd_transport.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { TEXT_MAX = 1024 };

static bool is_text(const char *s, size_t cap)
{
	return memchr(s, '\0', cap) != NULL;
}

/* What a good string must have brought. */
static bool makes_sense(const struct kd_connect *c)
{
	if (!is_text(c->path, sizeof(c->path)) ||
	    !is_text(c->target, sizeof(c->target)))
		return false;
	switch (c->kind) {
	case KD_CONNECT_NET:
		return c->port && !c->path[0] && !c->reconnect;
	case KD_CONNECT_SERIAL:
		return c->path[0] && c->baud && !c->port;
	case KD_CONNECT_PATH:
		return c->path[0] && !c->port;
	case KD_CONNECT_TCP:
		return c->path[0] && c->port;
	}
	return false;
}

/*
 * A "-k" string makes sense as a whole or is refused with a sentence, in
 * which no value of it is shown.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	char text[TEXT_MAX];
	const char *value;
	struct kd_detail detail = { 0 };
	struct kd_connect c = { 0 };

	/* no key files: an input must not open what it likes */
	if (!len || len >= sizeof(text) || memchr(data, '@', len))
		return 0;
	memcpy(text, data, len);
	text[len] = '\0';
	if (kd_connect_parse(text, &detail, &c) == KD_OK) {
		if (!makes_sense(&c))
			abort();
		return 0;
	}
	if (!detail.text[0] || !is_text(detail.text, sizeof(detail.text)))
		abort();
	value = strrchr(text, '=');
	/* short ones occur in our own words */
	if (value && strlen(value + 1) > 24 && strstr(detail.text, value + 1))
		abort();
	return 0;
}
