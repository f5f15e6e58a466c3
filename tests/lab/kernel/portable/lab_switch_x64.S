/* Threads change places, as in nt/ki_trap.S. */
#include "nt_asm.inc"

/* The bottom of every other stack. */
FUNCTION KiStartSystemThread
	sub rsp, 0x28
	.seh_stackalloc 0x28
	.seh_endprologue
	call PspSystemThreadStartup
	int3
	END

/* void KiSwapContext(void **save_stack, void *stack) */
FUNCTION KiSwapContext
	.irp register, rbx, rsi, rdi, r12, r13, r14, r15
	push \register
	.seh_pushreg \register
	.endr
	.seh_endprologue
	call SwapContext
	.irp register, r15, r14, r13, r12, rdi, rsi, rbx
	pop \register
	.endr
	ret
	END

FUNCTION SwapContext
	push rbp
	.seh_pushreg rbp
	sub rsp, 0x20
	.seh_stackalloc 0x20
	.seh_endprologue
	mov [rcx], rsp
	mov rsp, rdx
	add rsp, 0x20
	pop rbp
	ret
	END
