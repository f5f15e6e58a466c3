#include "check.h"
#include "kd_simulated.h"

#include <string.h>
#include <unistd.h>

enum { NOTES = 64, NOTE_LEN = 16 };

/* What arrived, and when. */
struct note {
	uint64_t at_us;
	size_t len;
	uint8_t bytes[NOTE_LEN];
};

/* A peer that sends back what it is fed, after a while. */
struct echo {
	uint64_t service_us;
	uint64_t due_us; /* KD_NEVER while there is nothing to send */
	bool stuck;	 /* its deadline stays in the past */
	struct note heard[NOTES];
	size_t heard_count, answered;
	size_t ticks;
};

static void note(struct note *n, uint64_t now_us, const uint8_t *bytes,
		 size_t len)
{
	n->at_us = now_us;
	n->len = len;
	memcpy(n->bytes, bytes, len < NOTE_LEN ? len : NOTE_LEN);
}

static void echo_feed(void *ctx, uint64_t now_us, const uint8_t *bytes,
		      size_t len)
{
	struct echo *e = ctx;

	if (e->heard_count == NOTES)
		return;
	note(&e->heard[e->heard_count++], now_us, bytes, len);
	if (e->due_us == KD_NEVER)
		e->due_us = now_us + e->service_us;
}

static size_t echo_pull(void *ctx, uint64_t now_us, uint8_t *out, size_t cap)
{
	struct echo *e = ctx;
	const struct note *n = &e->heard[e->answered];

	if (now_us < e->due_us || e->answered == e->heard_count ||
	    n->len > cap) {
		return 0;
	}
	memcpy(out, n->bytes, n->len);
	if (++e->answered == e->heard_count)
		e->due_us = KD_NEVER;
	return n->len;
}

static uint64_t echo_deadline(void *ctx)
{
	struct echo *e = ctx;

	return e->stuck ? 0 : e->due_us;
}

static void echo_tick(void *ctx, uint64_t now_us)
{
	struct echo *e = ctx;

	(void)now_us;
	e->ticks++;
}

static enum kd_simulated_fate by_rule(void *ctx, bool outgoing, uint64_t index,
				      const uint8_t *bytes, size_t len)
{
	const char *fates = ctx; /* a letter for each that we send */

	(void)bytes;
	(void)len;
	if (!outgoing || index >= strlen(fates))
		return KD_FATE_ARRIVES;
	switch (fates[index]) {
	case 'l':
		return KD_FATE_LOST;
	case '2':
		return KD_FATE_TWICE;
	case 'c':
		return KD_FATE_CORRUPT;
	case '>':
		return KD_FATE_LATE;
	default:
		return KD_FATE_ARRIVES;
	}
}

static struct kd_link *open_link(struct kd_simulated_config *config,
				 struct echo *peer)
{
	struct kd_link *link = NULL;

	peer->due_us = KD_NEVER;
	config->peer = (struct kd_simulated_peer){ peer, echo_feed, echo_pull,
						   echo_deadline, echo_tick };
	CHECK(kd_simulated_create(config, &link) == KD_OK);
	return link;
}

/* Whom the datagrams come from unless the test says otherwise. */
static const struct kd_endpoint anybody = {
	.address = { [10] = 0xff, 0xff, 192, 0, 2, 2 },
	.port = 50000,
};

static void say(struct kd_link *link, const char *text)
{
	struct kd_chunk chunk = { (const uint8_t *)text, strlen(text) };
	size_t sent = 0;

	CHECK(link->ops->send(link, &anybody, &chunk, 1, &sent) == KD_OK);
	CHECK_EQ(text, sent, link->kind == KD_LINK_STREAM ? chunk.len : 1);
}

/* Everything that comes until then, as "time:text time:text". */
static void hear_all(struct kd_link *link, uint64_t until_us, char *out,
		     size_t cap)
{
	size_t used = 0;

	out[0] = '\0';
	while (link->ops->now(link) < until_us) {
		uint8_t buf[NOTE_LEN];
		struct kd_endpoint from;
		size_t n = 0;

		if (link->ops->wait(link, false, -1, until_us) != KD_OK)
			return;
		while (link->ops->receive(link, buf, sizeof(buf), &from, &n) ==
			       KD_OK &&
		       n > 0) {
			used += (size_t)snprintf(
				out + used, cap - used, "%s%llu:%.*s",
				used ? " " : "",
				(unsigned long long)link->ops->now(link),
				(int)n, (const char *)buf);
		}
	}
}

// clang-format off
static const struct {
	const char *name;
	enum kd_link_kind kind;
	uint64_t latency_us, rate, service_us;
	size_t piece;
	const char *fates;
	const char *want;
} rows[] = {
	{ "nothing in the way", KD_LINK_STREAM, 0, 0, 0, 0, "",
	  "0:abcd 0:ef 0:g" },
	{ "one round trip", KD_LINK_DATAGRAM, 5, 0, 0, 0, "",
	  "10:abcd 10:ef 10:g" },
	{ "the peer takes its time", KD_LINK_DATAGRAM, 5, 0, 7, 0, "",
	  "17:abcd 17:ef 17:g" },
	/* 4, 2 and 1 bytes at 4 us each, both ways; the line is pipelined */
	{ "at a rate", KD_LINK_STREAM, 100, 250000, 0, 0, "",
	  "232:abcd 240:ef 244:g" },
	{ "a rate that does not divide a second", KD_LINK_STREAM, 0, 300000, 0, 0, "",
	  "28:abcd 34:ef 38:g" },
	{ "in pieces", KD_LINK_STREAM, 10, 0, 0, 3, "",
	  "20:abc 20:d 20:ef 20:g" },
	{ "in pieces at a rate", KD_LINK_STREAM, 10, 1000000, 0, 2, "",
	  "24:ab 26:cd 28:ef 29:g" },
	{ "datagrams are never cut", KD_LINK_DATAGRAM, 10, 0, 0, 1, "",
	  "20:abcd 20:ef 20:g" },
	{ "lost", KD_LINK_DATAGRAM, 10, 0, 0, 0, "-l",
	  "20:abcd 20:g" },
	{ "lost, but it was on the line", KD_LINK_DATAGRAM, 0, 1000000, 0, 0, "l",
	  "8:ef 9:g" },
	{ "twice", KD_LINK_DATAGRAM, 10, 0, 0, 0, "-2",
	  "20:abcd 20:ef 20:ef 20:g" },
	{ "one bit wrong", KD_LINK_DATAGRAM, 10, 0, 0, 0, "--c",
	  "20:abcd 20:ef 20:c" },
	{ "overtaken", KD_LINK_DATAGRAM, 10, 0, 0, 0, ">",
	  "20:ef 20:abcd 20:g" },
	{ "overtaken at a rate", KD_LINK_STREAM, 0, 1000000, 0, 0, ">",
	  "8:ef 12:abcd 13:g" },
	{ "overtaken by the one after the lost one", KD_LINK_DATAGRAM, 10, 0, 0, 0, ">l",
	  "20:g 20:abcd" },
	{ "two late ones change places", KD_LINK_DATAGRAM, 10, 0, 0, 0, ">>",
	  "20:ef 20:abcd 20:g" },
	{ "a stretch is late as a whole", KD_LINK_STREAM, 10, 0, 0, 3, ">",
	  "20:ef 20:abc 20:d 20:g" },
	{ "late and nobody follows", KD_LINK_DATAGRAM, 10, 0, 0, 0, "-->",
	  "20:abcd 20:ef" },
	{ "an hour of latency", KD_LINK_DATAGRAM, 1800000000, 0, 0, 0, "",
	  "3600000000:abcd 3600000000:ef 3600000000:g" },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char fates[8], got[256];
		struct echo peer = { .service_us = rows[i].service_us };
		struct kd_simulated_config config = {
			.kind = rows[i].kind,
			.latency_us = rows[i].latency_us,
			.bytes_per_second = rows[i].rate,
			.piece = rows[i].piece,
			.fate = by_rule,
			.fate_ctx = fates,
		};
		struct kd_link *link = open_link(&config, &peer);

		snprintf(fates, sizeof(fates), "%s", rows[i].fates);
		say(link, "abcd");
		say(link, "ef");
		say(link, "g");
		hear_all(link, 4000000000, got, sizeof(got));
		CHECK_TEXT(rows[i].name, got, rows[i].want);
		CHECK_EQ(rows[i].name, link->ops->now(link), 4000000000);
		kd_link_destroy(link);
	}
}

static void test_rate_is_exact_in_the_long_run(void)
{
	char got[1024];
	struct echo peer = { 0 };
	/* 86.13 us a byte: rounding each one up would drift */
	struct kd_simulated_config config = { .kind = KD_LINK_STREAM,
					      .bytes_per_second = 11610,
					      .piece = 1 };
	struct kd_link *link = open_link(&config, &peer);

	for (int i = 0; i < NOTES / 4; i++)
		say(link, "abcd");
	CHECK(link->ops->wait(link, false, -1, 86) == KD_OK);
	CHECK_EQ(NULL, peer.heard_count, 0);
	CHECK(link->ops->wait(link, false, -1, 87) == KD_OK);
	CHECK_EQ(NULL, peer.heard_count, 1);
	hear_all(link, 100000, got, sizeof(got));
	CHECK_EQ(NULL, peer.heard_count, NOTES);
	CHECK_EQ(NULL, peer.heard[NOTES - 1].at_us,
		 (NOTES * 1000000ull + 11609) / 11610);
	kd_link_destroy(link);
}

static void test_waiting_ends(void)
{
	struct echo peer = { 0 };
	struct kd_simulated_config config = { .kind = KD_LINK_DATAGRAM,
					      .latency_us = 50 };
	struct kd_link *link = open_link(&config, &peer);
	uint8_t buf[4];
	struct kd_endpoint from = { 0 };
	size_t n = 1;
	int wake[2];

	CHECK(link->ops->wait(link, false, -1, KD_NEVER) == KD_E_TIMEOUT);
	CHECK_EQ("no time passed", link->ops->now(link), 0);
	CHECK(link->ops->wait(link, true, -1, KD_NEVER) == KD_OK);
	CHECK(link->ops->descriptor(link) == -1);

	CHECK(pipe(wake) == 0);
	CHECK(link->ops->wait(link, false, wake[0], 3) == KD_OK);
	CHECK_EQ("until then", link->ops->now(link), 3);
	CHECK(write(wake[1], "", 1) == 1);
	CHECK(link->ops->wait(link, false, wake[0], KD_NEVER) == KD_OK);
	CHECK_EQ("woken", link->ops->now(link), 3);
	close(wake[0]);
	close(wake[1]);

	/* what is due at the last moment still arrives */
	say(link, "x");
	CHECK(link->ops->wait(link, false, -1, 103) == KD_OK);
	CHECK(link->ops->receive(link, buf, sizeof(buf), &from, &n) == KD_OK);
	CHECK_EQ("at the last moment", n, 1);
	CHECK_EQ("from", from.port, 50000);
	CHECK(link->ops->receive(link, buf, sizeof(buf), &from, &n) == KD_OK);
	CHECK_EQ("once", n, 0);

	/* a peer that is always late does not stop time */
	peer.stuck = true;
	CHECK(link->ops->wait(link, false, -1, 110) == KD_OK);
	CHECK_EQ("stuck", link->ops->now(link), 110);
	CHECK(peer.ticks < 200);
	kd_link_destroy(link);
}

static void test_short_buffer(void)
{
	static const enum kd_link_kind kinds[] = { KD_LINK_STREAM,
						   KD_LINK_DATAGRAM };

	for (size_t i = 0; i < 2; i++) {
		struct echo peer = { 0 };
		struct kd_simulated_config config = { .kind = kinds[i] };
		struct kd_link *link = open_link(&config, &peer);
		uint8_t buf[4];
		struct kd_endpoint from;
		size_t n = 0;

		say(link, "abcdef");
		CHECK(link->ops->wait(link, false, -1, 1) == KD_OK);
		CHECK(link->ops->receive(link, buf, 4, &from, &n) == KD_OK);
		CHECK_EQ(NULL, n, 4);
		CHECK(link->ops->receive(link, buf, 4, &from, &n) == KD_OK);
		CHECK_EQ("the rest", n, kinds[i] == KD_LINK_STREAM ? 2 : 0);
		kd_link_destroy(link);
	}
}

static void test_addresses(void)
{
	struct echo peer = { 0 };
	struct kd_simulated_config config = {
		.kind = KD_LINK_DATAGRAM,
		.peer_address = { .address = { [10] = 0xff, 0xff, 10, 0, 0, 1 },
				  .port = 6000 },
		.own_address = { .address = { [10] = 0xff, 0xff, 10, 0, 0, 2 },
				 .port = 50001 },
	};
	struct kd_link *link = open_link(&config, &peer);

	say(link, "to another");
	CHECK(link->ops->wait(link, false, -1, 1) == KD_OK);
	CHECK_EQ(NULL, peer.heard_count, 0);
	CHECK(link->ops->is_ours(link, &config.own_address));
	CHECK(!link->ops->is_ours(link, &config.peer_address));
	kd_link_destroy(link);
}

static enum kd_simulated_fate at_random(void *ctx, bool outgoing,
					uint64_t index, const uint8_t *bytes,
					size_t len)
{
	(void)outgoing;
	(void)index;
	(void)bytes;
	(void)len;
	return (enum kd_simulated_fate)(check_random(ctx) % 5);
}

static void run_seeded(uint64_t seed, char *got, size_t cap)
{
	struct echo peer = { .service_us = 3 };
	struct kd_simulated_config config = { .kind = KD_LINK_STREAM,
					      .latency_us = 10,
					      .bytes_per_second = 999983,
					      .piece = 3,
					      .fate = at_random,
					      .fate_ctx = &seed };
	struct kd_link *link = open_link(&config, &peer);

	for (int i = 0; i < 8; i++)
		say(link, "abcdefgh");
	hear_all(link, 1000, got, cap);
	kd_link_destroy(link);
}

static void test_repeats_byte_for_byte(void)
{
	char first[2048], again[2048], other[2048];

	run_seeded(7, first, sizeof(first));
	run_seeded(7, again, sizeof(again));
	run_seeded(8, other, sizeof(other));
	CHECK(strlen(first) > 50);
	CHECK_TEXT("the same seed", again, first);
	CHECK(strcmp(first, other) != 0);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "exact rate", test_rate_is_exact_in_the_long_run },
		{ "waiting ends", test_waiting_ends },
		{ "short buffer", test_short_buffer },
		{ "addresses", test_addresses },
		{ "repeats", test_repeats_byte_for_byte },
	};

	return check_run("simulated", tests, sizeof(tests) / sizeof(tests[0]));
}
