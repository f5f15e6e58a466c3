#include "check.h"

#include <CUnit/Basic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { SKIPPED = 77, PATH_LEN = 1024 };

static size_t skipped;

bool check_row(bool value, const char *row, const char *what, const char *file,
	       int line)
{
	char message[512];

	snprintf(message, sizeof(message), "%s%s%s", row ? row : "",
		 row ? ": " : "", what);
	CU_assertImplementation(value, (unsigned)line, message, file, "",
				CU_FALSE);
	return value;
}

bool check_eq(unsigned long long got, unsigned long long want, const char *row,
	      const char *what, const char *file, int line)
{
	char message[256];

	snprintf(message, sizeof(message), "%s is 0x%llx, want 0x%llx", what,
		 got, want);
	return check_row(got == want, row, message, file, line);
}

bool check_text(const char *got, const char *want, const char *row,
		const char *file, int line)
{
	bool same = !strcmp(got, want);

	if (!same)
		printf("\n--- got ---\n%s\n--- want ---\n%s\n---\n", got, want);
	return check_row(same, row, "the texts are equal", file, line);
}

void check_skip(const char *reason)
{
	skipped++;
	printf("\n  skipped: %s\n", reason);
}

const char *check_shared(const char *below)
{
	static char path[PATH_LEN];
	const char *root = getenv("KD_SHARED");

	snprintf(path, sizeof(path), "%s/%s", root ? root : "../shared", below);
	if (access(path, R_OK) == 0)
		return path;
	check_skip("the shared data are not here");
	return NULL;
}

uint64_t check_random(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dull;
}

int check_run(const char *suite, const struct check_test *tests, size_t count)
{
	CU_pSuite s;
	unsigned failed, asserted;

	if (CU_initialize_registry() != CUE_SUCCESS)
		return 1;
	s = CU_add_suite(suite, NULL, NULL);
	for (size_t i = 0; s && i < count; i++)
		CU_add_test(s, tests[i].name, tests[i].run);
	CU_basic_set_mode(CU_BRM_VERBOSE);
	CU_basic_run_tests();
	failed = CU_get_number_of_failures();
	asserted = CU_get_number_of_asserts();
	CU_cleanup_registry();
	if (failed)
		return 1;
	if (asserted)
		return 0;
	return skipped ? SKIPPED : 1;
}
