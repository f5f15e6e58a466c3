#include "check.h"
#include "kd_expression.h"

#include <string.h>

static void test_patterns(void)
{
	char pattern[300];
	bool matches = true;

	memset(pattern, 'a', 299);
	pattern[299] = '\0';
	CHECK_EQ("too long", -kd_pattern_match("a", pattern, &matches),
		 -KD_E_SPACE);
	CHECK(matches);
	/* what makes others take for ever */
	memset(pattern, 'a', 100);
	pattern[100] = '\0';
	CHECK_EQ("stars",
		 kd_pattern_match(pattern, "*a*a*a*a*a*a*a*a*a*a*b", &matches),
		 KD_OK);
	CHECK(!matches);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "patterns", test_patterns },
	};

	return check_run("expression text", tests,
			 sizeof(tests) / sizeof(tests[0]));
}
