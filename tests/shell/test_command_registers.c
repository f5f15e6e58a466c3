#include "scene.h"

#include <string.h>

// clang-format off
static const char all[] =
	"rax=0000000000000000 rbx=0000000000000000 rcx=0000000000000000\n"
	"rdx=0000000000000000 rsi=0000000000000000 rdi=0000000000000000\n"
	"rip=fffff80000001000 rsp=fffff80000002000 rbp=0000000000000000\n"
	" r8=0000000000000000  r9=0000000000000000 r10=0000000000000000\n"
	"r11=0000000000000000 r12=0000000000000000 r13=0000000000000000\n"
	"r14=0000000000000000 r15=0000000000000000\n"
	"iopl=0         nv up ei pl nz na pe nc\n"
	"cs=0010  ss=0000  ds=0000  es=0000  fs=0000  gs=0000             efl=00000202\n"
	"fffff800`00001000 cc              int     3\n";

static const struct scene_row rows[] = {
	{ "r", KD_OK, all },
	{ "r rip", KD_OK, "rip=fffff80000001000\n" },
	{ "r rip,rsp", KD_OK, "rip=fffff80000001000 rsp=fffff80000002000\n" },
	{ "r rip, rsp", KD_OK, "rip=fffff80000001000 rsp=fffff80000002000\n" },
	{ "r @rip cs if", KD_OK, "rip=fffff80000001000 cs=0010 if=1\n" },
	{ "r al", KD_OK, "al=00\n" },
	{ "r nosuch", KD_E_NOT_FOUND, "Bad register error at 'nosuch'.\n" },
	{ "r rip,,rsp", KD_OK, "rip=fffff80000001000 rsp=fffff80000002000\n" },
	{ "r ,", KD_E_NOT_FOUND, "Bad register error at ','.\n" },
	{ "r averylongnamethatisnoregister", KD_E_NOT_FOUND,
	  "Bad register error at 'averylongnamethatisnoregister'.\n" },
	{ "r rax=5", KD_E_UNSUPPORTED, "'r' shows registers; it does not set them.\n" },
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

/* "r" with nearly every register there is still fits its line. */
static void test_many(void)
{
	char line[1000] = "r ";
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	while (strlen(line) + 5 < sizeof(line))
		strcat(line, "rip,");
	scene_run(&s, line, KD_OK);
	CHECK(s.len > 1000);
	scene_close(&s);
}

static void test_failures(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	s.session.memory[0].len = 0;
	scene_run(&s, "r", KD_OK);
	CHECK_ROW("code that cannot be read",
		  strstr(s.out, "\nfffff800`00001000 ??              ???\n") !=
			  NULL);
	s.session.context_fails = KD_E_TARGET;
	s.session.detail.nt_status = 0xc0000001;
	CHECK_TEXT("refused", scene_run(&s, "r", KD_E_TARGET),
		   "Cannot read the registers: the target refused (NTSTATUS "
		   "0xc0000001).\n");
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "many", test_many },
		{ "failures", test_failures },
	};

	return check_run("r", tests, sizeof(tests) / sizeof(tests[0]));
}
