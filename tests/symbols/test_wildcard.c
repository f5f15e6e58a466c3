#include "check.h"
#include "kd_wildcard.h"

#include <string.h>

// clang-format off
static const struct {
	const char *pattern, *name;
	bool matches;
} rows[] = {
	{ "",          "",             true },
	{ "",          "a",            false },
	{ "a",         "",             false },
	{ "*",         "",             true },
	{ "*",         "anything",     true },
	{ "?",         "",             false },
	{ "?",         "a",            true },
	{ "?",         "ab",           false },
	{ "_EPROCESS", "_EPROCESS",    true },
	{ "_eprocess", "_EPROCESS",    true },
	{ "_EPROCESS", "_EPROCESS2",   false },
	{ "_E*",       "_EPROCESS",    true },
	{ "*PROC*",    "_EPROCESS",    true },
	{ "*proc",     "_EPROCESS",    false },
	{ "*SS",       "_EPROCESS",    true },
	{ "*a*b*c",    "xxaxxbxxbxxc", true },
	{ "*a*b*c",    "xxaxxcxxbxx",  false },
	{ "a?c*e",     "abcde",        true },
	{ "a**b",      "ab",           true },
	{ "ab*",       "a",            false },
	{ "[a]",       "[a]",          true },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_ROW(rows[i].pattern,
			  kd_wildcard_match(rows[i].pattern, rows[i].name) ==
				  rows[i].matches);
}

/* Many stars do not make it slow: each letter is tried once for each star. */
static void test_many_stars(void)
{
	char name[2000];

	memset(name, 'a', sizeof(name));
	name[sizeof(name) - 1] = 0;
	CHECK(!kd_wildcard_match("*a*a*a*a*a*a*a*a*a*a*a*a*b", name));
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "rows", test_rows },
		{ "many stars", test_many_stars },
	};

	return check_run("wildcard", tests, sizeof(tests) / sizeof(tests[0]));
}
