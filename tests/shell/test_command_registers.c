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
	{ "r rax=5; r rax", KD_OK, "rax=0000000000000005\n" },
	{ "r rax = rax + 1, rbx=@rsp+8; r rax,rbx", KD_OK,
	  "rax=0000000000000006 rbx=fffff80000002008\n" },
	/* a part leaves the rest; what does not fit is cut off */
	{ "r rax=1122334455667788,al=0ff; r rax", KD_OK, "rax=11223344556677ff\n" },
	{ "r eax=0; r rax, zf", KD_OK, "rax=1122334400000000 zf=0\n" },
	{ "r zf=1, cf=3; r efl, zf", KD_OK, "efl=00000243 zf=1\n" },
	{ "r cr3=1ab000, dr7=400; r cr3 dr7", KD_OK,
	  "cr3=00000000001ab000 dr7=0000000000000400\n" },
	{ "r $t0=5, $t1 = @$t0*2; r $t0,$t1, al", KD_OK,
	  "$t0=0000000000000005 $t1=000000000000000a al=00\n" },
	/* all of it, or nothing */
	{ "r rdx=7, nosuch=1", KD_E_NOT_FOUND, "Bad register error at 'nosuch=1'.\n" },
	{ "r rdx", KD_OK, "rdx=0000000000000000\n" },
	{ "r rax=", KD_E_ARG,
	  "'r' does not ask for values: write one behind the '='.\n" },
	{ "r rax=,rbx=1", KD_E_ARG,
	  "'r' does not ask for values: write one behind the '='.\n" },
	{ "r rax=nosuch", KD_E_NOT_FOUND, "Couldn't resolve error at 'nosuch'.\n" },
	{ "r eflags", KD_E_NOT_FOUND, "Bad register error at 'eflags'. Did you mean 'efl'?\n" },
	{ "r raxx=1", KD_E_NOT_FOUND, "Bad register error at 'raxx=1'. Did you mean 'rax'?\n" },
	{ "r xmm77", KD_E_NOT_FOUND, "Bad register error at 'xmm77'.\n" },
	{ "r ymm0=0 0 0 1", KD_E_UNSUPPORTED,
	  "'ymm0' cannot be had: the context that the target tells ends with the XMM registers.\n" },
	{ "r ymmx", KD_E_NOT_FOUND, "Bad register error at 'ymmx'.\n" },
	/* of the instruction that comes next; the values are those above */
	{ "r.", KD_OK, "" },
	{ "r rip=@rip+1; r.; r rip=@rip-1", KD_OK,
	  "rbx=fffff80000002008  rsp=fffff80000002000\n" },
	{ "r ..", KD_E_NOT_FOUND, "Bad register error at '..'.\n" },
	{ "r?$t0", KD_E_UNSUPPORTED,
	  "'r?' is not there: pseudo-registers have no types; 'r $t0 = @@c++(...)' keeps a value.\n" },
	/* vectors */
	{ "r xmm0", KD_OK, "xmm0=0 -2 0 1.5\n" },
	{ "r xmm0:uq, xmm0:4ub", KD_OK, "xmm0=3221225472 1069547520 xmm0=63 192 0 0\n" },
	{ "r xmm0:id", KD_OK, "xmm0=0 -1073741824 0 1069547520\n" },
	{ "r xmm0:1d", KD_OK, "xmm0=5.28427e-315\n" },
	{ "r st0", KD_OK, "st0= 1.5000000000000000e+000 (0:3fff:c000000000000000)\n" },
	{ "r xmm0:zz", KD_E_FORMAT, "Syntax error at 'zz'.\n" },
	{ "r al:ub", KD_E_FORMAT, "Syntax error at 'ub'.\n" },
	{ "r st0:d", KD_E_FORMAT, "Syntax error at 'd'.\n" },
	{ "r mm1=102030405060708; r mm1:8ub, mm1:2id", KD_OK,
	  "mm1=1 2 3 4 5 6 7 8 mm1=16909060 84281096\n" },
	/* as it is shown, so it is written */
	{ "r xmm1=1 -2.5 0 1e10; r xmm1", KD_OK, "xmm1=1 -2.5 0 1e+010\n" },
	{ "r @xmm1 = 4 3 2 1, rdx=7 xmm2=0 0 0 .5; r xmm1,rdx,xmm2", KD_OK,
	  "xmm1=4 3 2 1 rdx=0000000000000007 xmm2=0 0 0 0.5\n" },
	{ "r xmm1:d=1.5 -3; r xmm1:2d,xmm1", KD_OK, "xmm1=1.5 -3 xmm1=1.9375 0 -2.125 0\n" },
	/* fewer leave those above them as they are */
	{ "r xmm1:1d=0.25; r xmm1:d", KD_OK, "xmm1=1.5 0.25\n" },
	{ "r xmm1:4ud=4 3 -2 (rdx + 2); r xmm1:ud", KD_OK, "xmm1=4 3 4294967294 9\n" },
	{ "r xmm1:16ub=f e d c b a 9 8 7 6 5 4 3 2 1 0; r xmm1:uq", KD_OK,
	  "xmm1=1084818905618843912 506097522914230528\n" },
	{ "r xmm1:1ub=100", KD_E_FORMAT, "Overflow error at '100'.\n" },
	{ "r mm1:4uw=1 2 3 4; r mm1", KD_OK, "mm1=0001000200030004\n" },
	{ "r xmm1=1 2, rdx=3", KD_E_ARG,
	  "'xmm1' takes 4 values with spaces between them, the highest first as it is shown; there are 2. 'xmm1:1d=1.5' changes the lowest of its doubles alone.\n" },
	{ "r xmm1=1 2 3 x", KD_E_FORMAT, "Syntax error at 'x'.\n" },
	{ "r xmm1=", KD_E_ARG,
	  "'r' does not ask for values: write one behind the '='.\n" },
	{ "r st1=1.234e+10, st2=-0; r st1; r st2", KD_OK,
	  "st1= 1.2340000000000000e+010 (0:4020:b7e15d4000000000)\n"
	  "st2=-0.0000000000000000e+000 (1:0000:0000000000000000)\n" },
	{ "r st1=inf, rdx=1; r st1 rdx", KD_OK,
	  "st1= 1.#INF (0:7fff:8000000000000000) rdx=0000000000000001\n" },
	{ "r st1=one", KD_E_FORMAT, "Syntax error at 'one'.\n" },
	{ "rF st7=2; r st7", KD_OK,
	  "st7= 2.0000000000000000e+000 (0:4000:8000000000000000)\n" },
	{ "rX xmm15:uq=2 1; r xmm15:2uq, mxcsr", KD_OK, "xmm15=2 1 mxcsr=00000000\n" },
	/* masks */
	{ "rm", KD_OK,
	  "Register output mask is a:\n"
	  "       2 - Integer state (64-bit)\n"
	  "       8 - Segment registers\n" },
	{ "rM 80", KD_OK,
	  "cr0=0000000000000000 cr2=0000000000000000 cr3=00000000001ab000\n"
	  "cr8=0000000000000000\n" },
	{ "rM100", KD_OK,
	  "gdtr=0000000000000000   gdtl=0000 idtr=0000000000000000   idtl=0000 tr=0000  ldtr=0000\n" },
	{ "rM 20", KD_OK,
	  "dr0=0000000000000000 dr1=0000000000000000 dr2=0000000000000000\n"
	  "dr3=0000000000000000 dr6=0000000000000000 dr7=0000000000000400 cr4=0000000000000000\n" },
	{ "rm 8; r", KD_OK,
	  "cs=0010  ss=0000  ds=0000  es=0000  fs=0000  gs=0000             efl=00000243\n"
	  "fffff800`00001000 cc              int     3\n" },
	{ "rm 100a", KD_OK, "Ignored invalid bits 1000\n" },
	{ "rX xmm0:uq", KD_OK, "xmm0=3221225472 1069547520\n" },
	/* another processor's */
	{ "1r rip", KD_OK, "rip=fffff80000001000\n" },
};
// clang-format on

static void test_rows(void)
{
	struct scene s;

	/* 1.5, 0, -2, 0 of 4 bytes; 1.5 of 10 bytes (KD-WIRE 5.1) */
	static const uint8_t xmm0[] = { 0, 0, 0xc0, 0x3f, 0, 0, 0, 0,
					0, 0, 0,    0xc0, 0, 0, 0, 0 };
	static const uint8_t st0[] = { 0, 0, 0, 0, 0, 0, 0, 0xc0, 0xff, 0x3f };

	scene_init(&s);
	s.session.context.special_len = KD_SPECIAL_X64_SIZE;
	memcpy(s.session.context.bytes + 0x1a0, xmm0, sizeof(xmm0));
	memcpy(s.session.context.bytes + 0x120, st0, sizeof(st0));
	scene_open(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	CHECK_EQ("of the other", s.session.processor, 1);
	scene_run(&s, "r rip", KD_OK);
	CHECK_EQ("of its own again", s.session.processor, 0);
	scene_close(&s);
}

/* Only what was changed is written, and all of it at once. */
static void test_writes(void)
{
	struct scene s;

	scene_init(&s);
	s.session.context.special_len = KD_SPECIAL_X64_SIZE;
	scene_open(&s);
	scene_run(&s, "r rax=1,rbx=2,rcx=3", KD_OK);
	CHECK_EQ("one CONTEXT", s.session.contexts_set, 1);
	CHECK_EQ("no special ones", s.session.specials_set, 0);
	scene_run(&s, "1r cr4=6f8", KD_OK);
	CHECK_EQ("no other CONTEXT", s.session.contexts_set, 1);
	CHECK_EQ("special ones", s.session.specials_set, 1);
	CHECK_EQ("where", s.session.processor, 1);
	s.session.run_fails = KD_E_TARGET;
	CHECK_TEXT("refused", scene_run(&s, "r rax=1", KD_E_TARGET),
		   "Cannot write the registers: the target refused.\n");
	scene_close(&s);
}

static void test_record(void)
{
	struct scene s;

	scene_init(&s);
	s.config.json = true;
	scene_open(&s);
	CHECK_ROW("some",
		  strstr(scene_run(&s, "r rip,zf", KD_OK),
			 "\"registers\":{\"rip\":"
			 "\"0xfffff80000001000\",\"zf\":\"0x0\"}") != NULL);
	CHECK_ROW("all", strstr(scene_run(&s, "r", KD_OK),
				"\"rsp\":\"0xfffff80000002000\"") != NULL);
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
		{ "rows", test_rows },	       { "writes", test_writes },
		{ "record", test_record },     { "many", test_many },
		{ "failures", test_failures },
	};

	return check_run("r", tests, sizeof(tests) / sizeof(tests[0]));
}
