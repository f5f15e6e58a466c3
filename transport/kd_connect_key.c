#include "kd_crypto.h"
#include "kd_transport.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { KEY_FILE_MAX = 256 };

static const char white_space[] = " \t\r\n";

/* Read until the end or @p cap; -1 with errno set. */
static ssize_t read_all(const char *path, char *buf, size_t cap)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return -1;
	while (len < cap && n > 0) {
		do {
			n = read(fd, buf + len, cap - len);
		} while (n < 0 && errno == EINTR);
		if (n > 0)
			len += (size_t)n;
	}
	if (n < 0) {
		int os_error = errno;

		close(fd);
		errno = os_error;
		return -1;
	}
	close(fd);
	return (ssize_t)len;
}

enum kd_status kd_connect_read_key(const char *path, struct kd_detail *detail,
				   struct kd_net_key *ret)
{
	char text[KEY_FILE_MAX + 1]; /* the last one is for the terminator */
	ssize_t len = read_all(path, text, sizeof(text));
	enum kd_status status = KD_E_FORMAT;
	char *start;

	if (len < 0) {
		kd_detail_set_os(detail, errno,
				 "cannot read the key file %.150s", path);
		kd_crypto_wipe(text, sizeof(text));
		return KD_E_OS;
	}
	if (len > KEY_FILE_MAX) {
		kd_detail_set(detail,
			      "the key file %.100s has more than 256 bytes: "
			      "it must hold the key alone",
			      path);
	} else {
		text[len] = '\0';
		start = text + strspn(text, white_space);
		start[strcspn(start, white_space)] = '\0';
		status = kd_net_key_parse(start, detail, ret);
	}
	kd_crypto_wipe(text, sizeof(text));
	return status;
}
