/* Covers: protocol/kd_context.c */
/* Covers: protocol/kd_context_arm.c */
/* Covers: protocol/kd_context_arm64.c */
/* Covers: protocol/kd_context_x64.c */
/* Covers: protocol/kd_context_x86.c */

#include "kd_context.h"
#include "kd_cursor.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

/* Any lengths, as a target may claim them, and then the bytes themselves. */
static struct kd_context from_bytes(struct kd_reader *in)
{
	static const enum kd_arch archs[] = { KD_ARCH_X64, KD_ARCH_X86,
					      KD_ARCH_ARM, KD_ARCH_ARM64 };
	struct kd_context c = { .arch = archs[kd_read_u8(in) % 4] };

	c.len = kd_read_le16(in);
	c.special_len = kd_read_le16(in);
	for (size_t i = 0; i < sizeof(c.bytes); i++)
		c.bytes[i] = kd_read_u8(in);
	for (size_t i = 0; i < sizeof(c.special); i++)
		c.special[i] = kd_read_u8(in);
	return c;
}

static void check_register(const struct kd_context *was,
			   const struct kd_register *r, uint64_t value)
{
	struct kd_context c = *was;
	unsigned bits = kd_register_bits(r);
	uint64_t before, after;

	if (!kd_register_get(&c, r, &before)) {
		if (kd_register_set(&c, r, value))
			abort();
		return;
	}
	if (bits < 64)
		value &= (UINT64_C(1) << bits) - 1;
	if (!kd_register_set(&c, r, value) || !kd_register_get(&c, r, &after) ||
	    after != value || !kd_register_set(&c, r, before) ||
	    memcmp(c.bytes, was->bytes, sizeof(c.bytes)) != 0 ||
	    memcmp(c.special, was->special, sizeof(c.special)) != 0)
		abort();
}

/* A register holds what was put into it, and no other bit moves. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	struct kd_reader in = kd_reader_over(data, len);
	uint64_t value = kd_read_le64(&in);
	struct kd_context c = from_bytes(&in);
	size_t count;
	const struct kd_register *r = kd_context_registers(c.arch, &count);

	for (size_t i = 0; i < count; i++)
		check_register(&c, &r[i], value);
	if (kd_context_set_pc(&c, value)) {
		uint64_t mask = kd_arch_pointer_size(c.arch) == 8 ? UINT64_MAX
								  : UINT32_MAX;

		if (kd_context_pc(&c) != (value & mask))
			abort();
	}
	return 0;
}
