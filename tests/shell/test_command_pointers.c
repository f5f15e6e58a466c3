#include "scene.h"

#include <string.h>

// clang-format off
static const uint8_t pointers[] =
	/* a string, code, nothing, nil */
	"\x00\x30\x00\x00\x00\xf8\xff\xff" "\x04\x10\x00\x00\x00\xf8\xff\xff"
	"\x78\x56\x34\x12\x00\x00\x00\x00" "\x00\x00\x00\x00\x00\x00\x00\x00"
	/* itself, UTF-16 */
	"\x00\x50\x00\x00\x00\xf8\xff\xff" "\x30\x50\x00\x00\x00\xf8\xff\xff"
	"a\0b\0c\0\0";

static const struct scene_row rows[] = {
	{ "dps fffff800`00005000 L2", KD_OK,
	  "fffff800`00005000  fffff800`00003000\n"
	  "fffff800`00005008  fffff800`00001004 nt+0x4\n" },
	/* goes on, and 16 of them are shown unless asked otherwise */
	{ "dps L2", KD_OK,
	  "fffff800`00005010  00000000`12345678\n"
	  "fffff800`00005018  00000000`00000000\n" },
	{ "dqs /c 2 fffff800`00005008 L2", KD_OK,
	  "fffff800`00005008  fffff800`00001004 nt+0x4 00000000`12345678\n" },
	{ "dds fffff800`00005008 L2", KD_OK,
	  "fffff800`00005008  00001004\n"
	  "fffff800`0000500c  fffff800\n" },
	{ "dpa fffff800`00005000 L3", KD_OK,
	  "fffff800`00005000  fffff800`00003000 \"Hello\"\n"
	  "fffff800`00005008  fffff800`00001004 \"$@H.l$HH.t$PH.|$XH..0A^.\"\n"
	  "fffff800`00005010  00000000`12345678 \"--- memory read error at address 0x00000000`12345678 ---\"\n" },
	{ "dpu fffff800`00005028 L1", KD_OK,
	  "fffff800`00005028  fffff800`00005030 \"abc\"\n" },
	{ "dpp fffff800`00005018 L2", KD_OK,
	  "fffff800`00005018  00000000`00000000 ????????`????????\n"
	  "fffff800`00005020  fffff800`00005000 fffff800`00003000\n" },
	/* what a pointer leads to has a symbol, too */
	{ "dpp fffff800`00005040 L1", KD_OK,
	  "fffff800`00005040  ????????`????????\n" },
	{ "dqp /p 0 L1", KD_OK,
	  "00000000`00000000  fffff800`00005008 fffff800`00001004 nt+0x4\n" },
	{ "d /p 0 L1", KD_OK,
	  "00000000`00000000  fffff800`00005008 fffff800`00001004 nt+0x4\n" },
	{ "dpa ffffffff`fffffff0 L4", KD_OK,
	  "ffffffff`fffffff0  ????????`????????\n"
	  "ffffffff`fffffff8  ????????`????????\n" },
	{ "dps nosuch", KD_E_NOT_FOUND, "Couldn't resolve error at 'nosuch'.\n" },
};
// clang-format on

static void open_scene(struct scene *s)
{
	scene_init(s);
	s->session.memory[3] =
		(struct fake_piece){ SCENE_CODE + 0x4000, pointers, 0x38 };
	s->session.physical[0] =
		(struct fake_piece){ 0, "\x08\x50\x00\x00\x00\xf8\xff\xff", 8 };
	s->session.modules[0] = (struct kd_module){ .base = SCENE_CODE,
						    .size = 0x1000,
						    .name = "nt" };
	s->session.module_count = 1;
	scene_open(s);
	scene_run(s, "lm", KD_OK);
}

static void test_rows(void)
{
	struct scene s;

	open_scene(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_close(&s);
}

static void test_record(void)
{
	struct scene s;

	open_scene(&s);
	scene_close(&s);
	s.config.json = true;
	scene_open(&s);
	CHECK_ROW("text",
		  strstr(scene_run(&s, "dpa fffff800`00005000 L1", KD_OK),
			 "\"rows\":[{\"address\":\"0xfffff80000005000\","
			 "\"value\":\"0xfffff80000003000\","
			 "\"text\":\"Hello\"}]") != NULL);
	scene_close(&s);
}

/* A pointer that does not come ends it, and so does Ctrl-C. */
static void test_failures(void)
{
	struct scene s;

	open_scene(&s);
	s.session.reads = 0;
	s.session.reads_max = 1;
	CHECK_TEXT("no more reads",
		   scene_run(&s, "dpp fffff800`00005000 L2", KD_E_CANCELED),
		   "Cannot read memory at fffff800`00005000: canceled.\n");
	s.session.reads_max = 0;
	s.session.canceled = true;
	CHECK_TEXT("asked", scene_run(&s, "dps 0 L2", KD_E_CANCELED),
		   "Cannot read memory at 00000000`00000000: canceled.\n");
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "record", test_record },
		{ "failures", test_failures },
	};

	return check_run("pointers", tests, sizeof(tests) / sizeof(tests[0]));
}
