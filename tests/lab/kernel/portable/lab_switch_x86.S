/* Threads change places. The PDB's frame data say how to unwind it. */
	.intel_syntax noprefix
	.text

	/* the linker wants to hear that there are no exception handlers */
	.def @feat.00; .scl 3; .type 0; .endef
	.globl @feat.00
@feat.00 = 1

.macro FUNCTION name, parameters
	.globl \name
	.def \name; .scl 2; .type 32; .endef
	.p2align 4, 0xcc
	.cv_fpo_proc \name \parameters
\name:
.endm

.macro FRAME
	push ebp
	.cv_fpo_pushreg ebp
	mov ebp, esp
	.cv_fpo_setframe ebp
.endm

/* The bottom of every other stack. */
FUNCTION _KiStartSystemThread, 0
	FRAME
	.cv_fpo_endprologue
	call _PspSystemThreadStartup
	int3
	.cv_fpo_endproc

/* void KiSwapContext(void **save_stack, void *stack) */
FUNCTION _KiSwapContext, 8
	FRAME
	push ebx
	.cv_fpo_pushreg ebx
	push esi
	.cv_fpo_pushreg esi
	push edi
	.cv_fpo_pushreg edi
	.cv_fpo_endprologue
	mov ecx, [ebp + 8]
	mov edx, [ebp + 12]
	call SwapContext
	pop edi
	pop esi
	pop ebx
	pop ebp
	ret
	.cv_fpo_endproc

/* ecx, edx. A thread that does not run stands here, in a _KSWITCH_FRAME. */
FUNCTION SwapContext, 0
	FRAME
	sub esp, 16
	.cv_fpo_stackalloc 16
	.cv_fpo_endprologue
	mov [ecx], esp
	mov esp, edx
	add esp, 16
	pop ebp
	ret
	.cv_fpo_endproc

	.section .debug$S, "dr"
	.p2align 2
	.long 4 /* CV_SIGNATURE_C13 */
	.cv_fpo_data _KiStartSystemThread
	.cv_fpo_data _KiSwapContext
	.cv_fpo_data SwapContext
	.cv_filechecksums
	.cv_stringtable
