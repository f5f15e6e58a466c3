#include "http_server.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* What one connection is about. */
struct request {
	int fd;
	char path[512];
	size_t from; /* of the range that is asked for; 0: all */
	bool ranged;
	const uint8_t *file;
	size_t len;
};

/* Up to the empty line; false if the client goes before. */
static bool read_request(struct request *r)
{
	char text[4096];
	size_t len = 0;
	const char *range;

	while (len < sizeof(text) - 1) {
		ssize_t n = read(r->fd, text + len, sizeof(text) - 1 - len);

		if (n <= 0)
			return false;
		len += (size_t)n;
		text[len] = '\0';
		if (strstr(text, "\r\n\r\n"))
			break;
	}
	if (sscanf(text, "GET %511s", r->path) != 1)
		return false;
	range = strstr(text, "Range: bytes=");
	r->ranged = range != NULL;
	r->from = range ? strtoul(range + 13, NULL, 10) : 0;
	return true;
}

static void put(const struct request *r, const void *bytes, size_t len)
{
	const uint8_t *at = bytes;

	while (len) {
		ssize_t n = write(r->fd, at, len);

		if (n <= 0)
			_exit(0);
		at += n;
		len -= (size_t)n;
	}
}

static void put_status(const struct request *r, unsigned status,
		       const char *more)
{
	char text[1024];
	int n = snprintf(text, sizeof(text),
			 "HTTP/1.1 %u x\r\nConnection: close\r\n%s"
			 "Content-Length: 3\r\n\r\nno\n",
			 status, more);

	put(r, text, (size_t)n);
}

static void put_redirect(const struct request *r,
			 const struct http_reply *reply)
{
	char more[800];

	snprintf(more, sizeof(more), "Location: %s%s\r\n", reply->to,
		 r->path + strlen(reply->path));
	put_status(r, 302, more);
}

/* Until the client has had enough. */
static void wait_for_end(const struct request *r)
{
	char c;

	while (read(r->fd, &c, 1) > 0) {
	}
}

/* The head, and @p part of what is asked for. */
static void put_file(const struct request *r, bool ranges, size_t part)
{
	size_t from = ranges && r->ranged ? r->from : 0;
	char text[256];
	int n;

	if (ranges && r->ranged && from >= r->len) {
		put_status(r, 416, "");
		return;
	}
	n = snprintf(text, sizeof(text),
		     "HTTP/1.1 %s\r\nConnection: close\r\n"
		     "Content-Length: %zu\r\n",
		     from ? "206 Partial Content" : "200 OK", r->len - from);
	put(r, text, (size_t)n);
	if (from) {
		n = snprintf(text, sizeof(text),
			     "Content-Range: bytes %zu-%zu/%zu\r\n", from,
			     r->len - 1, r->len);
		put(r, text, (size_t)n);
	}
	put(r, "\r\n", 2);
	put(r, r->file + from, (r->len - from) / part);
}

static void answer(struct request *r, const struct http_reply *reply)
{
	static const uint8_t other[] = "this is no symbol file\n";

	switch (reply->kind) {
	case HTTP_FILE:
		put_file(r, true, 1);
		break;
	case HTTP_NO_RANGE:
		put_file(r, false, 1);
		break;
	case HTTP_STATUS:
		put_status(r, reply->status, "");
		break;
	case HTTP_REDIRECT:
		put_redirect(r, reply);
		break;
	case HTTP_SILENT:
		wait_for_end(r);
		break;
	case HTTP_STALL:
		put_file(r, true, 3);
		wait_for_end(r);
		break;
	case HTTP_CUT:
		put_file(r, true, 3);
		break;
	case HTTP_OTHER:
		r->file = other;
		r->len = sizeof(other) - 1;
		put_file(r, false, 1);
		break;
	}
}

/* One connection, in a process of its own. */
static void serve(struct request *r, const struct http_reply *replies,
		  unsigned *asked)
{
	if (!read_request(r))
		return;
	if (!strstr(r->path, "index2.txt"))
		__atomic_fetch_add(asked, 1, __ATOMIC_SEQ_CST);
	for (size_t i = 0; replies[i].path; i++) {
		if (strncmp(r->path, replies[i].path,
			    strlen(replies[i].path)) != 0)
			continue;
		answer(r, &replies[i]);
		return;
	}
	put_status(r, 404, "");
}

static void run(int fd, const struct http_reply *replies, const uint8_t *file,
		size_t len, unsigned *asked)
{
	signal(SIGCHLD, SIG_IGN);
	for (;;) {
		struct request r = { .fd = accept(fd, NULL, NULL),
				     .file = file,
				     .len = len };

		if (r.fd < 0)
			_exit(1);
		if (!fork()) {
			serve(&r, replies, asked);
			_exit(0);
		}
		close(r.fd);
	}
}

bool http_server_start(struct http_server *s, const struct http_reply *replies,
		       const uint8_t *file, size_t len)
{
	struct sockaddr_in at = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t at_len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	s->asked = mmap(NULL, sizeof(*s->asked), PROT_READ | PROT_WRITE,
			MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (s->asked == MAP_FAILED || fd < 0 ||
	    bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 16) ||
	    getsockname(fd, (struct sockaddr *)&at, &at_len))
		return false;
	snprintf(s->root, sizeof(s->root), "http://127.0.0.1:%u",
		 (unsigned)ntohs(at.sin_port));
	fflush(stdout);
	s->pid = fork();
	if (!s->pid) {
		/* its children end with it */
		setpgid(0, 0);
		run(fd, replies, file, len, s->asked);
	}
	if (s->pid > 0)
		setpgid(s->pid, s->pid);
	close(fd);
	return s->pid > 0;
}

void http_server_stop(struct http_server *s)
{
	kill(-s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	munmap(s->asked, sizeof(*s->asked));
}
