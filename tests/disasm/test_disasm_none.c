#include "check.h"
#include "kd_disasm.h"

static void test_unsupported(void)
{
	static const uint8_t int3[] = { 0xcc };
	struct kd_instruction i = { .len = 7 };

	CHECK_EQ(NULL, kd_disasm_one(KD_ARCH_X64, 0, int3, 1, &i),
		 KD_E_UNSUPPORTED);
	CHECK_EQ(NULL, i.len, 7);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "unsupported", test_unsupported },
	};

	return check_run("no disassembler", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
