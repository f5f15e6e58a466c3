/*
 * Stepping commands on the lab's emulated machine. What is shown of a step is
 * the same as "u" shows of that place, so that no test knows an address.
 */
#include "check.h"
#include "emulated.h"
#include "kd_breakpoints.h"
#include "kd_shell.h"
#include "lab_contract.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { OUT_MAX = 1 << 18 };

struct live {
	struct emulated e;
	struct kd_shell *shell;
	enum kd_shell_next next;
	char out[OUT_MAX];
	size_t len;
	unsigned cancel_after; /* how often it may be asked; 0: for ever */
	unsigned asked;
};

static void sink(void *ctx, const char *text, size_t len)
{
	struct live *l = ctx;

	if (len > OUT_MAX - 1 - l->len)
		len = OUT_MAX - 1 - l->len;
	memcpy(l->out + l->len, text, len);
	l->len += len;
	l->out[l->len] = '\0';
}

static bool is_canceled(void *ctx)
{
	struct live *l = ctx;

	return l->cancel_after && ++l->asked >= l->cancel_after;
}

/* It stands at an int 3 in a driver of the kernel's, or in a break-in. */
static bool open_live(struct live *l, enum lab_dialect dialect,
		      const char *scenario)
{
	struct emulated_config config = {
		.dialect = dialect,
		.scenario = scenario,
		.layout = dialect == LAB_SERIAL ? 1 : 2,
		.latency_us = 100,
	};
	struct kd_stop stop;

	memset(l, 0, sizeof(*l));
	if (scenario ? !emulated_open(&l->e, &config) ||
			       !emulated_until_stop(&l->e, &stop)
		     : !emulated_open_halted(&l->e, &config))
		return false;
	struct kd_shell_config shell = { .sink = sink,
					 .sink_ctx = l,
					 .link = l->e.pair.link };

	kd_session_set_cancel(l->e.pair.session, is_canceled, l, -1);
	return CHECK(kd_shell_create(NULL, l->e.pair.session, &shell,
				     &l->shell) == KD_OK);
}

static void close_live(struct live *l)
{
	kd_shell_destroy(l->shell);
	emulated_close(&l->e);
}

static const char *run_for(struct live *l, const char *line,
			   enum kd_status want)
{
	l->len = 0;
	l->out[0] = '\0';
	CHECK_EQ(line, -kd_shell_execute(l->shell, line, &l->next), -want);
	return l->out;
}

static const char *run(struct live *l, const char *line)
{
	return run_for(l, line, KD_OK);
}

static uint64_t value(struct live *l, const char *expression)
{
	char line[64];
	const char *at;
	uint64_t high = 0, low = 0;

	snprintf(line, sizeof(line), "? %s", expression);
	at = strrchr(run(l, line), '=');
	if (!CHECK_ROW(expression, at != NULL))
		return 0;
	high = strtoull(at + 2, NULL, 16);
	low = strtoull(at + 11, NULL, 16);
	return high << 32 | low;
}

/* A line shows this place alone, as "u" would; and $ip is it. */
static void check_shows(struct live *l, const char *line)
{
	char shown[1024];

	snprintf(shown, sizeof(shown), "%.1000s", run(l, line));
	CHECK_TEXT(line, shown, run(l, "u @$ip L1"));
	CHECK_EQ(line, l->next, KD_SHELL_PROMPT);
}

static unsigned lines_of(const char *text)
{
	unsigned n = 0;

	for (; *text; text++)
		n += *text == '\n';
	return n;
}

/* From the int 3 of DbgBreakPoint, whose next instruction is its return. */
static void test_out(enum lab_dialect dialect)
{
	static struct live l;

	if (!open_live(&l, dialect, "step"))
		return;
	uint64_t ip = value(&l, "@$ip"), ra = value(&l, "@$ra");

	check_shows(&l, "t");
	CHECK_EQ("past the int 3", value(&l, "@$ip"), ip + 1);
	CHECK_EQ("$ra", value(&l, "@$ra"), ra);
	check_shows(&l, "p");
	CHECK_EQ("returned", value(&l, "@$ip"), ra);
	CHECK_EQ("$previp", value(&l, "@$previp"), ip + 1);
	for (unsigned depth = 0; depth < 4; depth++) {
		ra = value(&l, "@$ra");
		check_shows(&l, "gu");
		CHECK_EQ("gu", value(&l, "@$ip"), ra);
	}
	CHECK_EQ("r", lines_of(run(&l, "pr")) > 8, 1);
	CHECK_EQ("r", lines_of(run(&l, "p")) > 8, 1);
	CHECK_EQ("r", lines_of(run(&l, "tr")), 2);
	CHECK_EQ("2", lines_of(run(&l, "p 2")), 4);
	CHECK_EQ("3", lines_of(run(&l, "t3")), 6);
	close_live(&l);
}

static bool begins(const char *line, const char *word)
{
	return strstr(line, word) != NULL;
}

static void test_kinds(enum lab_dialect dialect)
{
	static struct live l;

	if (!open_live(&l, dialect, "step"))
		return;
	check_shows(&l, "pt");
	CHECK_ROW("pt", begins(run(&l, "u @$ip L1"), " ret"));
	uint64_t ip = value(&l, "@$ip");

	check_shows(&l, "pt");
	CHECK_ROW("pt", begins(run(&l, "u @$ip L1"), " ret"));
	CHECK_ROW("pt", value(&l, "@$ip") != ip);
	check_shows(&l, "pc");
	CHECK_ROW("pc", begins(run(&l, "u @$ip L1"), " call "));
	ip = value(&l, "@$ip");
	check_shows(&l, "pc");
	CHECK_ROW("pc", value(&l, "@$ip") != ip);
	check_shows(&l, "tt 2");
	CHECK_ROW("tt", begins(run(&l, "u @$ip L1"), " ret") ||
				begins(l.out, "iret"));
	CHECK_TEXT("a command first", run(&l, "p \".echo done\""), l.out);
	CHECK_ROW("a command first", !strncmp(l.out, "done\n", 5));
	run_for(&l, "pa", KD_E_FORMAT);
	run_for(&l, "p 1 2", KD_E_FORMAT);
	run_for(&l, "px", KD_E_NOT_FOUND);
	close_live(&l);
}

/* "g" until it comes by, from the start of a function to its return. */
static void test_go(enum lab_dialect dialect)
{
	static struct live l;
	char line[128];

	if (!open_live(&l, dialect, NULL))
		return;
	uint64_t at = emulated_symbol(&l.e, "KeClockInterruptNotify");

	snprintf(line, sizeof(line), "g 0x%llx 0x%llx; u @$ip L1",
		 (unsigned long long)at, (unsigned long long)at + 4);
	run(&l, line);
	CHECK_EQ("g ADDRESS", value(&l, "@$ip"), at);
	CHECK_EQ("all are gone", kd_session_breakpoint_count(l.e.pair.session),
		 0);
	check_shows(&l, "th");
	check_shows(&l, "tc");
	CHECK_ROW("tc", begins(run(&l, "u @$ip L1"), " call "));
	run(&l, "r $t0 = @$ip; t");
	CHECK_EQ("into the call", value(&l, "@$ra - @$t0"), 5);
	run(&l, "pa @$ra");
	CHECK_EQ("pa", value(&l, "@$ip - @$t0"), 5);
	check_shows(&l, "ph");
	uint64_t ra = value(&l, "@$ra");

	check_shows(&l, "gu");
	CHECK_EQ("gu", value(&l, "@$ip"), ra);
	snprintf(line, sizeof(line), "ga 0x%llx; .echo there",
		 (unsigned long long)at);
	CHECK_ROW("ga", strstr(run(&l, line), "there\n") != NULL);
	CHECK_EQ("ga", value(&l, "@$ip"), at);
	run(&l, "r $t0 = @$ip");
	check_shows(&l, "p = @$t0");
	run_for(&l, "g 1 2 3 4 5 6 7 8 9 a b", KD_E_SPACE);
	CHECK_TEXT("too many", l.out, "At most 10 addresses can be given.\n");
	CHECK_EQ("too many", l.next, KD_SHELL_PROMPT);
	close_live(&l);
}

static void test_processors(enum lab_dialect dialect)
{
	static struct live l;
	char prompt[32], list[512];

	if (!open_live(&l, dialect, NULL))
		return;
	snprintf(list, sizeof(list), "%.500s", run(&l, "~"));
	CHECK_EQ("~", lines_of(list), 2);
	CHECK_ROW("~", !strncmp(list, ".#  0  fffff", 11));
	CHECK_TEXT("~*", run(&l, "~*"), list);
	CHECK_TEXT("~1s", run(&l, "~1s"), "");
	CHECK_TEXT("~1s", kd_shell_prompt(l.shell, prompt), "1: kd> ");
	run(&l, "~");
	CHECK_ROW("moved", !strncmp(l.out, " #  0 ", 6));
	CHECK_ROW("moved", strstr(l.out, "\n.   1 ") != NULL);
	uint64_t ip = value(&l, "@$ip");

	check_shows(&l, "t");
	CHECK_ROW("it steps", value(&l, "@$ip") != ip);
	CHECK_TEXT("~0s", run(&l, "~0s"), "");
	CHECK_TEXT("~0s", kd_shell_prompt(l.shell, prompt), "0: kd> ");
	CHECK_TEXT("on each", run(&l, "~* .echo here"), "here\nhere\n");
	CHECK_TEXT("on each", kd_shell_prompt(l.shell, prompt), "0: kd> ");
	CHECK_TEXT("~7s", run_for(&l, "~7s", KD_E_ARG),
		   "There is no processor 7: there are 2.\n");
	run_for(&l, "~*s", KD_E_FORMAT);
	close_live(&l);
}

static void test_cancel(enum lab_dialect dialect)
{
	static struct live l;

	if (!open_live(&l, dialect, NULL))
		return;
	l.cancel_after = 100;
	run_for(&l, "t 100000", KD_E_CANCELED);
	CHECK_ROW("t", strstr(l.out, "Stopped after ") != NULL);
	CHECK(kd_session_is_halted(l.e.pair.session));
	CHECK_EQ("t", l.next, KD_SHELL_PROMPT);
	/* while it runs: through the idle loop, over what never comes back */
	l.cancel_after = 0;
	l.asked = 0;
	run(&l, "gu; gu");
	l.cancel_after = 200;
	run_for(&l, "pa 1", KD_E_CANCELED);
	CHECK_ROW("pa", strstr(l.out, "Stopped after ") != NULL);
	CHECK(kd_session_is_halted(l.e.pair.session));
	l.cancel_after = 0;
	check_shows(&l, "t");
	run(&l, "g");
	CHECK_EQ("nothing stops it",
		 -kd_shell_execute(l.shell, "wait 2", &l.next), -KD_E_TIMEOUT);
	close_live(&l);
}

static void test_wait(enum lab_dialect dialect)
{
	static struct live l;

	if (!open_live(&l, dialect, NULL))
		return;
	CHECK_TEXT("it stands", run(&l, "wait 1"), "");
	CHECK_EQ("it stands", l.next, KD_SHELL_PROMPT);
	CHECK_TEXT("it stands", run(&l, ".breakin"),
		   "The target stands still already.\n");
	uint64_t before = pair_now(&l.e.pair);

	CHECK_TEXT("it runs", run_for(&l, "g; wait 3; .echo no", KD_E_TIMEOUT),
		   "The target is still running.\n");
	CHECK_EQ("it runs", l.next, KD_SHELL_RUNS);
	CHECK_EQ("three seconds", (pair_now(&l.e.pair) - before) / 1000000, 3);
	run(&l, ".breakin 5; r");
	CHECK_ROW("stopped", strstr(l.out, "Break instruction exception") &&
				     strstr(l.out, "rax="));
	CHECK_EQ("stopped", l.next, KD_SHELL_PROMPT);
	CHECK_ROW("caught", begins(run_for(&l,
					   "g; .catch { wait 3 }; .breakin 5; "
					   "r",
					   KD_OK),
				   "The target is still running.\n"));
	CHECK_EQ("caught", l.next, KD_SHELL_PROMPT);
	run(&l, "g");
	lab_emulated_post(l.e.machine, LAB_COMMAND_HANG);
	run_for(&l, "wait 1", KD_E_TIMEOUT);
	run_for(&l, ".breakin 4", KD_E_TIMEOUT);
	CHECK_TEXT("hangs", l.out,
		   "The target did not stop within 4 seconds. It is hung with "
		   "interrupts off, or the line to it is cut; '.breakin' goes "
		   "on trying.\n");
	CHECK_EQ("hangs", l.next, KD_SHELL_RUNS);
	run_for(&l, "wait x", KD_E_FORMAT);
	close_live(&l);
}

/* An assertion is passed by gh alone; any other way raises it again. */
static void test_assertion(enum lab_dialect dialect)
{
	static struct live l;

	if (!open_live(&l, dialect, "assert"))
		return;
	uint64_t ip = value(&l, "@$ip");

	CHECK_ROW("it stands there", begins(run(&l, "u @$ip L1"), " int "));
	run(&l, "t");
	CHECK_ROW("t", begins(l.out, "Assertion failure - code c0000420"));
	CHECK_EQ("t", value(&l, "@$ip"), ip);
	run(&l, "gh");
	CHECK_EQ("gh", l.next, KD_SHELL_RUNS);
	CHECK_TEXT("gh", run_for(&l, "wait 1", KD_E_TIMEOUT),
		   "The target is still running.\n");
	close_live(&l);
}

#define BOTH(name)                                                             \
	static void name(void)                                                 \
	{                                                                      \
		pair_both(test_##name);                                        \
	}

BOTH(out)
BOTH(kinds)
BOTH(go)
BOTH(processors)
BOTH(cancel)
BOTH(wait)
BOTH(assertion)

int main(void)
{
	static const struct check_test tests[] = {
		{ "out of functions", out },
		{ "to calls, returns, branches", kinds },
		{ "g with addresses", go },
		{ "processors", processors },
		{ "cancel", cancel },
		{ "wait", wait },
		{ "assertions", assertion },
	};

	return check_run("stepping", tests, sizeof(tests) / sizeof(tests[0]));
}
