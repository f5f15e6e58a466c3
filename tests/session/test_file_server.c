#include "check.h"
#include "kd_file_server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Files that exist only here: their content is their name, 100 times. */
struct store {
	int open;
	size_t opens;
};

static enum kd_status open_file(void *ctx, const char *path,
				struct kd_detail *detail, void **ret_file,
				uint64_t *ret_len)
{
	struct store *s = ctx;

	if (!strcmp(path, "absent")) {
		kd_detail_set_os(detail, 2, "cannot open %s", path);
		return KD_E_OS;
	}
	*ret_file = strdup(path);
	*ret_len = strlen(path) * 100;
	s->open++;
	s->opens++;
	return KD_OK;
}

static enum kd_status read_file(void *ctx, void *file, uint64_t offset,
				void *out, size_t len, size_t *ret_len)
{
	size_t name = strlen(file);
	char *to = out;

	(void)ctx;
	*ret_len = 0;
	for (; *ret_len < len && offset < name * 100; offset++)
		to[(*ret_len)++] = ((const char *)file)[offset % name];
	return *(const char *)file == 'E' ? KD_E_OS : KD_OK;
}

static void close_file(void *ctx, void *file)
{
	((struct store *)ctx)->open--;
	free(file);
}

static struct kd_file_server server;
static struct store store;

static void begin(void)
{
	store = (struct store){ 0 };
	kd_file_server_init(&server, kd_allocator_libc());
	server.access = (struct kd_file_access){ open_file, read_file,
						 close_file, &store };
	CHECK(kd_file_server_map(&server, "ntdll.dll", "any") == KD_OK);
	CHECK(kd_file_server_map(&server, "system32\\ntdll.dll", "native") ==
	      KD_OK);
	CHECK(kd_file_server_map(&server, "a.sys", "first") == KD_OK);
	CHECK(kd_file_server_map(&server, "a", "second") == KD_OK);
	CHECK(kd_file_server_map(&server, "gone", "absent") == KD_OK);
	CHECK(kd_file_server_map(&server, "bad", "E") == KD_OK);
}

static void end(void)
{
	kd_file_server_deinit(&server);
	CHECK_EQ(NULL, store.open, 0);
}

// clang-format off
static const struct {
	const char *path;
	enum kd_status status;
	bool mapped;
	size_t mapping;
} rows[] = {
	{ "\\Windows\\SysWOW64\\ntdll.dll", KD_OK, true, 0 },
	{ "\\Windows\\System32\\ntdll.dll", KD_OK, true, 1 },
	{ "\\Windows\\a.sys", KD_OK, true, 3 },
	{ "\\gone.sys", KD_E_OS, true, 4 },
	{ "\\etc\\passwd", KD_E_NOT_FOUND, false, 0 },
	{ "native", KD_E_NOT_FOUND, false, 0 },
	{ "..\\..\\a.sys\\..\\x", KD_E_NOT_FOUND, false, 0 },
	{ "", KD_E_NOT_FOUND, false, 0 },
};
// clang-format on

static void test_open(void)
{
	begin();
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct kd_file_wish wish;
		struct kd_detail detail = { 0 };

		CHECK_EQ(rows[i].path,
			 kd_file_server_open(&server, rows[i].path, &detail,
					     &wish),
			 rows[i].status);
		CHECK_ROW(rows[i].path, wish.mapped == rows[i].mapped);
		CHECK_EQ(rows[i].path, wish.mapping, rows[i].mapping);
		CHECK_ROW(rows[i].path,
			  (wish.handle != 0) == (rows[i].status == KD_OK));
	}
	CHECK_EQ(NULL, server.mapping[4].failed, 1);
	end();
}

static void test_read(void)
{
	struct kd_file_wish a, b;
	struct kd_detail detail;
	char bytes[64];
	size_t n = 0;

	begin();
	CHECK(kd_file_server_open(&server, "x\\a.sys", &detail, &a) == KD_OK);
	CHECK(kd_file_server_open(&server, "bad", &detail, &b) == KD_OK);
	CHECK_EQ(NULL, a.len, 600);
	CHECK(kd_file_server_read(&server, a.handle, 594, bytes, 64, &n) ==
	      KD_OK);
	CHECK(n == 6 && !memcmp(bytes, "second", 6));
	CHECK(kd_file_server_read(&server, a.handle, 600, bytes, 1, &n) ==
	      KD_E_END);
	CHECK(kd_file_server_read(&server, a.handle, UINT64_MAX, bytes, 1,
				  &n) == KD_E_END);
	CHECK(kd_file_server_read(&server, a.handle + 77, 0, bytes, 1, &n) ==
	      KD_E_ARG);
	CHECK(kd_file_server_read(&server, 0, 0, bytes, 1, &n) == KD_E_ARG);
	CHECK(kd_file_server_read(&server, b.handle, 0, bytes, 1, &n) ==
	      KD_E_OS);
	CHECK_EQ(NULL, server.mapping[3].opened, 1);
	CHECK_EQ(NULL, server.mapping[3].bytes, 6);
	/* what is open outlives the map */
	kd_file_server_clear(&server);
	CHECK(kd_file_server_read(&server, a.handle, 0, bytes, 1, &n) == KD_OK);
	CHECK(kd_file_server_open(&server, "a.sys", &detail, &b) ==
	      KD_E_NOT_FOUND);
	CHECK(kd_file_server_close(&server, a.handle));
	CHECK(!kd_file_server_close(&server, a.handle));
	end();
}

/* One that never closes anything has as much open as there is room for. */
static void test_forgetful(void)
{
	struct kd_file_wish wish, first = { 0 };
	struct kd_detail detail;
	char byte;
	size_t n;

	begin();
	for (unsigned i = 0; i < 100; i++) {
		CHECK(kd_file_server_open(&server, "a", &detail, &wish) ==
		      KD_OK);
		if (!i)
			first = wish;
		/* this one is in use */
		CHECK(kd_file_server_read(&server, first.handle, 0, &byte, 1,
					  &n) == KD_OK);
	}
	CHECK_EQ(NULL, store.open, KD_FILE_HANDLES_MAX);
	CHECK_EQ(NULL, store.opens, 100);
	kd_file_server_forget(&server);
	CHECK_EQ(NULL, store.open, 0);
	end();
}

static void test_bounds(void)
{
	static char path[KD_FILE_PATH_MAX + 1];
	enum kd_status status = KD_OK;

	begin();
	memset(path, 'x', KD_FILE_PATH_MAX);
	CHECK(kd_file_server_map(&server, path, "a") == KD_E_ARG);
	CHECK(kd_file_server_map(&server, "a", path) == KD_E_ARG);
	path[KD_FILE_PATH_MAX - 1] = '\0';
	CHECK(kd_file_server_map(&server, path, path) == KD_OK);
	CHECK(kd_file_server_map(&server, "", "a") == KD_E_ARG);
	CHECK(kd_file_server_map(&server, "\\", "a") == KD_E_ARG);
	CHECK(kd_file_server_map(&server, "a", "") == KD_E_ARG);
	while (status == KD_OK)
		status = kd_file_server_map(&server, "a", "b");
	CHECK_EQ(NULL, status, KD_E_SPACE);
	CHECK_EQ(NULL, server.count, KD_FILE_MAPPINGS_MAX);
	end();
}

/* The real thing: a file, what is none, what is not there. */
static void test_system(void)
{
	struct kd_file_access f = kd_file_access_system();
	char path[] = "/tmp/kd-file-XXXXXX", bytes[8];
	int fd = mkstemp(path);
	struct kd_detail detail = { 0 };
	uint64_t len = 0;
	void *file = NULL;
	size_t n = 0;

	if (!CHECK(fd >= 0) || !CHECK(write(fd, "content", 7) == 7))
		return;
	close(fd);
	CHECK(f.open(f.ctx, path, &detail, &file, &len) == KD_OK);
	CHECK_EQ(NULL, len, 7);
	CHECK(f.read(f.ctx, file, 3, bytes, 8, &n) == KD_OK);
	CHECK(n == 4 && !memcmp(bytes, "tent", 4));
	CHECK(f.read(f.ctx, file, UINT64_MAX - 3, bytes, 8, &n) == KD_OK);
	CHECK_EQ(NULL, n, 0);
	f.close(f.ctx, file);
	unlink(path);
	CHECK(f.open(f.ctx, path, &detail, &file, &len) == KD_E_OS);
	CHECK(detail.os_error != 0);
	CHECK(f.open(f.ctx, "/", &detail, &file, &len) == KD_E_OS);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "open", test_open },		 { "read", test_read },
		{ "forgetful", test_forgetful }, { "bounds", test_bounds },
		{ "system", test_system },
	};

	return check_run("file server", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
