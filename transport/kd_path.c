#include "kd_no_sigpipe.h"
#include "kd_stream.h"
#include "kd_transport.h"
#include "kd_tty.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { PATH_LEN = 256 };

struct path {
	struct kd_stream stream;
	char path[PATH_LEN];
	struct termios saved; /* of a terminal */
};

static struct path *of(struct kd_stream *s)
{
	return (struct path *)s;
}

static void path_explain(struct kd_stream *s, int os_error)
{
	struct kd_detail *d = &s->link.detail;
	const char *path = of(s)->path;

	switch (os_error) {
	case ECONNREFUSED:
		kd_detail_set(d,
			      "nobody listens on the socket %.150s; "
			      "is the virtual machine running?",
			      path);
		break;
	case EAGAIN:
		kd_detail_set(d,
			      "the socket %.150s is busy: "
			      "others already wait to connect",
			      path);
		break;
	case EACCES:
	case EPERM:
		kd_detail_set(d,
			      "no permission to connect to the socket %.150s: "
			      "have its owner or root grant it",
			      path);
		break;
	default:
		kd_detail_set_os(d, os_error, "cannot connect to %.150s", path);
	}
	d->os_error = os_error;
}

static enum kd_status refused(struct kd_stream *s, int fd, int os_error)
{
	if (fd >= 0)
		close(fd);
	path_explain(s, os_error);
	switch (os_error) {
	case ECONNREFUSED:
	case EAGAIN:
	case ENOENT:
		return KD_E_LOST;
	default:
		return KD_E_OS;
	}
}

static enum kd_status start_socket(struct kd_stream *s, int *ret_fd)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	size_t len = strlen(of(s)->path);
	int fd;

	if (len >= sizeof(address.sun_path))
		return refused(s, -1, ENAMETOOLONG);
	memcpy(address.sun_path, of(s)->path, len);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd < 0 || !kd_stream_prepare(fd))
		return refused(s, fd, errno);
	kd_no_sigpipe_set(fd);
	s->is_socket = true;
	if (!connect(fd, (const struct sockaddr *)&address, sizeof(address))) {
		*ret_fd = fd;
		return KD_OK;
	}
	if (errno != EINPROGRESS && errno != EINTR)
		return refused(s, fd, errno);
	*ret_fd = fd;
	return KD_E_PENDING;
}

static enum kd_status path_start(struct kd_stream *s, int *ret_fd)
{
	struct path *p = of(s);
	struct kd_detail *d = &s->link.detail;
	struct stat st;

	if (stat(p->path, &st))
		return refused(s, -1, errno);
	if (S_ISSOCK(st.st_mode))
		return start_socket(s, ret_fd);
	s->is_socket = false;
	if (S_ISCHR(st.st_mode))
		return kd_tty_open(p->path, d, &p->saved, ret_fd);
	if (S_ISFIFO(st.st_mode))
		kd_detail_set(d,
			      "%.128s is a FIFO, which carries bytes one way "
			      "only: use a unix socket or a pseudo-terminal",
			      p->path);
	else
		kd_detail_set(d,
			      "%.128s is no unix socket, terminal or "
			      "pseudo-terminal",
			      p->path);
	d->os_error = ENOTSUP;
	return KD_E_OS;
}

static void path_close(struct kd_stream *s, int fd)
{
	if (s->is_socket)
		close(fd);
	else
		kd_tty_close(fd, &of(s)->saved);
}

enum kd_status kd_path_open(const char *path, bool reconnect,
			    struct kd_detail *detail, struct kd_link **ret)
{
	static const struct kd_stream_ops ops = {
		.start = path_start,
		.explain = path_explain,
		.close = path_close,
		.gone = "the other end has closed it",
	};
	struct path *p;

	if (strlen(path) >= PATH_LEN) {
		kd_detail_set_os(detail, ENAMETOOLONG, "%.100s...", path);
		return KD_E_OS;
	}
	p = calloc(1, sizeof(*p));
	if (!p)
		return KD_E_NOMEM;
	snprintf(p->path, sizeof(p->path), "%s", path);
	snprintf(p->stream.link.name, sizeof(p->stream.link.name), "%.127s",
		 path);
	p->stream.ops = &ops;
	p->stream.reconnect = reconnect;
	p->stream.tries = 1;
	return kd_stream_open(&p->stream, detail, ret);
}
