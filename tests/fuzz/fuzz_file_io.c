/* Covers: protocol/kd_file_io.c */

#include "kd_file_io.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { WIRE_MAX = 1 << 16, NAME_MAX_LEN = 300 };

static size_t again(const uint8_t *data, size_t len, uint8_t *out)
{
	struct kd_reader in = kd_reader_over(data, len);
	struct kd_writer w = kd_writer_over(out, WIRE_MAX);
	struct kd_file_io f;

	if (!kd_file_io_decode(&f, &in))
		return 0;
	if (f.data_len > len - KD_FILE_IO_SIZE)
		abort();
	kd_file_io_encode(&f, &w);
	if (w.bad || w.pos != KD_FILE_IO_SIZE + f.data_len)
		abort();
	return w.pos;
}

/* Is it well-formed UTF-8, as long as an independent count says? */
static void check_utf8(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	while (*at) {
		unsigned more = *at < 0x80   ? 0
				: *at < 0xc2 ? 9
				: *at < 0xe0 ? 1
				: *at < 0xf0 ? 2
				: *at < 0xf5 ? 3
					     : 9;

		if (more == 9)
			abort();
		for (at++; more; more--, at++)
			if ((*at & 0xc0) != 0x80)
				abort();
	}
}

/*
 * An encoded message is the received one, byte for byte, but for what lies
 * behind its data; and a name is UTF-8 in whatever room there is for it.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static uint8_t wire[WIRE_MAX];
	struct kd_reader in = kd_reader_over(data, len);
	struct kd_file_io f;
	char name[NAME_MAX_LEN];

	if (len > WIRE_MAX / 2)
		return 0;
	size_t n = again(data, len, wire);

	if ((n != 0) != (len >= KD_FILE_IO_SIZE))
		abort();
	if (!n)
		return 0;
	if (memcmp(wire, data, n) != 0 || !kd_file_io_decode(&f, &in))
		abort();
	for (size_t cap = 1; cap <= sizeof(name); cap += 1 + cap / 2) {
		memset(name, '#', sizeof(name));
		kd_file_io_name(&f, name, cap);
		if (!memchr(name, 0, cap))
			abort();
		check_utf8(name);
	}
	return 0;
}
