#ifndef KD_NO_SIGPIPE_H
#define KD_NO_SIGPIPE_H

/**
 * @file
 * A write to a socket that the other end has closed must fail, not end the
 * program. Linux says so with each send, the BSDs and macOS once per socket.
 * Private to transport/.
 */

/** The flag for send(). */
int kd_no_sigpipe_flag(void);

/** Prepare a socket. */
void kd_no_sigpipe_set(int fd);

#endif
