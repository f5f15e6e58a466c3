/*
 * Symbol paths as people write them, on folders of this machine and on a web
 * server that answers in every bad way.
 */

/* nftw() is XSI's */
#define _XOPEN_SOURCE 700
#include "check.h"
#include "http_server.h"
#include "kd_symbol_key.h"
#include "kd_symbol_store.h"
#include "pdb_maker.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PATH_LEN = 512, SAID_LEN = 8192, PUBLICS = 4000 };

/* A PDB, a folder, and what the store says. */
struct scene {
	uint8_t *pdb;
	size_t len;
	struct kd_symbol_file want;
	char folder[64];
	char said[SAID_LEN];
	unsigned progress; /* calls */
	unsigned cancel_at;
	struct kd_symbol_store *store;
};

static void say(void *ctx, enum kd_symbol_message kind, const char *text)
{
	struct scene *s = ctx;
	size_t at = strlen(s->said);

	(void)kind;
	snprintf(s->said + at, sizeof(s->said) - at, "%s\n", text);
}

static bool progress(void *ctx, const char *url, uint64_t done, uint64_t total)
{
	struct scene *s = ctx;

	(void)url;
	CHECK(!total || done <= total);
	return ++s->progress != s->cancel_at;
}

static bool scene_start(struct scene *s)
{
	struct maker m = { 0 };

	*s = (struct scene){ .folder = "/tmp/crashcart-test-XXXXXX" };
	for (uint32_t i = 0; i < PUBLICS; i++) {
		char name[32];

		snprintf(name, sizeof(name), "Function%u", (unsigned)i);
		maker_public(&m, name, 1, i);
	}
	maker_section(&m, MAKER_SECTIONS, ".text", 0x1000, 0x2000);
	maker_finish(&m);
	s->pdb = maker_file(&m, 1024, &s->len);
	maker_free(&m);
	s->want = (struct kd_symbol_file){ .name = "lab.pdb",
					   .image = "lab.sys",
					   .age = 3 };
	for (uint8_t i = 0; i < 16; i++)
		s->want.guid[i] = i;
	return CHECK(s->pdb != NULL) && CHECK(mkdtemp(s->folder) != NULL);
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
	kd_symbol_store_destroy(s->store);
	nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(s->pdb);
}

/* Folders of a path that is made up are made first. */
static void write_file(const struct scene *s, const char *name,
		       const void *bytes, size_t len)
{
	char path[PATH_LEN];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	for (char *at = strchr(path + 1, '/'); at; at = strchr(at + 1, '/')) {
		*at = '\0';
		mkdir(path, 0755);
		*at = '/';
	}
	f = fopen(path, "w");
	if (CHECK_ROW(name, f != NULL)) {
		CHECK_EQ(name, fwrite(bytes, 1, len, f), len);
		fclose(f);
	}
}

static bool has_file(const struct scene *s, const char *name)
{
	char path[PATH_LEN];
	struct stat about;

	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	return !stat(path, &about) && (size_t)about.st_size == s->len;
}

#define KEY                                                                    \
	"03020100050407060809"                                                 \
	"0A0B0C0D0E0F3"
#define IN_STORE "lab.pdb/" KEY "/lab.pdb"

/* A new store; '@' in a path is the scene's folder, '^' the server. */
static void open_store(struct scene *s, const char *path, const char *server)
{
	struct kd_symbol_store_config config = {
		.say = say,
		.say_ctx = s,
		.progress = progress,
		.progress_ctx = s,
		.connect_us = 2000000,
		.stall_us = 300000,
	};
	char text[4 * PATH_LEN] = "", standard[PATH_LEN];

	for (; *path; path++) {
		size_t at = strlen(text);

		if (*path == '@')
			strcat(text, s->folder);
		else if (*path == '^')
			strcat(text, server);
		else
			memcpy(text + at, (char[]){ *path, '\0' }, 2);
	}
	snprintf(standard, sizeof(standard), "%s/default", s->folder);
	config.path = text;
	config.default_store = standard;
	kd_symbol_store_destroy(s->store);
	s->store = NULL;
	s->said[0] = '\0';
	s->progress = s->cancel_at = 0;
	CHECK_EQ("store", kd_symbol_store_create(NULL, &config, &s->store), 0);
}

/* The first place, without the folder in front; "" if there is none. */
static const char *first_place(struct scene *s, enum kd_status *ret)
{
	static char path[PATH_LEN];

	*ret = kd_symbol_store_locate(s->store, &s->want, 0, path);
	if (*ret != KD_OK)
		return "";
	return strncmp(path, s->folder, strlen(s->folder))
		       ? path
		       : path + strlen(s->folder) + 1;
}

static void test_key(void)
{
	struct kd_symbol_file image = { .name = "x.sys",
					.is_image = true,
					.timestamp = 0x5a3f1c08,
					.size = 0x836000 };
	char key[KD_SYMBOL_KEY_MAX];
	struct scene s;

	if (!scene_start(&s))
		return;
	kd_symbol_key(&s.want, key);
	CHECK_TEXT("PDB", key, KEY);
	kd_symbol_key(&image, key);
	CHECK_TEXT("image", key, "5A3F1C08836000");
	scene_end(&s);
}

// clang-format off
static const struct {
	const char *name, *path;
	const char *files[4];  /* that are there */
	const char *want;      /* the first place; "" for none */
	const char *after;     /* a file that is there then */
} local_rows[] = {
	{ "nothing",               "",                    { NULL }, "", NULL },
	{ "plain folder",          "@/a",                 { "a/lab.pdb" }, "a/lab.pdb", NULL },
	{ "folder by kind",        "@/a",                 { "a/sys/lab.pdb" }, "a/sys/lab.pdb", NULL },
	{ "folder of symbols",     "@/a",                 { "a/symbols/sys/lab.pdb" }, "a/symbols/sys/lab.pdb", NULL },
	{ "second folder",         "@/a;@/b",             { "b/lab.pdb" }, "b/lab.pdb", NULL },
	{ "not in a folder",       "@/a",                 { "b/lab.pdb" }, "", NULL },
	{ "empty parts",           ";;@/b;",              { "b/lab.pdb" }, "b/lab.pdb", NULL },
	{ "store",                 "srv*@/a",             { "a/" IN_STORE }, "a/" IN_STORE, NULL },
	{ "store by its long name","symsrv*symsrv.dll*@/a",{ "a/" IN_STORE }, "a/" IN_STORE, NULL },
	{ "letters",               "SRV*@/a",             { "a/" IN_STORE }, "a/" IN_STORE, NULL },
	{ "not as in a folder",    "srv*@/a",             { "a/lab.pdb" }, "", NULL },
	{ "two tiers of folders",  "srv*@/a",             { "a/index2.txt", "a/la/" IN_STORE }, "a/la/" IN_STORE, NULL },
	{ "one where two are",     "srv*@/a",             { "a/index2.txt", "a/" IN_STORE }, "", NULL },
	{ "two stores",            "srv*@/a*@/b",         { "b/" IN_STORE }, "a/" IN_STORE, "a/" IN_STORE },
	{ "three stores",          "srv*@/a*@/b*@/c",     { "c/" IN_STORE }, "a/" IN_STORE, "b/" IN_STORE },
	{ "three stores, a",       "srv*@/a*@/b*@/c",     { "c/" IN_STORE }, "a/" IN_STORE, "a/" IN_STORE },
	{ "default store",         "srv**@/b",            { "b/" IN_STORE }, "default/" IN_STORE, "default/" IN_STORE },
	{ "into two tiers",        "srv*@/a*@/b",         { "a/index2.txt", "b/" IN_STORE }, "a/la/" IN_STORE, "a/la/" IN_STORE },
	{ "cache",                 "cache*@/c;@/a",       { "a/lab.pdb" }, "c/" IN_STORE, "c/" IN_STORE },
	{ "cache of a store",      "cache*@/c;srv*@/a",   { "a/" IN_STORE }, "c/" IN_STORE, "c/" IN_STORE },
	{ "cache is for its right","@/a;cache*@/c",       { "a/lab.pdb" }, "a/lab.pdb", "a/lab.pdb" },
	{ "cache has it",          "cache*@/c;@/a",       { "c/" IN_STORE }, "c/" IN_STORE, NULL },
	{ "web address, no store", "http://127.0.0.1:1/", { NULL }, "", NULL },
};
// clang-format on

static void test_local(void)
{
	for (size_t i = 0; i < sizeof(local_rows) / sizeof(local_rows[0]);
	     i++) {
		const char *name = local_rows[i].name;
		enum kd_status st;
		struct scene s;

		if (!scene_start(&s))
			return;
		for (size_t f = 0; local_rows[i].files[f]; f++)
			write_file(&s, local_rows[i].files[f], s.pdb, s.len);
		open_store(&s, local_rows[i].path, "");
		CHECK_TEXT(name, first_place(&s, &st), local_rows[i].want);
		CHECK_EQ(name, st, *local_rows[i].want ? KD_OK : KD_E_END);
		if (local_rows[i].after)
			CHECK_ROW(name, has_file(&s, local_rows[i].after));
		scene_end(&s);
	}
}

/* A folder may have a file of that name that is not right; others follow. */
static void test_attempts(void)
{
	char path[PATH_LEN];
	struct scene s;

	if (!scene_start(&s))
		return;
	write_file(&s, "a/lab.pdb", "x", 1);
	write_file(&s, "a/symbols/sys/lab.pdb", s.pdb, s.len);
	write_file(&s, "b/" IN_STORE, s.pdb, s.len);
	open_store(&s, "@/a;srv*@/b", "");
	for (unsigned round = 0; round < 2; round++) {
		static const char *const want[] = { "a/lab.pdb",
						    "a/symbols/sys/lab.pdb",
						    "b/" IN_STORE };

		for (unsigned i = 0; i < 3; i++) {
			CHECK_EQ("place",
				 kd_symbol_store_locate(s.store, &s.want, i,
							path),
				 0);
			CHECK_TEXT("place", path + strlen(s.folder) + 1,
				   want[i]);
		}
		CHECK_EQ("end",
			 kd_symbol_store_locate(s.store, &s.want, 3, path),
			 KD_E_END);
	}
	/* out of order: counted from the start */
	CHECK_EQ("third", kd_symbol_store_locate(s.store, &s.want, 2, path), 0);
	CHECK_TEXT("third", path + strlen(s.folder) + 1, "b/" IN_STORE);
	scene_end(&s);
}

static void test_pointer(void)
{
	char text[PATH_LEN];
	enum kd_status st;
	struct scene s;

	if (!scene_start(&s))
		return;
	write_file(&s, "elsewhere.pdb", s.pdb, s.len);
	snprintf(text, sizeof(text), "PATH:%s/elsewhere.pdb\n", s.folder);
	write_file(&s, "a/lab.pdb/" KEY "/file.ptr", text, strlen(text));
	open_store(&s, "srv*@/a", "");
	CHECK_TEXT("path", first_place(&s, &st), "elsewhere.pdb");
	write_file(&s, "a/lab.pdb/" KEY "/file.ptr", "MSG: ask Bob\r\n", 14);
	open_store(&s, "srv*@/a", "");
	CHECK_TEXT("message", first_place(&s, &st), "");
	CHECK(strstr(s.said, "ask Bob") != NULL);
	write_file(&s, "a/lab.pdb/" KEY "/file.ptr", "\\\\far\\away.pdb", 14);
	open_store(&s, "srv*@/a", "");
	CHECK_TEXT("another machine", first_place(&s, &st), "");
	CHECK(strstr(s.said, "\\\\far\\away.pdb, which is not there") != NULL);
	scene_end(&s);
}

static void test_compressed(void)
{
	enum kd_status st;
	struct scene s;

	if (!scene_start(&s))
		return;
	write_file(&s, "a/lab.pdb/" KEY "/lab.pd_", "MSCF", 4);
	open_store(&s, "srv*@/a", "");
	CHECK_TEXT("compressed", first_place(&s, &st), "");
	CHECK(strstr(s.said, "lab.pd_ is compressed") != NULL);
	scene_end(&s);
}

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

static void keep_before(struct scene *s, const char *what)
{
	const char *part = "a/lab.pdb/" KEY "/lab.pdb.part";

	if (!strcmp(what, "third"))
		write_file(s, part, s->pdb, s->len / 3);
	else if (!strcmp(what, "all"))
		write_file(s, part, s->pdb, s->len);
	else
		write_file(s, part, "not the first bytes", 19);
}

static bool has_part(const struct scene *s)
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
		struct scene s;

		if (!scene_start(&s) ||
		    !CHECK_ROW(name, http_server_start(&server, replies, s.pdb,
						       s.len)))
			return;
		if (web_rows[i].before)
			keep_before(&s, web_rows[i].before);
		open_store(&s, web_rows[i].path, server.root);
		place = first_place(&s, &st);
		CHECK_TEXT(name, place, web_rows[i].want);
		CHECK_EQ(name, st, *web_rows[i].want ? KD_OK : KD_E_END);
		if (*place)
			CHECK_ROW(name, has_file(&s, place));
		CHECK_EQ(name, *server.asked, web_rows[i].asked);
		CHECK_EQ(name, has_part(&s), web_rows[i].part);
		if (web_rows[i].says && !strstr(s.said, web_rows[i].says)) {
			printf("%s\n", s.said);
			CHECK_ROW(name, false);
		}
		http_server_stop(&server);
		scene_end(&s);
	}
}

/* A server that cannot be reached costs its time once, until a new path. */
static void test_gone(void)
{
	struct http_server server;
	enum kd_status st;
	struct scene s;

	if (!scene_start(&s) ||
	    !CHECK(http_server_start(&server, replies, s.pdb, s.len)))
		return;
	open_store(&s, "srv*@/a*^/silent", server.root);
	CHECK_TEXT("first", first_place(&s, &st), "");
	CHECK_TEXT("second", first_place(&s, &st), "");
	CHECK_EQ("asked", *server.asked, 1);
	CHECK_EQ("path",
		 kd_symbol_store_set_path(s.store,
					  kd_symbol_store_path(s.store)),
		 KD_OK);
	CHECK_TEXT("third", first_place(&s, &st), "");
	CHECK_EQ("asked", *server.asked, 2);
	http_server_stop(&server);
	scene_end(&s);
}

/* Whoever has had enough is heard while nothing comes. */
static void test_cancel(void)
{
	struct http_server server;
	enum kd_status st;
	struct scene s;

	if (!scene_start(&s) ||
	    !CHECK(http_server_start(&server, replies, s.pdb, s.len)))
		return;
	open_store(&s, "srv*@/a*^/silent", server.root);
	s.cancel_at = 2;
	CHECK_TEXT("canceled", first_place(&s, &st), "");
	CHECK_EQ("canceled", st, KD_E_CANCELED);
	http_server_stop(&server);
	scene_end(&s);
}

/* Several processes want the same file: it is fetched once. */
static void test_two_clients(void)
{
	enum { CLIENTS = 4 };
	struct http_server server;
	pid_t client[CLIENTS];
	struct scene s;

	if (!scene_start(&s) ||
	    !CHECK(http_server_start(&server, replies, s.pdb, s.len)))
		return;
	fflush(stdout);
	for (unsigned i = 0; i < CLIENTS; i++) {
		client[i] = fork();
		if (!client[i]) {
			enum kd_status st;

			open_store(&s, "srv*@/a*^/hit", server.root);
			_exit(strcmp(first_place(&s, &st), "a/" IN_STORE) ||
			      !has_file(&s, "a/" IN_STORE));
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
	scene_end(&s);
}

/* A name that leads elsewhere is asked of nobody. */
static void test_hostile_name(void)
{
	struct http_server server;
	enum kd_status st;
	struct scene s;

	if (!scene_start(&s) ||
	    !CHECK(http_server_start(&server, replies, s.pdb, s.len)))
		return;
	open_store(&s, "srv*@/a*^/hit", server.root);
	s.want.name = "lab.pdb?x=1";
	CHECK_TEXT("name", first_place(&s, &st), "");
	CHECK_EQ("asked", *server.asked, 0);
	http_server_stop(&server);
	scene_end(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "key", test_key },
		{ "local", test_local },
		{ "attempts", test_attempts },
		{ "pointer", test_pointer },
		{ "compressed", test_compressed },
#ifdef KD_DOWNLOADS
		{ "web", test_web },
		{ "gone", test_gone },
		{ "cancel", test_cancel },
		{ "two clients", test_two_clients },
		{ "hostile name", test_hostile_name },
#endif
	};

	return check_run("symbol store", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
