#include "scene.h"

#include <string.h>

#define ADDRESS UINT64_C(0xfffff80000005000)

// clang-format off
/* EXCEPTION_RECORD64: code, flags, next, address, count, padding, parameters */
static const uint8_t record[152] =
	"\x05\x00\x00\xc0" "\x01\x00\x00\x00" "\0\0\0\0\0\0\0\0"
	"\x04\x10\x00\x00\x00\xf8\xff\xff" "\x02\0\0\0" "\0\0\0\0"
	"\x01\0\0\0\0\0\0\0" "\x10\0\0\0\0\0\0\0";

static const struct scene_row rows[] = {
	{ ".exr fffff800`00005000", KD_OK,
	  "ExceptionAddress: fffff80000001004\n"
	  "   ExceptionCode: c0000005 (Access violation)\n"
	  "  ExceptionFlags: 00000001\n"
	  "NumberParameters: 2\n"
	  "   Parameter[0]: 0000000000000001\n"
	  "   Parameter[1]: 0000000000000010\n"
	  "Attempt to write to address 0000000000000010\n" },
	{ ".exr -1", KD_OK,
	  "ExceptionAddress: fffff80000001000\n"
	  "   ExceptionCode: 80000003 (Break instruction exception)\n"
	  "  ExceptionFlags: 00000000\n"
	  "NumberParameters: 1\n"
	  "   Parameter[0]: 0000000000000000\n" },
	{ ".exr fffff800`00002000", KD_E_TARGET,
	  "Cannot read memory at fffff800`00002000: the target refused.\n" },
	{ ".exr fffff800`00006000", KD_E_FORMAT,
	  "There is no exception record at fffff800`00006000: it would have 0n4294967295 parameters.\n" },
	{ ".exr -2", KD_E_ARG,
	  "'.exr' takes a record's address, or -1 for the last exception; '-2' is neither.\n" },
	{ ".exr", KD_E_FORMAT, "Numeric expression missing from '<EOL>'.\n" },
};
// clang-format on

static void set_up(struct scene *s)
{
	scene_init(s);
	s->session.memory[3] =
		(struct fake_piece){ ADDRESS, record, sizeof(record) };
	s->session.ram_address = ADDRESS + 0x1000;
	memset(s->session.ram, 0xff, sizeof(s->session.ram));
	s->session.stop.exception.address = SCENE_CODE;
	s->session.stop.exception.parameter_count = 1;
}

static void test_rows(void)
{
	struct scene s;

	set_up(&s);
	scene_open(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	s.session.stop.new_state = KD_STATE_LOAD_SYMBOLS;
	CHECK_TEXT("no exception", scene_run(&s, ".exr -1", KD_E_NOT_FOUND),
		   "The target did not stop because of an exception.\n");
	scene_close(&s);
}

static void test_32_bits(void)
{
	static const uint8_t narrow[80] =
		"\x05\x00\x00\xc0\0\0\0\0\0\0\0\0\x00\x10\x00\x80\x02\0\0\0"
		"\x00\0\0\0\x04\0\0\x80";
	struct scene s;

	set_up(&s);
	s.session.version.machine = KD_ARCH_X86;
	s.session.memory[3] = (struct fake_piece){ 0xffffffff80005000, narrow,
						   sizeof(narrow) };
	scene_open(&s);
	CHECK_TEXT("32 bits", scene_run(&s, ".exr 80005000", KD_OK),
		   "ExceptionAddress: 80001000\n"
		   "   ExceptionCode: c0000005 (Access violation)\n"
		   "  ExceptionFlags: 00000000\n"
		   "NumberParameters: 2\n"
		   "   Parameter[0]: 00000000\n"
		   "   Parameter[1]: 80000004\n"
		   "Attempt to read from address 80000004\n");
	scene_close(&s);
}

/* KDBG (KD-WIRE 7), and what it leads to. */
static void test_bug_check(void)
{
	static uint8_t head[8], kdbg[0x400];
	static const uint8_t data[40] = "\x33\x01\0\0\0\0\0\0" /* code */
					"\0\0\0\0\0\0\0\0\x83\x02\0\0\0\0\0\0"
					"\x82\x02\0\0\0\0\0\0";
	struct scene s;

	set_up(&s);
	scene_open(&s);
	CHECK_TEXT("none", scene_run(&s, ".bugcheck", KD_E_NOT_FOUND),
		   "nt!KiBugCheckData: not found.\n");
	scene_close(&s);
	memcpy(head, "\x00\x91\0\0\0\xf8\xff\xff", 8);
	memcpy(kdbg + 0x10, "KDBG\x80\x03\0", 8);
	memcpy(kdbg + 0x88, "\x00\x98\0\0\0\xf8\xff\xff", 8);
	s.session.version.flags |= KD_VERSION_DATA;
	s.session.version.debugger_data_list = 0xfffff80000009000;
	s.session.memory[4] =
		(struct fake_piece){ 0xfffff80000009000, head, sizeof(head) };
	s.session.memory[5] =
		(struct fake_piece){ 0xfffff80000009100, kdbg, sizeof(kdbg) };
	s.session.memory[6] =
		(struct fake_piece){ 0xfffff80000009800, data, sizeof(data) };
	scene_open(&s);
	CHECK_TEXT("it is there", scene_run(&s, ".bugcheck", KD_OK),
		   "Bugcheck code 00000133\n"
		   "Arguments 00000000`00000000 00000000`00000283 "
		   "00000000`00000282 00000000`00000000\n"
		   "\n"
		   "DPC_WATCHDOG_VIOLATION (133)\n"
		   "Too much time was spent at DISPATCH_LEVEL or above: in one "
		   "DPC, or in all of\n"
		   "them together.\n"
		   "Arguments:\n"
		   "Arg1: 0000000000000000, one DPC or interrupt routine took "
		   "too long; the stack\n"
		   "\tmost often shows which\n"
		   "Arg2: 0000000000000283, ticks that it has taken\n"
		   "Arg3: 0000000000000282, ticks allowed\n"
		   "Arg4: 0000000000000000\n");
	scene_close(&s);
}

static void test_record(void)
{
	struct scene s;

	set_up(&s);
	s.config.json = true;
	scene_open(&s);
	CHECK_ROW("exr",
		  strstr(scene_run(&s, ".exr fffff800`00005000", KD_OK),
			 "\"code\":3221225477,\"name\":\"Access violation\","
			 "\"flags\":1,\"parameters\":[\"0x1\",\"0x10\"]") !=
			  NULL);
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "32 bits", test_32_bits },
		{ "bug check", test_bug_check },
		{ "record", test_record },
	};

	return check_run("exceptions", tests, sizeof(tests) / sizeof(tests[0]));
}
