/* posix_openpt() and its kin are XSI's */
#define _XOPEN_SOURCE 700
#include "lab_port.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <termios.h>
#include <unistd.h>

/* How often a pseudo-terminal that nobody holds is looked at. */
enum { LOOK_US = 20000 };

bool lab_port_set_up(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) >= 0 &&
	       fcntl(fd, F_SETFD, FD_CLOEXEC) >= 0;
}

bool lab_port_fail(struct lab_port *p, const char *what)
{
	snprintf(p->error, sizeof(p->error), "%s: %s", what, strerror(errno));
	lab_port_close(p);
	return false;
}

static void begin(struct lab_port *p, enum lab_port_kind kind)
{
	*p = (struct lab_port){ .kind = kind, .listener = -1, .fd = -1 };
}

bool lab_port_unix(struct lab_port *p, const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	size_t len = strlen(path);

	begin(p, LAB_PORT_SOCKET);
	if (len >= sizeof(a.sun_path)) {
		snprintf(p->error, sizeof(p->error),
			 "%.100s...: too long for a unix socket", path);
		return false;
	}
	memcpy(a.sun_path, path, len + 1);
	(void)unlink(path);
	p->listener = socket(AF_UNIX, SOCK_STREAM, 0);
	if (p->listener < 0 || !lab_port_set_up(p->listener) ||
	    bind(p->listener, (const struct sockaddr *)&a, sizeof(a)) ||
	    listen(p->listener, 1))
		return lab_port_fail(p, path);
	snprintf(p->path, sizeof(p->path), "%s", path);
	snprintf(p->name, sizeof(p->name), "unix %s", path);
	return true;
}

bool lab_port_tcp(struct lab_port *p, uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET,
				 .sin_port = htons(port) };
	socklen_t len = sizeof(a);
	int on = 1;

	begin(p, LAB_PORT_SOCKET);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	p->listener = socket(AF_INET, SOCK_STREAM, 0);
	if (p->listener < 0 || !lab_port_set_up(p->listener) ||
	    setsockopt(p->listener, SOL_SOCKET, SO_REUSEADDR, &on,
		       sizeof(on)) ||
	    bind(p->listener, (const struct sockaddr *)&a, sizeof(a)) ||
	    listen(p->listener, 1) ||
	    getsockname(p->listener, (struct sockaddr *)&a, &len))
		return lab_port_fail(p, "TCP");
	snprintf(p->name, sizeof(p->name), "tcp %u",
		 (unsigned)ntohs(a.sin_port));
	return true;
}

/* Raw, so that nothing is echoed before the debugger says the same. */
static bool make_raw(const char *slave)
{
	struct termios settings;
	int fd = open(slave, O_RDWR | O_NOCTTY);

	if (fd < 0)
		return false;
	bool ok = !tcgetattr(fd, &settings);

	if (ok) {
		cfmakeraw(&settings);
		ok = !tcsetattr(fd, TCSANOW, &settings);
	}
	close(fd);
	return ok;
}

bool lab_port_pty(struct lab_port *p, const char *link)
{
	begin(p, LAB_PORT_PTY);
	p->fd = posix_openpt(O_RDWR | O_NOCTTY);
	if (p->fd < 0 || grantpt(p->fd) || unlockpt(p->fd))
		return lab_port_fail(p, "pty");
	const char *slave = ptsname(p->fd);

	if (!slave || !make_raw(slave) || !lab_port_set_up(p->fd))
		return lab_port_fail(p, "pty");
	snprintf(p->name, sizeof(p->name), "pty %s", slave);
	if (!link)
		return true;
	(void)unlink(link);
	if (symlink(slave, link))
		return lab_port_fail(p, link);
	snprintf(p->path, sizeof(p->path), "%s", link);
	return true;
}

void lab_port_close(struct lab_port *p)
{
	if (p->fd >= 0)
		close(p->fd);
	if (p->listener >= 0)
		close(p->listener);
	if (p->path[0])
		(void)unlink(p->path);
	p->fd = p->listener = -1;
	p->path[0] = '\0';
}

static void take_client(struct lab_port *p)
{
	int on = 1;
	int fd = accept(p->listener, NULL, NULL);

	if (fd < 0)
		return;
	if (!lab_port_set_up(fd)) {
		close(fd);
		return;
	}
	/* of no use, and no harm, on a unix socket */
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	p->fd = fd;
	p->out_len = 0;
}

static void lose_client(struct lab_port *p)
{
	p->out_len = 0;
	if (p->kind != LAB_PORT_SOCKET)
		return;
	close(p->fd);
	p->fd = -1;
}

/* Does anybody hold the other end of the pseudo-terminal? */
static bool held(const struct lab_port *p)
{
	struct pollfd look = { .fd = p->fd, .events = POLLIN };

	return poll(&look, 1, 0) >= 0 && !(look.revents & POLLHUP);
}

size_t lab_port_receive(struct lab_port *p, uint8_t *out, size_t cap)
{
	if (p->kind == LAB_PORT_UDP)
		return lab_net_receive(p, out, cap);
	if (p->fd < 0)
		take_client(p);
	if (p->fd < 0)
		return 0;
	ssize_t n = read(p->fd, out, cap);

	if (n > 0)
		return (size_t)n;
	if (n == 0 || (errno != EAGAIN && errno != EINTR))
		lose_client(p);
	return 0;
}

static void flush(struct lab_port *p)
{
	if (!p->out_len || p->fd < 0)
		return;
	ssize_t n = write(p->fd, p->out, p->out_len);

	if (n > 0) {
		p->out_len -= (size_t)n;
		memmove(p->out, p->out + n, p->out_len);
	} else if (n < 0 && errno != EAGAIN && errno != EINTR) {
		lose_client(p);
	}
}

bool lab_port_ready(const struct lab_port *p)
{
	return !p->out_len;
}

void lab_port_send(struct lab_port *p, const uint8_t *bytes, size_t len)
{
	if (p->kind == LAB_PORT_UDP) {
		lab_net_send(p, bytes, len);
		return;
	}
	if (p->fd < 0 || (p->kind == LAB_PORT_PTY && !held(p)))
		return;
	if (len > sizeof(p->out) - p->out_len)
		return;
	memcpy(p->out + p->out_len, bytes, len);
	p->out_len += len;
	flush(p);
}

bool lab_port_wait(struct lab_port *p, uint64_t us, const sigset_t *mask)
{
	fd_set in, out;
	int fd = p->fd >= 0 ? p->fd : p->listener;

	FD_ZERO(&in);
	FD_ZERO(&out);
	if (p->kind == LAB_PORT_PTY && !held(p)) {
		/* it would be readable all the time: only look again */
		p->out_len = 0;
		us = us < LOOK_US ? us : LOOK_US;
	} else {
		FD_SET(fd, &in);
		if (p->out_len)
			FD_SET(fd, &out);
	}
	struct timespec time = { .tv_sec = (time_t)(us / 1000000),
				 .tv_nsec = (long)(us % 1000000 * 1000) };

	if (pselect(fd + 1, &in, &out, NULL, &time, mask) < 0 && errno == EINTR)
		return false;
	flush(p);
	return true;
}
