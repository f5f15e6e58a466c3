#include "check.h"
#include "kd_disasm.h"

#include <string.h>

#define AT UINT64_C(0xfffff80240d322fd)

struct row {
	const char *name;
	enum kd_arch arch;
	const char *bytes;
	size_t len;
	enum kd_code_kind kind;
	uint64_t target; /* 0: none */
};

#define CODE(bytes) bytes, sizeof(bytes) - 1

// clang-format off
static const struct row arm64_rows[] = {
	{ "nop",        KD_ARCH_ARM64, CODE("\x1f\x20\x03\xd5"), KD_CODE_PLAIN,  0 },
	{ "bl .+8",     KD_ARCH_ARM64, CODE("\x02\x00\x00\x94"), KD_CODE_CALL,   AT + 8 },
	{ "bl .-4",     KD_ARCH_ARM64, CODE("\xff\xff\xff\x97"), KD_CODE_CALL,   AT - 4 },
	{ "b .",        KD_ARCH_ARM64, CODE("\x00\x00\x00\x14"), KD_CODE_BRANCH, AT },
	{ "b.ne .+16",  KD_ARCH_ARM64, CODE("\x81\x00\x00\x54"), KD_CODE_BRANCH, AT + 16 },
	{ "cbnz x0",    KD_ARCH_ARM64, CODE("\xe0\xff\xff\xb5"), KD_CODE_BRANCH, AT - 4 },
	{ "tbz w1,#3",  KD_ARCH_ARM64, CODE("\x41\x00\x18\x36"), KD_CODE_BRANCH, AT + 8 },
	{ "br x16",     KD_ARCH_ARM64, CODE("\x00\x02\x1f\xd6"), KD_CODE_BRANCH, 0 },
	{ "blr x8",     KD_ARCH_ARM64, CODE("\x00\x01\x3f\xd6"), KD_CODE_CALL,   0 },
	{ "blraa",      KD_ARCH_ARM64, CODE("\x09\x09\x3f\xd7"), KD_CODE_CALL,   0 },
	{ "ret",        KD_ARCH_ARM64, CODE("\xc0\x03\x5f\xd6"), KD_CODE_RETURN, 0 },
	{ "retab",      KD_ARCH_ARM64, CODE("\xff\x0f\x5f\xd6"), KD_CODE_RETURN, 0 },
	{ "eret",       KD_ARCH_ARM64, CODE("\xe0\x03\x9f\xd6"), KD_CODE_RETURN, 0 },
	{ "svc #0",     KD_ARCH_ARM64, CODE("\x01\x00\x00\xd4"), KD_CODE_SYSTEM, 0 },
	{ "brk #f000",  KD_ARCH_ARM64, CODE("\x00\x00\x3e\xd4"), KD_CODE_PLAIN,  0 },
};

static const struct row x86_rows[] = {
	{ "mov",        KD_ARCH_X64, CODE("\x48\x8b\x48\x10"),     KD_CODE_PLAIN,  0 },
	{ "call",       KD_ARCH_X64, CODE("\xe8\x10\x00\x00\x00"), KD_CODE_CALL,   AT + 0x15 },
	{ "call [rip]", KD_ARCH_X64, CODE("\xff\x15\x10\x00\x00\x00"), KD_CODE_CALL, 0 },
	{ "call rax",   KD_ARCH_X64, CODE("\xff\xd0"),             KD_CODE_CALL,   0 },
	{ "ret",        KD_ARCH_X64, CODE("\xc3"),                 KD_CODE_RETURN, 0 },
	{ "ret 8",      KD_ARCH_X86, CODE("\xc2\x08\x00"),         KD_CODE_RETURN, 0 },
	{ "iretq",      KD_ARCH_X64, CODE("\x48\xcf"),             KD_CODE_RETURN, 0 },
	{ "sysret",     KD_ARCH_X64, CODE("\x48\x0f\x07"),         KD_CODE_RETURN, 0 },
	{ "jmp .",      KD_ARCH_X64, CODE("\xeb\xfe"),             KD_CODE_BRANCH, AT },
	{ "jne",        KD_ARCH_X64, CODE("\x75\x02"),             KD_CODE_BRANCH, AT + 4 },
	{ "jmp rax",    KD_ARCH_X64, CODE("\xff\xe0"),             KD_CODE_BRANCH, 0 },
	{ "loop",       KD_ARCH_X64, CODE("\xe2\xfe"),             KD_CODE_BRANCH, AT },
	{ "jrcxz",      KD_ARCH_X64, CODE("\xe3\x00"),             KD_CODE_BRANCH, AT + 2 },
	{ "rep movsb",  KD_ARCH_X64, CODE("\xf3\xa4"),             KD_CODE_REPEAT, 0 },
	{ "repne scas", KD_ARCH_X64, CODE("\xf2\xae"),             KD_CODE_REPEAT, 0 },
	{ "movsb",      KD_ARCH_X64, CODE("\xa4"),                 KD_CODE_PLAIN,  0 },
	{ "pause",      KD_ARCH_X64, CODE("\xf3\x90"),             KD_CODE_PLAIN,  0 },
	{ "pushfq",     KD_ARCH_X64, CODE("\x9c"),                 KD_CODE_PUSH_FLAGS, 0 },
	{ "pushf",      KD_ARCH_X86, CODE("\x66\x9c"),             KD_CODE_PUSH_FLAGS, 0 },
	{ "popfq",      KD_ARCH_X64, CODE("\x9d"),                 KD_CODE_PLAIN,  0 },
	{ "syscall",    KD_ARCH_X64, CODE("\x0f\x05"),             KD_CODE_SYSTEM, 0 },
	{ "sysenter",   KD_ARCH_X86, CODE("\x0f\x34"),             KD_CODE_SYSTEM, 0 },
	{ "int 2dh",    KD_ARCH_X64, CODE("\xcd\x2d"),             KD_CODE_SYSTEM, 0 },
	{ "int 3",      KD_ARCH_X64, CODE("\xcc"),                 KD_CODE_PLAIN,  0 },
	{ "cd 03",      KD_ARCH_X64, CODE("\xcd\x03"),             KD_CODE_PLAIN,  0 },
	{ "hlt",        KD_ARCH_X64, CODE("\xf4"),                 KD_CODE_PLAIN,  0 },
};
// clang-format on

static void check_rows(const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const struct row *r = &rows[i];
		uint8_t bytes[KD_INSTRUCTION_MAX] = { 0 };
		struct kd_code c = { .len = 99 };

		memcpy(bytes, r->bytes, r->len);
		CHECK_EQ(r->name,
			 -kd_disasm_code(r->arch, AT, bytes, r->len - 1, &c),
			 -KD_E_SPACE);
		CHECK_EQ(r->name, c.len, 99);
		CHECK_EQ(r->name,
			 -kd_disasm_code(r->arch, AT, bytes, sizeof(bytes), &c),
			 KD_OK);
		CHECK_EQ(r->name, c.len, r->len);
		CHECK_EQ(r->name, c.kind, r->kind);
		CHECK_EQ(r->name, c.has_target, r->target != 0);
		if (c.has_target)
			CHECK_EQ(r->name, c.target, r->target);
	}
}

static void test_arm64(void)
{
	check_rows(arm64_rows, sizeof(arm64_rows) / sizeof(arm64_rows[0]));
}

static void test_x86(void)
{
	static const uint8_t nothing[] = { 0x0f, 0x0b }, bad[15] = { 0x06 };
	struct kd_code c;

	if (kd_disasm_code(KD_ARCH_X64, AT, nothing, 2, &c) ==
	    KD_E_UNSUPPORTED) {
		check_skip("built without a disassembler");
		return;
	}
	check_rows(x86_rows, sizeof(x86_rows) / sizeof(x86_rows[0]));
	CHECK_EQ("no instruction",
		 -kd_disasm_code(KD_ARCH_X64, AT, bad, sizeof(bad), &c),
		 -KD_E_FORMAT);
	CHECK_EQ("no architecture",
		 -kd_disasm_code(KD_ARCH_ARM, AT, bad, sizeof(bad), &c),
		 -KD_E_UNSUPPORTED);
}

/* Numbers in instructions, and calls by way of a pointer. */
static void test_operands(void)
{
	static const struct {
		const char *name;
		const char *bytes;
		size_t len;
		uint8_t immediate, size;
		uint64_t slot;
	} rows[] = {
		// clang-format off
		{ "mov r8d,imm32",     CODE("\x41\xb8\x4c\x65\x61\x6b"),             2, 4, 0 },
		{ "cmp [rip+x],imm32", CODE("\x81\x3d\1\0\0\0\x4c\x65\x61\x6b"), 6, 4, 0 },
		{ "mov [rsp+8],imm8",  CODE("\xc6\x44\x24\x08\x31"),                 4, 1, 0 },
		{ "mov eax,[rip+x]",   CODE("\x8b\x05\x4c\x65\x61\x6b"),             0, 0, 0 },
		{ "call [rip+10]",     CODE("\xff\x15\x10\0\0\0"),                  0, 0, AT + 0x16 },
		{ "jmp [rip-6]",       CODE("\xff\x25\xfa\xff\xff\xff"),             0, 0, AT },
		{ "call rel32",        CODE("\xe8\x10\0\0\0"),                      0, 0, 0 },
		// clang-format on
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t bytes[KD_INSTRUCTION_MAX] = { 0 };
		struct kd_code c;
		enum kd_status st;

		memcpy(bytes, rows[i].bytes, rows[i].len);
		st = kd_disasm_code(KD_ARCH_X64, AT, bytes, sizeof(bytes), &c);
		if (st == KD_E_UNSUPPORTED) {
			check_skip("built without a disassembler");
			return;
		}
		CHECK_EQ(rows[i].name, -st, KD_OK);
		CHECK_EQ(rows[i].name, c.len, rows[i].len);
		CHECK_EQ(rows[i].name, c.immediate, rows[i].immediate);
		CHECK_EQ(rows[i].name, c.immediate_size, rows[i].size);
		CHECK_EQ(rows[i].name, c.slot, rows[i].slot);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "ARM64", test_arm64 },
		{ "x86 and x64", test_x86 },
		{ "operands", test_operands },
	};

	return check_run("code", tests, sizeof(tests) / sizeof(tests[0]));
}
