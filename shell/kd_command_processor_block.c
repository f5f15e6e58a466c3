/* !pcr, !prcb, !irql and !idt: what each processor has for itself. */

#include "kd_commands.h"
#include "kd_cursor.h"
#include "kd_kernel_text.h"
#include "kd_lexer.h"

#include <inttypes.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* A processor, and the kernel's blocks of it. */
struct block {
	unsigned processor;
	struct kd_typed prcb;
	char address[KD_PLAIN_ADDRESS_MAX];
};

/* The number in @p args, or @p otherwise. */
static enum kd_status find_block(struct kd_shell *sh, const char *args,
				 unsigned otherwise, struct block *ret)
{
	const struct kd_stop *stop = kd_session_stop(sh->session);
	uint64_t n = otherwise, prcb = 0;
	enum kd_status st = KD_OK;

	if (*args)
		st = kd_shell_evaluate_all(sh, args, &n);
	if (st == KD_OK)
		st = kd_kernel_needed(sh);
	if (st != KD_OK)
		return st;
	if (!stop || n >= stop->processor_count) {
		kd_out(sh,
		       "Cannot get PRCB address: there is no processor "
		       "%" PRIu64 ".\n",
		       n);
		return KD_E_NOT_FOUND;
	}
	ret->processor = (unsigned)n;
	st = kd_processor_block(sh->symbols, ret->processor, &prcb);
	if (st == KD_OK)
		st = kd_typed_at(sh->symbols, "nt!_KPRCB", prcb, &ret->prcb);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st, "Cannot get PRCB address");
	kd_plain_address(ret->address, sh, prcb);
	return KD_OK;
}

/* ---- !pcr ---- */

struct row {
	const char *label, *key;
	const char *paths[4];
};

/* A label and a value; what this kernel has not is left out. */
static enum kd_status show_rows(struct kd_shell *sh, const struct kd_typed *t,
				const struct row *rows, size_t count)
{
	enum { WIDTH = 25 };

	for (size_t i = 0; i < count; i++) {
		char address[KD_PLAIN_ADDRESS_MAX];
		uint64_t value;
		enum kd_status st = kd_typed_any_u64(t, rows[i].paths, &value);

		if (st == KD_E_NOT_FOUND)
			continue;
		if (st != KD_OK)
			return st;
		kd_out(sh, "%*s: %s\n", WIDTH, rows[i].label,
		       kd_plain_address(address, sh, value));
		kd_record_address(sh, rows[i].key, value);
	}
	kd_out(sh, "\n");
	return KD_OK;
}

// clang-format off
static const struct row tib_rows[] = {
	{ "NtTib.ExceptionList", "exception_list", { "NtTib.ExceptionList" } },
	{ "NtTib.StackBase",     "stack_base",     { "NtTib.StackBase" } },
	{ "NtTib.StackLimit",    "stack_limit",    { "NtTib.StackLimit" } },
	{ "NtTib.SubSystemTib",  "subsystem_tib",  { "NtTib.SubSystemTib" } },
	{ "NtTib.Version",       "tib_version",    { "NtTib.Version" } },
	{ "NtTib.UserPointer",   "user_pointer",   { "NtTib.ArbitraryUserPointer" } },
	{ "NtTib.SelfTib",       "self_tib",       { "NtTib.Self" } },
};
static const struct row pcr_rows[] = {
	{ "SelfPcr",       "self",            { "SelfPcr", "Self" } },
	{ "Prcb",          "prcb",            { "CurrentPrcb", "Prcb" } },
	{ "Irql",          "irql",            { "Irql", "CurrentIrql" } },
	{ "IRR",           "irr",             { "IRR" } },
	{ "IDR",           "idr",             { "IDR" } },
	{ "InterruptMode", "interrupt_mode",  { "InterruptMode" } },
	{ "IDT",           "idt",             { "IdtBase", "IDT" } },
	{ "GDT",           "gdt",             { "GdtBase", "GDT" } },
	{ "TSS",           "tss",             { "TssBase", "TSS" } },
};
static const struct row thread_rows[] = {
	{ "CurrentThread", "current_thread",  { "CurrentThread" } },
	{ "NextThread",    "next_thread",     { "NextThread" } },
	{ "IdleThread",    "idle_thread",     { "IdleThread" } },
};
// clang-format on

/* The KPCR around a KPRCB. */
static enum kd_status find_pcr(struct kd_shell *sh, const struct block *b,
			       struct kd_typed *ret)
{
	uint64_t offset;
	enum kd_status st =
		kd_types_offset(sh->symbols, "nt!_KPCR", "Prcb", &offset);

	/* x86's Prcb leads to it */
	if (kd_session_arch(sh->session) == KD_ARCH_X86)
		st = kd_types_offset(sh->symbols, "nt!_KPCR", "PrcbData",
				     &offset);
	if (st != KD_OK)
		return st;
	return kd_typed_at(sh->symbols, "nt!_KPCR", b->prcb.address - offset,
			   ret);
}

static enum kd_status show_pcr(struct kd_shell *sh, const struct block *b)
{
	char address[KD_PLAIN_ADDRESS_MAX];
	struct kd_typed pcr, tib;
	uint64_t major = 0, minor = 0;
	enum kd_status st = find_pcr(sh, b, &pcr);

	if (st != KD_OK)
		return st;
	kd_out(sh, "KPCR for Processor %u at %s:\n", b->processor,
	       kd_plain_address(address, sh, pcr.address));
	kd_record_number(sh, "processor", b->processor);
	kd_record_address(sh, "address", pcr.address);
	st = kd_typed_field_u64(&pcr, "MajorVersion", &major);
	if (st == KD_OK)
		st = kd_typed_field_u64(&pcr, "MinorVersion", &minor);
	if (st == KD_OK)
		kd_out(sh, "    Major %" PRIu64 " Minor %" PRIu64 "\n", major,
		       minor);
	if (st == KD_OK || st == KD_E_NOT_FOUND)
		st = kd_typed_field(&pcr, "NtTib", &tib);
	if (st == KD_OK)
		st = show_rows(sh, &pcr, tib_rows, COUNT(tib_rows));
	if (st == KD_OK || st == KD_E_NOT_FOUND)
		st = show_rows(sh, &pcr, pcr_rows, COUNT(pcr_rows));
	if (st == KD_OK)
		st = show_rows(sh, &b->prcb, thread_rows, COUNT(thread_rows));
	return st;
}

enum kd_status kd_run_pcr(struct kd_shell *sh, const struct kd_command *self,
			  const char *args)
{
	struct block b;
	enum kd_status st = find_block(sh, args, kd_shell_processor(sh), &b);

	(void)self;
	if (st != KD_OK)
		return st;
	st = show_pcr(sh, &b);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st, "Cannot read the KPCR");
	return KD_OK;
}

/* ---- !prcb ---- */

/* Some on a line, those that there are. */
static enum kd_status show_counts(struct kd_shell *sh, const struct kd_typed *t,
				  const char *before, const struct row *rows,
				  size_t count)
{
	bool begun = false;

	for (size_t i = 0; i < count; i++) {
		uint64_t value;
		enum kd_status st = kd_typed_any_u64(t, rows[i].paths, &value);

		if (st == KD_E_NOT_FOUND)
			continue;
		if (st != KD_OK)
			return st;
		kd_out(sh, "%s%s%08" PRIx64 " ", begun ? "" : before,
		       rows[i].label, value & UINT32_MAX);
		kd_record_number(sh, rows[i].key, value & UINT32_MAX);
		begun = true;
	}
	if (begun)
		kd_out(sh, "\n");
	return KD_OK;
}

static enum kd_status show_prcb(struct kd_shell *sh, const struct block *b)
{
	// clang-format off
	static const struct row times[] = {
		{ "Dpc    ",    "dpc_time",       { "DpcTime" } },
		{ "Interrupt ", "interrupt_time", { "InterruptTime" } },
	}, more_times[] = {
		{ "Kernel ",    "kernel_time",    { "KernelTime" } },
		{ "User      ", "user_time",      { "UserTime" } },
	};
	// clang-format on
	static const char *const set[] = { "SetMember", "GroupSetMember",
					   NULL };
	static const char *const names[] = { "Current", "Next", "Idle" };
	uint64_t number, member, interrupts;
	enum kd_status st = KD_OK;

	kd_out(sh, "PRCB for Processor %u at %s:\nThreads-- ", b->processor,
	       b->address);
	kd_record_number(sh, "processor", b->processor);
	kd_record_address(sh, "address", b->prcb.address);
	for (size_t i = 0; i < COUNT(names) && st == KD_OK; i++) {
		char address[KD_PLAIN_ADDRESS_MAX];
		uint64_t value = 0;

		st = kd_typed_any_u64(&b->prcb, thread_rows[i].paths, &value);
		kd_out(sh, " %s %s", names[i],
		       kd_plain_address(address, sh, value));
		kd_record_address(sh, thread_rows[i].key, value);
	}
	kd_out(sh, "\n");
	if (st == KD_OK)
		st = kd_typed_field_u64(&b->prcb, "Number", &number);
	if (st != KD_OK)
		return st;
	kd_out(sh, "Number %" PRIu64, number);
	st = kd_typed_any_u64(&b->prcb, set, &member);
	if (st == KD_OK)
		kd_out(sh, " SetMember %08" PRIx64, member);
	kd_out(sh, "\n");
	if (st == KD_OK || st == KD_E_NOT_FOUND)
		st = kd_typed_field_u64(&b->prcb, "InterruptCount",
					&interrupts);
	if (st == KD_OK) {
		kd_out(sh, "Interrupt Count -- %08" PRIx64 "\n", interrupts);
		kd_record_number(sh, "interrupts", interrupts);
	}
	if (st == KD_OK || st == KD_E_NOT_FOUND)
		st = show_counts(sh, &b->prcb, "Times -- ", times,
				 COUNT(times));
	if (st == KD_OK)
		st = show_counts(sh, &b->prcb, "         ", more_times,
				 COUNT(more_times));
	return st;
}

enum kd_status kd_run_prcb(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	struct block b;
	enum kd_status st = find_block(sh, args, 0, &b);

	(void)self;
	if (st != KD_OK)
		return st;
	st = show_prcb(sh, &b);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st, "Cannot read the PRCB");
	return KD_OK;
}

/* ---- !irql ---- */

/* wdm.h's names for levels, on x64 and on x86. */
static const char *level_name(enum kd_arch arch, uint64_t irql)
{
	static const char *const low[] = { "LOW_LEVEL", "APC_LEVEL",
					   "DISPATCH_LEVEL", "CMCI_LEVEL" };
	static const char *const x64[] = { "SYNCH_LEVEL", "CLOCK_LEVEL",
					   "IPI_LEVEL", "HIGH_LEVEL" };
	enum { X64_HIGH = 12, X86_HIGH = 27 };
	static const char *const x86[] = { "PROFILE_LEVEL", "CLOCK2_LEVEL",
					   "IPI_LEVEL", "POWER_LEVEL",
					   "HIGH_LEVEL" };

	if (irql < COUNT(low) - (arch == KD_ARCH_X86))
		return low[irql];
	if (arch == KD_ARCH_X86)
		return irql >= X86_HIGH && irql - X86_HIGH < COUNT(x86)
			       ? x86[irql - X86_HIGH]
			       : "DEVICE_LEVEL";
	return irql >= X64_HIGH && irql - X64_HIGH < COUNT(x64)
		       ? x64[irql - X64_HIGH]
		       : "DEVICE_LEVEL";
}

enum kd_status kd_run_irql(struct kd_shell *sh, const struct kd_command *self,
			   const char *args)
{
	enum kd_arch arch = kd_session_arch(sh->session);
	struct block b;
	uint64_t irql;
	enum kd_status st = find_block(sh, args, kd_shell_processor(sh), &b);

	(void)self;
	if (st != KD_OK)
		return st;
	st = kd_typed_field_u64(&b.prcb, "DebuggerSavedIRQL", &irql);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st, "Cannot tell the saved IRQL");
	kd_out(sh,
	       "Debugger saved IRQL for processor 0x%x -- %" PRIu64 " (%s)\n",
	       b.processor, irql, level_name(arch, irql));
	kd_record_number(sh, "processor", b.processor);
	kd_record_number(sh, "irql", irql);
	kd_record_text(sh, "name", level_name(arch, irql));
	return KD_OK;
}

/* ---- !idt ---- */

enum { VECTORS = 256 };

/* A gate, as the processors' manuals lay it out. */
struct gate {
	uint64_t handler;
	bool is_present;
};

static struct gate read_gate(const uint8_t *bytes, size_t size)
{
	enum { PRESENT = 0x8000 };
	struct kd_reader in = kd_reader_over(bytes, size);
	struct gate g = { .handler = kd_read_le16(&in) };

	(void)kd_read_le16(&in); /* its code segment */
	g.is_present = kd_read_le16(&in) & PRESENT;
	g.handler |= (uint64_t)kd_read_le16(&in) << 16;
	if (size > 8)
		g.handler |= (uint64_t)kd_read_le32(&in) << 32;
	return g;
}

struct table {
	uint64_t base;
	size_t size;  /* bytes of a gate */
	size_t count; /* of gates */
};

static enum kd_status find_table(struct kd_shell *sh, unsigned processor,
				 struct table *ret)
{
	struct kd_context c;
	uint64_t limit;
	enum kd_status st = kd_session_get_context(sh->session, processor,
						   kd_shell_deadline(sh), &c);
	const struct kd_register *base, *len;

	if (st != KD_OK)
		return st;
	base = kd_register_find(c.arch, "idtr");
	len = kd_register_find(c.arch, "idtl");
	if (!base || !len || !kd_register_get(&c, base, &ret->base) ||
	    !kd_register_get(&c, len, &limit))
		return KD_E_UNSUPPORTED;
	ret->size = kd_shell_pointer_size(sh) == 8 ? 16 : 8;
	ret->count = (size_t)(limit + 1) / ret->size;
	if (ret->count > VECTORS)
		ret->count = VECTORS;
	return KD_OK;
}

static void show_gate(struct kd_shell *sh, unsigned vector,
		      const struct gate *g)
{
	char address[KD_PLAIN_ADDRESS_MAX];
	struct kd_name_text name;

	kd_name_of(sh, g->handler, &name);
	kd_out(sh, "%02x:\t%s %s\n", vector,
	       kd_plain_address(address, sh, g->handler), name.text);
	kd_record_open(sh, NULL);
	kd_record_number(sh, "vector", vector);
	kd_record_address(sh, "handler", g->handler);
	kd_record_text(sh, "name", name.text);
	kd_record_close(sh);
}

/* All that is present, or one. */
static enum kd_status show_table(struct kd_shell *sh, const struct table *t,
				 bool all, uint64_t only)
{
	uint8_t bytes[VECTORS * 16];
	char address[KD_PLAIN_ADDRESS_MAX];
	enum kd_status st = KD_OK;

	if (t->count)
		st = kd_shell_read_all(sh, t->base, false, bytes,
				       t->count * t->size);
	if (st != KD_OK)
		return st;
	kd_out(sh, "\nDumping IDT: %s\n\n",
	       kd_plain_address(address, sh, t->base));
	kd_record_open_list(sh, "gates");
	for (unsigned i = 0; i < t->count && st == KD_OK; i++) {
		struct gate g = read_gate(bytes + i * t->size, t->size);

		st = kd_kernel_breathe(sh);
		if (st == KD_OK && g.is_present && (all || i == only))
			show_gate(sh, i, &g);
	}
	kd_record_close(sh);
	kd_out(sh, "\n");
	return st;
}

enum kd_status kd_run_idt(struct kd_shell *sh, const struct kd_command *self,
			  const char *args)
{
	bool all = !*args || (args[0] == '-' && args[1] == 'a' && !args[2]);
	struct table table;
	uint64_t only = 0;
	enum kd_status st = KD_OK;

	(void)self;
	if (!all)
		st = kd_shell_evaluate_all(sh, args, &only);
	if (st != KD_OK)
		return st;
	st = find_table(sh, kd_shell_processor(sh), &table);
	if (st == KD_OK)
		st = show_table(sh, &table, all, only);
	if (st != KD_OK)
		return kd_kernel_fail(sh, st, "Cannot read the IDT");
	return KD_OK;
}
