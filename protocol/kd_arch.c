#include "kd_arch.h"

enum kd_arch kd_arch_from_machine(uint16_t machine)
{
	switch (machine) {
	case KD_ARCH_X86:
	case KD_ARCH_ARM:
	case KD_ARCH_X64:
	case KD_ARCH_ARM64:
		return (enum kd_arch)machine;
	default:
		return KD_ARCH_UNKNOWN;
	}
}

const char *kd_arch_name(enum kd_arch arch)
{
	switch (arch) {
	case KD_ARCH_X86:
		return "x86";
	case KD_ARCH_ARM:
		return "ARM";
	case KD_ARCH_X64:
		return "x64";
	case KD_ARCH_ARM64:
		return "ARM64";
	case KD_ARCH_UNKNOWN:
		break;
	}
	return "unknown";
}

unsigned kd_arch_pointer_size(enum kd_arch arch)
{
	return arch == KD_ARCH_X86 || arch == KD_ARCH_ARM ? 4 : 8;
}

const uint8_t *kd_arch_breakpoint(enum kd_arch arch, size_t *ret_len)
{
	/* KD-WIRE 8.3 */
	static const uint8_t int3[] = { 0xcc };
	static const uint8_t udf_fe[] = { 0xfe, 0xde };
	static const uint8_t brk_f000[] = { 0x00, 0x00, 0x3e, 0xd4 };

	switch (arch) {
	case KD_ARCH_X86:
	case KD_ARCH_X64:
		*ret_len = sizeof(int3);
		return int3;
	case KD_ARCH_ARM:
		*ret_len = sizeof(udf_fe);
		return udf_fe;
	case KD_ARCH_ARM64:
		*ret_len = sizeof(brk_f000);
		return brk_f000;
	case KD_ARCH_UNKNOWN:
		break;
	}
	*ret_len = 0;
	return NULL;
}

const uint8_t *kd_arch_assertion(enum kd_arch arch, size_t *ret_len)
{
	static const uint8_t int2c[] = { 0xcd, 0x2c };
	static const uint8_t udf_fc[] = { 0xfc, 0xde };
	static const uint8_t brk_f001[] = { 0x20, 0x00, 0x3e, 0xd4 };

	switch (arch) {
	case KD_ARCH_X86:
	case KD_ARCH_X64:
		*ret_len = sizeof(int2c);
		return int2c;
	case KD_ARCH_ARM:
		*ret_len = sizeof(udf_fc);
		return udf_fc;
	case KD_ARCH_ARM64:
		*ret_len = sizeof(brk_f001);
		return brk_f001;
	case KD_ARCH_UNKNOWN:
		break;
	}
	*ret_len = 0;
	return NULL;
}
