	.intel_syntax noprefix
	.text
	.globl KiSystemStartup
	.def KiSystemStartup; .scl 2; .type 32; .endef
	.seh_proc KiSystemStartup
KiSystemStartup:
	sub rsp, 0x28
	.seh_stackalloc 0x28
	.seh_endprologue
	call KiInitializeKernel
	int3
	.seh_endproc

	.globl DebugPrint
	.def DebugPrint; .scl 2; .type 32; .endef
DebugPrint:
	mov eax, 1
	int 0x2d
	int3
	ret

	.globl KeHalt
	.def KeHalt; .scl 2; .type 32; .endef
KeHalt:
	sti
	hlt
	ret
