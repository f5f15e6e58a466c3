/*
 * What the options do, and what must never show.
 */

#include "check.h"
#include "target.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *const quick[] = { "--poke-interval-ms", "20",
				     "--retransmit-ms", "20", NULL };

/* However the key is given, and even with -v, it is in no output. */
static void test_key(void)
{
	char file[] = "/tmp/crashcart-key-XXXXXX";
	int fd = mkstemp(file);
	struct target t;
	char with_key[TEXT_LEN], with_file[TEXT_LEN], without[TEXT_LEN];
	const struct {
		const char *name, *link, *env;
	} rows[] = {
		{ "typed", with_key, NULL },
		{ "in a file", with_file, NULL },
		{ "in the environment", without, "CRASHCART_KEY=1.2.3.4" },
	};

	if (!CHECK(fd >= 0 && write(fd, "1.2.3.4\n", 8) == 8))
		return;
	close(fd);
	if (!CHECK(target_start(&t, NET, quick)))
		return;
	snprintf(without, sizeof(without), "net:port=%u", t.port);
	snprintf(with_key, sizeof(with_key), "net:port=%u,key=1.2.3.4", t.port);
	snprintf(with_file, sizeof(with_file), "net:port=%u,key=@%s", t.port,
		 file);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *argv[] = {
			run_crashcart(), "-k", rows[i].link, "-v", "-b", NULL
		};
		struct run_result r;

		run_program(argv, rows[i].env, "r rip\n", &r);
		CHECK_EQ(rows[i].name, r.code, 0);
		has(rows[i].name, &r, "\nrip=fffff803", 1);
		CHECK_ROW(rows[i].name, lines_in(r.err) > 0);
		CHECK_EQ(rows[i].name, count(r.out, "1.2.3.4"), 0);
		CHECK_EQ(rows[i].name, count(r.err, "1.2.3.4"), 0);
		run_free(&r);
	}
	unlink(file);
	target_stop("key", &t);
}

static size_t count_in_file(const char *path, const char *needle)
{
	static char text[1 << 16];
	FILE *f = fopen(path, "r");
	size_t len;

	if (!CHECK_ROW(path, f != NULL))
		return 0;
	len = fread(text, 1, sizeof(text) - 1, f);
	text[len] = 0;
	fclose(f);
	return count(text, needle);
}

static void test_log(void)
{
	static const struct {
		const char *option;
		size_t times; /* that the session is in the file */
	} rows[] = {
		{ "-logo", 1 },
		{ "-loga", 2 },
		{ "-loga", 3 },
		{ "-logo", 1 },
	};
	struct target t;
	char file[PATH_LEN + 32];

	if (!CHECK(target_start(&t, UNIX_SOCKET, quick)))
		return;
	snprintf(file, sizeof(file), "%s/a log; of mine", t.folder);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *name = rows[i].option;
		const char *argv[] = {
			run_crashcart(), "-k", t.link, "-b", name, file, NULL
		};
		struct run_result r;

		run_program(argv, NULL, "r rip\n", &r);
		CHECK_EQ(name, r.code, 0);
		has(name, &r, "Opened log file '", 1);
		run_free(&r);
		CHECK_EQ(name,
			 count_in_file(file, "Kernel Debugger connection"),
			 rows[i].times);
		CHECK_EQ(name,
			 count_in_file(file, "\n0: kd> r rip\nrip=fffff803"),
			 rows[i].times);
	}
	unlink(file);
	target_stop("log", &t);
}

static void test_log_cannot_be_written(void)
{
	struct target t;
	const char *argv[] = { run_crashcart(),	 "-k", t.link, "-logo",
			       "/nonexistent/l", NULL };
	struct run_result r;

	if (!CHECK(target_start(&t, UNIX_SOCKET, quick)))
		return;
	run_program(argv, NULL, "", &r);
	CHECK_EQ("log", r.code, 1);
	has("log", &r, "Cannot open the log file '/nonexistent/l'", 1);
	run_free(&r);
	target_stop("log", &t);
}

static void test_first_load(void)
{
	for (enum how how = NET; how <= UNIX_SOCKET; how++) {
		const char *name = how_name(how);
		struct target t;
		const char *argv[] = { run_crashcart(), "-k", t.link, "-d",
				       "--timestamps",	NULL };
		struct run_result r;

		if (!CHECK_ROW(name, target_start(&t, how, quick)))
			continue;
		run_program(argv, NULL, ".echo the first\nqd\n", &r);
		CHECK_EQ(name, r.code, 0);
		has(name, &r, "ModLoad: ", 1);
		has(name, &r, "] ModLoad: fffff803`12000000 ", 1);
		has(name, &r, "\n0: kd> .echo the first\nthe first\n", 1);
		run_free(&r);
		target_stop_at(name, &t, "stands still");
	}
}

/* Nobody is there to ask, so it is not done. */
static void test_crash(void)
{
	struct target t;
	const char *argv[] = { run_crashcart(), "-k", t.link, "-d", NULL };
	struct run_result r;

	if (!CHECK(target_start(&t, UNIX_SOCKET, quick)))
		return;
	run_program(argv, NULL, ".crash\nqd\n", &r);
	CHECK_EQ(".crash", r.code, 1);
	has(".crash", &r, "Nobody is here to confirm '.crash': not done. ", 1);
	run_free(&r);
	target_stop_at(".crash", &t, "stands still");
}

/* Rebooted, the target is attached again, and stopped again by -b. */
static void test_reboot(void)
{
	for (enum how how = NET; how <= UNIX_SOCKET; how++) {
		const char *name = how_name(how);
		struct target t;
		const char *argv[] = { run_crashcart(), "-k", t.link, "-b",
				       NULL };
		struct run_result r;

		if (!CHECK_ROW(name, target_start(&t, how, quick)))
			continue;
		run_program(argv, NULL, ".reboot\n.echo again\nqd\n", &r);
		CHECK_EQ(name, r.code, 0);
		has(name, &r, "The target has rebooted.", 1);
		has(name, &r, "Lab kernel of build 22621", 2);
		has(name, &r, "Kernel Debugger connection established.", 2);
		has(name, &r, "\n0: kd> .echo again\nagain\n", 1);
		run_free(&r);
		target_stop_at(name, &t, "stands still");
	}
}

/* The map is there before the first line is; one that cannot be read ends. */
static void test_file_map(void)
{
	char file[] = "/tmp/crashcart-map-XXXXXX";
	char env[sizeof("_NT_KD_FILES=") + sizeof(file)];
	static const char map[] = "map\n\\drivers\\lab.sys\n/new/lab.sys\n";
	int fd = mkstemp(file);
	struct target t;
	const char *argv[] = { run_crashcart(), "-k", t.link, "-b", NULL };
	struct run_result r;

	if (!CHECK(fd >= 0 &&
		   write(fd, map, sizeof(map) - 1) == (ssize_t)sizeof(map) - 1))
		return;
	close(fd);
	snprintf(env, sizeof(env), "_NT_KD_FILES=%s", file);
	if (!CHECK(target_start(&t, UNIX_SOCKET, quick)))
		return;
	run_program(argv, env, ".kdfiles\nq\n", &r);
	CHECK_EQ("map", r.code, 0);
	has("map", &r, "KD file associations loaded from '/tmp/", 2);
	has("map", &r, "\n\\drivers\\lab.sys -> /new/lab.sys\n", 1);
	run_free(&r);
	unlink(file);
	run_program(argv, env, ".kdfiles\nq\n", &r);
	CHECK_EQ("no map", r.code, 1);
	has("no map", &r, "Unable to load file associations\n", 1);
	has("no map", &r, "attached", 0);
	run_free(&r);
	target_stop("map", &t);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "key", test_key },
		{ "log", test_log },
		{ "log cannot be written", test_log_cannot_be_written },
		{ "first load", test_first_load },
		{ "crash", test_crash },
		{ "reboot", test_reboot },
		{ "file map", test_file_map },
	};

	return check_run("program options", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
