#include "check.h"
#include "kd_x86_program.h"

#include <stdlib.h>
#include <string.h>

enum { STACK = 0x1000, SLOT = 0x1010 };

/* Each is followed by "$eip 7 = $esp 8 =", but the last ones. */
static const struct {
	const char *name, *program;
	enum kd_status status;
	uint32_t ebp; /* as the program sets it */
} rows[] = {
	// clang-format off
	{ "number", "$ebp 1234 =", KD_OK, 1234 },
	{ "negative", "$ebp -4 =", KD_OK, 0xfffffffc },
	{ "sum", "$ebp 5 6 + =", KD_OK, 11 },
	{ "difference", "$ebp 5 6 - =", KD_OK, 0xffffffff },
	{ "product", "$ebp 5 6 * =", KD_OK, 30 },
	{ "quotient", "$ebp 20 6 / =", KD_OK, 3 },
	{ "remainder", "$ebp 20 6 % =", KD_OK, 2 },
	{ "aligned", "$ebp 70 64 @ =", KD_OK, 64 },
	{ "nested", "$ebp 1 2 3 4 + * - =", KD_OK, 0xfffffff3 },
	{ "memory", "$ebp 4100 ^ =", KD_OK, 0x0b0a0908 },
	{ "variable", "$T0 5 = $T1 $T0 2 * = $ebp $T1 =", KD_OK, 10 },
	{ "register", "$ebp $esp 4 + =", KD_OK, STACK + 4 },
	{ "numbered register", "$20 9 = $ebp $ebx =", KD_OK, 9 },
	{ "all numbered", "$17 1 = $18 2 = $19 3 = $21 4 = $23 5 = $24 6 = $22 $eax $ecx + $edx + $esp + $esi + $edi + =", KD_OK, 21 },
	{ "search", "$ebp .raSearch =", KD_OK, SLOT },
	{ "search, by its other name", "$ebp .raSearchStart =", KD_OK, SLOT },
	{ "facts", "$ebp .cbLocals .cbSavedRegs + .cbParams + .cbCalleeParams + =", KD_OK, 0x1234 },
	{ "many blanks", "  $ebp   1   =  ", KD_OK, 1 },
	{ "nothing to add", "$ebp 1 + =", KD_E_FORMAT, 0 },
	{ "nothing to set", "5 =", KD_E_FORMAT, 0 },
	{ "a number set", "5 6 =", KD_E_FORMAT, 0 },
	{ "unset variable", "$ebp $T0 =", KD_E_FORMAT, 0 },
	{ "division by nothing", "$ebp 1 0 / =", KD_E_FORMAT, 0 },
	{ "unknown fact", "$ebp .cbNothing =", KD_E_FORMAT, 0 },
	{ "unknown operator", "$ebp 1 2 ! =", KD_E_FORMAT, 0 },
	{ "too large a number", "$ebp 99999999999 =", KD_E_FORMAT, 0 },
	{ "too long a name", "$LongerThanAnyNameEver 1 =", KD_E_FORMAT, 0 },
	{ "too long a word", "$ebp 000000000000000000000000000000001 =", KD_E_FORMAT, 0 },
	{ "too deep", "1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1", KD_E_FORMAT, 0 },
	{ "no memory", "$ebp 1 ^ =", KD_E_NOT_FOUND, 0 },
	// clang-format on
};

static enum kd_status search(void *ctx, uint32_t *ret)
{
	(void)ctx;
	*ret = SLOT;
	return KD_OK;
}

static enum kd_status run(const char *text, struct kd_context *c)
{
	static const uint8_t stack[32] = { 4, 5, 6, 7, 8, 9, 10, 11 };
	struct kd_memory_bytes bytes = { STACK, stack, sizeof(stack) };
	struct kd_memory memory = kd_memory_over(&bytes);
	const struct kd_pdb_frame data = {
		.locals_len = 0x1000,
		.saved_registers_len = 0x200,
		.params_len = 0x30,
		.program = text,
	};
	const struct kd_x86_program p = {
		.data = &data,
		.memory = &memory,
		.callee_parameters = 4,
		.search = search,
	};

	*c = (struct kd_context){ .arch = KD_ARCH_X86,
				  .len = KD_CONTEXT_X86_SIZE };
	kd_register_set(c, kd_register_find(KD_ARCH_X86, "esp"), STACK);
	return kd_x86_program_run(&p, c);
}

static uint64_t get(const struct kd_context *c, const char *name)
{
	uint64_t value = 0;

	kd_register_get(c, kd_register_find(KD_ARCH_X86, name), &value);
	return value;
}

static void programs(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_context c;
		char text[256];

		strcpy(text, rows[i].program);
		strcat(text, " $eip 7 = $esp 8 =");
		CHECK_EQ(rows[i].name, run(text, &c), rows[i].status);
		if (rows[i].status != KD_OK)
			continue;
		CHECK_EQ(rows[i].name, get(&c, "ebp"), rows[i].ebp);
		CHECK_EQ(rows[i].name, get(&c, "eip"), 7);
		CHECK_EQ(rows[i].name, get(&c, "esp"), 8);
	}
}

/* What does not tell where it leads is of no use; nor what never ends. */
static void no_use(void)
{
	char *text = calloc(1, 0x10000);
	struct kd_context c;

	CHECK_EQ("nothing", run("", &c), KD_E_FORMAT);
	CHECK_EQ("no esp", run("$eip 7 =", &c), KD_E_FORMAT);
	CHECK_EQ("no eip", run("$esp 7 =", &c), KD_E_FORMAT);
	strcpy(text, "$eip 7 = $esp 8 =");
	for (int i = 0; i < 1000; i++)
		strcat(text, " $T0 1 =");
	CHECK_EQ("too many words", run(text, &c), KD_E_FORMAT);
	strcpy(text, "$eip 7 = $esp 8 =");
	for (char n = 'a'; n <= 'z'; n++) {
		char word[] = " $v? 1 =";

		word[3] = n;
		strcat(text, word);
	}
	CHECK_EQ("too many names", run(text, &c), KD_E_FORMAT);
	free(text);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "programs", programs },
		{ "no use", no_use },
	};

	return check_run("x86 program", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
