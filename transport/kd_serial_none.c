#include "kd_transport.h"

enum kd_status kd_serial_open(const char *device, unsigned baud, bool reconnect,
			      struct kd_detail *detail, struct kd_link **ret)
{
	(void)baud;
	(void)reconnect;
	(void)ret;
	kd_detail_set(detail,
		      "this build has no serial ports; com:pipe,port=%.100s "
		      "opens a terminal at the speed that it has",
		      device);
	return KD_E_UNSUPPORTED;
}
