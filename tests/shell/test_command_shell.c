#include "scene.h"

#include <string.h>

// clang-format off
static const struct scene_row rows[] = {
	{ ".echo", KD_OK, "\n" },
	{ ".echo hello  world", KD_OK, "hello  world\n" },
	{ ".echo \"a;b\"", KD_OK, "a;b\n" },
	{ ".echo say \"a;b\"", KD_OK, "say \"a;b\"\n" },
	{ ".echo \x1b[2J", KD_OK, "\\x1b[2J\n" },
	{ ".help db", KD_OK,
	  "db [/c COLUMNS] [/p | /p[c] | /p[uc] | /p[wc]] [ADDRESS [L COUNT | END]]\n"
	  "    show memory as bytes and characters\n"
	  "    The target has to stand still.\n" },
	{ ".help q", KD_OK,
	  "q\n    undo what we changed, let the target run, and leave\n" },
	{ ".help nosuch", KD_E_NOT_FOUND,
	  "There is no command 'nosuch'. '.help' lists all.\n" },
	{ ".logclose", KD_E_STATE, "No log file is open.\n" },
	{ ".logopen /nosuch/folder/x.log", KD_E_OS,
	  "Cannot open the log file '/nosuch/folder/x.log': No such file or directory.\n" },
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

static void test_help_lists_all(void)
{
	struct scene s;
	const char *name;
	size_t lines = 0, commands = 0;

	scene_init(&s);
	scene_open(&s);
	scene_run(&s, ".help", KD_OK);
	for (const char *at = s.out; (at = strchr(at, '\n')); at++)
		lines++;
	for (; (name = kd_shell_command_name(commands)); commands++)
		CHECK_ROW(name, strstr(s.out, name) != NULL);
	CHECK_EQ("a line each", lines, commands);
	scene_close(&s);
}

static void test_version(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	CHECK_TEXT("vertarget", scene_run(&s, "vertarget", KD_OK),
		   "Windows 10 Kernel Version 10586 MP (1 procs) Free x64\n"
		   "Kernel base = 0xfffff800`00000000 PsLoadedModuleList = "
		   "0xfffff800`002a2e60\n");
	scene_run(&s, "version", KD_OK);
	CHECK(strstr(s.out, "Kernel Version 10586") != NULL);
	CHECK(strstr(s.out, "\ncrashcart ") != NULL);
	s.session.halted = false;
	scene_run(&s, "vertarget", KD_OK);
	CHECK(strstr(s.out, "Version 10586 MP Free x64") != NULL);
	s.session.version.machine = 0;
	CHECK_TEXT("not yet", scene_run(&s, "vertarget", KD_E_STATE),
		   "The target's version is not known before its first "
		   "stop.\n");
	scene_run(&s, "version", KD_OK);
	CHECK(!strncmp(s.out, "crashcart ", 10));
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "help lists all", test_help_lists_all },
		{ "version", test_version },
	};

	return check_run("shell commands", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
