#include "check.h"
#include "json_valid.h"

#include <string.h>

// clang-format off
static const struct {
	const char *text;
	bool valid;
} rows[] = {
	{ "{}",                              true },
	{ "{\"a\":1}",                       true },
	{ "{\"a\":[]}",                      true },
	{ "{\"a\":[{\"b\":[1,\"x\",null]},{}],\"c\":true}", true },
	{ "",                                false },
	{ "{",                               false },
	{ "{}}",                             false },
	{ "{]",                              false },
	{ "{\"a\"}",                         false },
	{ "{\"a\":}",                        false },
	{ "{\"a\":1,}",                      false },
	{ "{\"a\":[1,]}",                    false },
	{ "{\"a\":[1}",                      false },
	{ "{\"a\":01}",                      false },
	{ "{\"a\":\"\n\"}",                  false },
	{ "{\"a\":\"\\x\"}",                 false },
	{ "{\"a\":[\"b\":1]}",               false },
	{ "[1]",                             false },
	{ "{\"a\":1}{\"a\":1}",              false },
};
// clang-format on

static void test_rows(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		CHECK_EQ(rows[i].text,
			 json_is_valid(rows[i].text, strlen(rows[i].text)),
			 rows[i].valid);
}

int main(void)
{
	static const struct check_test tests[] = { { "rows", test_rows } };

	return check_run("json valid", tests, sizeof(tests) / sizeof(tests[0]));
}
