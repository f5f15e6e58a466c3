#ifndef LAB_PORT_H
#define LAB_PORT_H

/**
 * @file
 * Where the target's bytes come from and go to: UDP (lab_net.c), or a stream
 * that somebody connects to (lab_stream.c). Nothing here blocks.
 */

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum lab_port_kind {
	LAB_PORT_UDP,
	LAB_PORT_SOCKET, /* unix or TCP: one client at a time */
	LAB_PORT_PTY,
};

struct lab_port {
	enum lab_port_kind kind;
	int listener; /* -1: none */
	int fd;	      /* -1: nobody is connected */
	/* what could not be written yet */
	uint8_t out[8192];
	size_t out_len;
	/* UDP, IPv4 */
	uint8_t local_address[4], host_address[4], sender_address[4];
	uint16_t local_port, host_port, sender_port;
	char path[256];	 /* to unlink at the end; "" for none */
	char name[320];	 /* for people, and for the ready line */
	char error[400]; /* after a failure, one sentence */
};

/** To "HOST:PORT", from a local port (0: any). */
bool lab_port_udp(struct lab_port *p, const char *to, uint16_t from);
/** Listen on a unix socket; an old socket there is replaced. */
bool lab_port_unix(struct lab_port *p, const char *path);
/** Listen on loopback; port 0: any. */
bool lab_port_tcp(struct lab_port *p, uint16_t port);
/** A pseudo-terminal; @p link, if not NULL, becomes a symbolic link to it. */
bool lab_port_pty(struct lab_port *p, const char *link);
void lab_port_close(struct lab_port *p);

/** One datagram, or some bytes; 0: none now. Takes clients as they come. */
size_t lab_port_receive(struct lab_port *p, uint8_t *out, size_t cap);
/** May lab_port_send() be called? */
bool lab_port_ready(const struct lab_port *p);
/** Send, or keep for later; with nobody there it is lost. */
void lab_port_send(struct lab_port *p, const uint8_t *bytes, size_t len);
/** Send on to whoever sent the last datagram. */
void lab_port_follow_sender(struct lab_port *p);

/**
 * Sleep until something may be done, @p us at most.
 *
 * Signals that @p mask lets through end it.
 *
 * @return false if a signal came
 */
bool lab_port_wait(struct lab_port *p, uint64_t us, const sigset_t *mask);

/* Shared by the two files. */

size_t lab_net_receive(struct lab_port *p, uint8_t *out, size_t cap);
void lab_net_send(struct lab_port *p, const uint8_t *bytes, size_t len);

/** Never blocks, and does not survive exec. */
bool lab_port_set_up(int fd);
/** Write the system's reason behind @p what into p->error; false. */
bool lab_port_fail(struct lab_port *p, const char *what);

#endif
