/*
 * Registers by their numbers in a PDB (CV_HREG_e of cvconst.h, a public header
 * of the DIA SDK). Each row is a run of numbers.
 */

#include "kd_pdb_locals.h"
#include "kd_pdb_parts.h"

/* IMAGE_FILE_MACHINE_* */
enum {
	MACHINE_X86 = 0x14c,
	MACHINE_X64 = 0x8664,
	MACHINE_ARM64 = 0xaa64,
};

enum { RUN_MAX = 32 };

// clang-format off
static const struct {
	uint16_t machine;
	uint16_t first;
	const char *names[RUN_MAX];
} runs[] = {
	{ MACHINE_X86, 1, { "al", "cl", "dl", "bl", "ah", "ch", "dh", "bh", "ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi" } },
	{ MACHINE_X86, 25, { "es", "cs", "ss", "ds", "fs", "gs", "ip", "flags", "eip", "efl" } },
	{ MACHINE_X86, 154, { "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7" } },
	{ MACHINE_X64, 1, { "al", "cl", "dl", "bl", "ah", "ch", "dh", "bh", "ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi" } },
	{ MACHINE_X64, 25, { "es", "cs", "ss", "ds", "fs", "gs", NULL, NULL, "rip", "efl" } },
	{ MACHINE_X64, 154, { "xmm0", "xmm1", "xmm2", "xmm3", "xmm4", "xmm5", "xmm6", "xmm7" } },
	{ MACHINE_X64, 252, { "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15" } },
	{ MACHINE_X64, 324, { "sil", "dil", "bpl", "spl", "rax", "rbx", "rcx", "rdx", "rsi", "rdi", "rbp", "rsp", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15" } },
	{ MACHINE_X64, 344, { "r8b", "r9b", "r10b", "r11b", "r12b", "r13b", "r14b", "r15b", "r8w", "r9w", "r10w", "r11w", "r12w", "r13w", "r14w", "r15w", "r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d", "r15d" } },
	{ MACHINE_ARM64, 10, { "w0", "w1", "w2", "w3", "w4", "w5", "w6", "w7", "w8", "w9", "w10", "w11", "w12", "w13", "w14", "w15", "w16", "w17", "w18", "w19", "w20", "w21", "w22", "w23", "w24", "w25", "w26", "w27", "w28", "w29", "w30", "wzr" } },
	{ MACHINE_ARM64, 50, { "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "fp", "lr", "sp" } },
	{ MACHINE_ARM64, 82, { "xzr", "pc" } },
};
// clang-format on

const char *kd_pdb_register_name(const struct kd_pdb *pdb, uint16_t number)
{
	for (size_t i = 0; i < sizeof(runs) / sizeof(runs[0]); i++) {
		if (runs[i].machine != pdb->info.machine ||
		    number < runs[i].first || number - runs[i].first >= RUN_MAX)
			continue;
		const char *name = runs[i].names[number - runs[i].first];

		if (name)
			return name;
	}
	return NULL;
}

/* The registers that a frame's flags choose from; the first stands for none. */
uint16_t kd_pdb_frame_register(const struct kd_pdb *pdb, unsigned choice)
{
	static const struct {
		uint16_t machine;
		uint16_t registers[4];
	} rows[] = {
		/* esp means the frame that a program tells: below */
		{ MACHINE_X86, { 0, KD_PDB_VFRAME, 22, 20 } }, /* ebp, ebx */
		{ MACHINE_X64, { 0, 335, 334, 341 } }, /* rsp, rbp, r13 */
		{ MACHINE_ARM64, { 0, 81, 79, 0 } },   /* sp, fp */
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		if (rows[i].machine == pdb->info.machine)
			return rows[i].registers[choice & 3];
	}
	return 0;
}
