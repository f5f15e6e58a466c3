/* One step up a stack, by what the function table says. */

#include "kd_unwind_x64.h"
#include "kd_unwind_x64_epilog.h"

#include <stdio.h>

enum { RSP = 4, XMM_SIZE = 16 };

/* A step that is being taken. */
struct step {
	const struct kd_pe *pe;
	const struct kd_memory *stack;
	bool is_return; /* rip is where a call returns to */
	struct kd_context *c;
	uint64_t rsp;
	bool machine; /* rip came from a machine frame */
	struct kd_x64_frame frame;
};

static uint64_t get(const struct step *s, const char *name)
{
	uint64_t value = 0;

	kd_register_get(s->c, kd_register_find(KD_ARCH_X64, name), &value);
	return value;
}

static void set(struct step *s, const char *name, uint64_t value)
{
	kd_register_set(s->c, kd_register_find(KD_ARCH_X64, name), value);
}

static uint64_t get_number(const struct step *s, unsigned number)
{
	return number == RSP ? s->rsp : get(s, kd_x64_register_name(number));
}

static enum kd_status read_word(const struct step *s, uint64_t address,
				uint64_t *ret)
{
	return kd_memory_read_le(s->stack, address, 8, ret);
}

/* A register that was kept on the stack. */
static enum kd_status restore(struct step *s, unsigned number, uint64_t address)
{
	uint64_t value;
	enum kd_status st = read_word(s, address, &value);

	if (st != KD_OK)
		return st;
	if (number == RSP)
		s->rsp = value;
	else
		set(s, kd_x64_register_name(number), value);
	return KD_OK;
}

static enum kd_status pop(struct step *s, unsigned number)
{
	uint64_t at = s->rsp;

	s->rsp += 8;
	return restore(s, number, at);
}

static enum kd_status restore_xmm(struct step *s, unsigned number,
				  uint64_t address)
{
	char name[8];

	snprintf(name, sizeof(name), "xmm%u", number & 15);
	const struct kd_register *r = kd_register_find(KD_ARCH_X64, name);

	return s->stack->read(s->stack->ctx, address, s->c->bytes + r->offset,
			      XMM_SIZE);
}

static enum kd_status pop_return(struct step *s)
{
	uint64_t rip;
	enum kd_status st = read_word(s, s->rsp, &rip);

	if (st != KD_OK)
		return st;
	s->rsp += 8;
	set(s, "rip", rip);
	return KD_OK;
}

/* What the processor pushed: rip, cs, flags, rsp, ss; before them, with
 * info 1, an error code. */
static enum kd_status pop_machine(struct step *s, bool has_error)
{
	static const char *const names[] = { "rip", "cs", "efl", NULL, "ss" };
	uint64_t at = s->rsp + (has_error ? 8 : 0);

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint64_t value;
		enum kd_status st = read_word(s, at + i * 8, &value);

		if (st != KD_OK)
			return st;
		if (names[i])
			set(s, names[i], value);
		else
			s->rsp = value;
	}
	s->machine = true;
	s->frame.machine_frame = at;
	return KD_OK;
}

/* Undo one operation. Saved registers lie above base, wherever rsp is. */
static enum kd_status undo(struct step *s, const struct kd_x64_unwind *u,
			   const struct kd_x64_code *c, uint64_t base)
{
	switch (c->op) {
	case KD_X64_PUSH_NONVOL:
		return pop(s, c->info);
	case KD_X64_ALLOC_LARGE:
	case KD_X64_ALLOC_SMALL:
		s->rsp += c->value;
		return KD_OK;
	case KD_X64_SET_FPREG:
		s->rsp = get_number(s, u->frame_register) - c->value;
		return KD_OK;
	case KD_X64_SAVE_NONVOL:
	case KD_X64_SAVE_NONVOL_FAR:
		return restore(s, c->info, base + c->value);
	case KD_X64_SAVE_XMM128:
	case KD_X64_SAVE_XMM128_FAR:
		return restore_xmm(s, c->info, base + c->value);
	case KD_X64_PUSH_MACHFRAME:
		return pop_machine(s, c->info);
	default:
		/* places of epilogues; half registers of an old compiler */
		return KD_OK;
	}
}

/* The start of the fixed part, if the frame register is set already. */
static uint64_t find_base(const struct step *s, const struct kd_x64_unwind *u,
			  uint32_t done)
{
	bool is_set = done >= u->prolog || (u->flags & KD_X64_CHAININFO);

	for (size_t i = 0; i < u->code_count; i++) {
		if (u->code[i].op == KD_X64_SET_FPREG &&
		    u->code[i].offset <= done)
			is_set = true;
	}
	if (!u->frame_register || !is_set)
		return s->rsp;
	return get_number(s, u->frame_register) - u->frame_offset * 16U;
}

/* Undo what was done of a prologue in its first bytes. */
static enum kd_status undo_prolog(struct step *s, const struct kd_x64_unwind *u,
				  uint32_t done, uint64_t base)
{
	for (size_t i = 0; i < u->code_count; i++) {
		const struct kd_x64_code *c = &u->code[i];
		enum kd_status st;

		if (c->offset > done)
			continue;
		st = undo(s, u, c, base);
		if (st != KD_OK)
			return st;
	}
	return KD_OK;
}

/* The function's own prologue, and those of the pieces it continues. */
static enum kd_status undo_all(struct step *s, struct kd_x64_unwind *u,
			       uint32_t done)
{
	for (int i = 0; i < KD_X64_CHAIN_MAX; i++) {
		uint64_t base = find_base(s, u, done);
		enum kd_status st = undo_prolog(s, u, done, base);

		if (i == 0)
			s->frame.base = base;
		if (st != KD_OK)
			return st;
		if (!(u->flags & KD_X64_CHAININFO))
			return s->machine ? KD_OK : pop_return(s);
		struct kd_x64_function parent = u->chained;

		st = kd_x64_unwind_read(s->pe, &parent, u);
		if (st != KD_OK)
			return st;
		done = UINT32_MAX;
	}
	return KD_E_FORMAT;
}

static enum kd_status finish_epilog(struct step *s,
				    const struct kd_x64_epilog *e)
{
	s->frame.base = s->rsp;
	s->rsp = get_number(s, e->base_register) + (uint64_t)e->adjust;
	for (size_t i = 0; i < e->pop_count; i++) {
		enum kd_status st = pop(s, e->pop[i]);

		if (st != KD_OK)
			return st;
	}
	s->rsp += e->drop;
	return e->is_interrupt ? pop_machine(s, false) : pop_return(s);
}

static enum kd_status leave_function(struct step *s, uint32_t rva)
{
	struct kd_x64_unwind u;
	struct kd_x64_epilog epilog;
	uint32_t done = rva - s->frame.function.begin;
	enum kd_status st = kd_x64_unwind_read(s->pe, &s->frame.function, &u);

	if (st != KD_OK)
		return st;
	s->frame.kind = KD_X64_FRAME_FUNCTION;
	if (done >= u.prolog) {
		st = KD_E_NOT_FOUND;
		if (!s->is_return)
			st = kd_x64_epilog_at(s->pe, &s->frame.function, &u,
					      rva, &epilog);
		if (st == KD_OK)
			return finish_epilog(s, &epilog);
		if (st != KD_E_NOT_FOUND)
			return st;
		s->frame.handler = u.handler;
	}
	return undo_all(s, &u, done);
}

static enum kd_status leave(struct step *s)
{
	uint64_t rip = get(s, "rip");
	enum kd_status st = KD_E_NOT_FOUND;

	if (s->pe && rip >= s->pe->base &&
	    rip - s->pe->base < s->pe->size_of_image)
		st = kd_x64_function_find(s->pe, (uint32_t)(rip - s->pe->base),
					  &s->frame.function);
	if (st == KD_OK)
		return leave_function(s, (uint32_t)(rip - s->pe->base));
	if (st != KD_E_NOT_FOUND)
		return st;
	s->frame.kind = KD_X64_FRAME_LEAF;
	s->frame.base = s->rsp;
	return pop_return(s);
}

enum kd_status kd_x64_step(const struct kd_pe *pe,
			   const struct kd_memory *stack, bool is_return,
			   struct kd_context *context, struct kd_x64_frame *ret)
{
	struct kd_context c = *context;
	struct step s = {
		.pe = pe, .stack = stack, .is_return = is_return, .c = &c
	};
	enum kd_status st;

	if (c.arch != KD_ARCH_X64 || c.len < KD_CONTEXT_X64_SIZE)
		return KD_E_ARG;
	s.rsp = get(&s, "rsp");
	st = leave(&s);
	if (st != KD_OK)
		return st;
	set(&s, "rsp", s.rsp);
	if (s.machine)
		s.frame.kind = KD_X64_FRAME_MACHINE;
	*context = c;
	*ret = s.frame;
	return KD_OK;
}
