#ifndef KD_DISASM_H
#define KD_DISASM_H

/** @file Bytes at an address become WinDbg's text. */

#include "kd_code.h"
#include "kd_status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { KD_INSTRUCTION_MAX = 16, KD_INSTRUCTION_TEXT_MAX = 160 };

struct kd_instruction {
	uint64_t address;
	uint8_t len; /**< bytes, 1 or more; 1 for an invalid one */
	bool valid;
	/**
	 * "mov     rcx,qword ptr [rax+10h]"; "???" for an invalid one. The
	 * target and the memory address stand in it as addresses do in
	 * WinDbg, fffff802`40d32306 or 0040a000, for a symbol to be put
	 * around them.
	 */
	char text[KD_INSTRUCTION_TEXT_MAX];
	bool has_target; /**< a branch or call with an address in it */
	uint64_t target;
	bool has_memory;      /**< an operand in memory, address computable */
	uint64_t memory;      /**< set where it needs no register but PC */
	uint8_t memory_bytes; /**< accessed there; 0 for none, as LEA */
};

/**
 * Disassemble one instruction in WinDbg's MASM style.
 *
 * @param len  bytes there are; KD_INSTRUCTION_MAX always suffices
 * @return KD_E_UNSUPPORTED if this build, or no disassembler, knows @p arch
 * @return KD_E_SPACE if @p len ends within the instruction
 */
KD_API KD_MUST_USE enum kd_status kd_disasm_one(enum kd_arch arch,
						uint64_t address,
						const uint8_t *bytes,
						size_t len,
						struct kd_instruction *ret);

/**
 * What sort of instruction it is; as kd_code_fn. ARM64 needs no disassembler.
 */
KD_API KD_MUST_USE enum kd_status kd_disasm_code(enum kd_arch arch,
						 uint64_t address,
						 const uint8_t *bytes,
						 size_t len,
						 struct kd_code *ret);

#endif
