#include "lab_bytes.h"
#include "lab_port.h"

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct sockaddr_in to_system(const uint8_t address[4], uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(port) };

	memcpy(&a.sin_addr, address, 4);
	return a;
}

/* "HOST:PORT" becomes an address. */
static bool resolve(struct lab_port *p, const char *to)
{
	char host[200];
	const char *colon = strrchr(to, ':');
	struct addrinfo hints = { .ai_family = AF_INET,
				  .ai_socktype = SOCK_DGRAM };
	struct addrinfo *found;
	struct sockaddr_in a;

	if (!colon || (size_t)(colon - to) >= sizeof(host)) {
		snprintf(p->error, sizeof(p->error), "%.100s is not HOST:PORT",
			 to);
		return false;
	}
	memcpy(host, to, (size_t)(colon - to));
	host[colon - to] = '\0';
	int why = getaddrinfo(host, colon + 1, &hints, &found);

	if (why) {
		snprintf(p->error, sizeof(p->error), "%.100s: %s", to,
			 gai_strerror(why));
		return false;
	}
	memcpy(&a, found->ai_addr, sizeof(a));
	freeaddrinfo(found);
	memcpy(p->host_address, &a.sin_addr, 4);
	p->host_port = ntohs(a.sin_port);
	return true;
}

/* Which of our addresses does the system use to get there? */
static void learn_local_address(struct lab_port *p)
{
	struct sockaddr_in a = to_system(p->host_address, p->host_port);
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	if (fd < 0)
		return;
	if (!connect(fd, (const struct sockaddr *)&a, sizeof(a)) &&
	    !getsockname(fd, (struct sockaddr *)&a, &len))
		memcpy(p->local_address, &a.sin_addr, 4);
	close(fd);
}

bool lab_port_udp(struct lab_port *p, const char *to, uint16_t from)
{
	static const uint8_t any[4];
	struct sockaddr_in a = to_system(any, from);
	socklen_t len = sizeof(a);

	*p = (struct lab_port){ .kind = LAB_PORT_UDP,
				.listener = -1,
				.fd = -1 };
	if (!resolve(p, to))
		return false;
	p->fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (p->fd < 0 || !lab_port_set_up(p->fd) ||
	    bind(p->fd, (const struct sockaddr *)&a, sizeof(a)) ||
	    getsockname(p->fd, (struct sockaddr *)&a, &len))
		return lab_port_fail(p, "UDP");
	p->local_port = ntohs(a.sin_port);
	learn_local_address(p);
	snprintf(p->name, sizeof(p->name), "net %.200s from port %u", to,
		 (unsigned)p->local_port);
	return true;
}

size_t lab_net_receive(struct lab_port *p, uint8_t *out, size_t cap)
{
	struct sockaddr_in a = { 0 };
	socklen_t len = sizeof(a);
	/* a refused datagram of ours is reported here, and means nothing */
	ssize_t n = recvfrom(p->fd, out, cap, 0, (struct sockaddr *)&a, &len);

	if (n <= 0)
		return 0;
	memcpy(p->sender_address, &a.sin_addr, 4);
	p->sender_port = ntohs(a.sin_port);
	return (size_t)n;
}

void lab_net_send(struct lab_port *p, const uint8_t *bytes, size_t len)
{
	struct sockaddr_in a = to_system(p->host_address, p->host_port);

	(void)sendto(p->fd, bytes, len, 0, (const struct sockaddr *)&a,
		     sizeof(a));
}

void lab_port_follow_sender(struct lab_port *p)
{
	memcpy(p->host_address, p->sender_address, 4);
	p->host_port = p->sender_port;
}
