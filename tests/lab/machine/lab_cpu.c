#include "lab_cpu.h"
#include "lab_bytes.h"

#include <string.h>

/* Nothing is there, so that no program ends by coming along. */
static const uint64_t nowhere = UINT64_C(0x00007ffffffffff0);

/* Unicorn reads and writes as many bytes as a register has. */
union value {
	uint64_t whole;
	uint32_t half;
	uint16_t quarter;
};

static unsigned width_of(int reg)
{
	switch (reg) {
	case UC_X86_REG_EFLAGS:
	case UC_X86_REG_MXCSR:
		return 4;
	case UC_X86_REG_CS:
	case UC_X86_REG_DS:
	case UC_X86_REG_ES:
	case UC_X86_REG_FS:
	case UC_X86_REG_GS:
	case UC_X86_REG_SS:
	case UC_X86_REG_FPCW:
		return 2;
	default:
		return 8;
	}
}

uint64_t lab_cpu_get(const struct lab_cpu *c, int reg)
{
	union value v = { .whole = 0 };
	unsigned width = width_of(reg);

	(void)uc_reg_read(c->uc, reg, &v);
	return width == 2 ? v.quarter : width == 4 ? v.half : v.whole;
}

void lab_cpu_set(struct lab_cpu *c, int reg, uint64_t value)
{
	union value v = { .whole = value };

	if (width_of(reg) == 4)
		v.half = (uint32_t)value;
	(void)uc_reg_write(c->uc, reg, &v);
}

uint64_t lab_cpu_msr(const struct lab_cpu *c, uint32_t msr)
{
	uc_x86_msr m = { .rid = msr };

	(void)uc_reg_read(c->uc, UC_X86_REG_MSR, &m);
	return m.value;
}

void lab_cpu_set_msr(struct lab_cpu *c, uint32_t msr, uint64_t value)
{
	const uc_x86_msr m = { .rid = msr, .value = value };

	(void)uc_reg_write(c->uc, UC_X86_REG_MSR, &m);
}

/* The instruction's bytes, if it is where instructions should be. */
static const uint8_t *code_at(const struct lab_cpu *c, uint64_t address,
			      uint32_t size)
{
	uint64_t offset = address - c->code;

	if (offset >= c->code_size || size > c->code_size - offset)
		return NULL;
	return c->code_bytes + offset;
}

/*
 * `mov` between a general and a debug register: 0f 21 and 0f 23, behind a
 * prefix or two. Unicorn's own would end the program.
 */
static bool moves_debug(const uint8_t *code, uint32_t size)
{
	return size >= 3 && size <= 5 && code[size - 3] == 0x0f &&
	       (code[size - 2] == 0x21 || code[size - 2] == 0x23);
}

static void note(struct lab_cpu *c, uint64_t pc, unsigned vector)
{
	struct lab_record *r = c->record;

	if (r && r->count < r->cap)
		r->did[r->count++] = (struct lab_executed){ pc, vector };
}

static void on_code(uc_engine *uc, uint64_t address, uint32_t size, void *ctx)
{
	struct lab_cpu *c = ctx;
	const uint8_t *code = code_at(c, address, size);

	if (c->executed < c->limit && c->end == LAB_CPU_RUNS && !c->debug.hit &&
	    !(c->debug.executes && lab_debug_executes(c, address)) &&
	    !(code && moves_debug(code, size))) {
		c->executed++;
		note(c, address, 0);
		if (c->watch.before)
			c->watch.before(c->watch.ctx, c, address, code,
					code ? size : 0);
		return;
	}
	c->stopped = true;
	uc_emu_stop(uc);
}

static bool is_for_debugger(unsigned vector)
{
	return vector == LAB_VECTOR_DEBUG || vector == LAB_VECTOR_BREAKPOINT ||
	       vector == LAB_VECTOR_SERVICE;
}

static void on_interrupt(uc_engine *uc, uint32_t vector, void *ctx)
{
	struct lab_cpu *c = ctx;

	c->end = is_for_debugger(vector) ? LAB_CPU_TRAPS : LAB_CPU_FAULTS;
	c->vector = vector;
	c->error = 0;
	c->stepped = vector == LAB_VECTOR_DEBUG;
	uc_emu_stop(uc);
}

/* What is not there: a page fault. */
static bool on_unmapped(uc_engine *uc, uc_mem_type type, uint64_t address,
			int size, int64_t value, void *ctx)
{
	enum { ERROR_WRITE = 2, ERROR_FETCH = 16 };
	struct lab_cpu *c = ctx;

	(void)uc;
	(void)size;
	(void)value;
	if (c->end == LAB_CPU_FAULTS)
		return false; /* of an access of many bytes the first counts */
	c->end = LAB_CPU_FAULTS;
	c->vector = LAB_VECTOR_PAGE;
	c->error = type == UC_MEM_WRITE_UNMAPPED   ? ERROR_WRITE
		   : type == UC_MEM_FETCH_UNMAPPED ? ERROR_FETCH
						   : 0;
	c->cr2 = address;
	return false;
}

static void on_write(uc_engine *uc, uc_mem_type type, uint64_t address,
		     int size, int64_t value, void *ctx)
{
	struct lab_cpu *c = ctx;

	(void)uc;
	(void)type;
	(void)value;
	c->bus.wrote(c->bus.ctx, c, address, (size_t)size);
}

static uint32_t on_in(uc_engine *uc, uint32_t port, int size, void *ctx)
{
	struct lab_cpu *c = ctx;

	(void)uc;
	lab_debug_port(c, port, (unsigned)size);
	return c->bus.read_port(c->bus.ctx, port, (unsigned)size);
}

static void on_out(uc_engine *uc, uint32_t port, int size, uint32_t value,
		   void *ctx)
{
	struct lab_cpu *c = ctx;

	lab_debug_port(c, port, (unsigned)size);
	if (!c->bus.write_port(c->bus.ctx, port, (unsigned)size, value))
		return;
	c->end = LAB_CPU_ASKS;
	c->port = port;
	c->value = value;
	uc_emu_stop(uc);
}

/* C has no conversion between pointers to functions and to objects. */
static bool add_hook(struct lab_cpu *c, int kind, void (*call)(void),
		     uint64_t first, uint64_t last, int instruction)
{
	void *address;
	uc_hook hook;

	_Static_assert(sizeof(address) == sizeof(call), "POSIX says so");
	memcpy(&address, &call, sizeof(address));
	return uc_hook_add(c->uc, &hook, kind, address, c, first, last,
			   instruction) == UC_ERR_OK;
}

static bool add_hooks(struct lab_cpu *c)
{
	typedef void any_fn(void);

	return add_hook(c, UC_HOOK_CODE, (any_fn *)on_code, 1, 0, 0) &&
	       add_hook(c, UC_HOOK_INTR, (any_fn *)on_interrupt, 1, 0, 0) &&
	       add_hook(c, UC_HOOK_MEM_UNMAPPED, (any_fn *)on_unmapped, 1, 0,
			0) &&
	       add_hook(c, UC_HOOK_MEM_WRITE, (any_fn *)on_write, c->code,
			c->code + c->code_size - 1, 0) &&
	       add_hook(c, UC_HOOK_INSN, (any_fn *)on_in, 1, 0,
			UC_X86_INS_IN) &&
	       add_hook(c, UC_HOOK_INSN, (any_fn *)on_out, 1, 0,
			UC_X86_INS_OUT);
}

static bool map_memory(struct lab_cpu *c)
{
	const struct lab_memory *m = c->memory;

	for (size_t i = 0; i < m->regions; i++)
		if (uc_mem_map_ptr(c->uc, m->region[i].virtual_address,
				   (size_t)m->region[i].size, UC_PROT_ALL,
				   m->ram + m->region[i].physical))
			return false;
	return true;
}

bool lab_cpu_init(struct lab_cpu *c, unsigned number,
		  const struct lab_memory *memory,
		  const struct lab_cpu_bus *bus)
{
	const struct lab_region *images =
		lab_memory_region(memory, LAB_REGION_IMAGES);

	*c = (struct lab_cpu){
		.number = number,
		.memory = memory,
		.bus = *bus,
		.debug = { .dr6 = LAB_DR6_IDLE, .dr7 = 0x400 },
		.code = images->virtual_address,
		.code_size = images->size,
		.code_bytes = memory->ram + images->physical,
	};
	if (uc_open(UC_ARCH_X86, UC_MODE_64, &c->uc) == UC_ERR_OK &&
	    map_memory(c) && add_hooks(c))
		return true;
	lab_cpu_deinit(c);
	return false;
}

void lab_cpu_deinit(struct lab_cpu *c)
{
	if (c->uc)
		uc_close(c->uc);
	c->uc = NULL;
}

void lab_cpu_changed(struct lab_cpu *c, uint64_t address, size_t len)
{
	(void)uc_ctl_remove_cache(c->uc, address, address + len);
}

/* Unicorn's word for it, where no hook said it better. */
static void end_by_error(struct lab_cpu *c, uc_err error)
{
	if (c->end != LAB_CPU_RUNS)
		return;
	c->end = error == UC_ERR_INSN_INVALID ? LAB_CPU_FAULTS : LAB_CPU_DIES;
	c->vector = LAB_VECTOR_INVALID;
	c->error = 0;
}

/* A single step wakes it at once, as on a real processor. */
static void end_by_hlt(struct lab_cpu *c)
{
	c->end = LAB_CPU_SLEEPS;
	if (!(lab_cpu_get(c, UC_X86_REG_EFLAGS) & LAB_FLAG_TRACE))
		return;
	c->end = LAB_CPU_TRAPS;
	c->vector = LAB_VECTOR_DEBUG;
	c->stepped = true;
}

static void go(struct lab_cpu *c)
{
	uint64_t rip = lab_cpu_get(c, UC_X86_REG_RIP);

	c->end = LAB_CPU_RUNS;
	c->stopped = c->stepped = false;
	uc_err error = uc_emu_start(c->uc, rip, nowhere, 0, 0);

	if (error)
		end_by_error(c, error);
	else if (c->end == LAB_CPU_RUNS && !c->stopped)
		end_by_hlt(c);
	/* the instruction itself is where the debugger looks */
	if (c->end == LAB_CPU_TRAPS && c->vector == LAB_VECTOR_BREAKPOINT)
		lab_cpu_set(c, UC_X86_REG_RIP,
			    lab_cpu_get(c, UC_X86_REG_RIP) - 1);
}

static const int registers[] = {
	UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX,
	UC_X86_REG_RSP, UC_X86_REG_RBP, UC_X86_REG_RSI, UC_X86_REG_RDI,
	UC_X86_REG_R8,	UC_X86_REG_R9,	UC_X86_REG_R10, UC_X86_REG_R11,
	UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15,
};

/* If that is what execution stopped for, do it. */
static bool move_debug(struct lab_cpu *c)
{
	enum { LONGEST = 5, REX_B = 1 };
	uint64_t rip = lab_cpu_get(c, UC_X86_REG_RIP);
	const uint8_t *code = NULL;
	uint32_t size = 3;

	for (; size <= LONGEST; size++) {
		code = code_at(c, rip, size);
		if (code && moves_debug(code, size))
			break;
	}
	if (size > LONGEST || !code)
		return false;
	unsigned operands = code[size - 1];
	bool high = size > 3 && code[size - 4] >> 4 == 4 &&
		    (code[size - 4] & REX_B);
	int general = registers[(operands & 7) + (high ? 8 : 0)];
	unsigned debug = operands >> 3 & 7;

	if (code[size - 2] == 0x21)
		lab_cpu_set(c, general, lab_debug_get(c, debug));
	else
		lab_debug_set(c, debug, lab_cpu_get(c, general));
	lab_cpu_set(c, UC_X86_REG_RIP, rip + size);
	c->executed++;
	note(c, rip, 0);
	return true;
}

enum lab_cpu_end lab_cpu_run(struct lab_cpu *c, uint64_t instructions)
{
	c->limit = c->executed + instructions;
	do {
		go(c);
	} while (c->end == LAB_CPU_RUNS && c->executed < c->limit &&
		 !c->debug.hit && move_debug(c));
	if (c->end == LAB_CPU_RUNS && c->debug.hit) {
		c->end = LAB_CPU_TRAPS;
		c->vector = LAB_VECTOR_DEBUG;
	}
	return c->end;
}

bool lab_cpu_listens(const struct lab_cpu *c)
{
	const uint8_t *before =
		code_at(c, lab_cpu_get(c, UC_X86_REG_RIP) - 1, 1);

	/* not yet right behind `sti`: a `hlt` there must sleep first */
	return lab_cpu_get(c, UC_X86_REG_EFLAGS) & LAB_FLAG_INTERRUPT &&
	       !(before && *before == 0xfb);
}

static bool has_error(unsigned vector)
{
	return vector == LAB_VECTOR_PROTECTION || vector == LAB_VECTOR_PAGE;
}

bool lab_cpu_interrupt(struct lab_cpu *c, unsigned vector, uint32_t error)
{
	enum { GATE = 16, PRESENT = 0x80, TYPE = 5, FRAME = 5 };
	uc_x86_mmr table = { 0 };
	uint64_t flags = lab_cpu_get(c, UC_X86_REG_EFLAGS);
	uint64_t rsp = lab_cpu_get(c, UC_X86_REG_RSP);
	const uint64_t frame[FRAME] = { lab_cpu_get(c, UC_X86_REG_RIP),
					lab_cpu_get(c, UC_X86_REG_CS), flags,
					rsp, lab_cpu_get(c, UC_X86_REG_SS) };

	(void)uc_reg_read(c->uc, UC_X86_REG_IDTR, &table);
	const uint8_t *gate =
		lab_memory_at(c->memory, table.base + vector * GATE, GATE);

	if (!gate || vector * GATE + GATE - 1 > table.limit ||
	    !(gate[TYPE] & PRESENT))
		return false;
	size_t len = sizeof(frame) + (has_error(vector) ? 8 : 0);

	rsp = (rsp & ~UINT64_C(15)) - len;
	uint8_t *stack = lab_memory_at(c->memory, rsp, len);

	if (!stack)
		return false;
	if (has_error(vector)) {
		lab_put64(stack, error);
		stack += 8;
	}
	for (size_t i = 0; i < FRAME; i++)
		lab_put64(stack + i * 8, frame[i]);
	note(c, frame[0], vector);
	if (vector == LAB_VECTOR_PAGE)
		lab_cpu_set(c, UC_X86_REG_CR2, c->cr2);
	lab_cpu_set(c, UC_X86_REG_RSP, rsp);
	lab_cpu_set(c, UC_X86_REG_EFLAGS,
		    flags & ~(uint64_t)(LAB_FLAG_INTERRUPT | LAB_FLAG_TRACE));
	lab_cpu_set(c, UC_X86_REG_RIP,
		    lab_get16(gate) | (uint64_t)lab_get16(gate + 6) << 16 |
			    (uint64_t)lab_get32(gate + 8) << 32);
	if (c->watch.entered)
		c->watch.entered(c->watch.ctx, c, rsp + len - sizeof(frame));
	return true;
}
