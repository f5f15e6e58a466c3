#ifndef HTTP_SERVER_H
#define HTTP_SERVER_H

/**
 * @file
 * A web server on this machine, in a process of its own, that answers as
 * badly as it is told to.
 */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/** How it answers for what a path begins with; else 404. */
struct http_reply {
	const char *path;
	enum {
		HTTP_FILE,     /* the file, or the range that is asked for */
		HTTP_NO_RANGE, /* the file, whatever range is asked for */
		HTTP_STATUS,   /* a status without a file */
		HTTP_REDIRECT, /* to the same path under another start */
		HTTP_SILENT,   /* nothing at all, until the client goes */
		HTTP_STALL,    /* a third, then nothing until it goes */
		HTTP_CUT,      /* a third of what is asked for, then the end */
		HTTP_OTHER,    /* a file that is not what was asked for */
	} kind;
	unsigned status; /* HTTP_STATUS */
	const char *to;	 /* HTTP_REDIRECT */
};

struct http_server {
	pid_t pid;
	char root[64];	 /* "http://127.0.0.1:PORT" */
	unsigned *asked; /* shared: requests for files so far */
};

/**
 * Start it.
 *
 * @param replies  ends with a path of NULL
 * @param file     what it has, whatever it is called
 */
bool http_server_start(struct http_server *s, const struct http_reply *replies,
		       const uint8_t *file, size_t len);
void http_server_stop(struct http_server *s);

#endif
