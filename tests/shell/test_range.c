#include "check.h"
#include "names.h"

// clang-format off
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
	{ "1000 L-8",      1, KD_OK, 0xff8, 8, "" },
	{ "1000 L-2",      8, KD_OK, 0xff0, 2, "" },
	{ "1000 L?-10",    1, KD_OK, 0xff0, 0x10, "" },
	{ "1000 L-1001",   1, KD_E_FORMAT, 0, 0, "Range error in '1000 L-1001'" },
	{ "1000 l758/@r8", 1, KD_OK, 0x1000, 0xeb, "" },
	{ "1000 L(2*3)",   1, KD_OK, 0x1000, 6, "" },
	{ "1000 L poi(1000)&f", 1, KD_OK, 0x1000, 1, "" },
	{ "poi(1000)&ff L1", 1, KD_OK, 0x11, 1, "" },
	{ "0 l?ffffffff",  4, KD_OK, 0, 0xffffffff, "" },
	{ "1000 (1000+7)", 4, KD_OK, 0x1000, 2, "" },
	{ "1000 (800*2)+7", 1, KD_OK, 0x1000, 8, "" },
	{ "1000 L?",       1, KD_E_NOT_FOUND, 0, 0, "Couldn't resolve error at 'L?'" },
	{ "(1000",         1, KD_E_FORMAT, 0, 0, "Syntax error at '<EOL>'" },
	{ "1000 L4 5",     1, KD_E_FORMAT, 0, 0, "Extra character error in '5'" },
	{ "1000 L",        1, KD_E_NOT_FOUND, 0, 0, "Couldn't resolve error at 'L'" },
	{ "lost",          1, KD_E_NOT_FOUND, 0, 0, "Couldn't resolve error at 'lost'" },
};
// clang-format on

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

static void test_range_of_32_bits(void)
{
	struct kd_detail detail = { 0 };
	struct kd_range r = { 0 };

	CHECK_EQ(
		NULL,
		kd_range_parse("7fffffff+1 8000000f", &names32, 1, &detail, &r),
		KD_OK);
	CHECK_EQ("an address", r.start, 0xffffffff80000000);
	CHECK_EQ("its end", r.count, 16);
}

int main(void)
{
	static const struct check_test tests[] = {
		{ "ranges", test_ranges },
		{ "range of 32 bits", test_range_of_32_bits },
	};

	return check_run("range", tests, sizeof(tests) / sizeof(tests[0]));
}
