#include "kd_text.h"
#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FILE_MAX = 4096 };

static const char *content(const char *path, char buf[FILE_MAX])
{
	FILE *f = fopen(path, "r");
	size_t n = 0;

	CHECK_ROW(path, f != NULL);
	if (f) {
		n = fread(buf, 1, FILE_MAX - 1, f);
		fclose(f);
	}
	buf[n] = '\0';
	return buf;
}

/* Run "COMMAND PATH". */
static const char *run_on(struct scene *s, const char *command,
			  const char *path)
{
	char line[200];

	snprintf(line, sizeof(line), "%s %s", command, path);
	return scene_run(s, line, KD_OK);
}

static void test_log(void)
{
	char path[] = "/tmp/test-shell-XXXXXX", buf[FILE_MAX], want[200];
	int fd = mkstemp(path);
	struct scene s;

	CHECK(fd >= 0);
	if (fd < 0)
		return;
	close(fd);
	scene_init(&s);
	s.session.stop.processor_count = 2;
	scene_open(&s);
	snprintf(want, sizeof(want), "Opened log file '%s'\n", path);
	CHECK_TEXT("open", run_on(&s, ".logopen", path), want);
	scene_run(&s, ".echo one", KD_OK);
	snprintf(want, sizeof(want), "Closing open log file %s\n", path);
	CHECK_TEXT("close", scene_run(&s, ".logclose", KD_OK), want);
	scene_run(&s, ".echo not this", KD_OK);
	snprintf(want, sizeof(want),
		 "Opened log file '%s'\n0: kd> .echo one\none\n"
		 "0: kd> .logclose\nClosing open log file %s\n",
		 path, path);
	CHECK_TEXT("content", content(path, buf), want);

	run_on(&s, ".logappend", path);
	scene_close(&s);
	CHECK_ROW("appended", !strncmp(content(path, buf), want, strlen(want)));
	CHECK_ROW("appended", strlen(buf) > strlen(want));

	scene_open(&s);
	run_on(&s, ".logopen", path);
	scene_close(&s);
	CHECK_ROW("written anew", strlen(content(path, buf)) < strlen(want));
	unlink(path);
}

static uint64_t wall(void *ctx)
{
	(void)ctx;
	return 1109581550935000; /* 28 February 2005, 9:05:50.935 */
}

/* That file is opened, and only that. */
static void check_named(struct scene *s, const char *options, const char *name)
{
	char want[256];

	snprintf(want, sizeof(want), "Opened log file '%s'\n", name);
	CHECK_TEXT(options, run_on(s, ".logopen", options), want);
	scene_run(s, ".logclose", KD_OK);
	CHECK_ROW(name, unlink(name) == 0);
}

/* Where ".logopen /t" puts what time it is. */
static void test_log_stamp(void)
{
	static const struct {
		const char *given, *opened;
	} names[] = {
		{ "log.txt", "log_02BC_2005-02-28_09-05-50-935.txt" },
		{ "\"l o g.txt\"", "l o g_02BC_2005-02-28_09-05-50-935.txt" },
		{ "log", "log_02BC_2005-02-28_09-05-50-935" },
		{ ".log", ".log_02BC_2005-02-28_09-05-50-935" },
		{ "./a.b/log", "./a.b/log_02BC_2005-02-28_09-05-50-935" },
		{ "", "dbgeng_02BC_2005-02-28_09-05-50-935.log" },
	};
	static const uint8_t mapped[16] = { [10] = 0xff, [11] = 0xff, 192,
					    168,	 2,	      1 };
	char folder[] = "/tmp/test-shell-XXXXXX", here[200], want[200];
	struct scene s;

	CHECK(getcwd(here, sizeof(here)) != NULL);
	CHECK(mkdtemp(folder) && !chdir(folder) && !mkdir("a.b", 0700));
	scene_init(&s);
	s.config.wall_us = wall;
	s.config.process_id = 0x2bc;
	scene_open(&s);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(want, sizeof(want), "Opened log file '%s'\n",
			 names[i].opened);
		CHECK_TEXT("open", run_on(&s, ".logopen /t", names[i].given),
			   want);
		scene_run(&s, ".logclose", KD_OK);
		CHECK_ROW(names[i].opened, unlink(names[i].opened) == 0);
	}
	CHECK_TEXT("no other option", scene_run(&s, ".logopen /x", KD_E_ARG),
		   "There is no option '/x': a log takes /t, /u and /d.\n");
	CHECK_TEXT("two names", scene_run(&s, ".logopen /d x.txt", KD_E_ARG),
		   "'/d' chooses the log's name: leave 'x.txt' out, or the "
		   "option.\n");
	s.session.halted = false;
	check_named(&s, "/d", "target_running.log");
	s.session.halted = true;
	s.session.peer.port = 50000;
	memcpy(s.session.peer.address, mapped, sizeof(mapped));
	check_named(&s, "/d", "192.168.2.1_stopped.log");
	check_named(&s, "/t /d",
		    "192.168.2.1_stopped_02BC_2005-02-28_09-05-50-935.log");
	s.session.peer.address[0] = 0xfe;
	s.session.peer.scope = 3;
	CHECK_ROW("IPv6",
		  !strchr(strchr(scene_run(&s, ".logopen /d", KD_OK), '\''),
			  ':'));
	*strrchr(s.out, '\'') = '\0';
	CHECK_ROW("IPv6's file", !unlink(strchr(s.out, '\'') + 1));
	scene_close(&s);
	CHECK(!rmdir("a.b") && !chdir(here) && !rmdir(folder));
}

/* With "/u" it is UTF-16, which its beginning says, and only that. */
static void test_wide(void)
{
	char path[] = "/tmp/wide.XXXXXX", want[1024], line[64];
	uint8_t buf[4096];
	int fd = mkstemp(path);
	struct kd_text text = kd_text_over(want, sizeof(want));
	struct scene s;
	size_t len;
	FILE *f;

	CHECK(fd >= 0);
	if (fd < 0)
		return;
	close(fd);
	scene_init(&s);
	s.session.stop.processor_count = 2;
	scene_open(&s);
	snprintf(line, sizeof(line), "/u %s", path);
	for (unsigned round = 0; round < 2; round++) {
		run_on(&s, ".logappend", line);
		scene_run(&s, ".echo \xc3\xa9; .logclose", KD_OK);
		kd_text_add(&text,
			    "Opened log file '%s'\n"
			    "0: kd> .echo \xe9; .logclose\n\xe9\n"
			    "Closing open log file %s\n",
			    path, path);
	}
	scene_close(&s);
	f = fopen(path, "rb");
	CHECK(f != NULL);
	if (!f)
		return;
	len = fread(buf, 1, sizeof(buf), f);
	fclose(f);
	unlink(path);
	CHECK_EQ("length", len, 2 + 2 * strlen(want));
	CHECK_ROW("mark", buf[0] == 0xff && buf[1] == 0xfe);
	for (size_t i = 0; i < strlen(want) && 3 + 2 * i < len; i++)
		CHECK_EQ(want + i, buf[2 + 2 * i] | buf[3 + 2 * i] << 8,
			 (uint8_t)want[i]);
}

/* A disk that fills up is said once, and does not stop anything. */
static void test_full_disk(void)
{
	struct scene s;

	if (access("/dev/full", W_OK)) {
		check_skip("/dev/full is not there");
		return;
	}
	scene_init(&s);
	scene_open(&s);
	scene_run(&s, ".logopen /dev/full; .echo one; .echo two", KD_OK);
	CHECK_ROW("said", strstr(s.out, "The log file /dev/full cannot be "
					"written and is closed: ") != NULL);
	CHECK_ROW("goes on", strstr(s.out, "one\n") != NULL);
	CHECK_ROW("goes on", strstr(s.out, "two\n") != NULL);
	scene_run(&s, ".logclose", KD_E_STATE);
	scene_close(&s);
}

/* A print longer than any buffer, and cut in every place. */
static void test_long_print(void)
{
	static char text[5000];
	struct kd_event e = { .kind = KD_EV_PRINT, .text = text };
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	for (size_t i = 0; i + 1 < sizeof(text); i += 2)
		memcpy(text + i, "\xc3\xbc", 2);
	e.text_len = sizeof(text);
	scene_show(&s, &e);
	CHECK_EQ("all of it", s.len, sizeof(text));
	CHECK_ROW("unchanged", !memcmp(s.out, text, sizeof(text)));
	e.text++;
	e.text_len -= 2;
	scene_show(&s, &e);
	CHECK_ROW("half a character", !memcmp(s.out, "\xc2\xbc\xc3\xbc", 4));
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "log", test_log },
		{ "log with the time in its name", test_log_stamp },
		{ "log in UTF-16", test_wide },
		{ "full disk", test_full_disk },
		{ "long print", test_long_print },
	};

	return check_run("output", tests, sizeof(tests) / sizeof(tests[0]));
}
