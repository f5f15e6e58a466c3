/* Covers: symbols/kd_stack.c */
/* Covers: symbols/kd_stack_step.c */
/* Covers: symbols/kd_unwind_x86.c */
/* Covers: symbols/kd_x86_ahead.c */
/* Covers: symbols/kd_x86_code.c */
/* Covers: symbols/kd_x86_program.c */
/* Covers: symbols/kd_x86_pushed.c */

#include "kd_cursor.h"
#include "kd_stack.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

enum {
	CONTROL = 12, /* bytes before the image's */
	ENTRIES = 4,
	STACK = 0x100000,
};

static void set_registers(struct kd_context *c, const char *const names[],
			  size_t count, uint64_t value)
{
	for (size_t i = 0; i < count; i++)
		kd_register_set(c, kd_register_find(c->arch, names[i]), value);
}

/* What a walk reads: an image at 0, and the same bytes as a stack. */
struct place {
	struct kd_memory_bytes image, stack;
	struct kd_pe pe;
	char program[256]; /* of all x86 code */
	uint32_t sizes;
};

static enum kd_status read_place(void *ctx, uint64_t address, void *buf,
				 size_t len)
{
	struct place *p = ctx;
	struct kd_memory m =
		kd_memory_over(address < STACK ? &p->image : &p->stack);

	return m.read(m.ctx, address, buf, len);
}

static enum kd_status image_at(void *ctx, uint64_t address,
			       const struct kd_pe **ret)
{
	struct place *p = ctx;

	*ret = address < p->image.len ? &p->pe : NULL;
	return KD_OK;
}

static enum kd_status frame_data_at(void *ctx, uint64_t address,
				    struct kd_pdb_frame *ret)
{
	const struct place *p = ctx;

	if (address & 1)
		return KD_E_NOT_FOUND;
	*ret = (struct kd_pdb_frame){
		.prolog_len = address & 14,
		.offset = address & 6,
		.function_rva = address & 0x40,
		.function_size = address & 0x20,
		.locals_len = p->sizes & 0xff,
		.params_len = p->sizes >> 8 & 0xff,
		.saved_registers_len = p->sizes >> 16 & 0xff,
		.kind = p->sizes >> 24 & 3,
		.program = p->program,
	};
	return KD_OK;
}

/* Every walk ends, and says why. */
static void check_walk(enum kd_arch arch, struct kd_memory_bytes *m,
		       uint32_t pc, uint32_t sp, uint32_t sizes)
{
	static const char *const names[] = { "rsp", "rbp", "esp", "ebp",
					     "sp",  "fp",  "lr" };
	struct place p = {
		.image = *m,
		.stack = { STACK, m->bytes, m->len },
		.pe = {
			.memory = kd_memory_over(&p.image),
			.machine = (uint16_t)arch,
			.size_of_image = (uint32_t)m->len,
			.section_count = 1, /* all of it is code */
		},
		.sizes = sizes,
	};
	const struct kd_stack_source source = {
		.memory = { read_place, &p },
		.image_at = image_at,
		.frame_data_at = frame_data_at,
		.ctx = &p,
	};
	struct kd_context c = { .arch = arch,
				.len = (uint16_t)kd_context_size(arch) };
	size_t first = arch == KD_ARCH_X64 ? 0 : arch == KD_ARCH_X86 ? 2 : 4;
	size_t len =
		m->len < sizeof(p.program) ? m->len : sizeof(p.program) - 1;
	struct kd_stack stack;
	struct kd_stack_frame frame;
	uint32_t count = 0;

	memcpy(p.program, m->bytes, len);
	p.pe.directory[KD_PE_EXCEPTION].size =
		ENTRIES * (arch == KD_ARCH_X64 ? 12 : 8);
	p.pe.section[0].virtual_size = (uint32_t)m->len;
	p.pe.section[0].characteristics = KD_PE_SECTION_EXECUTE;
	set_registers(&c, names + first, first == 4 ? 3 : 2, STACK + sp);
	kd_context_set_pc(&c, pc);
	kd_stack_init(&stack, &source, &c);
	while (kd_stack_next(&stack, &frame) == KD_OK) {
		if (frame.number != count++ || count > KD_STACK_FRAMES_MAX)
			abort();
	}
	if (!count || stack.end == KD_STACK_GOES_ON)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	if (len < CONTROL)
		return 0;
	struct kd_reader in = kd_reader_over(data, len);
	uint32_t pc = kd_read_le32(&in);
	uint32_t sp = kd_read_le32(&in);
	uint32_t sizes = kd_read_le32(&in);
	struct kd_memory_bytes m = { 0, data + CONTROL, len - CONTROL };

	check_walk(KD_ARCH_X64, &m, pc, sp, sizes);
	check_walk(KD_ARCH_X86, &m, pc, sp, sizes);
	check_walk(KD_ARCH_ARM64, &m, pc, sp, sizes);
	return 0;
}
