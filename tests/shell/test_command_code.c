#include "scene.h"

#define LINES                                                                  \
	"fffff800`00001000 cc              int     3\n"                        \
	"fffff800`00001001 488b5c2440      mov     rbx,qword ptr [rsp+40h]\n"  \
	"fffff800`00001006 488b6c2448      mov     rbp,qword ptr [rsp+48h]\n"  \
	"fffff800`0000100b 488b742450      mov     rsi,qword ptr [rsp+50h]\n"  \
	"fffff800`00001010 488b7c2458      mov     rdi,qword ptr [rsp+58h]\n"  \
	"fffff800`00001015 4883c430        add     rsp,30h\n"                  \
	"fffff800`00001019 415e            pop     r14\n"                      \
	"fffff800`0000101b c3              ret\n"

// clang-format off
static const struct scene_row rows[] = {
	{ "u rip", KD_OK, LINES },
	{ "u", KD_E_TARGET,
	  "fffff800`0000101c ??              ???\n"
	  "Memory access error at fffff800`0000101c: the target refused.\n" },
	{ "u rip+5 L1", KD_OK,
	  "fffff800`00001005 40488b6c2448    mov     rbp,qword ptr [rsp+48h]\n" },
	{ "u rip+6 L3", KD_OK,
	  "fffff800`00001006 488b6c2448      mov     rbp,qword ptr [rsp+48h]\n"
	  "fffff800`0000100b 488b742450      mov     rsi,qword ptr [rsp+50h]\n"
	  "fffff800`00001010 488b7c2458      mov     rdi,qword ptr [rsp+58h]\n" },
	{ "u", KD_OK,
	  "fffff800`00001015 4883c430        add     rsp,30h\n"
	  "fffff800`00001019 415e            pop     r14\n"
	  "fffff800`0000101b c3              ret\n"
	  "fffff800`0000101c ??              ???\n" },
	{ "u rip rip+1", KD_OK,
	  "fffff800`00001000 cc              int     3\n"
	  "fffff800`00001001 488b5c2440      mov     rbx,qword ptr [rsp+40h]\n" },
	/* the end of readable memory cuts an instruction */
	{ "u rip+1a L1", KD_OK,
	  "fffff800`0000101a 5e              pop     rsi\n" },
	{ "u ffffffff`ffffffff", KD_E_TARGET,
	  "ffffffff`ffffffff ??              ???\n"
	  "Memory access error at ffffffff`ffffffff: the target refused.\n" },
};

static const struct scene_row named[] = {
	{ "u fffff800`00001019 L1", KD_OK,
	  "nt+0x1019:\nfffff800`00001019 415e            pop     r14\n" },
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

static void test_symbol(void)
{
	struct scene s;

	scene_init(&s);
	s.session.modules[0] = (struct kd_module){
		.base = 0xfffff80000000000,
		.size = 0x8000,
		.name = "nt",
	};
	s.session.module_count = 1;
	scene_open(&s);
	scene_run(&s, "lm", KD_OK);
	scene_check(&s, named, sizeof(named) / sizeof(named[0]));
	scene_close(&s);
}

/* An instruction of which only a part can be read is not guessed. */
static void test_cut(void)
{
	static const uint8_t part[] = { 0x90, 0x48, 0x8b };
	struct scene s;

	scene_init(&s);
	s.session.memory[0] =
		(struct fake_piece){ SCENE_CODE, part, sizeof(part) };
	scene_open(&s);
	CHECK_TEXT("cut", scene_run(&s, "u rip", KD_OK),
		   "fffff800`00001000 90              nop\n"
		   "fffff800`00001001 ??              ???\n");
	scene_close(&s);
}

/* Each stop starts at its own place. */
static void test_new_stop(void)
{
	struct kd_event e = { .kind = KD_EV_STOPPED };
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	e.stop = s.session.stop;
	scene_run(&s, "u rip+6 L1", KD_OK);
	CHECK_TEXT("goes on", scene_run(&s, "u L1", KD_OK),
		   "fffff800`0000100b 488b742450      mov     rsi,qword ptr "
		   "[rsp+50h]\n");
	scene_show(&s, &e);
	CHECK_TEXT("starts anew", scene_run(&s, "u L1", KD_OK),
		   "fffff800`00001000 cc              int     3\n");
	scene_close(&s);
}

/* What an instruction in memory refers to is shown behind it. */
static void test_operand(void)
{
	/* mov eax,dword ptr [next + 0ffah], which is SCENE_DATA */
	static const uint8_t load[] = { 0x8b, 0x05, 0xfa, 0x0f, 0x00, 0x00 };
	struct scene s;
	struct kd_event e = { .kind = KD_EV_STOPPED };

	scene_init(&s);
	s.session.version.machine = KD_ARCH_X64;
	s.session.memory[0] =
		(struct fake_piece){ SCENE_CODE, load, sizeof(load) };
	s.session.stop.report.instruction_count = 0;
	s.session.stop.new_state = KD_STATE_LOAD_SYMBOLS;
	scene_open(&s);
	e.stop = s.session.stop;
	scene_show(&s, &e);
	CHECK_TEXT("operand", scene_show(&s, &e),
		   "fffff800`00001000 8b05fa0f0000    mov     eax,dword ptr "
		   "[fffff800`00002000] fffff800`00002000=ffbc8000\n");
	s.session.memory[1].len = 2;
	CHECK_TEXT("unreadable", scene_show(&s, &e),
		   "fffff800`00001000 8b05fa0f0000    mov     eax,dword ptr "
		   "[fffff800`00002000] fffff800`00002000=????????\n");
	scene_close(&s);
}

/* up has addresses of its own, where nothing has a name. */
static void test_physical(void)
{
	static const uint8_t code[] = { 0x90, 0xc3 };
	static const struct scene_row physical[] = {
		{ "up 1000", KD_OK,
		  "00000000`00001000 90              nop\n"
		  "00000000`00001001 c3              ret\n"
		  "00000000`00001002 ??              ???\n" },
		{ "up 1000 L1; up L1", KD_OK,
		  "00000000`00001000 90              nop\n"
		  "00000000`00001001 c3              ret\n" },
		{ "up 2000", KD_E_TARGET,
		  "00000000`00002000 ??              ???\n"
		  "Memory access error at 00000000`00002000: the target "
		  "refused.\n" },
		{ "u L1", KD_OK,
		  "fffff800`00001000 cc              int     3\n" },
	};
	struct scene s;

	scene_init(&s);
	s.session.physical[0] =
		(struct fake_piece){ 0x1000, code, sizeof(code) };
	scene_open(&s);
	scene_check(&s, physical, sizeof(physical) / sizeof(physical[0]));
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },	     { "symbol", test_symbol },
		{ "cut", test_cut },	     { "new stop", test_new_stop },
		{ "operand", test_operand }, { "physical", test_physical },
	};

	return check_run("u", tests, sizeof(tests) / sizeof(tests[0]));
}
