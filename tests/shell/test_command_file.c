#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { PATH_LEN = 64, LINE_LEN = 256 };

/* Write a script, run it, and compare what it says. */
static void check_script(const char *form, const char *script,
			 const char *arguments, enum kd_status want_status,
			 const char *want)
{
	char path[PATH_LEN] = "/tmp/crashcart-script-XXXXXX";
	char line[LINE_LEN];
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");
	struct scene s;

	if (!CHECK(f != NULL))
		return;
	CHECK(fputs(script, f) >= 0);
	CHECK(fclose(f) == 0);
	snprintf(line, sizeof(line), "%s%s%s", form, path, arguments);
	scene_init(&s);
	scene_open(&s);
	CHECK_TEXT(script, scene_run(&s, line, want_status), want);
	s.config.no_files = true;
	scene_close(&s);
	scene_open(&s);
	CHECK_TEXT("not allowed", scene_run(&s, line, KD_E_UNSUPPORTED),
		   "Files may not be used here.\n");
	scene_close(&s);
	remove(path);
}

static void test_scripts(void)
{
	static const char block[] = ".if (1)\n{\n\t.echo a\n}\n.else\n{\n"
				    "\t.echo b\n}\n\n.echo c\n";
	static const char arguments[] = ".echo 1 ${$arg1}.\n"
					".block {.echo 3 ${$arg3}.}\n";

	check_script("$$<", ".echo a\r\n\n.echo b", "", KD_OK,
		     "kd> .echo a\na\nkd> \nkd> .echo b\nb\n");
	check_script("$<", ".echo a; .echo b\n", "", KD_OK,
		     "kd> .echo a; .echo b\na\nb\n");
	check_script("$$><", block, "; .echo d", KD_OK, "a\nc\nd\n");
	check_script("$>< ", block, "", KD_OK, "a\nc\n");
	check_script("$$><", "nosuch\n.echo a\n", "; .echo d", KD_E_NOT_FOUND,
		     "'nosuch' is not a command. '.help' lists all.\n");
	check_script("$$>a<", arguments, " \"First one\" Two; .echo d", KD_OK,
		     "1 First one.\n3 ${$arg3}.\nd\n");
	check_script("$$>a< ", arguments, " 1 2 3", KD_OK, "1 1.\n3 3.\n");
}

static void test_missing(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	CHECK_TEXT("no such file", scene_run(&s, "$$><\"/nosuch\"", KD_E_OS),
		   "Cannot open the file '/nosuch': No such file or "
		   "directory.\n");
	scene_run(&s, "$$>a<", KD_E_OS);
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "scripts", test_scripts },
		{ "missing", test_missing },
	};

	return check_run("script files", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
