#include "kd_crash.h"

#include "kd_devices.h"
#include "kd_frame_text.h"
#include "kd_io_text.h"

#include <string.h>
#include <strings.h>

enum {
	/* KiBugcheckData's address in KDBG: KD-WIRE 7 */
	KDBG_BUG_CHECK_DATA = 0x88,
	BUG_CHECK_VALUES = 5, /* the code and four parameters */
	DRIVER_POWER_STATE_FAILURE = 0x9f,
	BLOCKED_IRP = 3, /* its first parameter, where the fourth is an IRP */
	IRP_MJ_POWER = 0x16,
	FRAMES_MAX = 256,
};

enum kd_status kd_shell_bug_check(struct kd_shell *sh, struct kd_bug_check *ret)
{
	unsigned size = kd_shell_pointer_size(sh);
	uint8_t bytes[8 * BUG_CHECK_VALUES];
	struct kd_reader in = kd_reader_over(bytes, size * BUG_CHECK_VALUES);
	uint64_t data = 0, value[BUG_CHECK_VALUES];
	enum kd_status st =
		kd_shell_kdbg_pointer(sh, KDBG_BUG_CHECK_DATA, &data);

	if (st == KD_OK)
		st = kd_shell_read_all(sh, data, false, bytes, in.len);
	if (st != KD_OK)
		return st;
	for (size_t i = 0; i < BUG_CHECK_VALUES; i++)
		value[i] = size == 8 ? kd_read_le64(&in)
				     : kd_address_extend(kd_read_le32(&in), 4);
	ret->code = (uint32_t)value[0];
	memcpy(ret->parameter, value + 1, sizeof(ret->parameter));
	return KD_OK;
}

/* The parameter of that number; 0 if the number is 0. */
static uint64_t parameter(const struct kd_crash *c, unsigned number)
{
	return number ? c->bug_check.parameter[number - 1] : 0;
}

/* A context record; false if there is none. */
static bool read_context(struct kd_shell *sh, uint64_t address,
			 struct kd_context *ret)
{
	struct kd_context c = { .arch = ret->arch };
	size_t size = kd_context_size(c.arch);

	if (!address ||
	    kd_shell_read_all(sh, address, false, c.bytes, size) != KD_OK)
		return false;
	c.len = (uint16_t)size;
	if (!kd_context_pc(&c))
		return false;
	*ret = c;
	return true;
}

static bool read_trap(struct kd_shell *sh, uint64_t address,
		      struct kd_context *ret)
{
	const struct kd_memory memory = kd_shell_memory(sh);
	struct kd_context c = { .arch = ret->arch };
	const struct kd_trap_layout *layout;

	c.len = (uint16_t)kd_context_size(c.arch);
	if (!address || kd_shell_trap_layout(sh, &layout) != KD_OK ||
	    kd_trap_apply(layout, &memory, address, &c) != KD_OK ||
	    !kd_context_pc(&c))
		return false;
	*ret = c;
	return true;
}

/* Where it happened, as near to it as the parameters lead. */
static enum kd_status find_registers(struct kd_shell *sh, struct kd_crash *c)
{
	const struct kd_bug_check_meaning *m = c->meaning;
	enum kd_status st = kd_shell_processor_context(sh, &c->context);

	if (st != KD_OK || !m)
		return st;
	if (read_context(sh, parameter(c, m->context), &c->context)) {
		c->registers = KD_CRASH_CONTEXT;
		c->registers_at = parameter(c, m->context);
	} else if (read_trap(sh, parameter(c, m->trap), &c->context)) {
		c->registers = KD_CRASH_TRAP;
		c->registers_at = parameter(c, m->trap);
	}
	c->record = parameter(c, m->record);
	c->instruction = parameter(c, m->instruction);
	if (!c->instruction && c->registers != KD_CRASH_PROCESSOR)
		c->instruction = kd_context_pc(&c->context);
	return KD_OK;
}

/* The kernel and what belongs to it: they report what others have done. */
static bool is_kernel(const struct kd_symbol_module *m)
{
	static const char *const names[] = { "nt", "hal", "kdcom",
					     "VerifierExt" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!strcmp(m->name, names[i]))
			return true;
	return false;
}

static void set_suspect(struct kd_suspect *s, const struct kd_symbol_module *m,
			uint64_t address)
{
	s->found = true;
	s->is_kernel = is_kernel(m);
	s->address = address;
	snprintf(s->module, sizeof(s->module), "%s", m->name);
	snprintf(s->image, sizeof(s->image), "%s", m->image);
}

/* True if the address is in a module that may be suspected. */
static bool suspect_address(struct kd_shell *sh, uint64_t address,
			    struct kd_suspect *s)
{
	const struct kd_symbol_module *m =
		address ? kd_shell_module_at(sh, address) : NULL;
	struct kd_text text = kd_text_over(s->symbol, sizeof(s->symbol));

	if (!m || is_kernel(m))
		return false;
	set_suspect(s, m, address);
	kd_shell_symbol_text(sh, address, &text);
	return true;
}

/* True once a frame may be suspected; the kernel's own only if all are. */
static bool suspect_frame(struct kd_shell *sh, const struct kd_stack_frame *f,
			  struct kd_suspect *s, bool *reported)
{
	const struct kd_symbol_module *m =
		kd_shell_module_at(sh, kd_frame_place(f));
	char buf[KD_SYMBOL_TEXT_MAX];
	struct kd_text text = kd_text_over(buf, sizeof(buf));

	if (!m || (is_kernel(m) && s->found))
		return false;
	kd_add_call_site(sh, f, &text);
	/* the kernel's frame to name is the one that called for the end */
	if (is_kernel(m) && !*reported) {
		*reported = strstr(buf, "!KeBugCheckEx") != NULL;
		return false;
	}
	set_suspect(s, m, f->pc);
	snprintf(s->symbol, sizeof(s->symbol), "%s", buf);
	return !s->is_kernel;
}

static enum kd_status search_stack(struct kd_shell *sh, struct kd_crash *c)
{
	/* from where it happened, the first of the kernel's will do */
	bool reported =
		c->registers != KD_CRASH_PROCESSOR || !c->bug_check.code;
	struct kd_stack_frame frame;
	struct kd_walk walk;
	enum kd_status st = kd_walk_begin(&walk, sh, &c->context);

	for (unsigned i = 0; st == KD_OK && i < FRAMES_MAX; i++) {
		st = kd_walk_next(&walk, &frame);
		if (st == KD_OK &&
		    suspect_frame(sh, &frame, &c->suspect, &reported))
			return KD_OK;
	}
	return st == KD_E_CANCELED ? st : KD_OK;
}

/* Whoever has the IRP that is held up; false if that cannot be found out. */
static bool suspect_irp(struct kd_shell *sh, struct kd_crash *c)
{
	struct kd_irp_location l;
	struct kd_driver driver;
	struct kd_device device;
	struct kd_irp irp;

	if (!c->meaning || c->meaning->code != DRIVER_POWER_STATE_FAILURE ||
	    c->bug_check.parameter[0] != BLOCKED_IRP)
		return false;
	if (kd_irp_read(sh->symbols, c->bug_check.parameter[3], &irp) !=
		    KD_OK ||
	    irp.current > irp.stack_count ||
	    kd_irp_location_read(sh->symbols, &irp, irp.current, &l) != KD_OK ||
	    kd_device_read(sh->symbols, l.device, &device) != KD_OK ||
	    kd_driver_read(sh->symbols, device.driver, &driver) != KD_OK)
		return false;
	return suspect_address(sh, driver.major[IRP_MJ_POWER], &c->suspect) ||
	       suspect_address(sh, driver.init, &c->suspect);
}

/* "labdisk.sys"; other bytes are somebody's that is no name. */
static bool is_file_name(const char *text)
{
	for (const char *at = text; *at; at++)
		if ((unsigned char)*at < ' ')
			return false;
	return strchr(text, '.') != NULL;
}

/*
 * Who Windows says it was: nt!KiBugCheckDriver leads to a name, where its bug
 * check found one. A target that cannot be read there has no opinion.
 */
static void read_driver(struct kd_shell *sh, struct kd_crash *c)
{
	uint64_t deadline_us = kd_shell_deadline(sh), at;
	enum kd_status st =
		kd_shell_name_address(sh, "nt!KiBugCheckDriver", &at);

	if (st == KD_OK)
		st = kd_session_read_pointer(sh->session, at, deadline_us, &at);
	if (st != KD_OK || !at ||
	    kd_session_read_unicode_string(sh->session, at, deadline_us,
					   c->driver,
					   sizeof(c->driver)) != KD_OK ||
	    !is_file_name(c->driver))
		c->driver[0] = '\0';
}

/* Its module, if nothing better than the kernel's own code was found. */
static void suspect_driver(struct kd_shell *sh, struct kd_crash *c)
{
	const struct kd_symbol_module *m;

	if (!c->driver[0] || (c->suspect.found && !c->suspect.is_kernel))
		return;
	for (size_t i = 0; (m = kd_symbols_module(sh->symbols, i)); i++) {
		if (strcasecmp(m->image, c->driver) != 0 || is_kernel(m))
			continue;
		set_suspect(&c->suspect, m, m->base);
		snprintf(c->suspect.symbol, sizeof(c->suspect.symbol), "%s",
			 m->name);
		return;
	}
}

enum kd_status kd_crash_examine(struct kd_shell *sh,
				const struct kd_bug_check *b,
				struct kd_crash *ret)
{
	enum kd_status st;

	*ret = (struct kd_crash){
		.bug_check = *b,
		.meaning = b->code ? kd_bug_check_meaning(b->code) : NULL,
	};
	st = find_registers(sh, ret);
	if (st != KD_OK)
		return st;
	if (b->code)
		read_driver(sh, ret);
	if (suspect_irp(sh, ret) ||
	    suspect_address(sh, ret->instruction, &ret->suspect))
		return KD_OK;
	st = search_stack(sh, ret);
	if (st == KD_OK)
		suspect_driver(sh, ret);
	return st;
}
