#include "lab_bytes.h"
#include "lab_emulated.h"

#include <stdio.h>
#include <stdlib.h>

enum {
	SLICE = 1000,	/* instructions, then it is the next one's turn */
	BUDGET = 50000, /* instructions of each between clock interrupts */
	PROCESSORS = 2,
};

/* 2024-01-01, in units of 100 ns since 1601 */
static const uint64_t a_day = UINT64_C(133485408000000000);

uint8_t *lab_emulated_loader(struct lab_emulated *m)
{
	return m->memory.ram +
	       lab_memory_region(&m->memory, LAB_REGION_BOOT)->physical;
}

uint8_t *lab_emulated_entry(struct lab_emulated *m, unsigned processor)
{
	return lab_emulated_loader(m) + offsetof(struct lab_loader, processor) +
	       processor * sizeof(struct lab_processor);
}

struct lab_cpu *lab_emulated_cpu(struct lab_emulated *m, unsigned processor)
{
	return m->on && processor < m->processors ? &m->processor[processor].cpu
						  : NULL;
}

void lab_emulated_changed(struct lab_emulated *m, uint64_t address, size_t len)
{
	for (unsigned i = 0; i < m->processors; i++)
		lab_cpu_changed(&m->processor[i].cpu, address, len);
}

static uint32_t read_port(void *ctx, uint32_t port, unsigned size)
{
	struct lab_emulated *m = ctx;

	return lab_board_read(&m->board, port, size);
}

static bool write_port(void *ctx, uint32_t port, unsigned size, uint32_t value)
{
	struct lab_emulated *m = ctx;

	if (lab_board_write(&m->board, port, size, value))
		return false;
	if (port == LAB_PORT_WAKE && value < m->processors)
		m->processor[value].wake = true;
	return port == LAB_PORT_LOAD || port == LAB_PORT_UNLOAD ||
	       port == LAB_PORT_START || port == LAB_PORT_EXCEPTION ||
	       port == LAB_PORT_REBOOT;
}

/* The processor itself has noticed. */
static void wrote(void *ctx, struct lab_cpu *c, uint64_t address, size_t len)
{
	struct lab_emulated *m = ctx;

	for (unsigned i = 0; i < m->processors; i++)
		if (i != c->number)
			lab_cpu_changed(&m->processor[i].cpu, address, len);
}

static void power_off(struct lab_emulated *m)
{
	for (unsigned i = 0; i < LAB_PROCESSORS_MAX; i++) {
		lab_cpu_deinit(&m->processor[i].cpu);
		m->processor[i] = (struct lab_emulated_cpu){ .left = 0 };
	}
	lab_memory_deinit(&m->memory);
	m->modules = (struct lab_modules){ 0 };
	m->board = (struct lab_board){ 0 };
	m->halt = LAB_HALT_NONE;
	m->turn = m->owner = m->reporter = 0;
	m->step = 0;
	m->on = false;
}

static void put_loader(struct lab_emulated *m)
{
	uint8_t *l = lab_emulated_loader(m);

	lab_put64(l + offsetof(struct lab_loader, version),
		  LAB_CONTRACT_VERSION);
	lab_put64(l + offsetof(struct lab_loader, seed), m->seed);
	lab_put64(l + offsetof(struct lab_loader, boot_time), m->boot_time);
	lab_put64(l + offsetof(struct lab_loader, processors), m->processors);
	l += offsetof(struct lab_loader, region);
	for (size_t i = 0; i < m->memory.regions; i++) {
		const struct lab_region *r = &m->memory.region[i];

		lab_put64(l, r->kind);
		lab_put64(l + offsetof(struct lab_region, virtual_address),
			  r->virtual_address);
		lab_put64(l + offsetof(struct lab_region, physical),
			  r->physical);
		lab_put64(l + offsetof(struct lab_region, size), r->size);
		l += sizeof(*r);
	}
}

static void start(struct lab_emulated *m, unsigned n, uint64_t rip,
		  uint64_t rsp, uint64_t rcx)
{
	struct lab_emulated_cpu *p = &m->processor[n];

	lab_cpu_set(&p->cpu, UC_X86_REG_RIP, rip);
	lab_cpu_set(&p->cpu, UC_X86_REG_RSP, rsp);
	lab_cpu_set(&p->cpu, UC_X86_REG_RCX, rcx);
	p->started = true;
	p->left = BUDGET;
}

static bool power_on(struct lab_emulated *m, uint64_t now_us)
{
	uint64_t entry;

	m->on = true;
	m->boot_us = now_us;
	m->tick_us = now_us + LAB_CLOCK_US;
	m->bus = (struct lab_cpu_bus){
		.ctx = m,
		.read_port = read_port,
		.write_port = write_port,
		.wrote = wrote,
	};
	if (!lab_memory_init(&m->memory, m->seed))
		return false;
	for (unsigned i = 0; i < m->processors; i++) {
		if (!lab_cpu_init(&m->processor[i].cpu, i, &m->memory, &m->bus))
			return false;
		m->processor[i].cpu.watch = m->watch;
	}
	put_loader(m);
	if (!lab_emulated_boot_images(m, &entry))
		return false;
	const struct lab_region *boot =
		lab_memory_region(&m->memory, LAB_REGION_BOOT);

	start(m, 0, entry, boot->virtual_address + boot->size - 8,
	      boot->virtual_address);
	return true;
}

/* LAB_PORT_START */
static void start_other(struct lab_emulated *m, uint64_t n)
{
	if (n >= m->processors || m->processor[n].started)
		return;
	const uint8_t *e = lab_emulated_entry(m, (unsigned)n);

	start(m, (unsigned)n,
	      lab_get64(e + offsetof(struct lab_processor, rip)),
	      lab_get64(e + offsetof(struct lab_processor, rsp)),
	      lab_get64(e + offsetof(struct lab_processor, rcx)));
}

static bool reboots(struct lab_event *ret)
{
	*ret = (struct lab_event){ .kind = LAB_EVENT_REBOOT };
	return true;
}

/* A clock interrupt for everybody; those that were missed are gone. */
static void tick(struct lab_emulated *m, uint64_t now_us)
{
	const struct lab_scenario *s = m->scenario;
	uint64_t run_us = now_us - m->boot_us;

	m->tick_us = now_us - run_us % LAB_CLOCK_US + LAB_CLOCK_US;
	lab_put64(lab_emulated_loader(m) + offsetof(struct lab_loader, now_us),
		  run_us);
	for (unsigned i = 0; i < m->processors; i++) {
		m->processor[i].clock = m->processor[i].started;
		m->processor[i].left = BUDGET;
	}
	while (s && m->step < LAB_SCENARIO_STEPS && s->step[m->step].command &&
	       run_us >= s->step[m->step].at_ms * UINT64_C(1000))
		lab_board_post(&m->board, s->step[m->step++].command);
}

/* False: the processor cannot take it, and so it is lost. */
static bool interrupt(struct lab_emulated_cpu *p)
{
	if ((!p->clock && !p->wake) || !lab_cpu_listens(&p->cpu))
		return true;
	unsigned vector = p->clock ? LAB_VECTOR_CLOCK : LAB_VECTOR_WAKE;

	if (p->clock)
		p->clock = false;
	else
		p->wake = false;
	p->sleeps = false;
	return lab_cpu_interrupt(&p->cpu, vector, 0);
}

static bool may_run(const struct lab_emulated_cpu *p)
{
	return p->started && p->left &&
	       (!p->sleeps ||
		((p->clock || p->wake) && lab_cpu_listens(&p->cpu)));
}

/* The kernel wrote to one of the machine's own ports. */
static bool asks(struct lab_emulated *m, unsigned n, struct lab_event *ret)
{
	const struct lab_cpu *c = &m->processor[n].cpu;

	switch (c->port) {
	case LAB_PORT_START:
		start_other(m, c->value);
		return false;
	case LAB_PORT_LOAD:
		return lab_emulated_ask_file(m, n, c->value, ret);
	case LAB_PORT_UNLOAD:
		lab_emulated_unload(m, c->value);
		return false;
	case LAB_PORT_EXCEPTION:
		return lab_emulated_exception(m, n, c->value, ret);
	default:
		return reboots(ret);
	}
}

/* One slice of a processor; true if there is something to tell. */
static bool execute(struct lab_emulated *m, unsigned n, struct lab_event *ret)
{
	struct lab_emulated_cpu *p = &m->processor[n];
	struct lab_cpu *c = &p->cpu;

	if (!interrupt(p))
		return reboots(ret);
	uint64_t before = c->executed;
	enum lab_cpu_end end =
		lab_cpu_run(c, p->left < SLICE ? p->left : SLICE);
	/* a fault is no instruction, but must not be for nothing */
	uint64_t used = c->executed > before ? c->executed - before : 1;

	p->left -= used < p->left ? used : p->left;
	switch (end) {
	case LAB_CPU_RUNS:
		return false;
	case LAB_CPU_SLEEPS:
		p->sleeps = true;
		return false;
	case LAB_CPU_TRAPS:
		return lab_emulated_trap(m, n, ret);
	case LAB_CPU_FAULTS:
		return !lab_cpu_interrupt(c, c->vector, c->error) &&
		       reboots(ret);
	case LAB_CPU_ASKS:
		return asks(m, n, ret);
	case LAB_CPU_DIES:
		return reboots(ret);
	}
	return false;
}

/* Whose turn it is; LAB_PROCESSORS_MAX: nobody's until the next tick. */
static unsigned pick(const struct lab_emulated *m)
{
	for (unsigned i = 0; i < m->processors; i++) {
		unsigned n = (m->turn + i) % m->processors;

		if (may_run(&m->processor[n]))
			return n;
	}
	return LAB_PROCESSORS_MAX;
}

static bool run(struct lab_machine *base, uint64_t now_us,
		struct lab_event *ret)
{
	struct lab_emulated *m = lab_emulated_of(base);

	if (!m->on && !power_on(m, now_us))
		return false;
	if (now_us >= m->tick_us)
		tick(m, now_us);
	for (;;) {
		unsigned n = pick(m);

		if (n == LAB_PROCESSORS_MAX)
			return false;
		m->turn = n + 1;
		if (execute(m, n, ret)) {
			ret->level = 6;
			return true;
		}
	}
}

static uint64_t next(struct lab_machine *base)
{
	struct lab_emulated *m = lab_emulated_of(base);

	if (!m->on)
		return m->boot_us;
	return pick(m) < LAB_PROCESSORS_MAX ? 0 : m->tick_us;
}

/* The kernel's clock interrupt will find it. */
static bool break_in(struct lab_machine *base, uint64_t now_us,
		     struct lab_event *ret)
{
	(void)now_us;
	(void)ret;
	lab_emulated_of(base)->board.break_in = true;
	return false;
}

static void resume(struct lab_machine *base, uint64_t now_us,
		   const struct lab_resume *how)
{
	(void)now_us;
	lab_emulated_resume(lab_emulated_of(base), how);
}

static void reboot(struct lab_machine *base, uint64_t now_us)
{
	struct lab_emulated *m = lab_emulated_of(base);

	power_off(m);
	m->boot_us = now_us;
}

static void bug_check(struct lab_machine *base, uint64_t now_us)
{
	const struct lab_resume how = { .status = 0x00010002 };
	struct lab_emulated *m = lab_emulated_of(base);
	struct lab_cpu *c = lab_emulated_cpu(m, m->owner);
	uint8_t *at = c ? lab_memory_at(&m->memory, m->pc, 1) : NULL;

	(void)now_us;
	/* a hard-coded int 3 must not come once more before it */
	if (at && *at == 0xcc && m->halt == LAB_HALT_TRAP &&
	    lab_cpu_get(c, UC_X86_REG_RIP) == m->pc)
		lab_cpu_set(c, UC_X86_REG_RIP, m->pc + 1);
	lab_emulated_resume(m, &how);
	m->board.commands = 0;
	lab_board_post(&m->board, LAB_COMMAND_BUG_CHECK);
}

static bool switch_processor(struct lab_machine *base, unsigned processor,
			     struct lab_event *ret)
{
	return lab_emulated_switch(lab_emulated_of(base), processor, ret);
}

static void answer(struct lab_machine *base, const char *text, size_t len)
{
	lab_emulated_answer(lab_emulated_of(base), text, len);
}

static void file_answer(struct lab_machine *base, const uint8_t *bytes,
			size_t len)
{
	lab_emulated_got_file(lab_emulated_of(base), bytes, len);
}

static unsigned processors(struct lab_machine *base)
{
	return lab_emulated_of(base)->processors;
}

static void destroy(struct lab_machine *base)
{
	struct lab_emulated *m = lab_emulated_of(base);

	power_off(m);
	lab_pe_free(&m->kernel);
	lab_pe_free(&m->hal);
	free(m);
}

struct lab_machine *lab_machine_emulated_create(
	const struct lab_emulated_config *config, char *error, size_t error_cap)
{
	struct lab_emulated *m = calloc(1, sizeof(*m));

	snprintf(error, error_cap, "no memory");
	if (!m)
		return NULL;
	snprintf(m->images, sizeof(m->images), "%s", config->images);
	m->scenario = config->scenario;
	m->seed = config->seed;
	m->boot_time = config->boot_time ? config->boot_time : a_day;
	m->processors = config->processors ? config->processors : PROCESSORS;
	if (m->processors > LAB_PROCESSORS_MAX)
		m->processors = LAB_PROCESSORS_MAX;
	m->ops = (struct lab_machine_ops){
		.run = run,
		.next = next,
		.break_in = break_in,
		.resume = resume,
		.reboot = reboot,
		.bug_check = bug_check,
		.switch_processor = switch_processor,
		.answer = answer,
		.file_answer = file_answer,
		.processors = processors,
		.destroy = destroy,
	};
	lab_emulated_add_access(&m->ops);
	m->base.ops = &m->ops;
	if (lab_emulated_read_images(m, error, error_cap))
		return &m->base;
	destroy(&m->base);
	return NULL;
}

void lab_emulated_post(struct lab_machine *m, uint32_t command)
{
	lab_board_post(&lab_emulated_of(m)->board, command);
}

uint64_t lab_emulated_executed(const struct lab_machine *m, unsigned processor)
{
	const struct lab_emulated *e = (const struct lab_emulated *)m;

	return processor < LAB_PROCESSORS_MAX
		       ? e->processor[processor].cpu.executed
		       : 0;
}

void lab_emulated_record(struct lab_machine *m, unsigned processor,
			 struct lab_record *record)
{
	struct lab_cpu *c = lab_emulated_cpu(lab_emulated_of(m), processor);

	if (c)
		c->record = record;
}
