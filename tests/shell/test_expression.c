#include "check.h"
#include "kd_expression.h"

#include <string.h>

static enum kd_status lookup(void *ctx, const char *name, size_t len,
			     bool is_register, uint64_t *ret)
{
	(void)ctx;
	if (len == 3 && !memcmp(name, "rip", 3))
		*ret = 0xfffff803bb757020;
	else if (len == 2 && !memcmp(name, "r8", 2))
		*ret = 8;
	else if (len == 2 && !memcmp(name, "af", 2))
		*ret = 1;
	else if (!is_register && len == 2 && !memcmp(name, "nt", 2))
		*ret = 0xfffff80000000000;
	else if (len == 4 && !memcmp(name, "gone", 4))
		return KD_E_TIMEOUT;
	else
		return KD_E_NOT_FOUND;
	return KD_OK;
}

static const struct kd_names names64 = { lookup, NULL, 8 };
static const struct kd_names names32 = { lookup, NULL, 4 };

// clang-format off
static const struct {
	const char *text;
	enum kd_status want;
	uint64_t value;
	const char *rest; /* or the complaint */
} rows[] = {
	{ "10",                        KD_OK, 0x10, "" },
	{ "fffff803`bb757020",         KD_OK, 0xfffff803bb757020, "" },
	{ "0xfffff803`bb757020 L4",    KD_OK, 0xfffff803bb757020, " L4" },
	{ "0n10",                      KD_OK, 10, "" },
	{ "0t17",                      KD_OK, 15, "" },
	{ "0y101",                     KD_OK, 5, "" },
	{ "0b1",                       KD_OK, 0xb1, "" },
	{ "10h",                       KD_OK, 0x10, "" },
	{ "DEADBEEF",                  KD_OK, 0xdeadbeef, "" },
	{ "rip",                       KD_OK, 0xfffff803bb757020, "" },
	{ "@rip",                      KD_OK, 0xfffff803bb757020, "" },
	{ "rip+5 L3",                  KD_OK, 0xfffff803bb757025, " L3" },
	{ "rip + 5 L3",                KD_OK, 0xfffff803bb757025, " L3" },
	{ "rip-20",                    KD_OK, 0xfffff803bb757000, "" },
	{ "nt+1000",                   KD_OK, 0xfffff80000001000, "" },
	{ "r8+r8+1",                   KD_OK, 0x11, "" },
	{ "-1",                        KD_OK, UINT64_MAX, "" },
	{ "5--3",                      KD_OK, 8, "" },
	{ "af",                        KD_OK, 0xaf, "" },
	{ "@af",                       KD_OK, 1, "" },
	{ "ffffffff`ffffffff",         KD_OK, UINT64_MAX, "" },
	{ "1`00000000`00000000",       KD_E_FORMAT, 0, "Overflow error at '1`00000000`00000000'" },
	{ "0n18446744073709551616",    KD_E_FORMAT, 0, "Overflow error at '0n18446744073709551616'" },
	{ "",                          KD_E_FORMAT, 0, "Numeric expression missing from '<EOL>'" },
	{ "5+",                        KD_E_FORMAT, 0, "Numeric expression missing from '<EOL>'" },
	{ "(5)",                       KD_E_FORMAT, 0, "Numeric expression missing from '(5)'" },
	{ "@",                         KD_E_FORMAT, 0, "Numeric expression missing from '@'" },
	{ "0x",                        KD_E_NOT_FOUND, 0, "Couldn't resolve error at '0x'" },
	{ "`5",                        KD_E_NOT_FOUND, 0, "Couldn't resolve error at '`5'" },
	{ "nt!KeBugCheckEx",           KD_E_NOT_FOUND, 0, "Couldn't resolve error at 'nt!KeBugCheckEx'" },
	{ "@nt",                       KD_E_NOT_FOUND, 0, "Bad register error at '@nt'" },
	{ "gone",                      KD_E_TIMEOUT, 0, "" },
};

static const struct {
	const char *text;
	size_t size;
	enum kd_status want;
	uint64_t start, count;
	const char *complaint;
} ranges[] = {
	{ "",              1, KD_OK, 0x77, 0, "" },
	{ "1000",          4, KD_OK, 0x1000, 0, "" },
	{ "1000 L4",       4, KD_OK, 0x1000, 4, "" },
	{ "1000 l4",       4, KD_OK, 0x1000, 4, "" },
	{ "1000 L 0n20",   4, KD_OK, 0x1000, 20, "" },
	{ "rip+5 L3",      1, KD_OK, 0xfffff803bb757025, 3, "" },
	{ "L8",            1, KD_OK, 0x77, 8, "" },
	{ "1000 1000",     1, KD_OK, 0x1000, 1, "" },
	{ "1000 100f",     4, KD_OK, 0x1000, 4, "" },
	{ "1000 1010",     4, KD_OK, 0x1000, 5, "" },
	{ "1000 L@r8",     1, KD_OK, 0x1000, 8, "" },
	{ "1000 L?20000000", 1, KD_OK, 0x1000, 0x20000000, "" },
	{ "1000 L20000000",  1, KD_E_FORMAT, 0, 0, "Range error in '1000 L20000000'" },
	{ "1000 L0",       1, KD_E_FORMAT, 0, 0, "Range error in '1000 L0'" },
	{ "1000 L?ffffffff`ffffffff", 2, KD_E_FORMAT, 0, 0, "Range error in '1000 L?ffffffff`ffffffff'" },
	{ "1000 fff",      1, KD_E_FORMAT, 0, 0, "Range error in '1000 fff'" },
	{ "1000 L4 5",     1, KD_E_FORMAT, 0, 0, "Extra character error in '5'" },
	{ "1000 L",        1, KD_E_NOT_FOUND, 0, 0, "Couldn't resolve error at 'L'" },
	{ "lost",          1, KD_E_NOT_FOUND, 0, 0, "Couldn't resolve error at 'lost'" },
};
// clang-format on

static void test_expressions(void)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const char *at = rows[i].text;
		struct kd_detail detail = { 0 };
		uint64_t value = 0;
		enum kd_status st =
			kd_expression_parse(&at, &names64, &detail, &value);

		CHECK_EQ(rows[i].text, -st, -rows[i].want);
		CHECK_EQ(rows[i].text, value, rows[i].value);
		CHECK_TEXT(rows[i].text, st == KD_OK ? at : detail.text,
			   rows[i].rest);
	}
}

static void test_ranges(void)
{
	for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
		const char *name = ranges[i].text;
		struct kd_detail detail = { 0 };
		struct kd_range r = { .start = 0x77 };
		enum kd_status st = kd_range_parse(name, &names64,
						   ranges[i].size, &detail, &r);

		CHECK_EQ(name, -st, -ranges[i].want);
		CHECK_TEXT(name, detail.text, ranges[i].complaint);
		if (st != KD_OK)
			continue;
		CHECK_EQ(name, r.start, ranges[i].start);
		CHECK_EQ(name, r.count, ranges[i].count);
	}
}

static void test_sign_extension(void)
{
	const char *high = "81f71864", *low = "7fff0000";
	struct kd_detail detail = { 0 };
	uint64_t v = 0;

	CHECK_EQ(NULL, kd_expression_parse(&high, &names32, &detail, &v),
		 KD_OK);
	CHECK_EQ("high half", v, 0xffffffff81f71864);
	CHECK_EQ(NULL, kd_expression_parse(&low, &names32, &detail, &v), KD_OK);
	CHECK_EQ("low half", v, 0x7fff0000);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "expressions", test_expressions },
		{ "ranges", test_ranges },
		{ "sign extension", test_sign_extension },
	};

	return check_run("expression", tests, sizeof(tests) / sizeof(tests[0]));
}
