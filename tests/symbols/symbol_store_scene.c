/* nftw() is XSI's */
#define _XOPEN_SOURCE 700
#include "symbol_store_scene.h"

#include "check.h"
#include "pdb_maker.h"

#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void say(void *ctx, enum kd_symbol_message kind, const char *text)
{
	struct store_scene *s = ctx;
	size_t at = strlen(s->said);

	(void)kind;
	snprintf(s->said + at, sizeof(s->said) - at, "%s\n", text);
}

static bool progress(void *ctx, const char *url, uint64_t done, uint64_t total)
{
	struct store_scene *s = ctx;

	(void)url;
	CHECK(!total || done <= total);
	return ++s->progress != s->cancel_at;
}

bool store_scene_start(struct store_scene *s)
{
	struct maker m = { 0 };

	*s = (struct store_scene){ .folder = "/tmp/crashcart-test-XXXXXX" };
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

void store_scene_end(struct store_scene *s)
{
	kd_symbol_store_destroy(s->store);
	nftw(s->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(s->pdb);
}

void store_scene_write(const struct store_scene *s, const char *name,
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

bool store_scene_has(const struct store_scene *s, const char *name)
{
	char path[PATH_LEN];
	struct stat about;

	snprintf(path, sizeof(path), "%s/%s", s->folder, name);
	return !stat(path, &about) && (size_t)about.st_size == s->len;
}

void store_scene_open(struct store_scene *s, const char *path,
		      const char *server)
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

const char *store_scene_first(struct store_scene *s, enum kd_status *ret)
{
	static char path[PATH_LEN];

	*ret = kd_symbol_store_locate(s->store, &s->want, 0, path);
	if (*ret != KD_OK)
		return "";
	return strncmp(path, s->folder, strlen(s->folder))
		       ? path
		       : path + strlen(s->folder) + 1;
}
