/*
 * For programs that run crashcart: JSON on standard output, and a bound on
 * the time of a whole run.
 */

#include "check.h"
#include "json_valid.h"
#include "target.h"

#include <stdio.h>
#include <string.h>

static const char *const quick[] = { "--poke-interval-ms", "20",
				     "--retransmit-ms", "20", NULL };

/* Every line is an object of its own; the number of lines. */
static size_t objects_in(const char *name, const char *text)
{
	size_t lines = 0;

	for (; *text; lines++) {
		size_t len = strcspn(text, "\n");

		CHECK_ROW(name, text[len] == '\n');
		CHECK_ROW(name, json_is_valid(text, len));
		text += len + (text[len] == '\n');
	}
	return lines;
}

static void test_json(void)
{
	for (enum how how = NET; how <= UNIX_SOCKET; how++) {
		const char *name = how_name(how);
		struct target t;
		struct run_result r;

		if (!CHECK_ROW(name, target_start(&t, how, quick)))
			continue;
		const char *argv[] = { run_crashcart(), "-k", t.link, "-b",
				       "--json",	NULL };

		run_program(argv, NULL, "? 1+1\nnosuch\n.echo \"x\"\nq\n", &r);
		CHECK_EQ(name, r.code, 1);
		CHECK_ROW(name, objects_in(name, r.out) >= 5);
		has(name, &r, "{\"type\":\"event\",\"event\":\"stopped\",", 1);
		has(name, &r, "\"hard_coded\":", 1);
		has(name, &r, "\"system\":{\"release\":\"", 1);
		has(name, &r,
		    "{\"type\":\"command\",\"command\":\"?\",\"arguments\":"
		    "\"1+1\",\"status\":\"ok\",\"result\":{\"value\":\"0x2\"}}"
		    "\n",
		    1);
		has(name, &r, "\"status\":\"not_found\",\"error\":", 1);
		has(name, &r, "\"text\":\"x\"}\n", 1);
		run_free(&r);
		target_stop_at(name, &t, "runs");
	}
}

/* A script that waits for a stop that does not come ends in time. */
static void test_timeout(void)
{
	struct target t;
	struct run_result r;

	if (!CHECK(target_start(&t, UNIX_SOCKET, quick)))
		return;
	const char *argv[] = { run_crashcart(), "-k", t.link, "-b",
			       "--timeout",	"4",  NULL };

	run_program(argv, NULL, "g\n.echo never\n", &r);
	CHECK_EQ("stops no more", r.code, 15);
	has("stops no more", &r, "never", 0);
	run_free(&r);
	target_stop_at("timeout", &t, "runs");
}

/* What is of use while the target runs does not wait for its stop. */
static void test_lines_while_running(void)
{
	struct target t;
	struct run_result r;

	if (!CHECK(target_start(&t, UNIX_SOCKET, quick)))
		return;
	const char *argv[] = { run_crashcart(), "-k", t.link, "-b", NULL };

	run_program(argv, NULL, "g\nwait 0\n.breakin 60\n? 1+1\nq\n", &r);
	CHECK_EQ("a bounded wait fails", r.code, 1);
	has("wait", &r, "The target is still running.\n", 1);
	has("break in", &r, "Evaluate expression: 2 = ", 1);
	run_free(&r);
	target_stop_at("wait", &t, "runs");
}

static void test_timeout_of_attach(void)
{
	struct run_result r;
	char link[TEXT_LEN];
	const char *argv[] = { run_crashcart(), "-k",  link, "-b",
			       "--timeout",	"0.2", NULL };

	snprintf(link, sizeof(link), "net:port=%u,key=1.2.3.4", free_port());
	run_program(argv, NULL, NULL, &r);
	CHECK_EQ("nobody comes", r.code, 15);
	run_free(&r);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "json", test_json },
		{ "timeout", test_timeout },
		{ "lines while running", test_lines_while_running },
		{ "timeout of attach", test_timeout_of_attach },
	};

	return check_run("program json", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
