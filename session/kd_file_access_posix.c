#include "kd_file_server.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static enum kd_status open_file(void *ctx, const char *path,
				struct kd_detail *detail, void **ret_file,
				uint64_t *ret_len)
{
	int *file = malloc(sizeof(*file));
	struct stat s;

	(void)ctx;
	if (!file)
		return KD_E_NOMEM;
	/* a pipe must not keep everything waiting until somebody writes */
	*file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (*file < 0 || fstat(*file, &s)) {
		kd_detail_set_os(detail, errno, "cannot open %s", path);
	} else if (!S_ISREG(s.st_mode)) {
		kd_detail_set_os(detail, EINVAL, "%s is no file", path);
	} else {
		*ret_file = file;
		*ret_len = (uint64_t)s.st_size;
		return KD_OK;
	}
	if (*file >= 0)
		close(*file);
	free(file);
	return KD_E_OS;
}

static enum kd_status read_file(void *ctx, void *file, uint64_t offset,
				void *out, size_t len, size_t *ret_len)
{
	size_t done = 0;

	(void)ctx;
	if (offset > (uint64_t)INT64_MAX - len) {
		*ret_len = 0;
		return KD_OK;
	}
	while (done < len) {
		ssize_t n = pread(*(int *)file, (char *)out + done, len - done,
				  (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return KD_E_OS;
		if (!n)
			break;
		done += (size_t)n;
	}
	*ret_len = done;
	return KD_OK;
}

static void close_file(void *ctx, void *file)
{
	(void)ctx;
	close(*(int *)file);
	free(file);
}

struct kd_file_access kd_file_access_system(void)
{
	return (struct kd_file_access){ open_file, read_file, close_file,
					NULL };
}
