#ifndef KD_TRANSPORT_H
#define KD_TRANSPORT_H

/**
 * @file
 * Ways to reach a target, and the "-k" strings that name them.
 */

#include "kd_link.h"
#include "kd_net.h"

/** What the part before the first ':' or ',' says. */
enum kd_connect_kind {
	KD_CONNECT_NET,	   /**< net:port=,key=[,target=] */
	KD_CONNECT_SERIAL, /**< com:port=,baud= */
	KD_CONNECT_PATH,   /**< com:pipe,port=PATH: unix socket, tty or pty */
	KD_CONNECT_TCP,	   /**< com:ipport=,port=HOST and tcp:HOST:PORT */
};

/** A "-k" string, taken apart. Zero-filled but for what was named. */
struct kd_connect {
	enum kd_connect_kind kind;
	char path[256]; /**< device or socket path, or TCP host */
	uint16_t port;	/**< UDP or TCP */
	unsigned baud;	/**< serial; accepted and of no meaning elsewhere */
	bool has_resets;
	unsigned resets; /**< 0: no limit (WinDbg's meaning) */
	bool reconnect;
	char target[256];   /**< net: host name or address, "" for none */
	char key_file[256]; /**< net: where key=@FILE was read; "" if not */
	bool has_key;
	struct kd_net_key key; /**< net: if has_key; wipe after use */
};

/**
 * Read a "-k" string, and the key's file if it names one. A missing key is
 * no error here (has_key): a program may have it from elsewhere.
 *
 * @param detail  filled on failure: which part is wrong, and what was
 *                expected. Never holds a key, nor anything that might be
 *                one.
 * @return KD_E_FORMAT
 * @return KD_E_OS if the key's file cannot be read
 * @return KD_E_UNSUPPORTED if this build lacks what it names
 */
KD_API KD_MUST_USE enum kd_status kd_connect_parse(const char *text,
						   struct kd_detail *detail,
						   struct kd_connect *ret);

/**
 * Read a key from a file of at most 256 bytes: the key alone, white space
 * around it does not matter.
 *
 * @param detail  filled on failure; never holds a key
 * @return KD_E_OS if it cannot be read, KD_E_FORMAT if it holds no key,
 *         KD_E_UNSUPPORTED as kd_net_key_parse()
 */
KD_API KD_MUST_USE enum kd_status kd_connect_read_key(const char *path,
						      struct kd_detail *detail,
						      struct kd_net_key *ret);

/**
 * Open the link that @p c names.
 *
 * @param detail  filled on failure: one sentence, and what to do
 * @return KD_E_OS: port in use, no rights, no such device, no such host…
 * @return KD_E_NOMEM, KD_E_UNSUPPORTED
 */
KD_API KD_MUST_USE enum kd_status kd_connect_open(const struct kd_connect *c,
						  struct kd_detail *detail,
						  struct kd_link **ret);

/**
 * A host name or address becomes an endpoint. "HOST:PORT", where HOST holds
 * no colon, has a port of its own instead of @p port.
 *
 * @return KD_E_OS if it is not known
 */
KD_API KD_MUST_USE enum kd_status kd_resolve(const char *host, uint16_t port,
					     struct kd_detail *detail,
					     struct kd_endpoint *ret);

/* The same links, opened one by one; parameters and errors as above. */

/**
 * UDP on @p port of every local address; IPv6 and IPv4 where there is. Port 0
 * is one that happens to be free; the link's name tells which.
 */
KD_API KD_MUST_USE enum kd_status kd_udp_open(uint16_t port,
					      struct kd_detail *detail,
					      struct kd_link **ret);

/**
 * Our own address as @p peer sees it, by the routing table; nothing is sent.
 *
 * @param port  put into the result
 * @return false if there is no way to the peer
 */
KD_API bool kd_udp_local(const struct kd_endpoint *peer, uint16_t port,
			 struct kd_endpoint *ret);

/*
 * The stream links below can reconnect: they then open even if the other end
 * is not there yet, never fail with KD_E_LOST, and try to come (back) at most
 * four times a second, which happens inside their wait, send and receive.
 * While there is no connection nothing arrives, what is sent is dropped, and
 * so is the rest of a stretch that had gone out in part. Their descriptor is
 * -1 or another one then, so ask for it before each poll().
 */

/**
 * A serial device by libserialport: 8N1, no flow control, low latency where
 * the system offers it. Any rate that the device accepts; others are KD_E_OS.
 */
KD_API KD_MUST_USE enum kd_status kd_serial_open(const char *device,
						 unsigned baud, bool reconnect,
						 struct kd_detail *detail,
						 struct kd_link **ret);

/**
 * A unix socket to connect to, or a terminal or pseudo-terminal to open raw
 * at the speed that it has and to set back on destroy.
 */
KD_API KD_MUST_USE enum kd_status kd_path_open(const char *path, bool reconnect,
					       struct kd_detail *detail,
					       struct kd_link **ret);

/**
 * A TCP connection, with Nagle's algorithm off. Without @p reconnect it is
 * made within five seconds, besides the time to look up the name.
 */
KD_API KD_MUST_USE enum kd_status kd_tcp_open(const char *host, uint16_t port,
					      bool reconnect,
					      struct kd_detail *detail,
					      struct kd_link **ret);

#endif
