#include "kd_zydis_text.h"

/* Zydis names conditions as Intel's opcode map does, MASM as people do. */
static const struct {
	ZydisMnemonic mnemonic;
	const char *name;
} names[] = {
	{ ZYDIS_MNEMONIC_JNB, "jae" },
	{ ZYDIS_MNEMONIC_JZ, "je" },
	{ ZYDIS_MNEMONIC_JNZ, "jne" },
	{ ZYDIS_MNEMONIC_JNBE, "ja" },
	{ ZYDIS_MNEMONIC_JNL, "jge" },
	{ ZYDIS_MNEMONIC_JNLE, "jg" },
	{ ZYDIS_MNEMONIC_SETNB, "setae" },
	{ ZYDIS_MNEMONIC_SETZ, "sete" },
	{ ZYDIS_MNEMONIC_SETNZ, "setne" },
	{ ZYDIS_MNEMONIC_SETNBE, "seta" },
	{ ZYDIS_MNEMONIC_SETNL, "setge" },
	{ ZYDIS_MNEMONIC_SETNLE, "setg" },
	{ ZYDIS_MNEMONIC_CMOVNB, "cmovae" },
	{ ZYDIS_MNEMONIC_CMOVZ, "cmove" },
	{ ZYDIS_MNEMONIC_CMOVNZ, "cmovne" },
	{ ZYDIS_MNEMONIC_CMOVNBE, "cmova" },
	{ ZYDIS_MNEMONIC_CMOVNL, "cmovge" },
	{ ZYDIS_MNEMONIC_CMOVNLE, "cmovg" },
	{ ZYDIS_MNEMONIC_INT3, "int" },
	{ ZYDIS_MNEMONIC_INT1, "int" },
};

bool kd_zydis_is_wide_nop(const struct kd_zydis_instruction *d)
{
	return d->i.mnemonic == ZYDIS_MNEMONIC_NOP && d->i.opcode == 0x90 &&
	       d->i.operand_width == 16;
}

const char *kd_zydis_string_name(const struct kd_zydis_instruction *d)
{
	switch (d->i.mnemonic) {
	case ZYDIS_MNEMONIC_MOVSD:
		/* SSE has a MOVSD, too */
		if (d->i.meta.category != ZYDIS_CATEGORY_STRINGOP)
			return NULL;
		return "movs";
	case ZYDIS_MNEMONIC_CMPSD:
		if (d->i.meta.category != ZYDIS_CATEGORY_STRINGOP)
			return NULL;
		return "cmps";
	case ZYDIS_MNEMONIC_MOVSB:
	case ZYDIS_MNEMONIC_MOVSW:
	case ZYDIS_MNEMONIC_MOVSQ:
		return "movs";
	case ZYDIS_MNEMONIC_CMPSB:
	case ZYDIS_MNEMONIC_CMPSW:
	case ZYDIS_MNEMONIC_CMPSQ:
		return "cmps";
	case ZYDIS_MNEMONIC_STOSB:
	case ZYDIS_MNEMONIC_STOSW:
	case ZYDIS_MNEMONIC_STOSD:
	case ZYDIS_MNEMONIC_STOSQ:
		return "stos";
	case ZYDIS_MNEMONIC_LODSB:
	case ZYDIS_MNEMONIC_LODSW:
	case ZYDIS_MNEMONIC_LODSD:
	case ZYDIS_MNEMONIC_LODSQ:
		return "lods";
	case ZYDIS_MNEMONIC_SCASB:
	case ZYDIS_MNEMONIC_SCASW:
	case ZYDIS_MNEMONIC_SCASD:
	case ZYDIS_MNEMONIC_SCASQ:
		return "scas";
	case ZYDIS_MNEMONIC_INSB:
	case ZYDIS_MNEMONIC_INSW:
	case ZYDIS_MNEMONIC_INSD:
		return "ins";
	case ZYDIS_MNEMONIC_OUTSB:
	case ZYDIS_MNEMONIC_OUTSW:
	case ZYDIS_MNEMONIC_OUTSD:
		return "outs";
	default:
		return NULL;
	}
}

const char *kd_zydis_mnemonic(const struct kd_zydis_instruction *d)
{
	const char *string = kd_zydis_string_name(d);

	if (string)
		return string;
	if (kd_zydis_is_wide_nop(d))
		return "xchg";
	if (d->i.mnemonic == ZYDIS_MNEMONIC_SYSRET && d->i.operand_width == 64)
		return "sysretq";
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].mnemonic == d->i.mnemonic)
			return names[i].name;
	return ZydisMnemonicGetString(d->i.mnemonic);
}
