#include "check.h"
#include "kd_tty.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

// clang-format off
static const struct {
	const char *name;
	const char *path;
	int os_error;
	int told; /* the detail's errno */
	enum kd_status status;
	const char *says;
} rows[] = {
	{ "not there",        "/dev/ttyUSB9", ENOENT, ENOENT, KD_E_LOST, "there is no device /dev/ttyUSB9; is it plugged in?" },
	{ "no such hardware", "/dev/ttyS9",   ENXIO,  ENXIO,  KD_E_LOST, "is it plugged in?" },
	{ "in use",           "/dev/ttyUSB0", EBUSY,  EBUSY,  KD_E_LOST, "/dev/ttyUSB0 is in use by another program" },
	{ "locked",           "/dev/ttyUSB0", EAGAIN, EBUSY,  KD_E_LOST, "in use" },
	{ "no rights at all", "/",            EACCES, EACCES, KD_E_OS,   "have its owner or root grant it" },
	{ "no terminal",      "/dev/null",    ENOTTY, ENOTTY, KD_E_OS,   "/dev/null is no terminal" },
	{ "anything else",    "/dev/tty",     ENOMEM, ENOMEM, KD_E_OS,   "cannot open /dev/tty: " },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_detail d = { 0 };

		kd_tty_explain(rows[i].path, rows[i].os_error, &d);
		CHECK_ROW(rows[i].name, strstr(d.text, rows[i].says) != NULL);
		CHECK_EQ(rows[i].name, d.os_error, rows[i].told);
		CHECK_ROW(rows[i].name,
			  kd_tty_status(rows[i].os_error) == rows[i].status);
	}
}

/* A device that is for a group, as serial ports are, names that group. */
static void test_names_the_group(void)
{
	static const char *const devices[] = { "/dev/ttyS0", "/dev/ptmx",
					       "/dev/tty", "/dev/ttyAMA0" };

	for (size_t i = 0; i < sizeof(devices) / sizeof(devices[0]); i++) {
		struct kd_detail d = { 0 };
		struct stat st;

		if (stat(devices[i], &st) || st.st_gid == 0 ||
		    !(st.st_mode & S_IWGRP))
			continue;
		kd_tty_explain(devices[i], EACCES, &d);
		CHECK_ROW(devices[i], strstr(d.text, "for the group ") != NULL);
		CHECK_ROW(devices[i], strstr(d.text, "usermod -aG") != NULL);
		return;
	}
	check_skip("no device here belongs to a group");
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "names the group", test_names_the_group },
	};

	return check_run("tty", tests, sizeof(tests) / sizeof(tests[0]));
}
