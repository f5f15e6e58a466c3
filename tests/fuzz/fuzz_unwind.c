/* Covers: symbols/kd_unwind_arm64.c */
/* Covers: symbols/kd_unwind_arm64_codes.c */
/* Covers: symbols/kd_unwind_arm64_packed.c */
/* Covers: symbols/kd_unwind_arm64_step.c */
/* Covers: symbols/kd_unwind_x64.c */
/* Covers: symbols/kd_unwind_x64_epilog.c */
/* Covers: symbols/kd_unwind_x64_step.c */

#include "kd_cursor.h"
#include "kd_unwind_arm64.h"
#include "kd_unwind_x64.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum {
	CONTROL = 12, /* bytes before the image's */
	ENTRIES = 4,
	STACK = 0x100000,
};

/* An image without headers: the table, and all else, is in the input. */
static struct kd_pe image_over(struct kd_memory_bytes *m, uint16_t machine)
{
	struct kd_pe pe = {
		.memory = kd_memory_over(m),
		.machine = machine,
		.size_of_image = (uint32_t)m->len,
	};

	pe.directory[KD_PE_EXCEPTION].size =
		ENTRIES * (machine == KD_ARCH_X64 ? 12 : 8);
	return pe;
}

static void check_arm64(struct kd_memory_bytes *m)
{
	struct kd_pe pe = image_over(m, KD_ARCH_ARM64);

	for (uint32_t i = 0; i < kd_arm64_function_count(&pe); i++) {
		struct kd_arm64_function f;
		struct kd_arm64_unwind u;
		struct kd_arm64_scope s;
		struct kd_arm64_code c;
		uint32_t index = 0, sum = 0;

		if (kd_arm64_function_at(&pe, i, &f) != KD_OK ||
		    kd_arm64_unwind_read(&pe, &f, &u) != KD_OK)
			continue;
		while (kd_arm64_code_next(&u, &index, &c) == KD_OK) {
			if (!c.size)
				abort();
			sum += c.size;
		}
		if (sum != index || index > u.code_len)
			abort();
		if (kd_arm64_scope_at(&pe, &u, kd_arm64_scope_count(&u), &s) !=
		    KD_E_ARG)
			abort();
	}
}

static void check_x64_table(const struct kd_pe *pe)
{
	for (uint32_t i = 0; i < kd_x64_function_count(pe); i++) {
		struct kd_x64_function f, found;
		struct kd_x64_unwind u;

		if (kd_x64_function_at(pe, i, &f) != KD_OK)
			continue;
		if (kd_x64_function_find(pe, f.begin, &found) == KD_OK &&
		    (f.begin < found.begin || f.begin >= found.end))
			abort();
		if (kd_x64_unwind_read(pe, &f, &u) != KD_OK)
			continue;
		if (u.code_count > u.slots)
			abort();
		for (size_t k = 0; k < u.code_count; k++) {
			if (!kd_x64_op_name(u.version, u.code[k].op))
				abort();
		}
	}
}

/* A step fails and changes nothing, or says whose frame it left. */
static void check_x64_step(const struct kd_pe *pe, struct kd_memory_bytes *m,
			   uint32_t rip, uint32_t rsp)
{
	struct kd_context c = { .arch = KD_ARCH_X64,
				.len = KD_CONTEXT_X64_SIZE };
	struct kd_memory_bytes bytes = { STACK, m->bytes, m->len };
	struct kd_memory stack = kd_memory_over(&bytes);
	struct kd_x64_frame frame = { .kind = KD_X64_FRAME_LEAF };

	kd_register_set(&c, kd_register_find(KD_ARCH_X64, "rsp"), STACK + rsp);
	kd_register_set(&c, kd_register_find(KD_ARCH_X64, "rbp"), STACK + rsp);
	kd_context_set_pc(&c, rip);
	struct kd_context was = c;

	if (kd_x64_step(pe, &stack, false, &c, &frame) != KD_OK) {
		if (memcmp(&c, &was, sizeof(c)) != 0)
			abort();
		return;
	}
	if (frame.kind != KD_X64_FRAME_LEAF &&
	    (rip < frame.function.begin || rip >= frame.function.end))
		abort();
}

/* A step fails and changes nothing, or leaves by what it says. */
static void check_arm64_step(struct kd_memory_bytes *m, uint32_t pc,
			     uint32_t sp)
{
	static const char *const names[] = { "sp", "fp", "lr" };
	struct kd_pe pe = image_over(m, KD_ARCH_ARM64);
	struct kd_context c = { .arch = KD_ARCH_ARM64,
				.len = KD_CONTEXT_ARM64_SIZE };
	struct kd_memory_bytes bytes = { STACK, m->bytes, m->len };
	struct kd_memory stack = kd_memory_over(&bytes);
	struct kd_arm64_frame frame = { .kind = KD_ARM64_FRAME_LEAF };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		kd_register_set(&c, kd_register_find(KD_ARCH_ARM64, names[i]),
				STACK + sp);
	kd_context_set_pc(&c, pc);
	struct kd_context was = c;

	if (kd_arm64_step(&pe, &stack, NULL, pc & 1, &c, &frame) != KD_OK) {
		if (memcmp(&c, &was, sizeof(c)) != 0)
			abort();
		return;
	}
	if (frame.kind == KD_ARM64_FRAME_FUNCTION && pc < frame.function.begin)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < CONTROL)
		return 0;
	struct kd_reader in = kd_reader_over(data, len);
	uint32_t rip = kd_read_le32(&in);
	uint32_t rsp = kd_read_le32(&in);

	kd_read_le32(&in);
	struct kd_memory_bytes m = { 0, data + CONTROL, len - CONTROL };
	struct kd_pe pe = image_over(&m, KD_ARCH_X64);

	check_arm64(&m);
	check_arm64_step(&m, rip, rsp);
	check_x64_table(&pe);
	check_x64_step(&pe, &m, rip, rsp);
	return 0;
}
