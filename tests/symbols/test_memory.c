#include "check.h"
#include "kd_memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const struct {
	const char *name;
	uint64_t address;
	size_t len;
	enum kd_status want;
	char first;
} rows[] = {
	// clang-format off
	{ "the first",              100,        1, KD_OK,          'a' },
	{ "all",                    100,        6, KD_OK,          'a' },
	{ "the last",               105,        1, KD_OK,          'f' },
	{ "nothing, at the end",    106,        0, KD_OK,          0 },
	{ "one too many",           100,        7, KD_E_NOT_FOUND, 0 },
	{ "before the first",       99,         1, KD_E_NOT_FOUND, 0 },
	{ "past the end",           106,        1, KD_E_NOT_FOUND, 0 },
	{ "wraps",                  UINT64_MAX, 8, KD_E_NOT_FOUND, 0 },
	// clang-format on
};

static void over_bytes(void)
{
	struct kd_memory_bytes bytes = { 100, (const uint8_t *)"abcdef", 6 };
	struct kd_memory m = kd_memory_over(&bytes);

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		char buf[8] = { 0 };

		CHECK_EQ(rows[i].name,
			 m.read(m.ctx, rows[i].address, buf, rows[i].len),
			 rows[i].want);
		CHECK_EQ(rows[i].name, buf[0], rows[i].first);
	}
}

static void numbers(void)
{
	static const uint8_t raw[] = { 1, 2, 3, 4, 5, 6, 7, 0x88 };
	struct kd_memory_bytes bytes = { 100, raw, sizeof(raw) };
	struct kd_memory m = kd_memory_over(&bytes);
	uint64_t value = 0;

	CHECK_EQ("four", kd_memory_read_le(&m, 101, 4, &value), KD_OK);
	CHECK_EQ("four", value, 0x05040302);
	CHECK_EQ("eight", kd_memory_read_le(&m, 100, 8, &value), KD_OK);
	CHECK_EQ("eight", value, UINT64_C(0x8807060504030201));
	CHECK_EQ("cut", kd_memory_read_le(&m, 101, 8, &value), KD_E_NOT_FOUND);
	CHECK_EQ("untouched", value, UINT64_C(0x8807060504030201));
}

static void of_a_file(void)
{
	char path[] = "/tmp/kd_memory_XXXXXX";
	int fd = mkstemp(path);
	struct kd_memory_file *f;
	char buf[8] = { 0 };

	CHECK(fd >= 0 && write(fd, "abcdef", 6) == 6);
	close(fd);
	CHECK_EQ(NULL, kd_memory_file_open(path, NULL, &f), KD_OK);
	struct kd_memory m = kd_memory_of_file(f);

	CHECK_EQ(NULL, m.read(m.ctx, 2, buf, 4), KD_OK);
	CHECK_TEXT(NULL, buf, "cdef");
	CHECK_EQ(NULL, m.read(m.ctx, 2, buf, 5), KD_E_NOT_FOUND);
	CHECK_EQ(NULL, m.read(m.ctx, UINT64_MAX, buf, 1), KD_E_NOT_FOUND);
	CHECK_EQ(NULL, kd_memory_file_size(f), 6);
	kd_memory_file_close(f);
	unlink(path);
}

static void no_file(void)
{
	struct kd_detail detail = { 0 };
	struct kd_memory_file *f = NULL;

	CHECK_EQ(NULL, kd_memory_file_open("/no/such/file", &detail, &f),
		 KD_E_OS);
	CHECK(strstr(detail.text, "/no/such/file") != NULL);
	CHECK(f == NULL);
	kd_memory_file_close(NULL);
	CHECK_EQ(NULL, kd_memory_file_open("/tmp", &detail, &f), KD_E_OS);
	CHECK_EQ(NULL, detail.os_error, EISDIR);
}

static void empty_file(void)
{
	char path[] = "/tmp/kd_memory_XXXXXX";
	int fd = mkstemp(path);
	struct kd_memory_file *f;
	char byte;

	CHECK(fd >= 0);
	close(fd);
	CHECK_EQ(NULL, kd_memory_file_open(path, NULL, &f), KD_OK);
	struct kd_memory m = kd_memory_of_file(f);

	CHECK_EQ(NULL, kd_memory_file_size(f), 0);
	CHECK_EQ(NULL, m.read(m.ctx, 0, &byte, 1), KD_E_NOT_FOUND);
	kd_memory_file_close(f);
	unlink(path);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "over bytes", over_bytes }, { "numbers", numbers },
		{ "of a file", of_a_file },   { "no file", no_file },
		{ "empty file", empty_file },
	};

	return check_run("memory", tests, sizeof(tests) / sizeof(tests[0]));
}
