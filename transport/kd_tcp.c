#include "kd_address.h"
#include "kd_no_sigpipe.h"
#include "kd_stream.h"
#include "kd_transport.h"

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { ADDRESSES_MAX = 8 };

struct tcp {
	struct kd_stream stream;
	/* asked for once: to ask again would block */
	struct kd_endpoint address[ADDRESSES_MAX];
	size_t now_trying;
};

static struct tcp *of(struct kd_stream *s)
{
	return (struct tcp *)s;
}

static void tcp_explain(struct kd_stream *s, int os_error)
{
	struct kd_detail *d = &s->link.detail;

	switch (os_error) {
	case ECONNREFUSED:
		kd_detail_set(d, "nobody listens on %.127s", s->link.name);
		break;
	case ETIMEDOUT:
		kd_detail_set(d, "%.127s does not answer", s->link.name);
		break;
	default:
		kd_detail_set_os(d, os_error, "cannot connect to %.127s",
				 s->link.name);
	}
	d->os_error = os_error;
}

static enum kd_status refused(struct kd_stream *s, int fd, int os_error)
{
	if (fd >= 0)
		close(fd);
	tcp_explain(s, os_error);
	/* networks come and go, so any of these can heal */
	return KD_E_LOST;
}

static enum kd_status tcp_start(struct kd_stream *s, int *ret_fd)
{
	struct tcp *t = of(s);
	struct sockaddr_storage address;
	const struct kd_endpoint *to = &t->address[t->now_trying];
	socklen_t len = kd_address_to(to, false, &address);
	int fd = socket(address.ss_family, SOCK_STREAM, 0);
	int on = 1;

	t->now_trying = (t->now_trying + 1) % s->tries;
	if (fd < 0 || !kd_stream_prepare(fd))
		return refused(s, fd, errno);
	kd_no_sigpipe_set(fd);
	/* a request must not wait for the acknowledgement of the last one */
	if (setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		return refused(s, fd, errno);
	if (!connect(fd, (const struct sockaddr *)&address, len)) {
		*ret_fd = fd;
		return KD_OK;
	}
	if (errno != EINPROGRESS && errno != EINTR)
		return refused(s, fd, errno);
	*ret_fd = fd;
	return KD_E_PENDING;
}

static void tcp_close(struct kd_stream *s, int fd)
{
	(void)s;
	close(fd);
}

enum kd_status kd_tcp_open(const char *host, uint16_t port, bool reconnect,
			   struct kd_detail *detail, struct kd_link **ret)
{
	static const struct kd_stream_ops ops = {
		.start = tcp_start,
		.explain = tcp_explain,
		.close = tcp_close,
		.gone = "the other end has closed the connection",
	};
	struct tcp *t = calloc(1, sizeof(*t));
	enum kd_status status;

	if (!t)
		return KD_E_NOMEM;
	status = kd_address_lookup(host, port, detail, t->address,
				   ADDRESSES_MAX, &t->stream.tries);
	if (status != KD_OK) {
		free(t);
		return status;
	}
	snprintf(t->stream.link.name, sizeof(t->stream.link.name),
		 "TCP %.100s port %u", host, port);
	t->stream.ops = &ops;
	t->stream.reconnect = reconnect;
	t->stream.is_socket = true;
	return kd_stream_open(&t->stream, detail, ret);
}
