/* One step up an ARM64 stack, by what the function table says. */

#include "kd_unwind_arm64.h"

#include <stdio.h>

enum {
	INSTRUCTION = 4,
	FP = 29,
	LR = 30,
	X_SIZE = 8,
	Q_SIZE = 16,
	/* bits of an address below those that a signature takes */
	ADDRESS_BITS = 48,
	/* which half of the addresses it is of; never part of a signature */
	HALF_BIT = 55,
};

/* A step that is being taken. */
struct step {
	const struct kd_pe *pe;
	const struct kd_memory *stack;
	const struct kd_trap_layout *trap;
	struct kd_context *c;
	uint64_t sp;
	bool has_pc;	/* something but a return told it */
	uint32_t pairs; /* save_next codes before their save_regp */
	struct kd_arm64_frame frame;
};

/* The codes that are to be undone: from index on, but the first ones. */
struct range {
	uint32_t index;
	uint32_t skip;
};

static const struct kd_register *find_register(unsigned number)
{
	static const char *const names[] = {
		"x0",  "x1",  "x2",  "x3",  "x4",  "x5",  "x6",	 "x7",
		"x8",  "x9",  "x10", "x11", "x12", "x13", "x14", "x15",
		"x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23",
		"x24", "x25", "x26", "x27", "x28", "fp",  "lr",
	};

	return kd_register_find(KD_ARCH_ARM64, names[number]);
}

static uint64_t get(const struct step *s, unsigned number)
{
	uint64_t value = 0;

	kd_register_get(s->c, find_register(number), &value);
	return value;
}

static enum kd_status read_word(const struct step *s, uint64_t address,
				uint64_t *ret)
{
	return kd_memory_read_le(s->stack, address, 8, ret);
}

static enum kd_status restore_x(struct step *s, unsigned number,
				uint64_t address)
{
	uint64_t value;

	if (number > LR)
		return KD_E_FORMAT;
	enum kd_status st = read_word(s, address, &value);

	if (st == KD_OK)
		kd_register_set(s->c, find_register(number), value);
	return st;
}

/* Of 'd' the lower half alone is kept. */
static enum kd_status restore_v(struct step *s, unsigned number, size_t size,
				uint64_t address)
{
	char name[8];

	snprintf(name, sizeof(name), "v%u", number);
	const struct kd_register *r = kd_register_find(KD_ARCH_ARM64, name);

	if (!r)
		return KD_E_FORMAT;
	return s->stack->read(s->stack->ctx, address, s->c->bytes + r->offset,
			      size);
}

static enum kd_status restore(struct step *s, char bank, unsigned number,
			      uint64_t address)
{
	if (bank == 'x')
		return restore_x(s, number, address);
	return restore_v(s, number, bank == 'q' ? Q_SIZE : X_SIZE, address);
}

/* One register or two; with save_next codes before it, more pairs. */
static enum kd_status undo_save(struct step *s, const struct kd_arm64_code *c)
{
	uint64_t at = s->sp + (c->writeback ? 0 : c->value);
	unsigned size = c->bank == 'q' ? Q_SIZE : X_SIZE;
	unsigned count = c->pair ? 2 + 2 * s->pairs : 1;

	if (s->pairs && !c->pair)
		return KD_E_FORMAT;
	for (unsigned i = 0; i < count; i++) {
		unsigned number = c->reg + i;

		if (i == 1 && c->op == KD_ARM64_SAVE_LRPAIR)
			number = LR;
		enum kd_status st =
			restore(s, c->bank, number, at + i * (uint64_t)size);

		if (st != KD_OK)
			return st;
	}
	s->pairs = 0;
	if (c->writeback)
		s->sp += c->value;
	return KD_OK;
}

/* What the kernel puts below a handler of its own: sp and pc. */
static enum kd_status undo_machine_frame(struct step *s)
{
	uint64_t at = s->sp, pc;
	enum kd_status st = read_word(s, at + 8, &pc);

	if (st == KD_OK)
		st = read_word(s, at, &s->sp);
	if (st != KD_OK)
		return st;
	kd_context_set_pc(s->c, pc);
	s->has_pc = s->frame.is_exact = true;
	s->frame.kind = KD_ARM64_FRAME_MACHINE;
	s->frame.machine_frame = at;
	return KD_OK;
}

/* All registers, as a CONTEXT. */
static enum kd_status undo_context(struct step *s)
{
	uint64_t at = s->sp;
	enum kd_status st = s->stack->read(s->stack->ctx, at, s->c->bytes,
					   KD_CONTEXT_ARM64_SIZE);

	if (st != KD_OK)
		return st;
	s->sp = kd_context_sp(s->c);
	s->has_pc = s->frame.is_exact = true;
	s->frame.kind = KD_ARM64_FRAME_MACHINE;
	s->frame.machine_frame = at;
	return KD_OK;
}

static enum kd_status undo_trap_frame(struct step *s)
{
	if (!s->trap)
		return KD_E_UNSUPPORTED;
	s->frame.machine_frame = s->sp;
	enum kd_status st = kd_trap_apply(s->trap, s->stack, s->sp, s->c);

	s->sp = kd_context_sp(s->c);
	s->has_pc = s->frame.is_exact = true;
	s->frame.kind = KD_ARM64_FRAME_MACHINE;
	return st;
}

static void unsign_return(struct step *s)
{
	uint64_t lr = get(s, LR);
	uint64_t high = UINT64_MAX << ADDRESS_BITS;

	lr = lr >> HALF_BIT & 1 ? lr | high : lr & ~high;
	kd_register_set(s->c, find_register(LR), lr);
}

static enum kd_status undo(struct step *s, const struct kd_arm64_code *c)
{
	switch (c->op) {
	case KD_ARM64_ALLOC_S:
	case KD_ARM64_ALLOC_M:
	case KD_ARM64_ALLOC_L:
		s->sp += c->value;
		return KD_OK;
	case KD_ARM64_SAVE_R19R20_X:
	case KD_ARM64_SAVE_FPLR:
	case KD_ARM64_SAVE_FPLR_X:
	case KD_ARM64_SAVE_REGP:
	case KD_ARM64_SAVE_REGP_X:
	case KD_ARM64_SAVE_REG:
	case KD_ARM64_SAVE_REG_X:
	case KD_ARM64_SAVE_LRPAIR:
	case KD_ARM64_SAVE_FREGP:
	case KD_ARM64_SAVE_FREGP_X:
	case KD_ARM64_SAVE_FREG:
	case KD_ARM64_SAVE_FREG_X:
	case KD_ARM64_SAVE_ANY_REG:
		return undo_save(s, c);
	case KD_ARM64_SAVE_NEXT:
		s->pairs++;
		return KD_OK;
	case KD_ARM64_SET_FP:
	case KD_ARM64_ADD_FP:
		s->sp = get(s, FP) - c->value;
		return KD_OK;
	case KD_ARM64_NOP:
	case KD_ARM64_END:
	case KD_ARM64_END_C:
		return KD_OK;
	case KD_ARM64_MACHINE_FRAME:
		return undo_machine_frame(s);
	case KD_ARM64_CONTEXT:
		return undo_context(s);
	case KD_ARM64_CLEAR_UNWOUND_TO_CALL:
		s->frame.is_exact = true;
		return KD_OK;
	case KD_ARM64_PAC_SIGN_LR:
		unsign_return(s);
		return KD_OK;
	case KD_ARM64_TRAP_FRAME:
		return undo_trap_frame(s);
	case KD_ARM64_ALLOC_Z: /* as long as vectors are on that processor */
	case KD_ARM64_EC_CONTEXT:
	case KD_ARM64_RESERVED:
		break;
	}
	return KD_E_UNSUPPORTED;
}

/* Does it stand for an instruction? Others only say what the stack holds. */
static bool is_instruction(enum kd_arm64_op op)
{
	return op < KD_ARM64_TRAP_FRAME || op > KD_ARM64_CLEAR_UNWOUND_TO_CALL;
}

/* Instructions of the prologue or epilogue whose codes begin there. */
static uint32_t count_instructions(const struct kd_arm64_unwind *u,
				   uint32_t index)
{
	struct kd_arm64_code c;
	uint32_t count = 0;

	while (kd_arm64_code_next(u, &index, &c) == KD_OK &&
	       c.op != KD_ARM64_END && c.op != KD_ARM64_END_C)
		count += is_instruction(c.op);
	return count;
}

/* Is instruction @p at of the function in this epilogue? Its return is. */
static bool is_in_epilog(const struct kd_arm64_unwind *u, uint32_t at,
			 uint32_t start, uint32_t index, struct range *ret)
{
	if (at < start || at - start > count_instructions(u, index))
		return false;
	*ret = (struct range){ index, at - start };
	return true;
}

/*
 * Epilogues of packed functions mirror the prologue, at the function's end,
 * but for what needs no undoing: the frame pointer, and homed parameters.
 */
static bool is_in_packed_epilog(const struct kd_arm64_unwind *u, uint32_t at,
				struct range *ret)
{
	uint32_t index = 0, left = u->length / INSTRUCTION - at;
	uint32_t count = 0, skipped = 0;
	struct kd_arm64_code c;

	while (kd_arm64_code_next(u, &index, &c) == KD_OK &&
	       c.op != KD_ARM64_END)
		count += c.op != KD_ARM64_SET_FP && c.op != KD_ARM64_NOP;
	if (left > count + 1)
		return false;
	*ret = (struct range){ 0, 0 };
	/* as many codes are done, and those between them that do nothing */
	for (index = 0; skipped < count + 1 - left; ret->skip++) {
		if (kd_arm64_code_next(u, &index, &c) != KD_OK)
			break;
		skipped += c.op != KD_ARM64_SET_FP && c.op != KD_ARM64_NOP;
	}
	return true;
}

/* In an epilogue the frame pointer may be the caller's already. */
static enum kd_status find_epilog(const struct step *s,
				  const struct kd_arm64_unwind *u, uint32_t at,
				  struct range *ret)
{
	uint32_t length = u->length / INSTRUCTION;

	if (u->form == KD_ARM64_PACKED)
		return is_in_packed_epilog(u, at, ret) ? KD_OK : KD_E_NOT_FOUND;
	if (u->form == KD_ARM64_PACKED_FRAGMENT)
		return KD_E_NOT_FOUND;
	if (u->has_one_epilog) {
		uint32_t count = count_instructions(u, u->epilog_count) + 1;

		if (count <= length &&
		    is_in_epilog(u, at, length - count, u->epilog_count, ret))
			return KD_OK;
		return KD_E_NOT_FOUND;
	}
	for (uint32_t i = 0; i < kd_arm64_scope_count(u); i++) {
		struct kd_arm64_scope scope;
		enum kd_status st = kd_arm64_scope_at(s->pe, u, i, &scope);

		if (st != KD_OK)
			return st;
		if (is_in_epilog(u, at, scope.start / INSTRUCTION, scope.index,
				 ret))
			return KD_OK;
	}
	return KD_E_NOT_FOUND;
}

static enum kd_status find_range(const struct step *s,
				 const struct kd_arm64_unwind *u, uint32_t at,
				 struct range *ret)
{
	bool has_prolog = u->form != KD_ARM64_PACKED_FRAGMENT;
	uint32_t prolog = has_prolog ? count_instructions(u, 0) : 0;

	*ret = (struct range){ 0, 0 };
	if (at < prolog) {
		ret->skip = prolog - at;
		return KD_OK;
	}
	enum kd_status st = find_epilog(s, u, at, ret);

	return st == KD_E_NOT_FOUND ? KD_OK : st;
}

static enum kd_status undo_range(struct step *s,
				 const struct kd_arm64_unwind *u,
				 struct range range)
{
	struct kd_arm64_code c;
	enum kd_status st;

	while ((st = kd_arm64_code_next(u, &range.index, &c)) == KD_OK) {
		if (c.op == KD_ARM64_END)
			return KD_OK;
		if (range.skip && is_instruction(c.op)) {
			range.skip--;
			continue;
		}
		st = undo(s, &c);
		if (st != KD_OK)
			return st;
	}
	/* no end: the last code ends the list */
	return st == KD_E_END ? KD_OK : st;
}

/* No entry. Who has called must have kept lr, by the usual chain. */
static enum kd_status leave_unknown(struct step *s, bool is_return)
{
	uint64_t fp = get(s, FP);

	s->frame.kind = KD_ARM64_FRAME_LEAF;
	if (!is_return)
		return KD_OK;
	s->frame.is_guess = true;
	if (!fp) { /* the chain ends */
		kd_register_set(s->c, find_register(LR), 0);
		return KD_OK;
	}
	enum kd_status st = restore_x(s, LR, fp + X_SIZE);

	if (st == KD_OK)
		st = restore_x(s, FP, fp);
	s->sp = fp + 2 * X_SIZE;
	return st;
}

static enum kd_status leave(struct step *s, bool is_return)
{
	struct kd_arm64_function f;
	struct kd_arm64_unwind u;
	struct range range;
	/* behind a call that does not return another function may begin */
	uint64_t at = kd_context_pc(s->c) - (is_return ? INSTRUCTION : 0);
	enum kd_status st = KD_E_NOT_FOUND;

	if (s->pe && at >= s->pe->base && at - s->pe->base <= UINT32_MAX)
		st = kd_arm64_function_find(s->pe, (uint32_t)(at - s->pe->base),
					    &f, &u);
	if (st == KD_E_NOT_FOUND)
		return leave_unknown(s, is_return);
	if (st != KD_OK)
		return st;
	at -= s->pe->base + f.begin;
	s->frame.kind = KD_ARM64_FRAME_FUNCTION;
	s->frame.function = f;
	st = find_range(s, &u, (uint32_t)at / INSTRUCTION, &range);
	if (st != KD_OK)
		return st;
	s->frame.handler = range.index || range.skip ? 0 : u.handler;
	return undo_range(s, &u, range);
}

enum kd_status kd_arm64_step(const struct kd_pe *pe,
			     const struct kd_memory *stack,
			     const struct kd_trap_layout *trap, bool is_return,
			     struct kd_context *context,
			     struct kd_arm64_frame *ret)
{
	struct kd_context c = *context;
	struct step s = { .pe = pe, .stack = stack, .trap = trap, .c = &c };
	enum kd_status st;

	if (c.arch != KD_ARCH_ARM64 || c.len < KD_CONTEXT_ARM64_SIZE)
		return KD_E_ARG;
	s.sp = kd_context_sp(&c);
	s.frame.base = get(&s, FP);
	st = leave(&s, is_return);
	if (st != KD_OK)
		return st;
	kd_register_set(&c, kd_register_find(KD_ARCH_ARM64, "sp"), s.sp);
	if (!s.has_pc)
		kd_context_set_pc(&c, get(&s, LR));
	*context = c;
	*ret = s.frame;
	return KD_OK;
}
