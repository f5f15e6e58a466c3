#include "kd_journal_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

struct kd_journal_file {
	struct kd_allocator mem;
	int fd;	    /* -1: there is no file */
	off_t len;  /* as far as it is whole lines */
	bool torn;  /* there is more, which is nothing */
	char *text; /* what load has read; owned */
	char path[KD_JOURNAL_PATH_MAX];
};

static enum kd_status refuse(struct kd_detail *detail, const char *what,
			     const char *path)
{
	kd_detail_set_os(detail, errno, "cannot %s the journal %s", what, path);
	return KD_E_OS;
}

/* Each folder of the path, for the user alone. */
static enum kd_status make_folders(const struct kd_journal_file *f,
				   struct kd_detail *detail)
{
	char path[KD_JOURNAL_PATH_MAX];

	strcpy(path, f->path);
	for (char *c = path + 1; *c; c++) {
		if (*c != '/')
			continue;
		*c = '\0';
		if (mkdir(path, 0700) && errno != EEXIST)
			return refuse(detail, "make a folder for", f->path);
		*c = '/';
	}
	return KD_OK;
}

/* KD_E_STATE: somebody else's. KD_E_END: it was removed meanwhile. */
static enum kd_status take(struct kd_journal_file *f, struct kd_detail *detail)
{
	struct stat s, named;

	if (flock(f->fd, LOCK_EX | LOCK_NB)) {
		if (errno != EWOULDBLOCK)
			return refuse(detail, "lock", f->path);
		kd_detail_set(detail,
			      "another crashcart has the journal %s, so it "
			      "may be debugging this target",
			      f->path);
		return KD_E_STATE;
	}
	if (fstat(f->fd, &s))
		return refuse(detail, "look at", f->path);
	if (stat(f->path, &named) || named.st_ino != s.st_ino ||
	    named.st_dev != s.st_dev)
		return KD_E_END;
	if (!S_ISREG(s.st_mode) || s.st_uid != geteuid()) {
		kd_detail_set(detail, "the journal %s is not a file of yours",
			      f->path);
		return KD_E_OS;
	}
	f->len = s.st_size;
	return KD_OK;
}

static void put_down(struct kd_journal_file *f)
{
	if (f->fd >= 0)
		close(f->fd); /* which unlocks it */
	f->fd = -1;
	f->len = 0;
	f->torn = false;
}

/* KD_OK without a file if there is none, and none is to be made. */
static enum kd_status get(struct kd_journal_file *f, bool make,
			  struct kd_detail *detail)
{
	int flags = O_RDWR | O_APPEND | O_CLOEXEC | O_NOFOLLOW |
		    (make ? O_CREAT : 0);
	enum kd_status status;

	do {
		f->fd = open(f->path, flags, 0600);
		if (f->fd < 0)
			return errno == ENOENT && !make
				       ? KD_OK
				       : refuse(detail, "open", f->path);
		status = take(f, detail);
		if (status != KD_OK)
			put_down(f);
	} while (status == KD_E_END);
	return status;
}

enum kd_status kd_journal_file_open(const struct kd_allocator *mem,
				    const char *folder, const char *name,
				    struct kd_detail *detail,
				    struct kd_journal_file **ret)
{
	if (!mem)
		mem = kd_allocator_libc();
	struct kd_journal_file *f = mem->alloc(mem->ctx, sizeof(*f));

	if (!f)
		return KD_E_NOMEM;
	*f = (struct kd_journal_file){ .mem = *mem, .fd = -1 };
	int len = snprintf(f->path, sizeof(f->path), "%s/%s", folder, name);
	enum kd_status status =
		len < (int)sizeof(f->path) ? get(f, false, detail) : KD_E_SPACE;

	if (status != KD_OK) {
		kd_journal_file_close(f);
		return status;
	}
	*ret = f;
	return KD_OK;
}

void kd_journal_file_close(struct kd_journal_file *f)
{
	if (!f)
		return;
	struct kd_allocator mem = f->mem;

	put_down(f);
	if (f->text)
		mem.release(mem.ctx, f->text);
	mem.release(mem.ctx, f);
}

const char *kd_journal_file_path(const struct kd_journal_file *f)
{
	return f->path;
}

/* ---- the store ---- */

static enum kd_status read_all(struct kd_journal_file *f, size_t len,
			       struct kd_detail *detail, size_t *ret_len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n =
			pread(f->fd, f->text + have, len - have, (off_t)have);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return refuse(detail, "read", f->path);
		if (!n)
			break;
		have += (size_t)n;
	}
	*ret_len = have;
	return KD_OK;
}

static enum kd_status load(void *ctx, struct kd_detail *detail,
			   const char **ret_text, size_t *ret_len)
{
	struct kd_journal_file *f = ctx;
	size_t len = (size_t)f->len;

	*ret_text = NULL;
	*ret_len = 0;
	if (f->fd < 0)
		return KD_OK;
	if (f->len > KD_JOURNAL_TEXT_MAX) {
		kd_detail_set(detail, "the journal %s is too long", f->path);
		return KD_E_FORMAT;
	}
	if (f->text)
		f->mem.release(f->mem.ctx, f->text);
	f->text = f->mem.alloc(f->mem.ctx, len ? len : 1);
	if (!f->text)
		return KD_E_NOMEM;
	enum kd_status status = read_all(f, len, detail, ret_len);

	if (status != KD_OK)
		return status;
	/* a line that was never finished is nothing, and goes before the next
	 * is written; not before, for it may not be a journal at all */
	size_t whole = *ret_len;

	while (whole && f->text[whole - 1] != '\n')
		whole--;
	f->torn = whole < len;
	f->len = (off_t)whole;
	*ret_len = whole;
	*ret_text = f->text;
	return KD_OK;
}

/* A file that was just made is found again only if its folder is safe, too. */
static void sync_folder(const struct kd_journal_file *f)
{
	char folder[KD_JOURNAL_PATH_MAX];

	strcpy(folder, f->path);
	*strrchr(folder, '/') = '\0';
	int fd = open(folder, O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return;
	(void)fsync(fd);
	close(fd);
}

static enum kd_status make_ready(struct kd_journal_file *f, size_t len,
				 struct kd_detail *detail)
{
	if (f->fd < 0) {
		enum kd_status status = make_folders(f, detail);

		if (status == KD_OK)
			status = get(f, true, detail);
		if (status != KD_OK)
			return status;
		sync_folder(f);
	}
	if (f->len + (off_t)len > KD_JOURNAL_TEXT_MAX) {
		kd_detail_set(detail, "the journal %s is full", f->path);
		return KD_E_SPACE;
	}
	if (f->torn && ftruncate(f->fd, f->len))
		return refuse(detail, "repair", f->path);
	f->torn = false;
	return KD_OK;
}

/* All of it, or nothing: half a line would make the next one unreadable. */
static enum kd_status append(void *ctx, const char *text, size_t len, bool safe,
			     struct kd_detail *detail)
{
	struct kd_journal_file *f = ctx;
	size_t done = 0;
	enum kd_status status = make_ready(f, len, detail);

	if (status != KD_OK)
		return status;
	while (done < len) {
		ssize_t n = write(f->fd, text + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		done += (size_t)n;
	}
	/* the page cache outlives us, but not this machine's power */
	if (done < len || (safe && fsync(f->fd))) {
		f->torn = done > 0;
		return refuse(detail, "write", f->path);
	}
	f->len += (off_t)len;
	return KD_OK;
}

static void forget(void *ctx)
{
	struct kd_journal_file *f = ctx;

	if (f->fd < 0)
		return;
	/* emptied first: what cannot be removed must not be believed */
	f->torn = ftruncate(f->fd, 0) != 0;
	f->len = 0;
	if (unlink(f->path) == 0)
		put_down(f);
}

struct kd_journal_store kd_journal_file_store(struct kd_journal_file *f)
{
	return (struct kd_journal_store){ load, append, forget, f };
}
