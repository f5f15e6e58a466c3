#include "lab_bytes.h"
#include "lab_emulated.h"
#include "lab_wire.h"

#include <string.h>

enum { DR6_STEP = 1 << 14, PATH_MAX_LEN = LAB_PATH_MAX };

static uint64_t entry_field(struct lab_emulated *m, unsigned n, size_t offset)
{
	return lab_get64(lab_emulated_entry(m, n) + offset);
}

/* Every processor's registers go where the kernel wants to find them. */
static void save_registers(struct lab_emulated *m)
{
	for (unsigned i = 0; i < m->processors; i++) {
		uint8_t *context = lab_memory_at(
			&m->memory,
			entry_field(m, i,
				    offsetof(struct lab_processor, context)),
			LAB_CPU_CONTEXT_SIZE);
		uint8_t *special = lab_memory_at(
			&m->memory,
			entry_field(m, i,
				    offsetof(struct lab_processor, special)),
			LAB_CPU_SPECIAL_SIZE);

		if (!m->processor[i].started)
			continue;
		if (context)
			lab_cpu_get_context(&m->processor[i].cpu, context);
		if (special)
			lab_cpu_get_special(&m->processor[i].cpu, special);
	}
}

/* The state of the processor that reports, for any kind of stop. */
static void put_stop(struct lab_emulated *m, unsigned n, struct lab_event *e)
{
	const struct lab_cpu *c = &m->processor[n].cpu;
	const uint8_t *thread = lab_memory_at(
		&m->memory,
		entry_field(m, n,
			    offsetof(struct lab_processor, current_thread)),
		8);

	m->reporter = n;
	e->processor = (uint16_t)n;
	e->thread = thread ? lab_get64(thread) : 0;
	e->pc = lab_cpu_get(c, UC_X86_REG_RIP);
	e->report = (struct lab_report){
		.dr6 = c->debug.dr6,
		.dr7 = c->debug.dr7,
		.eflags = lab_cpu_flags(c),
		.flags = LAB_REPORT_HAS_SEGMENTS | LAB_REPORT_STANDARD_CS,
		.cs = (uint16_t)lab_cpu_get(c, UC_X86_REG_CS),
		.ds = (uint16_t)lab_cpu_get(c, UC_X86_REG_DS),
		.es = (uint16_t)lab_cpu_get(c, UC_X86_REG_ES),
		.fs = (uint16_t)lab_cpu_get(c, UC_X86_REG_FS),
	};
	save_registers(m);
}

/* From now on the debugger has processor @p n. */
static void halt(struct lab_emulated *m, unsigned n, enum lab_halt why)
{
	struct lab_cpu *c = &m->processor[n].cpu;

	m->halt = why;
	m->owner = m->reporter = n;
	m->pc = lab_cpu_get(c, UC_X86_REG_RIP);
	lab_cpu_set(c, UC_X86_REG_EFLAGS,
		    lab_cpu_get(c, UC_X86_REG_EFLAGS) &
			    ~(uint64_t)LAB_FLAG_TRACE);
}

static bool stop(struct lab_emulated *m, unsigned n, uint32_t code,
		 struct lab_event *ret)
{
	*ret = (struct lab_event){
		.kind = LAB_EVENT_STOP,
		.code = code,
		.first_chance = true,
		.address = lab_cpu_get(&m->processor[n].cpu, UC_X86_REG_RIP),
		.parameters = code == LAB_STATUS_BREAKPOINT,
	};
	put_stop(m, n, ret);
	return true;
}

/* Text of the kernel's, as much as there is room for. */
static size_t copy_text(struct lab_emulated *m, uint64_t address, uint64_t len)
{
	if (len > sizeof(m->text) - 1)
		len = sizeof(m->text) - 1;
	const uint8_t *text = lab_memory_at(&m->memory, address, len);

	if (!text)
		len = 0;
	else
		memcpy(m->text, text, (size_t)len);
	m->text[len] = '\0';
	return (size_t)len;
}

/* STRING: a length in 16 bits, and at 8 the address. */
static size_t copy_string(struct lab_emulated *m, uint64_t address)
{
	const uint8_t *s = lab_memory_at(&m->memory, address, 16);

	return s ? copy_text(m, lab_get64(s + 8), lab_get16(s))
		 : copy_text(m, 0, 0);
}

static bool load(struct lab_emulated *m, struct lab_cpu *c, bool unload,
		 struct lab_event *ret)
{
	const uint8_t *s =
		lab_memory_at(&m->memory, lab_cpu_get(c, UC_X86_REG_RDX),
			      sizeof(struct lab_symbols));
	size_t len = copy_string(m, lab_cpu_get(c, UC_X86_REG_RCX));

	if (!s)
		return false;
	halt(m, c->number, LAB_HALT_SERVICE);
	*ret = (struct lab_event){
		.kind = LAB_EVENT_LOAD,
		.text = m->text,
		.len = len ? len + 1 : 0,
		.unload = unload,
		.base = lab_get64(s),
		.process = lab_get64(s + offsetof(struct lab_symbols, process)),
		.checksum =
			lab_get32(s + offsetof(struct lab_symbols, checksum)),
		.size = lab_get32(s + offsetof(struct lab_symbols, size)),
	};
	put_stop(m, c->number, ret);
	return true;
}

/* "name\0command\0" */
static bool command(struct lab_emulated *m, struct lab_cpu *c,
		    struct lab_event *ret)
{
	enum { NAME_MAX_LEN = 128 };
	char name[NAME_MAX_LEN];
	size_t name_len = copy_string(m, lab_cpu_get(c, UC_X86_REG_RCX));

	if (name_len > sizeof(name) - 1)
		name_len = sizeof(name) - 1;
	memcpy(name, m->text, name_len);
	name[name_len++] = '\0';
	size_t len = copy_string(m, lab_cpu_get(c, UC_X86_REG_RDX)) + 1;

	if (len > sizeof(m->text) - name_len)
		len = sizeof(m->text) - name_len;
	memmove(m->text + name_len, m->text, len);
	memcpy(m->text, name, name_len);
	m->text[name_len + len - 1] = '\0';
	halt(m, c->number, LAB_HALT_SERVICE);
	*ret = (struct lab_event){
		.kind = LAB_EVENT_COMMAND,
		.text = m->text,
		.len = name_len + len,
	};
	put_stop(m, c->number, ret);
	return true;
}

/* Behind int 2d is an int 3, for the debugger to look at. */
static void skip_breakpoint(struct lab_emulated *m, struct lab_cpu *c)
{
	uint64_t rip = lab_cpu_get(c, UC_X86_REG_RIP);
	const uint8_t *at = lab_memory_at(&m->memory, rip, 1);

	if (at && *at == 0xcc)
		lab_cpu_set(c, UC_X86_REG_RIP, rip + 1);
}

/* int 2d, by the service's number in eax (lab_contract.h). */
static bool service(struct lab_emulated *m, struct lab_cpu *c,
		    struct lab_event *ret)
{
	enum { PRINT = 1, PROMPT, LOAD, UNLOAD, COMMAND };
	uint64_t which = lab_cpu_get(c, UC_X86_REG_RAX) & UINT32_MAX;
	uint64_t text = lab_cpu_get(c, UC_X86_REG_RCX);
	uint64_t len = lab_cpu_get(c, UC_X86_REG_RDX) & UINT16_MAX;

	switch (which) {
	case PRINT:
	case PROMPT:
		*ret = (struct lab_event){
			.kind = which == PRINT ? LAB_EVENT_PRINT
					       : LAB_EVENT_PROMPT,
			.text = m->text,
			.len = copy_text(m, text, len),
			.processor = (uint16_t)c->number,
		};
		skip_breakpoint(m, c);
		lab_cpu_set(c, UC_X86_REG_RAX, 0);
		m->owner = c->number;
		m->halt = which == PRINT ? LAB_HALT_NONE : LAB_HALT_PROMPT;
		return true;
	case LOAD:
	case UNLOAD:
		return load(m, c, which == UNLOAD, ret);
	case COMMAND:
		return command(m, c, ret);
	default:
		skip_breakpoint(m, c);
		return false;
	}
}

bool lab_emulated_trap(struct lab_emulated *m, unsigned n,
		       struct lab_event *ret)
{
	struct lab_cpu *c = &m->processor[n].cpu;

	m->vector = c->vector;
	if (c->vector == LAB_VECTOR_SERVICE)
		return service(m, c, ret);
	if (c->vector == LAB_VECTOR_DEBUG)
		c->debug.dr6 = LAB_DR6_IDLE | lab_debug_take(c) |
			       (c->stepped ? DR6_STEP : 0);
	halt(m, n, LAB_HALT_TRAP);
	return stop(m, n,
		    c->vector == LAB_VECTOR_DEBUG ? LAB_STATUS_SINGLE_STEP
						  : LAB_STATUS_BREAKPOINT,
		    ret);
}

/* The context that an exception is about, in memory; NULL: not there. */
static uint8_t *exception_context(struct lab_emulated *m, const uint8_t *e)
{
	return lab_memory_at(
		&m->memory,
		lab_get64(e + offsetof(struct lab_exception, context)),
		LAB_CPU_CONTEXT_SIZE);
}

bool lab_emulated_exception(struct lab_emulated *m, unsigned n,
			    uint64_t physical, struct lab_event *ret)
{
	struct lab_cpu *c = &m->processor[n].cpu;
	const uint8_t *e = lab_memory_ram(&m->memory, physical,
					  sizeof(struct lab_exception));
	const uint8_t *context = e ? exception_context(m, e) : NULL;

	if (!context)
		return false;
	m->asked = physical;
	lab_cpu_get_context(c, m->saved);
	lab_cpu_set_context(c, context);
	halt(m, n, LAB_HALT_EXCEPTION);
	*ret = (struct lab_event){
		.kind = LAB_EVENT_STOP,
		.code = lab_get32(e),
		.flags = lab_get32(e + offsetof(struct lab_exception, flags)),
		.first_chance = lab_get32(
			e + offsetof(struct lab_exception, first_chance)),
		.address =
			lab_get64(e + offsetof(struct lab_exception, address)),
		.parameters = lab_get32(
			e + offsetof(struct lab_exception, parameters)),
	};
	if (ret->parameters > 4)
		ret->parameters = 4;
	for (size_t i = 0; i < ret->parameters; i++)
		ret->parameter[i] = lab_get64(
			e + offsetof(struct lab_exception, parameter) + i * 8);
	put_stop(m, n, ret);
	return true;
}

static void end_exception(struct lab_emulated *m, struct lab_cpu *c,
			  bool handled)
{
	uint8_t *e = lab_memory_ram(&m->memory, m->asked,
				    sizeof(struct lab_exception));
	uint8_t *context = exception_context(m, e);

	lab_put32(e + offsetof(struct lab_exception, handled), handled);
	/* the debugger may have moved it meanwhile */
	if (context)
		lab_cpu_get_context(c, context);
	lab_cpu_set_context(c, m->saved);
}

/* KD-WIRE 8.2: debug registers of all, the trace flag of the reporter. */
static void control(struct lab_emulated *m, const struct lab_resume *how)
{
	struct lab_cpu *c = &m->processor[m->reporter].cpu;
	uint64_t flags = lab_cpu_get(c, UC_X86_REG_EFLAGS);

	for (unsigned i = 0; i < m->processors; i++) {
		lab_debug_set(&m->processor[i].cpu, 7, how->dr7);
		lab_debug_set(&m->processor[i].cpu, 6, LAB_DR6_IDLE);
	}
	lab_cpu_set(c, UC_X86_REG_EFLAGS,
		    how->trace ? flags | LAB_FLAG_TRACE
			       : flags & ~(uint64_t)LAB_FLAG_TRACE);
}

void lab_emulated_resume(struct lab_emulated *m, const struct lab_resume *how)
{
	struct lab_cpu *c = lab_emulated_cpu(m, m->owner);
	bool handled = !(how->status >> 31);
	enum lab_halt halted = m->halt;

	if (!c)
		return;
	m->halt = LAB_HALT_NONE;
	if (how->has_control)
		control(m, how);
	switch (halted) {
	case LAB_HALT_TRAP:
		/* with no gate for it the processor goes on as if handled */
		if (!handled)
			(void)lab_cpu_interrupt(c, m->vector, 0);
		break;
	case LAB_HALT_SERVICE:
		if (lab_cpu_get(c, UC_X86_REG_RIP) == m->pc)
			skip_breakpoint(m, c);
		break;
	case LAB_HALT_EXCEPTION:
		end_exception(m, c, handled);
		break;
	case LAB_HALT_NONE:
	case LAB_HALT_PROMPT:
	case LAB_HALT_FILE:
		break;
	}
}

bool lab_emulated_switch(struct lab_emulated *m, unsigned n,
			 struct lab_event *ret)
{
	if (!m->on || n >= m->processors || !m->processor[n].started)
		return false;
	return stop(m, n, LAB_STATUS_WAKE, ret);
}

/* r8: where to, r9w: how much of it; eax: the length. */
void lab_emulated_answer(struct lab_emulated *m, const char *text, size_t len)
{
	struct lab_cpu *c = lab_emulated_cpu(m, m->owner);

	if (!c || m->halt != LAB_HALT_PROMPT)
		return;
	size_t room = lab_cpu_get(c, UC_X86_REG_R9) & UINT16_MAX;

	if (len > room)
		len = room;
	uint8_t *to =
		lab_memory_at(&m->memory, lab_cpu_get(c, UC_X86_REG_R8), len);

	m->halt = LAB_HALT_NONE;
	if (!to)
		len = 0;
	else
		memcpy(to, text, len);
	lab_cpu_set(c, UC_X86_REG_RAX, len);
}
