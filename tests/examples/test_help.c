/*
 * Everything that is made from the tables: help, the manual page, completion.
 */

#include "check.h"
#include "target.h"

#include <crashcart/crashcart.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void test_help_of_each(void)
{
	const char *all[] = { run_crashcart(), "help", NULL };
	struct kd_shell_command c;
	struct run_result list;

	run_program(all, NULL, NULL, &list);
	for (size_t i = 0; kd_shell_command_at(i, &c); i++) {
		const char *one[] = { run_crashcart(), "help", c.name, NULL };
		char line[TEXT_LEN];
		struct run_result r;

		snprintf(line, sizeof(line), "\n  %-11s %s\n", c.name, c.help);
		CHECK_EQ(c.name, count(list.out, line), 1);
		run_program(one, NULL, NULL, &r);
		CHECK_EQ(c.name, r.code, 0);
		CHECK_ROW(c.name, strncmp(r.out, c.name, strlen(c.name)) == 0);
		CHECK_ROW(c.name, strstr(r.out, c.help) != NULL);
		run_free(&r);
	}
	run_free(&list);
}

static void test_manual_page(void)
{
	const char *argv[] = { run_crashcart(), "help", "--man",
			       getenv("KD_MANUAL"), NULL };
	struct kd_shell_command c;
	struct run_result r;

	if (!CHECK(argv[3] != NULL))
		return;
	run_program(argv, NULL, NULL, &r);
	CHECK_EQ("manual", r.code, 0);
	CHECK_EQ("its own text", count(r.out, ".Sh EXIT STATUS\n"), 1);
	CHECK_EQ("commands", count(r.out, ".Sh COMMANDS\n"), 1);
	for (size_t i = 0; kd_shell_command_at(i, &c); i++) {
		char item[TEXT_LEN];

		snprintf(item, sizeof(item), "\n.It \"\\&%s%s", c.name,
			 *c.usage ? " " : "\"");
		CHECK_EQ(c.name, count(r.out, item), 1);
	}
	run_free(&r);
}

static void test_no_manual_page(void)
{
	const char *argv[] = { run_crashcart(), "help", "--man", "/nosuch/page",
			       NULL };
	struct run_result r;

	run_program(argv, NULL, NULL, &r);
	CHECK_EQ("no page", r.code, 1);
	CHECK_EQ("no page", lines_in(r.err), 1);
	run_free(&r);
}

/* What bash offers for the last of some words. */
static void test_completion(void)
{
	// clang-format off
	static const struct {
		const char *words, *want;
	} rows[] = {
		{ "crashcart --time",     "--timeout --timestamps\n" },
		{ "crashcart pe --u",     "--unwind\n" },
		{ "crashcart de",         "decode\n" },
		{ "crashcart help .log",  ".logappend .logclose .logopen\n" },
		{ "crashcart -logo de",   "\n" },
	};
	// clang-format on
	const char *make[] = { run_crashcart(), "help", "--completion", NULL };
	struct run_result script;

	if (access("/bin/bash", X_OK)) {
		check_skip("there is no bash");
		return;
	}
	run_program(make, NULL, NULL, &script);
	CHECK_EQ("script", script.code, 0);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char *text = malloc(strlen(script.out) + 512);
		const char *argv[] = { "/bin/bash", "-s", NULL };
		struct run_result r;

		if (!CHECK(text != NULL))
			break;
		sprintf(text,
			"%s\nCOMP_WORDS=(%s)\n"
			"COMP_CWORD=$((${#COMP_WORDS[@]}-1))\n"
			"_crashcart\necho ${COMPREPLY[@]}\n",
			script.out, rows[i].words);
		run_program(argv, NULL, text, &r);
		CHECK_TEXT(rows[i].words, r.out, rows[i].want);
		run_free(&r);
		free(text);
	}
	run_free(&script);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "help of each", test_help_of_each },
		{ "manual page", test_manual_page },
		{ "no manual page", test_no_manual_page },
		{ "completion", test_completion },
	};

	return check_run("help", tests, sizeof(tests) / sizeof(tests[0]));
}
