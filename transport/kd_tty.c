#include "kd_tty.h"

#include "kd_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { GROUP_TEXT_MAX = 1024 };

static void explain_rights(const char *path, int os_error,
			   struct kd_detail *detail)
{
	struct stat st;
	struct group group, *found = NULL;
	char text[GROUP_TEXT_MAX];

	if (stat(path, &st) ||
	    getgrgid_r(st.st_gid, &group, text, sizeof(text), &found) ||
	    !found || !(st.st_mode & S_IWGRP) || st.st_gid == 0) {
		kd_detail_set(detail,
			      "no permission to open %.100s: "
			      "have its owner or root grant it",
			      path);
	} else {
		kd_detail_set(detail,
			      "no permission to open %.100s, which is for the "
			      "group %.32s: join it (sudo usermod -aG %.32s "
			      "\"$USER\") and log in again",
			      path, group.gr_name, group.gr_name);
	}
	detail->os_error = os_error;
}

void kd_tty_explain(const char *path, int os_error, struct kd_detail *detail)
{
	switch (os_error) {
	case EACCES:
	case EPERM:
		explain_rights(path, os_error, detail);
		break;
	case EBUSY:
	case EAGAIN:
		kd_detail_set(detail, "%.200s is in use by another program",
			      path);
		detail->os_error = EBUSY;
		break;
	case ENOENT:
	case ENXIO:
	case ENODEV:
		kd_detail_set(detail,
			      "there is no device %.150s; is it plugged in?",
			      path);
		detail->os_error = os_error;
		break;
	case ENOTTY:
		kd_detail_set(detail, "%.200s is no terminal", path);
		detail->os_error = os_error;
		break;
	default:
		kd_detail_set_os(detail, os_error, "cannot open %.150s", path);
	}
}

enum kd_status kd_tty_status(int os_error)
{
	switch (os_error) {
	case ENOENT:
	case ENXIO:
	case ENODEV:
	case EIO:
	case EBUSY:
	case EAGAIN:
		return KD_E_LOST;
	default:
		return KD_E_OS;
	}
}

enum kd_status kd_tty_claim(int fd, const char *path, struct kd_detail *detail)
{
	/* some programs look at one, some at the other */
	if (flock(fd, LOCK_EX | LOCK_NB) && errno == EWOULDBLOCK) {
		kd_tty_explain(path, EBUSY, detail);
		return KD_E_LOST;
	}
	(void)ioctl(fd, TIOCEXCL);
	return KD_OK;
}

void kd_tty_release(int fd)
{
	(void)ioctl(fd, TIOCNXCL);
	(void)flock(fd, LOCK_UN);
}

static bool make_raw(int fd, struct termios *ret_saved)
{
	struct termios t;

	if (tcgetattr(fd, &t))
		return false;
	*ret_saved = t;
	cfmakeraw(&t);
	t.c_iflag &= ~(tcflag_t)(IXOFF | IXANY | INPCK);
	t.c_cflag &= ~(tcflag_t)(CSTOPB | CRTSCTS);
	t.c_cflag |= CLOCAL | CREAD;
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	return tcsetattr(fd, TCSANOW, &t) == 0 && tcflush(fd, TCIFLUSH) == 0;
}

enum kd_status kd_tty_open(const char *path, struct kd_detail *detail,
			   struct termios *ret_saved, int *ret_fd)
{
	int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
	enum kd_status status;

	if (fd < 0) {
		int os_error = errno;

		kd_tty_explain(path, os_error, detail);
		return kd_tty_status(os_error);
	}
	status = kd_tty_claim(fd, path, detail);
	if (status != KD_OK) {
		close(fd);
		return status;
	}
	if (!make_raw(fd, ret_saved)) {
		int os_error = errno;

		kd_tty_release(fd);
		close(fd);
		kd_tty_explain(path, os_error, detail);
		return kd_tty_status(os_error);
	}
	*ret_fd = fd;
	return KD_OK;
}

void kd_tty_close(int fd, const struct termios *saved)
{
	/* it may be gone: then there is nothing to set back */
	(void)tcsetattr(fd, TCSANOW, saved);
	kd_tty_release(fd);
	close(fd);
}
