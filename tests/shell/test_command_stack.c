/*
 * Stacks at the prompt, on the lab's kernel in both layouts and over both
 * dialects: the text, and that its numbers are those of the target's memory.
 */
#include "lab_shell.h"
#include "masked.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { TEXT = 1 << 14 };

static bool stops(struct lab_shell *l)
{
	return CHECK(lab_shell_until_stop(l, 60 * (uint64_t)PAIR_SECOND));
}

static bool leaks(struct lab_shell *l)
{
	lab_shell_for(l, 2 * (uint64_t)PAIR_SECOND);
	return lab_shell_break(l);
}

static bool open_stopped(struct lab_shell *l, enum lab_dialect dialect,
			 unsigned layout, const char *scenario)
{
	const struct lab_shell_config config = { .dialect = dialect,
						 .scenario = scenario,
						 .layout = layout,
						 .seed = 1 };

	if (!lab_shell_open(l, &config))
		return false;
	if (!strcmp(scenario, "leak") ? leaks(l) : stops(l))
		return true;
	lab_shell_close(l);
	return false;
}

static void everywhere_in(const char *scenario,
			  void (*run)(struct lab_shell *l))
{
	static struct lab_shell l;

	for (unsigned layout = 1; layout <= 2; layout++)
		for (int net = 0; net < 2; net++) {
			if (!open_stopped(&l, net ? LAB_KDNET : LAB_SERIAL,
					  layout, scenario))
				continue;
			run(&l);
			lab_shell_close(&l);
		}
}

static void everywhere(void (*run)(struct lab_shell *l))
{
	everywhere_in("step", run);
}

// clang-format off
#define STACK(row)                                                             \
	row("nt!DbgBreakPoint", "")                                            \
	row("myfault!MyfaultDeviceControl+N", " [C:\\lab\\drivers\\myfault.c @ N]") \
	row("nt!IofCallDriver+N", " [C:\\lab\\nt\\io_driver.c @ N]")           \
	row("nt!IopXxxControlFile+N", " [C:\\lab\\nt\\io_driver.c @ N]")       \
	row("nt!NtDeviceIoControlFile+N", " [C:\\lab\\nt\\io_driver.c @ N]")   \
	row("nt!NotMyfault+N", " [C:\\lab\\nt\\lab_command.c @ N]")            \
	row("nt!PspSystemThreadStartup+N", " [C:\\lab\\nt\\ki_thread.c @ N]")  \
	row("nt!KiStartSystemThread+N", "")
#define WITH_LINE(site, line) "A A " site line "\n"
#define WITHOUT_LINE(site, line) "A A " site "\n"
#define ARGUMENTS(site, line) "A : A A A A : " site line "\n"
#define ALL(site, line) "A A : A A A A : " site line "\n"
#define HEAD "Child-SP          RetAddr           Call Site\n"
#define ARGS "RetAddr           : Args to Child                                                           : Call Site\n"

static const struct {
	const char *line;
	enum kd_status status;
	const char *want;
} rows[] = {
	{ "k",  KD_OK, HEAD STACK(WITH_LINE) },
	{ "k 100", KD_OK, HEAD STACK(WITH_LINE) },
	{ "kL", KD_OK, HEAD STACK(WITHOUT_LINE) },
	{ "kb", KD_OK, ARGS STACK(ARGUMENTS) },
	{ "kv", KD_OK, "Child-SP          " ARGS STACK(ALL) },
	{ "k2", KD_OK, HEAD
	  "A A nt!DbgBreakPoint\n"
	  "A A myfault!MyfaultDeviceControl+N [C:\\lab\\drivers\\myfault.c @ N]\n" },
	{ "kn 2", KD_OK, " # " HEAD
	  "00 A A nt!DbgBreakPoint\n"
	  "01 A A myfault!MyfaultDeviceControl+N [C:\\lab\\drivers\\myfault.c @ N]\n" },
	{ "kfL 2", KD_OK, "  Memory  " HEAD
	  "          A A nt!DbgBreakPoint\n"
	  "        8 A A myfault!MyfaultDeviceControl+N\n" },
	{ "knfL2", KD_OK, " #   Memory  " HEAD
	  "00           A A nt!DbgBreakPoint\n"
	  "01         8 A A myfault!MyfaultDeviceControl+N\n" },
	{ "kc 3", KD_OK,
	  "Call Site\nnt!DbgBreakPoint\nmyfault!MyfaultDeviceControl\nnt!IofCallDriver\n" },
	{ "kM 1", KD_OK, " # " HEAD "00 A A nt!DbgBreakPoint\n" },
	{ "kcn 1", KD_OK, " # Call Site\n00 nt!DbgBreakPoint\n" },
	{ "k = @rsp @rip", KD_OK, HEAD STACK(WITH_LINE) },
	{ "kL = @rsp 1", KD_OK, HEAD "A A nt!DbgBreakPoint\n" },
	{ "kL = @rsp @rip 1", KD_OK, HEAD "A A nt!DbgBreakPoint\n" },
	{ "kL = @rsp+8 @$ra 1", KD_OK, HEAD "A A myfault!MyfaultDeviceControl+N\n" },
	{ "k = 1 2 3 4", KD_E_FORMAT, "Syntax error at '4'.\n" },
	{ "k =", KD_E_FORMAT, "Syntax error at '<EOL>'.\n" },
	{ "kz", KD_E_NOT_FOUND, "Couldn't resolve error at 'z'.\n" },
	{ "k = 1000 @rip", KD_OK, HEAD
	  "A A nt!DbgBreakPoint\n"
	  "The stack cannot be followed further: the stack cannot be read.\n" },
	{ "kd 2", KD_OK, "" },
	{ ".kframes", KD_OK, "Default stack trace depth is 0n256 frames\n" },
	{ ".kframes 1; kL", KD_OK, "Default stack trace depth is 0n1 frames\n"
	  HEAD "A A nt!DbgBreakPoint\n" },
	{ ".kframes 0", KD_E_ARG, "A stack has 1 to 0n1024 frames.\n" },
};
// clang-format on

static void check_texts(struct lab_shell *l)
{
	static char out[TEXT];

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		masked(lab_shell_run(l, rows[i].line, rows[i].status), out,
		       sizeof(out));
		if (rows[i].line[1] == 'd')
			CHECK_ROW(rows[i].line, !strncmp(out, "A  ", 3));
		else
			CHECK_TEXT(rows[i].line, out, rows[i].want);
	}
}

static void test_texts(void)
{
	everywhere(check_texts);
}

/* One row of kL. */
struct row {
	char child[20], ret[20], site[200];
};

/*
 * A return address leads to the next row's site, and stands in memory right
 * below that one's stack.
 */
static void check_numbers(struct lab_shell *l)
{
	static char out[TEXT];
	char want[500];
	struct row row, before = { 0 };
	unsigned n = 0;

	strcpy(out, lab_shell_run(l, "kL", KD_OK));
	for (char *at = strchr(out, '\n'); at && at[1]; at = strchr(at, '\n')) {
		at++;
		if (!CHECK(sscanf(at, "%19s %19s %199[^\n]", row.child, row.ret,
				  row.site) == 3))
			return;
		snprintf(want, sizeof(want), "(%s == %s) & (poi(%s-8) == %s)",
			 before.ret, row.site, row.child, before.ret);
		if (n++)
			CHECK_EQ(want, lab_shell_value(l, want), 1);
		before = row;
	}
	CHECK_EQ("frames", n, 8);
	CHECK_TEXT("the bottom", before.ret, "00000000`00000000");
}

static void test_numbers(void)
{
	everywhere(check_numbers);
}

/* What a stack costs: so many requests the first time, and none later. */
static void check_cost(struct lab_shell *l)
{
	/* headers, function table, unwind data and the stack, by the packet */
	enum { FIRST_MAX = 15 };
	uint64_t before = lab_shell_requests(l);

	lab_shell_run(l, "k", KD_OK);
	uint64_t first = lab_shell_requests(l) - before;

	CHECK_ROW("first", first <= FIRST_MAX);
	if (first > FIRST_MAX)
		CHECK_EQ("first", first, FIRST_MAX);
	before = lab_shell_requests(l);
	lab_shell_run(l, "k", KD_OK);
	CHECK_EQ("second", lab_shell_requests(l) - before, 0);
}

static void test_cost(void)
{
	everywhere(check_cost);
}

/* The list of modules: two requests for each, and none the second time. */
static void check_list_cost(struct lab_shell *l)
{
	enum { MODULES = 6 };
	uint64_t before;

	lab_shell_run(l, ".reload", KD_OK);
	if (!CHECK(lab_shell_go_for(l, 100000)))
		return;
	before = lab_shell_requests(l);
	lab_shell_run(l, "lm", KD_OK);
	CHECK_EQ("modules", lab_shell_count(l, "\n"), 1 + MODULES);
	CHECK_ROW("first",
		  lab_shell_requests(l) - before <= 2 * (uint64_t)MODULES);
	before = lab_shell_requests(l);
	lab_shell_run(l, "lm", KD_OK);
	CHECK_EQ("second", lab_shell_requests(l) - before, 0);
}

static void test_list_cost(void)
{
	everywhere(check_list_cost);
}

/* The same of the ten frames of an allocation whose tag is looked for. */
static void check_hit(struct lab_shell *l)
{
	static const char bottom[] = "nt!KiStartSystemThread\n";
	enum { STOPS = 16 }; /* frees meet it, too */
	bool found = false;

	lab_shell_run(l, "ed nt!PoolHitTag 'kaeL'", KD_OK);
	for (unsigned i = 0; i < STOPS && !found; i++) {
		lab_shell_run(l, "g", KD_OK);
		if (!CHECK(lab_shell_until_stop(l, 60 * (uint64_t)PAIR_SECOND)))
			return;
		lab_shell_run(l, ".reload", KD_OK);
		check_cost(l);
		lab_shell_run(l, "kc", KD_OK);
		found = strstr(l->out, "myfault!MyfaultLeakMemory\n");
	}
	CHECK_EQ(l->out, lab_shell_count(l, "\n"), 1 + 10);
	CHECK_ROW(l->out, strstr(l->out, "Call Site\nnt!`string'\n") == l->out);
	CHECK_TEXT("bottom", lab_shell_from(l, bottom), bottom);
}

static void test_hit(void)
{
	everywhere_in("leak", check_hit);
}

static bool has_five_lines(void *ctx)
{
	return lab_shell_count(ctx, "\n") >= 5;
}

/*
 * A stack that the target has made up: one return address after the other
 * that leads to where only a return address stands.
 */
static void check_endless(struct lab_shell *l)
{
	static const char deep[] =
		"The stack cannot be followed further: the stack is deeper "
		"than is shown.\n";
	char line[80];

	lab_shell_run(l, "eq @rsp-3000 nt!DbgBreakPoint+1", KD_OK);
	for (unsigned len = 8; len < 0x3000; len *= 2) {
		snprintf(line, sizeof(line), "m @rsp-3000 L0x%x @rsp-3000+0x%x",
			 len < 0x1800 ? len : 0x3000 - len, len);
		lab_shell_run(l, line, KD_OK);
	}
	lab_shell_run(l, "kc = @rsp-3000 nt!DbgBreakPoint+1", KD_OK);
	CHECK_EQ("as many as usual", lab_shell_count(l, "\n"), 1 + 256);
	lab_shell_run(l, "kc = @rsp-3000 nt!DbgBreakPoint+1 ffff", KD_OK);
	CHECK_EQ("frames", lab_shell_count(l, "DbgBreakPoint\n"), 1024);
	CHECK_TEXT("why not more", lab_shell_from(l, "The stack"), deep);
	/* Ctrl-C between two frames */
	kd_session_set_cancel(l->pair.session, has_five_lines, l, -1);
	lab_shell_run(l, "kc = @rsp-3000 nt!DbgBreakPoint+1 ffff",
		      KD_E_CANCELED);
	kd_session_set_cancel(l->pair.session, NULL, NULL, -1);
	CHECK_EQ("lines before Ctrl-C",
		 lab_shell_count(l, "nt!DbgBreakPoint\n"), 4);
}

/*
 * A function that has itself for a caller, by its frame register: whatever it
 * has saved is that register, and where it returns to is itself.
 */
static void check_ring(struct lab_shell *l)
{
	enum { SAVED_MAX = 8 };
	char line[120];
	bool found = false;

	lab_shell_run(l, "r rbp=@rsp-2000", KD_OK);
	for (unsigned saved = 1; saved <= SAVED_MAX && !found; saved++) {
		snprintf(line, sizeof(line), "eq @rbp+%x @rbp; eq @rbp+%x %s",
			 8 * saved, 8 * saved + 8, "nt!KeUpdateSystemTime+d");
		lab_shell_run(l, line, KD_OK);
		lab_shell_run(l, "kc = @rbp-20 nt!KeUpdateSystemTime+d", KD_OK);
		found = !strcmp(l->out,
				"Call Site\n"
				"nt!KeUpdateSystemTime\n"
				"nt!KeUpdateSystemTime\n"
				"The stack cannot be followed further: the "
				"stack leads back to where it came from.\n");
	}
	if (!found)
		CHECK_TEXT("ring", l->out, "a stack that leads back");
}

static void test_ring(void)
{
	everywhere(check_ring);
}

static void test_endless(void)
{
	everywhere(check_endless);
}

/*
 * Kernels page out unwind data: a stack is the same without, as the images'
 * files have them, too.
 */
static void check_paged_out(struct lab_shell *l)
{
	static const char *const modules[] = { "nt", "myfault" };
	static char stack[TEXT];
	char line[400];

	strcpy(stack, lab_shell_run(l, "kL", KD_OK));
	for (size_t i = 0; i < 2; i++) {
		const char *m = modules[i];

		/* the page table entries of what the header says */
		snprintf(line, sizeof(line),
			 "r $t1 = %s + dwo(%s + dwo(%s+3c) + a0); "
			 "r $t2 = @$t1 + dwo(%s + dwo(%s+3c) + a4); "
			 ".for (r $t0 = @$t1; @$t0 < @$t2; "
			 "r $t0 = @$t0 + 1000) { eq poi(nt!MmPteBase) + "
			 "((@$t0 >> 9) & 7ffffffff8) 0 }",
			 m, m, m, m, m);
		lab_shell_run(l, line, KD_OK);
		snprintf(line, sizeof(line),
			 "db %s + dwo(%s + dwo(%s+3c) + a0) L1", m, m, m);
		lab_shell_run(l, line, KD_OK);
		CHECK_ROW(l->out, strstr(l->out, "  ??") != NULL);
	}
	lab_shell_run(l, ".reload", KD_OK);
	CHECK_TEXT("paged out", lab_shell_run(l, "kL", KD_OK), stack);
}

static void test_paged_out(void)
{
	everywhere(check_paged_out);
}

static const struct check_test tests[] = {
	{ "texts", test_texts },
	{ "numbers", test_numbers },
	{ "cost", test_cost },
	{ "cost of lm", test_list_cost },
	{ "cost of ten frames", test_hit },
	{ "made up", test_endless },
	{ "a ring", test_ring },
	{ "paged out", test_paged_out },
};

int main(void)
{
	return check_run("shell/command_stack", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
