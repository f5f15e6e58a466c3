#include "modem_shim.h"

#include "kd_status.h"

/* the kernel's struct termios2, which <termios.h> does not have */
#include <asm/termbits.h>
#include <errno.h>
#include <linux/serial.h>
#include <stdarg.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

struct modem_shim modem_shim;

static int report_rate(int fd, void *out)
{
	struct termios2 *t = out;

	if (syscall(SYS_ioctl, fd, TCGETS2, out) < 0)
		return -1;
	if (modem_shim.force_baud) {
		t->c_cflag = (t->c_cflag & ~(unsigned)CBAUD) | BOTHER;
		t->c_ispeed = t->c_ospeed = modem_shim.force_baud;
	}
	return 0;
}

KD_API int ioctl(int fd, unsigned long request, ...)
{
	va_list args;
	void *arg;

	va_start(args, request);
	arg = va_arg(args, void *);
	va_end(args);
	switch (request) {
	case TIOCMGET:
		if (modem_shim.no_modem_lines)
			break;
		*(int *)arg = TIOCM_CTS | TIOCM_DSR | TIOCM_CAR;
		return 0;
	case TIOCMSET:
	case TIOCMBIS:
	case TIOCMBIC:
		return 0;
	case TIOCGSERIAL:
		memset(arg, 0, sizeof(struct serial_struct));
		return 0;
	case TIOCSSERIAL:
		modem_shim.low_latency =
			(unsigned)((struct serial_struct *)arg)->flags &
			ASYNC_LOW_LATENCY;
		return 0;
	case TCGETS2:
		return report_rate(fd, arg);
	case TCSETS2:
		if (modem_shim.refuse_baud) {
			errno = EINVAL;
			return -1;
		}
		modem_shim.set_baud = ((struct termios2 *)arg)->c_ospeed;
		break;
	default:
		break;
	}
	return (int)syscall(SYS_ioctl, fd, request, arg);
}
