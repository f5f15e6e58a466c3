#include "kd_error_names.h"
#include "scene.h"

#include <string.h>

// clang-format off
static const struct scene_row rows[] = {
	{ "!error 2", KD_OK,
	  "Error code: (Win32) 0x2 (2) - ERROR_FILE_NOT_FOUND: There is no such file.\n" },
	{ "!error 2 1", KD_OK,
	  "Error code: (NTSTATUS) 0x2 (2) - STATUS_WAIT_2: The wait ended with the third object.\n" },
	{ "!error c0000005", KD_OK,
	  "Error code: (NTSTATUS) 0xc0000005 (3221225477) - STATUS_ACCESS_VIOLATION: Memory was accessed that is not there, or not for that.\n" },
	{ "!error c000014d", KD_OK,
	  "Error code: (NTSTATUS) 0xc000014d (3221225805) - STATUS_REGISTRY_IO_FAILED: A file of the registry cannot be read or written.\n" },
	{ "!error 80070005", KD_OK,
	  "Error code: (HRESULT) 0x80070005 (2147942405) - ERROR_ACCESS_DENIED: Access is denied.\n" },
	{ "!error 0n10060", KD_OK,
	  "Error code: (Win32) 0x274c (10060) - WSAETIMEDOUT: The connection has timed out.\n" },
	{ "!error 0n9999", KD_OK,
	  "Error code: (Win32) 0x270f (9999) - not in our list\n" },
	{ "!error", KD_E_FORMAT, "Numeric expression missing from '<EOL>'.\n" },
};
// clang-format on

static void test_rows(void)
{
	struct scene s;

	scene_init(&s);
	scene_open(&s);
	scene_check(&s, rows, sizeof(rows) / sizeof(rows[0]));
	scene_close(&s);
}

static void check_table(const struct kd_error_name *at(size_t i),
			const struct kd_error_name *find(uint32_t code))
{
	for (size_t i = 0; at(i); i++) {
		const struct kd_error_name *e = at(i);
		size_t len = strlen(e->text);

		CHECK_ROW(e->name, !i || at(i - 1)->code < e->code);
		CHECK_ROW(e->name, find(e->code) == e);
		CHECK_ROW(e->name, len > 1 && e->text[len - 1] == '.');
	}
	CHECK(!find(UINT32_MAX));
}

/* In the order of their codes, so that each is found; and whole sentences. */
static void test_tables(void)
{
	check_table(kd_error_win32_at, kd_error_win32);
	check_table(kd_error_nt_status_at, kd_error_nt_status);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "tables", test_tables },
	};

	return check_run("errors", tests, sizeof(tests) / sizeof(tests[0]));
}
