#ifndef ENDS_H
#define ENDS_H

/**
 * @file
 * The far ends that the tests of stream links talk to, all in one process.
 */

#include "kd_link.h"

enum { END_PATH_LEN = 256 };

/** An empty folder to put sockets into; end_folder_remove() takes it away. */
struct end_folder {
	char path[128];
};
bool end_folder_create(struct end_folder *f);
void end_folder_remove(const struct end_folder *f);
/** PATH/NAME; returns @p out. */
const char *end_folder_file(const struct end_folder *f, const char *name,
			    char out[END_PATH_LEN]);

/** A listening unix socket; -1 if the system refuses. */
int end_listen_unix(const char *path);
/** A listening TCP socket on the loopback address; its port. */
int end_listen_tcp(uint16_t *ret_port);
/** The master of a pseudo-terminal, non-blocking; its slave's name. */
int end_open_pty(char ret_slave[END_PATH_LEN]);

/** Send all of @p text over the link; false if it takes too long. */
bool end_send(struct kd_link *l, const char *text);
/** Receive until @p text has come, and nothing else. */
bool end_expect(struct kd_link *l, const char *text);
/** Read from a descriptor until @p text has come, and nothing else. */
bool end_read(int fd, const char *text);
/** Wait and receive until the link fails; the status, KD_OK if it never did. */
enum kd_status end_until_failure(struct kd_link *l);

#endif
