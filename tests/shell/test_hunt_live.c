/*
 * Pool leaks are hunted on the lab's kernel, and what is found is compared
 * with what the kernel has counted itself.
 */

#include "kd_hunt.h"
#include "kd_walk.h"
#include "lab_contract.h"
#include "lab_machine_emulated.h"
#include "lab_shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SECOND = PAIR_SECOND };

static struct lab_shell shell;

/* All over KDNET and a byte stream, and with both layouts. */
static void each(void (*run)(const char *row, struct lab_shell_config *c))
{
	for (unsigned i = 0; i < 4; i++) {
		struct lab_shell_config c = {
			.dialect = i % 2 ? LAB_KDNET : LAB_SERIAL,
			.layout = 1 + i / 2,
			.seed = 1 + i,
		};
		char row[64];

		snprintf(row, sizeof(row), "%s, layout %u",
			 pair_dialect_name(c.dialect), c.layout);
		run(row, &c);
	}
}

static bool start(struct lab_shell_config *c, const char *scenario,
		  uint64_t span_us)
{
	c->scenario = scenario;
	if (!lab_shell_open(&shell, c))
		return false;
	lab_shell_for(&shell, span_us);
	return lab_shell_break(&shell);
}

/* Numbers that the machine keeps. */
struct counts {
	uint64_t lost; /* myfault!MyfaultLost */
	struct kd_pool_use use;
};

static struct counts count(const char *tag)
{
	struct kd_shell *sh = shell.shell;
	struct kd_pool_tags tags;
	struct kd_pool pool;
	struct counts c = { .lost = lab_shell_value(
				    &shell, "dwo(myfault!MyfaultLost)") };

	kd_pool_tags_init(&tags, NULL);
	CHECK_EQ("pool",
		 -kd_pool_open(sh->session, sh->symbols, kd_shell_memory(sh),
			       &pool),
		 KD_OK);
	CHECK_EQ("tags", -kd_pool_read_tags(&pool, KD_POOL_SYSTEM, &tags),
		 KD_OK);
	const struct kd_pool_tag *t =
		kd_pool_tags_find(&tags, kd_pool_tag_of(tag));

	if (t)
		c.use = t->use[KD_POOL_NONPAGED];
	kd_pool_tags_deinit(&tags);
	return c;
}

/* The number before a word: "64 allocations"; from the last such line on. */
static uint64_t number(const char *text, const char *words)
{
	const char *at = strstr(text, words);

	if (!CHECK_ROW(words, at != NULL))
		return UINT64_MAX;
	while (at > text && (at[-1] == ' ' || (at[-1] >= '0' && at[-1] <= '9')))
		at--;
	return strtoull(at, NULL, 10);
}

static void check_leak(const char *row, struct lab_shell_config *c)
{
	struct counts before, after;
	const char *out;

	if (!start(c, "leak", 2 * SECOND))
		return;
	lab_shell_run(&shell, "!poolhunt", KD_OK);
	out = lab_shell_from(&shell, "'Leak' grows most");
	CHECK_ROW(row, !strncmp(out, "'Leak' grows most", 17));
	CHECK_ROW(row, strstr(out, "MyfaultTakeBuffer+") != NULL);
	CHECK_ROW(row, strstr(out, "Collecting the stacks of 'Lea2'") != NULL);
	CHECK_ROW(row, strstr(out, "Suspected leak: myfault!MyfaultLeakMemory "
				   "of myfault.sys.") != NULL);
	CHECK_EQ("undone", lab_shell_count(&shell, "put back"), 0);
	/* stacks of all uses: what was counted is what the machine counted */
	before = count("Leak");
	lab_shell_run(&shell, "!poolhunt Leak /k /l 0 /s 30", KD_OK);
	out = lab_shell_from(&shell, "Suspected leak: myfault!MyfaultLeakMem");
	uint64_t allocs = number(shell.out, " allocations and"),
		 frees = number(shell.out, " frees of 'Leak'"),
		 lost = number(out, " allocations, 0 freed"),
		 bytes = number(out, " bytes)");

	CHECK_ROW(row, !strstr(shell.out, "had not returned"));
	after = count("Leak");
	CHECK_ROW(row, lost > 20);
	/* who was just about to count it counts it on one side or the other */
	CHECK_ROW(row, lost + 1 - (after.lost - before.lost) <= 2);
	CHECK_EQ(row, bytes, lost * 0x2000);
	CHECK_EQ(row, allocs, after.use.allocs - before.use.allocs);
	CHECK_EQ(row, frees, after.use.frees - before.use.frees);
	lab_shell_close(&shell);
}

static void test_leak(void)
{
	each(check_leak);
}

/* Two of a hundred packets are lost, whichever way they go. */
static enum kd_simulated_fate lose(void *ctx, bool outgoing, uint64_t index,
				   const uint8_t *bytes, size_t len)
{
	(void)outgoing;
	(void)index;
	(void)bytes;
	(void)len;
	return check_random(ctx) % 100 < 2 ? KD_FATE_LOST : KD_FATE_ARRIVES;
}

static void check_lossy(const char *row, struct lab_shell_config *c)
{
	uint64_t random = 2;

	c->fate = lose;
	c->fate_ctx = &random;
	check_leak(row, c);
}

static void test_lossy(void)
{
	each(check_lossy);
}

static void check_no_leak(const char *row, struct lab_shell_config *c)
{
	if (!start(c, "no-leak", 6 * SECOND))
		return;
	lab_shell_run(&shell, "!poolhunt", KD_OK);
	CHECK_ROW(row, strstr(shell.out, "\nNothing grows: ") != NULL);
	lab_shell_run(&shell, "!poolhunt Leak", KD_OK);
	CHECK_ROW(row, strstr(shell.out, "\nNone of them grows.") != NULL);
	/* a tag that is in use, and given where it is freed, too */
	lab_shell_run(&shell, "!poolhunt LDsk", KD_OK);
	CHECK_ROW(row, strstr(shell.out, "they keep their tag") != NULL);
	CHECK_ROW(row, strstr(shell.out, ": nothing leaks.") != NULL);
	CHECK_TEXT(row, lab_shell_run(&shell, "!poolhittag", KD_OK),
		   "nt!PoolHitTag is off.\n");
	lab_shell_run(&shell, ".undo -l", KD_OK);
	CHECK_EQ(row, lab_shell_count(&shell, "edit"), 0);
	lab_shell_close(&shell);
}

static void test_no_leak(void)
{
	each(check_no_leak);
}

static bool enough(void *ctx)
{
	uint64_t *until_us = ctx;

	return pair_now(&shell.pair) >= *until_us;
}

/* Ctrl-C, at each stage: all is as it was. */
static void test_canceled(void)
{
	static const unsigned at_s[] = { 1, 7, 13, 20 };
	struct lab_shell_config c = { .dialect = LAB_KDNET };

	if (!start(&c, "leak", 2 * SECOND))
		return;
	for (size_t i = 0; i < sizeof(at_s) / sizeof(at_s[0]); i++) {
		uint64_t until_us = pair_now(&shell.pair) + at_s[i] * SECOND;
		char row[32];

		snprintf(row, sizeof(row), "after %u s", at_s[i]);
		kd_session_set_cancel(shell.pair.session, enough, &until_us,
				      -1);
		(void)!kd_shell_execute(shell.shell, "!poolhunt", &shell.next);
		CHECK_ROW(row, pair_now(&shell.pair) < until_us + SECOND);
		kd_session_set_cancel(shell.pair.session, NULL, NULL, -1);
		CHECK_ROW(row, kd_shell_is_stopped(shell.shell));
		CHECK_TEXT(row, lab_shell_run(&shell, "!poolhittag", KD_OK),
			   "nt!PoolHitTag is off.\n");
		lab_shell_run(&shell, ".undo -l", KD_OK);
		CHECK_EQ(row, lab_shell_count(&shell, "edit"), 0);
		lab_shell_run(&shell, "s -a myfault L5000 \"Leak\"", KD_OK);
		CHECK_EQ(row, lab_shell_count(&shell, "Leak"), 2);
	}
	lab_shell_close(&shell);
}

/* What happens to the machine, or to the line, at a moment. */
struct moment {
	uint64_t at_us;
	bool has_come;
};

static bool reboot(void *ctx)
{
	struct moment *m = ctx;

	if (!m->has_come && pair_now(&shell.pair) >= m->at_us)
		lab_emulated_post(shell.machine, LAB_COMMAND_REBOOT);
	m->has_come |= pair_now(&shell.pair) >= m->at_us;
	return false;
}

/* In the middle of each stage: nothing is left to be put back. */
static void check_rebooted(const char *row, struct lab_shell_config *c)
{
	static const unsigned at_ms[] = { 1500, 7500, 13600 };

	for (size_t i = 0; i < sizeof(at_ms) / sizeof(at_ms[0]); i++) {
		struct moment m = { 0 };

		if (!start(c, "leak", 2 * SECOND))
			return;
		m.at_us = pair_now(&shell.pair) + at_ms[i] * (SECOND / 1000);
		kd_session_set_cancel(shell.pair.session, reboot, &m, -1);
		(void)!kd_shell_execute(shell.shell, "!poolhunt", &shell.next);
		kd_session_set_cancel(shell.pair.session, NULL, NULL, -1);
		CHECK_ROW(row,
			  strstr(shell.out,
				 "\nThe target has rebooted. What was known "
				 "of it is forgotten.\nThe hunt has ended "
				 "with that, and so has all that was changed "
				 "for it.\n") != NULL);
		CHECK_EQ(row,
			 lab_shell_count(&shell,
					 "Suspected leak: "
					 "myfault!MyfaultLeakMemory of"),
			 i == 2);
		CHECK_EQ(row, shell.next, KD_SHELL_RUNS);
		lab_shell_for(&shell, 3 * SECOND);
		/* a break-in that was on its way stops the other boot */
		if (kd_shell_is_stopped(shell.shell))
			lab_shell_go_for(&shell, 3 * SECOND);
		else
			lab_shell_break(&shell);
		CHECK_TEXT(row, lab_shell_run(&shell, "!poolhittag", KD_OK),
			   "nt!PoolHitTag is off.\n");
		lab_shell_run(&shell, ".undo -l", KD_OK);
		CHECK_EQ(row, lab_shell_count(&shell, "edit"), 0);
		lab_shell_run(&shell, "s -a myfault L5000 \"Leak\"", KD_OK);
		CHECK_EQ(row, lab_shell_count(&shell, "Leak"), 2);
		lab_shell_close(&shell);
	}
}

static void test_rebooted(void)
{
	each(check_rebooted);
}

static enum kd_simulated_fate cut(void *ctx, bool outgoing, uint64_t index,
				  const uint8_t *bytes, size_t len)
{
	struct moment *m = ctx;

	(void)outgoing;
	(void)index;
	(void)bytes;
	(void)len;
	m->has_come |= m->at_us && pair_now(&shell.pair) >= m->at_us;
	return m->has_come ? KD_FATE_LOST : KD_FATE_ARRIVES;
}

/* The line is cut, and mended later: then it can all be undone. */
static void check_lost(const char *row, struct lab_shell_config *c)
{
	static const unsigned at_s[] = { 3, 8 };

	for (size_t i = 0; i < sizeof(at_s) / sizeof(at_s[0]); i++) {
		struct moment m = { 0 };

		c->fate = cut;
		c->fate_ctx = &m;
		if (!start(c, "leak", 2 * SECOND))
			return;
		m.at_us = pair_now(&shell.pair) + at_s[i] * SECOND;
		CHECK_ROW(row, kd_shell_execute(shell.shell, "!poolhunt Leak",
						&shell.next) != KD_OK);
		CHECK_ROW(row,
			  strstr(shell.out,
				 ": timed out.\nWhat was changed for the "
				 "hunt is still so. When the target answers "
				 "again, break in and use '.undo'.\n") != NULL);
		m = (struct moment){ 0 };
		shell.len = 0;
		lab_shell_for(&shell, 3 * SECOND);
		if (!kd_shell_is_stopped(shell.shell))
			lab_shell_break(&shell);
		lab_shell_run(&shell, ".undo", KD_OK);
		CHECK_ROW(row, strstr(shell.out, " changes undone.\n") != NULL);
		CHECK_TEXT(row, lab_shell_run(&shell, "!poolhittag", KD_OK),
			   "nt!PoolHitTag is off.\n");
		lab_shell_run(&shell, "s -a myfault L5000 \"Leak\"", KD_OK);
		CHECK_EQ(row, lab_shell_count(&shell, "Leak"), 2);
		lab_shell_close(&shell);
	}
}

static void test_lost(void)
{
	each(check_lost);
}

static void test_count_and_share(void)
{
	struct lab_shell_config c = { .dialect = LAB_SERIAL };

	if (!start(&c, "leak", 2 * SECOND))
		return;
	lab_shell_run(&shell, "!poolhunt Leak /k /c 12 /s 100", KD_OK);
	CHECK_EQ("12 hits",
		 number(shell.out, " allocations and") +
			 number(shell.out, " frees of 'Leak'"),
		 12);
	lab_shell_run(&shell, "!poolhunt Leak /k /l 5", KD_OK);
	CHECK(strstr(shell.out, "it was left alone") != NULL);
	CHECK(number(shell.out, "% of it") <= 7);
	lab_shell_close(&shell);
}

/* All of a file in the current folder, which is gone afterwards. */
static const char *take_file(const char *name)
{
	static char text[1 << 16];
	FILE *f = fopen(name, "r");
	size_t len = 0;

	if (CHECK_ROW(name, f != NULL)) {
		len = fread(text, 1, sizeof(text) - 1, f);
		fclose(f);
		remove(name);
	}
	text[len] = '\0';
	return text;
}

/* How the files are drawn is test_flame_graph's. */
static void test_files(void)
{
	struct lab_shell_config c = { .dialect = LAB_SERIAL };
	char total[64];
	const char *text;

	if (!start(&c, "leak", 2 * SECOND))
		return;
	lab_shell_run(&shell,
		      "!poolhunt Leak /k /l 0 /s 4 /svg hunt_live.svg "
		      "/folded hunt_live.folded",
		      KD_OK);
	uint64_t bytes = number(
		lab_shell_from(&shell, "Suspected leak: myfault!MyfaultLeak"),
		" bytes)");

	CHECK(bytes > 0);
	text = take_file("hunt_live.svg");
	CHECK(!strncmp(text, "<?xml ", 6) && !strstr(text, "<script"));
	snprintf(total, sizeof(total),
		 "<title>myfault!MyfaultLeakMemory (%llu bytes, ",
		 (unsigned long long)bytes);
	CHECK_ROW(total, strstr(text, total) != NULL);
	text = take_file("hunt_live.folded");
	CHECK(!strncmp(text, "nt!KiStartSystemThread;", 23));
	snprintf(total, sizeof(total), ";nt!ExpAllocateBigPool %llu\n",
		 (unsigned long long)bytes);
	CHECK_ROW(total, strstr(text, total) != NULL);
	lab_shell_close(&shell);
}

static void test_json(void)
{
	struct lab_shell_config c = { .dialect = LAB_KDNET, .json = true };

	if (!start(&c, "leak", 2 * SECOND))
		return;
	lab_shell_run(&shell, "!poolhunt Leak /w 2 /s 3", KD_OK);
	CHECK(strstr(shell.out, "\"hit_tag\":\"Lea2\"") != NULL);
	CHECK(strstr(shell.out,
		     "\"suspect\":{\"function\":\"myfault!MyfaultLeakMemory\","
		     "\"module\":\"myfault\",\"image\":\"myfault.sys\",") !=
	      NULL);
	CHECK_EQ("sites", lab_shell_count(&shell, "\"immediate\":true"), 2);
	CHECK(strstr(shell.out, "\"stood_still_microseconds\":") != NULL);
	CHECK(lab_shell_count(&shell, "\"kind\":\"allocation\"") > 0);
	lab_shell_close(&shell);
}

static const struct {
	const char *line;
	const char *want;
} wrong[] = {
	{ "!poolhunt Leaks", "Leaks" }, { "!poolhunt Leak LDsk", "LDsk" },
	{ "!poolhunt /w", "/w" },	{ "!poolhunt /l 100", "/l 100" },
	{ "!poolhunt /svg", "/svg" },	{ "!poolhunt /x", "/x" },
};

static void test_wrong(void)
{
	struct lab_shell_config c = { .dialect = LAB_SERIAL };

	if (!start(&c, "boot", SECOND))
		return;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		lab_shell_run(&shell, wrong[i].line, KD_E_FORMAT);
		CHECK_ROW(wrong[i].line,
			  strstr(shell.out, wrong[i].want) != NULL);
	}
	lab_shell_run(&shell, "!poolhittag Leaks", KD_E_FORMAT);
	lab_shell_run(&shell, "!poolhittag \"A B", KD_E_FORMAT);
	CHECK_TEXT("short", lab_shell_run(&shell, "!poolhittag AB", KD_OK),
		   "nt!PoolHitTag is 'AB  ': the target stops where that is "
		   "allocated or freed.\n");
	lab_shell_run(&shell, "!poolhittag off", KD_OK);
	lab_shell_close(&shell);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "leak", test_leak },
		{ "leak, with packets lost", test_lossy },
		{ "no leak", test_no_leak },
		{ "Ctrl-C", test_canceled },
		{ "reboot", test_rebooted },
		{ "lost line", test_lost },
		{ "so many hits, and so slow", test_count_and_share },
		{ "files", test_files },
		{ "JSON", test_json },
		{ "wrong arguments", test_wrong },
	};

	return check_run("hunt", tests, sizeof(tests) / sizeof(tests[0]));
}
