/* Single instructions that C has no words for. */
#include "nt_asm.inc"

.macro LEAF name, instruction:vararg
FUNCTION \name
	.seh_endprologue
	\instruction
	ret
	END
.endm

LEAF KiReadCr2, mov rax, cr2
LEAF KiReadCr3, mov rax, cr3
LEAF KiWriteCr3, mov cr3, rcx
LEAF KiLoadIdt, lidt [rcx]
LEAF KiDisableInterrupts, cli
LEAF KiEnableInterrupts, sti
LEAF KiPause, pause

FUNCTION KiReadFlags
	pushfq
	.seh_stackalloc 8
	.seh_endprologue
	pop rax
	ret
	END

/* void KiLoadGdt(const void *pseudo_descriptor): selectors 0x10 and 0x18 */
FUNCTION KiLoadGdt
	push 0x10
	.seh_stackalloc 8
	lea rax, [rip + KiGdtLoaded]
	push rax
	.seh_stackalloc 8
	.seh_endprologue
	lgdt [rcx]
	mov eax, 0x18
	mov ss, eax
	mov eax, 0x2b
	mov ds, eax
	mov es, eax
	rex64 retf
	END

/* A function of its own: nothing of the other's is on the stack any more. */
FUNCTION KiGdtLoaded
	.seh_endprologue
	ret
	END

/* uint32_t KiReadPort(uint16_t), void KiWritePort(uint16_t, uint32_t) */
FUNCTION KiReadPort
	.seh_endprologue
	mov edx, ecx
	in eax, dx
	ret
	END

FUNCTION KiWritePort
	.seh_endprologue
	mov eax, edx
	mov edx, ecx
	out dx, eax
	ret
	END

/* The GS base leads to the processor's _KPCR. */
FUNCTION KeGetPcr
	.seh_endprologue
	mov ecx, 0xc0000101
	rdmsr
	shl rdx, 32
	or rax, rdx
	ret
	END

FUNCTION KiSetPcr
	.seh_endprologue
	mov rdx, rcx
	mov eax, ecx
	shr rdx, 32
	mov ecx, 0xc0000101
	wrmsr
	ret
	END
