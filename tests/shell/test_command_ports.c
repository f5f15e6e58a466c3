#include "scene.h"

// clang-format off
static const struct scene_row rows[] = {
	{ "rdmsr c0000082", KD_OK, "msr[c0000082] = fffff800`00001234\n" },
	{ "wrmsr c0000082 5; rdmsr c0000082", KD_OK,
	  "msr[c0000082] = 00000000`00000005\n" },
	{ "rdmsr 1", KD_E_TARGET, "no such msr: 1: the target refused.\n" },
	{ "wrmsr 1 2", KD_E_TARGET, "msr 1 is not written: the target refused.\n" },
	{ "wrmsr 1", KD_E_FORMAT, "Numeric expression missing from '<EOL>'.\n" },
	{ "rdmsr 1`00000000", KD_E_FORMAT, "Overflow error at '1`00000000'.\n" },
	{ "rdmsr 1 (2)", KD_E_FORMAT, "Syntax error at '(2)'.\n" },
	{ "ib 70", KD_OK, "00000070: 26\n" },
	{ "iw 70", KD_OK, "00000070: 1526\n" },
	{ "id 70", KD_OK, "00000070: 04031526\n" },
	{ "ob 70 0ff; id 70", KD_OK, "00000070: 000000ff\n" },
	{ "ow 70,1234; iw 70", KD_OK, "00000070: 1234\n" },
	{ "od 70 12345678; id 70", KD_OK, "00000070: 12345678\n" },
	{ "ob 70 100", KD_E_FORMAT, "Overflow error at '100'.\n" },
	{ "iw 71", KD_E_ARG, "Port 71 is no multiple of 2.\n" },
	{ "ib 80", KD_E_TARGET, "Cannot read port 80: the target refused.\n" },
	{ "od 80 1", KD_E_TARGET, "Cannot write port 80: the target refused.\n" },
};
// clang-format on

static void test_rows(void)
{
	struct scene s;

	scene_init(&s);
	s.session.msr = 0xfffff80000001234;
	s.session.port = 0x04031526;
	scene_open(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
	};

	return check_run("ports", tests, sizeof(tests) / sizeof(tests[0]));
}
