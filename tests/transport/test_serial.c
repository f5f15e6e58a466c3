#include "check.h"
#include "ends.h"
#include "kd_transport.h"
#include "modem_shim.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

/* A pseudo-terminal under a name that libserialport takes for a device. */
struct scene {
	struct end_folder folder;
	char link_path[END_PATH_LEN];
	char device[END_PATH_LEN];
	char slave[END_PATH_LEN];
	int master;
};

static bool plug_in(struct scene *s)
{
	s->master = end_open_pty(s->slave);
	return CHECK(s->master >= 0) &&
	       CHECK(symlink(s->slave, s->link_path) == 0);
}

static bool set_up(struct scene *s)
{
	modem_shim = (struct modem_shim){ 0 };
	*s = (struct scene){ .master = -1 };
	if (!CHECK(end_folder_create(&s->folder)))
		return false;
	end_folder_file(&s->folder, "ttyX", s->link_path);
	/* it also looks for the name below /sys/class/tty, a link as well */
	snprintf(s->device, sizeof(s->device), "/dev/../../..%.200s",
		 s->link_path);
	return plug_in(s);
}

static void take_down(struct scene *s)
{
	if (s->master >= 0)
		close(s->master);
	end_folder_remove(&s->folder);
}

// clang-format off
static const struct {
	const char *name;
	unsigned baud;
	unsigned has; /* what the driver reports; 0 for the truth */
	bool refuses;
	const char *says; /* NULL: it opens */
} rates[] = {
	{ "the usual",            115200,  0,      false, NULL },
	{ "the fastest of Windows", 921600, 0,     false, NULL },
	{ "beyond",               3000000, 0,      false, NULL },
	{ "in no table",          250000,  0,      false, NULL },
	{ "nearly",               250000,  245000, false, NULL },
	{ "not nearly",           250000,  230400, false, "cannot do 250000 baud; the nearest that it has is 230400" },
	{ "too slow by far",      250000,  9600,   false, "the nearest that it has is 9600" },
	{ "refused",              250000,  0,      true,  "cannot do 250000 baud" },
	{ "none",                 0,       0,      false, "0 baud" },
	{ "no number of a system", 4000000000u, 0, false, "4000000000 baud" },
};
// clang-format on

static void test_rates(void)
{
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		const char *name = rates[i].name;
		struct kd_detail detail = { 0 };
		struct kd_link *link = NULL;
		struct scene s;
		enum kd_status status;

		if (set_up(&s)) {
			modem_shim.force_baud = rates[i].has;
			modem_shim.refuse_baud = rates[i].refuses;
			status = kd_serial_open(s.device, rates[i].baud, false,
						&detail, &link);
			CHECK_ROW(name,
				  status == (rates[i].says ? KD_E_OS : KD_OK));
			if (rates[i].says)
				CHECK_ROW(name, strstr(detail.text,
						       rates[i].says) != NULL);
			if (link)
				CHECK_EQ(name, link->baud, rates[i].baud);
			kd_link_destroy(link);
		}
		take_down(&s);
	}
}

static void test_line(void)
{
	struct kd_detail detail = { 0 };
	struct kd_link *link = NULL, *second = NULL;
	struct termios t;
	struct scene s;

	/* once it is echoed, it waits for whoever opens the device */
	if (set_up(&s) && CHECK(write(s.master, "stale\n", 6) == 6) &&
	    CHECK(end_read(s.master, "stale\r\n")) &&
	    CHECK(kd_serial_open(s.device, 921600, false, &detail, &link) ==
		  KD_OK)) {
		CHECK(link->kind == KD_LINK_STREAM);
		CHECK_TEXT(NULL, link->name, s.device);
		CHECK(modem_shim.low_latency);
		CHECK(tcgetattr(link->ops->descriptor(link), &t) == 0);
		CHECK_EQ(NULL, modem_shim.set_baud, 921600);
		CHECK((t.c_cflag & (CSIZE | PARENB | CSTOPB | CRTSCTS)) == CS8);
		CHECK((t.c_iflag & (IXON | IXOFF | ICRNL | INLCR | ISTRIP)) ==
		      0);
		CHECK((t.c_lflag & (ECHO | ICANON | ISIG)) == 0);
		CHECK((t.c_oflag & OPOST) == 0);
		CHECK(end_send(link, "\x03\x11\x13\n\xff"));
		CHECK(end_read(s.master, "\x03\x11\x13\n\xff"));
		CHECK(write(s.master, "\x04\r\x7f\x13g", 5) == 5);
		CHECK(end_expect(link, "\x04\r\x7f\x13g"));

		CHECK(kd_serial_open(s.device, 921600, false, &detail,
				     &second) == KD_E_OS);
		CHECK(strstr(detail.text, "in use by another program") != NULL);
		CHECK_EQ("busy", detail.os_error, EBUSY);
		kd_link_destroy(link);
		CHECK(kd_serial_open(s.device, 921600, false, &detail,
				     &second) == KD_OK);
		kd_link_destroy(second);
	}
	take_down(&s);
}

static void test_refusals(void)
{
	struct kd_detail detail = { 0 };
	struct kd_link *link = NULL;
	struct scene s;
	char file[END_PATH_LEN];

	if (set_up(&s)) {
		modem_shim.no_modem_lines = true;
		CHECK(kd_serial_open(s.device, 115200, false, &detail, &link) ==
		      KD_E_OS);
		CHECK(detail.text[0] != '\0');
		CHECK(kd_serial_open(s.slave, 115200, false, &detail, &link) ==
		      KD_E_OS);
		CHECK(strstr(detail.text, "is no serial port") != NULL);
		end_folder_file(&s.folder, "ttyY", file);
		CHECK(kd_serial_open(file, 115200, false, &detail, &link) ==
		      KD_E_OS);
		CHECK(strstr(detail.text, "is it plugged in?") != NULL);
		CHECK(link == NULL);
	}
	take_down(&s);
}

/* As below /dev/serial/by-id: a link to a name that libserialport knows. */
static void test_by_link(void)
{
	struct kd_detail detail = { 0 };
	struct kd_link *link = NULL;
	struct scene s;
	char known[PATH_MAX], path[END_PATH_LEN];

	if (!realpath("/dev/ptmx", known) || strcmp(known, "/dev/ptmx") ||
	    access("/sys/class/tty/ptmx", F_OK)) {
		check_skip("there is no terminal that is sure to open");
		return;
	}
	if (set_up(&s)) {
		end_folder_file(&s.folder, "by-id", path);
		CHECK(symlink(known, path) == 0);
		if (!CHECK(kd_serial_open(path, 115200, false, &detail,
					  &link) == KD_OK))
			printf("\nsays: %s\n", detail.text);
		kd_link_destroy(link);
	}
	take_down(&s);
}

static void test_unplugged(void)
{
	struct kd_detail detail = { 0 };
	struct kd_link *link = NULL;
	struct scene s;

	if (set_up(&s) && CHECK(kd_serial_open(s.device, 115200, false, &detail,
					       &link) == KD_OK)) {
		close(s.master);
		s.master = -1;
		CHECK(end_until_failure(link) == KD_E_LOST);
		CHECK(strstr(link->detail.text, "was it unplugged?") != NULL);
	}
	kd_link_destroy(link);
	take_down(&s);
}

static void test_plugged_in_again(void)
{
	struct kd_detail detail = { 0 };
	struct kd_link *link = NULL;
	struct scene s;

	if (set_up(&s) && CHECK(kd_serial_open(s.device, 115200, true, &detail,
					       &link) == KD_OK)) {
		unlink(s.link_path);
		close(s.master);
		while (link->ops->descriptor(link) >= 0) {
			uint8_t buf[4];
			size_t n;

			CHECK(link->ops->receive(link, buf, sizeof(buf), NULL,
						 &n) == KD_OK);
		}
		CHECK(plug_in(&s));
		while (link->ops->descriptor(link) < 0)
			CHECK(link->ops->wait(link, false, -1, KD_NEVER) ==
			      KD_OK);
		CHECK(write(s.master, "hello", 5) == 5);
		CHECK(end_expect(link, "hello"));
	}
	kd_link_destroy(link);
	take_down(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rates", test_rates },
		{ "line", test_line },
		{ "refusals", test_refusals },
		{ "by a link", test_by_link },
		{ "unplugged", test_unplugged },
		{ "plugged in again", test_plugged_in_again },
	};

	return check_run("serial", tests, sizeof(tests) / sizeof(tests[0]));
}
