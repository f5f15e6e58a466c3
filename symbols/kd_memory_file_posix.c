#include "kd_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct kd_memory_file {
	struct kd_memory_bytes all;
	void *mapping; /* NULL if the file is empty: that cannot be mapped */
};

/* 0, or errno. */
static int map(int fd, struct kd_memory_file *f)
{
	struct stat about;

	if (fstat(fd, &about))
		return errno;
	if (S_ISDIR(about.st_mode))
		return EISDIR;
	if (!S_ISREG(about.st_mode))
		return ESPIPE; /* it has no places to read at */
	if ((uintmax_t)about.st_size > SIZE_MAX)
		return EFBIG;
	f->all.len = (size_t)about.st_size;
	if (!f->all.len)
		return 0;
	void *at = mmap(NULL, f->all.len, PROT_READ, MAP_SHARED, fd, 0);

	if (at == MAP_FAILED)
		return errno;
	f->mapping = at;
	f->all.bytes = at;
	return 0;
}

/* 0, or errno. */
static int open_and_map(const char *path, struct kd_memory_file *f)
{
	/* not to wait for whoever writes into a named pipe */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	if (fd < 0)
		return errno;
	int error = map(fd, f);

	close(fd);
	return error;
}

enum kd_status kd_memory_file_open(const char *path,
				   struct kd_detail *ret_detail,
				   struct kd_memory_file **ret)
{
	struct kd_memory_file *f = calloc(1, sizeof(*f));

	if (!f)
		return KD_E_NOMEM;
	int error = open_and_map(path, f);

	if (error) {
		if (ret_detail)
			kd_detail_set_os(ret_detail, error, "%s", path);
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
	if (f->mapping)
		munmap(f->mapping, f->all.len);
	free(f);
}

uint64_t kd_memory_file_size(const struct kd_memory_file *f)
{
	return f->all.len;
}

struct kd_memory kd_memory_of_file(struct kd_memory_file *f)
{
	return kd_memory_over(&f->all);
}
