/* Symbol stores on a web server that answers in every bad way. */

#include "check.h"
#include "http_server.h"
#include "symbol_store_scene.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* What the server does with what begins so. */
static const struct http_reply replies[] = {
	{ .path = "/two/index2.txt", .kind = HTTP_FILE },
	{ .path = "/two/la/lab.pdb/" KEY "/lab.pdb", .kind = HTTP_FILE },
	{ .path = "/hit/lab.pdb/" KEY "/lab.pdb", .kind = HTTP_FILE },
	{ .path = "/moved", .kind = HTTP_REDIRECT, .to = "/hit" },
	{ .path = "/loop", .kind = HTTP_REDIRECT, .to = "/loop" },
	{ .path = "/out", .kind = HTTP_REDIRECT, .to = "file:///etc/passwd" },
	{ .path = "/error", .kind = HTTP_STATUS, .status = 500 },
	{ .path = "/silent/lab.pdb", .kind = HTTP_SILENT },
	{ .path = "/mute", .kind = HTTP_SILENT },
	{ .path = "/stall/lab.pdb", .kind = HTTP_STALL },
	{ .path = "/cut/lab.pdb", .kind = HTTP_CUT },
	{ .path = "/other/lab.pdb", .kind = HTTP_OTHER },
	{ .path = "/norange/lab.pdb", .kind = HTTP_NO_RANGE },
	{ .path = NULL },
};

// clang-format off
static const struct {
	const char *name, *path;
	const char *before;   /* how much of it is in the store already: a
	                         third, "x" for something else, NULL */
	const char *want;
	unsigned asked;       /* requests for the file */
	const char *says;     /* NULL: whatever */
	bool part;            /* a part stays for the next time */
} web_rows[] = {
	{ "hit",                 "srv*@/a*^/hit",       NULL,    "a/" IN_STORE,       1, "fetched from", false },
	{ "no store named",      "srv*^/hit",           NULL,    "default/" IN_STORE, 1, NULL, false },
	{ "two stores before",   "srv*@/a*@/b*^/hit",   NULL,    "a/" IN_STORE,       1, NULL, false },
	{ "two tiers there",     "srv*@/a*^/two",       NULL,    "a/" IN_STORE,       1, NULL, false },
	{ "miss",                "srv*@/a*^/miss",      NULL,    "",                  1, "the server has no such file", false },
	{ "miss, then hit",      "srv*@/a*^/miss;srv*@/a*^/hit", NULL, "a/" IN_STORE, 2, NULL, false },
	{ "redirect",            "srv*@/a*^/moved",     NULL,    "a/" IN_STORE,       2, NULL, false },
	{ "redirect for ever",   "srv*@/a*^/loop",      NULL,    "",                  6, "redirects", false },
	{ "redirect out",        "srv*@/a*^/out",       NULL,    "",                  1, "rotocol", false },
	{ "error",               "srv*@/a*^/error",     NULL,    "",                  1, "the server says 500", false },
	{ "silent",              "srv*@/a*^/silent",    NULL,    "",                  1, "is not asked any more: nothing came", true },
	{ "mute from the start", "srv*@/a*^/mute",      NULL,    "",                  0, "is not asked any more: nothing came", false },
	{ "stalls",              "srv*@/a*^/stall",     NULL,    "",                  1, "nothing came for", true },
	{ "cut off, goes on",    "srv*@/a*^/cut",       NULL,    "",                  20, NULL, true },
	{ "another file",        "srv*@/a*^/other",     NULL,    "",                  1, "it is no PDB", false },
	{ "goes on",             "srv*@/a*^/hit",       "third", "a/" IN_STORE,       1, "fetched from", false },
	{ "whole already",       "srv*@/a*^/hit",       "all",   "a/" IN_STORE,       2, NULL, false },
	{ "no ranges there",     "srv*@/a*^/norange",   "third", "a/" IN_STORE,       2, NULL, false },
	{ "what was kept is wrong","srv*@/a*^/hit",     "wrong", "a/" IN_STORE,       2, NULL, false },
	{ "nobody there",        "srv*@/a*http://127.0.0.1:1", NULL, "",              0, "is not asked any more", false },
	{ "no such host",        "srv*@/a*http://nosuch.invalid/", NULL, "",          0, "is not asked any more", false },
};
// clang-format on

static void keep_before(struct store_scene *s, const char *what)
{
	const char *part = "a/lab.pdb/" KEY "/lab.pdb.part";

	if (!strcmp(what, "third"))
		store_scene_write(s, part, s->pdb, s->len / 3);
	else if (!strcmp(what, "all"))
		store_scene_write(s, part, s->pdb, s->len);
	else
		store_scene_write(s, part, "not the first bytes", 19);
}

static bool has_part(const struct store_scene *s)
{
	char path[PATH_LEN];

	snprintf(path, sizeof(path), "%s/a/lab.pdb/" KEY "/lab.pdb.part",
		 s->folder);
	return !access(path, F_OK);
}

static void test_web(void)
{
	for (size_t i = 0; i < sizeof(web_rows) / sizeof(web_rows[0]); i++) {
		const char *name = web_rows[i].name;
		struct http_server server;
		const char *place;
		enum kd_status st;
		struct store_scene s;

		if (!store_scene_start(&s) ||
		    !CHECK_ROW(name, http_server_start(&server, replies, s.pdb,
						       s.len)))
			return;
		if (web_rows[i].before)
			keep_before(&s, web_rows[i].before);
		store_scene_open(&s, web_rows[i].path, server.root);
		place = store_scene_first(&s, &st);
		CHECK_TEXT(name, place, web_rows[i].want);
		CHECK_EQ(name, st, *web_rows[i].want ? KD_OK : KD_E_END);
		if (*place)
			CHECK_ROW(name, store_scene_has(&s, place));
		CHECK_EQ(name, *server.asked, web_rows[i].asked);
		CHECK_EQ(name, has_part(&s), web_rows[i].part);
		if (web_rows[i].says && !strstr(s.said, web_rows[i].says)) {
			printf("%s\n", s.said);
			CHECK_ROW(name, false);
		}
		http_server_stop(&server);
		store_scene_end(&s);
	}
}

/* A server that cannot be reached costs its time once, until a new path. */
static void test_gone(void)
{
	struct http_server server;
	enum kd_status st;
	struct store_scene s;

	if (!store_scene_start(&s) ||
	    !CHECK(http_server_start(&server, replies, s.pdb, s.len)))
		return;
	store_scene_open(&s, "srv*@/a*^/silent", server.root);
	CHECK_TEXT("first", store_scene_first(&s, &st), "");
	CHECK_TEXT("second", store_scene_first(&s, &st), "");
	CHECK_EQ("asked", *server.asked, 1);
	CHECK_EQ("path",
		 kd_symbol_store_set_path(s.store,
					  kd_symbol_store_path(s.store)),
		 KD_OK);
	CHECK_TEXT("third", store_scene_first(&s, &st), "");
	CHECK_EQ("asked", *server.asked, 2);
	http_server_stop(&server);
	store_scene_end(&s);
}

/* Whoever has had enough is heard while nothing comes. */
static void test_cancel(void)
{
	struct http_server server;
	enum kd_status st;
	struct store_scene s;

	if (!store_scene_start(&s) ||
	    !CHECK(http_server_start(&server, replies, s.pdb, s.len)))
		return;
	store_scene_open(&s, "srv*@/a*^/silent", server.root);
	s.cancel_at = 2;
	CHECK_TEXT("canceled", store_scene_first(&s, &st), "");
	CHECK_EQ("canceled", st, KD_E_CANCELED);
	http_server_stop(&server);
	store_scene_end(&s);
}

/* Several processes want the same file: it is fetched once. */
static void test_two_clients(void)
{
	enum { CLIENTS = 4 };
	struct http_server server;
	pid_t client[CLIENTS];
	struct store_scene s;

	if (!store_scene_start(&s) ||
	    !CHECK(http_server_start(&server, replies, s.pdb, s.len)))
		return;
	fflush(stdout);
	for (unsigned i = 0; i < CLIENTS; i++) {
		client[i] = fork();
		if (!client[i]) {
			enum kd_status st;

			store_scene_open(&s, "srv*@/a*^/hit", server.root);
			_exit(strcmp(store_scene_first(&s, &st),
				     "a/" IN_STORE) ||
			      !store_scene_has(&s, "a/" IN_STORE));
		}
	}
	for (unsigned i = 0; i < CLIENTS; i++) {
		int status = -1;

		waitpid(client[i], &status, 0);
		CHECK_EQ("client", status, 0);
	}
	CHECK_EQ("fetched", *server.asked, 1);
	CHECK(!has_part(&s));
	http_server_stop(&server);
	store_scene_end(&s);
}

/* A name that leads elsewhere is asked of nobody. */
static void test_hostile_name(void)
{
	struct http_server server;
	enum kd_status st;
	struct store_scene s;

	if (!store_scene_start(&s) ||
	    !CHECK(http_server_start(&server, replies, s.pdb, s.len)))
		return;
	store_scene_open(&s, "srv*@/a*^/hit", server.root);
	s.want.name = "lab.pdb?x=1";
	CHECK_TEXT("name", store_scene_first(&s, &st), "");
	CHECK_EQ("asked", *server.asked, 0);
	http_server_stop(&server);
	store_scene_end(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "web", test_web },
		{ "gone", test_gone },
		{ "cancel", test_cancel },
		{ "two clients", test_two_clients },
		{ "hostile name", test_hostile_name },
	};

	return check_run("symbol store web", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
