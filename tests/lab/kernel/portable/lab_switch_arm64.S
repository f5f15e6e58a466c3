/* Threads change places. */
	.text

.macro FUNCTION name
	.globl \name
	.def \name; .scl 2; .type 32; .endef
	.p2align 2
	.seh_proc \name
\name:
.endm

/* The bottom of every other stack. Whoever is switched to is returned to, and
 * so lr leads here; above there is nobody. */
FUNCTION KiStartSystemThread
	mov lr, xzr
	.seh_nop
	stp fp, lr, [sp, #-16]!
	.seh_save_fplr_x 16
	.seh_endprologue
	bl PspSystemThreadStartup
	brk #0xf000
	.seh_endproc

/* void KiSwapContext(void **save_stack, void *stack) */
FUNCTION KiSwapContext
	stp x19, x20, [sp, #-0xa0]!
	.seh_save_regp_x x19, 0xa0
	stp x21, x22, [sp, #0x10]
	.seh_save_regp x21, 0x10
	stp x23, x24, [sp, #0x20]
	.seh_save_regp x23, 0x20
	stp x25, x26, [sp, #0x30]
	.seh_save_regp x25, 0x30
	stp x27, x28, [sp, #0x40]
	.seh_save_regp x27, 0x40
	stp d8, d9, [sp, #0x50]
	.seh_save_fregp d8, 0x50
	stp d10, d11, [sp, #0x60]
	.seh_save_fregp d10, 0x60
	stp d12, d13, [sp, #0x70]
	.seh_save_fregp d12, 0x70
	stp d14, d15, [sp, #0x80]
	.seh_save_fregp d14, 0x80
	stp fp, lr, [sp, #0x90]
	.seh_save_fplr 0x90
	.seh_endprologue
	bl SwapContext
	.seh_startepilogue
	ldp fp, lr, [sp, #0x90]
	.seh_save_fplr 0x90
	ldp d14, d15, [sp, #0x80]
	.seh_save_fregp d14, 0x80
	ldp d12, d13, [sp, #0x70]
	.seh_save_fregp d12, 0x70
	ldp d10, d11, [sp, #0x60]
	.seh_save_fregp d10, 0x60
	ldp d8, d9, [sp, #0x50]
	.seh_save_fregp d8, 0x50
	ldp x27, x28, [sp, #0x40]
	.seh_save_regp x27, 0x40
	ldp x25, x26, [sp, #0x30]
	.seh_save_regp x25, 0x30
	ldp x23, x24, [sp, #0x20]
	.seh_save_regp x23, 0x20
	ldp x21, x22, [sp, #0x10]
	.seh_save_regp x21, 0x10
	ldp x19, x20, [sp], #0xa0
	.seh_save_regp_x x19, 0xa0
	.seh_endepilogue
	ret
	.seh_endproc

/* A thread that does not run stands here, in a _KSWITCH_FRAME. */
FUNCTION SwapContext
	stp fp, lr, [sp, #-0x10]!
	.seh_save_fplr_x 0x10
	sub sp, sp, #0x20
	.seh_stackalloc 0x20
	.seh_endprologue
	mov x9, sp
	str x9, [x0]
	mov sp, x1
	.seh_startepilogue
	add sp, sp, #0x20
	.seh_stackalloc 0x20
	ldp fp, lr, [sp], #0x10
	.seh_save_fplr_x 0x10
	.seh_endepilogue
	ret
	.seh_endproc
