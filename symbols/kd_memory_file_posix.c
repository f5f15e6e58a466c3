#include "kd_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

struct kd_memory_file {
	int fd;
};

enum kd_status kd_memory_file_open(const char *path,
				   struct kd_detail *ret_detail,
				   struct kd_memory_file **ret)
{
	struct kd_memory_file *f = malloc(sizeof(*f));

	if (!f)
		return KD_E_NOMEM;
	f->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (f->fd < 0) {
		if (ret_detail)
			kd_detail_set_os(ret_detail, errno, "%s", path);
		free(f);
		return KD_E_OS;
	}
	*ret = f;
	return KD_OK;
}

void kd_memory_file_close(struct kd_memory_file *f)
{
	if (!f)
		return;
	close(f->fd);
	free(f);
}

static enum kd_status read_file(void *ctx, uint64_t address, void *buf,
				size_t len)
{
	const struct kd_memory_file *f = ctx;
	uint8_t *to = buf;

	/* off_t may have 32 bits; no image or symbol file needs more */
	if (address > INT32_MAX || len > INT32_MAX - address)
		return KD_E_NOT_FOUND;
	while (len) {
		ssize_t n = pread(f->fd, to, len, (off_t)address);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return KD_E_OS;
		if (n == 0)
			return KD_E_NOT_FOUND;
		to += n;
		len -= (size_t)n;
		address += (size_t)n;
	}
	return KD_OK;
}

struct kd_memory kd_memory_of_file(struct kd_memory_file *f)
{
	return (struct kd_memory){ .read = read_file, .ctx = f };
}
