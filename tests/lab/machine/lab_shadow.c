#include "lab_shadow.h"
#include "lab_bytes.h"

#include <string.h>

enum {
	STACK_SIZE = 0x6000, /* LAB_STACK_SIZE of the kernel */
	/* _KSWITCH_FRAME: where a thread that has never run returns to */
	SWITCH_RETURN = 0x28,
	TRAP_RSP = 24, /* behind rip, cs, flags */
	/* an assertion's trap is moved back to its instruction */
	NEAR = 16,
};

static const int kept[LAB_SHADOW_KEPT] = {
	UC_X86_REG_RBX, UC_X86_REG_RBP, UC_X86_REG_RSI, UC_X86_REG_RDI,
	UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15,
};

static uint64_t read64(const struct lab_cpu *c, uint64_t address)
{
	const uint8_t *at = lab_memory_at(c->memory, address, 8);

	return at ? lab_get64(at) : 0;
}

static void keep(const struct lab_cpu *c, struct lab_shadow_entry *e)
{
	for (size_t i = 0; i < LAB_SHADOW_KEPT; i++)
		e->kept[i] = lab_cpu_get(c, kept[i]);
	e->has_kept = true;
}

static void push(struct lab_shadow *s, struct lab_shadow_stack *stack,
		 const struct lab_shadow_entry *e)
{
	if (stack->count == LAB_SHADOW_ENTRIES) {
		s->overflowed = true;
		return;
	}
	stack->entry[stack->count++] = *e;
}

/* What lies below rsp has been returned to, or was given up. */
static void drop(struct lab_shadow_stack *stack, uint64_t rsp)
{
	while (stack->count && stack->entry[stack->count - 1].slot < rsp)
		stack->count--;
}

static bool holds(const struct lab_shadow_stack *stack, uint64_t rsp)
{
	return stack->top && rsp < stack->top && rsp >= stack->top - STACK_SIZE;
}

/* A stack that was never seen is used from its end on. */
static struct lab_shadow_stack *find_stack(struct lab_shadow *s, uint64_t rsp)
{
	for (size_t i = 0; i < LAB_SHADOW_STACKS; i++) {
		struct lab_shadow_stack *stack = &s->stack[i];

		if (holds(stack, rsp))
			return stack;
		if (!stack->top) {
			stack->top = (rsp | (LAB_PAGE - 1)) + 1;
			return stack;
		}
	}
	s->overflowed = true;
	return &s->stack[0];
}

/* Another stack than before. Nobody called what runs on it first. */
static void move(struct lab_shadow *s, const struct lab_cpu *c, uint64_t rsp)
{
	struct lab_shadow_stack *stack = find_stack(s, rsp);
	bool begins = !s->cpu[c->number].on;

	s->cpu[c->number].on = stack;
	drop(stack, rsp);
	/* registers are still the other thread's; its caller loads them */
	if (stack->count)
		stack->entry[stack->count - 1].has_kept = false;
	if (stack->count || begins)
		return;
	const struct lab_shadow_entry first = {
		.slot = rsp + SWITCH_RETURN,
		.address = read64(c, rsp + SWITCH_RETURN),
		.rsp = rsp + SWITCH_RETURN + 8,
	};

	push(s, stack, &first);
}

/* Where its stack is now; the call that it made is on it. */
static void settle(struct lab_shadow *s, const struct lab_cpu *c, uint64_t rsp)
{
	struct lab_shadow_stack **on = &s->cpu[c->number].on;

	if (!*on || !holds(*on, rsp))
		move(s, c, rsp);
	drop(*on, rsp);
	if (s->cpu[c->number].calls)
		push(s, *on, &s->cpu[c->number].call);
	s->cpu[c->number].calls = false;
}

/* call: e8, or ff /2, behind a prefix or none. */
static bool is_call(const uint8_t *code, size_t len)
{
	if (len && code[0] >> 4 == 4) {
		code++;
		len--;
	}
	return (len == 5 && code[0] == 0xe8) ||
	       (len >= 2 && code[0] == 0xff && (code[1] >> 3 & 7) == 2);
}

static void before(void *ctx, const struct lab_cpu *c, uint64_t address,
		   const uint8_t *code, size_t len)
{
	struct lab_shadow *s = ctx;
	uint64_t rsp = lab_cpu_get(c, UC_X86_REG_RSP);

	settle(s, c, rsp);
	s->look(s->ctx, s, c, address);
	if (!is_call(code, len))
		return;
	struct lab_shadow_entry *e = &s->cpu[c->number].call;

	*e = (struct lab_shadow_entry){
		.slot = rsp - 8,
		.address = address + len,
		.rsp = rsp,
	};
	keep(c, e);
	s->cpu[c->number].calls = true;
}

static void entered(void *ctx, const struct lab_cpu *c, uint64_t frame)
{
	struct lab_shadow *s = ctx;
	struct lab_shadow_entry e = {
		.slot = frame,
		.address = read64(c, frame),
		.rsp = read64(c, frame + TRAP_RSP),
		.is_trap = true,
	};

	settle(s, c, e.rsp);
	keep(c, &e);
	push(s, s->cpu[c->number].on, &e);
}

struct lab_cpu_watch lab_shadow_watch(struct lab_shadow *s)
{
	return (struct lab_cpu_watch){ s, before, entered };
}

/* What the kernel made of a trap's frame since then. */
static void renew(const struct lab_cpu *c, struct lab_shadow_entry *e)
{
	uint64_t address = read64(c, e->slot);
	uint64_t rsp = read64(c, e->slot + TRAP_RSP);

	if (address == e->address)
		return;
	e->is_open = rsp == e->rsp && address - e->address + NEAR > 2 * NEAR;
	e->address = address;
	e->rsp = rsp;
	e->has_kept = false;
}

size_t lab_shadow_frames(const struct lab_shadow *s, const struct lab_cpu *c,
			 struct lab_shadow_entry ret[LAB_SHADOW_ENTRIES])
{
	const struct lab_shadow_stack *stack = s->cpu[c->number].on;
	uint64_t rsp = 0;
	size_t count = 0;

	for (size_t i = stack->count; i-- > 0;) {
		struct lab_shadow_entry e = stack->entry[i];

		/* below what a changed trap's frame returns to */
		if (e.slot < rsp)
			continue;
		if (e.is_trap) {
			renew(c, &e);
			rsp = e.rsp;
		}
		ret[count++] = e;
		if (e.is_open)
			break;
	}
	return count;
}
