#include "check.h"
#include "kd_x86_code.h"

#include <string.h>

enum { EAX, ECX, EDX, EBX, ESP, EBP, ESI, EDI, NONE };

/* A name in the assembler's words; the bytes; what comes out. */
static const struct {
	const char *name;
	uint8_t len, bytes[12];
	enum kd_x86_effect effect;
	uint8_t to, from;
	int32_t number;
} rows[] = {
	// clang-format off
	{ "add eax, ecx",              2, { 0x01, 0xc8 },                         KD_X86_OTHER,  NONE, NONE, 0 },
	{ "add esp, eax",              2, { 0x01, 0xc4 },                         KD_X86_STRANGE, NONE, NONE, 0 },
	{ "sub esp, [eax]",            2, { 0x2b, 0x20 },                         KD_X86_STRANGE, NONE, NONE, 0 },
	{ "cmp esp, eax",              2, { 0x39, 0xc4 },                         KD_X86_OTHER,  NONE, NONE, 0 },
	{ "add ah, [ecx]",             2, { 0x02, 0x21 },                         KD_X86_OTHER,  NONE, NONE, 0 },
	{ "or al, 5",                  2, { 0x0c, 0x05 },                         KD_X86_OTHER,  NONE, NONE, 0 },
	{ "cmp eax, 12345678h",        5, { 0x3d, 0x78, 0x56, 0x34, 0x12 },       KD_X86_OTHER,  NONE, NONE, 0 },
	{ "cmp ax, 1234h",             4, { 0x66, 0x3d, 0x34, 0x12 },             KD_X86_OTHER,  NONE, NONE, 0 },
	{ "push es",                   1, { 0x06 },                               KD_X86_PUSH,   NONE, NONE, 0 },
	{ "inc ebp",                   1, { 0x45 },                               KD_X86_SET,    EBP,  EBP,  1 },
	{ "dec esi",                   1, { 0x4e },                               KD_X86_SET,    ESI,  ESI,  -1 },
	{ "dec si",                    2, { 0x66, 0x4e },                         KD_X86_OTHER,  ESI,  ESI,  -1 },
	{ "push ebx",                  1, { 0x53 },                               KD_X86_PUSH,   NONE, EBX,  0 },
	{ "push bx",                   2, { 0x66, 0x53 },                         KD_X86_STRANGE, NONE, EBX, 0 },
	{ "pop edi",                   1, { 0x5f },                               KD_X86_POP,    EDI,  NONE, 0 },
	{ "pop esp",                   1, { 0x5c },                               KD_X86_STRANGE, ESP, NONE, 0 },
	{ "pushad",                    1, { 0x60 },                               KD_X86_STRANGE, NONE, NONE, 0 },
	{ "push 12345678h",            5, { 0x68, 0x78, 0x56, 0x34, 0x12 },       KD_X86_PUSH,   NONE, NONE, 0 },
	{ "push -1",                   2, { 0x6a, 0xff },                         KD_X86_PUSH,   NONE, NONE, 0 },
	{ "imul eax, ecx, 7",          3, { 0x6b, 0xc1, 0x07 },                   KD_X86_OTHER,  NONE, NONE, 0 },
	{ "jne -2",                    2, { 0x75, 0xfe },                         KD_X86_BRANCH, NONE, NONE, -2 },
	{ "add esp, 0ch",              3, { 0x83, 0xc4, 0x0c },                   KD_X86_SET,    ESP,  ESP,  12 },
	{ "sub esp, 1000h",            6, { 0x81, 0xec, 0x00, 0x10, 0x00, 0x00 }, KD_X86_SET,    ESP,  ESP,  -0x1000 },
	{ "and esp, -64",              3, { 0x83, 0xe4, 0xc0 },                   KD_X86_AND,    ESP,  ESP,  -64 },
	{ "xor esp, 1",                3, { 0x83, 0xf4, 0x01 },                   KD_X86_STRANGE, NONE, NONE, 0 },
	{ "cmp esp, 1",                3, { 0x83, 0xfc, 0x01 },                   KD_X86_OTHER,  NONE, NONE, 0 },
	{ "add dword ptr [esp+4], 1",  5, { 0x83, 0x44, 0x24, 0x04, 0x01 },       KD_X86_OTHER,  NONE, NONE, 0 },
	{ "mov byte ptr [eax], 1",     3, { 0xc6, 0x00, 0x01 },                   KD_X86_OTHER,  NONE, NONE, 0 },
	{ "mov [ecx*4+1234h], 5",     11, { 0xc7, 0x04, 0x8d, 0x34, 0x12, 0, 0, 5, 0, 0, 0 }, KD_X86_OTHER, NONE, NONE, 0 },
	{ "mov ebp, esp",              2, { 0x89, 0xe5 },                         KD_X86_SET,    EBP,  ESP,  0 },
	{ "mov ebp, esp, otherwise",   2, { 0x8b, 0xec },                         KD_X86_SET,    EBP,  ESP,  0 },
	{ "mov [eax], esp",            2, { 0x89, 0x20 },                         KD_X86_OTHER,  NONE, NONE, 0 },
	{ "mov esp, [eax]",            2, { 0x8b, 0x20 },                         KD_X86_STRANGE, NONE, NONE, 0 },
	{ "xchg esp, eax",             1, { 0x94 },                               KD_X86_STRANGE, NONE, NONE, 0 },
	{ "xchg [esp], esp",           3, { 0x87, 0x24, 0x24 },                   KD_X86_STRANGE, NONE, NONE, 0 },
	{ "lea esp, [ebp-8]",          3, { 0x8d, 0x65, 0xf8 },                   KD_X86_SET,    ESP,  EBP,  -8 },
	{ "lea esp, [esp+0]",          7, { 0x8d, 0xa4, 0x24, 0, 0, 0, 0 },       KD_X86_SET,    ESP,  ESP,  0 },
	{ "lea ebp, [esp]",            3, { 0x8d, 0x2c, 0x24 },                   KD_X86_SET,    EBP,  ESP,  0 },
	{ "lea esp, [ebp+eax]",        4, { 0x8d, 0x64, 0x05, 0x00 },             KD_X86_STRANGE, NONE, NONE, 0 },
	{ "lea eax, [1234h]",          6, { 0x8d, 0x05, 0x34, 0x12, 0, 0 },       KD_X86_OTHER,  NONE, NONE, 0 },
	{ "pop dword ptr [eax]",       2, { 0x8f, 0x00 },                         KD_X86_POP,    NONE, NONE, 0 },
	{ "pushfd",                    1, { 0x9c },                               KD_X86_PUSH,   NONE, NONE, 0 },
	{ "popfd",                     1, { 0x9d },                               KD_X86_POP,    NONE, NONE, 0 },
	{ "mov eax, [12345678h]",      5, { 0xa1, 0x78, 0x56, 0x34, 0x12 },       KD_X86_OTHER,  NONE, NONE, 0 },
	{ "mov al, 5",                 2, { 0xb0, 0x05 },                         KD_X86_OTHER,  NONE, NONE, 0 },
	{ "mov esp, 5",                5, { 0xbc, 5, 0, 0, 0 },                    KD_X86_STRANGE, NONE, NONE, 0 },
	{ "shl eax, 5",                3, { 0xc1, 0xe0, 0x05 },                   KD_X86_OTHER,  NONE, NONE, 0 },
	{ "ret 8",                     3, { 0xc2, 0x08, 0x00 },                   KD_X86_RETURN, NONE, NONE, 0 },
	{ "rep ret",                   2, { 0xf3, 0xc3 },                         KD_X86_RETURN, NONE, NONE, 0 },
	{ "leave",                     1, { 0xc9 },                               KD_X86_LEAVE,  NONE, NONE, 0 },
	{ "int 3",                     1, { 0xcc },                               KD_X86_OTHER,  NONE, NONE, 0 },
	{ "int 29h",                   2, { 0xcd, 0x29 },                         KD_X86_STRANGE, NONE, NONE, 0 },
	{ "int 2dh",                   2, { 0xcd, 0x2d },                         KD_X86_OTHER,  NONE, NONE, 0 },
	{ "iretd",                     1, { 0xcf },                               KD_X86_STRANGE, NONE, NONE, 0 },
	{ "fld [ebp+8]",               3, { 0xd9, 0x45, 0x08 },                   KD_X86_OTHER,  NONE, NONE, 0 },
	{ "jecxz 4",                   2, { 0xe3, 0x04 },                         KD_X86_BRANCH, NONE, NONE, 4 },
	{ "call 5",                    5, { 0xe8, 5, 0, 0, 0 },                KD_X86_STRANGE, NONE, NONE, 0 },
	{ "jmp 100h",                  5, { 0xe9, 0x00, 0x01, 0x00, 0x00 },       KD_X86_JUMP,   NONE, NONE, 0x100 },
	{ "jmp -5",                    2, { 0xeb, 0xfb },                         KD_X86_JUMP,   NONE, NONE, -5 },
	{ "lock inc [eax]",            3, { 0xf0, 0xff, 0x00 },                   KD_X86_OTHER,  NONE, NONE, 0 },
	{ "test al, 1",                3, { 0xf6, 0xc0, 0x01 },                   KD_X86_OTHER,  NONE, NONE, 0 },
	{ "neg eax",                   2, { 0xf7, 0xd8 },                         KD_X86_OTHER,  NONE, NONE, 0 },
	{ "test eax, 1",               6, { 0xf7, 0xc0, 0x01, 0, 0, 0 },          KD_X86_OTHER,  NONE, NONE, 0 },
	{ "inc ebx",                   2, { 0xff, 0xc3 },                         KD_X86_SET,    EBX,  EBX,  1 },
	{ "call [eax]",                2, { 0xff, 0x10 },                         KD_X86_STRANGE, NONE, NONE, 0 },
	{ "jmp eax",                   2, { 0xff, 0xe0 },                         KD_X86_JUMP_AWAY, NONE, NONE, 0 },
	{ "jmp [12345678h]",           6, { 0xff, 0x25, 0x78, 0x56, 0x34, 0x12 }, KD_X86_JUMP_AWAY, NONE, NONE, 0 },
	{ "jmp [eax*4+1000h]",         7, { 0xff, 0x24, 0x85, 0, 0x10, 0, 0 },    KD_X86_JUMP_TABLE, NONE, NONE, 0x1000 },
	{ "push [ebp+8]",              3, { 0xff, 0x75, 0x08 },                   KD_X86_PUSH,   NONE, NONE, 0 },
	{ "ud2",                       2, { 0x0f, 0x0b },                         KD_X86_STRANGE, NONE, NONE, 0 },
	{ "nop word ptr [eax+eax]",    9, { 0x66, 0x0f, 0x1f, 0x84, 0, 0, 0, 0, 0 }, KD_X86_OTHER, NONE, NONE, 0 },
	{ "rdtsc",                     2, { 0x0f, 0x31 },                         KD_X86_OTHER,  NONE, NONE, 0 },
	{ "pshufd xmm0, xmm1, 5",      5, { 0x66, 0x0f, 0x70, 0xc1, 0x05 },       KD_X86_OTHER,  NONE, NONE, 0 },
	{ "jge 1000h",                 6, { 0x0f, 0x8d, 0x00, 0x10, 0, 0 },       KD_X86_BRANCH, NONE, NONE, 0x1000 },
	{ "push fs",                   2, { 0x0f, 0xa0 },                         KD_X86_PUSH,   NONE, NONE, 0 },
	{ "bt eax, 3",                 4, { 0x0f, 0xba, 0xe0, 0x03 },             KD_X86_OTHER,  NONE, NONE, 0 },
	{ "bswap eax",                 2, { 0x0f, 0xc8 },                         KD_X86_OTHER,  NONE, NONE, 0 },
	{ "pshufb xmm0, [ecx]",        5, { 0x66, 0x0f, 0x38, 0x00, 0x01 },       KD_X86_OTHER,  NONE, NONE, 0 },
	{ "palignr xmm0, xmm1, 4",     6, { 0x66, 0x0f, 0x3a, 0x0f, 0xc1, 0x04 }, KD_X86_OTHER,  NONE, NONE, 0 },
	// clang-format on
};

static void instructions(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		uint8_t bytes[KD_X86_CODE_MAX];
		struct kd_x86_code code = { 0 };
		const char *row = rows[i].name;

		memset(bytes, 0xcc, sizeof(bytes));
		memcpy(bytes, rows[i].bytes, rows[i].len);
		if (!CHECK_ROW(row,
			       kd_x86_code_read(bytes, sizeof(bytes), &code)))
			continue;
		CHECK_EQ(row, code.len, rows[i].len);
		CHECK_EQ(row, code.effect, rows[i].effect);
		CHECK_EQ(row, code.to, rows[i].to);
		CHECK_EQ(row, code.from, rows[i].from);
		CHECK_EQ(row, code.number, rows[i].number);
		for (uint8_t len = 0; len < rows[i].len; len++)
			CHECK_ROW(row, !kd_x86_code_read(bytes, len, &code));
	}
}

/* Whatever the bytes: never longer than they are, and no register that is
 * none. */
static void any_bytes(void)
{
	uint64_t random = 5;

	for (int i = 0; i < 200000; i++) {
		uint8_t bytes[KD_X86_CODE_MAX];
		struct kd_x86_code code;
		size_t len = check_random(&random) % (sizeof(bytes) + 1);

		for (size_t k = 0; k < len; k++)
			bytes[k] = (uint8_t)check_random(&random);
		if (!kd_x86_code_read(bytes, len, &code))
			continue;
		bool writes =
			code.effect == KD_X86_SET || code.effect == KD_X86_AND;

		if (!code.len || code.len > len ||
		    (writes && (code.to >= NONE || code.from >= NONE)))
			CHECK_EQ("random bytes", i, -1);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "instructions", instructions },
		{ "any bytes", any_bytes },
	};

	return check_run("x86 code", tests, sizeof(tests) / sizeof(tests[0]));
}
