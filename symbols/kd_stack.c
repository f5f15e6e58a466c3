#include "kd_stack.h"

#include "kd_stack_step.h"

static const char *const end_texts[] = {
	[KD_STACK_GOES_ON] = "there is more",
	[KD_STACK_BOTTOM] = "the stack ends here",
	[KD_STACK_UNREADABLE] = "the stack cannot be read",
	[KD_STACK_NO_DATA] = "the unwind data cannot be read or are damaged",
	[KD_STACK_NO_CALLER] = "no return address can be found",
	[KD_STACK_NOT_CODE] = "the return address is not in any code",
	[KD_STACK_LOOP] = "the stack leads back to where it came from",
	[KD_STACK_TOO_MANY] = "the stack is deeper than is shown",
};

const char *kd_stack_end_text(enum kd_stack_end end)
{
	return end_texts[end];
}

void kd_stack_init(struct kd_stack *stack, const struct kd_stack_source *source,
		   const struct kd_context *context)
{
	*stack = (struct kd_stack){
		.source = *source,
		.context = *context,
		.is_exact = true,
	};
}

/* Is it about the bytes, and not about whoever was to bring them? */
static bool is_about_bytes(enum kd_status st)
{
	switch (st) {
	case KD_E_NOT_FOUND:
	case KD_E_TARGET:
	case KD_E_FORMAT:
	case KD_E_UNSUPPORTED:
	case KD_E_SPACE:
	case KD_E_END:
		return true;
	case KD_OK:
	case KD_E_ARG:
	case KD_E_STATE:
	case KD_E_NOMEM:
	case KD_E_TIMEOUT:
	case KD_E_CANCELED:
	case KD_E_LOST:
	case KD_E_OS:
	case KD_E_PROTOCOL:
	case KD_E_AUTH:
	case KD_E_PENDING:
		break;
	}
	return false;
}

/* Memory that remembers whether it failed. */
struct watched {
	struct kd_memory memory;
	bool failed;
};

static enum kd_status read_watched(void *ctx, uint64_t address, void *buf,
				   size_t len)
{
	struct watched *w = ctx;
	enum kd_status st = w->memory.read(w->memory.ctx, address, buf, len);

	if (is_about_bytes(st))
		w->failed = true;
	return st;
}

bool kd_stack_has_code(const struct kd_pe *image, uint64_t address)
{
	const struct kd_pe_section *s =
		kd_pe_section_of(image, (uint32_t)(address - image->base));

	return s && (s->characteristics &
		     (KD_PE_SECTION_EXECUTE | KD_PE_SECTION_CODE));
}

/* The image that an address is in, if any, and whether it may be code. */
static enum kd_status find_code(const struct kd_stack *stack, uint64_t address,
				const struct kd_pe **ret_image, bool *ret_code)
{
	const struct kd_pe *image = NULL;
	enum kd_status st =
		stack->source.image_at(stack->source.ctx, address, &image);

	if (st != KD_OK && !is_about_bytes(st))
		return st;
	*ret_image = image;
	*ret_code = true;
	if (image)
		*ret_code = kd_stack_has_code(image, address);
	return KD_OK;
}

/* Does the walk go on with the caller that a step led to? */
static enum kd_status judge(const struct kd_stack_walk *w,
			    struct kd_stack *next)
{
	const struct kd_stack_frame *frame = w->frame;
	uint64_t pc = frame->return_address, sp = frame->caller_sp;
	const struct kd_pe *image;
	bool is_code;
	enum kd_status st = find_code(w->stack, pc, &image, &is_code);

	if (st != KD_OK)
		return st;
	next->switches += sp <= frame->sp;
	if (!pc)
		next->end = KD_STACK_BOTTOM;
	else if (!is_code || (!image && !w->image))
		next->end = KD_STACK_NOT_CODE;
	else if ((pc == frame->pc && sp == frame->sp) ||
		 next->switches > KD_STACK_SWITCHES_MAX)
		next->end = KD_STACK_LOOP;
	else if (next->count == KD_STACK_FRAMES_MAX)
		next->end = KD_STACK_TOO_MANY;
	return KD_OK;
}

enum kd_status kd_stack_next(struct kd_stack *stack, struct kd_stack_frame *ret)
{
	struct watched w = { stack->source.memory, false };
	struct kd_stack_frame frame = {
		.number = stack->count,
		.pc = kd_context_pc(&stack->context),
		.sp = kd_context_sp(&stack->context),
		.is_exact = stack->is_exact,
		.context = stack->context,
	};
	struct kd_stack_walk walk = {
		.stack = stack,
		.memory = { read_watched, &w },
		.caller = stack->context,
		.frame = &frame,
	};
	struct kd_stack next = *stack;
	bool is_code;
	enum kd_status st;

	if (stack->end != KD_STACK_GOES_ON)
		return KD_E_END;
	next.count++;
	st = find_code(stack, frame.pc, &walk.image, &is_code);
	if (st == KD_OK)
		st = kd_stack_step(&walk);
	if (is_about_bytes(st)) {
		next.end = walk.is_lost ? KD_STACK_NO_CALLER
			   : w.failed	? KD_STACK_UNREADABLE
					: KD_STACK_NO_DATA;
		next.why = st;
		st = KD_OK;
	} else if (st == KD_OK) {
		frame.return_address = kd_context_pc(&walk.caller);
		frame.caller_sp = kd_context_sp(&walk.caller);
		next.is_exact = walk.is_exact;
		next.callee_parameters = walk.parameters;
		next.context = walk.caller;
		st = judge(&walk, &next);
	}
	if (st != KD_OK)
		return st;
	*stack = next;
	*ret = frame;
	return KD_OK;
}
