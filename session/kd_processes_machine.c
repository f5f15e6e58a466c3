/* Processes and threads, as the processor sees them. */

#include "kd_processes.h"

static bool set(struct kd_context *c, const char *x64, const char *x86,
		const char *arm64, uint64_t value)
{
	const char *name = c->arch == KD_ARCH_X64   ? x64
			   : c->arch == KD_ARCH_X86 ? x86
						    : arm64;
	const struct kd_register *r = kd_register_find(c->arch, name);

	return r && kd_register_set(c, r, value);
}

enum kd_status kd_thread_context(struct kd_symbols *s, enum kd_arch arch,
				 const struct kd_thread *t,
				 struct kd_context *ret)
{
	static const char *const pc_paths[] = { "Return", "RetAddr", NULL };
	static const char *const frame_paths[] = { "Rbp", "Fp", NULL };
	struct kd_context c = { .arch = arch,
				.len = (uint16_t)kd_context_size(arch) };
	uint64_t pc = 0, frame = 0, size = 0;
	struct kd_typed place;
	enum kd_status st = KD_E_NOT_FOUND;

	if (t->kernel_stack)
		st = kd_typed_at(s, "nt!_KSWITCH_FRAME", t->kernel_stack,
				 &place);
	if (st == KD_OK)
		st = kd_typed_size(&place, &size);
	if (st == KD_OK)
		st = kd_typed_any_u64(&place, pc_paths, &pc);
	if (st == KD_OK)
		st = kd_typed_any_u64(&place, frame_paths, &frame);
	/* x86 keeps ebp on the stack itself */
	if (st == KD_E_NOT_FOUND && arch == KD_ARCH_X86 && pc)
		st = KD_OK;
	if (st == KD_E_TARGET)
		st = KD_E_NOT_FOUND;
	if (st != KD_OK)
		return st;
	if (!kd_context_set_pc(&c, pc) ||
	    !set(&c, "rsp", "esp", "sp", t->kernel_stack + size) ||
	    !set(&c, "rbp", "ebp", "fp", frame))
		return KD_E_UNSUPPORTED;
	*ret = c;
	return KD_OK;
}

enum kd_status kd_processor_block(struct kd_symbols *s, unsigned processor,
				  uint64_t *ret)
{
	struct kd_typed table, entry;
	uint64_t block = 0;
	enum kd_status st = kd_typed_symbol(s, "nt!KiProcessorBlock", &table);

	/* Microsoft's PDBs do not tell that it is an array of these */
	if (st == KD_OK)
		st = kd_typed_at(s, "nt!_KPRCB *", table.address, &entry);
	if (st == KD_OK) {
		entry.address += (uint64_t)processor * entry.pointer_size;
		st = kd_typed_u64(&entry, &block);
	}
	if (st != KD_OK || !block)
		return st == KD_OK ? KD_E_NOT_FOUND : st;
	*ret = block;
	return KD_OK;
}

enum kd_status kd_processor_thread(struct kd_symbols *s, unsigned processor,
				   uint64_t *ret)
{
	uint64_t prcb = 0;
	struct kd_typed t;
	enum kd_status st = kd_processor_block(s, processor, &prcb);

	if (st == KD_OK)
		st = kd_typed_at(s, "nt!_KPRCB", prcb, &t);
	if (st == KD_OK)
		st = kd_typed_field_u64(&t, "CurrentThread", ret);
	return st;
}

/* A bit field's bits in the number that holds it. */
static enum kd_status mask_of(struct kd_symbols *s, const char *field,
			      uint64_t *ret)
{
	struct kd_typed t, f;
	enum kd_status st = kd_typed_at(s, "nt!_MMPTE_TRANSITION", 0, &t);

	if (st == KD_OK)
		st = kd_typed_field(&t, field, &f);
	if (st == KD_OK && (!f.bit_count || f.bit_count > 63))
		st = KD_E_NOT_FOUND;
	if (st == KD_OK)
		*ret = ((UINT64_C(1) << f.bit_count) - 1)
		       << (f.bit_position + f.address * 8);
	return st;
}

enum kd_status kd_process_tables(struct kd_symbols *s,
				 const struct kd_process *p,
				 const struct kd_page_tables *current,
				 struct kd_page_tables *ret)
{
	struct kd_page_tables t = *current;
	enum kd_status st;

	t.root = p->directory_base;
	t.transition_set = t.transition_clear = 0;
	st = mask_of(s, "Transition", &t.transition_set);
	if (st == KD_OK)
		st = mask_of(s, "Prototype", &t.transition_clear);
	/* without both, no entry is in transition */
	if (st == KD_E_NOT_FOUND) {
		t.transition_set = t.transition_clear = 0;
		st = KD_OK;
	}
	if (st == KD_OK)
		*ret = t;
	return st;
}
