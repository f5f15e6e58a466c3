#include "kd_context_layout.h"

// clang-format off
/* KD-WIRE 5.2. st: FloatSave.RegisterArea; xmm: ExtendedRegisters, as FXSAVE. */
static const struct kd_register registers[] = {
	WHOLE("eax", 0x0b0, 4), WHOLE("ebx", 0x0a4, 4), WHOLE("ecx", 0x0ac, 4),
	WHOLE("edx", 0x0a8, 4), WHOLE("esi", 0x0a0, 4), WHOLE("edi", 0x09c, 4),
	WHOLE("eip", 0x0b8, 4), WHOLE("esp", 0x0c4, 4), WHOLE("ebp", 0x0b4, 4),
	WHOLE("efl", 0x0c0, 4), WHOLE("cs", 0x0bc, 2), WHOLE("ds", 0x098, 2),
	WHOLE("es", 0x094, 2), WHOLE("fs", 0x090, 2), WHOLE("gs", 0x08c, 2),
	WHOLE("ss", 0x0c8, 2), WHOLE("dr0", 0x004, 4), WHOLE("dr1", 0x008, 4),
	WHOLE("dr2", 0x00c, 4), WHOLE("dr3", 0x010, 4), WHOLE("dr6", 0x014, 4),
	WHOLE("dr7", 0x018, 4), WHOLE("fpcw", 0x01c, 2),
	WHOLE("fpsw", 0x020, 2), WHOLE("fptw", 0x024, 2),
	WHOLE("st0", 0x038, 10), WHOLE("st1", 0x042, 10),
	WHOLE("st2", 0x04c, 10), WHOLE("st3", 0x056, 10),
	WHOLE("st4", 0x060, 10), WHOLE("st5", 0x06a, 10),
	WHOLE("st6", 0x074, 10), WHOLE("st7", 0x07e, 10),
	WHOLE("mxcsr", 0x0e4, 4), WHOLE("xmm0", 0x16c, 16),
	WHOLE("xmm1", 0x17c, 16), WHOLE("xmm2", 0x18c, 16),
	WHOLE("xmm3", 0x19c, 16), WHOLE("xmm4", 0x1ac, 16),
	WHOLE("xmm5", 0x1bc, 16), WHOLE("xmm6", 0x1cc, 16),
	WHOLE("xmm7", 0x1dc, 16),
	/* KSPECIAL_REGISTERS, KD-WIRE 5.6 */
	SPECIAL("cr0", 0x00, 4), SPECIAL("cr2", 0x04, 4),
	SPECIAL("cr3", 0x08, 4), SPECIAL("cr4", 0x0c, 4),
	SPECIAL("gdtr", 0x2c, 4), SPECIAL("gdtl", 0x2a, 2),
	SPECIAL("idtr", 0x34, 4), SPECIAL("idtl", 0x32, 2),
	SPECIAL("tr", 0x38, 2), SPECIAL("ldtr", 0x3a, 2),
	SPECIAL("kdr0", 0x10, 4), SPECIAL("kdr1", 0x14, 4),
	SPECIAL("kdr2", 0x18, 4), SPECIAL("kdr3", 0x1c, 4),
	SPECIAL("kdr6", 0x20, 4), SPECIAL("kdr7", 0x24, 4),
	/* parts */
	PART("ax", 0x0b0, 4, 0, 16), PART("bx", 0x0a4, 4, 0, 16),
	PART("cx", 0x0ac, 4, 0, 16), PART("dx", 0x0a8, 4, 0, 16),
	PART("si", 0x0a0, 4, 0, 16), PART("di", 0x09c, 4, 0, 16),
	PART("bp", 0x0b4, 4, 0, 16), PART("sp", 0x0c4, 4, 0, 16),
	PART("ip", 0x0b8, 4, 0, 16), PART("al", 0x0b0, 4, 0, 8),
	PART("bl", 0x0a4, 4, 0, 8), PART("cl", 0x0ac, 4, 0, 8),
	PART("dl", 0x0a8, 4, 0, 8), PART("ah", 0x0b0, 4, 8, 8),
	PART("bh", 0x0a4, 4, 8, 8), PART("ch", 0x0ac, 4, 8, 8),
	PART("dh", 0x0a8, 4, 8, 8), PART("fl", 0x0c0, 4, 0, 16),
	PART("iopl", 0x0c0, 4, 12, 2), PART("of", 0x0c0, 4, 11, 1),
	PART("df", 0x0c0, 4, 10, 1), PART("if", 0x0c0, 4, 9, 1),
	PART("tf", 0x0c0, 4, 8, 1), PART("sf", 0x0c0, 4, 7, 1),
	PART("zf", 0x0c0, 4, 6, 1), PART("af", 0x0c0, 4, 4, 1),
	PART("pf", 0x0c0, 4, 2, 1), PART("cf", 0x0c0, 4, 0, 1),
	PART("vip", 0x0c0, 4, 20, 1), PART("vif", 0x0c0, 4, 19, 1),
	PART("mm0", 0x038, 8, 0, 64), PART("mm1", 0x042, 8, 0, 64),
	PART("mm2", 0x04c, 8, 0, 64), PART("mm3", 0x056, 8, 0, 64),
	PART("mm4", 0x060, 8, 0, 64), PART("mm5", 0x06a, 8, 0, 64),
	PART("mm6", 0x074, 8, 0, 64), PART("mm7", 0x07e, 8, 0, 64),
};
// clang-format on

const struct kd_context_layout kd_context_layout_x86 = {
	.arch = KD_ARCH_X86,
	.size = KD_CONTEXT_X86_SIZE,
	.special_size = KD_SPECIAL_X86_SIZE,
	.registers = registers,
	.count = sizeof(registers) / sizeof(registers[0]),
	.pc = 0xb8,
	.sp = 0xc4,
};
