#include "kd_trap.h"

#include "kd_cursor.h"

#include <stdio.h>

/* Members of _KTRAP_FRAME, and the registers that they keep. */
struct row {
	const char *member, *reg;
};

static const struct row x64_rows[] = {
	// clang-format off
	{ "Rax", "rax" }, { "Rcx", "rcx" }, { "Rdx", "rdx" }, { "Rbx", "rbx" },
	{ "Rsp", "rsp" }, { "Rbp", "rbp" }, { "Rsi", "rsi" }, { "Rdi", "rdi" },
	{ "R8", "r8" }, { "R9", "r9" }, { "R10", "r10" }, { "R11", "r11" },
	{ "R12", "r12" }, { "R13", "r13" }, { "R14", "r14" }, { "R15", "r15" },
	{ "Rip", "rip" }, { "EFlags", "efl" }, { "SegCs", "cs" }, { "SegSs", "ss" },
	{ "SegDs", "ds" }, { "SegEs", "es" }, { "SegFs", "fs" }, { "SegGs", "gs" },
	{ NULL, NULL },
	// clang-format on
};

static const struct row x86_rows[] = {
	// clang-format off
	{ "Eax", "eax" }, { "Ecx", "ecx" }, { "Edx", "edx" }, { "Ebx", "ebx" },
	{ "Ebp", "ebp" }, { "Esi", "esi" }, { "Edi", "edi" }, { "Eip", "eip" },
	{ "EFlags", "efl" }, { "SegCs", "cs" }, { "SegDs", "ds" },
	{ "SegEs", "es" }, { "SegFs", "fs" }, { "SegGs", "gs" },
	{ NULL, NULL },
	// clang-format on
};

static const struct row arm64_rows[] = {
	{ "Sp", "sp" }, { "Pc", "pc" },	   { "Lr", "lr" },
	{ "Fp", "fp" }, { "Spsr", "psr" }, { NULL, NULL },
};

/* An array: x0 and so on. */
static const char arm64_array[] = "X";

static const struct row *rows_of(enum kd_arch arch)
{
	switch (arch) {
	case KD_ARCH_X64:
		return x64_rows;
	case KD_ARCH_X86:
		return x86_rows;
	case KD_ARCH_ARM64:
		return arm64_rows;
	case KD_ARCH_ARM:
	case KD_ARCH_UNKNOWN:
		break;
	}
	return NULL;
}

static void add(struct kd_trap_layout *l, const char *name, uint64_t offset)
{
	const struct kd_register *r = kd_register_find(l->arch, name);

	if (!r || l->count == KD_TRAP_MEMBERS_MAX || offset > l->size ||
	    r->size > l->size - offset)
		return;
	l->member[l->count].reg = r;
	l->member[l->count++].offset = (uint32_t)offset;
}

static enum kd_status add_array(struct kd_pdb *pdb, struct kd_trap_layout *l,
				const struct kd_pdb_field *f)
{
	uint64_t size;
	enum kd_status st = kd_pdb_type_size(pdb, f->type, &size);

	for (unsigned i = 0; st == KD_OK && i < 29 && i < size / 8; i++) {
		char name[8];

		snprintf(name, sizeof(name), "x%u", i);
		add(l, name, f->offset + i * 8U);
	}
	return st;
}

static enum kd_status take_field(struct kd_pdb *pdb, struct kd_trap_layout *l,
				 const struct kd_pdb_field *f)
{
	if (f->kind != KD_FIELD_MEMBER || f->bit_count)
		return KD_OK;
	if (l->arch == KD_ARCH_ARM64 && !strcmp(f->name, arm64_array))
		return add_array(pdb, l, f);
	if (l->arch == KD_ARCH_X86 && !strcmp(f->name, "HardwareEsp") &&
	    f->offset <= l->size)
		l->hardware_esp = (uint32_t)f->offset;
	for (const struct row *r = rows_of(l->arch); r && r->member; r++) {
		if (!strcmp(r->member, f->name))
			add(l, r->reg, f->offset);
	}
	return KD_OK;
}

/* It is nothing without its pc; and on x86, without its end. */
static bool is_whole(struct kd_trap_layout *l)
{
	const struct kd_register *pc =
		kd_register_find(l->arch, l->arch == KD_ARCH_X64   ? "rip"
					  : l->arch == KD_ARCH_X86 ? "eip"
								   : "pc");

	for (size_t i = 0; i < l->count; i++) {
		if (l->member[i].reg != pc)
			continue;
		l->pc = l->member[i].offset;
		return l->arch != KD_ARCH_X86 || l->hardware_esp;
	}
	return false;
}

enum kd_status kd_trap_layout_read(struct kd_pdb *pdb, enum kd_arch arch,
				   struct kd_trap_layout *ret)
{
	struct kd_trap_layout l = { .arch = arch };
	struct kd_pdb_type type;
	struct kd_pdb_field field;
	enum kd_status st = KD_E_NOT_FOUND;

	if (rows_of(arch))
		st = kd_pdb_type_by_name(pdb, "_KTRAP_FRAME", &type);
	if (st != KD_OK)
		return st;
	if (type.size > KD_TRAP_SIZE_MAX)
		return KD_E_FORMAT;
	l.size = (uint32_t)type.size;
	struct kd_pdb_fields at = kd_pdb_fields_of(&type);

	while ((st = kd_pdb_next_field(pdb, &at, &field)) == KD_OK) {
		st = take_field(pdb, &l, &field);
		if (st != KD_OK)
			return st;
	}
	if (st != KD_E_END)
		return st;
	if (!is_whole(&l))
		return KD_E_NOT_FOUND;
	*ret = l;
	return KD_OK;
}

static uint64_t load(const uint8_t *bytes, size_t size)
{
	uint64_t value = 0;

	while (size--)
		value = value << 8 | bytes[size];
	return value;
}

/* The processor pushes esp only if it came from another ring. */
static void set_esp(const struct kd_trap_layout *l, const uint8_t *frame,
		    uint64_t address, struct kd_context *c)
{
	enum { RING = 3, VIRTUAL_8086 = 1 << 17 };
	uint64_t cs = 0, flags = 0, esp = address + l->hardware_esp;

	kd_register_get(c, kd_register_find(KD_ARCH_X86, "cs"), &cs);
	kd_register_get(c, kd_register_find(KD_ARCH_X86, "efl"), &flags);
	if (((cs & RING) || (flags & VIRTUAL_8086)) &&
	    l->hardware_esp + 4 <= l->size)
		esp = load(frame + l->hardware_esp, 4);
	kd_register_set(c, kd_register_find(KD_ARCH_X86, "esp"), esp);
}

enum kd_status kd_trap_apply(const struct kd_trap_layout *layout,
			     const struct kd_memory *memory, uint64_t address,
			     struct kd_context *context)
{
	uint8_t frame[KD_TRAP_SIZE_MAX] = { 0 };
	size_t len = layout->size;

	if (context->arch != layout->arch ||
	    context->len < kd_context_size(layout->arch) || len > sizeof(frame))
		return KD_E_ARG;
	/* behind it may be the stack's end: without another ring's esp and ss,
	 * the frame is shorter */
	enum kd_status st = memory->read(memory->ctx, address, frame, len);

	if (st == KD_E_TARGET && layout->arch == KD_ARCH_X86) {
		len = layout->hardware_esp;
		st = memory->read(memory->ctx, address, frame, len);
	}
	if (st != KD_OK)
		return st;
	for (size_t i = 0; i < layout->count; i++) {
		const struct kd_register *r = layout->member[i].reg;

		kd_register_set(
			context, r,
			load(frame + layout->member[i].offset, r->size));
	}
	if (layout->arch == KD_ARCH_X86)
		set_esp(layout, frame, address, context);
	return KD_OK;
}
