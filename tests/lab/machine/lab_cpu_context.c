#include "lab_bytes.h"
#include "lab_cpu.h"

#include <string.h>

/* KD-WIRE 5.1 */
enum {
	CONTEXT_FLAGS = 0x30,
	CONTEXT_MXCSR = 0x34,
	CONTEXT_SEGMENTS = 0x38, /* Cs, Ds, Es, Fs, Gs, Ss */
	CONTEXT_EFLAGS = 0x44,
	CONTEXT_DEBUG = 0x48, /* 0 to 3, 6, 7 */
	CONTEXT_INTEGERS = 0x78,
	CONTEXT_RIP = 0xf8,
	CONTEXT_CONTROL_WORD = 0x100,
	CONTEXT_FLT_MXCSR = 0x118,
	CONTEXT_MXCSR_MASK = 0x11c,
	CONTEXT_XMM = 0x1a0,
	XMM_REGISTERS = 16,
	CONTEXT_ALL = 0x10001f,
};

static const int segments[] = {
	UC_X86_REG_CS, UC_X86_REG_DS, UC_X86_REG_ES,
	UC_X86_REG_FS, UC_X86_REG_GS, UC_X86_REG_SS,
};

static const int integers[] = {
	UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX,
	UC_X86_REG_RSP, UC_X86_REG_RBP, UC_X86_REG_RSI, UC_X86_REG_RDI,
	UC_X86_REG_R8,	UC_X86_REG_R9,	UC_X86_REG_R10, UC_X86_REG_R11,
	UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15,
};

enum { INTEGERS = sizeof(integers) / sizeof(integers[0]) };

static const unsigned debug_registers[] = { 0, 1, 2, 3, 6, 7 };

uint32_t lab_cpu_flags(const struct lab_cpu *c)
{
	bool pass = c->debug.pass &&
		    c->debug.pass_at == lab_cpu_get(c, UC_X86_REG_RIP);

	return (uint32_t)lab_cpu_get(c, UC_X86_REG_EFLAGS) |
	       (pass ? LAB_FLAG_RESUME : 0);
}

void lab_cpu_get_context(const struct lab_cpu *c,
			 uint8_t out[LAB_CPU_CONTEXT_SIZE])
{
	memset(out, 0, LAB_CPU_CONTEXT_SIZE);
	lab_put32(out + CONTEXT_FLAGS, CONTEXT_ALL);
	for (size_t i = 0; i < sizeof(segments) / sizeof(segments[0]); i++)
		lab_put16(out + CONTEXT_SEGMENTS + i * 2,
			  (uint16_t)lab_cpu_get(c, segments[i]));
	lab_put32(out + CONTEXT_EFLAGS, lab_cpu_flags(c));
	for (size_t i = 0; i < 6; i++)
		lab_put64(out + CONTEXT_DEBUG + i * 8,
			  lab_debug_get(c, debug_registers[i]));
	for (size_t i = 0; i < INTEGERS; i++)
		lab_put64(out + CONTEXT_INTEGERS + i * 8,
			  lab_cpu_get(c, integers[i]));
	lab_put64(out + CONTEXT_RIP, lab_cpu_get(c, UC_X86_REG_RIP));
	lab_put16(out + CONTEXT_CONTROL_WORD,
		  (uint16_t)lab_cpu_get(c, UC_X86_REG_FPCW));
	uint32_t mxcsr = (uint32_t)lab_cpu_get(c, UC_X86_REG_MXCSR);

	lab_put32(out + CONTEXT_MXCSR, mxcsr);
	lab_put32(out + CONTEXT_FLT_MXCSR, mxcsr);
	lab_put32(out + CONTEXT_MXCSR_MASK, 0xffff);
	for (int i = 0; i < XMM_REGISTERS; i++) {
		uint64_t half[2] = { 0 };

		(void)uc_reg_read(c->uc, UC_X86_REG_XMM0 + i, half);
		lab_put64(out + CONTEXT_XMM + i * 16, half[0]);
		lab_put64(out + CONTEXT_XMM + i * 16 + 8, half[1]);
	}
}

void lab_cpu_set_context(struct lab_cpu *c,
			 const uint8_t in[LAB_CPU_CONTEXT_SIZE])
{
	/* what a debugger may change; bit 1 is always set */
	enum { FLAGS = 0x00210fd5, FLAGS_ONE = 2, MXCSR_BITS = 0xffbf };
	uint32_t flags = lab_get32(in + CONTEXT_EFLAGS);
	uint64_t rip = lab_get64(in + CONTEXT_RIP);

	c->debug.pass = flags & LAB_FLAG_RESUME;
	c->debug.pass_at = rip;
	lab_cpu_set(c, UC_X86_REG_EFLAGS,
		    (flags & FLAGS & ~(uint32_t)LAB_FLAG_RESUME) | FLAGS_ONE);
	for (size_t i = 0; i < INTEGERS; i++)
		lab_cpu_set(c, integers[i],
			    lab_get64(in + CONTEXT_INTEGERS + i * 8));
	lab_cpu_set(c, UC_X86_REG_RIP, rip);
	lab_cpu_set(c, UC_X86_REG_MXCSR,
		    lab_get32(in + CONTEXT_MXCSR) & MXCSR_BITS);
	for (int i = 0; i < XMM_REGISTERS; i++) {
		const uint64_t half[2] = {
			lab_get64(in + CONTEXT_XMM + i * 16),
			lab_get64(in + CONTEXT_XMM + i * 16 + 8),
		};

		(void)uc_reg_write(c->uc, UC_X86_REG_XMM0 + i, half);
	}
}

/* KD-WIRE 5.5 */
enum {
	SPECIAL_CR0 = 0,
	SPECIAL_CR2 = 8,
	SPECIAL_CR3 = 0x10,
	SPECIAL_CR4 = 0x18,
	SPECIAL_DEBUG = 0x20, /* 0 to 3, 6, 7 */
	SPECIAL_GDTR = 0x50,
	SPECIAL_IDTR = 0x60,
	SPECIAL_TR = 0x70,
	SPECIAL_LDTR = 0x72,
	SPECIAL_MXCSR = 0x74,
	SPECIAL_CR8 = 0xa0,
	SPECIAL_MSRS = 0xa8,
	SPECIAL_XCR0 = 0xd8,
	SPECIAL_FS_BASE = 0xe0,
};

#define MSR_EFER    UINT32_C(0xc0000080)
#define MSR_STAR    UINT32_C(0xc0000081)
#define MSR_LSTAR   UINT32_C(0xc0000082)
#define MSR_CSTAR   UINT32_C(0xc0000083)
#define MSR_FMASK   UINT32_C(0xc0000084)
#define MSR_FS_BASE UINT32_C(0xc0000100)
#define MSR_GS_BASE UINT32_C(0xc0000101)
#define MSR_GS_SWAP UINT32_C(0xc0000102)
#define MSR_PAT	    UINT32_C(0x277)

/* In the special registers' order. */
static const uint32_t special_msrs[] = { MSR_GS_BASE, MSR_GS_SWAP, MSR_STAR,
					 MSR_LSTAR,   MSR_CSTAR,   MSR_FMASK };

/* It runs flat: paging is on in the tables alone, and said to be on. */
static const uint64_t cr0_paging = 0x80050033, cr4_paging = 0x20;

static void put_table(const struct lab_cpu *c, int reg, uint8_t *out)
{
	uc_x86_mmr table = { 0 };

	(void)uc_reg_read(c->uc, reg, &table);
	lab_put16(out + 6, table.limit & 0xffff);
	lab_put64(out + 8, table.base);
}

static uint16_t selector_of(const struct lab_cpu *c, int reg)
{
	uc_x86_mmr table = { 0 };

	(void)uc_reg_read(c->uc, reg, &table);
	return table.selector;
}

void lab_cpu_get_special(const struct lab_cpu *c,
			 uint8_t out[LAB_CPU_SPECIAL_SIZE])
{
	memset(out, 0, LAB_CPU_SPECIAL_SIZE);
	lab_put64(out + SPECIAL_CR0,
		  lab_cpu_get(c, UC_X86_REG_CR0) | cr0_paging);
	lab_put64(out + SPECIAL_CR2, lab_cpu_get(c, UC_X86_REG_CR2));
	lab_put64(out + SPECIAL_CR3, lab_cpu_get(c, UC_X86_REG_CR3));
	lab_put64(out + SPECIAL_CR4,
		  lab_cpu_get(c, UC_X86_REG_CR4) | cr4_paging);
	for (size_t i = 0; i < 6; i++)
		lab_put64(out + SPECIAL_DEBUG + i * 8,
			  lab_debug_get(c, debug_registers[i]));
	put_table(c, UC_X86_REG_GDTR, out + SPECIAL_GDTR);
	put_table(c, UC_X86_REG_IDTR, out + SPECIAL_IDTR);
	lab_put16(out + SPECIAL_TR, selector_of(c, UC_X86_REG_TR));
	lab_put16(out + SPECIAL_LDTR, selector_of(c, UC_X86_REG_LDTR));
	lab_put32(out + SPECIAL_MXCSR,
		  (uint32_t)lab_cpu_get(c, UC_X86_REG_MXCSR));
	lab_put64(out + SPECIAL_CR8, lab_cpu_get(c, UC_X86_REG_CR8));
	for (size_t i = 0; i < 6; i++)
		lab_put64(out + SPECIAL_MSRS + i * 8,
			  lab_cpu_msr(c, special_msrs[i]));
	lab_put64(out + SPECIAL_XCR0, 3); /* x87 and SSE */
	lab_put64(out + SPECIAL_FS_BASE, lab_cpu_msr(c, MSR_FS_BASE));
}

void lab_cpu_set_special(struct lab_cpu *c, const uint8_t *in, size_t len)
{
	uint8_t whole[LAB_CPU_SPECIAL_SIZE];

	lab_cpu_get_special(c, whole);
	memcpy(whole, in, len < sizeof(whole) ? len : sizeof(whole));
	lab_cpu_set(c, UC_X86_REG_CR2, lab_get64(whole + SPECIAL_CR2));
	lab_cpu_set(c, UC_X86_REG_CR3, lab_get64(whole + SPECIAL_CR3));
	for (size_t i = 0; i < 6; i++)
		lab_debug_set(c, debug_registers[i],
			      lab_get64(whole + SPECIAL_DEBUG + i * 8));
	for (size_t i = 0; i < 6; i++)
		lab_cpu_set_msr(c, special_msrs[i],
				lab_get64(whole + SPECIAL_MSRS + i * 8));
}

static const struct {
	uint32_t msr;
	bool writable; /* the emulator lives on EFER */
} msrs[] = {
	{ MSR_EFER, false },   { MSR_STAR, true },    { MSR_LSTAR, true },
	{ MSR_CSTAR, true },   { MSR_FMASK, true },   { MSR_FS_BASE, true },
	{ MSR_GS_BASE, true }, { MSR_GS_SWAP, true }, { MSR_PAT, true },
};

static bool knows_msr(uint32_t msr, bool to_write)
{
	for (size_t i = 0; i < sizeof(msrs) / sizeof(msrs[0]); i++)
		if (msrs[i].msr == msr)
			return msrs[i].writable || !to_write;
	return false;
}

bool lab_cpu_read_msr(const struct lab_cpu *c, uint32_t msr, uint64_t *ret)
{
	if (!knows_msr(msr, false))
		return false;
	*ret = lab_cpu_msr(c, msr);
	return true;
}

bool lab_cpu_write_msr(struct lab_cpu *c, uint32_t msr, uint64_t value)
{
	if (!knows_msr(msr, true))
		return false;
	lab_cpu_set_msr(c, msr, value);
	return true;
}
