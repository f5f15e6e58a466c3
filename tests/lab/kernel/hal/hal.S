/* Ports, and doing nothing until something happens. */
#include "nt_asm.inc"

FUNCTION HalProcessorIdle
	.seh_endprologue
	sti
	hlt
	ret
	END

EXPORTED READ_PORT_ULONG
	.seh_endprologue
	mov edx, ecx
	in eax, dx
	ret
	END

EXPORTED WRITE_PORT_ULONG
	.seh_endprologue
	mov eax, edx
	mov edx, ecx
	out dx, eax
	ret
	END

EXPORTED READ_PORT_UCHAR
	.seh_endprologue
	mov edx, ecx
	in al, dx
	movzx eax, al
	ret
	END

EXPORTED WRITE_PORT_UCHAR
	.seh_endprologue
	mov eax, edx
	mov edx, ecx
	out dx, al
	ret
	END
