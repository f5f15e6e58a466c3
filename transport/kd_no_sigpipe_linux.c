#include "kd_no_sigpipe.h"

#include <sys/socket.h>

int kd_no_sigpipe_flag(void)
{
	return MSG_NOSIGNAL;
}

void kd_no_sigpipe_set(int fd)
{
	(void)fd;
}
