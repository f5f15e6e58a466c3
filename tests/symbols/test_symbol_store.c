/* Symbol paths as people write them, on folders of this machine. */

#include "check.h"
#include "kd_symbol_key.h"
#include "symbol_store_scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_key(void)
{
	struct kd_symbol_file image = { .name = "x.sys",
					.is_image = true,
					.timestamp = 0x5a3f1c08,
					.size = 0x836000 };
	char key[KD_SYMBOL_KEY_MAX];
	struct store_scene s;

	if (!store_scene_start(&s))
		return;
	kd_symbol_key(&s.want, key);
	CHECK_TEXT("PDB", key, KEY);
	kd_symbol_key(&image, key);
	CHECK_TEXT("image", key, "5A3F1C08836000");
	store_scene_end(&s);
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
		struct store_scene s;

		if (!store_scene_start(&s))
			return;
		for (size_t f = 0; local_rows[i].files[f]; f++)
			store_scene_write(&s, local_rows[i].files[f], s.pdb,
					  s.len);
		store_scene_open(&s, local_rows[i].path, "");
		CHECK_TEXT(name, store_scene_first(&s, &st),
			   local_rows[i].want);
		CHECK_EQ(name, st, *local_rows[i].want ? KD_OK : KD_E_END);
		if (local_rows[i].after)
			CHECK_ROW(name,
				  store_scene_has(&s, local_rows[i].after));
		store_scene_end(&s);
	}
}

/* A folder may have a file of that name that is not right; others follow. */
static void test_attempts(void)
{
	char path[PATH_LEN];
	struct store_scene s;

	if (!store_scene_start(&s))
		return;
	store_scene_write(&s, "a/lab.pdb", "x", 1);
	store_scene_write(&s, "a/symbols/sys/lab.pdb", s.pdb, s.len);
	store_scene_write(&s, "b/" IN_STORE, s.pdb, s.len);
	store_scene_open(&s, "@/a;srv*@/b", "");
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
	store_scene_end(&s);
}

static void test_pointer(void)
{
	char text[PATH_LEN];
	enum kd_status st;
	struct store_scene s;

	if (!store_scene_start(&s))
		return;
	store_scene_write(&s, "elsewhere.pdb", s.pdb, s.len);
	snprintf(text, sizeof(text), "PATH:%s/elsewhere.pdb\n", s.folder);
	store_scene_write(&s, "a/lab.pdb/" KEY "/file.ptr", text, strlen(text));
	store_scene_open(&s, "srv*@/a", "");
	CHECK_TEXT("path", store_scene_first(&s, &st), "elsewhere.pdb");
	store_scene_write(&s, "a/lab.pdb/" KEY "/file.ptr", "MSG: ask Bob\r\n",
			  14);
	store_scene_open(&s, "srv*@/a", "");
	CHECK_TEXT("message", store_scene_first(&s, &st), "");
	CHECK(strstr(s.said, "ask Bob") != NULL);
	store_scene_write(&s, "a/lab.pdb/" KEY "/file.ptr", "\\\\far\\away.pdb",
			  14);
	store_scene_open(&s, "srv*@/a", "");
	CHECK_TEXT("another machine", store_scene_first(&s, &st), "");
	CHECK(strstr(s.said, "\\\\far\\away.pdb, which is not there") != NULL);
	store_scene_end(&s);
}

static void test_compressed(void)
{
	enum kd_status st;
	struct store_scene s;

	if (!store_scene_start(&s))
		return;
	store_scene_write(&s, "a/lab.pdb/" KEY "/lab.pd_", "MSCF", 4);
	store_scene_open(&s, "srv*@/a", "");
	CHECK_TEXT("compressed", store_scene_first(&s, &st), "");
	CHECK(strstr(s.said, "lab.pd_ is compressed") != NULL);
	store_scene_end(&s);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "key", test_key },
		{ "local", test_local },
		{ "attempts", test_attempts },
		{ "pointer", test_pointer },
		{ "compressed", test_compressed },
	};

	return check_run("symbol store", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
