/* .cxr, .ecxr, .trap, .thread: registers that are not a processor's now. */

#include "kd_commands.h"
#include "kd_cursor.h"
#include "kd_kernel_text.h"
#include "kd_lexer.h"
#include "kd_register_mask.h"
#include "kd_shell_memory.h"
#include "kd_user_modules.h"

#include <string.h>

enum kd_status kd_shell_show_context(struct kd_shell *sh,
				     const struct kd_context *c)
{
	unsigned mask = sh->register_mask;
	enum kd_status st;

	if (!mask)
		mask = kd_register_mask_default(c->arch);
	st = kd_shell_show_masked(sh, c, mask);
	if (st == KD_OK)
		kd_shell_show_location(sh, kd_context_pc(c), NULL, 0);
	return st;
}

/* Back to the processor's registers. */
static enum kd_status reset(struct kd_shell *sh)
{
	kd_scope_reset(sh);
	kd_out(sh, "Resetting default scope\n");
	kd_record_flag(sh, "default", true);
	return KD_OK;
}

/* A CONTEXT in the target's memory. */
static enum kd_status use_record(struct kd_shell *sh, uint64_t address)
{
	struct kd_context c = { .arch = kd_session_arch(sh->session) };
	size_t size = kd_context_size(c.arch);
	enum kd_status st = KD_E_UNSUPPORTED;

	if (!size)
		return kd_shell_fail(sh, st, "Cannot read a context record");
	st = kd_shell_read_all(sh, address, false, c.bytes, size);
	if (st != KD_OK)
		return kd_shell_fail_read(sh, st, address);
	c.len = (uint16_t)size;
	kd_scope_set(sh, &c);
	kd_record_address(sh, "context_record", address);
	return kd_shell_show_context(sh, &c);
}

enum kd_status kd_run_context_record(struct kd_shell *sh,
				     const struct kd_command *self,
				     const char *args)
{
	uint64_t address;
	enum kd_status st;

	(void)self;
	if (*args == '/') {
		kd_out(sh, "'.cxr %.2s' is not there; it takes an address.\n",
		       args);
		return KD_E_UNSUPPORTED;
	}
	if (!*args)
		return reset(sh);
	st = kd_shell_evaluate_all(sh, args, &address);
	if (st != KD_OK)
		return st;
	return address ? use_record(sh, address) : reset(sh);
}

/* The block of a processor, by the kernel's own list of them. */
static enum kd_status find_prcb(struct kd_shell *sh, unsigned processor,
				struct kd_typed *ret)
{
	unsigned size = kd_shell_pointer_size(sh);
	uint64_t list, address;
	enum kd_status st =
		kd_shell_name_address(sh, "nt!KiProcessorBlock", &list);

	if (st == KD_OK)
		st = kd_session_read_pointer(sh->session,
					     list + (uint64_t)processor * size,
					     kd_shell_deadline(sh), &address);
	return st == KD_OK ? kd_typed_at(sh->symbols, "nt!_KPRCB", address, ret)
			   : st;
}

/* What the kernel has kept of a processor: at a bug check, for one. */
enum kd_status kd_run_context_stored(struct kd_shell *sh,
				     const struct kd_command *self,
				     const char *args)
{
	struct kd_typed prcb, frame;
	struct kd_context c = { .arch = kd_session_arch(sh->session) };
	size_t size = kd_context_size(c.arch);
	enum kd_status st = find_prcb(sh, kd_shell_processor(sh), &prcb);

	(void)self;
	(void)args;
	if (st == KD_OK)
		st = kd_typed_field(&prcb, "ProcessorState.ContextFrame",
				    &frame);
	if (st == KD_OK)
		st = kd_shell_read_all(sh, frame.address, false, c.bytes, size);
	if (st != KD_OK)
		return kd_shell_fail(sh, st,
				     "Cannot find what the kernel has kept of "
				     "the processor's registers");
	c.len = (uint16_t)size;
	if (kd_context_pc(&c))
		return use_record(sh, frame.address);
	kd_out(sh, "The kernel has kept no registers of this processor: it "
		   "does so at a bug check.\n");
	return KD_E_NOT_FOUND;
}

static bool holds(const struct kd_trap_layout *layout, const char *name)
{
	for (size_t i = 0; i < layout->count; i++)
		if (!strcmp(layout->member[i].reg->name, name))
			return true;
	return false;
}

static enum kd_status use_trap_frame(struct kd_shell *sh, uint64_t address)
{
	const struct kd_memory memory = kd_shell_memory(sh);
	const struct kd_trap_layout *layout;
	struct kd_context c = { .arch = kd_session_arch(sh->session) };
	enum kd_status st = kd_shell_trap_layout(sh, &layout);

	if (st != KD_OK)
		return kd_shell_fail(sh, st,
				     "Cannot tell from nt's PDB what a trap "
				     "frame looks like");
	c.len = (uint16_t)kd_context_size(c.arch);
	st = kd_trap_apply(layout, &memory, address, &c);
	if (st != KD_OK)
		return kd_shell_fail_read(sh, st, address);
	kd_scope_set(sh, &c);
	kd_record_address(sh, "trap_frame", address);
	if (c.arch == KD_ARCH_X64 && !holds(layout, "r12"))
		kd_out(sh, "NOTE: The trap frame does not contain all "
			   "registers.\n"
			   "Some register values may be zeroed or "
			   "incorrect.\n");
	return kd_shell_show_context(sh, &c);
}

enum kd_status kd_run_trap_frame(struct kd_shell *sh,
				 const struct kd_command *self,
				 const char *args)
{
	uint64_t address = 0;
	enum kd_status st = KD_OK;

	(void)self;
	if (*args)
		st = kd_shell_evaluate_all(sh, args, &address);
	if (st != KD_OK)
		return st;
	return address ? use_trap_frame(sh, address) : reset(sh);
}

/* Its registers, and, if wanted, the memory and the images of its process. */
static enum kd_status use_thread(struct kd_shell *sh, uint64_t address,
				 const struct kd_process_options *o)
{
	char text[KD_ADDRESS_TEXT_MAX];
	struct kd_context c;
	struct kd_thread thread;
	enum kd_status st = kd_kernel_needed(sh);

	if (st != KD_OK)
		return st;
	st = kd_thread_at(sh->symbols, address, &thread);
	if (st == KD_OK)
		st = kd_thread_registers(sh, &thread, &c);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st,
				      "Cannot tell where that thread stands");
	kd_scope_set(sh, &c);
	kd_record_address(sh, "thread", address);
	kd_out(sh, "Using context of thread %s\n",
	       kd_format_address(text, address, kd_shell_pointer_size(sh)));
	if (o->pages || o->reload)
		st = kd_shell_see_process(sh, thread.process);
	if (st == KD_OK && o->pages)
		kd_out(sh, ".cache forcedecodeuser done\n");
	return st == KD_OK && o->reload ? kd_shell_load_user_modules(sh) : st;
}

enum kd_status kd_run_thread(struct kd_shell *sh, const struct kd_command *self,
			     const char *args)
{
	char text[KD_ADDRESS_TEXT_MAX];
	struct kd_process_options o;
	uint64_t thread = 0;
	enum kd_status st = kd_process_options_take(sh, &args, "pPr", &o);

	(void)self;
	if (st == KD_OK && *args)
		st = kd_shell_evaluate_all(sh, args, &thread);
	if (st != KD_OK)
		return st;
	if (thread)
		return use_thread(sh, thread, &o);
	kd_scope_reset(sh);
	thread = kd_session_stop(sh->session)->thread;
	kd_record_address(sh, "thread", thread);
	kd_out(sh, "Using context of thread %s\n",
	       kd_format_address(text, thread, kd_shell_pointer_size(sh)));
	return KD_OK;
}
