#include "lab_bytes.h"
#include "lab_static_machine.h"
#include "lab_wire.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TICK_US = 5000000, BOOT_STEP_US = 1000 };

/* The boot, row by row. */
static const struct {
	enum lab_event_kind kind;
	const char *text;
	uint64_t base;
	uint32_t size, checksum;
} boot[] = {
	// clang-format off
	{ LAB_EVENT_PRINT, "Lab kernel of build 22621 for x64, 2 processors\n", 0, 0, 0 },
	{ LAB_EVENT_LOAD,  "\\SystemRoot\\system32\\ntoskrnl.exe", LAB_STATIC_NT, LAB_STATIC_NT_SIZE, 0xd1ce },
	{ LAB_EVENT_LOAD,  "\\SystemRoot\\system32\\hal.dll", LAB_STATIC_HAL, LAB_STATIC_DRIVER_SIZE, 0xa1b2 },
	{ LAB_EVENT_FILE,  "\\SystemRoot\\System32\\drivers\\labdisk.sys", 0, 0, 0 },
	{ LAB_EVENT_LOAD,  "\\SystemRoot\\System32\\drivers\\labdisk.sys", LAB_STATIC_DISK, LAB_STATIC_DRIVER_SIZE, 0xc3d4 },
	{ LAB_EVENT_PRINT, "labdisk: one disk of 2048 sectors\n", 0, 0, 0 },
	{ LAB_EVENT_PRINT, "Lab kernel is up\n", 0, 0, 0 },
	// clang-format on
};

static void set_registers(struct lab_static_machine *m, unsigned cpu,
			  uint64_t rip, uint64_t rsp)
{
	static const uint16_t segments[] = {
		0x10, 0x2b, 0x2b, 0x53, 0x2b, 0x18
	};
	uint8_t *c = m->context[cpu];

	memset(c, 0, LAB_CONTEXT_SIZE);
	lab_put32(c + LAB_CONTEXT_FLAGS, 0x10001f);
	lab_put32(c + LAB_CONTEXT_MXCSR, 0x1f80);
	lab_put32(c + LAB_CONTEXT_FLT_MXCSR, 0x1f80);
	lab_put16(c + LAB_CONTEXT_FLT_MXCSR - 0x18, 0x27f);
	for (size_t i = 0; i < 6; i++)
		lab_put16(c + LAB_CONTEXT_CS + i * 2, segments[i]);
	lab_put32(c + LAB_CONTEXT_EFLAGS, 0x202);
	lab_put64(c + LAB_CONTEXT_DR7, 0x400);
	lab_put64(c + LAB_CONTEXT_RSP, rsp);
	lab_put64(c + LAB_CONTEXT_RIP, rip);
}

static uint64_t rip_of(const struct lab_static_machine *m, unsigned cpu)
{
	return lab_get64(m->context[cpu] + LAB_CONTEXT_RIP);
}

/* A call made from @p from, whose frame lies below @p rsp. */
static uint64_t push_call(struct lab_static_machine *m, uint64_t rsp,
			  const char *from)
{
	rsp -= LAB_FRAME + 8;
	lab_static_put64(&m->memory, rsp, lab_static_symbol(from));
	return rsp;
}

static uint64_t stack_top(unsigned cpu)
{
	return LAB_STATIC_STACK + (cpu + 1ull) * LAB_STATIC_STACK_SIZE - 0x40;
}

/* Where a processor is that does nothing. */
static void set_idle(struct lab_static_machine *m, unsigned cpu)
{
	set_registers(m, cpu, lab_static_symbol(".idle"),
		      stack_top(cpu) - LAB_FRAME);
}

/* Where it is when the clock has seen a break-in. */
static void set_broken(struct lab_static_machine *m, unsigned cpu)
{
	uint64_t rsp = push_call(m, stack_top(cpu), ".clocked");

	rsp = push_call(m, rsp, ".broken");
	set_registers(m, cpu, lab_static_symbol("DbgBreakPointWithStatus"),
		      rsp);
	lab_put64(m->context[cpu] + LAB_CONTEXT_RCX, 1);
}

static void set_crashed(struct lab_static_machine *m)
{
	uint64_t rsp = push_call(m, stack_top(0), ".clocked");

	rsp = push_call(m, rsp, ".crashed");
	set_registers(m, 0, lab_static_symbol("DbgBreakPointWithStatus"), rsp);
	lab_put64(m->context[0] + LAB_CONTEXT_RCX, 4);
}

static void power_on(struct lab_static_machine *m)
{
	lab_static_build(&m->memory);
	memset(m->special, 0, sizeof(m->special));
	memset(m->ports, 0xff, sizeof(m->ports));
	m->efer = 0xd01;
	m->star = lab_static_symbol("KiIdleLoop");
	for (unsigned i = 0; i < LAB_STATIC_PROCESSORS; i++) {
		uint8_t *s = m->special[i];

		set_idle(m, i);
		lab_put64(s + LAB_SPECIAL_CR0, 0x80050033);
		lab_put64(s + LAB_SPECIAL_CR3, LAB_STATIC_PAGE_TOP);
		lab_put64(s + LAB_SPECIAL_CR4, 0x350ef8);
		lab_put64(s + LAB_SPECIAL_DR6, 0xffff0ff0);
		lab_put64(s + LAB_SPECIAL_DR7, 0x400);
		lab_put64(s + LAB_SPECIAL_GS_BASE,
			  LAB_STATIC_PCR + i * 0x1000ull);
	}
	m->step = LAB_STEP_BOOT;
	m->row = 0;
	m->processor = 0;
	m->stopped_here = m->tracing = m->ticking = false;
}

static bool say(struct lab_static_machine *m, const char *text,
		struct lab_event *ret)
{
	*ret = (struct lab_event){
		.kind = LAB_EVENT_PRINT,
		.text = text,
		.len = strlen(text),
		.processor = (uint16_t)m->processor,
	};
	return true;
}

/* The state of the processor that stops, for any kind of stop. */
static void put_stop(struct lab_static_machine *m, struct lab_event *e)
{
	const uint8_t *c = m->context[m->processor];

	e->processor = (uint16_t)m->processor;
	e->thread =
		LAB_STATIC_POOL + LAB_STATIC_THREAD + m->processor * 0x100ull;
	e->pc = lab_get64(c + LAB_CONTEXT_RIP);
	e->report = (struct lab_report){
		.dr6 = lab_get64(m->special[m->processor] + LAB_SPECIAL_DR6),
		.dr7 = lab_get64(m->special[m->processor] + LAB_SPECIAL_DR7),
		.eflags = lab_get32(c + LAB_CONTEXT_EFLAGS),
		.flags = LAB_REPORT_HAS_SEGMENTS | LAB_REPORT_STANDARD_CS,
		.cs = lab_get16(c + LAB_CONTEXT_CS),
		.ds = lab_get16(c + LAB_CONTEXT_CS + 2),
		.es = lab_get16(c + LAB_CONTEXT_CS + 4),
		.fs = lab_get16(c + LAB_CONTEXT_CS + 6),
	};
	m->last = *e;
}

static bool except(struct lab_static_machine *m, uint32_t code,
		   struct lab_event *ret)
{
	*ret = (struct lab_event){
		.kind = LAB_EVENT_STOP,
		.code = code,
		.first_chance = true,
		.address = rip_of(m, m->processor),
		.parameters = code == LAB_STATUS_BREAKPOINT,
	};
	put_stop(m, ret);
	return true;
}

static bool boot_step(struct lab_static_machine *m, uint64_t now_us,
		      struct lab_event *ret)
{
	if (m->row == sizeof(boot) / sizeof(boot[0])) {
		m->step = m->question ? LAB_STEP_ASK : LAB_STEP_IDLE;
		m->next_tick_us = now_us + TICK_US;
		m->next_us = m->question ? now_us : m->next_tick_us;
		return false;
	}
	size_t row = m->row++;

	m->next_us = now_us + BOOT_STEP_US;
	say(m, boot[row].text, ret);
	ret->kind = boot[row].kind;
	if (ret->kind != LAB_EVENT_LOAD)
		return true;
	ret->len++; /* the path's length counts its NUL */
	ret->base = boot[row].base;
	ret->size = boot[row].size;
	ret->checksum = boot[row].checksum;
	ret->process = UINT64_MAX;
	set_registers(m, 0, lab_static_symbol(".load"),
		      stack_top(0) - LAB_FRAME);
	put_stop(m, ret);
	return true;
}

static bool is_int3(struct lab_static_machine *m, uint64_t address)
{
	uint8_t byte;

	return lab_static_read(&m->memory, address, &byte, 1) && byte == 0xcc;
}

static bool tick(struct lab_static_machine *m, uint64_t now_us,
		 struct lab_event *ret)
{
	uint64_t entry = lab_static_symbol("LabTick");

	m->next_us = m->next_tick_us = m->next_tick_us + TICK_US;
	if (m->next_us <= now_us)
		m->next_us = m->next_tick_us = now_us + TICK_US;
	if (is_int3(m, entry)) {
		m->processor = 0;
		m->ticking = true;
		set_registers(m, 0, entry,
			      push_call(m, stack_top(0), ".ticked"));
		return except(m, LAB_STATUS_BREAKPOINT, ret);
	}
	snprintf(m->text, sizeof(m->text),
		 "lab: %" PRIu64 " s, the clock ticks\n",
		 (now_us - m->boot_us) / 1000000);
	return say(m, m->text, ret);
}

static bool crash(struct lab_static_machine *m, struct lab_event *ret)
{
	static const char text[] =
		"\n*** Fatal System Error: 0x000000e2\n"
		"                       (0x0000000000000000,0x0000000000000000,"
		"0x0000000000000000,0x0000000000000000)\n\n";

	if (m->row++ == 0)
		return say(m, text, ret);
	m->processor = 0;
	set_crashed(m);
	m->step = LAB_STEP_CRASHED;
	return except(m, LAB_STATUS_BREAKPOINT, ret);
}

/* The answer has been told: stop, or run on. */
static bool heed(struct lab_static_machine *m, uint64_t now_us,
		 struct lab_event *ret)
{
	m->step = LAB_STEP_IDLE;
	m->next_us = m->next_tick_us = now_us + TICK_US;
	if (!m->breaks)
		return false;
	m->breaks = false;
	m->processor = 0;
	set_broken(m, 0);
	return except(m, LAB_STATUS_BREAKPOINT, ret);
}

static bool ask(struct lab_static_machine *m, struct lab_event *ret)
{
	m->step = LAB_STEP_ASKED;
	say(m, m->question, ret);
	ret->kind = LAB_EVENT_PROMPT;
	return true;
}

static void answer(struct lab_machine *base, const char *text, size_t len)
{
	struct lab_static_machine *m = lab_static_machine_of(base);

	snprintf(m->text, sizeof(m->text), "lab: the answer is '%.*s'\n",
		 (int)len, text);
	m->breaks = len && text[0] == 'b';
	m->next_us = 0;
}

static bool go(struct lab_machine *base, uint64_t now_us, struct lab_event *ret)
{
	struct lab_static_machine *m = lab_static_machine_of(base);

	if (!m->started) {
		m->started = true;
		m->boot_us = m->next_us = now_us;
	}
	lab_static_set_time(&m->memory, now_us - m->boot_us);
	if (m->stopped_here || m->tracing) {
		uint32_t code = m->tracing ? LAB_STATUS_SINGLE_STEP
					   : LAB_STATUS_BREAKPOINT;

		m->stopped_here = m->tracing = false;
		return except(m, code, ret);
	}
	switch (m->step) {
	case LAB_STEP_BOOT:
		return boot_step(m, now_us, ret);
	case LAB_STEP_ASK:
		return ask(m, ret);
	case LAB_STEP_ASKED:
		m->step = LAB_STEP_HEED;
		return say(m, m->text, ret);
	case LAB_STEP_HEED:
		return heed(m, now_us, ret);
	case LAB_STEP_IDLE:
		return tick(m, now_us, ret);
	case LAB_STEP_CRASH:
		return crash(m, ret);
	case LAB_STEP_CRASHED:
		m->step = LAB_STEP_GONE;
		return say(m, "lab: the machine starts again\n", ret);
	case LAB_STEP_GONE:
		*ret = (struct lab_event){ .kind = LAB_EVENT_REBOOT };
		return true;
	}
	return false;
}

static uint64_t next(struct lab_machine *base)
{
	struct lab_static_machine *m = lab_static_machine_of(base);

	return m->stopped_here || m->tracing ? 0 : m->next_us;
}

static bool break_in(struct lab_machine *base, uint64_t now_us,
		     struct lab_event *ret)
{
	struct lab_static_machine *m = lab_static_machine_of(base);

	if (m->started)
		lab_static_set_time(&m->memory, now_us - m->boot_us);
	m->processor = 0;
	m->stopped_here = m->tracing = false;
	set_broken(m, 0);
	return except(m, LAB_STATUS_BREAKPOINT, ret);
}

static void resume(struct lab_machine *base, uint64_t now_us,
		   const struct lab_resume *how)
{
	struct lab_static_machine *m = lab_static_machine_of(base);
	bool load = m->last.kind == LAB_EVENT_LOAD;

	for (unsigned i = 0; how->has_control && i < LAB_STATIC_PROCESSORS;
	     i++) {
		lab_put64(m->special[i] + LAB_SPECIAL_DR7, how->dr7);
		lab_put64(m->special[i] + LAB_SPECIAL_DR6, 0xffff0ff0);
	}
	/* an int 3 that the host did not step over is met again (8.3) */
	if (!load && is_int3(m, rip_of(m, m->processor))) {
		m->stopped_here = true;
		return;
	}
	if (!load && how->has_control && how->trace) {
		lab_static_execute(m, m->processor);
		lab_put64(m->special[m->processor] + LAB_SPECIAL_DR6,
			  0xffff4ff0);
		m->tracing = true;
		return;
	}
	if (m->ticking)
		m->next_us = now_us;
	if (m->ticking || m->step == LAB_STEP_CRASHED)
		m->next_us = now_us + BOOT_STEP_US;
	m->ticking = false;
	set_idle(m, m->processor);
}

static void reboot(struct lab_machine *base, uint64_t now_us)
{
	struct lab_static_machine *m = lab_static_machine_of(base);

	power_on(m);
	m->started = true;
	m->boot_us = m->next_us = now_us;
}

static void bug_check(struct lab_machine *base, uint64_t now_us)
{
	struct lab_static_machine *m = lab_static_machine_of(base);

	m->step = LAB_STEP_CRASH;
	m->row = 0;
	m->next_us = now_us;
}

static bool switch_processor(struct lab_machine *base, unsigned processor,
			     struct lab_event *ret)
{
	struct lab_static_machine *m = lab_static_machine_of(base);

	if (processor >= LAB_STATIC_PROCESSORS)
		return false;
	m->processor = processor;
	return except(m, LAB_STATUS_WAKE, ret);
}

static unsigned processors(struct lab_machine *base)
{
	(void)base;
	return LAB_STATIC_PROCESSORS;
}

static void version(struct lab_machine *base, struct lab_version *ret)
{
	(void)base;
	*ret = (struct lab_version){
		.major = 0x000f,
		.minor = LAB_STATIC_BUILD,
		.protocol = 6,
		.secondary = 2,
		.flags = 1 | 2 | 4, /* several processors, data, 64 bits */
		.machine_type = 0x8664,
		.max_packet = 12,
		.max_state = 3,
		.max_manipulate = 0x31,
		.kernel = LAB_STATIC_NT,
		.modules = LAB_STATIC_NT + LAB_STATIC_MODULES,
		.debugger_data = LAB_STATIC_NT + LAB_STATIC_DEBUGGER_DATA,
	};
}

static void destroy(struct lab_machine *base)
{
	free(lab_static_machine_of(base));
}

struct lab_machine *lab_machine_static_create(void)
{
	struct lab_static_machine *m = calloc(1, sizeof(*m));

	if (!m)
		return NULL;
	m->ops = (struct lab_machine_ops){
		.run = go,
		.next = next,
		.break_in = break_in,
		.resume = resume,
		.reboot = reboot,
		.bug_check = bug_check,
		.answer = answer,
		.switch_processor = switch_processor,
		.processors = processors,
		.version = version,
		.destroy = destroy,
	};
	lab_static_add_access(&m->ops);
	m->base.ops = &m->ops;
	power_on(m);
	return &m->base;
}

void lab_machine_static_ask(struct lab_machine *m, const char *text)
{
	lab_static_machine_of(m)->question = text;
}
