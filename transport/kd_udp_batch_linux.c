#define _GNU_SOURCE /* recvmmsg, sendmmsg */

#include "kd_udp_batch.h"

#include <string.h>

int kd_udp_receive_batch(int fd, struct kd_udp_datagram out[KD_UDP_BATCH])
{
	struct mmsghdr headers[KD_UDP_BATCH];
	struct iovec parts[KD_UDP_BATCH];
	int count;

	memset(headers, 0, sizeof(headers));
	for (size_t i = 0; i < KD_UDP_BATCH; i++) {
		struct msghdr *m = &headers[i].msg_hdr;

		parts[i] = (struct iovec){ out[i].bytes, sizeof(out[i].bytes) };
		m->msg_name = &out[i].from;
		m->msg_namelen = sizeof(out[i].from);
		m->msg_iov = &parts[i];
		m->msg_iovlen = 1;
	}
	count = recvmmsg(fd, headers, KD_UDP_BATCH, MSG_DONTWAIT, NULL);
	for (int i = 0; i < count; i++) {
		out[i].len = headers[i].msg_len;
		out[i].truncated = headers[i].msg_hdr.msg_flags & MSG_TRUNC;
	}
	return count;
}

int kd_udp_send_batch(int fd, const struct sockaddr_storage *to,
		      socklen_t to_len, const struct kd_chunk *chunks,
		      size_t count)
{
	struct mmsghdr headers[KD_UDP_BATCH];
	struct iovec parts[KD_UDP_BATCH];
	struct sockaddr_storage address = *to;

	if (count > KD_UDP_BATCH)
		count = KD_UDP_BATCH;
	memset(headers, 0, sizeof(headers));
	for (size_t i = 0; i < count; i++) {
		struct msghdr *m = &headers[i].msg_hdr;

		/* the interface has no const, but only reads */
		parts[i].iov_base = (void *)(uintptr_t)chunks[i].bytes;
		parts[i].iov_len = chunks[i].len;
		m->msg_name = &address;
		m->msg_namelen = to_len;
		m->msg_iov = &parts[i];
		m->msg_iovlen = 1;
	}
	return sendmmsg(fd, headers, (unsigned)count, MSG_DONTWAIT);
}
