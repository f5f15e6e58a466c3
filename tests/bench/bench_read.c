/*
 * Reads from the lab target over KDNET on loopback, against what the same
 * datagrams cost without any debugger: a bare exchange of the same sizes
 * with an echoing process, measured in the same run. One line of JSON.
 */

#include "kd_session_ops.h"
#include "kd_transport.h"

#include <arpa/inet.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	PORT = 51817,
	ROUNDS = 4000,
	WARM_UP = 200,
	/* what a read of 1096 bytes is on the wire: KD-WIRE 1.9, 2.4 */
	ACK_DATAGRAM = 54,
	REQUEST_DATAGRAM = 102,
	REPLY_DATAGRAM = 1206,
	ATTACH_US = 20000000,
};

static uint64_t target_address(void)
{
	/* KUSER_SHARED_DATA: readable on every target */
	return 0xfffff78000000000u;
}

static void answer_bare(int fd)
{
	uint8_t in[2048], out[REPLY_DATAGRAM] = { 0 };
	struct sockaddr_in from;
	socklen_t len = sizeof(from);

	for (;;) {
		for (int i = 0; i < 2; i++) {
			if (recvfrom(fd, in, sizeof(in), 0,
				     (struct sockaddr *)&from, &len) < 0)
				_exit(1);
		}
		sendto(fd, out, ACK_DATAGRAM, 0, (struct sockaddr *)&from, len);
		sendto(fd, out, sizeof(out), 0, (struct sockaddr *)&from, len);
	}
}

static int bound_socket(struct sockaddr_in *ret)
{
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	socklen_t len = sizeof(*ret);

	*ret = (struct sockaddr_in){ .sin_family = AF_INET };
	ret->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd < 0 || bind(fd, (struct sockaddr *)ret, sizeof(*ret)) ||
	    getsockname(fd, (struct sockaddr *)ret, &len)) {
		perror("bench_read");
		exit(1);
	}
	return fd;
}

/* Microseconds of one bare exchange: two datagrams there, two back. */
static double bare_exchange_us(void)
{
	struct sockaddr_in server, client;
	uint8_t bytes[2048] = { 0 };
	int there = bound_socket(&server), here = bound_socket(&client);
	uint64_t start = 0;
	pid_t child = fork();

	if (!child)
		answer_bare(there);
	for (int i = 0; i < WARM_UP + ROUNDS; i++) {
		if (i == WARM_UP)
			start = kd_clock_now_us();
		sendto(here, bytes, ACK_DATAGRAM, 0, (struct sockaddr *)&server,
		       sizeof(server));
		sendto(here, bytes, REQUEST_DATAGRAM, 0,
		       (struct sockaddr *)&server, sizeof(server));
		if (recv(here, bytes, sizeof(bytes), 0) < 0 ||
		    recv(here, bytes, sizeof(bytes), 0) < 0)
			exit(1);
	}
	start = kd_clock_now_us() - start;
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	close(there);
	close(here);
	return (double)start / ROUNDS;
}

static pid_t start_target(const char *path)
{
	char to[32];
	pid_t child;

	snprintf(to, sizeof(to), "127.0.0.1:%d", PORT);
	child = fork();
	if (!child) {
		if (!freopen("/dev/null", "w", stdout))
			_exit(126);
		execl(path, path, "--net", to, "--key", "1.2.3.4",
		      "--service-time-us", "0", (char *)NULL);
		_exit(127);
	}
	return child;
}

static struct kd_session *attach(struct kd_link *link)
{
	struct kd_session_config config = { .kind = KD_LINK_DATAGRAM,
					    .break_on_attach = true };
	struct kd_session *s = NULL;
	struct kd_detail why = { 0 };
	struct kd_stop stop;

	if (kd_net_key_parse("1.2.3.4", &why, &config.key) ||
	    kd_session_create(NULL, &config, &s))
		return NULL;
	kd_session_use_link(s, link);
	if (kd_session_wait_stop(s, kd_clock_now_us() + ATTACH_US, &stop)) {
		kd_session_destroy(s);
		return NULL;
	}
	return s;
}

/* Microseconds of one read of a whole packet; below 0 if it failed. */
static double read_us(struct kd_session *s)
{
	uint8_t bytes[KD_READ_MAX_NET];
	uint64_t start = 0;

	for (int i = 0; i < WARM_UP + ROUNDS; i++) {
		size_t len = 0;

		if (i == WARM_UP)
			start = kd_clock_now_us();
		if (kd_session_read(s, target_address(), bytes, sizeof(bytes),
				    KD_ACCESS_UNCACHED,
				    kd_clock_now_us() + ATTACH_US, &len) ||
		    len != sizeof(bytes))
			return -1;
	}
	return (double)(kd_clock_now_us() - start) / ROUNDS;
}

int main(int argc, char **argv)
{
	struct kd_detail why = { 0 };
	struct kd_link *link = NULL;
	struct kd_session *s = NULL;
	double bare, read = -1;
	pid_t target;

	if (argc != 2 || kd_udp_open(PORT, &why, &link)) {
		fprintf(stderr, "bench_read: %s\n",
			argc == 2 ? why.text : "usage: bench_read LABTARGET");
		return 2;
	}
	bare = bare_exchange_us();
	target = start_target(argv[1]);
	s = attach(link);
	if (s) {
		read = read_us(s);
		(void)!kd_session_leave(s, KD_LEAVE_RUNNING,
					kd_clock_now_us() + ATTACH_US);
	}
	kd_session_destroy(s);
	kd_link_destroy(link);
	kill(target, SIGTERM);
	waitpid(target, NULL, 0);
	if (read <= 0) {
		fprintf(stderr, "bench_read: no target, or a read failed\n");
		return 1;
	}
	printf("{\"benchmark\": \"kdnet-read\", \"reads\": %d, "
	       "\"bytes_per_read\": %d, \"read_us\": %.1f, "
	       "\"bare_exchange_us\": %.1f, \"ratio\": %.2f}\n",
	       ROUNDS, KD_READ_MAX_NET, read, bare, read / bare);
	return 0;
}
