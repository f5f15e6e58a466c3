#include "kd_host_step.h"

/* Numbers in instructions are those of the processors' manuals. */
enum {
	REX_W = 8,
	REX_R = 4,
	REX_X = 2,
	REX_B = 1,
	REGISTER_SP = 4,
	NO_REGISTER = 16,
	ALWAYS = 16,
};

struct decoder {
	struct kd_reader in;
	uint8_t rex;
	bool wide; /* 66 stood before it */
	struct kd_host_instruction *to;
};

static uint64_t sign_extended(uint64_t value, unsigned bytes)
{
	uint64_t top = UINT64_C(1) << (bytes * 8 - 1);

	return bytes == 8 ? value : (value ^ top) - top;
}

static uint64_t read_signed(struct decoder *d, unsigned bytes)
{
	switch (bytes) {
	case 1:
		return sign_extended(kd_read_u8(&d->in), 1);
	case 4:
		return sign_extended(kd_read_le32(&d->in), 4);
	default:
		return kd_read_le64(&d->in);
	}
}

/* The scaled index, and the base behind it. */
static void read_sib(struct decoder *d, uint8_t mod)
{
	struct kd_host_instruction *i = d->to;
	uint8_t sib = kd_read_u8(&d->in);

	i->shift = sib >> 6;
	i->index = (uint8_t)((sib >> 3 & 7) | (d->rex & REX_X ? 8 : 0));
	if (i->index == REGISTER_SP)
		i->index = NO_REGISTER;
	i->base = (uint8_t)((sib & 7) | (d->rex & REX_B ? 8 : 0));
	if ((sib & 7) == 5 && !mod) {
		i->base = NO_REGISTER;
		i->displacement = (int64_t)read_signed(d, 4);
	}
}

static void read_modrm(struct decoder *d)
{
	struct kd_host_instruction *i = d->to;
	uint8_t modrm = kd_read_u8(&d->in), mod = modrm >> 6;

	i->reg = (uint8_t)((modrm >> 3 & 7) | (d->rex & REX_R ? 8 : 0));
	i->rm = (uint8_t)((modrm & 7) | (d->rex & REX_B ? 8 : 0));
	i->memory = mod != 3;
	i->base = i->index = NO_REGISTER;
	if (!i->memory)
		return;
	if ((modrm & 7) == 4) {
		read_sib(d, mod);
	} else if ((modrm & 7) == 5 && !mod) {
		i->by_rip = true;
		i->displacement = (int64_t)read_signed(d, 4);
	} else {
		i->base = i->rm;
	}
	if (mod == 1)
		i->displacement = (int64_t)read_signed(d, 1);
	else if (mod == 2)
		i->displacement = (int64_t)read_signed(d, 4);
}

static void read_immediate(struct decoder *d, unsigned bytes)
{
	d->to->has_immediate = true;
	d->to->immediate = read_signed(d, bytes);
}

static bool jump(struct decoder *d, uint8_t condition, unsigned bytes)
{
	d->to->kind = KD_HOST_JUMP;
	d->to->condition = condition;
	read_immediate(d, bytes);
	return true;
}

/* add, or, adc, sbb, and, sub, xor, cmp: 00 to 3d. */
static bool alu(struct decoder *d, uint8_t op)
{
	struct kd_host_instruction *i = d->to;

	i->kind = KD_HOST_ALU;
	i->alu = op >> 3;
	if (!(op & 1))
		i->size = 1;
	switch (op & 7) {
	case 0:
	case 1:
	case 2:
	case 3:
		read_modrm(d);
		i->to_memory_side = !(op & 2);
		return true;
	case 4:
	case 5: /* al, eax or rax, and a number */
		i->rm = 0;
		i->to_memory_side = true;
		read_immediate(d, i->size == 1 ? 1 : 4);
		return true;
	default:
		return false;
	}
}

/* 80, 81, 83: what it is stands where else the register is. */
static bool alu_immediate(struct decoder *d, uint8_t op)
{
	struct kd_host_instruction *i = d->to;

	if (op == 0x80)
		i->size = 1;
	read_modrm(d);
	i->kind = KD_HOST_ALU;
	i->alu = i->reg & 7;
	i->to_memory_side = true;
	read_immediate(d, op == 0x81 ? 4 : 1);
	return true;
}

static bool test(struct decoder *d, uint8_t op)
{
	struct kd_host_instruction *i = d->to;

	i->kind = KD_HOST_TEST;
	if (!(op & 1))
		i->size = 1;
	if (op == 0xa8 || op == 0xa9) {
		i->rm = 0;
	} else {
		read_modrm(d);
		if ((op == 0xf6 || op == 0xf7) && i->reg & 7)
			return false; /* not, neg, mul, div */
	}
	if (op != 0x84 && op != 0x85)
		read_immediate(d, i->size == 1 ? 1 : 4);
	return true;
}

static bool move(struct decoder *d, uint8_t op)
{
	struct kd_host_instruction *i = d->to;

	i->kind = KD_HOST_MOVE;
	if (op >= 0xb8 && op <= 0xbf) { /* to a register, as long as it */
		i->rm = (uint8_t)((op & 7) | (d->rex & REX_B ? 8 : 0));
		i->to_memory_side = true;
		read_immediate(d, i->size);
	} else {
		if (!(op & 1))
			i->size = 1;
		read_modrm(d);
		i->to_memory_side = op != 0x8a && op != 0x8b;
		if (op >= 0xc6) {
			if (i->reg)
				return false;
			read_immediate(d, i->size == 1 ? 1 : 4);
		}
	}
	i->source_size = i->size;
	return true;
}

static bool extend(struct decoder *d, unsigned from, bool sign)
{
	struct kd_host_instruction *i = d->to;

	i->kind = KD_HOST_MOVE;
	i->source_size = from;
	i->extends_sign = sign;
	read_modrm(d);
	return true;
}

/* Behind 0f. */
static bool two_bytes(struct decoder *d)
{
	uint8_t op = kd_read_u8(&d->in);

	switch (op) {
	case 0x1f: /* of any length */
		read_modrm(d);
		d->to->kind = KD_HOST_NOP;
		return true;
	case 0xb6:
	case 0xb7:
		return extend(d, op & 1 ? 2 : 1, false);
	case 0xbe:
	case 0xbf:
		return extend(d, op & 1 ? 2 : 1, true);
	default:
		if (op >> 4 != 8)
			return false;
		return jump(d, op & 15, 4);
	}
}

static bool push_or_pop(struct decoder *d, uint8_t op)
{
	struct kd_host_instruction *i = d->to;

	i->kind = op < 0x58 ? KD_HOST_PUSH : KD_HOST_POP;
	i->size = 8;
	i->rm = (uint8_t)((op & 7) | (d->rex & REX_B ? 8 : 0));
	return i->rm != REGISTER_SP;
}

static bool one_byte(struct decoder *d, uint8_t op)
{
	struct kd_host_instruction *i = d->to;

	if (op < 0x40)
		return alu(d, op);
	if (op >> 4 == 5)
		return push_or_pop(d, op);
	if (op >> 4 == 7)
		return jump(d, op & 15, 1);
	if (op >= 0xb8 && op <= 0xbf)
		return move(d, op);
	switch (op) {
	case 0x63:
		return extend(d, 4, true);
	case 0x68:
	case 0x6a:
		i->kind = KD_HOST_PUSH;
		i->size = 8;
		read_immediate(d, op == 0x68 ? 4 : 1);
		return true;
	case 0x80:
	case 0x81:
	case 0x83:
		return alu_immediate(d, op);
	case 0x84:
	case 0x85:
	case 0xa8:
	case 0xa9:
	case 0xf6:
	case 0xf7:
		return test(d, op);
	case 0x88:
	case 0x89:
	case 0x8a:
	case 0x8b:
	case 0xc6:
	case 0xc7:
		return move(d, op);
	case 0x8d:
		read_modrm(d);
		i->kind = KD_HOST_LEA;
		return i->memory;
	case 0x90:
		i->kind = KD_HOST_NOP;
		return !(d->rex & REX_B);
	case 0x9c: /* under the trap flag, a processor would push that, too */
		i->kind = KD_HOST_PUSH_FLAGS;
		return true;
	case 0xe9:
	case 0xeb:
		return jump(d, ALWAYS, op == 0xe9 ? 4 : 1);
	default:
		return false;
	}
}

/* 16 bits are rare, and done by the processor; but for a long nop. */
static bool is_done(const struct decoder *d)
{
	const struct kd_host_instruction *i = d->to;

	return !d->in.bad && (!d->wide || i->kind == KD_HOST_NOP);
}

bool kd_host_step_decode(const uint8_t *code, size_t len,
			 struct kd_host_instruction *ret)
{
	static const uint8_t endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	struct decoder d = { .in = kd_reader_over(code, len), .to = ret };
	uint8_t op;

	*ret = (struct kd_host_instruction){ .base = NO_REGISTER,
					     .index = NO_REGISTER };
	if (len >= sizeof(endbr64) && code[0] == endbr64[0] &&
	    code[1] == endbr64[1] && code[2] == endbr64[2] &&
	    code[3] == endbr64[3]) {
		ret->len = sizeof(endbr64);
		return true;
	}
	op = kd_read_u8(&d.in);
	if (op == 0x66) {
		d.wide = true;
		op = kd_read_u8(&d.in);
	}
	if (op >> 4 == 4) {
		d.rex = op;
		op = kd_read_u8(&d.in);
	}
	ret->size = d.rex & REX_W ? 8 : 4;
	ret->high_bytes = !d.rex;
	bool known = op == 0x0f ? two_bytes(&d) : one_byte(&d, op);

	ret->len = (unsigned)d.in.pos;
	return known && is_done(&d);
}
