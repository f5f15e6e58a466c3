#include "check.h"
#include "ends.h"
#include "kd_transport.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static void test_both_ways(void)
{
	struct kd_detail detail = { 0 };
	struct kd_link *link = NULL;
	uint16_t port = 0;
	int listener = end_listen_tcp(&port), far, on = 0;
	socklen_t len = sizeof(on);

	if (CHECK(kd_tcp_open("127.0.0.1", port, false, &detail, &link) ==
		  KD_OK)) {
		far = accept(listener, NULL, NULL);
		CHECK(getsockopt(link->ops->descriptor(link), IPPROTO_TCP,
				 TCP_NODELAY, &on, &len) == 0);
		CHECK(on != 0);
		CHECK(end_send(link, "iiii"));
		CHECK(end_read(far, "iiii"));
		CHECK(write(far, "0000", 4) == 4);
		CHECK(end_expect(link, "0000"));
		close(far);
		CHECK(end_until_failure(link) == KD_E_LOST);
	}
	kd_link_destroy(link);
	close(listener);
}

/* A port on which nobody listens: one that was just given back. */
static uint16_t unused_port(void)
{
	uint16_t port = 0;

	close(end_listen_tcp(&port));
	return port;
}

static void test_refusals(void)
{
	struct kd_detail detail = { 0 };
	struct kd_link *link = NULL;

	CHECK(kd_tcp_open("127.0.0.1", unused_port(), false, &detail, &link) ==
	      KD_E_OS);
	CHECK(strstr(detail.text, "nobody listens on TCP 127.0.0.1 port ") !=
	      NULL);
	CHECK(detail.os_error != 0);
	CHECK(kd_tcp_open("no such host", 1, true, &detail, &link) == KD_E_OS);
	CHECK(strstr(detail.text, "the host no such host is not known") !=
	      NULL);
	CHECK(link == NULL);
}

static void test_comes_back(void)
{
	struct kd_detail detail = { 0 };
	struct kd_link *link = NULL;
	uint16_t port = 0;
	int listener = end_listen_tcp(&port), far;

	if (CHECK(kd_tcp_open("127.0.0.1", port, true, &detail, &link) ==
		  KD_OK)) {
		far = accept(listener, NULL, NULL);
		CHECK(write(far, "one", 3) == 3);
		CHECK(end_expect(link, "one"));
		close(far);
		do {
			uint8_t buf[4];
			size_t n;

			CHECK(link->ops->receive(link, buf, sizeof(buf), NULL,
						 &n) == KD_OK);
		} while (link->ops->descriptor(link) >= 0);
		while (link->ops->descriptor(link) < 0)
			CHECK(link->ops->wait(link, false, -1, KD_NEVER) ==
			      KD_OK);
		far = accept(listener, NULL, NULL);
		CHECK(write(far, "two", 3) == 3);
		CHECK(end_expect(link, "two"));
		close(far);
	}
	kd_link_destroy(link);
	close(listener);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "both ways", test_both_ways },
		{ "refusals", test_refusals },
		{ "comes back", test_comes_back },
	};

	return check_run("tcp", tests, sizeof(tests) / sizeof(tests[0]));
}
