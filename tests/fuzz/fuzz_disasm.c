/* Covers: disasm/kd_zydis_text.c */
/* Covers: disasm/kd_zydis_mnemonic.c */
/* Covers: disasm/kd_code.c */
/* Covers: disasm/kd_code_zydis.c */

#include "kd_disasm.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len);

static void check_text(const char *text)
{
	size_t len = strlen(text);

	if (!len || len >= KD_INSTRUCTION_TEXT_MAX - 1 || text[len - 1] == ' ')
		abort();
	for (size_t i = 0; i < len; i++)
		if (text[i] < ' ' || text[i] > '~')
			abort();
}

/*
 * An instruction is made of its own bytes alone: those behind it change
 * nothing, and without its last one it is not complete.
 */
static void check_one(enum kd_arch arch, uint64_t address,
		      const uint8_t bytes[KD_INSTRUCTION_MAX])
{
	struct kd_instruction whole, alone;

	if (kd_disasm_one(arch, address, bytes, KD_INSTRUCTION_MAX, &whole) !=
		    KD_OK ||
	    !whole.len || whole.len > KD_INSTRUCTION_MAX)
		abort();
	check_text(whole.text);
	if (!whole.valid)
		return;
	if (kd_disasm_one(arch, address, bytes, whole.len, &alone) != KD_OK ||
	    alone.len != whole.len || strcmp(alone.text, whole.text) != 0 ||
	    kd_disasm_one(arch, address, bytes, whole.len - 1u, &alone) !=
		    KD_E_SPACE)
		abort();
}

/* Stepping and the listing agree on where the next instruction is. */
static void check_code(enum kd_arch arch, uint64_t address,
		       const uint8_t bytes[KD_INSTRUCTION_MAX])
{
	struct kd_instruction text;
	struct kd_code code;
	enum kd_status st =
		kd_disasm_code(arch, address, bytes, KD_INSTRUCTION_MAX, &code);

	if (kd_disasm_one(arch, address, bytes, KD_INSTRUCTION_MAX, &text) !=
		    KD_OK ||
	    text.valid != (st == KD_OK))
		abort();
	if (st == KD_OK &&
	    (code.len != text.len || code.has_target != text.has_target ||
	     (code.has_target && code.target != text.target)))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t len)
{
	uint8_t bytes[KD_INSTRUCTION_MAX] = { 0 };

	memcpy(bytes, data, len < sizeof(bytes) ? len : sizeof(bytes));
	check_one(KD_ARCH_X64, 0xfffff80240d322fd, bytes);
	check_one(KD_ARCH_X86, 0x211a1720, bytes);
	check_code(KD_ARCH_X64, 0xfffff80240d322fd, bytes);
	check_code(KD_ARCH_X86, 0x211a1720, bytes);
	return 0;
}
