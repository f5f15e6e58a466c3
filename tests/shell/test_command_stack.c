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

static bool open_stopped(struct lab_shell *l, enum lab_dialect dialect,
			 unsigned layout)
{
	const struct lab_shell_config config = { .dialect = dialect,
						 .scenario = "step",
						 .layout = layout,
						 .seed = 1 };

	if (!lab_shell_open(l, &config))
		return false;
	if (CHECK(lab_shell_until_stop(l, 60 * (uint64_t)PAIR_SECOND)))
		return true;
	lab_shell_close(l);
	return false;
}

static void everywhere(void (*run)(struct lab_shell *l))
{
	static struct lab_shell l;

	for (unsigned layout = 1; layout <= 2; layout++)
		for (int net = 0; net < 2; net++) {
			if (!open_stopped(&l, net ? LAB_KDNET : LAB_SERIAL,
					  layout))
				continue;
			run(&l);
			lab_shell_close(&l);
		}
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
	uint64_t before = lab_shell_requests(l);

	lab_shell_run(l, "k", KD_OK);
	uint64_t first = lab_shell_requests(l) - before;

	CHECK_ROW("first", first <= 15);
	if (first > 15)
		CHECK_EQ("first", first, 15);
	before = lab_shell_requests(l);
	lab_shell_run(l, "k", KD_OK);
	CHECK_EQ("second", lab_shell_requests(l) - before, 0);
}

static void test_cost(void)
{
	everywhere(check_cost);
}

static const struct check_test tests[] = {
	{ "texts", test_texts },
	{ "numbers", test_numbers },
	{ "cost", test_cost },
};

int main(void)
{
	return check_run("shell/command_stack", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
