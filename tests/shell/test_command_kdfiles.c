#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[64];

/* A file of the test's own. */
static void write_map(const char *text)
{
	strcpy(path, "/tmp/kdfiles-XXXXXX");
	int fd = mkstemp(path);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "w");

	if (!CHECK(f != NULL))
		return;
	fputs(text, f);
	fclose(f);
}

/* The command with the file in quotes behind it. */
static const char *run_with_path(struct scene *s, const char *command,
				 enum kd_status want)
{
	char line[256];

	snprintf(line, sizeof(line), "%s \"%s\"", command, path);
	return scene_run(s, line, want);
}

static void test_load(void)
{
	static struct scene s;
	char want[512];

	scene_init(&s);
	scene_open(&s);
	CHECK_TEXT("none", scene_run(&s, ".kdfiles", KD_OK),
		   "There are no KD file associations.\n");
	write_map(
		"# drivers\r\n\r\nmap\r\n\\Systemroot\\a.sys\r\n/new/a.sys\r\n"
		"MAP\n b.sys \n/new/b b.sys\n");
	snprintf(want, sizeof(want), "KD file associations loaded from '%s'\n",
		 path);
	CHECK_TEXT("load", run_with_path(&s, ".kdfiles", KD_OK), want);
	CHECK_EQ("load", s.session.serves, 1);
	CHECK_TEXT("add",
		   scene_run(&s, ".kdfiles -m c.sys \"/new/c c.sys\"", KD_OK),
		   "");
	CHECK_EQ("once", s.session.serves, 1);
	s.session.mapping[1].shown.opened = 2;
	s.session.mapping[1].shown.bytes = 12345;
	s.session.mapping[2].shown.failed = 1;
	snprintf(want, sizeof(want),
		 "KD file associations loaded from '%s'\n"
		 "\\Systemroot\\a.sys -> /new/a.sys\n"
		 "b.sys -> /new/b b.sys\n"
		 "    asked for 2 times, 12345 bytes sent\n"
		 "c.sys -> /new/c c.sys\n"
		 "    could not be opened 1 time\n",
		 path);
	CHECK_TEXT("show", scene_run(&s, ".kdfiles", KD_OK), want);
	snprintf(want, sizeof(want), "KD file associations saved to '%s'\n",
		 path);
	CHECK_TEXT("save", run_with_path(&s, ".kdfiles -s", KD_OK), want);
	CHECK_TEXT("clear", scene_run(&s, ".kdfiles -c", KD_OK), "");
	CHECK_TEXT("clear", scene_run(&s, ".kdfiles", KD_OK),
		   "There are no KD file associations.\n");
	run_with_path(&s, ".kdfiles", KD_OK);
	CHECK_EQ("what was saved is read", s.session.mapping_count, 3);
	CHECK_TEXT("what was saved is read", s.session.mapping[2].new_path,
		   "/new/c c.sys");
	unlink(path);
	scene_close(&s);
}

static void test_mistakes(void)
{
	static struct scene s;
	char want[512];

	scene_init(&s);
	scene_open(&s);
	scene_run(&s, ".kdfiles -m a.sys /new/a.sys", KD_OK);
	CHECK_TEXT("no file", scene_run(&s, ".kdfiles /no/such/map", KD_E_OS),
		   "Cannot open the file '/no/such/map': No such file or "
		   "directory.\nUnable to load file associations\n");
	write_map("map\nb.sys\n# not here\n/new/b.sys\n");
	snprintf(want, sizeof(want),
		 "'%s': line 3 of the map should be the path of the file to "
		 "be used instead.\nUnable to load file associations\n",
		 path);
	CHECK_TEXT("broken", run_with_path(&s, ".kdfiles", KD_E_FORMAT), want);
	CHECK_EQ("the old map is kept", s.session.mapping_count, 1);
	unlink(path);
	CHECK_TEXT("one path", scene_run(&s, ".kdfiles -m a.sys", KD_E_ARG),
		   "'.kdfiles -m' takes the target's path and ours, in quotes "
		   "if there are blanks in them.\n");
	CHECK_TEXT("no path", scene_run(&s, ".kdfiles -s ", KD_E_FORMAT),
		   "Syntax error at '-s'.\n");
	CHECK_TEXT("switch", scene_run(&s, ".kdfiles -x", KD_E_FORMAT),
		   "Syntax error at '-x'.\n");
	scene_close(&s);
	scene_init(&s);
	s.config.no_files = true;
	scene_open(&s);
	CHECK_TEXT("no files",
		   scene_run(&s, ".kdfiles -m a b", KD_E_UNSUPPORTED),
		   "Files may not be used here.\n");
	CHECK_TEXT("no files", scene_run(&s, ".kdfiles", KD_OK),
		   "There are no KD file associations.\n");
	scene_close(&s);
}

static void test_event(void)
{
	static struct scene s;
	struct kd_event e = { .kind = KD_EV_FILE_REQUEST,
			      .text = "\\SystemRoot\\a.sys",
			      .text_len = 17,
			      .file = { .mapped = true, .len = 4711 } };

	scene_init(&s);
	scene_open(&s);
	scene_run(&s, ".kdfiles -m a.sys /new/a.sys", KD_OK);
	CHECK_TEXT("served", scene_show(&s, &e),
		   "KD: Accessing '/new/a.sys' (\\SystemRoot\\a.sys)\n"
		   "  File size 4711 bytes.\n");
	e.file.status = KD_E_OS;
	e.file.os_error = 2;
	CHECK_TEXT(
		"not there", scene_show(&s, &e),
		"KD: Cannot open '/new/a.sys' (\\SystemRoot\\a.sys): No such "
		"file or directory. The target takes its own.\n");
	e.file = (struct kd_file_event){ .status = KD_E_NOT_FOUND };
	CHECK_TEXT("not mapped", scene_show(&s, &e), "");
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "load", test_load },
		{ "mistakes", test_mistakes },
		{ "event", test_event },
	};

	return check_run("command kdfiles", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
