/* For builds without a disassembler. */
#include "kd_code_x86.h"
#include "kd_disasm.h"

enum kd_status kd_disasm_one(enum kd_arch arch, uint64_t address,
			     const uint8_t *bytes, size_t len,
			     struct kd_instruction *ret)
{
	(void)arch;
	(void)address;
	(void)bytes;
	(void)len;
	(void)ret;
	return KD_E_UNSUPPORTED;
}

enum kd_status kd_code_x86(enum kd_arch arch, uint64_t address,
			   const uint8_t *bytes, size_t len,
			   struct kd_code *ret)
{
	(void)arch;
	(void)address;
	(void)bytes;
	(void)len;
	(void)ret;
	return KD_E_UNSUPPORTED;
}
