#include "pair.h"

#include "check.h"

#include <string.h>

static const char key_text[] = "1.2.3.4";

const char *pair_dialect_name(enum lab_dialect dialect)
{
	return dialect == LAB_SERIAL ? "serial" : "KDNET";
}

void pair_both(void (*run)(enum lab_dialect d))
{
	run(LAB_SERIAL);
	run(LAB_KDNET);
}

/* ---- the target as the link's other end ---- */

static void peer_feed(void *ctx, uint64_t now_us, const uint8_t *bytes,
		      size_t len)
{
	lab_stub_feed(ctx, now_us, bytes, len);
}

static size_t peer_pull(void *ctx, uint64_t now_us, uint8_t *out, size_t cap)
{
	return lab_stub_pull(ctx, now_us, out, cap);
}

static uint64_t peer_deadline(void *ctx)
{
	return lab_stub_deadline(ctx);
}

static void peer_tick(void *ctx, uint64_t now_us)
{
	lab_stub_tick(ctx, now_us);
}

/* ---- the pair ---- */

static bool count_up(void *ctx, uint8_t *out, size_t len)
{
	uint8_t *next = ctx;

	for (size_t i = 0; i < len; i++)
		out[i] = (*next)++;
	return true;
}

static bool make_stub(struct pair *p, const struct pair_config *config)
{
	struct kd_net_key key = { 0 };
	struct lab_stub_config stub = {
		.dialect = config->dialect,
		.machine = config->machine ? config->machine : &p->script.base,
		.target_address = { 192, 0, 2, 2 },
		.host_address = { 192, 0, 2, 1 },
		.target_port = 50000,
		.host_port = 50000,
		.seed = 1,
		.service_us = config->service_us,
		.retransmit_us = config->retransmit_us,
		.no_wait = config->no_wait,
		.faults = config->faults,
	};

	if (config->dialect == LAB_KDNET &&
	    kd_net_key_parse(key_text, NULL, &key) != KD_OK)
		return false;
	memcpy(stub.key, key.control, sizeof(stub.key));
	p->stub = lab_stub_create(&stub);
	return p->stub;
}

static bool make_link(struct pair *p, const struct pair_config *config)
{
	struct kd_simulated_config link = {
		.kind = config->dialect == LAB_SERIAL ? KD_LINK_STREAM
						      : KD_LINK_DATAGRAM,
		.latency_us = config->latency_us,
		.bytes_per_second = config->bytes_per_second,
		.piece = config->piece,
		.fate = config->fate,
		.fate_ctx = config->fate_ctx,
		.own_address = { .address = { [10] = 0xff, 0xff, 192, 0, 2, 1 },
				 .port = 50000 },
		.peer = { p->stub, peer_feed, peer_pull, peer_deadline,
			  peer_tick },
	};

	return kd_simulated_create(&link, &p->link) == KD_OK;
}

bool pair_session(struct pair *p, const struct pair_config *config,
		  const struct kd_session_config *session)
{
	struct kd_session_config c = *session;

	/* not the same host key twice */
	c.random = (struct kd_random){ count_up, &p->keys };
	c.kind = KD_LINK_STREAM;
	if (config->dialect == LAB_KDNET) {
		c.kind = KD_LINK_DATAGRAM;
		if (kd_net_key_parse(key_text, NULL, &c.key) != KD_OK)
			return false;
	}
	if (kd_session_create(config->mem, &c, &p->session) != KD_OK)
		return false;
	kd_session_use_link(p->session, p->link);
	return true;
}

bool pair_open(struct pair *p, const struct pair_config *config)
{
	memset(p, 0, sizeof(*p));
	pair_machine_init(&p->script, &config->script);
	if (CHECK(make_stub(p, config)) && CHECK(make_link(p, config)) &&
	    CHECK(pair_session(p, config, &config->session)))
		return true;
	pair_close(p);
	return false;
}

void pair_close(struct pair *p)
{
	kd_session_destroy(p->session);
	kd_link_destroy(p->link);
	lab_stub_destroy(p->stub);
	memset(p, 0, sizeof(*p));
}

uint64_t pair_now(const struct pair *p)
{
	return p->link->ops->now(p->link);
}

bool pair_event(struct pair *p, enum kd_event_kind kind, uint64_t span_us,
		struct kd_event *ret)
{
	uint64_t until_us = pair_now(p) + span_us;
	struct kd_event e;

	while (kd_session_wait_event(p->session, until_us, &e) == KD_OK)
		if (e.kind == kind) {
			*ret = e;
			return true;
		}
	return false;
}

size_t pair_count(struct pair *p, enum kd_event_kind kind, uint64_t span_us)
{
	uint64_t until_us = pair_now(p) + span_us;
	struct kd_event e;
	size_t n = 0;

	while (kd_session_wait_event(p->session, until_us, &e) == KD_OK)
		n += e.kind == kind;
	return n;
}

bool pair_halt(struct pair *p)
{
	uint64_t until_us = pair_now(p) + 30 * PAIR_SECOND;
	struct kd_event e;
	struct kd_stop stop;

	enum kd_status status;

	/* over KDNET it can be asked to stop only when it is attached */
	do {
		status = kd_session_halt(p->session, until_us, &stop);
	} while (status == KD_E_STATE &&
		 kd_session_wait_event(p->session, until_us, &e) == KD_OK);
	return CHECK(status == KD_OK);
}

bool pair_reads(struct pair *p)
{
	uint8_t bytes[64];
	size_t n = 0;

	if (kd_session_read(p->session, PAIR_MEMORY, bytes, sizeof(bytes),
			    KD_ACCESS_UNCACHED,
			    pair_now(p) + 100 * (uint64_t)PAIR_SECOND,
			    &n) != KD_OK ||
	    n != sizeof(bytes))
		return false;
	for (size_t i = 0; i < n; i++)
		if (bytes[i] != pair_byte(PAIR_MEMORY + i))
			return false;
	return true;
}

void pair_happen(struct pair *p, const struct lab_event *events, size_t count,
		 uint64_t interval_us)
{
	p->script.script.events = events;
	p->script.script.count = count;
	p->script.script.interval_us = interval_us;
	p->script.at = 0;
	p->script.due_us = pair_now(p);
}

bool pair_open_halted(struct pair *p, const struct pair_config *config)
{
	if (!pair_open(p, config))
		return false;
	if (pair_halt(p))
		return true;
	pair_close(p);
	return false;
}
