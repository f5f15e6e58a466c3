/*
 * Symbol stores at the prompt: the lab's kernel, and a web server that has its
 * PDB, or has not.
 */

/* nftw() is XSI's */
#define _XOPEN_SOURCE 700
#include "check.h"
#include "http_server.h"
#include "kd_session_ops.h"
#include "lab_shell.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { LINE_MAX_LEN = 512, SECOND = 1000000 };

/* A shell, a server, and a folder for the store. */
struct scene {
	struct lab_shell lab;
	struct http_server server;
	uint8_t *pdb;
	size_t len;
	char folder[64];
	/* what Ctrl-C waits for: requests for files; 0: nobody presses it */
	unsigned cancel_at;
	uint64_t pace_us; /* that pass each time the download asks for it */
};

static const struct http_reply replies[] = {
	{ .path = "/hit/ntkrnlmp.pdb", .kind = HTTP_FILE },
	{ .path = "/other/ntkrnlmp.pdb", .kind = HTTP_OTHER },
	{ .path = "/stall/ntkrnlmp.pdb", .kind = HTTP_STALL },
	{ .path = NULL },
};

static bool read_pdb(struct scene *s)
{
	FILE *f = fopen(LAB_BUILT_IMAGES "/layout1/ntkrnlmp.pdb", "rb");
	struct stat about;

	if (!CHECK(f != NULL))
		return false;
	s->pdb = NULL;
	if (CHECK(!fstat(fileno(f), &about))) {
		s->len = (size_t)about.st_size;
		s->pdb = malloc(s->len);
	}
	CHECK(s->pdb && fread(s->pdb, 1, s->len, f) == s->len);
	fclose(f);
	return s->pdb != NULL;
}

static bool presses_ctrl_c(void *ctx)
{
	const struct scene *s = ctx;
	struct kd_link *link = s->lab.pair.link;

	if (s->pace_us)
		CHECK_EQ("wait",
			 link->ops->wait(link, false, -1,
					 link->ops->now(link) + s->pace_us),
			 0);
	return s->cancel_at && *s->server.asked >= s->cancel_at;
}

static bool scene_start(struct scene *s)
{
	struct lab_shell_config config = { .dialect = LAB_KDNET };

	memset(s, 0, sizeof(*s));
	strcpy(s->folder, "/tmp/crashcart-test-XXXXXX");
	if (!CHECK(mkdtemp(s->folder) != NULL) || !read_pdb(s) ||
	    !CHECK(http_server_start(&s->server, replies, s->pdb, s->len)) ||
	    !lab_shell_open(&s->lab, &config))
		return false;
	kd_session_set_cancel(s->lab.pair.session, presses_ctrl_c, s, -1);
	lab_shell_for(&s->lab, 5 * (uint64_t)SECOND);
	if (!lab_shell_break(&s->lab))
		return false;
	/* the stop was shown with symbols; nothing is known from here on */
	lab_shell_run(&s->lab, ".sympath /nowhere", KD_OK);
	lab_shell_run(&s->lab, ".reload", KD_OK);
	return true;
}

static int remove_one(const char *path, const struct stat *about, int kind,
		      struct FTW *where)
{
	(void)about;
	(void)kind;
	(void)where;
	return remove(path);
}

static void scene_end(struct scene *s)
{
	s->cancel_at = 0;
	lab_shell_close(&s->lab);
	http_server_stop(&s->server);
	nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(s->pdb);
}

/* '@' is the folder of the store, '^' the server. */
static const char *run(struct scene *s, const char *line, enum kd_status want)
{
	char text[LINE_MAX_LEN] = "";
	size_t len = 0;

	for (; *line && len < sizeof(text) - 100; line++)
		if (*line == '@')
			len += (size_t)sprintf(text + len, "%s/a", s->folder);
		else if (*line == '^')
			len += (size_t)sprintf(text + len, "%s",
					       s->server.root);
		else
			text[len++] = *line;
	text[len] = '\0';
	return lab_shell_run(&s->lab, text, want);
}

static void has(struct scene *s, const char *line, const char *want)
{
	const char *out = run(s, line, KD_OK);

	if (!CHECK_ROW(line, strstr(out, want) != NULL))
		CHECK_TEXT(line, out, want);
}

static void test_hit(void)
{
	static struct scene s;

	if (!scene_start(&s))
		return;
	has(&s, ".sympath srv*@*^/hit", "Symbol search path is: srv*");
	CHECK_EQ("nothing is asked yet", *s.server.asked, 0);
	run(&s, "!sym noisy", KD_OK);
	has(&s, ".reload /f nt", " - fetched from http://127.0.0.1:");
	CHECK(strstr(s.lab.out, "DBGHELP: nt - private symbols & lines\n") !=
	      NULL);
	CHECK_EQ("asked", *s.server.asked, 1);
	has(&s, "lm m nt", "(private pdb symbols)  /tmp/crashcart-test-");
	has(&s, "x nt!PoolHitTag", " nt!PoolHitTag = 0xffffff0f\n");
	/* it is in the store now */
	run(&s, ".reload /f nt", KD_OK);
	CHECK_EQ("not asked again", *s.server.asked, 1);
	scene_end(&s);
}

// clang-format off
/* Where nothing good comes from the exports serve, and it is said why. */
static const struct {
	const char *path, *says;
	unsigned asked;
} misses[] = {
	{ "srv*@*^/miss",              "the server has no such file", 1 },
	{ "srv*@*^/other",             "it is no PDB",                1 },
	{ "srv*@*http://127.0.0.1:1",  "is not asked any more",       0 },
	{ "srv*@",                     "file not found",              0 },
};
// clang-format on

static void test_misses(void)
{
	for (size_t i = 0; i < sizeof(misses) / sizeof(misses[0]); i++) {
		static struct scene s;
		char line[LINE_MAX_LEN];

		if (!scene_start(&s))
			return;
		snprintf(line, sizeof(line), ".sympath %s", misses[i].path);
		run(&s, line, KD_OK);
		run(&s, "!sym noisy", KD_OK);
		has(&s, ".reload /f nt", misses[i].says);
		has(&s, "lm m nt", "(export symbols)       ntoskrnl.exe\n");
		CHECK_EQ(misses[i].path, *s.server.asked, misses[i].asked);
		/* that it is not there is not asked twice */
		run(&s, "x nt!KeBug*", KD_OK);
		CHECK_EQ(misses[i].path, *s.server.asked, misses[i].asked);
		scene_end(&s);
	}
}

/* What takes long says how far it is, and how to stop it. */
static void test_progress(void)
{
	static struct scene s;

	if (!scene_start(&s))
		return;
	run(&s, ".sympath srv*@*^/hit", KD_OK);
	s.pace_us = SECOND;
	has(&s, ".reload /f nt", "Downloading http://127.0.0.1:");
	s.pace_us = 0;
	CHECK(strstr(s.lab.out, " KiB") != NULL);
	CHECK(strstr(s.lab.out, ". Ctrl-C stops it.\n") != NULL);
	has(&s, "lm m nt", "(private pdb symbols)  ");
	scene_end(&s);
}

/* Ctrl-C while the server keeps still; and then all is as it was. */
static void test_cancel(void)
{
	static struct scene s;

	if (!scene_start(&s))
		return;
	run(&s, ".sympath srv*@*^/stall", KD_OK);
	s.cancel_at = 1;
	run(&s, "ld nt", KD_E_CANCELED);
	s.cancel_at = 0;
	has(&s, "lm m nt", "   nt         (deferred)");
	run(&s, ".sympath srv*@*^/hit", KD_OK);
	has(&s, "ld nt", "Symbols loaded for nt\n");
	has(&s, "lm m nt", "(private pdb symbols)  ");
	scene_end(&s);
}

/* A server is named, and asked of no one until a symbol is. */
static void test_fix(void)
{
	static struct scene s;

	if (!scene_start(&s))
		return;
	run(&s, ".symfix @", KD_OK);
	has(&s, ".sympath", "/a*https://msdl.microsoft.com/download/symbols\n");
	run(&s, "lm", KD_OK);
	has(&s, "lm m nt", "   nt         (deferred)");
	CHECK_EQ("no request", lab_shell_count(&s.lab, "Downloading"), 0);
	scene_end(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "hit", test_hit },	       { "misses", test_misses },
		{ "progress", test_progress }, { "cancel", test_cancel },
		{ "symfix", test_fix },
	};

	return check_run("stores", tests, sizeof(tests) / sizeof(tests[0]));
}
