#ifndef KD_ZYDIS_TEXT_H
#define KD_ZYDIS_TEXT_H

/** @file What Zydis decoded becomes WinDbg's MASM text. */

#include "kd_arch.h"

#include <Zydis/Zydis.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One decoded instruction and where it stands. */
struct kd_zydis_instruction {
	uint64_t address;
	ZydisDecodedInstruction i;
	ZydisDecodedOperand operand[ZYDIS_MAX_OPERAND_COUNT];
};

/** A decoder for x64 or x86; false for any other. */
bool kd_zydis_start(ZydisDecoder *decoder, enum kd_arch arch);

/** A memory operand whose address needs no register but the PC? */
bool kd_zydis_is_fixed(const struct kd_zydis_instruction *d,
		       const ZydisDecodedOperand *o);

/** Where a branch's immediate or a fixed memory operand leads. */
uint64_t kd_zydis_target(const struct kd_zydis_instruction *d,
			 const ZydisDecodedOperand *o);

/** MASM's name: "je" for JZ, "movs" for MOVSQ; without prefixes. */
const char *kd_zydis_mnemonic(const struct kd_zydis_instruction *d);

/**
 * The name of a string instruction, which has its size in its operands and
 * not in its name; NULL if it is none.
 */
const char *kd_zydis_string_name(const struct kd_zydis_instruction *d);

/** 66 90, which compilers pad with: shown as the exchange that it says. */
bool kd_zydis_is_wide_nop(const struct kd_zydis_instruction *d);

/** Write the text, terminated and cut to fit @p cap, 1 or more. */
void kd_zydis_text(const struct kd_zydis_instruction *d, char *out, size_t cap);

#endif
