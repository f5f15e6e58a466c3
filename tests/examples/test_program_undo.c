/*
 * Whatever crashcart changed in a target is as it was when it is gone: at
 * once if it could leave in order, by --undo if it was killed.
 */

#include "check.h"
#include "talk.h"
#include "target.h"

#include <dirent.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define QUESTION "Break, Ignore (bi)? "
#define BYTES	 "db nt+10 L10"
#define ORIGINAL                                                               \
	"fffff803`12000010  00 00 00 00 00 00 00 00-00 00 00 00 00 00 00 00"
#define CHANGED                                                                \
	"fffff803`12000010  00 00 11 22 33 00 00 00-00 00 00 00 00 00 00 00"

static const char *const no_env[] = { NULL };
static const char *const asks[] = {
	"--ask", QUESTION, "--poke-interval-ms", "20", "--retransmit-ms",
	"20",	 NULL
};

/* Files in the folder of journals. */
static size_t journals(const struct target *t)
{
	char folder[PATH_LEN + 64];
	size_t n = 0;

	snprintf(folder, sizeof(folder), "%s/crashcart/journals", t->folder);
	DIR *d = opendir(folder);

	while (d) {
		const struct dirent *e = readdir(d);

		if (!e)
			break;
		n += e->d_name[0] != '.';
	}
	if (d)
		closedir(d);
	return n;
}

/* A session that changes code and data, up to here. */
static bool change(const char *name, struct talk *talk, struct target *t)
{
	const char *argv[] = { run_crashcart(), "-k", t->link, NULL };

	if (!CHECK_ROW(name, talk_start(talk, argv, no_env, false)))
		return false;
	talk_await(talk, QUESTION);
	talk_say(talk, "b\n");
	talk_await(talk, "cc              int     3\n");
	talk_say(talk, BYTES "\n");
	talk_await(talk, ORIGINAL);
	talk_say(talk, "eb nt+12 11 22 33; " BYTES "\n");
	return talk_await(talk, CHANGED);
}

// clang-format off
static const struct {
	const char *name;
	const char *say;  /* NULL: nothing */
	int signal;       /* 0: none; input ends instead if nothing is said */
	int code;
	size_t journals;  /* that are left */
	const char *again; /* what the next session is given */
	size_t offers, undone, original, changed; /* what it says */
} rows[] = {
	{ "q",            "q\n", 0,       0,   0, "-b",     0, 0, 1, 0 },
	{ "qd",           "qd\n", 0,      0,   0, "-b",     0, 0, 1, 0 },
	{ "end of input", NULL,  0,       0,   0, "-b",     0, 0, 1, 0 },
	{ "SIGTERM",      NULL,  SIGTERM, 130, 0, "-b",     0, 0, 1, 0 },
	{ "SIGHUP",       NULL,  SIGHUP,  130, 0, "-b",     0, 0, 1, 0 },
	{ "kill -9",      NULL,  SIGKILL, 137, 1, "--undo", 1, 1, 1, 0 },
	{ "only offered", NULL,  SIGKILL, 137, 1, "-b",     1, 0, 0, 1 },
};
// clang-format on

static void check_again(size_t i, struct target *t)
{
	const char *name = rows[i].name;
	const char *argv[] = { run_crashcart(), "-k",	  t->link, "-b",
			       rows[i].again,	"--wait", "60",	   NULL };
	struct run_result r;

	run_program(argv, NULL, BYTES "\nq\n", &r);
	CHECK_EQ(name, r.code, 0);
	has(name, &r, "An earlier session left 1 change in this target",
	    rows[i].offers);
	has(name, &r, "fffff803`12000012  edit: restored\n", rows[i].undone);
	has(name, &r, ORIGINAL, rows[i].original);
	has(name, &r, CHANGED, rows[i].changed);
	/* what was only offered is offered again */
	CHECK_EQ(name, journals(t), rows[i].changed);
	run_free(&r);
}

static void test_in(enum how how)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static struct talk talk;
		const char *name = rows[i].name;
		struct target t;

		/* the link matters to those who do not leave by themselves */
		if (how != NET && !rows[i].signal)
			continue;
		if (!CHECK_ROW(name, target_start(&t, how, asks)) ||
		    !change(name, &talk, &t))
			continue;
		CHECK_EQ(name, journals(&t), 1);
		if (rows[i].say)
			talk_say(&talk, rows[i].say);
		if (rows[i].signal)
			talk_signal(&talk, rows[i].signal);
		else if (!rows[i].say)
			talk_end_input(&talk);
		CHECK_EQ(name, talk_end(&talk), rows[i].code);
		CHECK_EQ(name, journals(&t), rows[i].journals);
		check_again(i, &t);
		target_stop_at(name, &t, "runs");
	}
}

static void test_net(void)
{
	test_in(NET);
}

static void test_stream(void)
{
	test_in(UNIX_SOCKET);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "net", test_net },
		{ "stream", test_stream },
	};

	return check_run("program undo", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
