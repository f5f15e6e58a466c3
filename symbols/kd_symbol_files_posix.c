#include "kd_symbol_files.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { PATH_LEN = 600, COPY_LEN = 1 << 16 };

bool kd_file_exists(const char *path)
{
	struct stat about;

	return !stat(path, &about) && S_ISREG(about.st_mode) &&
	       !access(path, R_OK);
}

int kd_file_make_folders(const char *path)
{
	char folder[PATH_LEN];
	size_t len = strlen(path);

	if (len >= sizeof(folder))
		return ENAMETOOLONG;
	memcpy(folder, path, len + 1);
	for (char *at = strchr(folder + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		if (mkdir(folder, 0777) && errno != EEXIST && errno != EISDIR)
			return errno;
		*at = '/';
	}
	return 0;
}

/* 0 or errno. */
static int copy_bytes(int from, int to)
{
	char bytes[COPY_LEN];

	for (;;) {
		ssize_t n = read(from, bytes, sizeof(bytes));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? errno : 0;
		for (ssize_t at = 0; at < n;) {
			ssize_t out = write(to, bytes + at, (size_t)(n - at));

			if (out < 0 && errno != EINTR)
				return errno;
			at += out > 0 ? out : 0;
		}
	}
}

int kd_file_copy(const char *from, const char *to)
{
	char temporary[PATH_LEN];
	int in, out, error = kd_file_make_folders(to);

	if (error)
		return error;
	if (snprintf(temporary, sizeof(temporary), "%s.XXXXXX", to) >= PATH_LEN)
		return ENAMETOOLONG;
	in = open(from, O_RDONLY | O_CLOEXEC);
	if (in < 0)
		return errno;
	out = mkstemp(temporary);
	error = out < 0 ? errno : copy_bytes(in, out);
	close(in);
	if (out < 0)
		return error;
	/* as any other new file; mkstemp() makes it ours alone */
	if (!error && fchmod(out, 0644))
		error = errno;
	if (close(out) && !error)
		error = errno;
	if (!error && rename(temporary, to))
		error = errno;
	if (error)
		unlink(temporary);
	return error;
}

bool kd_file_first_line(const char *path, char *out, size_t cap)
{
	FILE *f = fopen(path, "r");
	size_t len;

	if (!f)
		return false;
	len = fread(out, 1, cap - 1, f);
	fclose(f);
	out[len] = '\0';
	out[strcspn(out, "\r\n")] = '\0';
	return true;
}

/* Does the name still lead to this file? Whoever had it may have moved it. */
static bool is_same(int fd, const char *path)
{
	struct stat ours, named;

	return !fstat(fd, &ours) && !stat(path, &named) &&
	       ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
}

int kd_file_part_open(const char *path, struct kd_file_part *ret)
{
	struct kd_file_part part;
	int fd, error;

	if (snprintf(part.path, sizeof(part.path), "%s.part", path) >= PATH_LEN)
		return ENAMETOOLONG;
	error = kd_file_make_folders(path);
	if (error)
		return error;
	fd = open(part.path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (fd < 0)
		return errno;
	if (flock(fd, LOCK_EX | LOCK_NB))
		error = errno;
	else if (!is_same(fd, part.path))
		error = EWOULDBLOCK;
	part.file = error ? NULL : fdopen(fd, "r+");
	if (!part.file) {
		error = error ? error : errno;
		close(fd);
		return error;
	}
	*ret = part;
	return 0;
}

int kd_file_part_finish(struct kd_file_part *part, const char *path)
{
	int error = 0;

	/* renamed while it is locked, so that nobody begins another */
	if (fflush(part->file) || rename(part->path, path))
		error = errno;
	fclose(part->file);
	return error;
}

void kd_file_part_leave(struct kd_file_part *part, bool keep)
{
	if (!keep)
		unlink(part->path);
	fclose(part->file);
}

void kd_file_wait(void)
{
	struct timespec tenth = { .tv_nsec = 100000000 };

	nanosleep(&tenth, NULL);
}
