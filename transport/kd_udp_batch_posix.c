#include "kd_udp_batch.h"

#include <string.h>

/* 1, or -1 with errno set */
static int receive_one(int fd, struct kd_udp_datagram *out)
{
	struct iovec part = { out->bytes, sizeof(out->bytes) };
	struct msghdr m = { 0 };
	ssize_t n;

	m.msg_name = &out->from;
	m.msg_namelen = sizeof(out->from);
	m.msg_iov = &part;
	m.msg_iovlen = 1;
	n = recvmsg(fd, &m, 0);
	if (n < 0)
		return -1;
	out->len = (size_t)n;
	out->truncated = m.msg_flags & MSG_TRUNC;
	return 1;
}

int kd_udp_receive_batch(int fd, struct kd_udp_datagram out[KD_UDP_BATCH])
{
	int count = 0;

	while (count < KD_UDP_BATCH && receive_one(fd, &out[count]) == 1)
		count++;
	return count ? count : -1;
}

int kd_udp_send_batch(int fd, const struct sockaddr_storage *to,
		      socklen_t to_len, const struct kd_chunk *chunks,
		      size_t count)
{
	int sent = 0;

	if (count > KD_UDP_BATCH)
		count = KD_UDP_BATCH;
	while ((size_t)sent < count &&
	       sendto(fd, chunks[sent].bytes, chunks[sent].len, 0,
		      (const struct sockaddr *)to, to_len) >= 0)
		sent++;
	return sent ? sent : -1;
}
