/* Covers: transport/kd_capture_read.c */
/* Covers: transport/kd_capture_frame.c */
/* Covers: transport/kd_capture_gunzip.c */

/*
 * Any bytes as a capture file: what is handed out lies within bounds, is
 * numbered in order, and is the same each time.
 */

#include "kd_capture.h"
#include "kd_packet.h"

#include <stdlib.h>

enum { INFLATE_MAX = 1 << 20, RECORD_MAX = 1 << 24 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void require(bool held)
{
	if (!held)
		abort();
}

static void check_failure(enum kd_status st, const struct kd_detail *detail)
{
	require(st == KD_E_FORMAT || st == KD_E_UNSUPPORTED ||
		st == KD_E_SPACE);
	require(detail->text[0]);
}

/* Everything that is read, folded into one number. */
static uint64_t told(const uint8_t *data, size_t len)
{
	FILE *file = tmpfile();
	struct kd_detail detail = { 0 };
	struct kd_capture_record r;
	struct kd_capture *c;
	uint64_t told = 0, last = 0;
	enum kd_status st;

	require(file && fwrite(data, 1, len, file) == len);
	rewind(file);
	st = kd_capture_open_file(file, INFLATE_MAX, &detail, &c);
	if (st != KD_OK) {
		check_failure(st, &detail);
		return (uint64_t)st;
	}
	while ((st = kd_capture_next(c, &detail, &r)) == KD_OK) {
		require(r.number > last && r.len <= RECORD_MAX);
		last = r.number;
		told = told * 31 + kd_packet_checksum(r.bytes, r.len) +
		       r.wall_us + r.from.port + r.cut;
	}
	if (st != KD_E_END)
		check_failure(st, &detail);
	require(kd_capture_get_counters(c)->given <= last);
	kd_capture_close(c);
	return told + (uint64_t)st;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	require(told(data, len) == told(data, len));
	return 0;
}
