/* Instructions that enter the debugger. */
#include "nt_asm.inc"

EXPORTED DbgBreakPoint
	.seh_endprologue
	int3
	ret
	END

EXPORTED DbgRaiseAssertionFailure
	.seh_endprologue
	int 0x2c
	ret
	END

/* void DbgBreakPointWithStatus(uint32_t status) */
EXPORTED DbgBreakPointWithStatus
	.seh_endprologue
	.globl RtlpBreakWithStatusInstruction
RtlpBreakWithStatusInstruction:
	int3
	ret
	END

/* DebugService2(const void *, const void *, uint32_t service) */
FUNCTION DebugService2
	.seh_endprologue
	mov eax, r8d
	int 0x2d
	int3
	ret
	END

/* DebugPrint(const char *text, uint16_t len, uint32_t component, uint32_t level) */
FUNCTION DebugPrint
	.seh_endprologue
	mov eax, 1
	int 0x2d
	int3
	ret
	END

/* uint32_t DebugPrompt(const char *text, uint16_t len, char *answer, uint16_t size) */
FUNCTION DebugPrompt
	.seh_endprologue
	mov eax, 2
	int 0x2d
	int3
	ret
	END
