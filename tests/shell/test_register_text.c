#include "check.h"
#include "kd_register_text.h"

#include <string.h>

// clang-format off
static const struct {
	const char *name;
	uint64_t value;
} x64_values[] = {
	{ "rax", 0xc301 }, { "rbx", 0xffffe00173eed880 }, { "rcx", 1 },
	{ "rdx", 0xd800000000 }, { "rsi", 0xffffe00173eed8e0 },
	{ "rdi", 0xffffe00173eed8f0 }, { "rip", 0xfffff803bb757020 },
	{ "rsp", 0xffffd001f01f8988 }, { "rbp", 0xffffe00173f0b620 },
	{ "r8", 0x3e }, { "r9", 0xffffe00167a4a000 }, { "r10", 0x1e },
	{ "r11", 0xffffd001f01f88f8 }, { "r12", 0 },
	{ "r13", 0xffffd001f01efdc0 }, { "r14", 1 }, { "r15", 0 },
	{ "cs", 0x10 }, { "ss", 0x18 }, { "ds", 0x2b }, { "es", 0x2b },
	{ "fs", 0x53 }, { "gs", 0x2b }, { "efl", 0x202 },
};

static const char x64_text[] =
	"rax=000000000000c301 rbx=ffffe00173eed880 rcx=0000000000000001\n"
	"rdx=000000d800000000 rsi=ffffe00173eed8e0 rdi=ffffe00173eed8f0\n"
	"rip=fffff803bb757020 rsp=ffffd001f01f8988 rbp=ffffe00173f0b620\n"
	" r8=000000000000003e  r9=ffffe00167a4a000 r10=000000000000001e\n"
	"r11=ffffd001f01f88f8 r12=0000000000000000 r13=ffffd001f01efdc0\n"
	"r14=0000000000000001 r15=0000000000000000\n"
	"iopl=0         nv up ei pl nz na pe nc\n"
	"cs=0010  ss=0018  ds=002b  es=002b  fs=0053  gs=002b             efl=00000202\n";

static const struct {
	const char *name;
	uint64_t value;
} x86_values[] = {
	{ "eax", 1 }, { "ebx", 2 }, { "ecx", 3 }, { "edx", 4 }, { "esi", 5 },
	{ "edi", 0xffdff120 }, { "eip", 0x8042d61c }, { "esp", 0xfd581c38 },
	{ "ebp", 0xfd581c50 }, { "cs", 8 }, { "ss", 0x10 }, { "ds", 0x23 },
	{ "es", 0x23 }, { "fs", 0x30 }, { "gs", 0 }, { "efl", 0x246 },
};

static const char x86_text[] =
	"eax=00000001 ebx=00000002 ecx=00000003 edx=00000004 esi=00000005 edi=ffdff120\n"
	"eip=8042d61c esp=fd581c38 ebp=fd581c50 iopl=0         nv up ei pl zr na pe nc\n"
	"cs=0008  ss=0010  ds=0023  es=0023  fs=0030  gs=0000             efl=00000246\n";

static const struct {
	enum kd_arch arch;
	uint64_t flags;
	const char *want;
} flags[] = {
	{ KD_ARCH_X64, 0x00000000, "iopl=0         nv up di pl nz na pe nc" },
	{ KD_ARCH_X64, 0x00000202, "iopl=0         nv up ei pl nz na pe nc" },
	{ KD_ARCH_X64, 0x00000206, "iopl=0         nv up ei pl nz na po nc" },
	{ KD_ARCH_X64, 0x00000246, "iopl=0         nv up ei pl zr na po nc" },
	{ KD_ARCH_X64, 0x00000282, "iopl=0         nv up ei ng nz na pe nc" },
	{ KD_ARCH_X86, 0x00000202, "iopl=0         nv up ei pl nz na po nc" },
	{ KD_ARCH_X86, 0x00000246, "iopl=0         nv up ei pl zr na pe nc" },
	{ KD_ARCH_X86, 0x00003ed5, "iopl=3         ov dn ei ng zr ac pe cy" },
	{ KD_ARCH_X86, 0x00180000, "iopl=0 vip vif nv up di pl nz na po nc" },
};

static const struct {
	const char *name, *want;
} single[] = {
	{ "rax", "rax=000000000000c301" },
	{ "RIP", "rip=fffff803bb757020" },
	{ "eax", "eax=0000c301" },
	{ "al",  "al=01" },
	{ "cs",  "cs=0010" },
	{ "if",  "if=1" },
	{ "zf",  "zf=0" },
};
// clang-format on

static void set(struct kd_context *c, const char *name, uint64_t value)
{
	const struct kd_register *r = kd_register_find(c->arch, name);

	CHECK_ROW(name, r && kd_register_set(c, r, value));
}

static struct kd_context context_of(enum kd_arch arch)
{
	return (struct kd_context){ .arch = arch,
				    .len = (uint16_t)kd_context_size(arch) };
}

static struct kd_context x64_sample(void)
{
	struct kd_context c = context_of(KD_ARCH_X64);

	for (size_t i = 0; i < sizeof(x64_values) / sizeof(x64_values[0]); i++)
		set(&c, x64_values[i].name, x64_values[i].value);
	return c;
}

static void test_layouts(void)
{
	char buf[KD_REGISTERS_TEXT_MAX];
	struct kd_text out = kd_text_over(buf, sizeof(buf));
	struct kd_context c = x64_sample();

	CHECK(kd_format_registers(&out, &c));
	CHECK_TEXT("x64", buf, x64_text);

	c = context_of(KD_ARCH_X86);
	for (size_t i = 0; i < sizeof(x86_values) / sizeof(x86_values[0]); i++)
		set(&c, x86_values[i].name, x86_values[i].value);
	out = kd_text_over(buf, sizeof(buf));
	CHECK(kd_format_registers(&out, &c));
	CHECK_TEXT("x86", buf, x86_text);

	c = context_of(KD_ARCH_UNKNOWN);
	CHECK(!kd_format_registers(&out, &c));
}

/* Every name in the layouts is a register of its architecture. */
static void test_arm(void)
{
	static const enum kd_arch archs[] = { KD_ARCH_ARM, KD_ARCH_ARM64 };

	for (size_t i = 0; i < 2; i++) {
		char buf[KD_REGISTERS_TEXT_MAX];
		struct kd_text out = kd_text_over(buf, sizeof(buf));
		struct kd_context c = context_of(archs[i]);
		size_t equals = 0, digits = 0;

		CHECK(kd_format_registers(&out, &c));
		for (const char *at = buf; (at = strchr(at, '=')); at++) {
			equals++;
			digits += at[1] == '0';
		}
		CHECK_EQ(kd_arch_name(archs[i]), equals, digits);
		CHECK_EQ(kd_arch_name(archs[i]), equals, i ? 34 : 17);
	}
}

static void test_flags(void)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		char buf[KD_REGISTERS_TEXT_MAX];
		struct kd_text out = kd_text_over(buf, sizeof(buf));
		struct kd_context c = context_of(flags[i].arch);

		set(&c, "efl", flags[i].flags);
		kd_format_registers(&out, &c);
		CHECK_ROW(flags[i].want, strstr(buf, flags[i].want) != NULL);
	}
}

static void test_single(void)
{
	struct kd_context c = x64_sample(), empty = { .arch = KD_ARCH_X64 };

	for (size_t i = 0; i < sizeof(single) / sizeof(single[0]); i++) {
		char buf[KD_REGISTER_TEXT_MAX];
		struct kd_text out = kd_text_over(buf, sizeof(buf));
		const struct kd_register *r =
			kd_register_find(KD_ARCH_X64, single[i].name);

		CHECK_ROW(single[i].name, r != NULL);
		if (!r)
			continue;
		CHECK(kd_format_register(&out, &c, r));
		CHECK_TEXT(single[i].name, buf, single[i].want);
		CHECK(!kd_format_register(&out, &empty, r));
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "layouts", test_layouts },
		{ "ARM", test_arm },
		{ "flags", test_flags },
		{ "single", test_single },
	};

	return check_run("registers", tests, sizeof(tests) / sizeof(tests[0]));
}
