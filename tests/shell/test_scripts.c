/*
 * Every command on the lab's machines, with all that it says: scripts/README.
 * Each script is run over both kinds of line, and twice: for people, and with
 * JSON for programs.
 */
#include "json_valid.h"
#include "kd_commands.h"
#include "lab_shell.h"
#include "script_file.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SCRIPTS_MAX = 64, COMMANDS_MAX = 512, BOOT_S = 3, NAME_LEN = 256 };

/* What is text by its nature, or echoes what is run. */
static const char *const speakers[] = { ".echo", ".printf", "$$<", "$<", NULL };

static bool covered[COMMANDS_MAX];
static struct lab_shell l;

static bool is_one_of(const char *const *names, const char *name)
{
	for (; *names; names++)
		if (!strcmp(*names, name))
			return true;
	return false;
}

static bool begin(const struct script *s, enum lab_dialect d, bool json)
{
	const struct lab_shell_config config = {
		.dialect = d,
		.is_static = !strcmp(s->machine, "static"),
		.json = json,
		.scenario = s->scenario[0] ? s->scenario : NULL,
		.layout = s->layout,
		.processors = s->processors,
		.seed = 7,
	};

	if (!lab_shell_open(&l, &config))
		return false;
	lab_shell_for(&l, BOOT_S * (uint64_t)PAIR_SECOND);
	return true;
}

static void execute(const struct script_step *step)
{
	enum kd_status st;

	if (getenv("CRASHCART_SCRIPT"))
		fprintf(stderr, "%s %s\n", step->label, step->line);
	l.len = 0;
	l.out[0] = '\0';
	st = kd_shell_execute(l.shell, step->line, &l.next);
	lab_shell_for(&l, 0);
	if (!CHECK_EQ(step->label, st != KD_OK, step->fails))
		CHECK_TEXT(step->label, l.out, step->want);
}

static char *masked_copy(const struct script *s, const char *text)
{
	char *copy = malloc(strlen(text) + 1);

	if (!copy)
		return NULL;
	strcpy(copy, text);
	if (strcmp(s->machine, "static") != 0)
		script_mask(copy);
	return copy;
}

/* With CRASHCART_REWRITE what differs is taken for right. */
static void check_said(const struct script *s, const char *path,
		       enum lab_dialect d)
{
	static char *said[SCRIPT_STEPS_MAX];
	bool rewrite = getenv("CRASHCART_REWRITE") && d == LAB_SERIAL;
	size_t differ = 0;

	for (size_t i = 0; i < s->count; i++) {
		execute(&s->steps[i]);
		said[i] = NULL;
		if (script_matches(s->steps[i].want, l.out))
			continue;
		if (rewrite)
			said[i] = masked_copy(s, l.out);
		else
			CHECK_TEXT(s->steps[i].label, l.out, s->steps[i].want);
		differ++;
	}
	if (differ && rewrite)
		CHECK_ROW(path, script_write(s, path, said));
	for (size_t i = 0; i < s->count; i++)
		free(said[i]);
	CHECK_ROW(path, s->count > 0);
}

/* The value of a member that is a plain string. */
static bool member(const char *line, const char *key, char out[NAME_LEN])
{
	char start[32];
	const char *at;
	size_t n = 0;

	snprintf(start, sizeof(start), "\"%s\":\"", key);
	at = strstr(line, start);
	if (!at)
		return false;
	for (at += strlen(start); *at && *at != '"' && n < NAME_LEN - 1; at++)
		out[n++] = *at;
	out[n] = '\0';
	return true;
}

static void check_json_line(const char *label, const char *line)
{
	char name[NAME_LEN], status[NAME_LEN];
	const struct kd_command *c;

	CHECK_ROW(line, json_is_valid(line, strlen(line)));
	if (strncmp(line, "{\"type\":\"command\"", 17) != 0)
		return;
	if (!CHECK_ROW(label, member(line, "command", name) &&
				      member(line, "status", status)))
		return;
	if (!is_one_of(speakers, name) && strstr(line, "\"text\":") &&
	    !strstr(line, "\"result\":") && !strcmp(status, "ok"))
		CHECK_TEXT(label, line, "its data in fields");
	CHECK_ROW(label,
		  strcmp(status, "ok") == 0 || strstr(line, "\"error\":"));
	for (size_t i = 0; (c = kd_command_at(i)) && i < COMMANDS_MAX; i++)
		covered[i] |= !strcmp(c->name, name);
}

static void check_json(const struct script *s)
{
	for (size_t i = 0; i < s->count; i++) {
		execute(&s->steps[i]);
		for (char *at = l.out, *end; *at; at = end + 1) {
			end = strchr(at, '\n');
			if (!CHECK_ROW(s->steps[i].label, end != NULL))
				break;
			*end = '\0';
			check_json_line(s->steps[i].label, at);
		}
	}
}

/* Commands around others are told of only if they fail, comments never. */
static void cover_quiet(const struct script *s)
{
	const struct kd_command *c;

	for (size_t n = 0; (c = kd_command_at(n)) && n < COMMANDS_MAX; n++) {
		if (!(c->traits & KD_TAKES_BLOCKS) && c->run != kd_run_comment)
			continue;
		for (size_t i = 0; i < s->count; i++)
			covered[n] |= strstr(s->steps[i].line, c->name) != NULL;
	}
}

static void run_script(const char *path, enum lab_dialect d)
{
	static struct script s;

	if (!script_read(&s, path))
		return;
	if (begin(&s, d, false)) {
		check_said(&s, path, d);
		lab_shell_close(&l);
	}
	if (begin(&s, d, true)) {
		check_json(&s);
		lab_shell_close(&l);
	}
	cover_quiet(&s);
	script_free(&s);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(a, b);
}

static size_t find_scripts(char names[SCRIPTS_MAX][NAME_LEN])
{
	DIR *folder = opendir(SHELL_SCRIPTS);
	size_t count = 0;

	if (!CHECK_ROW(SHELL_SCRIPTS, folder != NULL))
		return 0;
	for (struct dirent *e = readdir(folder); e && count < SCRIPTS_MAX;
	     e = readdir(folder))
		if (strstr(e->d_name, ".txt"))
			snprintf(names[count++], NAME_LEN, "%.*s", NAME_LEN - 1,
				 e->d_name);
	closedir(folder);
	qsort(names, count, NAME_LEN, by_name);
	return count;
}

static void run_all(enum lab_dialect d)
{
	static char names[SCRIPTS_MAX][NAME_LEN];
	char path[sizeof(SHELL_SCRIPTS) + NAME_LEN + 2];
	const char *only = getenv("CRASHCART_SCRIPT");
	size_t count = find_scripts(names);

	for (size_t i = 0; i < count; i++) {
		snprintf(path, sizeof(path), "%s/%.*s", SHELL_SCRIPTS,
			 NAME_LEN - 1, names[i]);
		if (!only || strstr(names[i], only))
			run_script(path, d);
	}
}

static void test_serial(void)
{
	run_all(LAB_SERIAL);
}

static void test_net(void)
{
	run_all(LAB_KDNET);
}

static void test_all_covered(void)
{
	const struct kd_command *c;

	for (size_t i = 0; (c = kd_command_at(i)) != NULL; i++)
		if (!CHECK_ROW(c->name, i < COMMANDS_MAX && covered[i]))
			fprintf(stderr, "no script has '%s'; see %s/README\n",
				c->name, SHELL_SCRIPTS);
}

/* Script files may write what they like: not where somebody works. */
static bool enter_own_folder(char folder[NAME_LEN])
{
	snprintf(folder, NAME_LEN, "/tmp/test_scripts.XXXXXX");
	return mkdtemp(folder) && chdir(folder) == 0;
}

static void leave_own_folder(const char *folder)
{
	DIR *d = opendir(folder);

	for (struct dirent *e = d ? readdir(d) : NULL; e; e = readdir(d))
		if (e->d_name[0] != '.')
			unlink(e->d_name);
	if (d)
		closedir(d);
	if (chdir("/") == 0)
		rmdir(folder);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "byte stream", test_serial },
		{ "KDNET", test_net },
		{ "no command is left out", test_all_covered },
	};
	char folder[NAME_LEN];
	int failed;

	if (!enter_own_folder(folder)) {
		perror(folder);
		return 1;
	}
	failed = check_run("scripts", tests, sizeof(tests) / sizeof(tests[0]));
	leave_own_folder(folder);
	return failed;
}
