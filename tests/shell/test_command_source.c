/*
 * Variables and lines of source at the prompt, on the lab's kernel in both
 * layouts: what the sources say is what is shown.
 */
#include "lab_shell.h"
#include "masked.h"

#include <stdio.h>
#include <string.h>

enum { TEXT = 1 << 14 };

static void everywhere(void (*run)(struct lab_shell *l))
{
	static struct lab_shell l;

	for (unsigned layout = 1; layout <= 2; layout++) {
		const struct lab_shell_config config = {
			.dialect = layout == 1 ? LAB_SERIAL : LAB_KDNET,
			.scenario = "step",
			.layout = layout,
			.seed = 1,
		};

		if (!lab_shell_open(&l, &config))
			continue;
		if (CHECK(lab_shell_until_stop(&l, 60 * (uint64_t)PAIR_SECOND)))
			run(&l);
		lab_shell_close(&l);
	}
}

/* At the start of a function, all of its parameters are where they came. */
static void check_variables(struct lab_shell *l)
{
	char want[400], out[TEXT];
	uint64_t size, tag;

	lab_shell_run(l, "dv", KD_E_NOT_FOUND);
	CHECK_ROW(l->out, strstr(l->out, "No variables") != NULL);
	lab_shell_run(l, "g nt!ExAllocatePoolWithTag", KD_OK);
	CHECK(lab_shell_until_stop(l, 60 * (uint64_t)PAIR_SECOND));
	size = lab_shell_value(l, "@rdx");
	tag = lab_shell_value(l, "@r8 & ffffffff");
	snprintf(want, sizeof(want), size < 10 ? " = %llu\n" : " = 0x%llx\n",
		 (unsigned long long)size);
	CHECK_ROW(want,
		  strstr(lab_shell_run(l, "dv size", KD_OK), want) != NULL);
	snprintf(want, sizeof(want), "            tag = 0x%llx\n",
		 (unsigned long long)tag);
	CHECK_TEXT("dv tag", lab_shell_run(l, "dv tag", KD_OK), want);
	snprintf(want, sizeof(want), "unsigned int tag = 0x%llx\n",
		 (unsigned long long)tag);
	CHECK_TEXT("dv /t tag", lab_shell_run(l, "dv /t tag", KD_OK), want);
	snprintf(want, sizeof(want),
		 "prv param @r8d                          tag = 0x%llx\n",
		 (unsigned long long)tag);
	CHECK_TEXT("dv /i /v tag", lab_shell_run(l, "dv /i /v tag", KD_OK),
		   want);
	lab_shell_run(l, "dv /y", KD_E_ARG);
	snprintf(want, sizeof(want), "unsigned int tag = 0x%llx)",
		 (unsigned long long)tag);
	CHECK_ROW(want, strstr(lab_shell_run(l, "kp 1", KD_OK), want) != NULL);
	CHECK_ROW("kP", strstr(masked(lab_shell_run(l, "kP 1", KD_OK), out,
				      sizeof(out)),
			       "nt!ExAllocatePoolWithTag(\n\t\t\t") != NULL);
}

static void test_variables(void)
{
	everywhere(check_variables);
}

/* What a callee has overwritten since is not shown as if it were there. */
static void check_stale(struct lab_shell *l)
{
	lab_shell_run(l, ".frame 4; dv", KD_OK);
	CHECK_ROW(l->out,
		  strstr(l->out, "code = <value unavailable>\n") != NULL);
	lab_shell_run(l, ".frame 2; dv /V irp", KD_OK);
	CHECK_ROW(l->out, strstr(l->out, "\n@rsi              @rsi") != NULL);
	CHECK_ROW(l->out, strstr(l->out, "irp = 0xffff") != NULL);
}

static void test_stale(void)
{
	everywhere(check_stale);
}

static void check_sources(struct lab_shell *l)
{
	lab_shell_run(l, "lsa nt!IofCallDriver", KD_E_NOT_FOUND);
	CHECK_TEXT("no folder", l->out,
		   "'C:\\lab\\nt\\io_driver.c' is in none of the folders of "
		   "'.srcpath': add one with '.srcpath+'.\n");
	CHECK_TEXT("path", lab_shell_run(l, ".srcpath /nowhere", KD_OK),
		   "Source search path is: /nowhere\n");
	CHECK_TEXT("path", lab_shell_run(l, ".srcpath+ " LAB_SOURCES, KD_OK),
		   "Source search path is: /nowhere;" LAB_SOURCES "\n");
	/* the line of a call has the name of what it calls */
	lab_shell_run(l, ".frame /c 4; lsa @rip-1", KD_OK);
	CHECK_ROW(l->out, strstr(l->out, "\n> ") != NULL);
	CHECK_ROW(l->out, strstr(l->out, "IopXxxControlFile(") != NULL);
	CHECK_ROW("the first line is meant",
		  strstr(l->out, "IopXxxControlFile(") <
			  strchr(strstr(l->out, "\n> ") + 1, '\n'));
	CHECK_TEXT("one line",
		   lab_shell_run(l, "lsa nt!IofCallDriver,1,1", KD_OK),
		   "     1: /* Drivers, their devices, and what is asked of "
		   "them. */\n");
	CHECK_TEXT("no source", lab_shell_run(l, "lsa 1000", KD_E_NOT_FOUND),
		   "No line of source is known there.\n");
	CHECK_TEXT("off", lab_shell_run(l, ".lines", KD_OK),
		   "Line number information will not be loaded\n");
	CHECK_TEXT("off",
		   lab_shell_run(l, "lsa nt!IofCallDriver", KD_E_NOT_FOUND),
		   "No line of source is known there: '.lines -e' turns them "
		   "on.\n");
	CHECK_ROW("k", !strchr(lab_shell_run(l, ".cxr; k", KD_OK), '['));
	CHECK_ROW("uf", strncmp(lab_shell_run(l, "uf nt!IofCallDriver", KD_OK),
				"nt!IofCallDriver:\n", 18) == 0);
	lab_shell_run(l, ".lines -e", KD_OK);
	CHECK_ROW("uf", strncmp(lab_shell_run(l, "uf nt!IofCallDriver", KD_OK),
				"nt!IofCallDriver [C:\\lab", 24) == 0);
	lab_shell_run(l, ".lines -x", KD_E_FORMAT);
	lab_shell_run(l, "lsa nt 5", KD_E_FORMAT);
}

static void test_sources(void)
{
	everywhere(check_sources);
}

static const struct check_test tests[] = {
	{ "variables", test_variables },
	{ "stale registers", test_stale },
	{ "sources", test_sources },
};

int main(void)
{
	return check_run("shell/command_source", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
