/* The kernel loads a driver of ours instead of its own. */
#include "check.h"
#include "emulated.h"
#include "kd_session_files.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { MARK_AT = 0x50, FILE_MAX = 1 << 20 }; /* in the DOS stub's text */

/* A copy of the driver with another text; its length. */
static size_t make_driver(unsigned layout, char path[64])
{
	static char bytes[FILE_MAX];
	char own[sizeof(LAB_BUILT_IMAGES) + 64];

	snprintf(own, sizeof(own), "%s/layout%u/labextra.sys", LAB_BUILT_IMAGES,
		 layout);
	FILE *f = fopen(own, "rb");

	if (!CHECK_ROW(own, f != NULL))
		return 0;
	size_t len = fread(bytes, 1, sizeof(bytes), f);

	fclose(f);
	memcpy(bytes + MARK_AT, "Crashcart", 9);
	strcpy(path, "/tmp/labextra-XXXXXX");
	int fd = mkstemp(path);

	CHECK(write(fd, bytes, len) == (ssize_t)len);
	close(fd);
	return len;
}

static bool is_extra(const struct kd_event *e)
{
	static const char name[] = "labextra.sys";
	size_t len = strlen(name);

	/* the path may have its NUL with it */
	for (size_t i = 0; i + len <= e->module.path_len; i++)
		if (!memcmp(e->module.path + i, name, len))
			return true;
	return false;
}

/* The file was asked for, given, and loaded. */
static void follow(struct emulated *e, size_t len, const char *row)
{
	struct kd_session_counters counters;
	const struct kd_file_mapping *m;
	struct kd_event event;
	char mark[9] = "";
	size_t n = 0;

	do {
		if (!CHECK_ROW(row, pair_event(&e->pair, KD_EV_FILE_REQUEST,
					       60 * PAIR_SECOND, &event)))
			return;
	} while (!event.file.mapped);
	CHECK_EQ(row, event.file.status, KD_OK);
	CHECK_EQ(row, event.file.len, len);
	do {
		if (!CHECK_ROW(row, pair_event(&e->pair, KD_EV_MODULE_LOADED,
					       60 * PAIR_SECOND, &event)))
			return;
	} while (!is_extra(&event));
	uint64_t base = event.module.base;

	CHECK_ROW(row, pair_halt(&e->pair));
	CHECK_EQ(row,
		 kd_session_read(e->pair.session, base + MARK_AT, mark, 9, 0,
				 KD_NEVER, &n),
		 KD_OK);
	CHECK_ROW(row, n == 9 && !memcmp(mark, "Crashcart", 9));
	m = kd_session_file_mapping(e->pair.session, 0);
	CHECK_EQ(row, m->opened, 1);
	CHECK_EQ(row, m->bytes, len);
	kd_session_get_counters(e->pair.session, &counters);
	CHECK_EQ(row, counters.files_served, 1);
	CHECK_EQ(row, counters.file_bytes, len);
}

static void load_in(enum lab_dialect d)
{
	for (unsigned layout = 1; layout <= 2; layout++) {
		struct emulated_config config = { .dialect = d,
						  .scenario = "driver",
						  .layout = layout,
						  .latency_us = 100 };
		struct kd_file_access files = kd_file_access_system();
		static struct emulated e;
		char path[64];
		size_t len = make_driver(layout, path);

		if (!len || !emulated_open(&e, &config))
			return;
		kd_session_serve_files(e.pair.session, &files);
		CHECK(kd_session_map_file(e.pair.session, "labextra", path) ==
		      KD_OK);
		follow(&e, len, pair_dialect_name(d));
		emulated_close(&e);
		unlink(path);
	}
}

static void test_load(void)
{
	pair_both(load_in);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "load", test_load },
	};

	return check_run("replaced driver", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
