#include "bare_machine.h"

#include "check.h"
#include "lab_contract.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE = 0x1000, INSTRUCTION_MAX = 16, HOME = 0x28 };

struct pair {
	const char *name;
	int reg;
};

/* One sort: what Unicorn and the debugger call its registers. */
struct bare_processor {
	enum kd_arch arch;
	uc_arch uc_arch;
	uc_mode mode;
	int sp, argument; /* argument: 0 if it is on the stack */
	bool (*is_call)(const uint8_t *code, size_t len);
	const char *frame_pointer, *kept[BARE_KEPT + 1];
	struct pair all[48];
};

/* call: e8, or ff /2, behind a prefix or none. */
static bool is_x86_call(const uint8_t *code, size_t len)
{
	if (len > 1 && code[0] >> 4 == 4) {
		code++;
		len--;
	}
	return (len == 5 && code[0] == 0xe8) ||
	       (len >= 2 && code[0] == 0xff && (code[1] >> 3 & 7) == 2);
}

/* bl, blr */
static bool is_arm64_call(const uint8_t *code, size_t len)
{
	return len == 4 &&
	       (code[3] >> 2 == 0x25 ||
		(code[3] == 0xd6 && code[2] == 0x3f && !(code[1] & 0xfc)));
}

// clang-format off
#define R(arch, lower, upper) { #lower, UC_##arch##_REG_##upper }

static const struct bare_processor processors[] = {
	{ KD_ARCH_X64, UC_ARCH_X86, UC_MODE_64, UC_X86_REG_RSP, UC_X86_REG_RCX, is_x86_call, "rbp",
	  { "rbx", "rbp", "rsi", "rdi", "r12", "r13", "r14", "r15" },
	  { R(X86, rax, RAX), R(X86, rcx, RCX), R(X86, rdx, RDX), R(X86, rbx, RBX), R(X86, rsp, RSP),
	    R(X86, rbp, RBP), R(X86, rsi, RSI), R(X86, rdi, RDI), R(X86, r8, R8), R(X86, r9, R9),
	    R(X86, r10, R10), R(X86, r11, R11), R(X86, r12, R12), R(X86, r13, R13), R(X86, r14, R14),
	    R(X86, r15, R15) } },
	{ KD_ARCH_X86, UC_ARCH_X86, UC_MODE_32, UC_X86_REG_ESP, 0, is_x86_call, "ebp",
	  { "ebp", "ebx", "esi", "edi" },
	  { R(X86, eax, EAX), R(X86, ecx, ECX), R(X86, edx, EDX), R(X86, ebx, EBX), R(X86, esp, ESP),
	    R(X86, ebp, EBP), R(X86, esi, ESI), R(X86, edi, EDI) } },
	{ KD_ARCH_ARM64, UC_ARCH_ARM64, UC_MODE_ARM, UC_ARM64_REG_SP, UC_ARM64_REG_X0, is_arm64_call, "fp",
	  { "x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "fp",
	    "d8", "d9", "d10", "d11", "d12", "d13", "d14", "d15" },
	  { R(ARM64, x0, X0), R(ARM64, x1, X1), R(ARM64, x2, X2), R(ARM64, x3, X3), R(ARM64, x4, X4),
	    R(ARM64, x5, X5), R(ARM64, x6, X6), R(ARM64, x7, X7), R(ARM64, x8, X8), R(ARM64, x9, X9),
	    R(ARM64, x10, X10), R(ARM64, x11, X11), R(ARM64, x12, X12), R(ARM64, x13, X13),
	    R(ARM64, x14, X14), R(ARM64, x15, X15), R(ARM64, x16, X16), R(ARM64, x17, X17),
	    R(ARM64, x18, X18), R(ARM64, x19, X19), R(ARM64, x20, X20), R(ARM64, x21, X21),
	    R(ARM64, x22, X22), R(ARM64, x23, X23), R(ARM64, x24, X24), R(ARM64, x25, X25),
	    R(ARM64, x26, X26), R(ARM64, x27, X27), R(ARM64, x28, X28), R(ARM64, fp, FP),
	    R(ARM64, lr, LR), R(ARM64, sp, SP), R(ARM64, d8, D8), R(ARM64, d9, D9),
	    R(ARM64, d10, D10), R(ARM64, d11, D11), R(ARM64, d12, D12), R(ARM64, d13, D13),
	    R(ARM64, d14, D14), R(ARM64, d15, D15) } },
};
// clang-format on

static uint64_t get(const struct bare_machine *m, int reg)
{
	uint64_t value = 0;

	(void)uc_reg_read(m->uc, reg, &value);
	return m->processor->arch == KD_ARCH_X86 ? (uint32_t)value : value;
}

static void set(struct bare_machine *m, int reg, uint64_t value)
{
	(void)uc_reg_write(m->uc, reg, &value);
}

static int find_register(const struct bare_machine *m, const char *name)
{
	const struct pair *p = m->processor->all;

	while (strcmp(p->name, name) != 0)
		p++;
	return p->reg;
}

struct kd_context bare_machine_context(const struct bare_machine *m,
				       uint64_t pc)
{
	enum kd_arch arch = m->processor->arch;
	struct kd_context c = { .arch = arch,
				.len = (uint16_t)kd_context_size(arch) };

	for (const struct pair *p = m->processor->all; p->name; p++)
		kd_register_set(&c, kd_register_find(arch, p->name),
				get(m, p->reg));
	kd_context_set_pc(&c, pc);
	return c;
}

const char *const *bare_machine_kept(const struct bare_machine *m)
{
	return m->processor->kept;
}

/* The stack that sp is in. */
static struct bare_calls *find_calls(struct bare_machine *m, uint64_t sp)
{
	uint64_t number = 0;

	if (m->stacks && sp > m->stacks && sp < BARE_STACK)
		number = 1 + (sp - 1 - m->stacks) / m->stack_size;
	m->failed |= number >= BARE_STACKS;
	return &m->all[m->failed ? 0 : number];
}

/*
 * Another stack is in use, in the middle of the function that changes it. The
 * frame pointer comes from there; the other registers are still of the thread
 * that has been left, and only what called that function brings them back.
 */
static void settle_switch(struct bare_machine *m)
{
	const char *const *kept = m->processor->kept;
	struct bare_calls *calls = m->now;

	m->switches++;
	for (size_t i = 0; calls->count && kept[i]; i++) {
		if (strcmp(kept[i], m->processor->frame_pointer) != 0)
			calls->entry[calls->count - 1].kept[i] =
				get(m, find_register(m, kept[i]));
	}
}

/* The call has returned when its caller goes on where it was. */
static void settle(struct bare_machine *m, uint64_t address, uint64_t sp)
{
	struct bare_calls *calls = m->now;

	if (m->calls && calls->count == BARE_ENTRIES)
		m->failed = true;
	else if (m->calls)
		calls->entry[calls->count++] = m->call;
	m->calls = false;
	m->now = find_calls(m, sp);
	if (m->now != calls)
		settle_switch(m);
	calls = m->now;
	while (calls->count &&
	       calls->entry[calls->count - 1].address == address &&
	       sp >= calls->entry[calls->count - 1].sp)
		calls->count--;
}

static void on_code(uc_engine *uc, uint64_t address, uint32_t size, void *ctx)
{
	struct bare_machine *m = ctx;
	uint64_t sp = get(m, m->processor->sp);
	uint8_t code[INSTRUCTION_MAX];

	settle(m, address, sp);
	m->is_off = m->off && address == m->off;
	if (m->failed || m->is_off || !m->left--) {
		uc_emu_stop(uc);
		return;
	}
	if (m->now->begun)
		m->look(m->ctx, m, address);
	if (size > sizeof(code) ||
	    bare_machine_read(m, address, code, size) != KD_OK ||
	    !m->processor->is_call(code, size))
		return;
	m->calls = m->now->begun = true;
	m->call = (struct bare_entry){ .address = address + size, .sp = sp };
	for (size_t i = 0; m->processor->kept[i]; i++)
		m->call.kept[i] =
			get(m, find_register(m, m->processor->kept[i]));
}

enum kd_status bare_machine_read(void *ctx, uint64_t address, void *buf,
				 size_t len)
{
	const struct bare_machine *m = ctx;
	const struct {
		uint64_t address;
		const uint8_t *bytes;
		size_t size;
	} places[] = {
		{ m->pe.base, m->image, m->image_size },
		{ BARE_RAM, m->ram, LAB_RAM_SIZE },
		{ BARE_STACK, m->stack, BARE_STACK_SIZE },
	};

	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		uint64_t offset = address - places[i].address;

		if (offset >= places[i].size || len > places[i].size - offset)
			continue;
		memcpy(buf, places[i].bytes + offset, len);
		return KD_OK;
	}
	return KD_E_TARGET;
}

/* As its linker wanted it, so that nothing has to be relocated. */
static bool load(struct bare_machine *m)
{
	struct kd_pe pe;

	if (kd_pe_init(kd_memory_of_file(m->file), 0, KD_PE_FILE, &pe) != KD_OK)
		return false;
	m->image_size = (pe.size_of_image + PAGE - 1) & ~(size_t)(PAGE - 1);
	m->image = aligned_alloc(PAGE, m->image_size);
	m->ram = aligned_alloc(PAGE, LAB_RAM_SIZE);
	m->stack = aligned_alloc(PAGE, BARE_STACK_SIZE);
	if (!m->image || !m->ram || !m->stack)
		return false;
	memset(m->image, 0, m->image_size);
	memset(m->ram, 0, LAB_RAM_SIZE);
	if (kd_pe_read(&pe, 0, m->image, pe.size_of_headers) != KD_OK)
		return false;
	for (size_t i = 0; i < pe.section_count; i++) {
		const struct kd_pe_section *section = &pe.section[i];

		if (kd_pe_read(&pe, section->rva, m->image + section->rva,
			       section->virtual_size) != KD_OK)
			return false;
	}
	m->pe.base = pe.image_base;
	return kd_pe_init((struct kd_memory){ bare_machine_read, m },
			  pe.image_base, KD_PE_LOADED, &m->pe) == KD_OK;
}

static bool power_on(struct bare_machine *m)
{
	typedef void any_fn(void);
	any_fn *call = (any_fn *)on_code;
	void *address;
	uc_hook hook;

	for (size_t i = 0; i < sizeof(processors) / sizeof(processors[0]); i++)
		if (processors[i].arch == (enum kd_arch)m->pe.machine)
			m->processor = &processors[i];
	/* C has no conversion from a function's pointer to an object's */
	memcpy(&address, &call, sizeof(address));
	return m->processor &&
	       !uc_open(m->processor->uc_arch, m->processor->mode, &m->uc) &&
	       !uc_mem_map_ptr(m->uc, m->pe.base, m->image_size, UC_PROT_ALL,
			       m->image) &&
	       !uc_mem_map_ptr(m->uc, BARE_RAM, LAB_RAM_SIZE, UC_PROT_ALL,
			       m->ram) &&
	       !uc_mem_map_ptr(m->uc, BARE_STACK, BARE_STACK_SIZE, UC_PROT_ALL,
			       m->stack) &&
	       !uc_hook_add(m->uc, &hook, UC_HOOK_CODE, address, m, 1, 0);
}

bool bare_machine_init(struct bare_machine *m, const char *path,
		       bare_look_fn *look, void *ctx)
{
	*m = (struct bare_machine){ .look = look, .ctx = ctx };
	m->all = calloc(BARE_STACKS, sizeof(*m->all));
	return CHECK_ROW(path, m->all != NULL) &&
	       CHECK_ROW(path,
			 kd_memory_file_open(path, NULL, &m->file) == KD_OK) &&
	       CHECK_ROW(path, load(m)) && CHECK_ROW(path, power_on(m));
}

void bare_machine_deinit(struct bare_machine *m)
{
	if (m->uc)
		uc_close(m->uc);
	kd_memory_file_close(m->file);
	free(m->image);
	free(m->ram);
	free(m->stack);
	free(m->all);
}

static uint64_t find_export(const struct bare_machine *m, const char *name)
{
	struct kd_pe_exports exports;
	struct kd_pe_export e;

	if (kd_pe_get_exports(&m->pe, &exports) != KD_OK)
		return 0;
	for (uint32_t i = 0; i < exports.name_count; i++) {
		if (kd_pe_export_named(&m->pe, &exports, i, &e) == KD_OK &&
		    !strcmp(e.name, name))
			return m->pe.base + e.rva;
	}
	return 0;
}

/* Its return address is 0, and so it ends there. */
static uint64_t enter(struct bare_machine *m, uint32_t argument)
{
	uint64_t sp = BARE_STACK + BARE_STACK_SIZE - 0x1000;

	memset(m->stack, 0, BARE_STACK_SIZE);
	for (const struct pair *p = m->processor->all; p->name; p++)
		set(m, p->reg, 0);
	if (m->processor->argument)
		set(m, m->processor->argument, argument);
	if (m->processor->arch == KD_ARCH_X64)
		sp -= HOME;
	if (m->processor->arch == KD_ARCH_X86) {
		for (unsigned i = 0; i < 4; i++)
			m->stack[sp + 4 + i - BARE_STACK] =
				(uint8_t)(argument >> (8 * i));
	}
	set(m, m->processor->sp, sp);
	return sp;
}

bool bare_machine_call(struct bare_machine *m, const char *name,
		       uint32_t argument, uint64_t instructions)
{
	uint64_t begin = find_export(m, name);
	uint64_t sp = enter(m, argument);

	memset(m->all, 0, BARE_STACKS * sizeof(*m->all));
	m->now = m->all;
	m->now->begun = true;
	m->calls = false;
	m->left = instructions;
	m->off = find_export(m, "LabPortableOff");
	if (!CHECK_ROW(name, begin != 0))
		return false;
	/* it ends at 0; where that is not noticed, by finding nothing there */
	uc_err error = uc_emu_start(m->uc, begin, 0, 0, 0);

	if (error == UC_ERR_FETCH_UNMAPPED && get(m, m->processor->sp) >= sp)
		error = UC_ERR_OK;
	return CHECK_TEXT(name, uc_strerror(error), uc_strerror(UC_ERR_OK)) &&
	       CHECK_ROW(name, !m->failed);
}
