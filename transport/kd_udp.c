#include "kd_address.h"
#include "kd_poll_ms.h"
#include "kd_stream.h"
#include "kd_transport.h"
#include "kd_udp_batch.h"

#include <errno.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
	/* a window of answers, while this thread is doing something else */
	BUFFER_WANTED = 4 << 20,
	BUFFER_LEAST = 64 << 10,
};

struct udp {
	struct kd_link link;
	int fd;
	bool ipv6;
	uint16_t port;
	/* received, not yet handed out: from next to count */
	struct kd_udp_datagram batch[KD_UDP_BATCH];
	size_t next, count;
	/* the last batch was not full, so nothing more was there */
	bool drained;
};

static struct udp *of(struct kd_link *l)
{
	return (struct udp *)l;
}

/* ---- the link ---- */

/*
 * What another machine, or the way to it, can cause: reported for an earlier
 * datagram, or true only now. A target that reboots causes several of them.
 */
static bool is_passing(int os_error)
{
	switch (os_error) {
	case ECONNREFUSED:
	case ECONNRESET:
	case EHOSTUNREACH:
	case EHOSTDOWN:
	case ENETUNREACH:
	case ENETDOWN:
	case EADDRNOTAVAIL:
	case EMSGSIZE:
	case ENOBUFS:
	case ENOMEM:
	case EPERM: /* a packet filter of our own, or its table is full */
	case EACCES:
		return true;
	default:
		return false;
	}
}

static bool must_wait(int os_error)
{
	return os_error == EAGAIN || os_error == EWOULDBLOCK;
}

static enum kd_status udp_send(struct kd_link *l, const struct kd_endpoint *to,
			       const struct kd_chunk *chunks, size_t count,
			       size_t *ret_sent)
{
	struct udp *u = of(l);
	struct sockaddr_storage address;
	socklen_t len = kd_address_to(to, u->ipv6, &address);
	size_t sent = 0;

	while (sent < count) {
		int n = kd_udp_send_batch(u->fd, &address, len, chunks + sent,
					  count - sent);

		if (n >= 0) {
			sent += (size_t)n;
		} else if (must_wait(errno)) {
			break;
		} else if (is_passing(errno)) {
			kd_detail_set_os(&l->detail, errno,
					 "%s: a datagram could not be sent",
					 l->name);
			sent++; /* lost, as others are on their way */
		} else if (errno != EINTR) {
			kd_detail_set_os(&l->detail, errno, "%s: cannot send",
					 l->name);
			return KD_E_OS;
		}
	}
	*ret_sent = sent;
	return KD_OK;
}

/* KD_OK also if nothing has come. */
static enum kd_status fill_batch(struct udp *u)
{
	int n;

	do {
		n = kd_udp_receive_batch(u->fd, u->batch);
	} while (n < 0 && errno == EINTR);
	u->next = 0;
	u->count = n < 0 ? 0 : (size_t)n;
	u->drained = n > 0 && n < KD_UDP_BATCH;
	if (n >= 0 || must_wait(errno) || is_passing(errno))
		return KD_OK;
	kd_detail_set_os(&u->link.detail, errno, "%s: cannot receive",
			 u->link.name);
	return KD_E_OS;
}

static enum kd_status udp_receive(struct kd_link *l, uint8_t *buf, size_t cap,
				  struct kd_endpoint *ret_from, size_t *ret_len)
{
	struct udp *u = of(l);

	for (;;) {
		if (u->next == u->count) {
			/* asked once more after the last: spare the call */
			bool drained = u->drained;
			enum kd_status st;

			u->drained = false;
			st = drained ? KD_OK : fill_batch(u);
			if (drained || st != KD_OK || !u->count) {
				if (st == KD_OK)
					*ret_len = 0;
				return st;
			}
		}
		const struct kd_udp_datagram *d = &u->batch[u->next++];

		/* half a datagram is no use, and 0 would mean "no more" */
		if (d->truncated || !d->len || d->len > cap ||
		    !kd_address_from(&d->from, ret_from))
			continue;
		memcpy(buf, d->bytes, d->len);
		*ret_len = d->len;
		return KD_OK;
	}
}

static enum kd_status udp_wait(struct kd_link *l, bool want_send, int wake_fd,
			       uint64_t until_us)
{
	struct udp *u = of(l);
	struct pollfd p[2] = {
		{ .fd = u->fd,
		  .events = want_send ? POLLIN | POLLOUT : POLLIN },
		{ .fd = wake_fd, .events = POLLIN }, /* poll() passes over -1 */
	};

	if (u->next < u->count)
		return KD_OK;
	if (poll(p, 2, kd_poll_ms(until_us)) < 0 && errno != EINTR) {
		kd_detail_set_os(&l->detail, errno, "%s: cannot wait", l->name);
		return KD_E_OS;
	}
	return KD_OK;
}

static uint64_t udp_now(struct kd_link *l)
{
	(void)l;
	return kd_clock_now_us();
}

static int udp_descriptor(struct kd_link *l)
{
	return of(l)->fd;
}

/* Copies an address out of getifaddrs(), of the length that it has. */
static bool interface_address(const struct ifaddrs *i, struct kd_endpoint *ret)
{
	struct sockaddr_storage address = { 0 };

	if (!i->ifa_addr)
		return false;
	if (i->ifa_addr->sa_family == AF_INET)
		memcpy(&address, i->ifa_addr, sizeof(struct sockaddr_in));
	else if (i->ifa_addr->sa_family == AF_INET6)
		memcpy(&address, i->ifa_addr, sizeof(struct sockaddr_in6));
	return kd_address_from(&address, ret);
}

/* Asked anew each time, every three seconds at most: addresses change. */
static bool udp_is_ours(struct kd_link *l, const struct kd_endpoint *e)
{
	struct ifaddrs *all;
	bool found = false;

	if (e->port && e->port != of(l)->port)
		return false;
	if (getifaddrs(&all))
		return false;
	for (const struct ifaddrs *i = all; i && !found; i = i->ifa_next) {
		struct kd_endpoint own;

		found = interface_address(i, &own) &&
			!memcmp(own.address, e->address, sizeof(own.address));
	}
	freeifaddrs(all);
	return found;
}

static void udp_destroy(struct kd_link *l)
{
	close(of(l)->fd);
	free(l);
}

/* ---- opening ---- */

/* IPv6 that carries IPv4 too if there is, else IPv4; -1 with errno set. */
static int open_socket(bool *ret_ipv6)
{
	int fd = socket(AF_INET6, SOCK_DGRAM, 0);
	const int off = 0;

	*ret_ipv6 = true;
	if (fd >= 0 &&
	    !setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off)))
		return fd;
	if (fd >= 0)
		close(fd);
	*ret_ipv6 = false;
	return socket(AF_INET, SOCK_DGRAM, 0);
}

/* The wildcard address; false with errno set. Learns which port it became. */
static bool bind_port(struct udp *u, uint16_t port)
{
	struct kd_endpoint any = { .port = port };
	struct sockaddr_storage address;
	socklen_t len;

	if (!u->ipv6) /* as IPv4 is written in an endpoint */
		any.address[10] = any.address[11] = 0xff;
	len = kd_address_to(&any, u->ipv6, &address);
	if (bind(u->fd, (const struct sockaddr *)&address, len))
		return false;
	len = sizeof(address);
	if (getsockname(u->fd, (struct sockaddr *)&address, &len) ||
	    !kd_address_from(&address, &any))
		return false;
	u->port = any.port;
	return true;
}

/* As much as the system gives; some refuse a wish that is over their limit. */
static void ask_for_buffer(int fd)
{
	for (int want = BUFFER_WANTED; want >= BUFFER_LEAST; want /= 2) {
		if (!setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &want, sizeof(want)))
			return;
	}
}

static void explain(struct kd_detail *detail, uint16_t port, int os_error)
{
	switch (os_error) {
	case EADDRINUSE:
		kd_detail_set(detail,
			      "UDP port %u is in use: stop the debugger or "
			      "other program that listens there, or choose "
			      "another port here and on the target",
			      port);
		break;
	case EACCES:
		kd_detail_set(detail,
			      "UDP port %u needs rights that we do not have: "
			      "choose one from 49152 up, here and on the "
			      "target",
			      port);
		break;
	default:
		kd_detail_set_os(detail, os_error, "cannot open UDP port %u",
				 port);
		return;
	}
	detail->os_error = os_error;
}

static const struct kd_link_ops udp_ops = {
	.send = udp_send,
	.receive = udp_receive,
	.wait = udp_wait,
	.now = udp_now,
	.descriptor = udp_descriptor,
	.is_ours = udp_is_ours,
	.destroy = udp_destroy,
};

enum kd_status kd_udp_open(uint16_t port, struct kd_detail *detail,
			   struct kd_link **ret)
{
	struct udp *u = calloc(1, sizeof(*u));

	if (!u) {
		kd_detail_set(detail, "no memory for UDP port %u", port);
		return KD_E_NOMEM;
	}
	u->link.ops = &udp_ops;
	u->link.kind = KD_LINK_DATAGRAM;
	u->fd = open_socket(&u->ipv6);
	if (u->fd < 0 || !kd_stream_prepare(u->fd) || !bind_port(u, port)) {
		explain(detail, port, errno);
		if (u->fd >= 0)
			close(u->fd);
		free(u);
		return KD_E_OS;
	}
	ask_for_buffer(u->fd);
	snprintf(u->link.name, sizeof(u->link.name), "UDP port %u", u->port);
	*ret = &u->link;
	return KD_OK;
}

bool kd_udp_local(const struct kd_endpoint *peer, uint16_t port,
		  struct kd_endpoint *ret)
{
	struct kd_endpoint found;

	if (!kd_address_towards(peer, &found))
		return false;
	found.port = port;
	*ret = found;
	return true;
}
