#include "scene.h"

// clang-format off
static const struct scene_row rows[] = {
	/* numbers are decimal here, whatever "n" says */
	{ "?? 1+2", KD_OK, "int 0n3\n" },
	{ "?? 10", KD_OK, "int 0n10\n" },
	{ "?? 0x10", KD_OK, "int 0n16\n" },
	{ "?? 010", KD_OK, "int 0n8\n" },
	{ "?? 5u", KD_OK, "unsigned int 0x5\n" },
	{ "?? 5ull", KD_OK, "unsigned int64 0x5\n" },
	{ "?? 5i64", KD_OK, "int64 0n5\n" },
	{ "?? 0xffffffff", KD_OK, "unsigned int 0xffffffff\n" },
	{ "?? 4294967296", KD_OK, "int64 0n4294967296\n" },
	{ "?? 0xffffffffffffffff", KD_OK, "unsigned int64 0xffffffff`ffffffff\n" },
	{ "?? 'A'", KD_OK, "char 0n65 'A'\n" },
	{ "?? true", KD_E_NOT_FOUND, "Couldn't resolve error at 'true'.\n" },
	/* precedence */
	{ "?? 2+3*4", KD_OK, "int 0n14\n" },
	{ "?? (2+3)*4", KD_OK, "int 0n20\n" },
	{ "?? 1<<4|1", KD_OK, "int 0n17\n" },
	{ "?? 10-4-3", KD_OK, "int 0n3\n" },
	{ "?? 7&3==3", KD_OK, "int 0n1\n" },
	{ "?? 1 || 0 && 0", KD_OK, "bool true\n" },
	{ "?? 1 ? 2 : 3 ? 4 : 5", KD_OK, "int 0n2\n" },
	{ "?? -1 < 0", KD_OK, "bool true\n" },
	{ "?? -1 < 0u", KD_OK, "bool false\n" },
	{ "?? -7/2", KD_OK, "int 0n-3\n" },
	{ "?? -7%2", KD_OK, "int 0n-1\n" },
	{ "?? -8>>1", KD_OK, "int 0n-4\n" },
	{ "?? 0x80000000>>31", KD_OK, "unsigned int 0x1\n" },
	{ "?? 1<<31", KD_OK, "int 0n-2147483648\n" },
	{ "?? ~0", KD_OK, "int 0n-1\n" },
	{ "?? !5", KD_OK, "bool false\n" },
	/* casts and sizes */
	{ "?? (unsigned char)0x1ff", KD_OK, "unsigned char 0xff '.'\n" },
	{ "?? (char)200", KD_OK, "char 0n-56 '.'\n" },
	{ "?? (short)-1 + 0", KD_OK, "int 0n-1\n" },
	{ "?? (ULONG)-1", KD_OK, "unsigned long 0xffffffff\n" },
	{ "?? (unsigned __int64)-1", KD_OK, "unsigned int64 0xffffffff`ffffffff\n" },
	{ "?? (bool)8", KD_OK, "bool true\n" },
	{ "?? sizeof(int)", KD_OK, "unsigned int64 0x4\n" },
	{ "?? sizeof(long long)*2", KD_OK, "unsigned int64 0x10\n" },
	{ "?? sizeof(void *)", KD_OK, "unsigned int64 0x8\n" },
	{ "?? sizeof(USHORT)", KD_OK, "unsigned int64 0x2\n" },
	{ "?? sizeof(1ull+1)", KD_OK, "unsigned int64 0x8\n" },
	{ "?? (int)(3)+1", KD_OK, "int 0n4\n" },
	/* registers and what the other language knows */
	{ "?? @rsp", KD_OK, "unsigned int64 0xfffff800`00002000\n" },
	{ "?? @eax+1", KD_OK, "unsigned int 0x1\n" },
	{ "r $t0=5; ?? @$t0*2", KD_OK, "unsigned int64 0xa\n" },
	{ "?? @@(rsp+10)", KD_OK, "int64 0n-8796093014000\n" },
	{ "?? @@masm(10)+1", KD_OK, "int64 0n17\n" },
	{ "?? @nosuch", KD_E_NOT_FOUND, "Couldn't resolve error at '@nosuch'.\n" },
	/* pointers */
	{ "?? *(int*)@rsp", KD_OK, "int 0n-4423680\n" },
	{ "?? *(unsigned char*)(@rsp+2)", KD_OK, "unsigned char 0xbc '.'\n" },
	{ "?? (unsigned short*)@rsp+1", KD_OK, "unsigned short * 0xfffff800`00002002\n" },
	{ "?? *((unsigned short*)@rsp+1)", KD_OK, "unsigned short 0xffbc\n" },
	{ "?? (int*)24-(int*)8", KD_OK, "int64 0n4\n" },
	{ "?? *(void**)@rsp", KD_OK, "void * 0x00000018`ffbc8000\n" },
	{ "?? (PVOID)16", KD_OK, "void * 0x00000000`00000010\n" },
	{ "?? *(int*)0", KD_E_TARGET,
	  "Memory access error at 00000000`00000000: the target refused.\n" },
	/* what does not count is not read */
	{ "?? 0 && *(int*)0", KD_OK, "bool false\n" },
	{ "?? 1 ? 2 : *(int*)0", KD_OK, "int 0n2\n" },
	{ "?? 0 && 1/0", KD_OK, "bool false\n" },
	/* what does not go */
	{ "?? 1/0", KD_E_FORMAT, "Divide by zero before '<EOL>'.\n" },
	{ "?? *1", KD_E_FORMAT, "There is nothing to read at '*1'.\n" },
	{ "?? *(void*)1", KD_E_FORMAT, "There is nothing to read at '*(void*)1'.\n" },
	{ "?? nt", KD_E_UNSUPPORTED,
	  "The type is not known here, so take its address with @@(...), of 'nt'.\n" },
	{ "?? (1", KD_E_FORMAT, "Syntax error at '<EOL>'.\n" },
	{ "?? 1 2", KD_E_FORMAT, "Extra character error in '2'.\n" },
	{ "?? 09", KD_E_FORMAT, "Numeric expression error at '09'.\n" },
	{ "??", KD_E_FORMAT, "Syntax error at '<EOL>'.\n" },
	{ "?? ((((((((((((((((((((((((((((((((((1))))))))))))))))))))))))))))))))))",
	  KD_E_FORMAT,
	  "Too much is nested at '((1))))))))))))))))))))))))))))))))))'.\n" },
};
// clang-format on

static void test_rows(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_close(&s);
}

static void test_32_bits(void)
{
	struct scene s;

	scene_init(&s);
	s.session.version.machine = KD_ARCH_X86;
	scene_open(&s);
	CHECK_TEXT("sizeof", scene_run(&s, "?? sizeof(int)", KD_OK),
		   "unsigned int 0x4\n");
	CHECK_TEXT("pointer", scene_run(&s, "?? (int*)0x80001000", KD_OK),
		   "int * 0x80001000\n");
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "32 bits", test_32_bits },
	};

	return check_run("C++", tests, sizeof(tests) / sizeof(tests[0]));
}
