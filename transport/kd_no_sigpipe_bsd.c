#include "kd_no_sigpipe.h"

#include <sys/socket.h>

int kd_no_sigpipe_flag(void)
{
	return 0;
}

void kd_no_sigpipe_set(int fd)
{
	int on = 1;

	/* it can only fail for what is no socket */
	(void)setsockopt(fd, SOL_SOCKET, SO_NOSIGPIPE, &on, sizeof(on));
}
