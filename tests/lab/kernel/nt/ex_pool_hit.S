/*
 * The doors of the pool, where PoolHitTag is looked at.
 *
 * What is seldom executed lies apart from its function, as optimizing linkers
 * put it: behind a constant string, whose compiler-made name is the only one
 * that a debugger has for the place. Chained unwind data leads back.
 */
#include "nt_asm.inc"

.macro DOOR name, tag, body
FUNCTION \name
	sub rsp, 0x28
	.seh_stackalloc 0x28
	.seh_endprologue
	cmp \tag, dword ptr [rip + PoolHitTag]
	je .Lhit_\name
.Lback_\name:
	call \body
	add rsp, 0x28
	ret

	.section .text$zy, "xr"
	.seh_startchained
	.seh_endprologue
.Lhit_\name:
	int3
	jmp .Lback_\name
	.seh_endchained
	.text
	END
.endm

	.section .text$zy, "xr"
	.globl "??_C@_0L@FNODOBFM@PoolHitTag?$AA@"
"??_C@_0L@FNODOBFM@PoolHitTag?$AA@":
	.asciz "PoolHitTag"
	.p2align 4, 0xcc

	.text
/* void *(struct _POOL_DESCRIPTOR *, size_t size, uint32_t tag) */
DOOR ExpAllocateSmallPool, r8d, ExpTakeBlock
DOOR ExpAllocateBigPool, r8d, ExpTakePages
/* void (struct _POOL_DESCRIPTOR *, void *block, uint32_t tag) */
DOOR ExpFreeSmallPool, r8d, ExpReturnBlock
DOOR ExpFreeBigPool, r8d, ExpReturnPages
