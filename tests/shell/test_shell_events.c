#include "scene.h"

#include <string.h>

#define CODE "fffff800`00001000 cc              int     3\n"

static struct kd_event text_event(enum kd_event_kind kind, const char *text)
{
	return (struct kd_event){ .kind = kind,
				  .time_us = 12345678,
				  .text = text,
				  .text_len = strlen(text) };
}

// clang-format off
static const struct {
	const char *name;
	enum kd_event_kind kind;
	const char *text, *want;
} texts[] = {
	{ "print",        KD_EV_PRINT,   "hello\n", "hello\n" },
	{ "escape",       KD_EV_PRINT,   "\x1b]0;owned\a\n", "\\x1b]0;owned\\x07\n" },
	{ "part",         KD_EV_PRINT,   "no end", "no end" },
	{ "goes on",      KD_EV_PRINT,   "ing\n", "ing\n" },
	{ "prompt",       KD_EV_PROMPT,  "Break, Ignore (bi)? ", "Break, Ignore (bi)? " },
	{ "command",      KD_EV_COMMAND, "!x", "\nThe target sent a debugger command, which was not run: !x\n" },
	{ "file request", KD_EV_FILE_REQUEST, "\\a.sys", "" },
	{ "running",      KD_EV_RUNNING, "", "" },
	{ "done",         KD_EV_DONE,    "", "" },
	{ "lost",         KD_EV_LOST,    "", "The target does not answer any more. We keep listening: it may come back by itself.\n" },
	{ "rebooted",     KD_EV_REBOOTED, "", "The target has rebooted. What was known of it is forgotten.\n" },
};
// clang-format on

static void test_texts(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		struct kd_event e = text_event(texts[i].kind, texts[i].text);

		CHECK_TEXT(texts[i].name, scene_show(&s, &e), texts[i].want);
	}
	scene_close(&s);
}

static uint64_t wall(void *ctx)
{
	(void)ctx;
	return 0;
}

static void test_time_stamps(void)
{
	struct kd_event part = text_event(KD_EV_PRINT, "a");
	struct kd_event rest = text_event(KD_EV_PRINT, "b\n");
	struct kd_event file = text_event(KD_EV_FILE_REQUEST, "\\a.sys");
	struct scene s;

	scene_init(&s);
	file.file.status = KD_E_NOT_FOUND;
	s.config.time_stamps = true;
	s.config.verbose = true;
	scene_open(&s);
	CHECK_TEXT("part", scene_show(&s, &part), "[12.345678] a");
	CHECK_TEXT("the same line", scene_show(&s, &rest), "b\n");
	CHECK_TEXT("verbose", scene_show(&s, &file),
		   "[12.345678] The target asked for \\a.sys, and was told "
		   "that there is no such file here.\n");
	scene_close(&s);

	s.config.wall_us = wall;
	scene_open(&s);
	CHECK_TEXT("wall clock", scene_show(&s, &rest),
		   "[12.345678 Thu Jan  1 00:00:00.000 1970 (UTC + 0:00)] "
		   "b\n");
	scene_close(&s);
}

static void test_attached(void)
{
	static const uint8_t address[] = { 0, 0, 0,    0,    0,	  0,   0, 0,
					   0, 0, 0xff, 0xff, 169, 182, 1, 1 };
	struct kd_event e = { .kind = KD_EV_ATTACHED };
	struct scene s;

	scene_init(&s);
	memcpy(s.session.peer.address, address, sizeof(address));
	s.session.peer.port = 5364;
	s.config.local_port = 50005;
	scene_open(&s);
	CHECK_TEXT("stopped", scene_show(&s, &e),
		   "Connected to target 169.182.1.1 on port 50005\n");
	s.session.halted = false;
	CHECK_TEXT("running", scene_show(&s, &e),
		   "Connected to target 169.182.1.1 on port 50005\n"
		   "Attached; the target is running. Ctrl-C breaks in.\n");
	s.session.peer.port = 0;
	CHECK_TEXT("line", scene_show(&s, &e),
		   "Attached; the target is running. Ctrl-C breaks in.\n");
	scene_close(&s);
}

static bool local(void *ctx, const struct kd_endpoint *peer,
		  struct kd_endpoint *ret)
{
	(void)ctx;
	*ret = *peer;
	ret->address[15]++;
	return true;
}

static void test_attached_more(void)
{
	struct kd_event e = { .kind = KD_EV_ATTACHED };
	struct scene s;

	scene_init(&s);
	s.session.peer.address[15] = 1;
	s.session.peer.port = 1;
	s.config.local_port = 50005;
	s.config.local_address = local;
	scene_open(&s);
	CHECK_TEXT("both", scene_show(&s, &e),
		   "Connected to target ::1 on port 50005 on local IP ::2\n");
	scene_close(&s);

	s.session.peer.port = 0;
	s.session.halted = false;
	s.config.initial_break = true;
	scene_open(&s);
	CHECK_TEXT("with -b", scene_show(&s, &e),
		   "Attached; the target is being stopped.\n");
	scene_close(&s);
}

// clang-format off
static const char box[] =
	"Break instruction exception - code 80000003 (first chance)\n"
	"*******************************************************************************\n"
	"*                                                                             *\n"
	"*   You are seeing this message because you pressed either                    *\n"
	"*       CTRL+C (if you run console kernel debugger) or,                       *\n"
	"*       CTRL+BREAK (if you run GUI kernel debugger),                          *\n"
	"*   on your debugger machine's keyboard.                                      *\n"
	"*                                                                             *\n"
	"*                   THIS IS NOT A BUG OR A SYSTEM CRASH                       *\n"
	"*                                                                             *\n"
	"* If you did not intend to break into the debugger, press the \"g\" key, then   *\n"
	"* press the \"Enter\" key now.  This message might immediately reappear.  If it *\n"
	"* does, press \"g\" and \"Enter\" again.                                          *\n"
	"*                                                                             *\n"
	"*******************************************************************************\n"
	CODE;
// clang-format on

static void test_stops(void)
{
	struct kd_event e = { .kind = KD_EV_STOPPED };
	struct kd_event check = { .kind = KD_EV_BUG_CHECK };
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	e.stop = s.session.stop;
	scene_show(&s, &e);

	e.stop.exception.code = 0xc0000005;
	e.stop.exception.first_chance = false;
	CHECK_TEXT("second chance", scene_show(&s, &e),
		   "Access violation - code c0000005 (!!! second chance "
		   "!!!)\n" CODE);
	e.stop = s.session.stop;
	CHECK_TEXT("bug check", scene_show(&s, &check), "");
	CHECK_TEXT("bug check", scene_show(&s, &e),
		   "Break instruction exception - code 80000003 (first "
		   "chance)\n\nA fatal system error has occurred.\n\n" CODE);
	CHECK_TEXT("only once", scene_show(&s, &e),
		   "Break instruction exception - code 80000003 (first "
		   "chance)\n" CODE);
	e.stop.break_in = true;
	CHECK_TEXT("break-in", scene_show(&s, &e), box);
	s.session.reads = 0;
	scene_show(&s, &e);
	CHECK_EQ("no request for what the stop tells", s.session.reads, 0);
	e.stop = s.session.stop;
	e.stop.report_valid = false;
	CHECK_TEXT("read", scene_show(&s, &e),
		   "Break instruction exception - code 80000003 (first "
		   "chance)\n" CODE);
	CHECK_EQ("read", s.session.reads, 1);
	scene_close(&s);
}

static const char *module(struct scene *s, enum kd_event_kind kind,
			  uint64_t base, const char *path)
{
	struct kd_event e = { .kind = kind,
			      .module = { .base = base,
					  .size = 0x47000,
					  .path = path,
					  .path_len = strlen(path) } };

	return scene_show(s, &e);
}

static void test_modules(void)
{
	struct scene s;
	struct kd_event e = { .kind = KD_EV_STOPPED };

	scene_init(&s);
	scene_open(&s);
	CHECK_TEXT("load",
		   module(&s, KD_EV_MODULE_LOADED, 0xfffff80018510000,
			  "\\SystemRoot\\system32\\kdnet.dll"),
		   "ModLoad: fffff800`18510000 fffff800`18557000   "
		   "kdnet.dll\n");
	CHECK_TEXT("escape", module(&s, KD_EV_MODULE_LOADED, 0, "\x1b[0m"),
		   "ModLoad: 00000000`00000000 00000000`00047000   "
		   "\\x1b[0m\n");
	CHECK_TEXT("unload",
		   module(&s, KD_EV_MODULE_UNLOADED, 0xfffff80018510000,
			  "kdnet.dll"),
		   "Unload module kdnet.dll at fffff800`18510000\n");
	/* the kernel is "nt", whatever its file is called */
	module(&s, KD_EV_MODULE_LOADED, 0xfffff80000000000, "ntkrnlmp.exe");
	e.stop = s.session.stop;
	scene_show(&s, &e);
	CHECK_TEXT("where it stands", scene_show(&s, &e),
		   "Break instruction exception - code 80000003 (first "
		   "chance)\nnt+0x1000:\n" CODE);
	CHECK_TEXT("shutdown",
		   module(&s, KD_EV_MODULE_UNLOADED, UINT64_MAX, ""),
		   "Shutdown occurred...unloading all symbol tables.\n"
		   "Waiting to reconnect...\n");
	CHECK_TEXT("forgotten", scene_show(&s, &e),
		   "Break instruction exception - code 80000003 (first "
		   "chance)\n" CODE);
	scene_close(&s);
}

static void test_notice(void)
{
	struct kd_event e = { .kind = KD_EV_NOTICE,
			      .notice = { .what = KD_NOTICE_SILENCE } };
	struct kd_event part = text_event(KD_EV_PRINT, "part");
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	scene_show(&s, &e);
	CHECK(strstr(s.out, "Nothing has arrived on UDP port 50000 yet.") ==
	      s.out);
	CHECK(s.out[s.len - 1] == '\n');
	scene_show(&s, &part);
	scene_show(&s, &e);
	CHECK_ROW("a line of its own", s.out[0] == '\n');
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "texts", test_texts },
		{ "time stamps", test_time_stamps },
		{ "attached", test_attached },
		{ "local address, -b", test_attached_more },
		{ "stops", test_stops },
		{ "modules", test_modules },
		{ "notice", test_notice },
	};

	return check_run("events", tests, sizeof(tests) / sizeof(tests[0]));
}
