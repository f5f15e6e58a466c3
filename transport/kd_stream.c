#include "kd_stream.h"

#include "kd_no_sigpipe.h"
#include "kd_poll_ms.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	CONNECT_US = 5 * 1000 * 1000,
	RETRY_US = 250 * 1000, /* four rounds a second at most */
};

static struct kd_stream *of(struct kd_link *l)
{
	return (struct kd_stream *)l;
}

bool kd_stream_prepare(int fd)
{
	int flags = fcntl(fd, F_GETFL);

	return flags >= 0 && fcntl(fd, F_SETFL, flags | O_NONBLOCK) == 0 &&
	       fcntl(fd, F_SETFD, FD_CLOEXEC) == 0;
}

/* ---- opening, and opening again ---- */

static void close_fd(struct kd_stream *s)
{
	if (s->fd >= 0)
		s->ops->close(s, s->fd);
	s->fd = -1;
	s->state = KD_STREAM_CLOSED;
}

/* A try has failed: the next one of this round, or of the next round. */
static void try_failed(struct kd_stream *s, uint64_t now_us,
		       enum kd_status status)
{
	/*
	 * What is refused at first will always be. Later it can heal: a
	 * device that was plugged in again gets its rights a moment late.
	 */
	bool for_good = !s->reconnect || (status == KD_E_OS && !s->was_open);

	close_fd(s);
	if (s->tried < s->tries) {
		s->next_us = now_us;
		return;
	}
	s->tried = 0;
	s->next_us = s->round_us + RETRY_US;
	if (for_good)
		s->state = KD_STREAM_DEAD;
}

static void opened(struct kd_stream *s)
{
	s->state = KD_STREAM_OPEN;
	s->was_open = true;
	s->tried = 0;
}

static void begin_try(struct kd_stream *s, uint64_t now_us)
{
	enum kd_status status;

	if (s->tried == 0)
		s->round_us = now_us;
	s->tried++;
	s->give_up_us = now_us + CONNECT_US / s->tries;
	status = s->ops->start(s, &s->fd);
	if (status == KD_OK)
		opened(s);
	else if (status == KD_E_PENDING)
		s->state = KD_STREAM_CONNECTING;
	else
		try_failed(s, now_us, status);
}

/* Has the pending connection been decided? */
static void check_try(struct kd_stream *s, uint64_t now_us)
{
	struct pollfd p = { .fd = s->fd, .events = POLLOUT };
	int os_error = 0;
	socklen_t len = sizeof(os_error);

	if (poll(&p, 1, 0) != 1) {
		if (now_us < s->give_up_us)
			return;
		os_error = ETIMEDOUT;
	} else if (getsockopt(s->fd, SOL_SOCKET, SO_ERROR, &os_error, &len)) {
		os_error = errno;
	}
	if (!os_error) {
		opened(s);
		return;
	}
	s->ops->explain(s, os_error);
	try_failed(s, now_us, KD_E_LOST);
}

/* Do what is due to become open; KD_E_LOST once that is hopeless. */
static enum kd_status advance(struct kd_stream *s)
{
	uint64_t now_us = kd_clock_now_us();

	if (s->state == KD_STREAM_CONNECTING)
		check_try(s, now_us);
	while (s->state == KD_STREAM_CLOSED && s->next_us <= now_us)
		begin_try(s, now_us);
	return s->state == KD_STREAM_DEAD ? KD_E_LOST : KD_OK;
}

/* It was open and is no more. */
static enum kd_status lose(struct kd_stream *s, int os_error)
{
	if (os_error)
		kd_detail_set_os(&s->link.detail, os_error, "%s: %s",
				 s->link.name, s->ops->gone);
	else
		kd_detail_set(&s->link.detail, "%s: %s", s->link.name,
			      s->ops->gone);
	close_fd(s);
	s->swallow = s->half_sent;
	s->half_sent = false;
	s->next_us = s->round_us + RETRY_US;
	if (s->reconnect)
		return KD_OK;
	s->state = KD_STREAM_DEAD;
	return KD_E_LOST;
}

/* ---- the link ---- */

static bool must_wait(int os_error)
{
	return os_error == EAGAIN || os_error == EWOULDBLOCK;
}

/* -1 with errno set, as write() */
static ssize_t write_some(const struct kd_stream *s,
			  const struct kd_chunk *chunk)
{
	ssize_t n;

	do {
		n = s->is_socket ? send(s->fd, chunk->bytes, chunk->len,
					kd_no_sigpipe_flag())
				 : write(s->fd, chunk->bytes, chunk->len);
	} while (n < 0 && errno == EINTR);
	return n;
}

static enum kd_status stream_send(struct kd_link *l,
				  const struct kd_endpoint *to,
				  const struct kd_chunk *chunks, size_t count,
				  size_t *ret_sent)
{
	struct kd_stream *s = of(l);
	size_t total = 0, sent = 0;

	(void)to;
	for (size_t i = 0; i < count; i++)
		total += chunks[i].len;
	if (advance(s) != KD_OK)
		return KD_E_LOST;
	/* like a cable that is not plugged in */
	if (s->state != KD_STREAM_OPEN || s->swallow) {
		s->swallow = false;
		*ret_sent = total;
		return KD_OK;
	}
	for (size_t i = 0; i < count; i++) {
		ssize_t n = write_some(s, &chunks[i]);

		if (n < 0 && must_wait(errno))
			break;
		if (n < 0) {
			enum kd_status status = lose(s, errno);

			s->swallow = false;
			*ret_sent = total;
			return status;
		}
		sent += (size_t)n;
		s->half_sent = sent < total;
		if ((size_t)n < chunks[i].len)
			break;
	}
	*ret_sent = sent;
	return KD_OK;
}

static enum kd_status stream_receive(struct kd_link *l, uint8_t *buf,
				     size_t cap, struct kd_endpoint *ret_from,
				     size_t *ret_len)
{
	struct kd_stream *s = of(l);
	ssize_t n;

	(void)ret_from;
	if (advance(s) != KD_OK)
		return KD_E_LOST;
	*ret_len = 0;
	if (s->state != KD_STREAM_OPEN)
		return KD_OK;
	do {
		n = read(s->fd, buf, cap);
	} while (n < 0 && errno == EINTR);
	if (n < 0 && must_wait(errno))
		return KD_OK;
	if (n <= 0)
		return lose(s, n < 0 ? errno : 0);
	*ret_len = (size_t)n;
	return KD_OK;
}

static enum kd_status stream_wait(struct kd_link *l, bool want_send,
				  int wake_fd, uint64_t until_us)
{
	struct kd_stream *s = of(l);
	struct pollfd p[2] = { { .events = POLLIN },
			       { .fd = wake_fd, .events = POLLIN } };
	bool was_open = s->state == KD_STREAM_OPEN;

	if (advance(s) != KD_OK)
		return KD_E_LOST;
	/* a new descriptor is news to the caller */
	if (!was_open && s->state == KD_STREAM_OPEN)
		return KD_OK;
	if (s->state == KD_STREAM_CLOSED && s->next_us < until_us)
		until_us = s->next_us;
	if (s->state == KD_STREAM_CONNECTING) {
		p[0].events = POLLOUT;
		if (s->give_up_us < until_us)
			until_us = s->give_up_us;
	} else if (want_send) {
		p[0].events = POLLIN | POLLOUT;
	}
	p[0].fd = s->fd; /* poll() passes over -1 */
	if (poll(p, 2, kd_poll_ms(until_us)) < 0 && errno != EINTR) {
		kd_detail_set_os(&l->detail, errno, "%s: poll failed", l->name);
		return KD_E_OS;
	}
	return KD_OK;
}

static uint64_t stream_now(struct kd_link *l)
{
	(void)l;
	return kd_clock_now_us();
}

static int stream_descriptor(struct kd_link *l)
{
	return of(l)->fd;
}

static bool stream_is_ours(struct kd_link *l, const struct kd_endpoint *e)
{
	(void)l;
	(void)e;
	return false;
}

static void stream_destroy(struct kd_link *l)
{
	close_fd(of(l));
	free(l);
}

static const struct kd_link_ops stream_link_ops = {
	stream_send,	   stream_receive, stream_wait,	   stream_now,
	stream_descriptor, stream_is_ours, stream_destroy,
};

enum kd_status kd_stream_open(struct kd_stream *s, struct kd_detail *detail,
			      struct kd_link **ret)
{
	s->link.ops = &stream_link_ops;
	s->link.kind = KD_LINK_STREAM;
	s->fd = -1;
	while (advance(s) == KD_OK) {
		if (s->state == KD_STREAM_OPEN || s->reconnect) {
			*ret = &s->link;
			return KD_OK;
		}
		struct pollfd p = { .fd = s->fd, .events = POLLOUT };

		/* a failure of poll() is found by the next try's time */
		(void)poll(&p, 1, kd_poll_ms(s->give_up_us));
	}
	*detail = s->link.detail;
	stream_destroy(&s->link);
	return KD_E_OS;
}
