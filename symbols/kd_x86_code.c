/*
 * x86 instructions by their opcodes (Intel's manual, volume 2, appendix A).
 * Of those that change esp, only such are known as compilers write.
 */
#include "kd_x86_code.h"

#include "kd_cursor.h"

#include <string.h>

enum { NONE = KD_X86_REGISTERS };

/* An instruction that is being read. */
struct read {
	struct kd_reader in;
	bool is_narrow; /* 66: numbers of 16 bits */
	/* ModR/M and what belongs to it */
	uint8_t mod, reg, rm, sib;
	int32_t displacement;
	struct kd_x86_code code;
};

static int32_t read_byte(struct read *r)
{
	return (int8_t)kd_read_u8(&r->in);
}

static int32_t read_number(struct read *r)
{
	if (r->is_narrow)
		return (int16_t)kd_read_le16(&r->in);
	return (int32_t)kd_read_le32(&r->in);
}

static void read_modrm(struct read *r)
{
	uint8_t byte = kd_read_u8(&r->in);

	r->mod = byte >> 6;
	r->reg = byte >> 3 & 7;
	r->rm = byte & 7;
	if (r->mod == 3)
		return;
	if (r->rm == 4)
		r->sib = kd_read_u8(&r->in);
	if (r->mod == 1)
		r->displacement = read_byte(r);
	else if (r->mod == 2 || r->rm == 5 || (r->rm == 4 && (r->sib & 7) == 5))
		r->displacement = (int32_t)kd_read_le32(&r->in);
}

static void set(struct read *r, unsigned to, unsigned from, int32_t number)
{
	r->code.effect = KD_X86_SET;
	if (r->is_narrow)
		r->code.effect =
			to == KD_X86_ESP ? KD_X86_STRANGE : KD_X86_OTHER;
	r->code.to = (uint8_t)to;
	r->code.from = (uint8_t)from;
	r->code.number = number;
}

static void push(struct read *r, unsigned from)
{
	r->code.effect = r->is_narrow ? KD_X86_STRANGE : KD_X86_PUSH;
	r->code.from = (uint8_t)from;
}

static void pop(struct read *r, unsigned to)
{
	r->code.effect = r->is_narrow ? KD_X86_STRANGE : KD_X86_POP;
	r->code.to = (uint8_t)to;
	if (to == KD_X86_ESP)
		r->code.effect = KD_X86_STRANGE;
}

static void jump(struct read *r, enum kd_x86_effect effect, int32_t by)
{
	r->code.effect = effect;
	r->code.number = by;
}

/* lea: of a register and a number, if it is of these alone. */
static void take_address(struct read *r)
{
	bool plain = r->mod && r->mod != 3 && r->rm != 4;

	if (plain)
		set(r, r->reg, r->rm, r->displacement);
	else if (r->mod && r->mod != 3 && r->sib == 0x24)
		set(r, r->reg, KD_X86_ESP, r->displacement);
	else if (r->rm == 4 && !r->mod && r->sib == 0x24)
		set(r, r->reg, KD_X86_ESP, 0);
	else if (r->reg == KD_X86_ESP)
		r->code.effect = KD_X86_STRANGE;
}

/* 80 to 83: a register and a number. */
static void calculate(struct read *r, uint8_t op)
{
	enum { ADD = 0, AND = 4, SUB = 5, CMP = 7 };
	int32_t number = op == 0x81 ? read_number(r) : read_byte(r);

	if (r->mod != 3 || op == 0x80 || op == 0x82 || r->reg == CMP)
		return;
	if (r->reg == ADD)
		set(r, r->rm, r->rm, number);
	else if (r->reg == SUB)
		set(r, r->rm, r->rm, (int32_t)(0 - (uint32_t)number));
	else if (r->reg == AND)
		set(r, r->rm, r->rm, number);
	else if (r->rm == KD_X86_ESP)
		r->code.effect = KD_X86_STRANGE;
	if (r->code.effect == KD_X86_SET && r->reg == AND)
		r->code.effect = KD_X86_AND;
}

/* ff */
static void take_group_5(struct read *r)
{
	switch (r->reg) {
	case 0:
	case 1:
		if (r->mod == 3)
			set(r, r->rm, r->rm, r->reg ? -1 : 1);
		break;
	case 4:
		r->code.effect = KD_X86_JUMP_AWAY;
		if (!r->mod && r->rm == 4 && r->sib >> 6 == 2 &&
		    (r->sib & 7) == 5)
			jump(r, KD_X86_JUMP_TABLE, r->displacement);
		break;
	case 6:
		push(r, r->mod == 3 ? r->rm : NONE);
		break;
	default:
		r->code.effect = KD_X86_STRANGE;
		break;
	}
}

/* Two operands, 00 to 3f: the second is written if the form's bit 1 is set. */
static void take_pair(struct read *r, uint8_t op)
{
	enum { CMP = 0x38 };
	uint8_t form = op & 7;

	if (form == 4) {
		(void)read_byte(r);
	} else if (form == 5) {
		(void)read_number(r);
	} else if (form < 4) {
		read_modrm(r);
		bool is_esp = form & 2 ? r->reg == KD_X86_ESP
				       : r->mod == 3 && r->rm == KD_X86_ESP;

		if (is_esp && form & 1 && op < CMP)
			r->code.effect = KD_X86_STRANGE;
	} else if (op < 0x20) {
		if (form == 6)
			push(r, NONE);
		else
			pop(r, NONE);
	}
}

/* 80 to 8f */
static void take_80(struct read *r, uint8_t op)
{
	read_modrm(r);
	switch (op) {
	case 0x80:
	case 0x81:
	case 0x82:
	case 0x83:
		calculate(r, op);
		break;
	case 0x87:
		if (r->reg == KD_X86_ESP ||
		    (r->mod == 3 && r->rm == KD_X86_ESP))
			r->code.effect = KD_X86_STRANGE;
		break;
	case 0x89:
		if (r->mod == 3)
			set(r, r->rm, r->reg, 0);
		break;
	case 0x8b:
		if (r->mod == 3)
			set(r, r->reg, r->rm, 0);
		else if (r->reg == KD_X86_ESP)
			r->code.effect = KD_X86_STRANGE;
		break;
	case 0x8d:
		take_address(r);
		break;
	case 0x8f:
		pop(r, r->mod == 3 ? r->rm : NONE);
		break;
	default:
		break;
	}
}

/* c0 to cf */
static void take_c0(struct read *r, uint8_t op)
{
	enum { FAST_FAIL = 0x29 };

	switch (op) {
	case 0xc0:
	case 0xc1:
	case 0xc6:
		read_modrm(r);
		(void)read_byte(r);
		break;
	case 0xc7:
		read_modrm(r);
		(void)read_number(r);
		break;
	case 0xc2:
		(void)kd_read_le16(&r->in);
		r->code.effect = KD_X86_RETURN;
		break;
	case 0xc3:
		r->code.effect = KD_X86_RETURN;
		break;
	case 0xc9:
		r->code.effect = KD_X86_LEAVE;
		break;
	case 0xcd:
		if (read_byte(r) == FAST_FAIL)
			r->code.effect = KD_X86_STRANGE;
		break;
	case 0xcc: /* the debugger goes on behind it */
		break;
	default:
		r->code.effect = KD_X86_STRANGE;
		break;
	}
}

/* 40 to 7f */
static void take_40(struct read *r, uint8_t op)
{
	if (op < 0x50) {
		set(r, op & 7, op & 7, op < 0x48 ? 1 : -1);
	} else if (op < 0x58) {
		push(r, op & 7);
	} else if (op < 0x60) {
		pop(r, op & 7);
	} else if (op >= 0x70) {
		jump(r, KD_X86_BRANCH, read_byte(r));
	} else if (op == 0x68 || op == 0x6a) {
		(void)(op == 0x68 ? read_number(r) : read_byte(r));
		push(r, NONE);
	} else if (op == 0x69 || op == 0x6b) {
		read_modrm(r);
		(void)(op == 0x69 ? read_number(r) : read_byte(r));
	} else if (op < 0x6c) {
		r->code.effect = KD_X86_STRANGE;
	}
}

/* 90 to bf */
static void take_90(struct read *r, uint8_t op)
{
	static const uint8_t strange[] = { 0x94, 0x9a, 0xbc };

	if (memchr(strange, op, sizeof(strange)))
		r->code.effect = KD_X86_STRANGE;
	if (op == 0x9c)
		push(r, NONE);
	else if (op == 0x9d)
		pop(r, NONE);
	else if (op >= 0xa0 && op <= 0xa3)
		(void)kd_read_le32(&r->in);
	else if (op == 0xa8 || (op >= 0xb0 && op < 0xb8))
		(void)read_byte(r);
	else if (op == 0xa9 || op >= 0xb8)
		(void)read_number(r);
}

/* d0 to ff */
static void take_d0(struct read *r, uint8_t op)
{
	static const uint8_t strange[] = { 0xe8, 0xea, 0xf1 };

	if (memchr(strange, op, sizeof(strange))) {
		r->code.effect = KD_X86_STRANGE;
		if (op == 0xe8)
			(void)read_number(r);
	} else if (op < 0xd4 || (op >= 0xd8 && op < 0xe0) || op == 0xfe) {
		read_modrm(r);
	} else if (op == 0xd4 || op == 0xd5 || (op >= 0xe4 && op < 0xe8)) {
		(void)read_byte(r);
	} else if (op >= 0xe0 && op < 0xe4) {
		jump(r, KD_X86_BRANCH, read_byte(r));
	} else if (op == 0xe9 || op == 0xeb) {
		jump(r, KD_X86_JUMP,
		     op == 0xe9 ? read_number(r) : read_byte(r));
	} else if (op == 0xf6 || op == 0xf7) {
		read_modrm(r);
		if (r->reg < 2)
			(void)(op == 0xf7 ? read_number(r) : read_byte(r));
	} else if (op == 0xff) {
		read_modrm(r);
		take_group_5(r);
	}
}

/* 0f */
static void take_two_bytes(struct read *r)
{
	static const uint8_t bare[] = { 0x06, 0x08, 0x09, 0x30, 0x31,
					0x32, 0x33, 0x77, 0xa2 };
	static const uint8_t numbered[] = { 0x70, 0x71, 0x72, 0x73, 0xa4, 0xac,
					    0xba, 0xc2, 0xc4, 0xc5, 0xc6 };
	static const uint8_t strange[] = { 0x04, 0x05, 0x07, 0x0a, 0x0b,
					   0x0c, 0x0e, 0x0f, 0x34, 0x35,
					   0x36, 0x37, 0xaa, 0xff };
	uint8_t op = kd_read_u8(&r->in);

	if (memchr(strange, op, sizeof(strange))) {
		r->code.effect = KD_X86_STRANGE;
	} else if (op >= 0x80 && op < 0x90) {
		jump(r, KD_X86_BRANCH, read_number(r));
	} else if (op == 0xa0 || op == 0xa8) {
		push(r, NONE);
	} else if (op == 0xa1 || op == 0xa9) {
		pop(r, NONE);
	} else if (op == 0x38 || op == 0x3a) {
		(void)kd_read_u8(&r->in);
		read_modrm(r);
		if (op == 0x3a)
			(void)read_byte(r);
	} else if (!memchr(bare, op, sizeof(bare)) && op >> 3 != 0xc8 >> 3) {
		read_modrm(r);
		if (memchr(numbered, op, sizeof(numbered)))
			(void)read_byte(r);
	}
}

static void take(struct read *r, uint8_t op)
{
	if (op == 0x0f)
		take_two_bytes(r);
	else if (op < 0x40)
		take_pair(r, op);
	else if (op < 0x80)
		take_40(r, op);
	else if (op < 0x90)
		take_80(r, op);
	else if (op < 0xc0)
		take_90(r, op);
	else if (op < 0xd0)
		take_c0(r, op);
	else
		take_d0(r, op);
}

bool kd_x86_code_read(const uint8_t *bytes, size_t len, struct kd_x86_code *ret)
{
	/* segments, 66, lock, rep; not 67, which compilers do not write */
	static const uint8_t prefixes[] = { 0x26, 0x2e, 0x36, 0x3e, 0x64,
					    0x65, 0x66, 0xf0, 0xf2, 0xf3 };
	struct read r = {
		.in = kd_reader_over(
			bytes, len < KD_X86_CODE_MAX ? len : KD_X86_CODE_MAX)
	};
	uint8_t op = kd_read_u8(&r.in);

	r.code.to = r.code.from = NONE;
	while (!r.in.bad && memchr(prefixes, op, sizeof(prefixes))) {
		r.is_narrow |= op == 0x66;
		op = kd_read_u8(&r.in);
	}
	take(&r, op);
	if (r.in.bad)
		return false;
	r.code.len = (uint8_t)r.in.pos;
	*ret = r.code;
	return true;
}
