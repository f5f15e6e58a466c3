#include "kd_serial_latency.h"

void kd_serial_ask_low_latency(int fd, const char *device)
{
	(void)fd;
	(void)device;
}
