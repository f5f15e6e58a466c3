#ifndef KD_CAPTURE_H
#define KD_CAPTURE_H

/**
 * @file
 * Capture files: reading what tcpdump, Wireshark and we ourselves recorded,
 * and recording a live link. KDNET is kept as UDP datagrams, a byte stream as
 * RTAC serial records, which Wireshark knows too. No key is ever written.
 *
 * Without libpcap in the build every call returns KD_E_UNSUPPORTED.
 */

#include "kd_link.h"
#include "kd_trace.h"

#include <stdio.h>

/** One UDP datagram, or one stretch of a byte stream. */
struct kd_capture_record {
	enum kd_link_kind kind;
	uint64_t number;  /**< of the record in the file, from 1 */
	uint64_t wall_us; /**< microseconds since 1970 */
	/** Datagrams. */
	struct kd_endpoint from, to;
	/** Datagrams: the capture kept only a first part of it. */
	bool cut;
	/** Streams: sent by the side that recorded it, which is the host. */
	bool from_host;
	const uint8_t *bytes; /**< valid until the next call */
	size_t len;
};

/** What was passed over on the way. */
struct kd_capture_counters {
	uint64_t records;      /**< in the file, of any kind */
	uint64_t given;	       /**< handed out */
	uint64_t not_udp;      /**< other protocols, and events of a line */
	uint64_t fragments;    /**< of UDP; they are not put together */
	uint64_t malformed;    /**< headers that contradict themselves */
	uint64_t cut;	       /**< kept in part; those with all headers are
				  handed out */
	uint64_t unknown_link; /**< link types that we cannot read */
};

struct kd_capture;

/** How far a gzip file is inflated unless the caller says otherwise. */
#define KD_CAPTURE_INFLATE_MAX ((uint64_t)1 << 30)

/**
 * Open a capture file: pcap or pcapng, also compressed by gzip.
 *
 * A damaged gzip file opens as far as it can be inflated; the damage is
 * reported by kd_capture_next() after the last record.
 *
 * @param detail  filled on failure: one sentence, and how to convert the file
 *                where that helps
 * @return KD_E_OS if the file cannot be read, or no temporary file written
 * @return KD_E_FORMAT if it is no capture
 * @return KD_E_SPACE if it inflates to more than KD_CAPTURE_INFLATE_MAX
 * @return KD_E_UNSUPPORTED if its link type, or a variant of the format, is
 *         none that we or libpcap can read
 * @return KD_E_NOMEM
 */
KD_API KD_MUST_USE enum kd_status kd_capture_open(const char *path,
						  struct kd_detail *detail,
						  struct kd_capture **ret);

/**
 * As kd_capture_open(), from an open file, which is closed in every case.
 *
 * @param inflate_max  most bytes that a gzip file may inflate to
 */
KD_API KD_MUST_USE enum kd_status kd_capture_open_file(FILE *file,
						       uint64_t inflate_max,
						       struct kd_detail *detail,
						       struct kd_capture **ret);

/** Close and free; NULL is accepted. */
KD_API void kd_capture_close(struct kd_capture *c);

/**
 * The next UDP datagram or stretch of a stream; what else is in the file is
 * counted and passed over.
 *
 * @param detail  filled on failure: what is wrong, and at which offset
 * @return KD_E_END after the last
 * @return KD_E_FORMAT if the file is damaged or ends within a record
 * @return KD_E_UNSUPPORTED if libpcap cannot go on, although the file may be
 *         sound; the detail says how to convert it
 */
KD_API KD_MUST_USE enum kd_status kd_capture_next(
	struct kd_capture *c, struct kd_detail *detail,
	struct kd_capture_record *ret);

KD_API const struct kd_capture_counters *kd_capture_get_counters(
	const struct kd_capture *c);

/** What a new capture file is made of. */
struct kd_capture_config {
	enum kd_link_kind kind;
	/**
	 * Our own end of the datagrams. A socket has many: with an address of
	 * zeros, the one is written that the system would send from.
	 */
	struct kd_endpoint local;
	/** The link's clock and the time of day, both now. */
	uint64_t now_us, wall_us;
};

struct kd_capture_writer;

/**
 * Make a capture file, or empty one that exists.
 *
 * @param detail  filled on failure
 * @return KD_E_OS if the file cannot be written
 * @return KD_E_NOMEM, KD_E_UNSUPPORTED
 */
KD_API KD_MUST_USE enum kd_status kd_capture_writer_create(
	const char *path, const struct kd_capture_config *config,
	struct kd_detail *detail, struct kd_capture_writer **ret);

/** Close and free; NULL is accepted. */
KD_API void kd_capture_writer_destroy(struct kd_capture_writer *w);

/**
 * A kd_trace_fn that writes; its ctx is the writer. Each record is given to
 * the system at once, so that a crash of the program loses none.
 */
KD_API void kd_capture_writer_trace(void *writer, uint64_t now_us,
				    bool outgoing,
				    const struct kd_endpoint *peer,
				    const uint8_t *bytes, size_t len);

/**
 * How writing has gone so far; nothing more is written after a failure.
 *
 * @param detail  filled on failure
 * @return KD_E_OS if the disk is full, or the like
 */
KD_API KD_MUST_USE enum kd_status kd_capture_writer_status(
	const struct kd_capture_writer *w, struct kd_detail *detail);

#endif
