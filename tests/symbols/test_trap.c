#include "check.h"
#include "kd_trap.h"
#include "pdb_scene.h"

#include <stdio.h>
#include <string.h>

/*
 * Trap frames whose members lie anywhere but where Windows has them, each of
 * 8 bytes whose first one is the member's place.
 */

enum {
	UINT8 = 0x23, /* a basic type: 8 bytes */
	FRAME = 0x7000,
	MEMBERS = 12,
	X_COUNT = 3,
};

static const struct {
	const char *name;
	enum kd_arch arch;
	const char *members[MEMBERS]; /* in their order; "X" is an array */
	uint32_t cs;		      /* of the frame */
	struct {
		const char *reg;
		uint64_t value;
	} want[MEMBERS];
} rows[] = {
	// clang-format off
	{ "x64", KD_ARCH_X64, { "P1Home", "Rsp", "Rip", "Xmm0", "Rax", "R11", "EFlags", "SegCs" }, 0,
	  { { "rsp", 0x08 }, { "rip", 0x10 }, { "rax", 0x20 }, { "r11", 0x28 }, { "efl", 0x30 }, { "rbx", 0x77 } } },
	{ "x86, kernel", KD_ARCH_X86, { "SegCs", "Ebp", "Eip", "Edx", "HardwareEsp", "HardwareSegSs" }, 8,
	  { { "ebp", 0x08 }, { "eip", 0x10 }, { "edx", 0x18 }, { "esp", FRAME + 0x20 }, { "ebx", 0x77 } } },
	{ "x86, from user mode", KD_ARCH_X86, { "SegCs", "Ebp", "Eip", "Edx", "HardwareEsp", "HardwareSegSs" }, 0x1b,
	  { { "ebp", 0x08 }, { "eip", 0x10 }, { "esp", 0x20 } } },
	{ "ARM64", KD_ARCH_ARM64, { "Esr", "X", "Lr", "Fp", "Sp", "Pc", "Spsr" }, 0,
	  { { "x0", 0x08 }, { "x1", 0x10 }, { "x2", 0x18 }, { "lr", 0x20 }, { "fp", 0x28 }, { "sp", 0x30 },
	    { "pc", 0x38 }, { "psr", 0x40 }, { "x19", 0x77 } } },
	// clang-format on
};

/* The array of X, and a structure of the members; how large it is. */
static uint16_t make_type(struct maker *m, const char *const *members)
{
	uint32_t array = maker_type(m, 0x1503); /* LF_ARRAY */
	uint16_t offset = 0;

	maker_u32(m, MAKER_TYPES, UINT8);
	maker_u32(m, MAKER_TYPES, UINT8);
	maker_u16(m, MAKER_TYPES, X_COUNT * 8);
	maker_text(m, MAKER_TYPES, "");
	maker_type_end(m, NULL);
	uint32_t list = maker_type(m, 0x1203); /* LF_FIELDLIST */

	for (size_t i = 0; i < MEMBERS && members[i]; i++) {
		bool is_array = !strcmp(members[i], "X");

		maker_member(m, members[i], is_array ? array : UINT8, offset);
		offset = (uint16_t)(offset + (is_array ? X_COUNT * 8 : 8));
	}
	maker_type_end(m, NULL);
	maker_struct(m, "_KTRAP_FRAME", 0, list, offset);
	return offset;
}

static enum kd_status read_layout(const char *const *members, enum kd_arch arch,
				  struct kd_trap_layout *ret)
{
	struct pdb_scene s = { 0 };

	make_type(&s.maker, members);
	CHECK_EQ("open", pdb_scene_open(&s, 0x400), KD_OK);
	enum kd_status st = kd_trap_layout_read(s.pdb, arch, ret);

	pdb_scene_close(&s);
	return st;
}

static struct kd_context whole_context(enum kd_arch arch)
{
	struct kd_context c = { .arch = arch,
				.len = (uint16_t)kd_context_size(arch) };
	static const char *const stale[] = { "rbx", "ebx", "x19" };

	for (size_t i = 0; i < sizeof(stale) / sizeof(stale[0]); i++) {
		const struct kd_register *r = kd_register_find(arch, stale[i]);

		if (r)
			kd_register_set(&c, r, 0x77);
	}
	return c;
}

static void frames(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].name;
		uint8_t frame[256] = { 0 };
		struct kd_memory_bytes bytes = { FRAME, frame, sizeof(frame) };
		struct kd_memory memory = kd_memory_over(&bytes);
		struct kd_context c = whole_context(rows[i].arch);
		struct kd_trap_layout layout;

		for (size_t at = 0; at < sizeof(frame); at += 8)
			frame[at] = (uint8_t)at;
		if (rows[i].cs)
			frame[0] = (uint8_t)rows[i].cs;
		if (!CHECK_ROW(name, read_layout(rows[i].members, rows[i].arch,
						 &layout) == KD_OK))
			continue;
		CHECK_EQ(name, kd_trap_apply(&layout, &memory, FRAME, &c),
			 KD_OK);
		CHECK_EQ(name, frame[layout.pc], kd_context_pc(&c));
		for (size_t k = 0; k < MEMBERS && rows[i].want[k].reg; k++) {
			const char *reg = rows[i].want[k].reg;
			char row[64];
			uint64_t value = 0;

			snprintf(row, sizeof(row), "%s, %s", name, reg);
			kd_register_get(&c, kd_register_find(c.arch, reg),
					&value);
			CHECK_EQ(row, value, rows[i].want[k].value);
		}
	}
}

static void failures(void)
{
	static const char *const no_pc[] = { "Rsp", NULL };
	static const char *const no_end[] = { "Eip", "Ebp", NULL };
	static const char *const good[] = { "Rip", "Rsp", NULL };
	uint8_t frame[8] = { 0 };
	struct kd_memory_bytes bytes = { FRAME, frame, sizeof(frame) };
	struct kd_memory memory = kd_memory_over(&bytes);
	struct kd_trap_layout layout;
	struct kd_context c = whole_context(KD_ARCH_X64), was = c;

	CHECK_EQ("no rip", read_layout(no_pc, KD_ARCH_X64, &layout),
		 KD_E_NOT_FOUND);
	CHECK_EQ("no esp", read_layout(no_end, KD_ARCH_X86, &layout),
		 KD_E_NOT_FOUND);
	CHECK_EQ("ARM", read_layout(good, KD_ARCH_ARM, &layout),
		 KD_E_NOT_FOUND);
	CHECK_EQ("good", read_layout(good, KD_ARCH_X64, &layout), KD_OK);
	CHECK_EQ("half a frame", kd_trap_apply(&layout, &memory, FRAME, &c),
		 KD_E_NOT_FOUND);
	CHECK_ROW("untouched", !memcmp(&c, &was, sizeof(c)));
	c.arch = KD_ARCH_ARM64;
	CHECK_EQ("another machine", kd_trap_apply(&layout, &memory, FRAME, &c),
		 KD_E_ARG);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "frames", frames },
		{ "failures", failures },
	};

	return check_run("trap", tests, sizeof(tests) / sizeof(tests[0]));
}
