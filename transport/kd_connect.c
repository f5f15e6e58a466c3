#include "kd_crypto.h"
#include "kd_transport.h"

#include <limits.h>
#include <string.h>

/*
 * A "-k" string is a scheme and parts: "com:pipe,port=/path". A wrong string
 * may hold a key anywhere, so nothing of it is ever shown but the names of
 * parts that we know, and where the wrong one stands.
 */

enum {
	BAUD_DEFAULT = 115200,
	BAUD_MIN = 50,
	BAUD_MAX = 50 * 1000 * 1000,
	RESETS_MAX = 1000000,
	PART_MAX = 320, /* a name, the longest value, and the terminator */
};

/* Where a part may stand. Combine with |. */
enum scheme { IN_NET = 1 << 0, IN_COM = 1 << 1, IN_TCP = 1 << 2 };

struct part {
	const char *name;
	unsigned schemes; /* enum scheme */
	bool has_value;
	const char *expected;
	/* NULL: the part's presence says it all */
	bool (*set)(struct kd_connect *c, const char *value);
};

/* Decimal digits only. */
static bool read_number(const char *text, unsigned low, unsigned high,
			unsigned *ret)
{
	unsigned long long value = 0;

	if (!*text)
		return false;
	for (; *text; text++) {
		if (*text < '0' || *text > '9' || value > UINT_MAX)
			return false;
		value = value * 10 + (unsigned)(*text - '0');
	}
	if (value < low || value > high)
		return false;
	*ret = (unsigned)value;
	return true;
}

static bool set_port(struct kd_connect *c, const char *value)
{
	unsigned port;

	if (!read_number(value, 1, UINT16_MAX, &port))
		return false;
	c->port = (uint16_t)port;
	return true;
}

static bool set_text(char *out, size_t cap, const char *value)
{
	size_t len = strlen(value);

	if (!len || len >= cap)
		return false;
	memcpy(out, value, len + 1);
	return true;
}

static bool set_path(struct kd_connect *c, const char *value)
{
	return set_text(c->path, sizeof(c->path), value);
}

static bool set_target(struct kd_connect *c, const char *value)
{
	return set_text(c->target, sizeof(c->target), value);
}

static bool set_baud(struct kd_connect *c, const char *value)
{
	return read_number(value, BAUD_MIN, BAUD_MAX, &c->baud);
}

static bool set_resets(struct kd_connect *c, const char *value)
{
	c->has_resets = true;
	return read_number(value, 0, RESETS_MAX, &c->resets);
}

enum {
	PART_NET_PORT,
	PART_KEY,
	PART_TARGET,
	PART_COM_PORT,
	PART_BAUD,
	PART_PIPE,
	PART_IPPORT,
	PART_RESETS,
	PART_RECONNECT,
	PART_COUNT
};

// clang-format off
static const struct part parts[PART_COUNT] = {
	[PART_NET_PORT] = { "port", IN_NET, true, "a UDP port, 1 to 65535", set_port },
	[PART_KEY] = { "key", IN_NET, true, "w.x.y.z or @FILE", NULL },
	[PART_TARGET] = { "target", IN_NET, true, "a host name or address", set_target },
	[PART_COM_PORT] = { "port", IN_COM, true, "a device, socket or host of at most 255 characters", set_path },
	[PART_BAUD] = { "baud", IN_COM, true, "bits per second, 50 to 50000000", set_baud },
	[PART_PIPE] = { "pipe", IN_COM, false, "no value", NULL },
	[PART_IPPORT] = { "ipport", IN_COM, true, "a TCP port, 1 to 65535", set_port },
	[PART_RESETS] = { "resets", IN_COM | IN_TCP, true, "how many, 0 (no limit) to 1000000", set_resets },
	[PART_RECONNECT] = { "reconnect", IN_COM | IN_TCP, false, "no value", NULL },
};

static const struct {
	const char *text;
	enum scheme scheme;
} schemes[] = {
	{ "net:", IN_NET },
	{ "com:", IN_COM },
	{ "tcp:", IN_TCP },
};
// clang-format on

struct parse {
	struct kd_connect *c;
	struct kd_detail *detail;
	enum scheme scheme;
	unsigned position; /* of the part, from 1 */
	unsigned seen;	   /* bits by PART_ */
};

static bool has(const struct parse *p, unsigned part)
{
	return p->seen & 1u << part;
}

static enum kd_status set_key(struct parse *p, const char *value)
{
	struct kd_connect *c = p->c;
	enum kd_status status;

	if (value[0] != '@') {
		status = kd_net_key_parse(value, p->detail, &c->key);
		c->has_key = status == KD_OK;
		return status;
	}
	if (!set_text(c->key_file, sizeof(c->key_file), value + 1)) {
		kd_detail_set(p->detail, "key=@ wants the name of a file");
		return KD_E_FORMAT;
	}
	status = kd_connect_read_key(c->key_file, p->detail, &c->key);
	c->has_key = status == KD_OK;
	return status;
}

/* PART_COUNT if it is none that this scheme has. */
static unsigned find_part(enum scheme scheme, const char *text, size_t len)
{
	for (unsigned i = 0; i < PART_COUNT; i++) {
		if (parts[i].schemes & scheme && strlen(parts[i].name) == len &&
		    !memcmp(parts[i].name, text, len))
			return i;
	}
	return PART_COUNT;
}

static enum kd_status unknown_part(const struct parse *p)
{
	static const char *const expected[] = {
		[IN_NET] = "port=N, key=KEY and target=HOST",
		[IN_COM] = "port=PATH, baud=N, pipe, ipport=N, resets=N and "
			   "reconnect",
		[IN_TCP] = "HOST:PORT, then resets=N and reconnect",
	};

	kd_detail_set(p->detail, "-k: part %u is unknown; there are %s",
		      p->position, expected[p->scheme]);
	return KD_E_FORMAT;
}

/* One part: NAME or NAME=VALUE. */
static enum kd_status parse_part(struct parse *p, const char *text)
{
	size_t name_len = strcspn(text, "=");
	unsigned index = find_part(p->scheme, text, name_len);
	const struct part *part = &parts[index];
	bool has_value = text[name_len] == '=';
	const char *value = text + name_len + has_value;

	if (index == PART_COUNT)
		return unknown_part(p);
	if (has(p, index)) {
		kd_detail_set(p->detail, "-k: %s is there twice", part->name);
		return KD_E_FORMAT;
	}
	p->seen |= 1u << index;
	if (index == PART_KEY && has_value)
		return set_key(p, value);
	if (has_value != part->has_value ||
	    (part->set && !part->set(p->c, value))) {
		kd_detail_set(p->detail, "-k: %s%s wants %s", part->name,
			      part->has_value ? "=" : "", part->expected);
		return KD_E_FORMAT;
	}
	return KD_OK;
}

/* tcp: HOST:PORT or [ADDRESS]:PORT */
static enum kd_status parse_host_port(struct parse *p, char *text)
{
	char *colon = strrchr(text, ':');
	char *host = text;

	if (colon) {
		*colon = '\0';
		if (host[0] == '[' && colon > host + 1 && colon[-1] == ']') {
			colon[-1] = '\0';
			host++;
		} else if (strchr(host, ':')) {
			colon = NULL;
		}
	}
	if (colon && set_port(p->c, colon + 1) && set_path(p->c, host))
		return KD_OK;
	kd_detail_set(p->detail,
		      "-k: tcp: wants HOST:PORT, and an IPv6 address in "
		      "brackets: tcp:[::1]:5555");
	return KD_E_FORMAT;
}

static enum kd_status missing(const struct parse *p, const char *what)
{
	kd_detail_set(p->detail, "-k: %s is missing", what);
	return KD_E_FORMAT;
}

/* Are the parts that are there the ones that belong together? */
static enum kd_status conclude(const struct parse *p)
{
	struct kd_connect *c = p->c;

	c->reconnect = has(p, PART_RECONNECT);
	switch (p->scheme) {
	case IN_NET:
		c->kind = KD_CONNECT_NET;
		return has(p, PART_NET_PORT) ? KD_OK : missing(p, "port=N");
	case IN_TCP:
		c->kind = KD_CONNECT_TCP;
		return KD_OK;
	case IN_COM:
		break;
	}
	if (!has(p, PART_COM_PORT))
		return missing(p,
			       has(p, PART_IPPORT) ? "port=HOST" : "port=PATH");
	if (has(p, PART_PIPE) && has(p, PART_IPPORT)) {
		kd_detail_set(p->detail,
			      "-k: pipe and ipport do not go together");
		return KD_E_FORMAT;
	}
	if (has(p, PART_PIPE)) {
		c->kind = KD_CONNECT_PATH;
	} else if (has(p, PART_IPPORT)) {
		c->kind = KD_CONNECT_TCP;
	} else {
		c->kind = KD_CONNECT_SERIAL;
		if (!c->baud)
			c->baud = BAUD_DEFAULT;
	}
	return KD_OK;
}

/* The parts after the scheme, one after the other. */
static enum kd_status parse_parts(struct parse *p, const char *rest)
{
	enum kd_status status = KD_OK;
	char part[PART_MAX]; /* wiped, as it may be a key */

	while (status == KD_OK) {
		size_t len = strcspn(rest, ",");

		p->position++;
		if (len >= sizeof(part)) {
			kd_detail_set(p->detail,
				      "-k: part %u is longer than 319 "
				      "characters",
				      p->position);
			return KD_E_FORMAT;
		}
		memcpy(part, rest, len);
		part[len] = '\0';
		if (p->scheme == IN_TCP && p->position == 1)
			status = parse_host_port(p, part);
		else
			status = parse_part(p, part);
		kd_crypto_wipe(part, sizeof(part));
		rest += len;
		if (!*rest)
			break;
		rest++;
	}
	return status == KD_OK ? conclude(p) : status;
}

enum kd_status kd_connect_parse(const char *text, struct kd_detail *detail,
				struct kd_connect *ret)
{
	struct kd_connect c = { 0 };
	struct parse p = { .c = &c, .detail = detail };
	enum kd_status status;

	for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++) {
		size_t len = strlen(schemes[i].text);

		if (strncmp(text, schemes[i].text, len))
			continue;
		p.scheme = schemes[i].scheme;
		status = parse_parts(&p, text + len);
		if (status == KD_OK)
			*ret = c;
		kd_net_key_wipe(&c.key);
		return status;
	}
	kd_detail_set(detail, "-k wants net:port=N,key=KEY or com:port=PATH,"
			      "baud=N or com:pipe,port=PATH or "
			      "com:ipport=N,port=HOST or tcp:HOST:PORT");
	return KD_E_FORMAT;
}
