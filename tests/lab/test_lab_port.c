/*
 * The links, each with a plain other end in the same process.
 */
#include "check.h"
#include "lab_port.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { WAIT_US = 5000000, PATH_LEN = 100 };

static char *temporary(char out[PATH_LEN])
{
	snprintf(out, PATH_LEN, "/tmp/lab-port-XXXXXX");
	return mkdtemp(out);
}

/* What the port receives next, waiting for it. */
static size_t wait_for(struct lab_port *p, uint8_t *out, size_t cap)
{
	sigset_t none;
	size_t len;

	sigemptyset(&none);
	for (int i = 0; i < 20; i++) {
		len = lab_port_receive(p, out, cap);
		if (len)
			return len;
		if (!lab_port_wait(p, WAIT_US, &none))
			return 0;
	}
	return 0;
}

/* Both ways over one connection, which then ends. */
static void talk(struct lab_port *p, int fd, const char *name)
{
	uint8_t got[16] = { 0 };

	CHECK_ROW(name, fd >= 0);
	if (fd < 0)
		return;
	CHECK_EQ(name, write(fd, "to", 2), 2);
	CHECK_EQ(name, wait_for(p, got, sizeof(got)), 2);
	CHECK_ROW(name, !memcmp(got, "to", 2));
	lab_port_send(p, (const uint8_t *)"\nfro\r", 5);
	CHECK_ROW(name, lab_port_ready(p));
	CHECK_EQ(name, read(fd, got, sizeof(got)), 5);
	CHECK_ROW(name, !memcmp(got, "\nfro\r", 5));
	close(fd);
	(void)lab_port_receive(p, got, sizeof(got));
	/* nobody is there: it is lost, and no harm is done */
	lab_port_send(p, (const uint8_t *)"lost", 4);
}

static int connect_unix(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	return connect(fd, (const struct sockaddr *)&a, sizeof(a)) ? -1 : fd;
}

static int connect_tcp(unsigned port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons((uint16_t)port) };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	return connect(fd, (const struct sockaddr *)&a, sizeof(a)) ? -1 : fd;
}

static void test_unix(void)
{
	struct lab_port p;
	struct stat was;
	char folder[PATH_LEN], path[PATH_LEN + 8];

	CHECK(temporary(folder));
	snprintf(path, sizeof(path), "%s/sock", folder);
	CHECK(lab_port_unix(&p, path));
	talk(&p, connect_unix(path), "first client");
	talk(&p, connect_unix(path), "second client");
	lab_port_close(&p);
	CHECK(stat(path, &was) != 0);
	rmdir(folder);
}

static void test_tcp(void)
{
	struct lab_port p, q;
	unsigned port = 0;

	CHECK(lab_port_tcp(&p, 0));
	CHECK_EQ(NULL, sscanf(p.name, "tcp %u", &port), 1);
	talk(&p, connect_tcp(port), "first client");
	talk(&p, connect_tcp(port), "second client");
	CHECK(!lab_port_tcp(&q, (uint16_t)port));
	CHECK_TEXT(NULL, q.error, "TCP: Address already in use");
	lab_port_close(&p);
}

static void test_pty(void)
{
	struct lab_port p;
	struct stat was;
	char folder[PATH_LEN], path[PATH_LEN + 8];

	CHECK(temporary(folder));
	snprintf(path, sizeof(path), "%s/tty", folder);
	CHECK(lab_port_pty(&p, path));
	talk(&p, open(path, O_RDWR | O_NOCTTY), "first user");
	talk(&p, open(path, O_RDWR | O_NOCTTY), "second user");
	lab_port_close(&p);
	CHECK(lstat(path, &was) != 0);
	rmdir(folder);
}

static void test_udp(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	struct lab_port p;
	uint8_t got[16];
	char to[40];
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(!bind(fd, (const struct sockaddr *)&a, sizeof(a)));
	CHECK(!getsockname(fd, (struct sockaddr *)&a, &len));
	uint16_t port = ntohs(a.sin_port);

	snprintf(to, sizeof(to), "127.0.0.1:%u", (unsigned)port);
	CHECK(lab_port_udp(&p, to, 0));
	CHECK_EQ("address", p.local_address[0], 127);
	lab_port_send(&p, (const uint8_t *)"poke", 4);
	CHECK_EQ("sent",
		 recvfrom(fd, got, sizeof(got), 0, (struct sockaddr *)&a, &len),
		 4);
	CHECK_EQ("from", ntohs(a.sin_port), p.local_port);
	CHECK_EQ("answered",
		 sendto(fd, "", 0, 0, (const struct sockaddr *)&a, sizeof(a)),
		 0);
	CHECK_EQ("answered",
		 sendto(fd, "response", 8, 0, (const struct sockaddr *)&a,
			sizeof(a)),
		 8);
	CHECK_EQ("received", wait_for(&p, got, sizeof(got)), 8);
	CHECK_EQ("sender", p.sender_port, port);
	close(fd);
	lab_port_close(&p);
}

static void test_what_is_no_address(void)
{
	struct lab_port p;

	CHECK(!lab_port_udp(&p, "nowhere", 0));
	CHECK_TEXT(NULL, p.error, "nowhere is not HOST:PORT");
	CHECK(!lab_port_udp(&p, "127.0.0.1:none", 0));
	CHECK(!lab_port_unix(&p, "/nowhere/at/all"));
	CHECK_TEXT(NULL, p.error, "/nowhere/at/all: No such file or directory");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "unix socket", test_unix },
		{ "TCP", test_tcp },
		{ "pty", test_pty },
		{ "UDP", test_udp },
		{ "no address", test_what_is_no_address },
	};

	return check_run("lab port", tests, sizeof(tests) / sizeof(tests[0]));
}
