/*
 * Instructions carried out on this side, compared with a processor's own
 * doing.
 */
#include "check.h"
#include "kd_host_step.h"

#include <string.h>
#include <unicorn/unicorn.h>

#define CODE  UINT64_C(0xfffff80000010000)
#define STACK UINT64_C(0xfffff80000020000)
#define FLAGS UINT64_C(0x8d5) /* carry … overflow, but for what is not set */

enum { PAGE = 0x1000, SP_AT = 0x800, INSTRUCTION_MAX = 15 };

static const char *const names[] = {
	"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8",
	"r9",  "r10", "r11", "r12", "r13", "r14", "r15", "rip",
};

static const int numbers[] = {
	UC_X86_REG_RAX, UC_X86_REG_RCX, UC_X86_REG_RDX, UC_X86_REG_RBX,
	UC_X86_REG_RSP, UC_X86_REG_RBP, UC_X86_REG_RSI, UC_X86_REG_RDI,
	UC_X86_REG_R8,	UC_X86_REG_R9,	UC_X86_REG_R10, UC_X86_REG_R11,
	UC_X86_REG_R12, UC_X86_REG_R13, UC_X86_REG_R14, UC_X86_REG_R15,
	UC_X86_REG_RIP,
};

enum { REGISTERS = sizeof(names) / sizeof(names[0]) };

/* ---- what is one of those, and what is not ---- */

#define BYTES(text) (const uint8_t *)(text), sizeof(text) - 1

static const struct {
	const char *name;
	const uint8_t *code;
	size_t len;
	bool here;
} rows[] = {
	// clang-format off
	{ "nop",                         BYTES("\x90"),                         true },
	{ "long nop",                    BYTES("\x66\x0f\x1f\x44\x00\x00"),     true },
	{ "endbr64",                     BYTES("\xf3\x0f\x1e\xfa"),             true },
	{ "push rbp",                    BYTES("\x55"),                         true },
	{ "push r15",                    BYTES("\x41\x57"),                     true },
	{ "push rsp",                    BYTES("\x54"),                         false },
	{ "pushfq",                      BYTES("\x9c"),                         true },
	{ "pop rbx",                     BYTES("\x5b"),                         true },
	{ "sub rsp,28h",                 BYTES("\x48\x83\xec\x28"),             true },
	{ "mov [rsp+8],rbx",             BYTES("\x48\x89\x5c\x24\x08"),         true },
	{ "mov [rsp+10h],dl",            BYTES("\x88\x54\x24\x10"),             true },
	{ "mov rax,[rip+100h]",          BYTES("\x48\x8b\x05\x00\x01\x00\x00"), true },
	{ "mov [rip+100h],rax",          BYTES("\x48\x89\x05\x00\x01\x00\x00"), false },
	{ "mov rax,[rcx]",               BYTES("\x48\x8b\x01"),                 false },
	{ "mov [rcx],rax",               BYTES("\x48\x89\x01"),                 false },
	{ "lea rax,[rcx+rdx*8-5]",       BYTES("\x48\x8d\x44\xd1\xfb"),         true },
	{ "add [rsp+8],eax, both",       BYTES("\x01\x44\x24\x08"),             false },
	{ "lock add [rsp+8],eax",        BYTES("\xf0\x01\x44\x24\x08"),         false },
	{ "mov rax,gs:[188h]",           BYTES("\x65\x48\x8b\x04\x25\x88\x01\x00\x00"), false },
	{ "jne",                         BYTES("\x75\x10"),                     true },
	{ "jmp",                         BYTES("\xe9\x00\x01\x00\x00"),         true },
	{ "call",                        BYTES("\xe8\x00\x01\x00\x00"),         false },
	{ "ret",                         BYTES("\xc3"),                         false },
	{ "int 3",                       BYTES("\xcc"),                         false },
	{ "hlt",                         BYTES("\xf4"),                         false },
	{ "rep movsb",                   BYTES("\xf3\xa4"),                     false },
	{ "popf",                        BYTES("\x9d"),                         false },
	{ "mov ax,1234h",                BYTES("\x66\xb8\x34\x12"),             false },
	{ "neg eax",                     BYTES("\xf7\xd8"),                     false },
	{ "cut short",                   BYTES("\x48\x83\xec"),                 false },
	{ "nothing",                     BYTES(""),                             false },
	// clang-format on
};

static void put(struct kd_context *c, const char *name, uint64_t value)
{
	CHECK_ROW(name,
		  kd_register_set(c, kd_register_find(c->arch, name), value));
}

static uint64_t get(const struct kd_context *c, const char *name)
{
	uint64_t value = 0;

	CHECK_ROW(name,
		  kd_register_get(c, kd_register_find(c->arch, name), &value));
	return value;
}

static void begin(struct kd_context *c)
{
	*c = (struct kd_context){ .arch = KD_ARCH_X64,
				  .len = KD_CONTEXT_X64_SIZE };
	put(c, "rip", CODE);
	put(c, "rsp", STACK + SP_AT);
	put(c, "rcx", CODE + 0x800000);
	put(c, "efl", 0x202);
}

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_host_step step;
		struct kd_context c;

		begin(&c);
		CHECK_EQ(
			rows[i].name,
			kd_host_step_plan(rows[i].code, rows[i].len, &c, &step),
			rows[i].here);
		if (rows[i].here)
			CHECK_EQ(rows[i].name, step.at.len, rows[i].len);
	}
	/* a user's stack may be copied on writing */
	struct kd_host_step step;
	struct kd_context c;

	begin(&c);
	put(&c, "rsp", 0x7ff000);
	CHECK(!kd_host_step_plan(BYTES("\x55"), &c, &step));
}

/* ---- the same as a processor ---- */

struct twin {
	uc_engine *uc;
	uint8_t stack[PAGE];
};

static bool open_twin(struct twin *t)
{
	return CHECK(uc_open(UC_ARCH_X86, UC_MODE_64, &t->uc) == UC_ERR_OK) &&
	       CHECK(!uc_mem_map(t->uc, CODE, PAGE, UC_PROT_ALL)) &&
	       CHECK(!uc_mem_map(t->uc, STACK, PAGE, UC_PROT_ALL));
}

/* Every register, the flags that are defined, and the stack. */
static void compare(const char *row, struct twin *t, const struct kd_context *c,
		    uint64_t undefined)
{
	uint8_t stack[PAGE];
	uint64_t value = 0;

	for (size_t i = 0; i < REGISTERS; i++) {
		(void)uc_reg_read(t->uc, numbers[i], &value);
		CHECK_EQ(names[i], get(c, names[i]), value);
	}
	(void)uc_reg_read(t->uc, UC_X86_REG_EFLAGS, &value);
	CHECK_EQ(row, get(c, "efl") & FLAGS & ~undefined,
		 value & FLAGS & ~undefined);
	(void)uc_mem_read(t->uc, STACK, stack, PAGE);
	CHECK_ROW(row, !memcmp(stack, t->stack, PAGE));
}

/* The interesting values, and any. */
static uint64_t some(uint64_t *seed)
{
	static const uint64_t edges[] = { 0,
					  1,
					  0x7f,
					  0x80,
					  0xff,
					  0x7fffffff,
					  0x80000000,
					  0xffffffff,
					  UINT64_C(0x7fffffffffffffff),
					  UINT64_C(0x8000000000000000),
					  UINT64_MAX };
	uint64_t r = check_random(seed);

	return r & 1 ? edges[(r >> 8) % (sizeof(edges) / sizeof(edges[0]))]
		     : check_random(seed);
}

static void randomise(struct twin *t, struct kd_context *c, uint64_t *seed)
{
	uint64_t value;

	begin(c);
	for (size_t i = 0; i < 16; i++)
		if (strcmp(names[i], "rsp") != 0)
			put(c, names[i], some(seed));
	/* memory by this one is on the stack, too */
	put(c, "rbp", STACK + SP_AT + 0x40);
	put(c, "efl", 0x202 | (check_random(seed) & FLAGS));
	for (size_t i = 0; i < REGISTERS; i++) {
		value = get(c, names[i]);
		(void)uc_reg_write(t->uc, numbers[i], &value);
	}
	value = get(c, "efl");
	(void)uc_reg_write(t->uc, UC_X86_REG_EFLAGS, &value);
	for (size_t i = 0; i < PAGE; i++)
		t->stack[i] = (uint8_t)check_random(seed);
	(void)uc_mem_write(t->uc, STACK, t->stack, PAGE);
}

static bool here(struct twin *t, const struct kd_host_step *step,
		 struct kd_context *c)
{
	uint64_t memory = 0, at = step->address - STACK;

	if ((step->reads || step->writes) && at > PAGE - 8)
		return false;
	for (unsigned i = step->reads ? step->len : 0; i-- > 0;)
		memory = memory << 8 | t->stack[at + i];
	CHECK(kd_host_step_do(step, c, &memory));
	for (unsigned i = 0; step->writes && i < step->len; i++)
		t->stack[at + i] = (uint8_t)(memory >> 8 * i);
	return true;
}

/* Any bytes behind every opcode, with and without REX. */
static void test_twin(void)
{
	enum { ROUNDS = 20000, LOGIC_ADJUST = 1 << 4 };
	uint64_t seed = 0x5eed;
	unsigned done = 0;
	static struct twin t;

	if (!open_twin(&t))
		return;
	for (unsigned i = 0; i < ROUNDS; i++) {
		uint8_t code[INSTRUCTION_MAX];
		struct kd_host_step step;
		struct kd_context c;

		for (size_t n = 0; n < sizeof(code); n++)
			code[n] = (uint8_t)check_random(&seed);
		if (i % 2)
			code[0] = (uint8_t)(0x40 | (code[0] & 15));
		if (i % 3 == 0) { /* by rsp or rbp, and near */
			code[i % 2 + 1] = (uint8_t)(0x44 | (code[3] & 0x39));
			code[i % 2 + 2] = 0x24;
		}
		randomise(&t, &c, &seed);
		if (!kd_host_step_plan(code, sizeof(code), &c, &step) ||
		    !here(&t, &step, &c))
			continue;
		/* random bytes behind it are more than Unicorn can take */
		memset(code + step.at.len, 0x90, sizeof(code) - step.at.len);
		(void)uc_ctl_remove_cache(t.uc, CODE, CODE + PAGE);
		(void)uc_mem_write(t.uc, CODE, code, sizeof(code));
		/* a jump may lead to where nothing is: it was made all the same
		 */
		(void)uc_emu_start(t.uc, CODE, 0, 0, 1);
		bool logic = step.at.kind == KD_HOST_TEST ||
			     (step.at.kind == KD_HOST_ALU &&
			      (step.at.alu == 1 || step.at.alu == 4 ||
			       step.at.alu == 6));

		compare("twin", &t, &c, logic ? LOGIC_ADJUST : 0);
		done++;
	}
	/* else the generator has lost its way */
	CHECK(done > ROUNDS / 8);
	uc_close(t.uc);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "twin", test_twin },
	};

	return check_run("host step", tests, sizeof(tests) / sizeof(tests[0]));
}
