#include "kd_walk.h"

#include "kd_shell_state.h"

static enum kd_status read_memory(void *ctx, uint64_t address, void *buf,
				  size_t len)
{
	return kd_shell_read_all(ctx, address, false, buf, len);
}

struct kd_memory kd_shell_memory(struct kd_shell *sh)
{
	return (struct kd_memory){ read_memory, sh };
}

static enum kd_status image_at(void *ctx, uint64_t address,
			       const struct kd_pe **ret)
{
	struct kd_shell *sh = ctx;

	/* the list is read as far as it takes */
	(void)kd_shell_module_at(sh, address);
	return kd_symbols_image_at(sh->symbols, address, ret);
}

static enum kd_status frame_data_at(void *ctx, uint64_t address,
				    struct kd_pdb_frame *ret)
{
	struct kd_shell *sh = ctx;
	const struct kd_symbol_module *m = kd_shell_module_at(sh, address);
	struct kd_pdb *pdb;
	enum kd_status st = KD_E_NOT_FOUND;

	if (m)
		st = kd_symbols_pdb(sh->symbols, m->base, &pdb);
	if (st != KD_OK)
		return st;
	return kd_pdb_find_frame(pdb, (uint32_t)(address - m->base), ret);
}

enum kd_status kd_shell_trap_layout(struct kd_shell *sh,
				    const struct kd_trap_layout **ret)
{
	const struct kd_symbol_module *nt = kd_shell_module_named(sh, "nt");
	struct kd_stacks *s = &sh->stacks;
	struct kd_pdb *pdb;
	enum kd_status st;

	if (!nt)
		return KD_E_NOT_FOUND;
	if (s->trap_known && s->trap_base == nt->base) {
		*ret = &s->trap;
		return KD_OK;
	}
	s->trap_known = false;
	st = kd_symbols_pdb(sh->symbols, nt->base, &pdb);
	if (st == KD_OK)
		st = kd_trap_layout_read(pdb, kd_session_arch(sh->session),
					 &s->trap);
	if (st != KD_OK)
		return st == KD_E_FORMAT ? KD_E_NOT_FOUND : st;
	s->trap_known = true;
	s->trap_base = nt->base;
	*ret = &s->trap;
	return KD_OK;
}

enum kd_status kd_walk_begin(struct kd_walk *w, struct kd_shell *sh,
			     const struct kd_context *context)
{
	struct kd_stack_source source = {
		.memory = kd_shell_memory(sh),
		.image_at = image_at,
		.frame_data_at = frame_data_at,
		.ctx = sh,
	};
	enum kd_status st = KD_OK;

	/* x64 gets out of a trap by its unwind data */
	if (context->arch != KD_ARCH_X64)
		st = kd_shell_trap_layout(sh, &source.trap);
	if (st != KD_OK && st != KD_E_NOT_FOUND)
		return st;
	w->sh = sh;
	kd_stack_init(&w->stack, &source, context);
	return KD_OK;
}

enum kd_status kd_walk_next(struct kd_walk *w, struct kd_stack_frame *ret)
{
	enum kd_status st = kd_script_breathe(w->sh);

	return st == KD_OK ? kd_stack_next(&w->stack, ret) : st;
}

enum kd_status kd_shell_frame(struct kd_shell *sh, uint64_t number,
			      struct kd_stack_frame *ret)
{
	struct kd_context context;
	struct kd_walk walk;
	enum kd_status st = kd_shell_context(sh, &context);

	if (st == KD_OK)
		st = kd_walk_begin(&walk, sh, &context);
	do {
		if (st == KD_OK)
			st = kd_walk_next(&walk, ret);
	} while (st == KD_OK && ret->number != number);
	return st == KD_E_END ? KD_E_NOT_FOUND : st;
}

uint64_t kd_frame_place(const struct kd_stack_frame *f)
{
	enum { INSTRUCTION_ARM64 = 4 };

	if (f->is_exact)
		return f->pc;
	return f->pc -
	       (f->context.arch == KD_ARCH_ARM64 ? INSTRUCTION_ARM64 : 1);
}
