#include "kd_code_x86.h"
#include "kd_cursor.h"
#include "kd_disasm.h"

enum { ARM64_LEN = 4 };

/* A field of @p width bits from bit @p at on, in words of 4 bytes. */
static uint64_t displaced(uint64_t address, uint32_t word, unsigned at,
			  unsigned width)
{
	uint64_t sign = UINT64_C(1) << (width - 1);
	uint64_t field = word >> at & (2 * sign - 1);

	return address + ((field ^ sign) - sign) * ARM64_LEN;
}

/* Branches with their target in them. */
static const struct {
	uint32_t mask, value;
	enum kd_code_kind kind;
	uint8_t at, width;
	bool is_conditional;
} direct[] = {
	// clang-format off
	{ 0xfc000000, 0x94000000, KD_CODE_CALL,   0, 26, false }, /* bl */
	{ 0xfc000000, 0x14000000, KD_CODE_BRANCH, 0, 26, false }, /* b */
	{ 0xff000000, 0x54000000, KD_CODE_BRANCH, 5, 19, true }, /* b.cond */
	{ 0x7e000000, 0x34000000, KD_CODE_BRANCH, 5, 19, true }, /* cbz, cbnz */
	{ 0x7e000000, 0x36000000, KD_CODE_BRANCH, 5, 14, true }, /* tbz, tbnz */
	// clang-format on
};

static enum kd_code_kind indirect_kind(uint32_t word)
{
	enum { BR = 0, BLR = 1, RET = 2, ERET = 4 };

	/* svc, hvc, smc */
	if ((word & 0xffe0001c) == 0xd4000000 && word & 3)
		return KD_CODE_SYSTEM;
	if ((word & 0xfe000000) != 0xd6000000)
		return KD_CODE_PLAIN;
	/* bit 24 only says that the pointer is authenticated */
	switch (word >> 21 & 7) {
	case BR:
		return KD_CODE_BRANCH;
	case BLR:
		return KD_CODE_CALL;
	case RET:
	case ERET:
		return KD_CODE_RETURN;
	default:
		return KD_CODE_PLAIN;
	}
}

static enum kd_status decode_arm64(uint64_t address, const uint8_t *bytes,
				   size_t len, struct kd_code *ret)
{
	struct kd_reader in = kd_reader_over(bytes, len);
	uint32_t word = kd_read_le32(&in);

	if (in.bad)
		return KD_E_SPACE;
	*ret = (struct kd_code){ .kind = indirect_kind(word),
				 .len = ARM64_LEN };
	for (size_t i = 0; i < sizeof(direct) / sizeof(direct[0]); i++)
		if ((word & direct[i].mask) == direct[i].value)
			*ret = (struct kd_code){
				.kind = direct[i].kind,
				.len = ARM64_LEN,
				.is_conditional = direct[i].is_conditional,
				.has_target = true,
				.target = displaced(address, word, direct[i].at,
						    direct[i].width),
			};
	return KD_OK;
}

enum kd_status kd_disasm_code(enum kd_arch arch, uint64_t address,
			      const uint8_t *bytes, size_t len,
			      struct kd_code *ret)
{
	switch (arch) {
	case KD_ARCH_ARM64:
		return decode_arm64(address, bytes, len, ret);
	case KD_ARCH_X86:
	case KD_ARCH_X64:
		return kd_code_x86(arch, address, bytes, len, ret);
	case KD_ARCH_ARM:
	case KD_ARCH_UNKNOWN:
		break;
	}
	return KD_E_UNSUPPORTED;
}
