#include "kd_code_x86.h"
#include "kd_zydis_text.h"

enum { LONGEST = 15, BREAKPOINT_VECTOR = 3 };

/* The trap flag does not survive these, and they come back. */
static bool is_system(const struct kd_zydis_instruction *d)
{
	switch (d->i.mnemonic) {
	case ZYDIS_MNEMONIC_SYSCALL:
	case ZYDIS_MNEMONIC_SYSENTER:
		return true;
	case ZYDIS_MNEMONIC_INT:
		return d->operand[0].imm.value.u != BREAKPOINT_VECTOR;
	default:
		return false;
	}
}

static enum kd_code_kind kind_of(const struct kd_zydis_instruction *d)
{
	const ZydisInstructionAttributes repeats = ZYDIS_ATTRIB_HAS_REP |
						   ZYDIS_ATTRIB_HAS_REPE |
						   ZYDIS_ATTRIB_HAS_REPNE;

	if (is_system(d))
		return KD_CODE_SYSTEM;
	switch (d->i.meta.category) {
	case ZYDIS_CATEGORY_CALL:
		return KD_CODE_CALL;
	case ZYDIS_CATEGORY_RET:
	case ZYDIS_CATEGORY_SYSRET:
		return KD_CODE_RETURN;
	case ZYDIS_CATEGORY_COND_BR:
	case ZYDIS_CATEGORY_UNCOND_BR:
		return KD_CODE_BRANCH;
	default:
		break;
	}
	switch (d->i.mnemonic) {
	case ZYDIS_MNEMONIC_PUSHF:
	case ZYDIS_MNEMONIC_PUSHFD:
	case ZYDIS_MNEMONIC_PUSHFQ:
		return KD_CODE_PUSH_FLAGS;
	default:
		return d->i.attributes & repeats ? KD_CODE_REPEAT
						 : KD_CODE_PLAIN;
	}
}

enum kd_status kd_code_x86(enum kd_arch arch, uint64_t address,
			   const uint8_t *bytes, size_t len,
			   struct kd_code *ret)
{
	struct kd_zydis_instruction d = { .address = address };
	struct kd_code out = { 0 };
	ZydisDecoder decoder;

	if (!kd_zydis_start(&decoder, arch))
		return KD_E_UNSUPPORTED;
	if (!len)
		return KD_E_SPACE;
	ZyanStatus st =
		ZydisDecoderDecodeFull(&decoder, bytes, len, &d.i, d.operand);

	if (st == ZYDIS_STATUS_NO_MORE_DATA && len < LONGEST)
		return KD_E_SPACE;
	if (!ZYAN_SUCCESS(st))
		return KD_E_FORMAT;
	out.kind = kind_of(&d);
	out.len = d.i.length;
	out.is_conditional = d.i.meta.category == ZYDIS_CATEGORY_COND_BR;
	if (d.i.raw.imm[0].size && !d.i.raw.imm[0].is_relative) {
		out.immediate = d.i.raw.imm[0].offset;
		out.immediate_size = d.i.raw.imm[0].size / 8;
	}
	for (size_t i = 0; i < d.i.operand_count_visible; i++) {
		const ZydisDecodedOperand *o = &d.operand[i];

		if (o->type == ZYDIS_OPERAND_TYPE_MEMORY &&
		    o->mem.base == ZYDIS_REGISTER_RIP &&
		    (out.kind == KD_CODE_CALL || out.kind == KD_CODE_BRANCH))
			out.slot =
				address + out.len + (uint64_t)o->mem.disp.value;
		if (o->type != ZYDIS_OPERAND_TYPE_IMMEDIATE ||
		    !o->imm.is_relative)
			continue;
		out.has_target = true;
		out.target = kd_zydis_target(&d, o);
	}
	*ret = out;
	return KD_OK;
}
