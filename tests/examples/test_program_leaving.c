/*
 * However crashcart ends, the target is left as it should be: running, or
 * as it stands; never waiting for somebody who has gone.
 */

#include "check.h"
#include "talk.h"
#include "target.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A question that waits for an answer; the rest of the boot is over then. */
#define QUESTION "Break, Ignore (bi)? "

static const char *const no_env[] = { NULL };
static const char *const asks[] = {
	"--ask", QUESTION, "--poke-interval-ms", "20", "--retransmit-ms",
	"20",	 NULL
};

/* Through the boot, which ends with the question, to a stop. */
static bool stop(const char *name, struct talk *talk, struct target *t)
{
	const char *argv[] = { run_crashcart(), "-k", t->link, NULL };

	if (!CHECK_ROW(name, talk_start(talk, argv, no_env, false)))
		return false;
	talk_await(talk, QUESTION);
	talk_say(talk, "b\n");
	return talk_await(talk,
			  "fffff803`12001000 cc              int     3\n");
}

// clang-format off
static const struct {
	const char *name;
	const char *say; /* NULL: nothing */
	int signal;      /* 0: none; input ends instead if nothing is said */
	int code;
} rows[] = {
	{ "q",            "q\n", 0,       0 },
	{ "end of input", NULL,  0,       0 },
	{ "SIGTERM",      NULL,  SIGTERM, 130 },
	{ "SIGHUP",       NULL,  SIGHUP,  130 },
};
// clang-format on

static void test_stopped(enum how how)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		static struct talk talk;
		const char *name = rows[i].name;
		struct target t;

		if (!CHECK_ROW(name, target_start(&t, how, asks)) ||
		    !stop(name, &talk, &t))
			continue;
		if (rows[i].say)
			talk_say(&talk, rows[i].say);
		if (rows[i].signal)
			talk_signal(&talk, rows[i].signal);
		else if (!rows[i].say)
			talk_end_input(&talk);
		CHECK_EQ(name, talk_end(&talk), rows[i].code);
		target_stop_at(name, &t, "runs");
	}
}

static void test_left_running(void)
{
	test_stopped(NET);
	test_stopped(UNIX_SOCKET);
}

/* A target that asks gets the empty answer, and runs. */
static void test_asked(void)
{
	static const struct {
		const char *name;
		int signal; /* 0: the input ends */
		int code;
	} ways[] = {
		{ "end of input", 0, 0 },
		{ "SIGTERM", SIGTERM, 130 },
	};

	for (size_t i = 0; i < 2 * sizeof(ways) / sizeof(ways[0]); i++) {
		static struct talk talk;
		const char *name = ways[i / 2].name;
		struct target t;
		const char *argv[] = { run_crashcart(), "-k", t.link, NULL };

		if (!CHECK_ROW(name, target_start(&t, i % 2 ? NET : UNIX_SOCKET,
						  asks)))
			continue;
		CHECK_ROW(name, talk_start(&talk, argv, no_env, false));
		talk_await(&talk, QUESTION);
		if (ways[i / 2].signal)
			talk_signal(&talk, ways[i / 2].signal);
		else
			talk_end_input(&talk);
		CHECK_EQ(name, talk_end(&talk), ways[i / 2].code);
		target_stop_at(name, &t, "runs");
	}
}

/* A script's next line is the answer, also in the middle of a line. */
static void test_script_answers(void)
{
	for (enum how how = NET; how <= UNIX_SOCKET; how++) {
		const char *name = how_name(how);
		struct target t;
		const char *argv[] = {
			run_crashcart(), "-k", t.link, "-d", "-c",
			"g; r rip",	 NULL
		};
		struct run_result r;

		if (!CHECK_ROW(name, target_start(&t, how, asks)))
			continue;
		run_program(argv, NULL, "break it\n.echo next\n", &r);
		CHECK_EQ(name, r.code, 0);
		has(name, &r,
		    "\n" QUESTION "break it\nlab: the answer is 'break it'\n",
		    1);
		has(name, &r, "\nrip=fffff80312001000\n0: kd> .echo next\nnext",
		    1);
		run_free(&r);
		target_stop(name, &t);
	}
}

/* A script that has waited in vain does not wait for ever. */
static void test_script_waits_in_vain(void)
{
	static const char *const quick[] = { "--poke-interval-ms", "20",
					     "--retransmit-ms", "20", NULL };

	for (enum how how = NET; how <= UNIX_SOCKET; how++) {
		const char *name = how_name(how);
		struct target t;
		const char *argv[] = { run_crashcart(),
				       "-k",
				       t.link,
				       "-b",
				       "--timeout",
				       "30",
				       "-c",
				       "g; wait 0; .echo never",
				       NULL };
		struct run_result r;

		if (!CHECK_ROW(name, target_start(&t, how, quick)))
			continue;
		run_program(argv, NULL, "", &r);
		CHECK_EQ(name, r.code, 1);
		has(name, &r, "The target is still running.\n", 1);
		has(name, &r, "never\n", 1); /* in the echo of the line */
		run_free(&r);
		target_stop_at(name, &t, "runs");
	}
}

/* Nobody is left to answer what a line of commands ran into. */
static void test_script_has_no_answer(void)
{
	struct target t;
	const char *argv[] = { run_crashcart(), "-k", t.link, "-d", "-c",
			       "g; r rip",	NULL };
	struct run_result r;

	if (!CHECK(target_start(&t, UNIX_SOCKET, asks)))
		return;
	run_program(argv, NULL, "", &r);
	CHECK_EQ("the rest of the line was not run", r.code, 1);
	has("no answer", &r, "rip=", 0);
	run_free(&r);
	target_stop_at("no answer", &t, "runs");
}

/* qd leaves the target as it stands, for a colleague. */
static void test_left_stopped(void)
{
	for (enum how how = NET; how < HOWS; how++) {
		static struct talk talk;
		const char *name = how_name(how);
		struct target t;
		const char *second[] = { run_crashcart(), "-k", t.link,
					 "--wait",	  "20", NULL };
		struct run_result r;

		if (!CHECK_ROW(name, target_start(&t, how, asks)) ||
		    !stop(name, &talk, &t))
			continue;
		talk_say(&talk, "qd\n");
		CHECK_EQ(name, talk_end(&talk), 0);
		run_program(second, NULL, "r rip\nq\n", &r);
		CHECK_EQ(name, r.code, 0);
		has(name, &r, "0: kd> r rip\nrip=fffff80312001000\n", 1);
		run_free(&r);
		target_stop_at(name, &t, "runs");
	}
}

/* The target's process ends in the middle of a session. */
static void test_vanishes(void)
{
	for (enum how how = UNIX_SOCKET; how < HOWS; how++) {
		static struct talk talk;
		const char *name = how_name(how);
		struct target t;

		if (!CHECK_ROW(name, target_start(&t, how, asks)) ||
		    !stop(name, &talk, &t))
			continue;
		target_stop_at(name, &t, "stands still");
		CHECK_EQ(name, talk_end(&talk), 4);
		CHECK_ROW(name, strstr(talk.text, "crashcart: "));
	}
}

/* Ctrl-C or SIGTERM before there is a target. */
static void test_interrupted(void)
{
	static struct talk talk;
	char link[TEXT_LEN];
	const char *argv[] = { run_crashcart(), "-k", link, NULL };

	snprintf(link, sizeof(link), "net:port=%u,key=1.2.3.4", free_port());
	CHECK(talk_start(&talk, argv, no_env, false));
	talk_await(&talk, "Waiting to reconnect...\n");
	talk_signal(&talk, SIGINT);
	CHECK_EQ("nobody there", talk_end(&talk), 130);
	CHECK(talk_start(&talk, argv, no_env, false));
	talk_await(&talk, "Waiting to reconnect...\n");
	talk_signal(&talk, SIGTERM);
	CHECK_EQ("nobody there", talk_end(&talk), 130);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "left running", test_left_running },
		{ "asked", test_asked },
		{ "a script answers", test_script_answers },
		{ "a script waits in vain", test_script_waits_in_vain },
		{ "a script has no answer", test_script_has_no_answer },
		{ "left stopped", test_left_stopped },
		{ "vanishes", test_vanishes },
		{ "interrupted", test_interrupted },
	};

	return check_run("program leaving", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
