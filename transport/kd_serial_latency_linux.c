#include "kd_serial_latency.h"

#include <fcntl.h>
#include <linux/serial.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum { PATH_LEN = 320 };

/* Drivers that know the flag set their own timer by it. */
static void set_flag(int fd)
{
	struct serial_struct serial;

	if (ioctl(fd, TIOCGSERIAL, &serial))
		return;
	serial.flags = (int)((unsigned)serial.flags | ASYNC_LOW_LATENCY);
	(void)ioctl(fd, TIOCSSERIAL, &serial);
}

/* Where the flag is ignored, the timer itself may be open to us. */
static void set_timer(const char *device)
{
	const char *slash = strrchr(device, '/');
	char path[PATH_LEN];
	int fd;

	if (!slash)
		return;
	snprintf(path, sizeof(path),
		 "/sys/class/tty/%.255s/device/latency_timer", slash + 1);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return;
	/* mostly root's alone; a refusal costs speed only */
	ssize_t ignored = write(fd, "1", 1);

	(void)ignored;
	close(fd);
}

void kd_serial_ask_low_latency(int fd, const char *device)
{
	set_flag(fd);
	set_timer(device);
}
