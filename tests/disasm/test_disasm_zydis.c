#include "check.h"
#include "kd_disasm.h"

#include <stdio.h>
#include <string.h>

struct row {
	const char *bytes; /* in hex */
	const char *text;
};

#define X64_ADDRESS 0xfffff80240d322fdu
#define X86_ADDRESS 0x211a1720u

// clang-format off
static const struct row x64_rows[] = {
	/* from Microsoft's pages and public transcripts */
	{ "488b4810",           "mov     rcx,qword ptr [rax+10h]" },
	{ "eb07",               "jmp     fffff802`40d32306" },
	{ "488bc1",             "mov     rax,rcx" },
	{ "4889542410",         "mov     qword ptr [rsp+10h],rdx" },
	{ "488b4c2420",         "mov     rcx,qword ptr [rsp+20h]" },
	{ "ffe0",               "jmp     rax" },
	{ "cc",                 "int     3" },
	/* where the captured boot debugger stops */
	{ "488b5c2440",         "mov     rbx,qword ptr [rsp+40h]" },
	{ "4883c430",           "add     rsp,30h" },
	{ "415e",               "pop     r14" },
	{ "c3",                 "ret" },
	/* numbers: a digit alone, a leading 0, sign extension */
	{ "4883c408",           "add     rsp,8" },
	{ "4883c409",           "add     rsp,9" },
	{ "4883c40a",           "add     rsp,0Ah" },
	{ "4883ec28",           "sub     rsp,28h" },
	{ "4881ec00010000",     "sub     rsp,100h" },
	{ "4883e4f0",           "and     rsp,0FFFFFFFFFFFFFFF0h" },
	{ "4883ec80",           "sub     rsp,0FFFFFFFFFFFFFF80h" },
	{ "83f8ff",             "cmp     eax,0FFFFFFFFh" },
	{ "6683f8ff",           "cmp     ax,0FFFFh" },
	{ "3cff",               "cmp     al,0FFh" },
	{ "b801000000",         "mov     eax,1" },
	{ "b8050000c0",         "mov     eax,0C0000005h" },
	{ "48b814000080f7ffffff", "mov     rax,0FFFFFFF780000014h" },
	{ "6a10",               "push    10h" },
	{ "c20800",             "ret     8" },
	{ "cd29",               "int     29h" },
	{ "cd2c",               "int     2Ch" },
	/* memory */
	{ "488b00",             "mov     rax,qword ptr [rax]" },
	{ "8b4500",             "mov     eax,dword ptr [rbp]" },
	{ "8b45f8",             "mov     eax,dword ptr [rbp-8]" },
	{ "488b8590000000",     "mov     rax,qword ptr [rbp+90h]" },
	{ "488b8570ffffff",     "mov     rax,qword ptr [rbp-90h]" },
	{ "8b0481",             "mov     eax,dword ptr [rcx+rax*4]" },
	{ "8b448110",           "mov     eax,dword ptr [rcx+rax*4+10h]" },
	{ "0fb60408",           "movzx   eax,byte ptr [rax+rcx]" },
	{ "0fb701",             "movzx   eax,word ptr [rcx]" },
	{ "c60100",             "mov     byte ptr [rcx],0" },
	{ "488d4c2420",         "lea     rcx,[rsp+20h]" },
	{ "65488b042588010000", "mov     rax,qword ptr gs:[188h]" },
	{ "65488b042520000000", "mov     rax,qword ptr gs:[20h]" },
	{ "8b04251400fe7f",     "mov     eax,dword ptr [00000000`7ffe0014]" },
	{ "488b0510000000",     "mov     rax,qword ptr [fffff802`40d32314]" },
	{ "488d0d10000000",     "lea     rcx,[fffff802`40d32314]" },
	/* branches */
	{ "e800010000",         "call    fffff802`40d32402" },
	{ "e9fbffffff",         "jmp     fffff802`40d322fd" },
	{ "ff1510000000",       "call    qword ptr [fffff802`40d32313]" },
	{ "ff2510000000",       "jmp     qword ptr [fffff802`40d32313]" },
	{ "ff5010",             "call    qword ptr [rax+10h]" },
	{ "ffd0",               "call    rax" },
	{ "740a",               "je      fffff802`40d32309" },
	{ "750a",               "jne     fffff802`40d32309" },
	{ "720a",               "jb      fffff802`40d32309" },
	{ "730a",               "jae     fffff802`40d32309" },
	{ "760a",               "jbe     fffff802`40d32309" },
	{ "770a",               "ja      fffff802`40d32309" },
	{ "7c0a",               "jl      fffff802`40d32309" },
	{ "7d0a",               "jge     fffff802`40d32309" },
	{ "7e0a",               "jle     fffff802`40d32309" },
	{ "7f0a",               "jg      fffff802`40d32309" },
	{ "780a",               "js      fffff802`40d32309" },
	{ "0f8510000000",       "jne     fffff802`40d32313" },
	/* conditions elsewhere */
	{ "0f94c0",             "sete    al" },
	{ "0f95c0",             "setne   al" },
	{ "0f97c0",             "seta    al" },
	{ "480f44c1",           "cmove   rax,rcx" },
	{ "480f45c1",           "cmovne  rax,rcx" },
	{ "0f43c1",             "cmovae  eax,ecx" },
	{ "0f4fc1",             "cmovg   eax,ecx" },
	/* strings and prefixes */
	{ "f348ab",             "rep stos qword ptr [rdi]" },
	{ "f3aa",               "rep stos byte ptr [rdi]" },
	{ "f3a4",               "rep movs byte ptr [rdi],byte ptr [rsi]" },
	{ "f348a5",             "rep movs qword ptr [rdi],qword ptr [rsi]" },
	{ "a5",                 "movs    dword ptr [rdi],dword ptr [rsi]" },
	{ "ac",                 "lods    byte ptr [rsi]" },
	{ "f2ae",               "repne scas byte ptr [rdi]" },
	{ "f3a6",               "repe cmps byte ptr [rsi],byte ptr [rdi]" },
	{ "f0480fb111",         "lock cmpxchg qword ptr [rcx],rdx" },
	{ "f00fc101",           "lock xadd dword ptr [rcx],eax" },
	{ "f0ff01",             "lock inc dword ptr [rcx]" },
	{ "f3c3",               "rep ret" },
	/* padding */
	{ "90",                 "nop" },
	{ "6690",               "xchg    ax,ax" },
	{ "0f1f00",             "nop     dword ptr [rax]" },
	{ "0f1f440000",         "nop     dword ptr [rax+rax]" },
	{ "0f1f8000000000",     "nop     dword ptr [rax]" },
	{ "66660f1f840000000000", "nop     word ptr [rax+rax]" },
	/* the accumulator that is implied */
	{ "f7f9",               "idiv    eax,ecx" },
	{ "f77df8",             "idiv    eax,dword ptr [rbp-8]" },
	{ "48f7f1",             "div     rax,rcx" },
	{ "f7e1",               "mul     eax,ecx" },
	/* others */
	{ "53",                 "push    rbx" },
	{ "4053",               "push    rbx" },
	{ "4157",               "push    r15" },
	{ "33c0",               "xor     eax,eax" },
	{ "4533c9",             "xor     r9d,r9d" },
	{ "4885c0",             "test    rax,rax" },
	{ "4d8bc8",             "mov     r9,r8" },
	{ "4863c8",             "movsxd  rcx,eax" },
	{ "4898",               "cdqe" },
	{ "99",                 "cdq" },
	{ "d1e0",               "shl     eax,1" },
	{ "d3e0",               "shl     eax,cl" },
	{ "486bc00c",           "imul    rax,rax,0Ch" },
	{ "0f20d8",             "mov     rax,cr3" },
	{ "440f22c0",           "mov     cr8,rax" },
	{ "0f01f8",             "swapgs" },
	{ "48cf",               "iretq" },
	{ "0f05",               "syscall" },
	{ "0f31",               "rdtsc" },
	{ "0f30",               "wrmsr" },
	{ "0fa2",               "cpuid" },
	{ "0f0b",               "ud2" },
	{ "f390",               "pause" },
	{ "9c",                 "pushfq" },
	{ "0f29742420",         "movaps  xmmword ptr [rsp+20h],xmm6" },
	{ "0f1001",             "movups  xmm0,xmmword ptr [rcx]" },
	{ "0faee8",             "lfence" },
	{ "06",                 "???" },
};

static const struct row x86_rows[] = {
	{ "55",                 "push    ebp" },
	{ "8b6c2408",           "mov     ebp,dword ptr [esp+8]" },
	{ "83fde0",             "cmp     ebp,0FFFFFFE0h" },
	{ "8bff",               "mov     edi,edi" },
	{ "8945fc",             "mov     dword ptr [ebp-4],eax" },
	{ "8b85dcfeffff",       "mov     eax,dword ptr [ebp-124h]" },
	{ "c745fcfeffffff",     "mov     dword ptr [ebp-4],0FFFFFFFEh" },
	{ "6aff",               "push    0FFFFFFFFh" },
	{ "6810204000",         "push    402010h" },
	{ "64a118000000",       "mov     eax,dword ptr fs:[00000018h]" },
	{ "64a124010000",       "mov     eax,dword ptr fs:[00000124h]" },
	{ "8b0d00a04000",       "mov     ecx,dword ptr [0040a000]" },
	{ "ff1510204000",       "call    dword ptr [00402010]" },
	{ "e8fbffffff",         "call    211a1720" },
	{ "ebfe",               "jmp     211a1720" },
	{ "f3a5",               "rep movs dword ptr es:[edi],dword ptr [esi]" },
	{ "f3ab",               "rep stos dword ptr es:[edi]" },
	{ "f7f9",               "idiv    eax,ecx" },
	{ "c20400",             "ret     4" },
	{ "c9",                 "leave" },
	{ "9c",                 "pushfd" },
	{ "cc",                 "int     3" },
};

/* What a symboliser gets to know beside the text. */
static const struct {
	const char *name;
	enum kd_arch arch;
	const char *bytes;
	bool has_target;
	uint64_t target;
	bool has_memory;
	uint64_t memory;
	uint8_t memory_bytes;
} detail_rows[] = {
	{ "short jump",       KD_ARCH_X64, "eb07",               true,  0xfffff80240d32306, false, 0, 0 },
	{ "call",             KD_ARCH_X86, "e8fbffffff",         true,  0x211a1720,         false, 0, 0 },
	{ "to a register",    KD_ARCH_X64, "ffe0",               false, 0,                  false, 0, 0 },
	{ "through memory",   KD_ARCH_X64, "ff1510000000",       false, 0,                  true, 0xfffff80240d32313, 8 },
	{ "rip",              KD_ARCH_X64, "8b0510000000",       false, 0,                  true, 0xfffff80240d32313, 4 },
	{ "lea accesses not", KD_ARCH_X64, "488d0d10000000",     false, 0,                  true, 0xfffff80240d32314, 0 },
	{ "too much",         KD_ARCH_X64, "0fae0510000000",     false, 0,                  true, 0xfffff80240d32314, 0 },
	{ "absolute",         KD_ARCH_X86, "8b0d00a04000",       false, 0,                  true, 0x40a000, 4 },
	{ "by a register",    KD_ARCH_X64, "488b4810",           false, 0,                  false, 0, 0 },
	{ "in a segment",     KD_ARCH_X64, "65488b042588010000", false, 0,                  false, 0, 0 },
	{ "no operand",       KD_ARCH_X64, "c3",                 false, 0,                  false, 0, 0 },
};
// clang-format on

static size_t from_hex(const char *hex, uint8_t out[KD_INSTRUCTION_MAX])
{
	size_t len = strlen(hex) / 2;

	for (size_t i = 0; i < len; i++) {
		unsigned byte;

		sscanf(hex + 2 * i, "%2x", &byte);
		out[i] = (uint8_t)byte;
	}
	return len;
}

static void check_rows(enum kd_arch arch, uint64_t address,
		       const struct row *rows, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		const char *name = rows[i].bytes;
		bool valid = rows[i].text[0] != '?';
		uint8_t bytes[KD_INSTRUCTION_MAX] = { 0 };
		size_t len = from_hex(name, bytes);
		struct kd_instruction in;

		CHECK_EQ(
			name,
			kd_disasm_one(arch, address, bytes, sizeof(bytes), &in),
			KD_OK);
		CHECK_TEXT(name, in.text, rows[i].text);
		CHECK_EQ(name, in.len, len);
		CHECK_EQ(name, in.valid, valid);
		CHECK_EQ(name, in.address, address);

		/* each byte of it is needed */
		if (valid)
			CHECK_EQ(name,
				 kd_disasm_one(arch, address, bytes, len - 1,
					       &in),
				 KD_E_SPACE);
	}
}

static void test_x64(void)
{
	check_rows(KD_ARCH_X64, X64_ADDRESS, x64_rows,
		   sizeof(x64_rows) / sizeof(x64_rows[0]));
}

static void test_x86(void)
{
	check_rows(KD_ARCH_X86, X86_ADDRESS, x86_rows,
		   sizeof(x86_rows) / sizeof(x86_rows[0]));
}

static void test_details(void)
{
	for (size_t i = 0; i < sizeof(detail_rows) / sizeof(*detail_rows);
	     i++) {
		const char *name = detail_rows[i].name;
		enum kd_arch arch = detail_rows[i].arch;
		uint8_t bytes[KD_INSTRUCTION_MAX] = { 0 };
		struct kd_instruction in;

		from_hex(detail_rows[i].bytes, bytes);
		CHECK_EQ(name,
			 kd_disasm_one(arch,
				       arch == KD_ARCH_X64 ? X64_ADDRESS
							   : X86_ADDRESS,
				       bytes, sizeof(bytes), &in),
			 KD_OK);
		CHECK_EQ(name, in.has_target, detail_rows[i].has_target);
		CHECK_EQ(name, in.target, detail_rows[i].target);
		CHECK_EQ(name, in.has_memory, detail_rows[i].has_memory);
		CHECK_EQ(name, in.memory, detail_rows[i].memory);
		CHECK_EQ(name, in.memory_bytes, detail_rows[i].memory_bytes);
	}
}

static void test_refusals(void)
{
	static const uint8_t int3[] = { 0xcc };
	struct kd_instruction in = { .len = 7 };

	CHECK_EQ(NULL, kd_disasm_one(KD_ARCH_ARM64, 0, int3, 1, &in),
		 KD_E_UNSUPPORTED);
	CHECK_EQ(NULL, kd_disasm_one(KD_ARCH_UNKNOWN, 0, int3, 1, &in),
		 KD_E_UNSUPPORTED);
	CHECK_EQ(NULL, kd_disasm_one(KD_ARCH_X64, 0, int3, 0, &in), KD_E_SPACE);
	CHECK_EQ(NULL, in.len, 7);
}

/* Whatever the bytes: progress, a text, and no more than was given. */
static void test_any_bytes(void)
{
	uint64_t random = 5;

	for (unsigned i = 0; i < 20000; i++) {
		enum kd_arch arch = i & 1 ? KD_ARCH_X64 : KD_ARCH_X86;
		uint8_t bytes[KD_INSTRUCTION_MAX];
		struct kd_instruction in;

		for (size_t j = 0; j < sizeof(bytes); j++)
			bytes[j] = (uint8_t)check_random(&random);
		if (kd_disasm_one(arch, check_random(&random), bytes,
				  sizeof(bytes), &in) != KD_OK ||
		    !in.len || in.len > sizeof(bytes) || !in.text[0] ||
		    strlen(in.text) >= sizeof(in.text) - 1) {
			CHECK_ROW(in.text, false);
			return;
		}
	}
	CHECK(true);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "x64", test_x64 },
		{ "x86", test_x86 },
		{ "details", test_details },
		{ "refusals", test_refusals },
		{ "any bytes", test_any_bytes },
	};

	return check_run("disassembler", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
