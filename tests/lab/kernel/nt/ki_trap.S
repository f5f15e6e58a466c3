/*
 * Where the processor enters the kernel, and what C cannot say: unwind data
 * goes with all of it, so that a debugger walks through.
 */
#include "nt_asm.inc"

/* _KTRAP_FRAME, in front of what the processor pushed. */
.macro ENTER name, code
FUNCTION \name
.ifc \code, error
	.seh_pushframe @code
.else
	.seh_pushframe
	push 0
	.seh_stackalloc 8
.endif
	.irp register, rbp, rax, rcx, rdx, r8, r9, r10, r11, rbx, rsi, rdi, r12, r13, r14, r15
	push \register
	.seh_pushreg \register
	.endr
	sub rsp, 0x28
	.seh_stackalloc 0x28
	.seh_endprologue
	lea rcx, [rsp + 0x28]
.endm

.macro LEAVE
	add rsp, 0x28
	.irp register, r15, r14, r13, r12, rdi, rsi, rbx, r11, r10, r9, r8, rdx, rcx, rax, rbp
	pop \register
	.endr
	add rsp, 8
	iretq
	END
.endm

/* _KTRAP_FRAME *, vector */
.macro FAULT name, vector, code
	ENTER \name, \code
	mov edx, \vector
	call KiDispatchFault
	nop
	LEAVE
.endm

FAULT KiDivideErrorFault, 0, none
FAULT KiDebugTrapOrFault, 1, none
FAULT KiBreakpointTrap, 3, none
FAULT KiInvalidOpcodeFault, 6, none
FAULT KiGeneralProtectionFault, 13, error
FAULT KiPageFault, 14, error
FAULT KiRaiseAssertion, 0x2c, none
FAULT KiDebugServiceTrap, 0x2d, none

ENTER KiInterruptDispatch, none
	call KiDispatchInterrupt
	nop
	LEAVE

ENTER KiIpiInterrupt, none
	call KiIpiServiceRoutine
	nop
	LEAVE

/* The first instruction of all: lab_loader * in rcx. */
FUNCTION KiSystemStartup
	sub rsp, 0x28
	.seh_stackalloc 0x28
	.seh_endprologue
	call KiInitializeKernel
	int3
	END

/* Another processor's: its _KPRCB in rcx. */
FUNCTION KiProcessorStartup
	sub rsp, 0x28
	.seh_stackalloc 0x28
	.seh_endprologue
	call KiInitializeProcessor
	int3
	END

#include "ki_switch.inc"

/* bool KeTryCall(void (*function)(void *), void *context) */
EXPORTED KeTryCall
	.irp register, rbp, rbx, rsi, rdi, r12, r13, r14, r15
	push \register
	.seh_pushreg \register
	.endr
	sub rsp, 0x28
	.seh_stackalloc 0x28
	.seh_endprologue
	mov rsi, rcx
	mov rdi, rdx
	mov rcx, rsp
	call KiSetExceptionList
	mov [rsp + 0x20], rax
	mov rcx, rdi
	call rsi
	mov ebx, 1
	jmp 1f
	.globl KiTryFailed
KiTryFailed: /* an exception leads here, with the stack as it was */
	xor ebx, ebx
1:	mov rcx, [rsp + 0x20]
	call KiSetExceptionList
	mov eax, ebx
	add rsp, 0x28
	.irp register, r15, r14, r13, r12, rdi, rsi, rbx, rbp
	pop \register
	.endr
	ret
	END
