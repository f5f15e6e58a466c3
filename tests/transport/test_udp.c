#include "check.h"
#include "kd_address.h"
#include "kd_net.h"
#include "kd_transport.h"

#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* The tests only fail by this; when all is well nothing waits for it. */
enum { PATIENCE_US = 10000000, BUFFER = 4096 };

static const struct kd_endpoint loopback4 = {
	.address = { [10] = 0xff, 0xff, 127, 0, 0, 1 }
};
static const struct kd_endpoint loopback6 = { .address = { [15] = 1 } };

static struct kd_link *open_any(uint16_t *ret_port)
{
	struct kd_link *l = NULL;
	struct kd_detail detail;
	unsigned port = 0;

	CHECK_EQ(NULL, kd_udp_open(0, &detail, &l), KD_OK);
	if (!l)
		return NULL;
	CHECK(sscanf(l->name, "UDP port %u", &port) == 1 && port);
	CHECK_EQ(NULL, l->kind, KD_LINK_DATAGRAM);
	*ret_port = (uint16_t)port;
	return l;
}

/* Two links, and how the first one reaches the second. */
struct pair {
	struct kd_link *a, *b;
	uint16_t a_port, b_port;
	struct kd_endpoint to_b;
};

static bool pair_open(struct pair *p, const struct kd_endpoint *via)
{
	*p = (struct pair){ .to_b = *via };
	p->a = open_any(&p->a_port);
	p->b = open_any(&p->b_port);
	p->to_b.port = p->b_port;
	return p->a && p->b;
}

static void pair_close(struct pair *p)
{
	kd_link_destroy(p->a);
	kd_link_destroy(p->b);
}

static bool has_ipv6(void)
{
	struct kd_endpoint e = loopback6;
	struct sockaddr_storage address;
	socklen_t len = kd_address_to(&e, true, &address);
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	bool has = fd >= 0 && !bind(fd, (const struct sockaddr *)&address, len);

	if (fd >= 0)
		close(fd);
	return has;
}

static void send_text(struct kd_link *l, const struct kd_endpoint *to,
		      const char *const *texts, size_t count)
{
	struct kd_chunk chunks[32];
	size_t sent = 0;

	for (size_t i = 0; i < count; i++)
		chunks[i] = (struct kd_chunk){ (const uint8_t *)texts[i],
					       strlen(texts[i]) };
	CHECK_EQ(NULL, l->ops->send(l, to, chunks, count, &sent), KD_OK);
	CHECK_EQ(NULL, sent, count);
}

/* Waits for the next datagram; "" if none comes. */
static const char *next_text(struct kd_link *l, struct kd_endpoint *ret_from)
{
	static char text[BUFFER + 1];
	uint64_t until_us = l->ops->now(l) + PATIENCE_US;
	size_t len = 0;

	while (!len && l->ops->now(l) < until_us) {
		CHECK_EQ(NULL,
			 l->ops->receive(l, (uint8_t *)text, BUFFER, ret_from,
					 &len),
			 KD_OK);
		if (!len)
			CHECK_EQ(NULL, l->ops->wait(l, false, -1, until_us),
				 KD_OK);
	}
	text[len] = '\0';
	return text;
}

static void test_both_families(void)
{
	const struct kd_endpoint *const ways[] = { &loopback4, &loopback6 };
	static const char *const texts[] = { "ACK", "answer", "another" };

	for (size_t i = 0; i < 2; i++) {
		struct kd_endpoint from = { 0 }, a = *ways[i];
		struct pair p;

		if (ways[i] == &loopback6 && !has_ipv6()) {
			printf("\n  no IPv6 here: only IPv4 is tested\n");
			break;
		}
		if (!pair_open(&p, ways[i]))
			return;
		a.port = p.a_port;
		send_text(p.a, &p.to_b, texts, 3);
		for (size_t k = 0; k < 3; k++) {
			CHECK_TEXT(NULL, next_text(p.b, &from), texts[k]);
			CHECK(kd_endpoint_equal(&from, &a));
		}
		send_text(p.b, &from, texts, 1);
		CHECK_TEXT(NULL, next_text(p.a, &from), texts[0]);
		CHECK(kd_endpoint_equal(&from, &p.to_b));
		pair_close(&p);
	}
}

/* Also more of them than go into one system call, and in order. */
static void test_many(void)
{
	char text[32][8];
	const char *texts[32];
	struct kd_endpoint from;
	struct pair p;

	if (!pair_open(&p, &loopback4))
		return;
	for (size_t i = 0; i < 32; i++) {
		snprintf(text[i], sizeof(text[i]), "no. %zu", i);
		texts[i] = text[i];
	}
	send_text(p.a, &p.to_b, texts, 32);
	for (size_t i = 0; i < 32; i++) {
		CHECK_TEXT(NULL, next_text(p.b, &from), texts[i]);
		/* what is held here already needs no waiting */
		if (i % 8 == 3)
			CHECK_EQ(NULL, p.b->ops->wait(p.b, false, -1, KD_NEVER),
				 KD_OK);
	}
	pair_close(&p);
}

static void test_nothing_there(void)
{
	uint8_t byte;
	size_t len = 99;
	struct kd_endpoint from = { .port = 7 };
	uint16_t port;
	struct kd_link *l = open_any(&port);

	if (!l)
		return;
	CHECK_EQ(NULL, l->ops->receive(l, &byte, 1, &from, &len), KD_OK);
	CHECK_EQ(NULL, len, 0);
	CHECK_EQ("sender untouched", from.port, 7);
	CHECK_EQ(NULL, l->ops->wait(l, false, -1, l->ops->now(l)), KD_OK);
	kd_link_destroy(l);
}

// clang-format off
static const struct {
	const char *name;
	size_t len, cap;
} odd_rows[] = {
	{ "longer than any of KDNET",    KD_NET_DATAGRAM_MAX + 1, BUFFER },
	{ "empty",                       0,                       BUFFER },
	{ "longer than the buffer",      17,                      16 },
};
// clang-format on

/* Each of them is dropped, as if only the next had come. */
static void test_odd_lengths(void)
{
	static const uint8_t odd[KD_NET_DATAGRAM_MAX + 1] = "odd";
	static const char last[] = "last";

	for (size_t i = 0; i < sizeof(odd_rows) / sizeof(odd_rows[0]); i++) {
		const char *name = odd_rows[i].name;
		const struct kd_chunk chunks[] = {
			{ odd, odd_rows[i].len },
			{ (const uint8_t *)last, sizeof(last) },
		};
		struct kd_endpoint from = { 0 };
		uint8_t buf[BUFFER];
		struct pair p;
		size_t n = 0;
		uint64_t until_us;

		if (!pair_open(&p, &loopback4))
			return;
		CHECK_EQ(name, p.a->ops->send(p.a, &p.to_b, chunks, 2, &n),
			 KD_OK);
		CHECK_EQ(name, n, 2);
		until_us = p.b->ops->now(p.b) + PATIENCE_US;
		for (n = 0; !n && p.b->ops->now(p.b) < until_us;) {
			CHECK_EQ(name, from.port, 0);
			CHECK_EQ(name, p.b->ops->wait(p.b, false, -1, until_us),
				 KD_OK);
			CHECK_EQ(name,
				 p.b->ops->receive(p.b, buf, odd_rows[i].cap,
						   &from, &n),
				 KD_OK);
		}
		CHECK_EQ(name, n, sizeof(last));
		CHECK_ROW(name, !memcmp(buf, last, sizeof(last)));
		pair_close(&p);
	}
}

/* Nobody listens where we send: not our end. */
static void test_refused(void)
{
	static const char *const text = "hello";
	struct kd_endpoint from, nobody = loopback4;
	struct pair p;

	if (!pair_open(&p, &loopback4))
		return;
	nobody.port = 1; /* tcpmux, which has no use for UDP */
	for (int i = 0; i < 3; i++)
		send_text(p.a, &nobody, &text, 1);
	send_text(p.a, &p.to_b, &text, 1);
	CHECK_TEXT(NULL, next_text(p.b, &from), text);
	pair_close(&p);
}

static void test_in_use(void)
{
	char want[256];
	struct kd_detail detail = { 0 };
	struct kd_link *l, *second = NULL;
	uint16_t port;
	int fd;

	l = open_any(&port);
	if (!l)
		return;
	snprintf(want, sizeof(want),
		 "UDP port %u is in use: stop the debugger or other program "
		 "that listens there, or choose another port here and on the "
		 "target",
		 port);
	CHECK_EQ(NULL, kd_udp_open(port, &detail, &second), KD_E_OS);
	CHECK(second == NULL);
	CHECK_TEXT(NULL, detail.text, want);
	CHECK(detail.os_error != 0);
	fd = l->ops->descriptor(l);
	CHECK(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	kd_link_destroy(l);
	CHECK_EQ("closed", fcntl(fd, F_GETFD), -1);
}

static void test_is_ours(void)
{
	struct kd_endpoint e = loopback4;
	uint16_t port;
	struct kd_link *l = open_any(&port);

	if (!l)
		return;
	CHECK_ROW("any port", l->ops->is_ours(l, &e));
	e.port = port;
	CHECK_ROW("our port", l->ops->is_ours(l, &e));
	e.port = (uint16_t)(port + 1);
	CHECK_ROW("another port", !l->ops->is_ours(l, &e));
	e = (struct kd_endpoint){
		.address = { [10] = 0xff, 0xff, 192, 0, 2, 1 }, .port = port
	};
	CHECK_ROW("an address of nobody's", !l->ops->is_ours(l, &e));
	kd_link_destroy(l);
}

static void test_local(void)
{
	struct kd_endpoint peer = { .port = 9 }, own = { .port = 1 };
	char text[KD_ENDPOINT_TEXT_MAX];

	peer.address[10] = peer.address[11] = 0xff;
	peer.address[12] = 127;
	peer.address[15] = 1;
	CHECK_ROW("a way to loopback", kd_udp_local(&peer, 50000, &own));
	CHECK_TEXT("loopback's own address", kd_endpoint_text(&own, text),
		   "127.0.0.1:50000");
	memset(peer.address + 12, 0xff, 4);
	CHECK_ROW("no way to broadcast", !kd_udp_local(&peer, 1, &own));
	CHECK_EQ("untouched", own.port, 50000);
}

static void test_wake(void)
{
	int ends[2];
	uint16_t port;
	struct kd_link *l = open_any(&port);

	if (!l)
		return;
	if (CHECK_EQ(NULL, pipe(ends), 0)) {
		CHECK_EQ(NULL, write(ends[1], "!", 1), 1);
		CHECK_EQ("woken", l->ops->wait(l, false, ends[0], KD_NEVER),
			 KD_OK);
		close(ends[0]);
		close(ends[1]);
	}
	CHECK_EQ("room to send", l->ops->wait(l, true, -1, KD_NEVER), KD_OK);
	CHECK(l->ops->descriptor(l) >= 0);
	kd_link_destroy(l);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "both families", test_both_families },
		{ "many", test_many },
		{ "nothing there", test_nothing_there },
		{ "odd lengths", test_odd_lengths },
		{ "refused", test_refused },
		{ "in use", test_in_use },
		{ "is ours", test_is_ours },
		{ "local", test_local },
		{ "wake", test_wake },
	};

	return check_run("udp", tests, sizeof(tests) / sizeof(tests[0]));
}
