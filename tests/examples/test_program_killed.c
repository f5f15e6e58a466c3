/*
 * crashcart is killed in the middle of a storm of breakpoints, some in the
 * target's table and some patched. The next one takes all of them back: the
 * code is what it was, byte for byte.
 */

#include "check.h"
#include "talk.h"
#include "target.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { UNUSED = 40, LINE = 200 };

static const char *const no_env[] = { NULL };
static const char *const leaks[] = {
	"--scenario", "leak", "--poke-interval-ms", "20", "--retransmit-ms",
	"20",	      NULL
};

/* Busy ones at both ends of the table, which has room for 32. */
static void set_all(struct talk *talk)
{
	static const char count[] = " \"r $t0 = @$t0 + 1; "
				    ".if (@$t0 % 20 == 0) { .echo met }; gc\"";
	char line[LINE];

	snprintf(line, sizeof(line), "bp nt!ExAllocatePoolWithTag%s\n", count);
	talk_say(talk, line);
	for (unsigned i = 0; i < UNUSED; i++) {
		snprintf(line, sizeof(line), "bp nt!KeBugCheckEx+0x%x\n", i);
		talk_say(talk, line);
	}
	snprintf(line, sizeof(line), "bp nt!ExFreePoolWithTag%s\n", count);
	talk_say(talk, line);
	talk_say(talk, ".echo all set\n");
	talk_await(talk, "all set\n");
}

/* Where the code is written to. */
static void dump_name(const struct target *t, const char *when,
		      char out[PATH_LEN + 32])
{
	snprintf(out, PATH_LEN + 32, "%s/%s", t->folder, when);
}

static void first_session(const char *name, struct target *t)
{
	static struct talk talk;
	const char *argv[] = { run_crashcart(), "-k", t->link, "-b", NULL };
	char dump[PATH_LEN + 32], line[PATH_LEN + LINE];

	if (!CHECK_ROW(name, talk_start(&talk, argv, no_env, false)))
		return;
	dump_name(t, "before", dump);
	snprintf(line, sizeof(line), ".writemem %s nt+1000 L3000\n", dump);
	talk_say(&talk, line);
	set_all(&talk);
	talk_say(&talk, "g\n");
	for (unsigned i = 0; i < 3; i++)
		talk_await(&talk, "met\n");
	talk_signal(&talk, SIGKILL);
	CHECK_EQ(name, talk_end(&talk), 128 + SIGKILL);
}

static void second_session(const char *name, struct target *t)
{
	const char *argv[] = { run_crashcart(), "-k",	  t->link, "-b",
			       "--undo",	"--wait", "60",	   NULL };
	char dump[PATH_LEN + 32], input[PATH_LEN + LINE];
	struct run_result r;

	dump_name(t, "after", dump);
	snprintf(input, sizeof(input), "bl\n.writemem %s nt+1000 L3000\nq\n",
		 dump);
	run_program(argv, NULL, input, &r);
	CHECK_EQ(name, r.code, 0);
	has(name, &r, "An earlier session left 42 changes in this target", 1);
	has(name, &r, "not undone", 0);
	run_free(&r);
}

static size_t read_dump(const struct target *t, const char *when, char *out,
			size_t cap)
{
	char path[PATH_LEN + 32];
	FILE *f;
	size_t n = 0;

	dump_name(t, when, path);
	f = fopen(path, "rb");
	if (f) {
		n = fread(out, 1, cap, f);
		fclose(f);
		unlink(path);
	}
	return n;
}

static void killed_in(enum how how)
{
	static char before[0x4000], after[0x4000];
	const char *name = how_name(how);
	struct target t;

	if (!CHECK_ROW(name, target_start(&t, how, leaks)))
		return;
	first_session(name, &t);
	second_session(name, &t);
	CHECK_EQ(name, read_dump(&t, "before", before, sizeof(before)), 0x3000);
	CHECK_EQ(name, read_dump(&t, "after", after, sizeof(after)), 0x3000);
	CHECK_ROW(name, memcmp(before, after, 0x3000) == 0);
	target_stop_at(name, &t, "runs");
}

static void test_net(void)
{
	killed_in(NET);
}

static void test_stream(void)
{
	killed_in(UNIX_SOCKET);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "net", test_net },
		{ "stream", test_stream },
	};

	return check_run("program killed", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
