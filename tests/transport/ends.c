#define _XOPEN_SOURCE 700 /* posix_openpt() */

#include "ends.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

enum {
	PATIENCE_US = 20 * 1000 * 1000, /* only reached by a defect */
	TEXT_MAX = 256,
};

bool end_folder_create(struct end_folder *f)
{
	snprintf(f->path, sizeof(f->path), "/tmp/crashcart-test-XXXXXX");
	return mkdtemp(f->path) != NULL;
}

void end_folder_remove(const struct end_folder *f)
{
	DIR *d = opendir(f->path);

	if (!d)
		return;
	for (struct dirent *e = readdir(d); e; e = readdir(d)) {
		char path[END_PATH_LEN];

		if (e->d_name[0] != '.')
			unlink(end_folder_file(f, e->d_name, path));
	}
	closedir(d);
	rmdir(f->path);
}

const char *end_folder_file(const struct end_folder *f, const char *name,
			    char out[END_PATH_LEN])
{
	snprintf(out, END_PATH_LEN, "%s/%.100s", f->path, name);
	return out;
}

int end_listen_unix(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, 8)) {
		close(fd);
		return -1;
	}
	return fd;
}

int end_listen_tcp(uint16_t *ret_port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (bind(fd, (struct sockaddr *)&address, sizeof(address)) ||
	    listen(fd, 8) ||
	    getsockname(fd, (struct sockaddr *)&address, &len)) {
		close(fd);
		return -1;
	}
	*ret_port = ntohs(address.sin_port);
	return fd;
}

int end_open_pty(char ret_slave[END_PATH_LEN])
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY);

	if (fd < 0 || grantpt(fd) || unlockpt(fd) ||
	    fcntl(fd, F_SETFL, O_NONBLOCK))
		return -1;
	snprintf(ret_slave, END_PATH_LEN, "%s", ptsname(fd));
	return fd;
}

bool end_send(struct kd_link *l, const char *text)
{
	uint64_t until = l->ops->now(l) + PATIENCE_US;
	size_t len = strlen(text), at = 0;

	while (at < len && l->ops->now(l) < until) {
		struct kd_chunk chunk = { (const uint8_t *)text + at,
					  len - at };
		size_t sent = 0;

		if (l->ops->send(l, NULL, &chunk, 1, &sent) != KD_OK)
			return false;
		at += sent;
		if (at < len && l->ops->wait(l, true, -1, until) != KD_OK)
			return false;
	}
	return at == len;
}

bool end_expect(struct kd_link *l, const char *text)
{
	uint64_t until = l->ops->now(l) + PATIENCE_US;
	char got[TEXT_MAX] = "";
	size_t at = 0;

	while (at < strlen(text) && l->ops->now(l) < until) {
		size_t n = 0;

		if (l->ops->receive(l, (uint8_t *)got + at, TEXT_MAX - 1 - at,
				    NULL, &n) != KD_OK)
			return false;
		at += n;
		if (!n && l->ops->wait(l, false, -1, until) != KD_OK)
			return false;
	}
	return !strcmp(got, text);
}

bool end_read(int fd, const char *text)
{
	char got[TEXT_MAX] = "";
	size_t at = 0;

	while (at < strlen(text)) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t n;

		if (poll(&p, 1, PATIENCE_US / 1000) != 1)
			return false;
		n = read(fd, got + at, TEXT_MAX - 1 - at);
		if (n <= 0)
			return false;
		at += (size_t)n;
	}
	return !strcmp(got, text);
}

enum kd_status end_until_failure(struct kd_link *l)
{
	uint64_t until = l->ops->now(l) + PATIENCE_US;

	while (l->ops->now(l) < until) {
		uint8_t buf[TEXT_MAX];
		size_t n;
		enum kd_status status =
			l->ops->receive(l, buf, sizeof(buf), NULL, &n);

		if (status == KD_OK)
			status = l->ops->wait(l, false, -1, until);
		if (status != KD_OK)
			return status;
	}
	return KD_OK;
}
