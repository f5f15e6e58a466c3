#include "kd_host_step.h"

enum {
	REGISTER_SP = 4,
	NO_REGISTER = 16,
	ALWAYS = 16,
	/* A stack is as long as that above its pointer, and rarely longer. */
	STACK_REACH = 0x6000,
};

enum flag {
	CARRY = 1 << 0,
	PARITY = 1 << 2,
	ADJUST = 1 << 4,
	ZERO = 1 << 6,
	SIGN = 1 << 7,
	OVERFLOW_FLAG = 1 << 11,
	NEVER_PUSHED = 1 << 16 | 1 << 17, /* resume, virtual 8086 */
	ALL_FLAGS = CARRY | PARITY | ADJUST | ZERO | SIGN | OVERFLOW_FLAG,
};

/* ---- registers by their number in instructions ---- */

static const struct kd_register *register_of(unsigned n)
{
	static const char *const names[] = {
		"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi",
		"r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15",
	};

	return kd_register_find(KD_ARCH_X64, names[n & 15]);
}

static uint64_t get(const struct kd_context *c, unsigned n)
{
	uint64_t value = 0;

	(void)kd_register_get(c, register_of(n), &value);
	return value;
}

static uint64_t cut(uint64_t value, unsigned size)
{
	return size >= 8 ? value : value & ((UINT64_C(1) << size * 8) - 1);
}

/* 32 bits clear those above them, 8 and 16 leave them. */
static bool set(struct kd_context *c, unsigned n, unsigned size, uint64_t value)
{
	if (size < 4)
		value = (get(c, n) & ~cut(UINT64_MAX, size)) | cut(value, size);
	else
		value = cut(value, size);
	return kd_register_set(c, register_of(n), value);
}

static uint64_t flags_of(const struct kd_context *c)
{
	uint64_t value = 0;

	(void)kd_register_get(c, kd_register_find(KD_ARCH_X64, "efl"), &value);
	return value;
}

static bool set_flags(struct kd_context *c, uint64_t flags)
{
	return kd_register_set(c, kd_register_find(KD_ARCH_X64, "efl"),
			       (flags_of(c) & ~(uint64_t)ALL_FLAGS) | flags);
}

/* ---- arithmetic ---- */

static uint64_t flags_of_result(uint64_t r, unsigned size)
{
	uint64_t flags = 0;
	unsigned ones = 0;

	for (unsigned bit = 0; bit < 8; bit++)
		ones += (unsigned)(r >> bit & 1);
	if (!(ones & 1))
		flags |= PARITY;
	if (!r)
		flags |= ZERO;
	if (r >> (size * 8 - 1) & 1)
		flags |= SIGN;
	return flags;
}

static uint64_t add(uint64_t a, uint64_t b, bool carry, unsigned size,
		    uint64_t *flags)
{
	uint64_t r = cut(a + b + carry, size);

	*flags = flags_of_result(r, size);
	if (r < a || (carry && r == a))
		*flags |= CARRY;
	if ((a ^ b ^ r) & 16)
		*flags |= ADJUST;
	if (((a ^ r) & (b ^ r)) >> (size * 8 - 1) & 1)
		*flags |= OVERFLOW_FLAG;
	return r;
}

static uint64_t subtract(uint64_t a, uint64_t b, bool borrow, unsigned size,
			 uint64_t *flags)
{
	uint64_t r = cut(a - b - borrow, size);

	*flags = flags_of_result(r, size);
	if (a < b || (borrow && a == b))
		*flags |= CARRY;
	if ((a ^ b ^ r) & 16)
		*flags |= ADJUST;
	if (((a ^ b) & (a ^ r)) >> (size * 8 - 1) & 1)
		*flags |= OVERFLOW_FLAG;
	return r;
}

static uint64_t compute(uint8_t alu, uint64_t a, uint64_t b, bool carry,
			unsigned size, uint64_t *flags)
{
	uint64_t r;

	switch (alu) {
	case 0: /* add */
		return add(a, b, false, size, flags);
	case 2: /* adc */
		return add(a, b, carry, size, flags);
	case 3: /* sbb */
		return subtract(a, b, carry, size, flags);
	case 5: /* sub */
	case 7: /* cmp */
		return subtract(a, b, false, size, flags);
	case 1:
		r = a | b;
		break;
	case 4:
		r = a & b;
		break;
	default:
		r = a ^ b;
		break;
	}
	*flags = flags_of_result(r, size);
	return r;
}

static bool is_taken(uint8_t condition, uint64_t flags)
{
	bool less = !(flags & SIGN) != !(flags & OVERFLOW_FLAG);
	bool is;

	switch (condition >> 1) {
	case 0:
		is = flags & OVERFLOW_FLAG;
		break;
	case 1:
		is = flags & CARRY;
		break;
	case 2:
		is = flags & ZERO;
		break;
	case 3:
		is = flags & (CARRY | ZERO);
		break;
	case 4:
		is = flags & SIGN;
		break;
	case 5:
		is = flags & PARITY;
		break;
	case 6:
		is = less;
		break;
	case 7:
		is = less || flags & ZERO;
		break;
	default:
		return true;
	}
	return is != (condition & 1);
}

/* ---- the plan ---- */

static uint64_t address_of(const struct kd_host_instruction *i,
			   const struct kd_context *c)
{
	uint64_t at = (uint64_t)i->displacement;

	if (i->by_rip)
		at += kd_context_pc(c) + i->len;
	if (i->base != NO_REGISTER)
		at += get(c, i->base);
	if (i->index != NO_REGISTER)
		at += get(c, i->index) << i->shift;
	return at;
}

static void plan_operand(const struct kd_host_instruction *i,
			 const struct kd_context *c, struct kd_host_step *ret)
{
	bool compares = i->kind == KD_HOST_TEST ||
			(i->kind == KD_HOST_ALU && i->alu == 7);

	if (!i->memory)
		return;
	ret->address = address_of(i, c);
	ret->len = i->kind == KD_HOST_MOVE ? i->source_size : i->size;
	ret->writes = i->to_memory_side && !compares;
	ret->reads = !ret->writes || i->kind == KD_HOST_ALU;
}

/* Kernel addresses are the upper half; a user's may be copied on writing. */
static bool is_allowed(const struct kd_host_step *step,
		       const struct kd_context *c)
{
	uint64_t sp = kd_context_sp(c);
	bool kernel = step->address >> 63 && sp >> 63;
	/* a push is below the pointer */
	bool stack = step->address - (sp - 8) < STACK_REACH;

	if (!step->reads && !step->writes)
		return true;
	/* both could not be done once more, should the rest fail */
	if (step->reads && step->writes)
		return false;
	return kernel && (stack || (step->at.by_rip && !step->writes));
}

bool kd_host_step_plan(const uint8_t *code, size_t len,
		       const struct kd_context *c, struct kd_host_step *ret)
{
	*ret = (struct kd_host_step){ 0 };
	if (c->arch != KD_ARCH_X64 || !kd_host_step_decode(code, len, &ret->at))
		return false;
	switch (ret->at.kind) {
	case KD_HOST_NOP:
	case KD_HOST_LEA:
	case KD_HOST_JUMP:
		break;
	case KD_HOST_PUSH:
	case KD_HOST_PUSH_FLAGS:
		ret->writes = true;
		ret->address = kd_context_sp(c) - 8;
		ret->len = 8;
		break;
	case KD_HOST_POP:
		ret->reads = true;
		ret->address = kd_context_sp(c);
		ret->len = 8;
		break;
	case KD_HOST_MOVE:
	case KD_HOST_ALU:
	case KD_HOST_TEST:
		plan_operand(&ret->at, c, ret);
		break;
	}
	return is_allowed(ret, c);
}

/* ---- doing it ---- */

static uint64_t value_of(const struct kd_host_instruction *i,
			 const struct kd_context *c, unsigned n, unsigned size)
{
	if (size == 1 && i->high_bytes && n >= 4 && n < 8)
		return get(c, n - 4) >> 8 & 0xff;
	return cut(get(c, n), size);
}

static bool put(const struct kd_host_instruction *i, struct kd_context *c,
		unsigned n, unsigned size, uint64_t value)
{
	if (size != 1 || !i->high_bytes || n < 4 || n >= 8)
		return set(c, n, size, value);
	uint64_t old = get(c, n - 4) & ~UINT64_C(0xff00);

	return set(c, n - 4, 8, old | (value & 0xff) << 8);
}

static uint64_t rm_value(const struct kd_host_instruction *i,
			 const struct kd_context *c, unsigned size,
			 uint64_t memory)
{
	return i->memory ? cut(memory, size) : value_of(i, c, i->rm, size);
}

static bool put_rm(const struct kd_host_instruction *i, struct kd_context *c,
		   uint64_t value, uint64_t *memory)
{
	if (!i->memory)
		return put(i, c, i->rm, i->size, value);
	*memory = cut(value, i->size);
	return true;
}

static uint64_t other_value(const struct kd_host_instruction *i,
			    const struct kd_context *c)
{
	return i->has_immediate ? cut(i->immediate, i->size)
				: value_of(i, c, i->reg, i->size);
}

static bool do_alu(const struct kd_host_instruction *i, struct kd_context *c,
		   uint64_t *memory)
{
	uint64_t a = rm_value(i, c, i->size, *memory), b = other_value(i, c);
	uint64_t flags, r;

	if (!i->to_memory_side) {
		uint64_t swap = a;

		a = b;
		b = swap;
	}
	r = compute(i->alu, a, b, flags_of(c) & CARRY, i->size, &flags);
	if (!set_flags(c, flags))
		return false;
	if (i->alu == 7)
		return true;
	return i->to_memory_side ? put_rm(i, c, r, memory)
				 : put(i, c, i->reg, i->size, r);
}

static bool do_test(const struct kd_host_instruction *i, struct kd_context *c,
		    uint64_t memory)
{
	uint64_t r = rm_value(i, c, i->size, memory) & other_value(i, c);

	return set_flags(c, flags_of_result(r, i->size));
}

static bool do_move(const struct kd_host_instruction *i, struct kd_context *c,
		    uint64_t *memory)
{
	uint64_t value;

	if (i->to_memory_side)
		return put_rm(i, c, other_value(i, c), memory);
	value = rm_value(i, c, i->source_size, *memory);
	if (i->extends_sign && value >> (i->source_size * 8 - 1) & 1)
		value |= ~cut(UINT64_MAX, i->source_size);
	return put(i, c, i->reg, i->size, value);
}

bool kd_host_step_do(const struct kd_host_step *step, struct kd_context *c,
		     uint64_t *memory)
{
	const struct kd_host_instruction *i = &step->at;
	uint64_t next = kd_context_pc(c) + i->len;
	uint64_t sp = kd_context_sp(c);
	bool done = true;

	switch (i->kind) {
	case KD_HOST_NOP:
		break;
	case KD_HOST_PUSH:
		*memory = i->has_immediate ? i->immediate : get(c, i->rm);
		done = set(c, REGISTER_SP, 8, sp - 8);
		break;
	case KD_HOST_PUSH_FLAGS:
		*memory = flags_of(c) & ~(uint64_t)NEVER_PUSHED;
		done = set(c, REGISTER_SP, 8, sp - 8);
		break;
	case KD_HOST_POP:
		done = set(c, REGISTER_SP, 8, sp + 8) &&
		       set(c, i->rm, 8, *memory);
		break;
	case KD_HOST_MOVE:
		done = do_move(i, c, memory);
		break;
	case KD_HOST_LEA:
		done = set(c, i->reg, i->size, address_of(i, c));
		break;
	case KD_HOST_ALU:
		done = do_alu(i, c, memory);
		break;
	case KD_HOST_TEST:
		done = do_test(i, c, *memory);
		break;
	case KD_HOST_JUMP:
		if (is_taken(i->condition, flags_of(c)))
			next += i->immediate;
		break;
	}
	return done && kd_context_set_pc(c, next);
}
