#include "kd_zydis_text.h"

#include "kd_cursor.h"

#include <inttypes.h>
#include <stdio.h>

enum { MNEMONIC_WIDTH = 8, NUMBER_MAX = 24 };

static void add(struct kd_writer *out, const char *text)
{
	kd_write_bytes(out, text, strlen(text));
}

/* One digit stands alone: "8"; else "0Ah", "10h". */
static void add_number(struct kd_writer *out, uint64_t value)
{
	char text[NUMBER_MAX];

	if (value < 10) {
		snprintf(text, sizeof(text), "%" PRIu64, value);
	} else {
		snprintf(text, sizeof(text), "0%" PRIX64 "h", value);
		if (text[1] <= '9')
			memmove(text, text + 1, strlen(text));
	}
	add(out, text);
}

static bool is_64(const struct kd_zydis_instruction *d)
{
	return d->i.machine_mode == ZYDIS_MACHINE_MODE_LONG_64;
}

static void add_address(struct kd_writer *out,
			const struct kd_zydis_instruction *d, uint64_t address)
{
	char text[NUMBER_MAX];
	uint32_t high = (uint32_t)(address >> 32);
	uint32_t low = (uint32_t)address;

	if (is_64(d))
		snprintf(text, sizeof(text), "%08" PRIx32 "`%08" PRIx32, high,
			 low);
	else
		snprintf(text, sizeof(text), "%08" PRIx32, low);
	add(out, text);
}

static void add_register(struct kd_writer *out, ZydisRegister r)
{
	const char *name = ZydisRegisterGetString(r);

	if (r >= ZYDIS_REGISTER_ST0 && r <= ZYDIS_REGISTER_ST7) {
		char text[] = "st(0)";

		text[3] = name[2];
		add(out, text);
		return;
	}
	add(out, name);
}

static bool has_prefix_byte(const struct kd_zydis_instruction *d, uint8_t byte)
{
	for (uint8_t i = 0; i < d->i.raw.prefix_count; i++)
		if (d->i.raw.prefixes[i].value == byte)
			return true;
	return false;
}

static void add_prefixes(struct kd_writer *out,
			 const struct kd_zydis_instruction *d)
{
	static const struct {
		ZydisInstructionAttributes attribute;
		const char *text;
	} prefixes[] = {
		{ ZYDIS_ATTRIB_HAS_LOCK, "lock " },
		{ ZYDIS_ATTRIB_HAS_REPNE, "repne " },
		{ ZYDIS_ATTRIB_HAS_REPE, "repe " },
		{ ZYDIS_ATTRIB_HAS_REP, "rep " },
	};

	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++)
		if (d->i.attributes & prefixes[i].attribute)
			add(out, prefixes[i].text);
	/* compilers put an ignored rep before ret for old processors */
	if (d->i.mnemonic == ZYDIS_MNEMONIC_RET && has_prefix_byte(d, 0xf3))
		add(out, "rep ");
}

static void add_mnemonic(struct kd_writer *out,
			 const struct kd_zydis_instruction *d)
{
	add_prefixes(out, d);
	add(out, kd_zydis_mnemonic(d));
}

static bool is_descriptor_table(const struct kd_zydis_instruction *d)
{
	return d->i.mnemonic == ZYDIS_MNEMONIC_LGDT ||
	       d->i.mnemonic == ZYDIS_MNEMONIC_LIDT ||
	       d->i.mnemonic == ZYDIS_MNEMONIC_SGDT ||
	       d->i.mnemonic == ZYDIS_MNEMONIC_SIDT;
}

static const char *size_name(const struct kd_zydis_instruction *d,
			     const ZydisDecodedOperand *o)
{
	switch (o->size) {
	case 8:
		return "byte ptr ";
	case 16:
		return "word ptr ";
	case 32:
		return "dword ptr ";
	case 48:
		return "fword ptr ";
	case 64:
		return o->element_type == ZYDIS_ELEMENT_TYPE_FLOAT64 &&
				       d->i.meta.isa_ext != ZYDIS_ISA_EXT_X87
			       ? "mmword ptr "
			       : "qword ptr ";
	case 80:
		return is_descriptor_table(d) ? "fword ptr " : "tbyte ptr ";
	case 128:
		return "xmmword ptr ";
	case 256:
		return "ymmword ptr ";
	case 512:
		return "zmmword ptr ";
	default:
		return "";
	}
}

/* LEA's operand is no access, and a prefetch has no size. */
static bool is_sized(const struct kd_zydis_instruction *d,
		     const ZydisDecodedOperand *o)
{
	return o->mem.type == ZYDIS_MEMOP_TYPE_MEM &&
	       d->i.meta.category != ZYDIS_CATEGORY_PREFETCH;
}

static bool is_segment_shown(const struct kd_zydis_instruction *d,
			     const ZydisDecodedOperand *o)
{
	switch (o->mem.segment) {
	case ZYDIS_REGISTER_FS:
	case ZYDIS_REGISTER_GS:
		return true;
	case ZYDIS_REGISTER_ES:
	case ZYDIS_REGISTER_CS:
		return !is_64(d);
	case ZYDIS_REGISTER_SS:
		return d->i.attributes & ZYDIS_ATTRIB_HAS_SEGMENT_SS;
	default:
		return false;
	}
}

bool kd_zydis_is_fixed(const struct kd_zydis_instruction *d,
		       const ZydisDecodedOperand *o)
{
	return o->type == ZYDIS_OPERAND_TYPE_MEMORY &&
	       o->mem.index == ZYDIS_REGISTER_NONE &&
	       (o->mem.base == ZYDIS_REGISTER_NONE ||
		o->mem.base == ZYDIS_REGISTER_RIP ||
		o->mem.base == ZYDIS_REGISTER_EIP) &&
	       !is_segment_shown(d, o);
}

uint64_t kd_zydis_target(const struct kd_zydis_instruction *d,
			 const ZydisDecodedOperand *o)
{
	ZyanU64 target = 0;

	if (ZYAN_FAILED(
		    ZydisCalcAbsoluteAddress(&d->i, o, d->address, &target)))
		return 0;
	return target;
}

static void add_displacement(struct kd_writer *out,
			     const struct kd_zydis_instruction *d,
			     const ZydisDecodedOperand *o, bool first)
{
	int64_t value = o->mem.disp.value;

	if (first && !is_64(d)) {
		char text[NUMBER_MAX];

		/* 32-bit code has its segment offsets in full: fs:[00000018h]
		 */
		snprintf(text, sizeof(text), "%08" PRIX32 "h", (uint32_t)value);
		add(out, text);
	} else if (first) {
		add_number(out, (uint64_t)value);
	} else if (value) {
		add(out, value < 0 ? "-" : "+");
		add_number(out,
			   value < 0 ? 0 - (uint64_t)value : (uint64_t)value);
	}
}

static void add_memory(struct kd_writer *out,
		       const struct kd_zydis_instruction *d,
		       const ZydisDecodedOperand *o)
{
	const ZydisDecodedOperandMem *m = &o->mem;

	if (is_sized(d, o))
		add(out, size_name(d, o));
	if (is_segment_shown(d, o)) {
		add_register(out, m->segment);
		add(out, ":");
	}
	add(out, "[");
	if (kd_zydis_is_fixed(d, o)) {
		add_address(out, d, kd_zydis_target(d, o));
		add(out, "]");
		return;
	}
	if (m->base != ZYDIS_REGISTER_NONE)
		add_register(out, m->base);
	if (m->index != ZYDIS_REGISTER_NONE) {
		if (m->base != ZYDIS_REGISTER_NONE)
			add(out, "+");
		add_register(out, m->index);
		if (m->scale > 1) {
			add(out, "*");
			add_number(out, m->scale);
		}
	}
	add_displacement(out, d, o,
			 m->base == ZYDIS_REGISTER_NONE &&
				 m->index == ZYDIS_REGISTER_NONE);
	add(out, "]");
}

/* Sign-extended to what the instruction works on, shown as its bits. */
static void add_immediate(struct kd_writer *out,
			  const struct kd_zydis_instruction *d,
			  const ZydisDecodedOperand *o)
{
	uint64_t value = o->imm.value.u;
	unsigned bits = d->i.operand_width;

	if (o->imm.is_relative) {
		add_address(out, d, kd_zydis_target(d, o));
		return;
	}
	if (o->imm.is_signed && bits < 64)
		value &= (UINT64_C(1) << bits) - 1;
	add_number(out, value);
}

static void add_operand(struct kd_writer *out,
			const struct kd_zydis_instruction *d,
			const ZydisDecodedOperand *o)
{
	char text[NUMBER_MAX];

	switch (o->type) {
	case ZYDIS_OPERAND_TYPE_REGISTER:
		add_register(out, o->reg.value);
		break;
	case ZYDIS_OPERAND_TYPE_MEMORY:
		add_memory(out, d, o);
		break;
	case ZYDIS_OPERAND_TYPE_POINTER:
		snprintf(text, sizeof(text), "%04" PRIx16 ":%08" PRIx32,
			 o->ptr.segment, o->ptr.offset);
		add(out, text);
		break;
	case ZYDIS_OPERAND_TYPE_IMMEDIATE:
		add_immediate(out, d, o);
		break;
	default:
		break;
	}
}

/* Division and MUL are written with the accumulator that they imply. */
static bool names_accumulator(const struct kd_zydis_instruction *d)
{
	return d->i.mnemonic == ZYDIS_MNEMONIC_MUL ||
	       d->i.mnemonic == ZYDIS_MNEMONIC_DIV ||
	       d->i.mnemonic == ZYDIS_MNEMONIC_IDIV;
}

static ZydisRegister accumulator(const ZydisDecodedOperand *o)
{
	switch (o->size) {
	case 8:
		return ZYDIS_REGISTER_AL;
	case 16:
		return ZYDIS_REGISTER_AX;
	case 32:
		return ZYDIS_REGISTER_EAX;
	default:
		return ZYDIS_REGISTER_RAX;
	}
}

static bool is_shown(const struct kd_zydis_instruction *d, size_t i)
{
	const ZydisDecodedOperand *o = &d->operand[i];

	/* a long NOP has a register that nobody reads, AVX-512 a mask */
	if (d->i.mnemonic == ZYDIS_MNEMONIC_NOP && i)
		return false;
	if (o->encoding == ZYDIS_OPERAND_ENCODING_MASK)
		return false;
	if (!kd_zydis_string_name(d))
		return i < d->i.operand_count_visible;
	return o->type == ZYDIS_OPERAND_TYPE_MEMORY ||
	       (o->type == ZYDIS_OPERAND_TYPE_REGISTER &&
		o->reg.value == ZYDIS_REGISTER_DX);
}

static void add_decorators(struct kd_writer *out,
			   const struct kd_zydis_instruction *d)
{
	if (d->i.avx.mask.mode != ZYDIS_MASK_MODE_MERGING &&
	    d->i.avx.mask.mode != ZYDIS_MASK_MODE_ZEROING)
		return;
	add(out, "{");
	add_register(out, d->i.avx.mask.reg);
	add(out, d->i.avx.mask.mode == ZYDIS_MASK_MODE_ZEROING ? "}{z}" : "}");
}

/* The operands alone, with commas. */
static void add_operands(struct kd_writer *out,
			 const struct kd_zydis_instruction *d)
{
	bool first = true;

	if (d->i.mnemonic == ZYDIS_MNEMONIC_INT3)
		add(out, "3");
	if (d->i.mnemonic == ZYDIS_MNEMONIC_INT1)
		add(out, "1");
	if (kd_zydis_is_wide_nop(d))
		add(out, "ax,ax");
	if (names_accumulator(d)) {
		add_register(out, accumulator(&d->operand[0]));
		first = false;
	}
	for (size_t i = 0; i < d->i.operand_count; i++) {
		if (!is_shown(d, i))
			continue;
		if (!first)
			add(out, ",");
		add_operand(out, d, &d->operand[i]);
		if (first)
			add_decorators(out, d);
		first = false;
	}
}

void kd_zydis_text(const struct kd_zydis_instruction *d, char *out, size_t cap)
{
	struct kd_writer w = kd_writer_over(out, cap - 1);

	add_mnemonic(&w, d);
	size_t end = w.pos;

	kd_write_bytes(&w, "        ",
		       end < MNEMONIC_WIDTH ? MNEMONIC_WIDTH - end : 1);
	size_t operands = w.pos;

	add_operands(&w, d);
	if (w.pos == operands)
		w.pos = end;
	out[w.pos] = 0;
}
