#include "kd_disasm.h"

#include "kd_zydis_text.h"

#include <string.h>

bool kd_zydis_start(ZydisDecoder *decoder, enum kd_arch arch)
{
	bool wide = arch == KD_ARCH_X64;

	if (arch != KD_ARCH_X64 && arch != KD_ARCH_X86)
		return false;
	return ZYAN_SUCCESS(ZydisDecoderInit(
		decoder,
		wide ? ZYDIS_MACHINE_MODE_LONG_64
		     : ZYDIS_MACHINE_MODE_LONG_COMPAT_32,
		wide ? ZYDIS_STACK_WIDTH_64 : ZYDIS_STACK_WIDTH_32));
}

/* LEA does not access; over 64 bytes, as FXSAVE's, is no value to show. */
static uint8_t access_bytes(const ZydisDecodedOperand *o)
{
	return o->mem.type == ZYDIS_MEMOP_TYPE_MEM && o->size <= 512
		       ? (uint8_t)(o->size / 8)
		       : 0;
}

static void note_operands(const struct kd_zydis_instruction *d,
			  struct kd_instruction *ret)
{
	for (size_t i = 0; i < d->i.operand_count_visible; i++) {
		const ZydisDecodedOperand *o = &d->operand[i];

		if (o->type == ZYDIS_OPERAND_TYPE_IMMEDIATE &&
		    o->imm.is_relative) {
			ret->has_target = true;
			ret->target = kd_zydis_target(d, o);
		} else if (kd_zydis_is_fixed(d, o)) {
			ret->has_memory = true;
			ret->memory = kd_zydis_target(d, o);
			ret->memory_bytes = access_bytes(o);
		}
	}
}

enum kd_status kd_disasm_one(enum kd_arch arch, uint64_t address,
			     const uint8_t *bytes, size_t len,
			     struct kd_instruction *ret)
{
	struct kd_zydis_instruction d = { .address = address };
	struct kd_instruction out = { .address = address };
	ZydisDecoder decoder;

	if (!kd_zydis_start(&decoder, arch))
		return KD_E_UNSUPPORTED;
	if (!len)
		return KD_E_SPACE;
	ZyanStatus st =
		ZydisDecoderDecodeFull(&decoder, bytes, len, &d.i, d.operand);

	if (st == ZYDIS_STATUS_NO_MORE_DATA && len < KD_INSTRUCTION_MAX)
		return KD_E_SPACE;
	if (ZYAN_SUCCESS(st)) {
		out.valid = true;
		out.len = d.i.length;
		note_operands(&d, &out);
		kd_zydis_text(&d, out.text, sizeof(out.text));
	} else {
		out.len = 1;
		strcpy(out.text, "???");
	}
	*ret = out;
	return KD_OK;
}
