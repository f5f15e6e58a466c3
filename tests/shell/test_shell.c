#include "scene.h"

#include <string.h>

// clang-format off
static const struct scene_row rows[] = {
	{ "", KD_OK, "" },
	{ " ; ;\t;", KD_OK, "" },
	{ ".echo one; .echo two", KD_OK, "one\ntwo\n" },
	{ "  .echo one  ;.echo two;", KD_OK, "one\ntwo\n" },
	{ ".echo \"one; two", KD_OK, "\"one; two\n" },
	{ ".ECHO one", KD_OK, "one\n" },
	{ "* nothing; .echo never", KD_OK, "" },
	{ ".echo one; * nothing; .echo never", KD_OK, "one\n" },
	{ "$$ nothing; .echo two", KD_OK, "two\n" },
	{ "dbb 0; .echo never", KD_E_NOT_FOUND,
	  "'dbb' is not a command. Did you mean 'db'? '.help' lists all.\n" },
	{ "!chkimg -v", KD_E_NOT_FOUND,
	  "'!chkimg' is not a command. '.help' lists all.\n" },
	{ "\x1b[31m", KD_E_NOT_FOUND,
	  "'\\x1b[31m' is not a command. '.help' lists all.\n" },
};
// clang-format on

static void test_rows(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_close(&s);
}

static void test_long_line(void)
{
	char line[3000] = ".echo ";
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	memset(line + 6, 'x', sizeof(line) - 7);
	CHECK_TEXT("too long", scene_run(&s, line, KD_E_SPACE),
		   "A command of more than 1023 characters is too long.\n");
	line[1023] = '\0';
	scene_run(&s, line, KD_OK);
	CHECK_EQ("just fits", s.len, 1023 - 6 + 1);
	scene_close(&s);
}

static void test_prompt(void)
{
	char out[32];
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	CHECK_TEXT("one", kd_shell_prompt(s.shell, out), "kd> ");
	s.session.stop.processor_count = 8;
	s.session.stop.processor = 3;
	CHECK_TEXT("several", kd_shell_prompt(s.shell, out), "3: kd> ");
	s.session.halted = false;
	CHECK_TEXT("running", kd_shell_prompt(s.shell, out), "kd> ");
	scene_close(&s);
}

static void *no_memory(void *ctx, size_t len)
{
	(void)ctx;
	(void)len;
	return NULL;
}

static void test_no_memory(void)
{
	struct kd_allocator none = { .alloc = no_memory };
	struct scene s;
	struct kd_shell *shell = NULL;

	scene_init(&s);
	CHECK_EQ(NULL, -kd_shell_create(&none, &s.session, &s.config, &shell),
		 -KD_E_NOMEM);
	CHECK(!shell);
	kd_shell_destroy(NULL);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "long line", test_long_line },
		{ "prompt", test_prompt },
		{ "no memory", test_no_memory },
	};

	return check_run("shell", tests, sizeof(tests) / sizeof(tests[0]));
}
