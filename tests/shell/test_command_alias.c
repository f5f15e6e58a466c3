#include "scene.h"

#include <stdlib.h>
#include <string.h>

#define LIST "  Alias            Value  \n -------          ------- \n"

// clang-format off
static const struct scene_row rows[] = {
	{ "al", KD_OK, "There are no aliases.\n" },
	{ "as Name a b; .echo c", KD_OK, "" },
	{ "al", KD_OK, LIST " Name             a b; .echo c \n" },
	{ ".echo Name", KD_OK, "a b\nc\n" },
	{ ".echo \"Name\"", KD_OK, "a b; .echo c\n" },
	{ ".echo xName Name. (Name)", KD_OK, "xName Name. (Name)\n" },
	{ ".echo x${Name}", KD_OK, "xa b\nc\n" },
	{ ".echo ${/d:Name}${/d:None} ${/f:None}. ${/n:Name} ${/n:None} ${/v:Name} ${None}", KD_OK,
	  "10 . Name ${/n:None} ${/v:Name} ${None}\n" },
	{ "ad Name; .echo Name", KD_OK, "Name\n" },
	{ "ad Name", KD_E_NOT_FOUND, "There is no alias 'Name'.\n" },
	{ "ad /q Name", KD_OK, "" },
	/* a new alias counts from the next block on */
	{ "aS /x myAlias 5 + 1; .block{.echo myAlias}", KD_OK, "0x6\n" },
	{ "ad myAlias", KD_OK, "" },
	{ "aS /x myAlias 5 + 1; .echo myAlias", KD_OK, "myAlias\n" },
	{ "as /x ${/v:myAlias} 7", KD_OK, "" },
	{ ".echo myAlias", KD_OK, "0x7\n" },
	{ "ad ${/v:myAlias}; al", KD_OK, "There are no aliases.\n" },
	{ "aS Phrase \"a; b\"; .echo c", KD_OK, "c\n" },
	{ ".echo \"Phrase\"", KD_OK, "a; b\n" },
	{ "ad *; al", KD_OK, "There are no aliases.\n" },
	/* lines that begin as these commands do keep their names */
	{ "as one 1", KD_OK, "" },
	{ "as two one", KD_OK, "" },
	{ ".echo two", KD_OK, "one\n" },
	{ ";as two one", KD_OK, "" },
	{ "al", KD_OK, LIST " one              1 \n two              one \n" },
	{ "; .echo two; as three one", KD_OK, "one\n" },
	{ ".echo three", KD_OK, "1\n" },
	{ "as one 6", KD_OK, "" },
	{ ".echo three one", KD_OK, "1 6\n" },
	{ "ad *", KD_OK, "" },
	{ "r $t0=5", KD_OK, "" },
	{ ".foreach /pS 2 /ps 2 (Token {?@$t0}) {as myAlias Token}", KD_OK, "" },
	{ "al", KD_OK, LIST " myAlias          Token \n" },
	{ ".foreach /pS 2 /ps 9 (Token {?@$t0}) {;as myAlias Token}", KD_OK, "" },
	{ "ad *", KD_OK, "" },
	/* fixed names */
	{ "r $.u2=2", KD_OK, "" },
	{ "r $.u1=1+$u2", KD_OK, "" },
	{ "r $.u2=6", KD_OK, "" },
	{ "? $u1", KD_OK, "Evaluate expression: 3 = 00000000`00000003\n" },
	{ "? 1$u2", KD_OK, "Evaluate expression: 22 = 00000000`00000016\n" },
	{ "r $.u0=2", KD_OK, "" },
	{ "r $.u0=7+$u0", KD_OK, "" },
	{ "? $u0", KD_OK, "Evaluate expression: 9 = 00000000`00000009\n" },
	{ ".echo a$u9b", KD_OK, "ab\n" },
	{ "r $.ux=5", KD_E_NOT_FOUND, "Bad register error at '$.ux=5'.\n" },
	{ "r $.u1", KD_E_NOT_FOUND, "Bad register error at '$.u1'.\n" },
	/* from elsewhere */
	{ "as /ma text fffff80000003000", KD_OK, "" },
	{ ".echo text", KD_OK, "Hello\n" },
	{ "as /e home CRASHCART_TEST_ALIAS", KD_OK, "" },
	{ ".echo home", KD_OK, "of the environment\n" },
	{ "as /e home CRASHCART_NOSUCH", KD_E_NOT_FOUND, "There is no environment variable 'CRASHCART_NOSUCH'.\n" },
	{ "as /c out .echo a; .echo b", KD_OK, "" },
	{ ".foreach /s (x \"out\") {.echo x}", KD_OK, "a\nb\n" },
	{ "as /x bad nosuch", KD_E_NOT_FOUND, "Couldn't resolve error at 'nosuch'.\n" },
	{ "as /q bad 1", KD_E_ARG, "'/q' is no switch of 'as'.\n" },
	{ "as", KD_E_ARG, "An alias needs a name and what it stands for.\n" },
	{ "ad", KD_E_ARG, "'ad' needs an alias's name, or '*'.\n" },
};
// clang-format on

static void test_rows(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	CHECK_EQ(NULL, setenv("CRASHCART_TEST_ALIAS", "of the environment", 1),
		 0);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_close(&s);
}

/* Each alias doubles: what is too long is refused, not waited for. */
static void test_growth(void)
{
	enum kd_status st = KD_OK;
	struct scene s;
	unsigned n = 0;

	scene_init(&s);
	scene_open(&s);
	scene_run(&s, "as a 0123456789abcdef", KD_OK);
	for (; n < 40 && st == KD_OK; n++)
		st = kd_shell_execute(s.shell, "; as ${/v:a} a a", &s.next);
	CHECK_EQ("refused", -st, -KD_E_NOMEM);
	CHECK_EQ("at a megabyte", n, 16);
	scene_close(&s);
}

static void *scarce(void *ctx, size_t len)
{
	unsigned *left = ctx;

	return (*left)-- ? calloc(1, len) : (*left = 0, NULL);
}

static void back(void *ctx, void *memory)
{
	(void)ctx;
	free(memory);
}

/* Without memory it says so, whichever allocation fails. */
static void test_no_memory(void)
{
	for (unsigned allowed = 1; allowed < 30; allowed++) {
		unsigned left = allowed;
		struct kd_allocator mem = { scarce, back, &left };
		struct scene s;
		enum kd_status st;

		scene_init(&s);
		if (kd_shell_create(&mem, &s.session, &s.config, &s.shell))
			continue;
		st = kd_shell_execute(
			s.shell,
			"r $.u1=5; aS x \"1 2\"; aS x 3; "
			".foreach (t {.echo x ${x}}) {.printf \"%d\", t}",
			&s.next);
		CHECK(st == KD_OK || s.len);
		scene_close(&s);
	}
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "growth", test_growth },
		{ "no memory", test_no_memory },
	};

	return check_run("aliases", tests, sizeof(tests) / sizeof(tests[0]));
}
