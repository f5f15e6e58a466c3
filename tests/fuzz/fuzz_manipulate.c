/* Covers: protocol/kd_manipulate.c */

#include "kd_manipulate.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum { WIRE_MAX = 1 << 16, SHORT_SIZE = 16 };

static size_t again(enum kd_arch arch, const uint8_t *data, size_t len,
		    uint8_t *out)
{
	struct kd_reader in = kd_reader_over(data, len);
	struct kd_writer w = kd_writer_over(out, WIRE_MAX);
	struct kd_manipulate m;

	if (!kd_manipulate_decode(arch, &m, &in))
		return 0;
	if (kd_manipulate_answer_len(&m) > m.data_len ||
	    (m.data_len && m.data + m.data_len != data + len) ||
	    !kd_api_name(m.api))
		abort();
	kd_manipulate_encode(arch, &m, &w);
	if (w.bad || w.pos != KD_MANIPULATE_SIZE + m.data_len)
		abort();
	return w.pos;
}

/*
 * Whatever is 16 bytes or more decodes; what follows the header is passed on
 * whole; and it means the same after it was written and read again.
 */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	static const enum kd_arch archs[] = { KD_ARCH_X64, KD_ARCH_X86,
					      KD_ARCH_ARM, KD_ARCH_ARM64,
					      KD_ARCH_UNKNOWN };
	static uint8_t first[WIRE_MAX], second[WIRE_MAX];

	if (len > WIRE_MAX / 2)
		return 0;
	for (size_t i = 0; i < sizeof(archs) / sizeof(archs[0]); i++) {
		size_t n = again(archs[i], data, len, first);

		if ((n != 0) != (len >= SHORT_SIZE))
			abort();
		if (n && (again(archs[i], first, n, second) != n ||
			  memcmp(first, second, n) != 0))
			abort();
	}
	return 0;
}
