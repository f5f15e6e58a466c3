#include "kd_script.h"
#include "scene.h"

#include <string.h>

// clang-format off
static const struct scene_row rows[] = {
	/* branches */
	{ ".if (1) {.echo a}", KD_OK, "a\n" },
	{ ".if (0) {.echo a}", KD_OK, "" },
	{ ".if(1){.echo a}", KD_OK, "a\n" },
	{ ".if 1 = 1 {.echo a}", KD_OK, "a\n" },
	{ ".if (1) {.echo a} .else {.echo b}", KD_OK, "a\n" },
	{ ".if (0) {.echo a} .else {.echo b}", KD_OK, "b\n" },
	{ ".if (0) {.echo a} .elsif (1) {.echo b} .else {.echo c}", KD_OK, "b\n" },
	{ ".if (0) {.echo a} .elsif (0) {.echo b} .else {.echo c}", KD_OK, "c\n" },
	{ ".if (1) {.echo a} .elsif (1) {.echo b}", KD_OK, "a\n" },
	{ ".if (1) {.echo a} .elsif (nosuch) {.echo b} .else {.echo c}", KD_OK, "a\n" },
	{ ".if (1) {.echo a;.echo b}; .echo c", KD_OK, "a\nb\nc\n" },
	{ ".if (1) {.echo a} .echo c", KD_OK, "a\nc\n" },
	{ ".if (0) {.echo a}\n.else\n{\n.echo b\n}\n.echo c", KD_OK, "b\nc\n" },
	{ ".if (1) {.if (0) {.echo a} .else {.echo b}}", KD_OK, "b\n" },
	{ ".if (1) {.echo \"}\"; .echo b}", KD_OK, "}\nb\n" },
	{ ".if ($spat(\"a;b{\", \"a*\")) {.echo a}", KD_OK, "a\n" },
	{ ".if (1 2) {.echo a}", KD_E_FORMAT, "Syntax error at '2) {.echo a}'.\n" },
	{ ".if (1) .echo a", KD_E_FORMAT, "Syntax error at '.echo a'.\n" },
	{ ".if (1) {.echo a", KD_E_FORMAT, "Syntax error at '{.echo a'.\n" },
	{ ".if {.echo a}", KD_E_FORMAT, "Numeric expression missing from '{.echo a}'.\n" },
	{ ".else {.echo a}", KD_E_FORMAT, "'.else' without an '.if' before it.\n" },
	{ ".elsif (1) {.echo a}", KD_E_FORMAT, "'.elsif' without an '.if' before it.\n" },
	{ ".block {.echo a; .echo b}", KD_OK, "a\nb\n" },
	{ ".block{}", KD_OK, "" },
	{ ".block .echo a", KD_E_FORMAT, "Syntax error at '.echo a'.\n" },
	{ "j 1 '.echo a; .echo b'; '.echo c'", KD_OK, "a\nb\n" },
	{ "j 0 '.echo a; .echo b'; '.echo c'", KD_OK, "c\n" },
	{ "j (1=1) .echo a ; .echo b", KD_OK, "a\n" },
	{ "j (1=2) .echo a ; .echo b", KD_OK, "b\n" },
	{ "j(1) ''; '.echo b'", KD_OK, "" },
	{ "j (0)  ; '.echo b'", KD_OK, "b\n" },
	{ "j 1 '.echo a'; '.echo b'; .echo c", KD_OK, "a\n" },
	{ "j (0) '.echo a'", KD_OK, "" },
	/* loops */
	{ ".for (r $t0=0; @$t0 < 3; r $t0=@$t0+1) {.printf \"%d \", @$t0}", KD_OK, "0 1 2 \n" },
	{ ".for (r $t0=0; @$t0 < 3; r $t0=@$t0+1; .echo i) {}", KD_OK, "i\ni\ni\n" },
	{ ".for (r $t0=0; @$t0 < 0n100; r $t0=@$t0+1) {}; ? @$t0", KD_OK, "Evaluate expression: 100 = 00000000`00000064\n" },
	{ "r $t0=3; .while (@$t0) {.printf \"%d \", @$t0; r $t0=@$t0-1}", KD_OK, "3 2 1 \n" },
	{ ".for (r $t0=0; ; r $t0=@$t0+1) {.if (@$t0=3) {.break}; .printf \"%d\", @$t0}; .echo e", KD_OK, "012e\n" },
	{ ".for (r $t0=0; @$t0<4; r $t0=@$t0+1) {.if (@$t0&1) {.continue}; .printf \"%d\", @$t0}", KD_OK, "02\n" },
	{ ".for (r $t0=0;@$t0<2;r $t0=@$t0+1) {.for (r $t1=0;1;r $t1=@$t1+1) {.if (@$t1=2) {.break}; .printf \"%d%d \",@$t0,@$t1}}", KD_OK,
	  "00 01 10 11 \n" },
	{ ".break", KD_E_STATE, "'.break' outside of a loop.\n" },
	{ ".continue", KD_E_STATE, "'.continue' outside of a loop.\n" },
	{ ".leave", KD_E_STATE, "'.leave' outside of a '.catch'.\n" },
	{ ".while (nosuch) {.echo a}", KD_E_NOT_FOUND, "Couldn't resolve error at 'nosuch) {.echo a}'.\n" },
	{ ".while 1 2 {.echo a}", KD_E_FORMAT, "Syntax error at '2 {.echo a}'.\n" },
	{ ".while (1) .echo a", KD_E_FORMAT, "Syntax error at '(1) .echo a'.\n" },
	{ ".for (1) {.echo a}", KD_E_FORMAT, "Syntax error at '(1) {.echo a}'.\n" },
	/* what fails in a block ends everything around it */
	{ ".while (1) {.echo a; nosuch}; .echo b", KD_E_NOT_FOUND, "a\n'nosuch' is not a command. '.help' lists all.\n" },
	{ ".catch {.echo a; nosuch; .echo b}; .echo c", KD_OK, "a\n'nosuch' is not a command. '.help' lists all.\nc\n" },
	{ ".catch {.foreach /f (x \"/nosuch\") {}}; .echo c", KD_OK, "Cannot open the file '/nosuch': No such file or directory.\nc\n" },
	{ ".catch {.echo a; .leave; .echo b}; .echo c", KD_OK, "a\nc\n" },
	{ ".catch {.while (1) {.leave}; .echo b}; .echo c", KD_OK, "c\n" },
	/* words that others print */
	{ ".foreach (x {.echo a b; .echo c}) {.echo <${x}> x}", KD_OK, "<a> a\n<b> b\n<c> c\n" },
	{ ".foreach /s (x \"a  b\") {.echo x}", KD_OK, "a\nb\n" },
	{ ".foreach /pS 2 /s (x \"a b c d\") {.echo x}", KD_OK, "c\nd\n" },
	{ ".foreach /ps 1 /s (x \"a b c d e\") {.echo x}", KD_OK, "a\nc\ne\n" },
	{ ".foreach /pS 1 /ps 1 /s (x \"a b c d e\") {.echo x}", KD_OK, "b\nd\n" },
	{ ".foreach (x {dd fffff80000002000 L2}) {? x}", KD_OK,
	  "Evaluate expression: -8796093014016 = fffff800`00002000\n"
	  "Evaluate expression: 4290543616 = 00000000`ffbc8000\n"
	  "Evaluate expression: 24 = 00000000`00000018\n" },
	{ ".foreach ( x { .echo 10 } ) { .echo x; ? x - 8 }", KD_OK, "10\nEvaluate expression: 8 = 00000000`00000008\n" },
	{ ".foreach /s (x \"a b\") {.foreach /s (y \"1 2\") {.echo x y}}", KD_OK, "a 1\na 2\nb 1\nb 2\n" },
	{ ".foreach /s (x \"a b c\") {.if ($scmp(\"${x}\",\"b\")=0) {.break}; .echo x}", KD_OK, "a\n" },
	{ ".foreach /s (x \"a\") {.echo (x) x}", KD_OK, "(x) a\n" },
	{ ".foreach (x {}) {.echo x}", KD_OK, "" },
	{ ".foreach (x {.echo a; nosuch}) {.echo x}", KD_E_NOT_FOUND, "a\n'nosuch' is not a command. '.help' lists all.\n" },
	{ ".foreach x {.echo a} {.echo x}", KD_E_FORMAT, "Syntax error at 'x {.echo a}'.\n" },
	{ ".foreach /q (x {.echo a}) {.echo x}", KD_E_FORMAT, "Syntax error at '/q (x {.echo a}) {.echo x}'.\n" },
	{ ".foreach /f (x \"/nosuch/file\") {.echo x}", KD_E_OS, "Cannot open the file '/nosuch/file': No such file or directory.\n" },
	/* comments and separators */
	{ "$$ a comment; .echo a", KD_OK, "a\n" },
	{ ".echo a $$ b", KD_OK, "a $$ b\n" },
	{ "* a comment; .echo a\n.echo b", KD_OK, "b\n" },
	{ "?1+1", KD_OK, "Evaluate expression: 2 = 00000000`00000002\n" },
	{ "db@rsp L1", KD_OK, "fffff800`00002000  00                                               .\n" },
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

/* "z" repeats all that stands before it, so what it starts from is outside. */
static void test_repeat(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	CHECK_TEXT("z",
		   scene_run(&s,
			     "r $t0=@$t0+1; .printf \"%d\", @$t0; z(@$t0<3); "
			     ".echo e",
			     KD_OK),
		   "123e\n");
	CHECK_EQ("the target is seen to", s.session.polls, 2);
	scene_close(&s);
}

static void test_endless(void)
{
	static const char *const lines[] = {
		".while (1) {}",
		".for (;;) {}",
		".echo a; z(1)",
		".catch {.while (1) {}}",
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		struct scene s;

		scene_init(&s);
		s.session.polls_max = 10;
		scene_open(&s);
		scene_run(&s, lines[i], KD_E_CANCELED);
		CHECK_ROW(lines[i], strstr(s.out, "Stopped.\n") != NULL);
		CHECK_EQ(lines[i], s.session.polls, 10);
		scene_close(&s);
	}
}

/* A script that calls itself, by an alias, ends at the bound. */
static void test_depth(void)
{
	char line[2 * KD_SCRIPT_DEPTH * 8 + 64] = "";
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	for (unsigned i = 0; i < KD_SCRIPT_DEPTH - 1; i++)
		strcat(line, ".block{");
	strcat(line, ".echo a");
	for (unsigned i = 0; i < KD_SCRIPT_DEPTH - 1; i++)
		strcat(line, "}");
	CHECK_TEXT("as deep as may be", scene_run(&s, line, KD_OK), "a\n");
	memmove(line + 7, line, strlen(line) + 1);
	memcpy(line, ".block{", 7);
	strcat(line, "}");
	CHECK_TEXT("deeper", scene_run(&s, line, KD_E_SPACE),
		   "Commands are nested more than 32 deep.\n");
	CHECK_TEXT("it is over", scene_run(&s, ".echo a", KD_OK), "a\n");
	scene_close(&s);
}

/* What is behind "g" in a block waits for the stop, as on a line. */
static void test_go_in_a_loop(void)
{
	struct scene s;

	scene_init(&s);
	s.session.events[0] = (struct kd_event){ .kind = KD_EV_STOPPED,
						 .stop = s.session.stop };
	s.session.events[1] = s.session.events[0];
	s.session.event_count = 2;
	scene_open(&s);
	scene_run(&s, ".for (r $t0=0; @$t0<2; r $t0=@$t0+1) {g; .echo stopped}",
		  KD_OK);
	CHECK_EQ("let go", s.session.continued, 2);
	CHECK_EQ("waited for", s.session.event_next, 2);
	CHECK(strstr(s.out, "stopped\n") != NULL);
	scene_close(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "repeat", test_repeat },
		{ "endless", test_endless },
		{ "depth", test_depth },
		{ "go in a loop", test_go_in_a_loop },
	};

	return check_run("script", tests, sizeof(tests) / sizeof(tests[0]));
}
