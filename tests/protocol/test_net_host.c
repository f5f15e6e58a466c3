/*
 * KDNET's host side against a target that follows a script, in simulated
 * time.
 */

#include "check.h"
#include "kd_net_host.h"
#include "net_target.h"

#include <stdio.h>
#include <string.h>

enum { STEPS_MAX = 16 };

enum address {
	NOWHERE,
	OURS,	/* where the host is */
	BEYOND, /* how a host behind address translation looks from outside */
	OTHER,	/* another debugger */
	TARGET,
	SECOND, /* a second machine, or the first with another address */
};

// clang-format off
static const struct kd_endpoint addresses[] = {
	[OURS]   = { { [10] = 0xff, 0xff, 192, 168, 2, 1 },  50000, 0 },
	[BEYOND] = { { [10] = 0xff, 0xff, 203, 0, 113, 5 },  50000, 0 },
	[OTHER]  = { { [10] = 0xff, 0xff, 192, 168, 2, 77 }, 50000, 0 },
	[TARGET] = { { [10] = 0xff, 0xff, 192, 168, 2, 2 },  50000, 0 },
	[SECOND] = { { [10] = 0xff, 0xff, 192, 168, 2, 3 },  50000, 0 },
};
// clang-format on

enum act {
	END,
	POKE,	  /* client key .nonce, session .session, from .from */
	DATA,	  /* a body under response .key, number .seq */
	CHECK12,  /* the 12-byte datagram, likewise */
	REFLECT,  /* what the host last sealed comes back from .from */
	MIRROR,	  /* the last response or contact comes back */
	FORGED,	  /* KDNET control datagram under another key text */
	UNKNOWN,  /* KDNET data datagram under an unknown data key */
	JUNK,	  /* not KDNET */
	TICK,	  /* exactly when the host asked to be woken */
	SLEEP,	  /* the host must not want to be woken */
	SEND,	  /* the host seals: under response .key, as number .seq */
	SEND_NOT, /* the host cannot seal yet */
};

enum outcome {
	NOTHING,
	ANSWERED, /* with a fresh response */
	REPEATED, /* with the very response of before */
	CONTACT,  /* an empty control datagram goes to the target */
	BODY,	  /* the body is handed on */
	FIRST,	  /* likewise, and a key proved itself: */
	TAKEN,
	AGAIN,
	ROLLOVER,
};

struct step {
	enum act act;
	unsigned at_ms;
	enum address from;
	uint8_t nonce;
	enum address session, host; /* NOWHERE as host means OURS */
	unsigned key;
	uint64_t seq;
	enum outcome then;
	enum kd_notice notice;
};

enum {
	TAKEOVER = 1,
	MAKE_CONTACT = 2,
	NO_ADDRESSES = 4, /* there is no is_ours */
};

// clang-format off
static const struct {
	const char *name;
	unsigned options;
	struct step steps[STEPS_MAX];
} scripts[] = {
	{ "a target that waits", 0, {
		{ .act = SEND_NOT },
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ SEND, .key = 0, .seq = 1 },
		{ DATA, .at_ms = 2, .from = TARGET, .seq = 1, .then = FIRST },
		{ SEND, .key = 0, .seq = 2 },
		{ DATA, .at_ms = 3, .from = TARGET, .seq = 2, .then = BODY },
		{ .act = SLEEP } } },
	{ "the check datagram proves a key, and is swallowed after", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ CHECK12, .from = TARGET, .seq = 1, .then = FIRST },
		{ CHECK12, .from = TARGET, .seq = 2 },
		{ DATA, .from = TARGET, .seq = 3, .then = BODY } } },
	{ "keep-alive is not answered", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ DATA, .from = TARGET, .seq = 1, .then = FIRST },
		{ POKE, .at_ms = 3000, .from = TARGET, .nonce = 2, .session = OURS },
		{ POKE, .at_ms = 6000, .from = TARGET, .nonce = 3, .session = OURS },
		{ DATA, .from = TARGET, .seq = 2, .then = BODY } } },
	{ "the same poke gets the same response, until there are data", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ POKE, .at_ms = 1, .from = TARGET, .nonce = 1, .then = REPEATED },
		{ DATA, .at_ms = 2, .from = TARGET, .seq = 1, .then = FIRST },
		{ POKE, .at_ms = 3, .from = TARGET, .nonce = 1 } } },
	{ "the first response is lost", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ POKE, .at_ms = 3000, .from = TARGET, .nonce = 2, .then = ANSWERED },
		{ SEND, .key = 1, .seq = 1 },
		{ DATA, .at_ms = 3002, .from = TARGET, .key = 1, .seq = 1, .then = FIRST },
		{ DATA, .at_ms = 3003, .from = TARGET, .key = 0, .seq = 1 } } },
	{ "the first response is late, and the second taken too", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ POKE, .at_ms = 3000, .from = TARGET, .nonce = 2, .then = ANSWERED },
		{ DATA, .at_ms = 3500, .from = TARGET, .key = 0, .seq = 1, .then = FIRST },
		{ DATA, .at_ms = 4000, .from = TARGET, .key = 1, .seq = 1, .then = AGAIN },
		{ DATA, .at_ms = 4001, .from = TARGET, .key = 0, .seq = 2 },
		{ SEND, .key = 1, .seq = 1 } } },
	{ "reboot: the old key stays until the new one has proved itself", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ DATA, .from = TARGET, .seq = 1, .then = FIRST },
		{ SEND, .key = 0, .seq = 1 },
		{ POKE, .at_ms = 9000, .from = TARGET, .nonce = 9, .then = ANSWERED },
		{ SEND, .key = 0, .seq = 2 },
		{ DATA, .at_ms = 9001, .from = TARGET, .key = 0, .seq = 2, .then = BODY },
		{ DATA, .at_ms = 9002, .from = TARGET, .key = 1, .seq = 1, .then = ROLLOVER },
		{ DATA, .at_ms = 9003, .from = TARGET, .key = 0, .seq = 3 },
		{ SEND, .key = 1, .seq = 1 } } },
	{ "a replayed poke ends nothing", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ POKE, .at_ms = 3000, .from = TARGET, .nonce = 2, .then = ANSWERED },
		{ DATA, .at_ms = 3001, .from = TARGET, .key = 1, .seq = 1, .then = FIRST },
		{ POKE, .at_ms = 4000, .from = TARGET, .nonce = 2 },
		{ POKE, .at_ms = 4001, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ POKE, .at_ms = 4002, .from = TARGET, .nonce = 5, .then = ANSWERED },
		{ POKE, .at_ms = 4003, .from = TARGET, .nonce = 6, .then = ANSWERED },
		{ SEND, .key = 1, .seq = 1 },
		{ DATA, .at_ms = 4004, .from = TARGET, .key = 1, .seq = 2, .then = BODY } } },
	{ "our session of before is taken over without asking", 0, {
		{ POKE, .from = TARGET, .nonce = 7, .session = OURS, .then = ANSWERED },
		{ DATA, .from = TARGET, .seq = 1, .then = TAKEN } } },
	{ "data under the key of before do not mean a wrong key", 0, {
		{ UNKNOWN, .from = TARGET },
		{ POKE, .from = TARGET, .nonce = 7, .session = OURS, .then = ANSWERED },
		{ UNKNOWN, .from = TARGET },
		{ DATA, .from = TARGET, .seq = 1, .then = TAKEN } } },
	{ "another debugger's target is left alone", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .session = OTHER, .notice = KD_NOTICE_HELD },
		{ .act = SEND_NOT },
		{ POKE, .at_ms = 3000, .from = TARGET, .nonce = 2, .session = OTHER },
		{ POKE, .at_ms = 6000, .from = TARGET, .nonce = 3, .then = ANSWERED },
		{ DATA, .at_ms = 6001, .from = TARGET, .seq = 1, .then = FIRST } } },
	{ "unless we are told to take it", TAKEOVER, {
		{ POKE, .from = TARGET, .nonce = 1, .session = OTHER, .then = ANSWERED, .notice = KD_NOTICE_HELD },
		{ DATA, .from = TARGET, .seq = 1, .then = TAKEN } } },
	{ "taken from us, we do not take it back", TAKEOVER, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ DATA, .from = TARGET, .seq = 1, .then = FIRST },
		{ POKE, .at_ms = 3000, .from = TARGET, .nonce = 2, .session = OURS },
		{ POKE, .at_ms = 6000, .from = TARGET, .nonce = 3, .session = OTHER, .notice = KD_NOTICE_HELD },
		{ POKE, .at_ms = 9000, .from = TARGET, .nonce = 4, .session = OTHER } } },
	{ "behind address translation, keep-alive names the outer address", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .host = BEYOND, .then = ANSWERED, .notice = KD_NOTICE_OTHER_ADDRESS },
		{ DATA, .from = TARGET, .seq = 1, .then = FIRST },
		{ POKE, .at_ms = 3000, .from = TARGET, .nonce = 2, .session = BEYOND, .host = BEYOND },
		{ POKE, .at_ms = 6000, .from = TARGET, .nonce = 3, .session = BEYOND, .host = BEYOND },
		{ POKE, .at_ms = 9000, .from = TARGET, .nonce = 4, .session = OTHER, .host = BEYOND, .notice = KD_NOTICE_HELD } } },
	{ "without a list of addresses, every session may be ours", NO_ADDRESSES, {
		{ POKE, .from = TARGET, .nonce = 1, .session = OTHER, .host = BEYOND, .then = ANSWERED },
		{ DATA, .from = TARGET, .seq = 1, .then = TAKEN },
		{ POKE, .at_ms = 3000, .from = TARGET, .nonce = 2, .session = OURS },
		{ POKE, .at_ms = 6000, .from = TARGET, .nonce = 3, .session = OTHER, .notice = KD_NOTICE_HELD } } },
	{ "a second machine is ignored, and told of once", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ POKE, .at_ms = 1, .from = SECOND, .nonce = 2, .notice = KD_NOTICE_SECOND_TARGET },
		{ DATA, .at_ms = 2, .from = TARGET, .seq = 1, .then = FIRST },
		{ POKE, .at_ms = 3, .from = SECOND, .nonce = 3 },
		{ DATA, .at_ms = 4, .from = SECOND, .seq = 2 },
		{ DATA, .at_ms = 5, .from = TARGET, .seq = 2, .then = BODY } } },
	{ "a target that left may come back with another address", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ DATA, .at_ms = 1, .from = TARGET, .seq = 1, .then = FIRST },
		{ POKE, .at_ms = 10000, .from = SECOND, .nonce = 8, .notice = KD_NOTICE_SECOND_TARGET },
		{ POKE, .at_ms = 10001, .from = SECOND, .nonce = 9, .then = ANSWERED },
		{ SEND, .key = 0, .seq = 1 },
		{ DATA, .at_ms = 10002, .from = SECOND, .key = 1, .seq = 1, .then = ROLLOVER } } },
	{ "or be seen under another one, in the same boot", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ DATA, .at_ms = 1, .from = TARGET, .seq = 1, .then = FIRST },
		{ POKE, .at_ms = 3000, .from = TARGET, .nonce = 2, .session = OURS },
		{ POKE, .at_ms = 13000, .from = SECOND, .nonce = 3, .session = OURS, .then = ANSWERED },
		{ DATA, .at_ms = 13001, .from = SECOND, .key = 1, .seq = 1, .then = TAKEN } } },
	{ "one that answered late does not make the other's key its own", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ POKE, .at_ms = 10000, .from = SECOND, .nonce = 2, .then = ANSWERED },
		{ DATA, .at_ms = 10001, .from = TARGET, .key = 0, .seq = 1, .then = FIRST },
		{ DATA, .at_ms = 10002, .from = SECOND, .key = 1, .seq = 1 } } },
	{ "each number once, and a little out of order", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ DATA, .from = TARGET, .seq = 5, .then = FIRST },
		{ DATA, .from = TARGET, .seq = 5 },
		{ DATA, .from = TARGET, .seq = 3, .then = BODY },
		{ DATA, .from = TARGET, .seq = 3 },
		{ DATA, .from = TARGET, .seq = 4, .then = BODY },
		{ DATA, .from = TARGET, .seq = 68, .then = BODY },
		{ DATA, .from = TARGET, .seq = 5 },
		{ DATA, .from = TARGET, .seq = 4 },
		{ DATA, .from = TARGET, .seq = 6, .then = BODY },
		{ DATA, .from = TARGET, .seq = 200, .then = BODY },
		{ DATA, .from = TARGET, .seq = 137, .then = BODY },
		{ DATA, .from = TARGET, .seq = 135 },
		{ DATA, .from = TARGET, .seq = 199, .then = BODY },
		{ DATA, .from = TARGET, .seq = KD_NET_SEQ_MAX, .then = BODY } } },
	{ "what we sealed proves nothing when it comes back", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ MIRROR, .from = TARGET },
		{ SEND, .key = 0, .seq = 1 },
		{ REFLECT, .from = TARGET },
		{ DATA, .from = TARGET, .seq = 1, .then = FIRST },
		{ SEND, .key = 0, .seq = 2 },
		{ REFLECT, .from = TARGET },
		{ DATA, .from = TARGET, .seq = 2, .then = BODY } } },
	{ "silence", 0, {
		{ .act = TICK },
		{ TICK, .at_ms = 3000, .notice = KD_NOTICE_SILENCE },
		{ .act = SLEEP } } },
	{ "not KDNET", 0, {
		{ JUNK, .from = TARGET, .notice = KD_NOTICE_NOT_KDNET },
		{ JUNK, .from = TARGET },
		{ .act = SLEEP } } },
	{ "a wrong key", 0, {
		{ FORGED, .from = TARGET, .notice = KD_NOTICE_WRONG_KEY },
		{ FORGED, .from = TARGET } } },
	{ "after an authentic datagram, neither is told", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ FORGED, .from = TARGET },
		{ JUNK, .from = TARGET },
		{ UNKNOWN, .from = TARGET },
		{ DATA, .from = TARGET, .seq = 1, .then = FIRST } } },
	{ "two pokes answered in vain", 0, {
		{ POKE, .from = TARGET, .nonce = 1, .then = ANSWERED },
		{ POKE, .at_ms = 1, .from = TARGET, .nonce = 1, .then = REPEATED },
		{ POKE, .at_ms = 3000, .from = TARGET, .nonce = 2, .then = ANSWERED },
		{ POKE, .at_ms = 6000, .from = TARGET, .nonce = 3, .then = ANSWERED, .notice = KD_NOTICE_NO_DATA },
		{ POKE, .at_ms = 9000, .from = TARGET, .nonce = 4, .then = ANSWERED } } },
	{ "first contact is made at once and every half second", MAKE_CONTACT, {
		{ TICK, .then = CONTACT },
		{ TICK, .at_ms = 500, .then = CONTACT },
		{ TICK, .at_ms = 1000, .then = CONTACT },
		{ MIRROR, .at_ms = 1000, .from = TARGET },
		{ POKE, .at_ms = 1200, .from = TARGET, .nonce = 1, .host = OTHER, .then = ANSWERED },
		{ TICK, .at_ms = 4200, .then = CONTACT },
		{ DATA, .at_ms = 4201, .from = TARGET, .seq = 1, .then = FIRST },
		{ .act = SLEEP } } },
};
// clang-format on

/* The same numbers in each run. */
static bool fill(void *ctx, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)check_random(ctx);
	return true;
}

static bool is_ours(void *ctx, const struct kd_endpoint *e)
{
	(void)ctx;
	return kd_endpoint_equal(e, &addresses[OURS]);
}

/* The host and the target. */
struct world {
	struct kd_net_host host;
	struct net_target target;
	uint64_t random;
	uint8_t sealed[KD_NET_DATAGRAM_MAX]; /* by the host, data channel */
	size_t sealed_len;
	uint64_t reflected; /* how often it came back */
	bool keyed;
	enum address peer;
};

static bool world_init(struct world *w, unsigned options)
{
	struct kd_net_host_config config = { .takeover = options & TAKEOVER };

	*w = (struct world){ .random = 1 };
	if (!net_target_init(&w->target)) {
		check_skip("this build has no OpenSSL");
		return false;
	}
	config.key = w->target.key;
	config.random = (struct kd_random){ fill, &w->random };
	if (options & MAKE_CONTACT)
		config.target = addresses[TARGET];
	if (!(options & NO_ADDRESSES))
		config.is_ours = is_ours;
	return CHECK_EQ(NULL, kd_net_host_init(&w->host, &config), KD_OK);
}

static void world_deinit(struct world *w)
{
	static const struct kd_net_host wiped;

	kd_net_host_deinit(&w->host);
	CHECK(!memcmp(&w->host, &wiped, sizeof(wiped)));
	net_target_deinit(&w->target);
}

/* The datagram of a step, in the target's hands; false if it has none. */
static bool make_datagram(struct world *w, const struct step *s)
{
	static const uint8_t body[24] = "iiii", unknown[KD_NET_KEY_SIZE] = "?";
	struct net_target *t = &w->target;

	switch (s->act) {
	case POKE:
	case FORGED:
		net_target_poke(t, s->nonce, &addresses[s->from],
				&addresses[s->host ? s->host : OURS],
				&addresses[s->session]);
		if (s->act == FORGED)
			t->wire[t->wire_len - 1] ^= 1;
		return true;
	case DATA:
	case CHECK12:
		net_target_data(t, s->key, s->seq, body,
				s->act == DATA ? sizeof(body)
					       : KD_NET_CHECK_SIZE);
		return true;
	case UNKNOWN:
		net_target_seal(t, KD_NET_DATA, unknown, 1, body, sizeof(body));
		return true;
	case JUNK:
		memset(t->wire, 'M', 100);
		t->wire_len = 100;
		return true;
	case REFLECT:
		memcpy(t->wire, w->sealed, w->sealed_len);
		t->wire_len = w->sealed_len;
		return true;
	case MIRROR:
		memcpy(t->wire, t->control, t->control_len);
		t->wire_len = t->control_len;
		return true;
	case END:
	case TICK:
	case SLEEP:
	case SEND:
	case SEND_NOT:
		break;
	}
	return false;
}

/* The target gets the control datagram that the host wants to send. */
static enum outcome take_control(const char *name, struct world *w,
				 const struct step *s)
{
	struct kd_chunk chunk;
	struct kd_endpoint to;
	struct kd_net_plain plain = { 0 };

	if (!kd_net_host_pull(&w->host, &chunk, &to))
		return NOTHING;
	enum net_target_got got =
		net_target_feed(&w->target, chunk.bytes, chunk.len, &plain);
	CHECK_ROW(name, !kd_net_host_pull(&w->host, &chunk, &to));
	if (got == NET_TARGET_GOT_CONTACT) {
		CHECK_ROW(name, kd_endpoint_equal(&to, &addresses[TARGET]));
		return CONTACT;
	}
	CHECK_ROW(name, got != NET_TARGET_GOT_NOTHING);
	CHECK_ROW(name, kd_endpoint_equal(&to, &addresses[s->from]));
	CHECK_EQ(name, plain.seq, w->target.poke_seq);
	CHECK_EQ(name, plain.version, NET_TARGET_VERSION);
	return got == NET_TARGET_GOT_REPEATED ? REPEATED : ANSWERED;
}

static enum outcome outcome_of(enum kd_net_keyed keyed)
{
	switch (keyed) {
	case KD_NET_KEYED_NO:
		return BODY;
	case KD_NET_KEYED_FIRST:
		return FIRST;
	case KD_NET_KEYED_TAKEN:
		return TAKEN;
	case KD_NET_KEYED_AGAIN:
		return AGAIN;
	case KD_NET_KEYED_ROLLOVER:
		return ROLLOVER;
	}
	return NOTHING;
}

/* The host seals a break-in; it must open under the key of the step. */
static void run_send(const char *name, struct world *w, const struct step *s)
{
	uint8_t scratch[KD_NET_DATAGRAM_MAX];
	struct kd_net_plain plain = { 0 };
	enum kd_status st =
		kd_net_host_seal(&w->host, (const uint8_t *)"b", 1, w->sealed,
				 sizeof(w->sealed), &w->sealed_len);

	if (s->act == SEND_NOT) {
		CHECK_EQ(name, st, KD_E_STATE);
		return;
	}
	CHECK_EQ(name, st, KD_OK);
	CHECK_EQ(name,
		 kd_net_open(w->target.crypto, w->target.data_keys[s->key],
			     w->target.key.hmac, w->sealed, w->sealed_len,
			     scratch, &plain),
		 KD_OK);
	CHECK_EQ(name, plain.seq, s->seq);
	CHECK_EQ(name, plain.version, NET_TARGET_VERSION);
	CHECK_ROW(name, plain.from_host && plain.channel == KD_NET_DATA);
	CHECK_ROW(name, plain.len == 1 && plain.body[0] == 'b');
}

static void run_step(const char *name, struct world *w, const struct step *s)
{
	uint64_t now_us = s->at_ms * 1000ull;
	struct kd_net_host_event e = { 0 };
	enum outcome then;

	if (make_datagram(w, s)) {
		kd_net_host_feed(&w->host, now_us, &addresses[s->from],
				 w->target.wire, w->target.wire_len, &e);
	} else if (s->act == TICK) {
		CHECK_EQ(name, kd_net_host_deadline(&w->host), now_us);
		kd_net_host_tick(&w->host, now_us, &e);
	} else if (s->act == SLEEP) {
		CHECK_EQ(name, kd_net_host_deadline(&w->host), KD_NEVER);
	} else {
		run_send(name, w, s);
	}
	w->reflected += s->act == REFLECT || s->act == MIRROR;
	CHECK_EQ(name, w->host.counters.reflected, w->reflected);
	then = take_control(name, w, s);
	if (e.kind == KD_NET_HOST_BODY) {
		CHECK_EQ(name, then, NOTHING);
		then = outcome_of(e.keyed);
		CHECK_EQ(name, e.len, s->act == DATA ? 24 : 0);
	}
	CHECK_EQ(name, then, s->then);
	CHECK_EQ(name, e.notice.what, s->notice);
	if (s->notice && s->from)
		CHECK_ROW(name, kd_endpoint_equal(&e.notice.from,
						  &addresses[s->from]));
	if (s->notice == KD_NOTICE_HELD)
		CHECK_ROW(name, kd_endpoint_equal(&e.notice.other,
						  &addresses[s->session]));
	if (then >= FIRST) {
		w->keyed = true;
		w->peer = s->from;
	} else if (then == ANSWERED && !w->keyed) {
		w->peer = s->from;
	}
	CHECK_EQ(name, kd_net_host_is_keyed(&w->host), w->keyed);
	CHECK_ROW(name, kd_endpoint_equal(kd_net_host_peer(&w->host),
					  &addresses[w->peer]));
}

static void test_scripts(void)
{
	for (size_t i = 0; i < sizeof(scripts) / sizeof(scripts[0]); i++) {
		struct world w;

		if (!world_init(&w, scripts[i].options))
			return;
		for (size_t k = 0; scripts[i].steps[k].act != END; k++) {
			char name[96];

			snprintf(name, sizeof(name), "%s, step %zu",
				 scripts[i].name, k);
			run_step(name, &w, &scripts[i].steps[k]);
		}
		world_deinit(&w);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "scripts", test_scripts },
	};

	return check_run("net_host", tests, sizeof(tests) / sizeof(tests[0]));
}
