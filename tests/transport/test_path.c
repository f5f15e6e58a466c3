#include "check.h"
#include "ends.h"
#include "kd_transport.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

static void put_file(const struct end_folder *f)
{
	char path[END_PATH_LEN];

	close(open(end_folder_file(f, "target", path), O_CREAT | O_WRONLY,
		   0600));
}

static void put_fifo(const struct end_folder *f)
{
	char path[END_PATH_LEN];

	CHECK(mkfifo(end_folder_file(f, "target", path), 0600) == 0);
}

static void put_dead_socket(const struct end_folder *f)
{
	char path[END_PATH_LEN];

	close(end_listen_unix(end_folder_file(f, "target", path)));
}

static void put_null_device(const struct end_folder *f)
{
	char path[END_PATH_LEN];

	CHECK(symlink("/dev/null", end_folder_file(f, "target", path)) == 0);
}

static void put_nothing(const struct end_folder *f)
{
	(void)f;
}

// clang-format off
static const struct {
	const char *name;
	void (*put)(const struct end_folder *f);
	bool can_come; /* with reconnect it is waited for */
	const char *says;
} refusals[] = {
	{ "nothing there",      put_nothing,     true,  "cannot connect to " },
	{ "nobody listens",     put_dead_socket, true,  "is the virtual machine running?" },
	{ "a file",             put_file,        false, "is no unix socket, terminal or pseudo-terminal" },
	{ "a FIFO",             put_fifo,        false, "one way only" },
	{ "a device of another sort", put_null_device, false, "is no terminal" },
};
// clang-format on

static void test_refusals(void)
{
	for (size_t i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++) {
		const char *name = refusals[i].name;
		struct kd_detail detail = { 0 };
		struct kd_link *link = NULL;
		struct end_folder f;
		char path[END_PATH_LEN];

		CHECK_ROW(name, end_folder_create(&f));
		refusals[i].put(&f);
		end_folder_file(&f, "target", path);
		CHECK_ROW(name,
			  kd_path_open(path, false, &detail, &link) == KD_E_OS);
		CHECK_ROW(name, link == NULL);
		CHECK_ROW(name, detail.os_error != 0);
		CHECK_ROW(name, strstr(detail.text, path) != NULL);
		CHECK_ROW(name, strstr(detail.text, refusals[i].says) != NULL);
		CHECK_ROW(name, (kd_path_open(path, true, &detail, &link) ==
				 KD_OK) == refusals[i].can_come);
		kd_link_destroy(link);
		end_folder_remove(&f);
	}
}

static void test_long_paths(void)
{
	char path[400];
	struct kd_detail detail = { 0 };
	struct kd_link *link = NULL;

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	path[0] = '/';
	CHECK(kd_path_open(path, false, &detail, &link) == KD_E_OS);
	CHECK(detail.text[0] != '\0');
}

/* Does the system keep others away? Only Linux tells. */
#ifdef TIOCGEXCL
static void check_exclusive(int fd, bool want)
{
	int exclusive = !want;

	CHECK(ioctl(fd, TIOCGEXCL, &exclusive) == 0);
	CHECK_EQ("exclusive", exclusive, want);
}
#else
static void check_exclusive(int fd, bool want)
{
	(void)fd;
	(void)want;
}
#endif

static void test_pty(void)
{
	struct kd_detail detail = { 0 };
	struct kd_link *link = NULL, *second = NULL;
	struct termios before, during, after;
	char slave[END_PATH_LEN];
	int master = end_open_pty(slave);
	int probe = open(slave, O_RDWR | O_NOCTTY);

	CHECK(tcgetattr(probe, &before) == 0);
	CHECK((before.c_lflag & ECHO) != 0);
	CHECK(write(master, "stale\n", 6) == 6);
	CHECK(end_read(master, "stale\r\n")); /* so it has been echoed */
	if (CHECK(kd_path_open(slave, false, &detail, &link) == KD_OK)) {
		CHECK(tcgetattr(probe, &during) == 0);
		CHECK((during.c_lflag & (ECHO | ICANON | ISIG)) == 0);
		CHECK((during.c_oflag & OPOST) == 0);
		CHECK((during.c_cflag & CSIZE) == CS8);
		check_exclusive(probe, true);
		/* every byte passes, whatever it means to terminals */
		CHECK(end_send(link, "\x03\x11\x13\n\xff"));
		CHECK(end_read(master, "\x03\x11\x13\n\xff"));
		CHECK(write(master, "\x04\r\x7f\x13g", 5) == 5);
		CHECK(end_expect(link, "\x04\r\x7f\x13g"));
		CHECK(kd_path_open(slave, false, &detail, &second) == KD_E_OS);
		CHECK(strstr(detail.text, "in use by another") != NULL);
		kd_link_destroy(link);
		check_exclusive(probe, false);
		CHECK(tcgetattr(probe, &after) == 0);
		CHECK(after.c_lflag == before.c_lflag);
		CHECK(after.c_iflag == before.c_iflag);
		CHECK(kd_path_open(slave, false, &detail, &second) == KD_OK);
		kd_link_destroy(second);
	}
	close(probe);
	close(master);
}

static void test_pty_closes(void)
{
	struct kd_detail detail = { 0 };
	struct kd_link *link = NULL;
	char slave[END_PATH_LEN];
	int master = end_open_pty(slave);

	if (CHECK(kd_path_open(slave, false, &detail, &link) == KD_OK)) {
		close(master);
		CHECK(end_until_failure(link) == KD_E_LOST);
		CHECK(strstr(link->detail.text, slave) != NULL);
	}
	kd_link_destroy(link);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "refusals", test_refusals },
		{ "long paths", test_long_paths },
		{ "pseudo-terminal", test_pty },
		{ "pseudo-terminal closes", test_pty_closes },
	};

	return check_run("path", tests, sizeof(tests) / sizeof(tests[0]));
}
