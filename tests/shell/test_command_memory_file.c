#include "scene.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define RAM UINT64_C(0xfffff80000006000)

/* A folder of its own for each run. */
struct files {
	char folder[64], file[96], part[96], spaced[96], quoted[100];
};

static bool make_files(struct files *f)
{
	strcpy(f->folder, "/tmp/crashcart-memory-XXXXXX");
	if (!CHECK(mkdtemp(f->folder) != NULL))
		return false;
	snprintf(f->file, sizeof(f->file), "%s/m", f->folder);
	snprintf(f->part, sizeof(f->part), "%s/m.part", f->folder);
	snprintf(f->spaced, sizeof(f->spaced), "%s/a b", f->folder);
	snprintf(f->quoted, sizeof(f->quoted), "\"%s\"", f->spaced);
	return true;
}

static void remove_files(const struct files *f)
{
	remove(f->file);
	remove(f->part);
	remove(f->spaced);
	CHECK_EQ("nothing is left", rmdir(f->folder), 0);
}

static const char *run(struct scene *s, const char *verb, const char *path,
		       const char *rest, enum kd_status want)
{
	char line[256];

	snprintf(line, sizeof(line), "%s %s %s", verb, path, rest);
	return scene_run(s, line, want);
}

static void test_round_trip(void)
{
	struct files f;
	struct scene s;

	if (!make_files(&f))
		return;
	scene_init(&s);
	s.session.ram_address = RAM;
	scene_open(&s);
	CHECK_TEXT("write",
		   run(&s, ".writemem", f.file, "fffff800`00003000 L6", KD_OK),
		   "Writing 6 bytes..\n");
	CHECK_TEXT(
		"read",
		run(&s, ".readmem", f.file,
		    "fffff800`00006010 fffff800`00006015; da fffff800`00006010",
		    KD_OK),
		"Reading 6 bytes..\nfffff800`00006010  \"Hello\"\n");
	CHECK_TEXT(
		"spaces",
		run(&s, ".writemem", f.quoted, "fffff800`00003000 L6", KD_OK),
		"Writing 6 bytes..\n");
	CHECK_ROW("no part", access(f.part, F_OK) != 0);
	scene_close(&s);
	remove_files(&f);
}

/* What was there stays, and no half is left. */
static void test_failures(void)
{
	struct files f;
	struct scene s;

	if (!make_files(&f))
		return;
	scene_init(&s);
	s.session.ram_address = RAM;
	scene_open(&s);
	run(&s, ".writemem", f.file, "fffff800`00003000 L6", KD_OK);
	CHECK_TEXT("memory ends",
		   run(&s, ".writemem", f.file, "fffff800`00002020 L10",
		       KD_E_TARGET),
		   "Writing 10 bytes.\nCannot read memory at "
		   "fffff800`00002028: the target refused.\n");
	CHECK_ROW("no part", access(f.part, F_OK) != 0);
	run(&s, ".readmem", f.file, "fffff800`00006000 L7", KD_E_END);
	CHECK_ROW("the file ends",
		  strstr(s.out, "has no more than 0x6 bytes.\n") != NULL);
	CHECK_TEXT("not there",
		   scene_run(&s, ".readmem /nowhere/at/all 0 L1", KD_E_OS),
		   "Cannot read '/nowhere/at/all': No such file or "
		   "directory.\n");
	CHECK_TEXT("no name", scene_run(&s, ".writemem", KD_E_ARG),
		   "The name of a file belongs here.\n");
	CHECK_TEXT("no range", run(&s, ".writemem", f.file, "0", KD_E_FORMAT),
		   "Syntax error at '<EOL>'.\n");
	s.session.canceled = true;
	run(&s, ".writemem", f.part, "fffff800`00003000 L6", KD_E_CANCELED);
	CHECK_ROW("nothing of it", access(f.part, F_OK) != 0);
	scene_close(&s);
	s.config.no_files = true;
	scene_open(&s);
	CHECK_TEXT("no files",
		   scene_run(&s, ".readmem x 0 L1", KD_E_UNSUPPORTED),
		   "Files may not be used here.\n");
	scene_close(&s);
	remove_files(&f);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "round trip", test_round_trip },
		{ "failures", test_failures },
	};

	return check_run("memory and files", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
